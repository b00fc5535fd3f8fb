"""In which order to make formulations: hard-to-change settings stand together, the rest is left to chance."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from loop.space.space import SearchSpace

__all__ = ["hard_columns", "n_changes", "order_runs"]


def order_runs(rows: np.ndarray, space: SearchSpace, rng: np.random.Generator) -> list[int]:
    """Order runs so that hard-to-change parameters change seldom; random beyond that.

    Parameters
    ----------
    rows
        Formulations, shape (n, parameters).

    Returns
    -------
    Numbers of the rows in the order to make them.
    """
    shuffled = rng.permutation(len(rows))
    hard = hard_columns(space)
    if not len(hard) or not len(rows):
        return [int(i) for i in shuffled]
    settings, which = np.unique(rows[:, hard], axis=0, return_inverse=True)
    path = _short_path((settings[:, None] != settings[None]).sum(axis=2), rng)
    return [int(i) for group in path for i in shuffled if which[i] == group]


def hard_columns(space: SearchSpace) -> np.ndarray:
    """Return the columns of the hard-to-change parameters."""
    return np.flatnonzero([parameter.hard_to_change for parameter in space.parameters.values()])


def n_changes(rows: np.ndarray) -> np.ndarray:
    """Count, for each column of rows in run order, how often it changes from one run to the next."""
    return np.asarray((np.diff(rows, axis=0) != 0).sum(axis=0))


def _short_path(cost: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Visit all groups at a low total cost: nearest neighbour from a random start, then turning round sections."""
    left = list(rng.permutation(len(cost)))
    path = [int(left.pop(0))]
    while left:
        nearest = min(left, key=lambda group: cost[path[-1], group])
        left.remove(nearest)
        path.append(int(nearest))
    improved = True
    while improved:
        improved = False
        for i in range(len(path) - 1):
            for j in range(i + 1, len(path)):
                turned = path[:i] + path[i : j + 1][::-1] + path[j + 1 :]
                if _length(turned, cost) < _length(path, cost):
                    path, improved = turned, True
    return path


def _length(path: list[int], cost: np.ndarray) -> int:
    return int(sum(cost[a, b] for a, b in pairwise(path)))
