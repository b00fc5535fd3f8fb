"""Part a run along time into heating, cooling and holding by the rate of its temperature, whatever its noise. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Literal

import numpy as np

__all__ = ["Direction", "Part", "parts_of", "rate_between"]

Direction = Literal["heat", "cool", "isothermal"]

_MAD_TO_SD = 1.4826
_SLOWEST_K_PER_MIN = 0.1
"""A program's ramp is faster than this; a hold drifts more slowly."""
_SLOWEST_SHARE = 0.02
"""The same, as a share of the fast rates, where there is no time to count minutes by."""
_NOISE = 5.0
_SMALLEST_RAMP_K = 3.0
_SHORTEST_HOLD_MIN = 1.0
_SHORTEST_SHARE = 0.005
_FEWEST_POINTS = 7
_WINDOWS = 400
"""A rate is first taken over this part of all points, over more where noise asks for it, up to a twentieth."""
_WIDEST = 20
_MOST_TURNS = 60
"""More changes between heating, holding and cooling are noise, or a temperature that is modulated."""
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """Points `start` up to and without `stop`, and what the temperature does there."""

    direction: Direction
    start: int
    stop: int


def rate_between(minutes: np.ndarray, kelvin: np.ndarray, start: int, stop: int) -> float | None:
    """Return the rate in K/min by a line through the middle four fifths of a stretch; None where time stands still."""
    margin = (stop - start) // 10
    t, temperature = minutes[start + margin : stop - margin], kelvin[start + margin : stop - margin]
    if len(t) < 2 or not np.ptp(t) > 0:
        return None
    run = t - t.mean()
    return float(run @ (temperature - temperature.mean()) / (run @ run))


def parts_of(minutes: np.ndarray, kelvin: np.ndarray, *, is_time: bool = True) -> tuple[Part, ...]:
    """Part a run; the parts follow each other without a gap.

    Parameters
    ----------
    minutes
        Time, never falling, shape (n,); any count of points where `is_time` is False.
    kelvin
        Temperature in K or °C, shape (n,), finite.

    Returns
    -------
    Ramps of 3 K at least and holds of one minute at least (and half a per cent of the run); what is shorter belongs to
    its neighbour. A ramp begins and ends where the rate is half of its own.
    """
    n = len(minutes)
    if n < 2 * _FEWEST_POINTS or not np.ptp(minutes) > 0:
        return ()
    rate, slowest = _rates(minutes, kelvin, is_time=is_time)
    level = np.where(rate > slowest, 1, np.where(rate < -slowest, -1, 0))
    bounds = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), n]
    parts = [(int(level[start]), start, stop) for start, stop in pairwise(bounds)]
    shortest = max(_SHORTEST_HOLD_MIN if is_time else 0.0, _SHORTEST_SHARE * float(np.ptp(minutes)))
    parts = _weeded(parts, minutes, kelvin, shortest)
    parts = _sharpened(parts, rate)
    parts = _weeded(parts, minutes, kelvin, shortest)
    words: dict[int, Direction] = {1: "heat", -1: "cool", 0: "isothermal"}
    return tuple(Part(words[kind], start, stop) for kind, start, stop in parts)


_Parts = list[tuple[int, int, int]]


