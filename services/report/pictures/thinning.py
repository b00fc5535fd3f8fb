"""Thin a long curve so that a browser draws it at once and no peak is lost. Pure."""

from __future__ import annotations

import numpy as np

__all__ = ["thinned"]

_MOST_POINTS = 10_000


def thinned(x: np.ndarray, y: np.ndarray, *, most: int = _MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Keep the smallest and the largest value of each of many short stretches, in their order, and both ends.

    Parameters
    ----------
    x, y
        Shapes (n,) and (n,), in the order in which they are drawn; `x` may go to and fro.
    most
        How many points are kept whole; of more, about as many are left. A page is 1000 to 4000 pixels wide, so that
        each stretch is less than a pixel.

    Returns
    -------
    Points of the curve, never others; a gap stays where a whole stretch of it is not-a-number.
    """
    n = len(x)
    if n <= most:
        return x, y
    edges = np.linspace(0, n, max(most // 2, 1) + 1).astype(int)[:-1]
    lowest = np.minimum.reduceat(np.where(np.isnan(y), np.inf, y), edges)
    highest = np.maximum.reduceat(np.where(np.isnan(y), -np.inf, y), edges)
    stretch = np.searchsorted(edges, np.arange(n), side="right") - 1
    kept = np.zeros(n, dtype=bool)
    for is_extreme in (y == lowest[stretch], y == highest[stretch]):
        places = np.flatnonzero(is_extreme)
        first = np.unique(stretch[places], return_index=True)[1]
        kept[places[first]] = True
    is_gap = ~np.isfinite(lowest)
    kept[edges[is_gap]] = True
    kept[[0, -1]] = True
    return x[kept], y[kept]
