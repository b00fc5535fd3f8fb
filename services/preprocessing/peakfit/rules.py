"""What a search allows: how far numbers of components go, what is known of them before, what they cost. Compiled."""

from __future__ import annotations

import math

import numba
import numpy as np

from services.preprocessing.peakfit.profiles import FREE, IS_PEAK, KINDS

__all__ = ["Rules", "bounds_under", "precision_of", "price_under", "prior_cost"]

Rules = np.ndarray
"""Six numbers: first and last place; FWHM of the narrowest line, of the widest, of the widest halo; what one free
number costs."""

_STEP, _DECAY = KINDS["step"], KINDS["decay"]
_N_FREE = np.array([sum(FREE[kind]) for kind in KINDS])
_IS_FREE = np.array([FREE[kind] for kind in KINDS], np.bool_)
_IS_PEAK = IS_PEAK
_SHAPE_SD, _ASYMMETRY_SD = 1.5, 0.5
_PRECISION = np.array([0.0, 0.0, 0.0, _SHAPE_SD**-2, _ASYMMETRY_SD**-2])
_RARE = 3.0
_OUTSIDE = 0.25
_FARTHEST_SHAPE, _FARTHEST_ASYMMETRY = 5.0, 1.2


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def bounds_under(
    codes: np.ndarray, numbers: np.ndarray, is_broad: np.ndarray, rules: Rules
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the numbers of components may go, shape (k, 5) each; signs of peaks stay."""
    first, last, narrowest, broad, widest = rules[0], rules[1], rules[2], rules[3], rules[4]
    low, high = np.empty((len(codes), 5)), np.empty((len(codes), 5))
    for k in range(len(codes)):
        is_free_sign = codes[k] == _STEP
        low[k, 0] = 0.0 if numbers[k, 0] >= 0 and not is_free_sign else -np.inf
        high[k, 0] = 0.0 if numbers[k, 0] < 0 and not is_free_sign else np.inf
        out = _OUTSIDE * (last - first) if is_broad[k] else 0.0
        low[k, 1], high[k, 1] = first - out, last + out
        low[k, 2] = math.log(broad if is_broad[k] else narrowest)
        high[k, 2] = math.log(widest if is_broad[k] else broad)
        if codes[k] == _DECAY:
            low[k, 2], high[k, 2] = math.log(0.5 * broad), math.log(widest)
        low[k, 3], high[k, 3] = -_FARTHEST_SHAPE, _FARTHEST_SHAPE
        low[k, 4], high[k, 4] = -_FARTHEST_ASYMMETRY, _FARTHEST_ASYMMETRY
    return low, high


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def precision_of(n: int) -> np.ndarray:
    """Return what is known of the numbers of n components before, as precisions about 0, shape (n, 5)."""
    precision = np.empty((n, 5))
    for k in range(n):
        precision[k] = _PRECISION
    return precision


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def prior_cost(codes: np.ndarray, numbers: np.ndarray) -> float:
    """Return what the numbers of components cost for lying off what is known before."""
    total = 0.0
    for k in range(len(codes)):
        for j in range(5):
            if _IS_FREE[codes[k], j]:
                total += _PRECISION[j] * numbers[k, j] ** 2
    return total


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def price_under(codes: np.ndarray, heights: np.ndarray, rules: Rules) -> float:
    """Return what a whole pattern costs: so much for each free number, and more for what is rare.

    Rare are peaks that point otherwise than most of them do, and steps after the first.
    """
    total, n_up, n_down, n_steps = 0.0, 0, 0, 0
    for k in range(len(codes)):
        total += _N_FREE[codes[k]]
        if _IS_PEAK[codes[k]]:
            n_up += heights[k] > 0
            n_down += heights[k] < 0
        n_steps += codes[k] == _STEP
    n_rare = min(n_up, n_down) + max(n_steps - 1, 0)
    return float((total + _RARE * n_rare) * rules[5])
