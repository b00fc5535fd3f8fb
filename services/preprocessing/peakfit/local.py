"""The compiled trial of a move: what comes is fitted with its nearest neighbours to what all others leave over."""

from __future__ import annotations

import math

import numba
import numpy as np

from services.preprocessing.peakfit.minimise import minimise, value_of
from services.preprocessing.peakfit.profiles import FREE, IS_PEAK, KINDS
from services.preprocessing.peakfit.rules import Rules, bounds_under, precision_of, price_under, prior_cost

__all__ = ["fitted_locally", "surroundings"]

_IS_FREE = np.array([FREE[kind] for kind in KINDS], np.bool_)
_IS_PEAK = IS_PEAK
_REACH = 1.5
_MOST_NEIGHBOURS = 4
_MOST_NUMBERS = 4
_SPARE = 3
_TOLERANCE = 1e-3


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def surroundings(
    codes: np.ndarray,
    numbers: np.ndarray,
    is_broad: np.ndarray,
    removed: np.ndarray,
    came: np.ndarray,
    came_is_broad: np.ndarray,
) -> tuple[float, float, float, np.ndarray]:
    """Return where a move matters, from and to; the smallest width there; and the nearest peaks that stay.

    Halos are neighbours only of halos.
    """
    low, high, narrowest, with_halos = np.inf, -np.inf, np.inf, False
    stays = np.ones(len(codes), np.bool_)
    for k in removed:
        stays[k] = False
        width = math.exp(numbers[k, 2])
        low, high = min(low, numbers[k, 1] - _REACH * width), max(high, numbers[k, 1] + _REACH * width)
        narrowest, with_halos = min(narrowest, width), with_halos or is_broad[k]
    for k in range(len(came)):
        width = math.exp(came[k, 2])
        low, high = min(low, came[k, 1] - _REACH * width), max(high, came[k, 1] + _REACH * width)
        narrowest, with_halos = min(narrowest, width), with_halos or came_is_broad[k]
    found = np.empty(len(codes), np.int64)
    distance = np.empty(len(codes))
    n, middle = 0, 0.5 * (low + high)
    for k in range(len(codes)):
        if not stays[k] or not _IS_PEAK[codes[k]] or (is_broad[k] and not with_halos):
            continue
        reach = 0.5 * math.exp(numbers[k, 2])
        if numbers[k, 1] + reach > low and numbers[k, 1] - reach < high:
            found[n], distance[n] = k, abs(numbers[k, 1] - middle)
            n += 1
    nearest = found[:n][np.argsort(distance[:n], kind="mergesort")][:_MOST_NEIGHBOURS]
    for k in nearest:
        narrowest = min(narrowest, math.exp(numbers[k, 2]))
    return low, high, narrowest, nearest


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def fitted_locally(
    codes: np.ndarray,
    numbers: np.ndarray,
    is_broad: np.ndarray,
    removed: np.ndarray,
    came_codes: np.ndarray,
    came: np.ndarray,
    came_is_broad: np.ndarray,
    neighbours: np.ndarray,
    x: np.ndarray,
    left: np.ndarray,
    weight: np.ndarray,
    rules: Rules,
    most_iterations: int,
    least: float,
) -> tuple[np.ndarray, float, float, int]:
    """Fit what comes with its neighbours to what is left over without them and without what goes.

    Returns
    -------
    Numbers, first of what came, then of as many neighbours as points allow; by how much the criterion falls; by how
    much the cost alone; how many neighbours. No gain is -inf where points are too few.
    """
    m = len(came_codes)
    room = (len(x) - _SPARE) // _MOST_NUMBERS - m
    n = min(len(neighbours), max(room, 0))
    active, kinds = np.empty((m + n, 5)), np.empty(m + n, np.int64)
    halos = np.empty(m + n, np.bool_)
    active[:m], kinds[:m], halos[:m] = came, came_codes, came_is_broad
    before, before_kinds = np.empty((len(removed) + n, 5)), np.empty(len(removed) + n, np.int64)
    for i in range(len(removed)):
        before[i], before_kinds[i] = numbers[removed[i]], codes[removed[i]]
    for i in range(n):
        k = neighbours[i]
        active[m + i], kinds[m + i], halos[m + i] = numbers[k], codes[k], is_broad[k]
        before[len(removed) + i], before_kinds[len(removed) + i] = active[m + i], kinds[m + i]
    free = np.empty((m + n, 5), np.bool_)
    for i in range(m + n):
        free[i] = _IS_FREE[kinds[i]]
    if len(x) < free.sum() + 2:
        return active, -np.inf, 0.0, n
    owed = _price_behind(codes, numbers, removed, came_codes, came, rules) - price_under(codes, numbers[:, 0], rules)
    target = left + value_of(before_kinds, before, x)
    before_cost = prior_cost(before_kinds, before)
    for i in range(len(x)):
        before_cost += (left[i] * weight[i]) ** 2
    if m + n == 0:
        after_cost = 0.0
        for i in range(len(x)):
            after_cost += (target[i] * weight[i]) ** 2
    else:
        low, high = bounds_under(kinds, active, halos, rules)
        nothing = np.empty(0)
        active, _, _, after_cost, _, _, _ = minimise(
            kinds, active, free, low, high, np.zeros((m + n, 5)), precision_of(m + n), nothing, nothing, nothing,
            np.empty((0, len(x))), x, target, weight, most_iterations, _TOLERANCE, before_cost - owed - least,
        )  # fmt: skip
    return active, before_cost - after_cost - owed, before_cost - after_cost, n


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _price_behind(
    codes: np.ndarray,
    numbers: np.ndarray,
    removed: np.ndarray,
    came_codes: np.ndarray,
    came: np.ndarray,
    rules: Rules,
) -> float:
    """Return what the pattern costs behind a move."""
    stays = np.ones(len(codes), np.bool_)
    stays[removed] = False
    kinds, heights = np.empty(len(codes) + len(came_codes), np.int64), np.empty(len(codes) + len(came_codes))
    n = 0
    for k in range(len(codes)):
        if stays[k]:
            kinds[n], heights[n] = codes[k], numbers[k, 0]
            n += 1
    for k in range(len(came_codes)):
        kinds[n], heights[n] = came_codes[k], came[k, 0]
        n += 1
    return float(price_under(kinds[:n], heights[:n], rules))