def _rates(minutes: np.ndarray, kelvin: np.ndarray, *, is_time: bool) -> tuple[np.ndarray, float]:
    """Return the rate at each point, and how fast it must be to be no hold."""
    n = len(minutes)
    noise = _MAD_TO_SD * float(np.median(np.abs(np.diff(kelvin, 2)))) / sqrt(6.0)
    half = max(3, n // (2 * _WINDOWS))
    while True:
        rate, spread = _slopes(minutes, kelvin, half)
        fast = float(np.quantile(np.abs(rate), 0.9))
        least = _SLOWEST_K_PER_MIN if is_time else _SLOWEST_SHARE * fast
        uncertain = _NOISE * noise / max(float(np.median(spread)), 1e-12)
        slowest = max(least, min(uncertain, 0.5 * fast))
        n_turns = int(np.count_nonzero(np.diff(np.sign(rate) * (np.abs(rate) > slowest))))
        is_quiet = uncertain <= max(least, 0.1 * fast) and n_turns <= _MOST_TURNS
        if is_quiet or half >= n // (2 * _WIDEST):
            return rate, slowest
        half = min(2 * half, max(n // (2 * _WIDEST), 1))


def _slopes(x: np.ndarray, y: np.ndarray, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes of lines through windows of points, and the roots of their sums of squares of `x`."""
    n = len(x)
    low, high = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half, n - 1) + 1
    u, v = x - x.mean(), y - y.mean()
    count = (high - low).astype(float)
    su, sv, suu, suv = (
        total[high] - total[low]
        for total in (np.concatenate([[0.0], np.cumsum(term)]) for term in (u, v, u * u, u * v))
    )
    square = np.maximum(suu - su * su / count, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(square > 0, (suv - su * sv / count) / square, 0.0)
    return slope, np.sqrt(square)


def _weeded(parts: _Parts, minutes: np.ndarray, kelvin: np.ndarray, shortest: float) -> _Parts:
    """Join what is too short to be a stretch of its own to its longer neighbour, the shortest first."""
    parts = _joined(parts)
    while len(parts) > 1:
        weak = [
            (minutes[stop - 1] - minutes[start], k)
            for k, (kind, start, stop) in enumerate(parts)
            if not _stands(kind, start, stop, minutes, kelvin, shortest)
        ]
        if not weak:
            break
        _, k = min(weak)
        kind, start, stop = parts[k]
        if kind != 0 and minutes[stop - 1] - minutes[start] >= shortest:
            parts[k] = (0, start, stop)  # a drift within a few kelvin
        else:
            beside = [j for j in (k - 1, k + 1) if 0 <= j < len(parts)]
            longer = max(beside, key=lambda j: minutes[parts[j][2] - 1] - minutes[parts[j][1]])
            parts[k] = (parts[longer][0], start, stop)
        parts = _joined(parts)
    return parts


def _stands(kind: int, start: int, stop: int, minutes: np.ndarray, kelvin: np.ndarray, shortest: float) -> bool:
    if stop - start < _FEWEST_POINTS:
        return False
    if kind == 0:
        return bool(minutes[stop - 1] - minutes[start] >= shortest)
    return abs(float(np.median(kelvin[stop - 3 : stop]) - np.median(kelvin[start : start + 3]))) >= _SMALLEST_RAMP_K


def _joined(parts: _Parts) -> _Parts:
    joined: _Parts = []
    for kind, start, stop in parts:
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1], stop)
        else:
            joined.append((kind, start, stop))
    return joined


def _sharpened(parts: _Parts, rate: np.ndarray) -> _Parts:
    """Move the bounds between ramps and holds to where the rate is half of the ramp's."""
    bounds = [part[1] for part in parts] + [parts[-1][2]]
    for k in range(1, len(parts)):
        before, after = parts[k - 1], parts[k]
        if (before[0] == 0) == (after[0] == 0):
            continue
        ramp = before if before[0] else after
        usual = float(np.median(rate[ramp[1] : ramp[2]])) * ramp[0]
        is_ramp = rate[bounds[k - 1] : parts[k][2]] * ramp[0] > _HALF * usual
        if before[0]:
            bounds[k] = bounds[k - 1] + int(np.flatnonzero(is_ramp)[-1]) + 1 if is_ramp.any() else bounds[k]
        else:
            bounds[k] = bounds[k - 1] + int(np.argmax(is_ramp)) if is_ramp.any() else bounds[k]
    return [(part[0], start, stop) for part, (start, stop) in zip(parts, pairwise(bounds), strict=True) if stop > start]
