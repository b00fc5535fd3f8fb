"""What happens on a curve of stress: where it breaks, where it first has a maximum, where the grips slipped. Pure.

Works on stress over a *progress* that does not turn back (travel, time). Thresholds are shares of the stress, and ten
standard deviations of what noise is left in a running mean, whichever is larger, so that noise makes no event.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

__all__ = ["Break", "Slip", "find_break", "find_maximum", "noise_of", "stiffness_of"]

_MAD_TO_SD = 1.4826
_BROKEN = 0.1
"""The bar is broken where stress is a tenth of its maximum or less: ISO 527-1:2012, 3.7."""
_STEEP = 0.05
_STEEP_NOISE = 10.0
_NOISE = 10.0
"""Extremes of 10^5 points of white noise lie within nine standard deviations of each other."""
_MEANS = 100
"""A running mean takes this part of the points up to half of the greatest stress."""
_STIFF = 0.25
"""After a slip load comes back this steeply at least, as a share of the first stiffness; cold drawing is far softer."""
_SOON = 0.5
"""... and within this share of the way so far; strain hardening takes several times the way."""
_BINS = 60
_STALLED, _RESUMED = 0.1, 0.5
_NOISY = 0.005
_FLAT_SPAN = 1.5


@dataclass(frozen=True, slots=True)
class Break:
    """Last point before the bar broke, or of the record where `is_seen` is False."""

    point: int
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Slip:
    """Points between which load was lost, or stood still, and came back; `lost_MPa` is 0 for a standstill."""

    start: int
    stop: int
    lost_MPa: float  # noqa: N815 - MPa is the unit


def noise_of(stress: np.ndarray) -> float:
    """Return the standard deviation of white noise on a smooth curve, from its second differences, MPa."""
    if len(stress) < 3:
        return 0.0
    return _MAD_TO_SD * float(np.median(np.abs(np.diff(stress, 2)))) / sqrt(6.0)


def find_break(stress: np.ndarray, noise: float) -> Break:
    """Find the last point before stress falls to a tenth of its maximum, or falls steeply at the end of the record."""
    top, n = float(stress.max()), len(stress)
    peak = int(np.argmax(stress))
    broken = np.flatnonzero(stress[peak:] <= _BROKEN * top)
    end = peak + int(broken[0]) if len(broken) else n - 1
    steep = max(_STEEP * top, _STEEP_NOISE * noise)
    point = end
    while point > peak and stress[point - 1] - stress[point] > steep:
        point -= 1
    if len(broken):
        return Break(min(point, end - 1), is_seen=True)
    return Break(point, is_seen=point < end)


def stiffness_of(x: np.ndarray, stress: np.ndarray) -> float:
    """Return the slope between the first points at 10 % and at 50 % of the greatest stress; 0 where there is none."""
    top = float(stress.max())
    low, high = int(np.argmax(stress >= 0.1 * top)), int(np.argmax(stress >= 0.5 * top))
    run = float(x[high] - x[low])
    return float(stress[high] - stress[low]) / run if run > 0 else 0.0


def find_maximum(
    x: np.ndarray, stress: np.ndarray, last: int, noise: float, drop: float
) -> tuple[int | None, tuple[Slip, ...]]:
    """Find the first maximum of stress up to the point `last`, and slips before it.

    Parameters
    ----------
    x
        Progress, never falling, shape (n,).
    drop
        By which share of itself stress must fall after a maximum.

    Returns
    -------
    The point of the first maximum, or of the beginning of a plateau; None where stress rises until the end. A maximum
    after which load comes back as steeply as at first is a slip, and the search goes on behind it.
    """
    x, raw = x[: last + 1], stress[: last + 1]
    half = int(np.argmax(raw >= 0.5 * raw.max())) // (2 * _MEANS)
    stress, noise = _running_mean(raw, half), noise / sqrt(2 * half + 1)
    stiffness = stiffness_of(x, stress)
    slips: list[Slip] = []
    begin = 0
    maximum: int | None = None
    while begin < len(stress):
        highest = np.maximum.accumulate(stress[begin:])
        fallen = np.flatnonzero(stress[begin:] < highest - np.maximum(drop * highest, _NOISE * noise))
        fallen = fallen[highest[fallen] > _BROKEN * stress.max()]
        if not len(fallen):
            break
        at = begin + int(fallen[0])
        top = begin + int(np.argmax(stress[begin:at]))
        slip = _recovery(x, stress, top, at, stiffness)
        if slip is None:
            near = max(top - half, begin)
            maximum = near + int(np.argmax(raw[near : top + half + 1]))
            break
        slips.append(slip)
        begin = slip.stop
    stop = maximum if maximum is not None else len(stress) - 1
    if not slips:
        slips += _standstills(x[: stop + 1], stress[: stop + 1], noise)
    if maximum is None:
        maximum = _plateau(x, stress, slips[-1].stop if slips else 0, drop)
    return maximum, tuple(slips)


def _running_mean(values: np.ndarray, half: int) -> np.ndarray:
    """Return means over `half` points to either side, over fewer at the ends; as many to the left as to the right."""
    n = len(values)
    if half < 1:
        return values
    reach = np.minimum(np.minimum(np.arange(n), np.arange(n)[::-1]), half)
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[np.arange(n) + reach + 1] - total[np.arange(n) - reach]) / (2 * reach + 1))


def _recovery(x: np.ndarray, stress: np.ndarray, top: int, at: int, stiffness: float) -> Slip | None:
    back = np.flatnonzero(stress[at:] >= stress[top])
    if not len(back):
        return None
    stop = at + int(back[0])
    low = at + int(np.argmin(stress[at : stop + 1]))
    way = float(x[stop] - x[low])
    is_stiff = way <= 0 or float(stress[stop] - stress[low]) / way >= _STIFF * stiffness
    is_soon = float(x[stop] - x[top]) <= _SOON * float(x[top] - x[0])
    return Slip(top, stop, float(stress[top] - stress[low])) if is_stiff and is_soon else None


def _standstills(x: np.ndarray, stress: np.ndarray, noise: float) -> list[Slip]:
    """Find where load stands still and then rises again as before: a curve of a material only becomes softer."""
    top = float(stress.max())
    if len(x) < _BINS or noise > _NOISY * top or not x[-1] > x[0]:
        return []
    smooth = _running_mean(stress, max(1, len(x) // (4 * _BINS)))
    grid = np.linspace(x[0], x[-1], _BINS + 1)
    level = np.interp(grid, x, smooth)
    slope = np.diff(level)
    slope[level[:-1] < _BROKEN * top] = 0.0
    steepest = np.maximum.accumulate(slope)
    is_still = (slope < _STALLED * steepest) & (level[:-1] >= _BROKEN * top)
    for k in np.flatnonzero(is_still[:-1] & is_still[1:]):
        resumed = np.flatnonzero(slope[k:] > _RESUMED * steepest[k])
        if len(resumed):
            start, stop = np.searchsorted(x, [grid[k], grid[k + int(resumed[0])]])
            return [Slip(int(start), min(int(stop), len(x) - 1), 0.0)]
    return []


def _plateau(x: np.ndarray, stress: np.ndarray, begin: int, drop: float) -> int | None:
    """Find where strain first goes on by half without stress: ISO 527-1, strain at yield."""
    way = x - x[0]
    further = _FLAT_SPAN * way
    is_seen = (further <= way[-1]) & (stress >= 0.5 * stress.max()) & (way > 0) & (np.arange(len(x)) >= begin)
    rise = np.interp(further, way, stress) - stress
    flat = np.flatnonzero(is_seen & (rise <= drop * stress))
    return int(flat[0]) if len(flat) else None
