"""What is searched: a curve on its grids, what is allowed of components, and what one more number costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from services.preprocessing.peakfit.grids import Grid, lossless, pyramid_of
from services.preprocessing.peakfit.noise import noise_of_counts, smoothed_by, white_noise
from services.preprocessing.peakfit.profiles import Kind
from services.preprocessing.peakfit.rules import Rules, bounds_under, precision_of, price_under
from services.preprocessing.peakfit.settings import PeakSettings

__all__ = ["Problem", "grounded", "problem_of", "rescaled", "softened"]

_GROUND_SD = 0.1
_HALO_GROUND_SD = 0.1
_HIGHEST_DEGREE = 8
_FEWEST_STEPS = 2.5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Problem:
    """One curve to be fitted.

    Attributes
    ----------
    x, y
        Every point.
    scatter
        Standard deviation of the noise of each, as it counts for what runs over many points: more than it is where
        neighbours share it.
    off
        By how much, at each, lines may be off their profiles.
    levels
        The curve on coarser and coarser grids, finest first; weights hold both.
    finest_scatter
        Standard deviation of the noise alone on the finest grid.
    narrowest, broad, widest
        FWHM of the narrowest line, between lines and halos, and of the widest halo.
    line
        Kind of the lines.
    cost_per_number
        By how much chi-square must fall for one more free number: ln of the number of points on the finest grid.
    ground
        Baseline coefficients of what runs smoothly under the lines, and how far (sd) the baseline may lie off it.
    signs
        Which ways they may point.
    """

    x: np.ndarray
    y: np.ndarray
    scatter: np.ndarray
    off: np.ndarray
    levels: tuple[Grid, ...]
    finest_scatter: np.ndarray
    narrowest: float
    broad: float
    widest: float
    line: Kind
    settings: PeakSettings
    cost_per_number: float
    ground: tuple[np.ndarray, float]
    signs: tuple[int, ...]

    @property
    def noise(self) -> np.ndarray:
        """Standard deviation of each point about the lines as their profiles say them, shape (n,)."""
        return np.asarray(np.hypot(self.scatter, self.off))

    def one_way(self) -> Problem:
        """Return the problem with lines of one sign only: of that to which the curve, flat, goes farther."""
        sign = 1 if 1 in self.signs and float((self.levels[0].y ** 3).sum()) >= 0 else self.signs[-1]
        return replace(self, signs=(sign,))

    @property
    def rules(self) -> Rules:
        """What is allowed of components, for compiled code."""
        return np.array(
            [
                self.x[0],
                self.x[-1],
                self.narrowest,
                self.broad,
                self.widest,
                self.cost_per_number,
            ]
        )

    def bounds(self, codes: np.ndarray, numbers: np.ndarray, is_broad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the numbers of components may go, shape (k, 5) each."""
        low, high = bounds_under(codes, numbers, is_broad, self.rules)
        return low, high

    def priors(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return means and precisions of the numbers of n components, shape (n, 5) each."""
        return np.zeros((n, 5)), precision_of(n)

    def base_prior(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return means and precisions of n baseline coefficients, shape (n,) each."""
        mean, sd = self.ground
        return mean[:n], np.full(n, sd**-2)

    def polynomials(self, grid: Grid, n: int) -> np.ndarray:
        """Return the baseline's Chebyshev polynomials on a grid, shape (n, points)."""
        return _polynomials(grid, float(self.x[0]), float(self.x[-1]))[:n]

    def kind_of(self, is_broad: bool) -> Kind:
        """Return the kind of a line or a halo."""
        return "pseudo-Voigt" if is_broad else self.line

    def without(self, part: np.ndarray) -> Problem:
        """Return the problem of what stays when something, given on the finest grid, is taken off."""
        finest = self.levels[0]
        grid = Grid(finest.x, finest.y - part, finest.weight, finest.step)
        return replace(self, levels=pyramid_of(grid))

    def price(self, codes: np.ndarray, numbers: np.ndarray) -> float:
        """Return what a whole pattern costs, its baseline left out."""
        return float(price_under(codes, np.ascontiguousarray(numbers[:, 0]), self.rules))


@lru_cache(maxsize=64)
def _polynomials(grid: Grid, first: float, last: float) -> np.ndarray:
    scaled = 2 * (grid.x - first) / (last - first) - 1
    return np.ascontiguousarray(chebvander(scaled, _HIGHEST_DEGREE).T)


def rescaled(problem: Problem, factor: float) -> Problem:
    """Return the same problem with another noise: so many times as large."""
    finest = problem.levels[0]
    off = np.interp(finest.x, problem.x, problem.off)
    scatter = factor * problem.finest_scatter
    grid = Grid(finest.x, finest.y, 1 / np.hypot(scatter, off), finest.step)
    return replace(problem, scatter=factor * problem.scatter, finest_scatter=scatter, levels=pyramid_of(grid))


def grounded(problem: Problem, under: np.ndarray) -> Problem:
    """Return the problem with a baseline near what runs smoothly under the lines, given on the finest grid.

    Where halos and a decay are part of that, the baseline alone is near its lowest place.
    """
    finest = problem.levels[0]
    if problem.settings.most_halos:
        lowest = np.zeros(problem.settings.baseline_degree + 1)
        lowest[0] = under.min()
        return replace(
            problem, ground=(lowest, max(_HALO_GROUND_SD * float(np.ptp(under)), float(problem.scatter.min())))
        )
    rows = problem.polynomials(finest, problem.settings.baseline_degree + 1)
    mean = np.linalg.lstsq(rows.T, under, rcond=None)[0]
    return replace(problem, ground=(mean, _GROUND_SD * float(np.ptp(finest.y))))


def softened(problem: Problem, under: np.ndarray) -> Problem:
    """Return the problem with more room where lines stand high: their profiles may be off there."""
    finest = problem.levels[0]
    off = np.interp(problem.x, finest.x, problem.settings.misfit * np.abs(finest.y - under))
    return rescaled(replace(problem, off=off), 1.0)


def problem_of(x: np.ndarray, y: np.ndarray, settings: PeakSettings) -> Problem:
    """Set up the search of a curve's peaks.

    Parameters
    ----------
    x, y
        Shape (n,), finite, x rising, n at least 16.
    """
    noise = noise_of_counts(y) if settings.noise == "counts" else np.full(len(y), white_noise(y))
    noise = noise * smoothed_by(y / noise)
    span = float(x[-1] - x[0])
    broad = settings.broad or span / 6
    finest, shared = lossless(x, y, noise, settings.misfit)
    narrowest = settings.narrowest or _FEWEST_STEPS * finest.step
    return Problem(
        x=x,
        y=y,
        scatter=shared * noise,
        off=np.zeros(len(y)),
        levels=pyramid_of(finest),
        finest_scatter=1 / finest.weight,
        narrowest=narrowest,
        broad=broad,
        widest=2 * span,
        line=settings.profile,
        settings=settings,
        cost_per_number=float(np.log(len(finest.x))),
        ground=(np.zeros(settings.baseline_degree + 1), np.inf),
        signs=(1, -1) if settings.signs == "both" else (1,),
    )
