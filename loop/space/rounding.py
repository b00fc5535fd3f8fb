"""Bring many formulations onto the grid at once: round each value, then give what a sum lacks in whole steps.

Quick and nearly always exact; whoever calls it checks, and leaves what is left over to `SearchSpace.nearest`.
"""

from __future__ import annotations

import numpy as np

from loop.space.space import SearchSpace
from loop.space.structures import sums_of

__all__ = ["round_rows"]


def round_rows(space: SearchSpace, rows: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Round rows to the grid and repair every equality.

    Parameters
    ----------
    rows
        Real-valued rows that meet the equalities, shape (n, parameters).
    lower, upper
        Allowed values that each value must stay between, same shape; equal where a value is fixed.

    Returns
    -------
    Rows on the grid; equalities hold unless their steps cannot add up within the bounds.
    """
    rounded = np.asarray(np.clip(space.snap(rows), lower, upper))
    weights, low, high = sums_of(space)
    settled = np.zeros(len(space.names), dtype=bool)
    for weight, total in zip(weights[low == high], low[low == high], strict=True):
        columns = np.flatnonzero((weight != 0) & ~settled & np.isfinite(space.steps))
        if len(columns):
            rounded = _repaired(space, rounded, rows, lower, upper, columns, weight, total)
        settled |= weight != 0
    return rounded


def _repaired(
    space: SearchSpace,
    rounded: np.ndarray,
    wanted: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    columns: np.ndarray,
    weight: np.ndarray,
    total: float,
) -> np.ndarray:
    """Share out what one sum lacks among some columns, each time where it leads least away from the wanted value."""
    rounded = rounded.copy()
    is_real = space.steps[columns] == 0
    steps = np.where(is_real, 1.0, space.steps[columns])
    tolerance = 1e-9 * np.abs(weight * np.abs(upper).max(axis=0, initial=0.0)).sum()
    for _ in range(3 * len(columns)):
        missing = total - rounded @ weight  # (n,)
        rows = np.flatnonzero(np.abs(missing) > tolerance)
        if not len(rows):
            break
        here = np.ix_(rows, columns)
        values = rounded[here]
        room = np.clip(values + missing[rows, None] / weight[columns], lower[here], upper[here]) - values
        n_steps = np.floor(np.abs(room) / steps + 1e-6)  # whole steps that bring the sum no further than its total
        n_able = ((n_steps > 0) & ~is_real).sum(axis=1, keepdims=True)
        shared = np.minimum(n_steps, np.maximum(np.floor(n_steps / np.maximum(n_able, 1)), 1)) * steps * np.sign(room)
        move = np.where(is_real, room, shared)
        away = np.where(move != 0, np.abs(values + move - wanted[here]) / space.spans[columns], np.inf)
        best = away.argmin(axis=1)
        rounded[rows, columns[best]] += move[np.arange(len(rows)), best]
        exact = np.clip(space.snap(rounded[rows]), lower[rows], upper[rows])
        rounded[rows] = np.where(space.steps == 0, rounded[rows], exact)
        if not np.isfinite(away).any():
            break
    return rounded
