"""A pattern: components on a polynomial baseline, as values; and which of its numbers are free."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.preprocessing.peakfit.profiles import FREE, KINDS, N_NUMBERS, Kind, add_component

__all__ = ["Component", "Layout", "Pattern", "Prior"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component. Its numbers are those of `profiles`; a peak keeps the sign of its height."""

    kind: Kind
    height: float
    place: float
    ln_width: float
    shape: float = 0.0
    asymmetry: float = 0.0

    @property
    def numbers(self) -> np.ndarray:
        """The five numbers, shape (5,)."""
        return np.array([self.height, self.place, self.ln_width, self.shape, self.asymmetry])

    @classmethod
    def of(cls, kind: Kind, numbers: np.ndarray) -> Component:
        """Make a component of its five numbers."""
        height, place, ln_width, shape, asymmetry = (float(n) for n in numbers)
        return cls(kind=kind, height=height, place=place, ln_width=ln_width, shape=shape, asymmetry=asymmetry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is known of a component's numbers before: means and standard deviations; infinite where nothing is known.

    The defaults are weak: they keep a shape between a bell and a Lorentzian, and an asymmetry small, where data say
    nothing of them.
    """

    mean: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    sd: tuple[float, float, float, float, float] = (np.inf, np.inf, np.inf, 1.5, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Components, and the coefficients of a Chebyshev baseline over the axis from `first` to `last`."""

    components: tuple[Component, ...]
    baseline: tuple[float, ...]
    first: float
    last: float

    def value(self, x: np.ndarray) -> np.ndarray:
        """Return the pattern at places, shape (n,)."""
        total = self.background(x)
        for k in range(len(self.components)):
            total = total + self.component(k, x)
        return total

    def background(self, x: np.ndarray) -> np.ndarray:
        """Return the baseline alone, shape (n,)."""
        if not self.baseline:
            return np.zeros(len(x))
        scaled = 2 * (x - self.first) / (self.last - self.first) - 1
        return np.asarray(np.polynomial.chebyshev.chebval(scaled, np.array(self.baseline)))

    def component(self, k: int, x: np.ndarray) -> np.ndarray:
        """Return one component alone, shape (n,)."""
        one, total = self.components[k], np.zeros(len(x))
        add_component(
            KINDS[one.kind], one.numbers, np.asarray(x, float), 0, len(x), total, np.empty((N_NUMBERS, len(x)))
        )
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the numbers of a pattern stand in one vector: baseline first, then what is free of each component."""

    kinds: tuple[Kind, ...]
    n_baseline: int
    free: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "free", np.array([FREE[kind] for kind in self.kinds], bool).reshape(-1, N_NUMBERS))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.n_baseline + int(self.free.sum())
