"""Fit all numbers of a pattern together, with priors, and say how well data determine them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.preprocessing.errors import PreprocessingError
from services.preprocessing.peakfit.minimise import minimise
from services.preprocessing.peakfit.pattern import Component, Layout, Pattern, Prior
from services.preprocessing.peakfit.profiles import KINDS, N_NUMBERS

__all__ = ["Fit", "FitError", "bounds_of", "fit", "inverse"]

_WIDEST = 2.0
"""Widths of components reach to this part of the axis."""


class FitError(PreprocessingError):
    """A pattern cannot be fitted to what is given."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fit:
    """A pattern as fitted.

    Attributes
    ----------
    chi_square
        Sum of squared residuals over their noise.
    cost
        The same with what the priors add.
    covariance
        Of the free numbers in the order of `Layout`, by the curvature at the end; not inflated.
    is_converged
        False where the iterations ran out first.
    """

    pattern: Pattern
    chi_square: float
    cost: float
    covariance: np.ndarray
    n_iterations: int
    is_converged: bool

    def stderr(self, k: int) -> np.ndarray:
        """Return the standard errors of a component's five numbers, shape (5,); NaN for what is not free."""
        layout = Layout(tuple(c.kind for c in self.pattern.components), len(self.pattern.baseline))
        found = np.full(layout.free.shape, np.nan)
        found[layout.free] = np.sqrt(np.maximum(np.diag(self.covariance)[layout.n_baseline :], 0.0))
        return np.asarray(found[k])


def fit(
    x: np.ndarray,
    y: np.ndarray,
    noise: np.ndarray,
    start: Pattern,
    *,
    priors: Sequence[Prior] | None = None,
    most_iterations: int = 60,
    tolerance: float = 1e-7,
) -> Fit:
    """Fit a pattern to a curve.

    Parameters
    ----------
    x, y
        The curve, shape (n,) each.
    noise
        Standard deviation of each point, shape (n,).
    start
        Where the search begins; which components there are does not change.
    priors
        One for each component; weak ones where left out.
    tolerance
        Relative decrease of the cost below which the search ends.

    Raises
    ------
    FitError
        If there are fewer points than free numbers, or something is not finite.
    """
    kinds = tuple(component.kind for component in start.components)
    layout = Layout(kinds, len(start.baseline))
    if len(x) < layout.size:
        raise FitError(f"{len(x)} points cannot determine {layout.size} numbers")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (noise > 0).all()):
        raise FitError("a curve to be fitted has finite values and a noise above 0 at every point")
    codes = np.array([KINDS[kind] for kind in kinds], np.int64)
    polynomials = np.polynomial.chebyshev.chebvander(
        2 * (x - start.first) / (start.last - start.first) - 1, max(layout.n_baseline - 1, 0)
    ).T[: layout.n_baseline]
    known = priors or [Prior()] * len(kinds)
    low, high = bounds_of(start, x)
    numbers, base, chi_square, cost, curvature, n_iterations, is_converged = minimise(
        codes,
        np.array([c.numbers for c in start.components], float).reshape(-1, N_NUMBERS),
        layout.free,
        low,
        high,
        np.array([prior.mean for prior in known], float).reshape(-1, N_NUMBERS),
        1 / np.array([prior.sd for prior in known], float).reshape(-1, N_NUMBERS) ** 2,
        np.array(start.baseline, float),
        np.zeros(layout.n_baseline),
        np.zeros(layout.n_baseline),
        np.ascontiguousarray(polynomials),
        np.ascontiguousarray(x, float),
        np.ascontiguousarray(y, float),
        1.0 / noise,
        most_iterations,
        tolerance,
    )
    components = tuple(Component.of(kind, row) for kind, row in zip(kinds, numbers, strict=True))
    return Fit(
        pattern=replace(start, components=components, baseline=tuple(float(c) for c in base)),
        chi_square=float(chi_square),
        cost=float(cost),
        covariance=inverse(curvature),
        n_iterations=int(n_iterations),
        is_converged=bool(is_converged),
    )


def bounds_of(start: Pattern, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each number may go, shape (k, 5) each: signs stay, places lie near the axis, widths make sense."""
    span, step = float(x[-1] - x[0]), float(np.median(np.diff(x)))
    low, high = [], []
    for component in start.components:
        is_peak = component.kind not in ("step", "decay")
        heights = (0.0, np.inf) if component.height >= 0 else (-np.inf, 0.0)
        low.append([heights[0] if is_peak else -np.inf, x[0] - 0.1 * span, np.log(0.5 * step), -6.0, -1.2])
        high.append([heights[1] if is_peak else np.inf, x[-1] + 0.1 * span, np.log(_WIDEST * span), 6.0, 1.2])
    return np.array(low, float).reshape(-1, N_NUMBERS), np.array(high, float).reshape(-1, N_NUMBERS)


def inverse(curvature: np.ndarray) -> np.ndarray:
    """Invert a curvature, scaled by its diagonal first: heights and places differ by powers of ten."""
    scale = 1 / np.sqrt(np.maximum(np.diag(curvature), 1e-300))
    scaled = curvature * scale[:, None] * scale
    return np.asarray(np.linalg.pinv(scaled, hermitian=True) * scale[:, None] * scale)
