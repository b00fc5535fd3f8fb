"""Formulations as far as can be from all that is made and pending; needs no result, inverts no matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loop.acquisition.moves import Moves
from loop.space.sampling import enumerate_rows, sample, spread
from loop.space.space import SearchSpace
from loop.values import Formulation

__all__ = ["far_apart", "open_pool"]

_POOL = 512
"""Formulations drawn to choose from."""

_FAR = 10.0
"""Ranges beyond the space from which on what was made there is far, however far."""

_MOST_NEIGHBOURED = 64
"""Closed rows beside which is looked where nothing drawn is open."""


def far_apart(
    space: SearchSpace,
    count: int,
    rng: np.random.Generator,
    *,
    closed: Sequence[Formulation],
    beside: Sequence[Formulation] = (),
) -> list[Formulation]:
    """Choose up to `count` formulations, each as far as can be from all others; fewer where no more are open.

    Parameters
    ----------
    closed
        Formulations that may not be asked for: made and taught by, pending, or not to be made.
    beside
        Others that were asked for or made, as one that was lost: asked for again only where nothing else is left.
    """
    shut, near = space.to_rows(closed), space.to_rows([*closed, *beside])
    low, high = space.ends
    around = np.clip(near, low - _FAR * space.spans, high + _FAR * space.spans)
    pool = open_pool(space, count, rng, closed=shut)
    if not len(pool):
        return []
    fresh = pool[~_among(pool, near)]
    chosen = spread(fresh, min(count, len(fresh)), space, rng, beside=around) if len(fresh) else fresh
    if len(chosen) < count:
        again = pool[_among(pool, near)]
        left = min(count - len(chosen), len(again))
        more = spread(again, left, space, rng, beside=np.vstack([around[: len(shut)], chosen]))
        chosen = np.vstack([chosen, more])
    return [space.to_formulation(row) for row in chosen]


def open_pool(
    space: SearchSpace, count: int, rng: np.random.Generator, *, closed: np.ndarray, more: np.ndarray | None = None
) -> np.ndarray:
    """Gather different feasible rows that are not closed: all of a small space, else many drawn and `more`.

    Where fewer than `count` of those are open, the neighbours of closed rows are looked at too.
    """
    everything = enumerate_rows(space)
    if everything is not None:
        return np.asarray(everything[~_among(everything, closed)])
    drawn = sample(space, _POOL, rng)
    pool = _unlike(np.vstack([drawn, drawn[:0] if more is None else more]), closed)
    if len(pool) < count and len(closed):
        around, _ = Moves(space).around(closed[space.feasible(closed)][-_MOST_NEIGHBOURED:])
        pool = _unlike(np.vstack([pool, around]), closed)
    return pool


def _unlike(rows: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Return different rows that are not closed."""
    rows = np.unique(rows + 0.0, axis=0)
    return np.asarray(rows[~_among(rows, closed)])


def _among(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    keys = {row.tobytes() for row in np.ascontiguousarray(others) + 0.0}
    return np.array([row.tobytes() in keys for row in np.ascontiguousarray(rows) + 0.0], dtype=bool)
