"""Numbers as a person would write them: which grid point lies nearest, exactly. Knows no parameter."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache

import numpy as np

__all__ = ["GRID_TOLERANCE", "decimals_of", "on_grid", "to_grid", "to_real"]

GRID_TOLERANCE = 1e-6
"""How far off a grid point a value may stand, in steps, and still be read as that point."""

_SIGNIFICANT = 6
"""Digits that a real-valued setting is given with: a millionth of its range, or six digits of itself on a log scale."""

_LARGEST_EXACT = 2.0**52


def on_grid(value: float, *, origin: float, step: float) -> float:
    """Return the grid point nearest to a value, as the decimal number that a person would write."""
    origin, step = float(origin), float(step)
    exact = Decimal(repr(origin)) + Decimal(repr(step)) * round((value - origin) / step)
    return float(exact) + 0.0  # never -0.0


def to_grid(values: np.ndarray, *, origin: float, step: float, low: float, high: float) -> np.ndarray:
    """Return for each value the nearest grid point from `low` to `high`: the numbers of `on_grid`, many at once."""
    steps = np.round((np.asarray(values, dtype=float) - origin) / step)
    steps = np.clip(steps, first_step(low, origin=origin, step=step), last_step(high, origin=origin, step=step))
    points = origin + steps * step
    decimals = max(decimals_of(origin), decimals_of(step))
    if decimals <= 15 and np.all(np.abs(points) * 10.0**decimals < _LARGEST_EXACT):
        return np.asarray(np.round(points, decimals) + 0.0)
    exact = [on_grid(point, origin=origin, step=step) for point in points.ravel().tolist()]
    return np.array(exact).reshape(points.shape)


def to_real(values: np.ndarray, *, low: float, high: float, scale: str) -> np.ndarray:
    """Round real numbers to what can be read off: six digits of the range, or of the value on a log scale."""
    inside = np.clip(np.asarray(values, dtype=float), low, high)
    if scale == "log":
        exponents = np.floor(np.log10(inside))
        rounded = np.array(
            [round(v, int(_SIGNIFICANT - 1 - e)) for v, e in zip(inside.ravel(), exponents.ravel(), strict=True)]
        ).reshape(inside.shape)
    else:
        rounded = np.round(inside, _SIGNIFICANT - math.floor(math.log10(high - low)))
    return np.asarray(np.clip(rounded, low, high) + 0.0)


def first_step(low: float, *, origin: float, step: float) -> int:
    """Return the number of the first grid point at or above `low`."""
    return math.ceil((low - origin) / step - GRID_TOLERANCE)


def last_step(high: float, *, origin: float, step: float) -> int:
    """Return the number of the last grid point at or below `high`."""
    return math.floor((high - origin) / step + GRID_TOLERANCE)


@lru_cache(maxsize=4096)
def decimals_of(number: float) -> int:
    """Count the decimal places that write a number exactly."""
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
