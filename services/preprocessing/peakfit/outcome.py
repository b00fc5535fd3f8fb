"""What a search found, for people and for what comes after: fitted to every point, with standard errors.

Errors are those of the curvature, times the root of chi-square per degree of freedom where that exceeds 1 and of how
much noise so many numbers took up, and widened by how far the numbers lie apart in models that are nearly as good
(Buckland, Burnham & Augustin, Biometrics 53 (1997) 603).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from services.preprocessing.peakfit.grids import Grid
from services.preprocessing.peakfit.minimise import minimise, value_of
from services.preprocessing.peakfit.moves import Trial
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.profiles import IS_PEAK, KINDS, N_NUMBERS, Kind, area_of, free_of, width_of
from services.preprocessing.peakfit.solve import inverse
from services.preprocessing.peakfit.standing import Standing
from services.records.peaks import Estimate, FittedPeak, PeakFit

__all__ = ["outcome_of", "own_covariances", "peak_of"]

_KINDS: tuple[Kind, ...] = tuple(KINDS)
_MOST_ITERATIONS = 6
_AT_BOUND = 1e-3
_MOST_GROWN = 2.0


def outcome_of(problem: Problem, standing: Standing, rivals: Sequence[Trial]) -> PeakFit:
    """Fit what a search found to every point, and say how well each number is known.

    Parameters
    ----------
    rivals
        Moves from here that are nearly as good, as tried.
    """
    codes, is_broad, free = standing.codes, standing.is_broad, free_of(standing.codes)
    low, high = problem.bounds(codes, standing.numbers, is_broad)
    mean, precision = problem.priors(len(codes))
    polynomials = problem.polynomials(Grid(problem.x, problem.y, 1 / problem.noise, 0.0), len(standing.base))
    base_prior = problem.base_prior(len(standing.base))
    numbers, base, chi_square, _, curvature, _, _ = minimise(
        codes, standing.numbers, free, low, high, mean, precision, standing.base, *base_prior, polynomials, problem.x,
        problem.y, 1 / problem.noise, _MOST_ITERATIONS, 1e-6,
    )  # fmt: skip
    n_numbers = len(base) + int(free.sum())
    per_degree = chi_square / max(len(problem.x) - n_numbers, 1)
    covariance = inverse(curvature) * max(per_degree, 1.0) * _searched_in(len(problem.levels[0].x), n_numbers)
    own = own_covariances(covariance, free, len(base))
    spread = _spread(standing, rivals)
    peaks = [
        peak_of(_KINDS[codes[k]], numbers[k], own[k] + spread[k], bool(is_broad[k]))
        for k in range(len(codes))
        if IS_PEAK[codes[k]]
    ]
    is_under = ~IS_PEAK[codes]
    steps = value_of(codes[is_under], numbers[is_under], problem.x)
    total = value_of(codes, numbers, problem.x)
    ground = base @ polynomials
    return PeakFit(
        x=problem.x,
        y=problem.y,
        noise=problem.noise,
        peaks=tuple(sorted(peaks, key=lambda peak: peak.position.value)),
        background=ground + steps,
        model=ground + total,
        chi_square=float(chi_square),
        n_numbers=n_numbers,
        warnings=tuple(_warnings(problem, codes, numbers, is_broad)),
    )


def _searched_in(n_bins: int, n_numbers: int) -> float:
    """Return by what variances grow since so many numbers were chosen on so few bins: noise went into them."""
    return float(min(n_bins / max(n_bins - n_numbers, 1), _MOST_GROWN))


def own_covariances(covariance: np.ndarray, free: np.ndarray, n_base: int) -> np.ndarray:
    """Return the covariance of each component's five numbers, shape (k, 5, 5); 0 for what is not free."""
    own = np.zeros((len(free), N_NUMBERS, N_NUMBERS))
    row = n_base
    for k, is_free in enumerate(free):
        at = np.flatnonzero(is_free)
        own[k][np.ix_(at, at)] = covariance[row : row + len(at), row : row + len(at)]
        row += len(at)
    return own


def _spread(standing: Standing, rivals: Sequence[Trial]) -> np.ndarray:
    """Return how far numbers lie apart in models that are nearly as good, as covariances, shape (k, 5, 5)."""
    apart = np.zeros((len(standing.codes), N_NUMBERS, N_NUMBERS))
    weights = np.ones(len(standing.codes))
    for rival in rivals:
        weight = float(np.exp(min(0.5 * rival.gain, 0.0)))
        for k, numbers in zip(rival.neighbours, rival.neighbour_numbers, strict=True):
            off = numbers - standing.numbers[k]
            apart[k] += weight * np.outer(off, off)
            weights[k] += weight
    return np.asarray(apart / weights[:, None, None])


def peak_of(kind: Kind, numbers: np.ndarray, covariance: np.ndarray, is_broad: bool) -> FittedPeak:
    """Return a peak with standard errors, given its five numbers and their covariance, shape (5, 5)."""

    def estimate(of: Callable[[np.ndarray], float]) -> Estimate:
        slope = _slope(of, numbers)
        return Estimate(of(numbers), float(np.sqrt(max(slope @ covariance @ slope, 0.0))))

    height, place, *_ = (float(n) for n in numbers)
    return FittedPeak(
        profile=kind,
        position=Estimate(place, float(np.sqrt(covariance[1, 1]))),
        fwhm=estimate(lambda q: width_of(kind, q)),
        height=Estimate(height, float(np.sqrt(covariance[0, 0]))),
        area=estimate(lambda q: area_of(kind, q)),
        asymmetry=Estimate(float(numbers[4]), float(np.sqrt(covariance[4, 4]))),
        is_broad=is_broad,
        numbers=tuple(float(n) for n in numbers),  # type: ignore[arg-type]
    )


def _slope(of: Callable[[np.ndarray], float], numbers: np.ndarray) -> np.ndarray:
    slope = np.zeros(N_NUMBERS)
    for j in range(N_NUMBERS):
        aside = np.zeros(N_NUMBERS)
        aside[j] = 1e-5 * max(abs(numbers[j]), 1e-3)
        slope[j] = (of(numbers + aside) - of(numbers - aside)) / (2 * aside[j])
    return slope


def _warnings(problem: Problem, codes: np.ndarray, numbers: np.ndarray, is_broad: np.ndarray) -> list[str]:
    found = []
    narrow = np.log(problem.narrowest) + _AT_BOUND
    for k in np.flatnonzero(IS_PEAK[codes] & ~is_broad):
        if numbers[k, 2] <= narrow:
            found.append(f"the line at {numbers[k, 1]:.5g} is as narrow as a line may be ({problem.narrowest:.3g})")
    if len(codes) >= problem.settings.most_peaks:
        found.append(f"there are as many components as there may be ({problem.settings.most_peaks})")
    return found
