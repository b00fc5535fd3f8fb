"""Spikes: one to three points that stand out of their surroundings as no line, step or break does. One curve, no more.

A cosmic ray on a camera or a glitch of an electronic balance hits up to three points; a line that an instrument
resolves is wider, so its flanks still fall two points away from its top, where a spike has ended. That tells them
apart, whatever the modality; the height is held against noise estimated robustly around it (compare Whitaker and Hayes,
Chemom. Intell. Lab. Syst. 179 (2018) 82, who take differences and the median absolute deviation).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.records.curve import Channel, Curve
from services.records.doubt import Doubt
from services.records.number_rows import rounding_step, tops_of_runs

__all__ = ["Spike", "spikes", "spikes_of"]

_FEWEST = 40
_AT_ENDS = 6
"""So many points at either end of a program's segment are not judged: instruments jump there."""
_NOISE_WIDTH = 61
_HEIGHT_IN_NOISE = 12.0
_FLANK_SHARE = 0.24
"""Between two and five points away from its top a spike has ended; a line changes by more than this share of it."""
_HEIGHT_IN_RIVALS = 3.0
"""How far a spike exceeds the next highest narrow thing in its surroundings: where many stand, they are lines."""
_HEIGHT_IN_LINES = 1.2
"""How far it exceeds what lines in its surroundings, wide or narrow, stand off their own flanks."""
_SHARE_OF_RANGE = 0.01
_MOST_SHARE = 0.01
_MOST = 5
_TOLD = 3
_NOT_SIGNALS = ("time", "temperature", "point", "index", "interferogram", "single_beam", "reference", "sample_beam")
"""Channels whose own nature is to jump, or that hold the lines of water vapour one point wide."""
_BREAK = 0.3
_MAD = 1.4826


class Spike(NamedTuple):
    """One spike: at which point, where on the axis, how high above its surroundings and in units of the noise there."""

    point: int
    position: float
    height: float
    in_noise: float


def spikes(curve: Curve, modality: str = "") -> tuple[Doubt, ...]:
    """List the channels of a curve that hold spikes, one doubt each; empty where none does.

    Parameters
    ----------
    modality
        Where it is ``tensile``, nothing is judged from shortly before the break on.
    """
    found = []
    for channel in curve.channels:
        if channel.quantity in _NOT_SIGNALS:
            continue
        seen = spikes_of(curve, channel, modality)
        if seen:
            found.append(Doubt("spikes", channel.quantity, _told(curve, channel, seen)))
    return tuple(found)


def spikes_of(curve: Curve, channel: Channel, modality: str = "") -> tuple[Spike, ...]:
    """List the spikes of one channel in the order of the axis."""
    bounds = [(segment.start, segment.stop) for segment in curve.segments] or [(0, len(curve))]
    found: list[Spike] = []
    for start, stop in bounds:
        values = channel.values[start:stop]
        if modality == "tensile":
            values = values[: _break_of(values)]
        at_ends = _AT_ENDS if curve.segments or modality == "tensile" else 0
        measured = np.flatnonzero(np.isfinite(values))
        for piece in np.split(measured, np.flatnonzero(np.diff(measured) > 1) + 1):
            for point, height, in_noise in _in_stretch(values[piece], at_ends):
                place = start + int(piece[point])
                found.append(Spike(place, float(curve.axis.values[place]), height, in_noise))
    return tuple(found)


def _in_stretch(values: np.ndarray, at_ends: int) -> list[tuple[int, float, float]]:
    if len(values) < _FEWEST:
        return []
    noise, rest = _noise_around(values)
    spread = float(np.ptp(np.quantile(values, [0.02, 0.98])))
    found: list[tuple[int, float, float]] = []
    for sign in (1.0, -1.0):
        up = sign * values
        height, is_narrow = _heights(up)
        wanted = is_narrow & (height > _HEIGHT_IN_NOISE * noise) & (height > _SHARE_OF_RANGE * spread)
        wanted[: 4 + at_ends] = False
        wanted[len(values) - 4 - at_ends :] = False
        for point in tops_of_runs(np.flatnonzero(wanted), height):
            narrow, any_ = _highest_beside(np.where(is_narrow, height, 0.0), point), _highest_beside(rest, point)
            if height[point] > max(_HEIGHT_IN_RIVALS * narrow, _HEIGHT_IN_LINES * any_):
                found.append((point, sign * float(height[point]), float(height[point] / noise[point])))
    many = max(_MOST, int(_MOST_SHARE * len(values)))
    return sorted(found) if len(found) <= many else []


def _heights(up: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each point stands above both sides two points away, and whether its flanks have ended there."""
    n = len(up)
    padded = np.pad(up, 5, mode="edge")
    at = {k: padded[5 + k : 5 + k + n] for k in range(-5, 6)}
    height = up - np.maximum(at[-2], at[2])
    falls = [np.abs(at[2 * side] - at[further * side]) for side in (-1, 1) for further in (3, 4, 5)]
    return height, np.max(falls, axis=0) < _FLANK_SHARE * np.maximum(height, 0.0)


def _noise_around(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sd of the noise around each point, shape (n,), and how far each stands off its neighbours."""
    padded = np.pad(values, 2, mode="edge")
    rest = values - (padded[:-4] + padded[4:]) / 2
    half = min(_NOISE_WIDTH, len(values) - 1 - (len(values) % 2)) // 2
    size = np.abs(np.pad(rest, half, mode="reflect"))
    windows = np.lib.stride_tricks.sliding_window_view(size, 2 * half + 1)
    local = _MAD * np.median(windows, axis=1) / np.sqrt(1.5)
    least = _MAD * float(np.median(np.abs(rest))) / np.sqrt(1.5)
    return np.maximum(np.maximum(local, 0.3 * least), rounding_step(values)), rest


def _highest_beside(heights: np.ndarray, point: int) -> float:
    """Return the greatest height beside a point, but for what the point itself causes."""
    left = heights[max(0, point - _NOISE_WIDTH) : max(0, point - 5)]
    right = heights[point + 6 : point + _NOISE_WIDTH + 1]
    return float(np.abs(np.concatenate([left, right])).max(initial=0.0))


def _break_of(values: np.ndarray) -> int:
    """Return the point up to which a tensile curve is judged: some points before it first loses much of its stress."""
    highest = np.maximum.accumulate(np.where(np.isfinite(values), values, -np.inf))
    if len(values) < _FEWEST:
        return len(values)
    windows = np.lib.stride_tricks.sliding_window_view(values, 5)
    median = np.full(len(windows), np.nan)
    known = np.isfinite(windows).any(axis=1)  # an extensometer that was taken off leaves a stretch without a number
    median[known] = np.nanmedian(windows[known], axis=1)
    broken = np.flatnonzero(median < (1 - _BREAK) * highest[: len(median)])
    broken = broken[broken > len(values) // 10]
    return int(broken[0]) if len(broken) else len(values)


def _told(curve: Curve, channel: Channel, seen: tuple[Spike, ...]) -> str:
    highest = sorted(seen, key=lambda spike: -spike.in_noise)[:_TOLD]
    unit, axis = channel.unit, curve.axis.unit
    placed = [(f"{s.position:.6g} {axis}".rstrip(), f"{s.height:+.3g} {unit}".rstrip()) for s in highest]
    places = ", ".join(f"{place} ({height})" for place, height in placed)
    more = f" and {len(seen) - _TOLD} more" if len(seen) > _TOLD else ""
    named = "a spike" if len(seen) == 1 else f"{len(seen)} spikes"
    return f"{named} of at most 3 points at {places}{more}; the highest is {highest[0].in_noise:.0f} times the noise"
