"""Small facts about a row of numbers that several services ask for: what it was rounded to, where runs are highest."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

__all__ = ["rounding_step", "tops_of_runs"]

_MOST_VALUES = 20_000
_GAP = 3


def rounding_step(values: np.ndarray) -> float:
    """Return the smallest distance between two different values: what the numbers were rounded to, or less."""
    finite = np.unique(values[np.isfinite(values)][:_MOST_VALUES])
    gaps = np.diff(finite)
    gaps = gaps[gaps > 1e-12 * max(1e-300, float(np.abs(finite).max(initial=0.0)))]
    return float(gaps.min()) if len(gaps) else 0.0


def tops_of_runs(points: Iterable[int], height: np.ndarray) -> list[int]:
    """Return the highest point of each run of points, where no two of a run are more than three apart.

    Parameters
    ----------
    points
        Rising indices into `height`, shape (n,).
    """
    tops: list[int] = []
    for point in (int(p) for p in points):
        if tops and point - tops[-1] <= _GAP:
            if height[point] > height[tops[-1]]:
                tops[-1] = point
        else:
            tops.append(point)
    return tops
