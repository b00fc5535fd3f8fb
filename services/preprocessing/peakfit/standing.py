"""Where a search stands: components and baseline, what they leave over, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.preprocessing.peakfit.grids import level_for
from services.preprocessing.peakfit.minimise import minimise, value_of
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.profiles import IS_PEAK, free_of

__all__ = ["Standing", "refitted"]


_FINER = 0.5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Standing:
    """A pattern as the search holds it.

    Attributes
    ----------
    codes, numbers, is_broad
        Kinds, shape (k,), numbers, shape (k, 5), and which are halos, shape (k,).
    base
        Baseline coefficients.
    residuals
        What is left over on each level of the problem's grids.
    cost
        Chi-square on the finest grid, with what the priors add.
    criterion
        The cost and the price of all free numbers: what the search makes small (Schwarz, Ann. Statist. 6 (1978) 461).
    """

    codes: np.ndarray
    numbers: np.ndarray
    is_broad: np.ndarray
    base: np.ndarray
    residuals: tuple[np.ndarray, ...] = field(repr=False)
    cost: float
    criterion: float

    @property
    def is_peak(self) -> np.ndarray:
        """Which components are peaks rather than steps or a decay, shape (k,)."""
        return np.asarray(IS_PEAK[self.codes])


def standing_of(
    problem: Problem, codes: np.ndarray, numbers: np.ndarray, is_broad: np.ndarray, base: np.ndarray
) -> Standing:
    """Take stock of a pattern."""
    finest = problem.levels[0]
    value = value_of(codes, numbers, finest.x)
    residual = finest.y - value - base @ problem.polynomials(finest, len(base))
    residuals = [residual]
    for _ in problem.levels[1:]:
        last = residuals[-1]
        n = len(last) // 2 * 2
        residuals.append(last[:n].reshape(-1, 2).mean(axis=1))
    mean, precision = problem.priors(len(codes))
    free = free_of(codes)
    base_mean, base_precision = problem.base_prior(len(base))
    known = (precision * free * (numbers - mean) ** 2).sum() + (base_precision * (base - base_mean) ** 2).sum()
    cost = float(((residual * finest.weight) ** 2).sum() + known)
    return Standing(
        codes=codes,
        numbers=numbers,
        is_broad=is_broad,
        base=base,
        residuals=tuple(residuals),
        cost=cost,
        criterion=cost + problem.price(codes, numbers) + problem.cost_per_number * len(base),
    )


def refitted(
    problem: Problem,
    codes: np.ndarray,
    numbers: np.ndarray,
    is_broad: np.ndarray,
    base: np.ndarray,
    *,
    most_iterations: int = 4,
    tolerance: float = 3e-4,
) -> Standing:
    """Fit all numbers together on the coarsest level that still shows the narrowest, and take stock."""
    narrowest = float(np.exp(numbers[:, 2].min())) if len(numbers) else problem.broad
    grid = problem.levels[level_for(problem.levels, _FINER * narrowest)]
    low, high = problem.bounds(codes, numbers, is_broad)
    mean, precision = problem.priors(len(codes))
    polynomials = problem.polynomials(grid, len(base))
    fitted, coefficients, *_ = minimise(
        codes, numbers, free_of(codes), low, high, mean, precision, base, *problem.base_prior(len(base)), polynomials,
        grid.x, grid.y, grid.weight, most_iterations, tolerance,
    )  # fmt: skip
    return standing_of(problem, codes, fitted, is_broad, coefficients)
