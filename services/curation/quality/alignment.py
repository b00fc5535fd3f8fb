"""How one signal must be moved and scaled to lie on another, and how far off it still is. Sees two; learns nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.curation.quality.signal import Signal

__all__ = ["Apart", "apart", "drawn_on"]

_GRID = 1024
_MOST_SHIFT = 0.03
"""Mounting moves a curve by less than this share of its axis; more is a difference in shape."""
_FINE = 4
"""So many times finer is what is moved, so that moving it by part of a step blurs nothing."""
_SMOOTHED = 3 * _FINE


class Apart(NamedTuple):
    """How one signal lies beside another.

    `shift` is how far it stands to the right, in the axis's unit; `scale` by how much it is larger; `shape` the root
    mean square of what shift, scale, offset and a straight baseline leave, over that of the signal itself.
    """

    shift: float
    scale: float
    shape: float


def apart(
    one: Signal, other: Signal, *, with_baseline: bool = True, with_shift: bool = True, least_overlap: float = 0.5
) -> Apart | None:
    """Lay the other signal on the one; None where their axes overlap too little, or one of them is flat.

    Parameters
    ----------
    with_baseline
        Whether an offset and a straight baseline are mounting; where not, zero is zero.
    with_shift
        Whether the axis may be moved.
    least_overlap
        Share of the longer axis that both must cover.
    """
    low, high = max(one.x[0], other.x[0]), min(one.x[-1], other.x[-1])
    span = high - low
    if span < least_overlap * max(one.span, other.span):
        return None
    margin = _MOST_SHIFT * span if with_shift else 0.0
    grid = np.linspace(low + margin, high - margin, _GRID)
    line = np.linspace(-1, 1, _GRID)
    line = np.column_stack([np.full(_GRID, 1 / np.sqrt(_GRID)), line / np.sqrt(line @ line)])  # orthonormal
    line = line if with_baseline else line[:, :0]
    fine = np.linspace(low, high, _FINE * _GRID)
    mine, theirs_fine = np.interp(grid, fine, drawn_on(fine, one)), drawn_on(fine, other)
    if not _rest(mine, line).std() > 0:
        return None
    shift = _shift(mine, (fine, theirs_fine), grid, line) if with_shift else 0.0
    theirs = np.interp(grid + shift, fine, theirs_fine)
    bare, bare_mine = _rest(theirs, line), _rest(mine, line)
    power_mine, power = float(bare_mine @ bare_mine), float(bare @ bare)
    if not power > 0:
        return None
    common = float(bare @ bare_mine)
    likeness = max(0.0, common) / np.sqrt(power * power_mine)
    scale = float(np.sqrt(power / power_mine)) * (1.0 if common >= 0 else -1.0)
    return Apart(shift, scale, float(np.sqrt(max(0.0, 1 - likeness**2))) if common > 0 else 1.0)


def _shift(mine: np.ndarray, other: tuple[np.ndarray, np.ndarray], grid: np.ndarray, line: np.ndarray) -> float:
    """Find the shift at which both agree best: on a coarse grid of shifts, then twice finer around the best."""
    step = float(grid[1] - grid[0])
    most = _MOST_SHIFT * (grid[-1] - grid[0]) / (1 - 2 * _MOST_SHIFT)
    bare = _rest(mine, line)
    best, width = 0.0, most
    n = int(np.ceil(most / step)) // 2 * 2 + 1
    for count in (n, 9, 9, 9):
        tried = np.clip(best + np.linspace(-width, width, count), -most, most)
        misfit = [_misfit(bare, _rest(np.interp(grid + shift, *other), line)) for shift in tried]
        best = float(tried[int(np.argmin(misfit))])
        width = 2 * width / max(1, count - 1)
    return best


def _misfit(mine: np.ndarray, theirs: np.ndarray) -> float:
    power = float(theirs @ theirs)
    common = float(mine @ theirs)
    return -common / np.sqrt(power) if power > 0 else 0.0


def _rest(values: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Take offset and slope from values; `line` holds both as orthonormal columns, or none."""
    return np.asarray(values - line @ (line.T @ values))


def drawn_on(grid: np.ndarray, signal: Signal) -> np.ndarray:
    """Draw a signal on a grid; where the grid is coarser than the signal, its mean around each point."""
    step = float(grid[1] - grid[0])
    per_step = step / (signal.span / (len(signal.x) - 1))
    drawn = np.interp(grid, signal.x, _mean_around(signal.y, int(per_step)) if per_step >= 2 else signal.y)
    return _mean_around(drawn, _SMOOTHED)


def _mean_around(values: np.ndarray, width: int) -> np.ndarray:
    width += 1 - width % 2
    padded = np.pad(values, width // 2, mode="edge")
    sums = np.cumsum(np.concatenate([[0.0], padded]))
    return np.asarray((sums[width:] - sums[:-width]) / width)
