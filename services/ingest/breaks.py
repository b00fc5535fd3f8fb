"""Places where a curve breaks: one step, or one point, that stands out of all around it. Pure.

A spectrum or a diffractogram goes on from point to point, by its lines' widths and its noise. Where a line of a file
was lost, doubled or put elsewhere it jumps once; where bytes were shifted it goes up and down as nothing measured does.
No format has to say so.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["breaks_in"]

_FEWEST = 60
_REACH = 4
"""Steps on either side that a break is held against."""
_OVER_NEIGHBOURS = 5.0
_OVER_NOISE = 8.0
_OVER_COUNTING = 5.0
"""Standard deviations of a step between whole counts (Poisson): over thousands of points some stand out by chance."""
_WINDOW = 51
"""Steps over which the median says how much the curve goes up and down there."""
_SMOOTH, _MUCH, _STRETCH, _MOST_TURNS = 0.02, 0.1, 10, 4
"""A curve is smooth where half of its steps are below this share of its range; torn where within so many steps it turns
back so often, each time over more than that share."""
_EDGE = 6
"""Points at both ends that are not judged: filters of instruments turn up or down there."""


def breaks_in(values: np.ndarray) -> np.ndarray:
    """Return the points behind which a curve breaks.

    Parameters
    ----------
    values
        Shape (n,), over an axis of even steps.

    Returns
    -------
    Indices; empty where it does not, or where there are too few points or some are missing.
    """
    steps = np.abs(np.diff(values))
    if len(values) < _FEWEST or not np.isfinite(steps).all() or not steps.any():
        return np.empty(0, dtype=np.intp)
    digit = float(steps[steps > 0].min())
    around = sliding_window_view(np.pad(steps, _REACH + 1, mode="reflect"), 2 * _REACH + 3)
    left, right = around[:, :_REACH].max(axis=1), around[:, _REACH + 3 :].max(axis=1)
    far = np.where(np.minimum(left, right) > 0, np.maximum(left, right), np.inf)  # a detector may be shut: no counts
    beside = np.minimum(around[:, _REACH], around[:, _REACH + 2])  # a single point out of line makes two steps
    noise = np.median(sliding_window_view(np.pad(steps, _WINDOW // 2, mode="reflect"), _WINDOW), axis=1)
    is_break = (steps > _OVER_NEIGHBOURS * np.maximum(np.maximum(far, beside), digit)) & (
        steps > _OVER_NOISE * np.maximum(noise, digit)
    )
    if not (values % 1).any() and values.min() >= 0:
        is_break &= steps > _OVER_COUNTING * np.sqrt(values[1:] + values[:-1])
    is_break[:_EDGE] = is_break[-_EDGE:] = False
    return np.flatnonzero(is_break | _is_torn(values))


def _is_torn(values: np.ndarray) -> np.ndarray:
    """Say of each step whether a smooth curve goes up and down about it, point by point and over much of its range."""
    steps, spread = np.diff(values), float(np.ptp(values))
    if np.median(np.abs(steps)) > _SMOOTH * spread:
        return np.zeros(len(steps), dtype=bool)
    is_turn = (steps[1:] * steps[:-1] < 0) & (np.minimum(np.abs(steps[1:]), np.abs(steps[:-1])) > _MUCH * spread)
    n_turns = np.convolve(is_turn, np.ones(_STRETCH), mode="same")
    return np.append(n_turns >= _MOST_TURNS, False)
