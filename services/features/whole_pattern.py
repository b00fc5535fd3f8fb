"""A diffractogram as non-negative amounts of declared lines, a smooth halo and a ground, all at once (least squares).

Lines stand where their cells have them, all moved by one shift; each is a mixture of a few widths with one share of
Lorentz common to all, as one distribution of crystallite sizes makes it. The halo is a mixture of broad Gaussians, none
narrower than amorphous scattering is: so nothing narrow passes for it, and nothing broad for a line. What is left of
Hermans & Weidinger's drawing by hand (Makromol. Chem. 44–46 (1961) 24) is that width. Non-negative least squares:
Lawson & Hanson, Solving Least Squares Problems (1974), ch. 23.

How far the tails of lines reach, and how wide a halo is, the data hardly tell: several shares of Lorentz and several
widths describe them equally well and give other crystallinities. So all that do are kept, and what is said of a pattern
is their mean, with how much they differ in its error (Hoeting et al., Stat. Sci. 14 (1999) 382, with equal weights).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, degrees, pi, radians, sin, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import nnls

__all__ = ["Decomposition", "Decompositions", "LineShape", "Ratio", "decomposed"]

_RATIO = 1.544426 / 1.540598
"""Wavelength of Cu Kα2 over that of Kα1."""
_SECOND = 0.5
_GAUSSIAN, _LORENTZIAN = 1.0644670194312262, 0.5 * pi
"""Areas of both over height and FWHM."""
_BINNED = 0.04
"""° 2θ over which points are averaged: finer than any line."""
_SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Shares of Lorentz to choose from: lines that small crystals broaden are never quite Gaussian."""
_FIRST_SHARE = 2
_DECAYS = (3.0, 8.0)
"""° 2θ over which scatter of air falls."""
_APART = 1.5
"""° 2θ between the Gaussians of a halo."""
_MOST_ROUNDS = 50

What = Literal["area", "height"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShape:
    """What belongs together: lines at places with fixed relative areas, each of one of some widths (° 2θ, FWHM).

    `lorentz` is the share of Lorentz in their profile, several to choose from; the common one where it is empty.
    """

    name: str
    places: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]
    lorentz: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Decomposition:
    """Amounts of all parts, and how they vary together.

    Attributes
    ----------
    names
        Which line or part an amount belongs to, shape (m,); ``halo`` and ``ground`` among them.
    amounts, areas, heights
        Amount of each; the area and the height of Kα1 that one of it has, shape (m,).
    covariance
        Of the amounts, shape (m, m); rows of what is not there are those it would have.
    lorentz
        The common share of Lorentz.
    misfit
        Sum of squared residuals over noise, for a point.
    """

    names: tuple[str, ...]
    amounts: np.ndarray
    areas: np.ndarray
    heights: np.ndarray
    covariance: np.ndarray
    lorentz: float
    misfit: float

    def of(self, names: Sequence[str], what: What = "area") -> np.ndarray:
        """Return how each amount counts in the sum of areas, or heights, of some parts, shape (m,)."""
        counted = np.array([name in names for name in self.names])
        return np.where(counted, self.areas if what == "area" else self.heights, 0.0)

    def ratio(self, over: np.ndarray, under: np.ndarray) -> tuple[float, float]:
        """Return one sum over another and its standard error."""
        total = float(under @ self.amounts)
        value = float(over @ self.amounts) / total
        lean = (over - value * under) / total
        return value, sqrt(max(float(lean @ self.covariance @ lean), 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A ratio with two standard errors: of counting (root mean square of models), and how much models differ."""

    value: float
    counting: float
    between: float

    @property
    def stderr(self) -> float:
        """Both together."""
        return sqrt(self.counting**2 + self.between**2)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Decompositions:
    """All decompositions of a pattern that describe it about as well as the best does, that first."""

    models: tuple[Decomposition, ...]

    def total(self, names: Sequence[str], what: What = "area") -> float:
        """Return the sum of areas, or heights, of some parts, as a mean over models."""
        return float(np.mean([model.of(names, what) @ model.amounts for model in self.models]))

    def ratio(self, over: Sequence[str], under: Sequence[str], what: What = "area") -> Ratio:
        """Return the areas, or heights, of some parts over those of others.

        The mean over models; those in which nothing stands below the line say nothing.
        """
        usable = [model for model in self.models if model.of(under, what) @ model.amounts > 0]
        if not usable:
            return Ratio(value=0.0, counting=0.0, between=0.0)
        found = np.array([model.ratio(model.of(over, what), model.of(under, what)) for model in usable])
        values, errors = found.T
        counting = float(np.sqrt((errors**2).mean()))
        return Ratio(value=float(values.mean()), counting=counting, between=float(values.std()))


def decomposed(
    x: np.ndarray,
    y: np.ndarray,
    noise: np.ndarray,
    lines: Sequence[LineShape],
    *,
    halo: tuple[float, float],
    halo_widths: Sequence[float],
    counted: tuple[float, float],
) -> Decompositions:
    """Decompose a diffractogram in every way that describes it.

    Of all shares of Lorentz and widths of halos those are kept whose misfit is not larger than the least one by more
    than chance makes a misfit of so many points differ: √(2/n) of it.

    Parameters
    ----------
    x, y, noise
        ° 2θ, counts and their standard deviations, shape (n,) each.
    halo
        Between which places the Gaussians of the halo stand, ° 2θ.
    halo_widths
        Their FWHM, ° 2θ: all that may be.
    counted
        Between which angles the halo has an area, ° 2θ.
    """
    x, y, noise = _binned(x, y, noise)
    tried = [_Tried(_parts(x, lines, halo, width, counted), y, noise) for width in halo_widths]
    least = min(one.least for one in tried)
    most = least * sqrt(1 + sqrt(2 / len(x)))
    found = [model for one in tried for model in one.within(most)]
    return Decompositions(models=tuple(sorted(found, key=lambda model: model.misfit)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Part:
    """One of a part: as a Gaussian and as a Lorentzian over x, the areas of both, and its own share if it has one."""

    name: str
    gaussian: np.ndarray
    lorentzian: np.ndarray
    areas: tuple[float, float]
    own: float | None

    def values(self, common: float) -> np.ndarray:
        """Return it over x, shape (n,)."""
        share = common if self.own is None else self.own
        return np.asarray((1 - share) * self.gaussian + share * self.lorentzian)

    def area(self, common: float) -> float:
        """Return its area."""
        share = common if self.own is None else self.own
        return (1 - share) * self.areas[0] + share * self.areas[1]


class _Tried:
    """Amounts of all parts for several shares of Lorentz, each worked out when it is wanted."""

    def __init__(self, parts: Sequence[_Part], y: np.ndarray, noise: np.ndarray) -> None:
        self._parts, self._y, self._noise = parts, y, noise
        self._known: dict[int, tuple[float, np.ndarray, np.ndarray]] = {}
        self._best = _FIRST_SHARE
        while True:  # what is left over has one valley over the share
            near = [k for k in (self._best - 1, self._best, self._best + 1) if 0 <= k < len(_SHARES)]
            lowest = min(near, key=self._rest)
            if lowest == self._best:
                break
            self._best = lowest

    @property
    def least(self) -> float:
        """What the best share leaves over, as a root of squares."""
        return self._rest(self._best)

    def within(self, most: float) -> Iterator[Decomposition]:
        """Yield all that leave no more over."""
        for step in (-1, 1):
            k = self._best if step < 0 else self._best + 1
            while 0 <= k < len(_SHARES) and self._rest(k) <= most:
                yield self._decomposition(k)
                k += step

    def _rest(self, k: int) -> float:
        if k not in self._known:
            matrix = np.array([part.values(_SHARES[k]) for part in self._parts]).T / self._noise[:, None]
            scale = np.linalg.norm(matrix, axis=0)
            amounts, rest = nnls(matrix / scale, self._y / self._noise, maxiter=_MOST_ROUNDS * matrix.shape[1])
            self._known[k] = (float(rest), amounts / scale, matrix)
        return self._known[k][0]

    def _decomposition(self, k: int) -> Decomposition:
        rest, amounts, matrix = self._known[k]
        names = [part.name for part in self._parts]
        misfit = rest**2 / len(self._y)
        return Decomposition(
            names=tuple(names),
            amounts=amounts,
            areas=np.array([part.area(_SHARES[k]) for part in self._parts]),
            heights=np.array([0.0 if part.name == "ground" else 1.0 for part in self._parts]),
            covariance=max(misfit, 1.0) * _covariance(matrix, amounts, names),
            lorentz=_SHARES[k],
            misfit=misfit,
        )


def _binned(x: np.ndarray, y: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return means over some points, and the noise of those."""
    k = max(1, round(_BINNED / float(np.median(np.diff(x)))))
    n = len(x) // k
    x, y = (values[: n * k].reshape(n, k).mean(axis=1) for values in (x, y))
    noise = np.sqrt((noise[: n * k] ** 2).reshape(n, k).mean(axis=1) / k)
    return x, y, np.maximum(noise, 1e-12)


def _parts(
    x: np.ndarray,
    lines: Sequence[LineShape],
    halo: tuple[float, float],
    halo_width: float,
    counted: tuple[float, float],
) -> list[_Part]:
    """Return all parts over x; of the halo what lies within `counted` has an area."""
    parts: list[_Part] = []
    for line in lines:
        strongest = max(area for _, area in line.places)
        places = [(at, area / strongest) for at, area in line.places]
        whole = (1 + _SECOND) * sum(area for _, area in places)
        for width in line.widths:
            shapes = [area * _doublet(x, at, width) for at, area in places]
            gaussian, lorentzian = np.sum(shapes, axis=0)
            areas = (whole * width * _GAUSSIAN, whole * width * _LORENTZIAN)
            for own in line.lorentz or (None,):
                parts.append(_Part(name=line.name, gaussian=gaussian, lorentzian=lorentzian, areas=areas, own=own))
    inside = (x >= counted[0]) & (x <= counted[1])
    for centre in np.arange(halo[0], halo[1] + 1e-9, _APART):
        values = 0.5 ** (4 * ((x - centre) / halo_width) ** 2)
        area = float(np.trapezoid(values[inside], x[inside]))
        parts.append(_Part(name="halo", gaussian=values, lorentzian=values, areas=(area, area), own=0.0))
    along = x - x[0]
    for ground in (np.ones_like(x), along / along[-1], *(np.exp(-along / decay) for decay in _DECAYS)):
        parts.append(_Part(name="ground", gaussian=ground, lorentzian=ground, areas=(0.0, 0.0), own=0.0))
    return parts


def _doublet(x: np.ndarray, centre: float, width: float) -> np.ndarray:
    """Return Kα1 of height 1 and Kα2 at half of it, as Gaussians and as Lorentzians, shape (2, n)."""
    second = 2 * degrees(asin(min(1.0, sin(radians(centre / 2)) * _RATIO)))
    found = np.zeros((2, len(x)))
    for place, height in ((centre, 1.0), (second, _SECOND)):
        away = ((x - place) / width) ** 2
        found[0] += height * 0.5 ** (4 * away)
        found[1] += height / (1 + 4 * away)
    return found


def _covariance(matrix: np.ndarray, amounts: np.ndarray, names: list[str]) -> np.ndarray:
    """Return the covariance of amounts above 0; of a part with none, that of its middle column as if it were free."""
    free = amounts > 0
    for name in set(names):
        own = [k for k, other in enumerate(names) if other == name]
        if not free[own].any():
            free[own[len(own) // 2]] = True
    found = np.zeros((len(amounts), len(amounts)))
    kept = np.flatnonzero(free)
    found[np.ix_(kept, kept)] = np.linalg.pinv(matrix[:, kept].T @ matrix[:, kept], hermitian=True)
    return found
