"""Climb from good formulations to better ones on the grid itself: what is scored is exactly what would be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from loop.acquisition.moves import Moves

__all__ = ["Score", "climb"]

_PROMISING = 10
"""Neighbours of each formulation that are scored first: those of the largest gain by the gradient."""

_MORE = 96
"""Neighbours scored before a formulation counts as a peak."""

_BY_CHANCE = 24
"""Neighbours scored at a time where there is no gradient."""

_STILL_CLIMBING = {3: 64, 6: 8}
"""How many climb on in rounds before these; after the last, `_LAST_CLIMBING`."""

_LAST_CLIMBING = 3

_MOST_ROUNDS = 120


class Score(Protocol):
    """What is to be made large."""

    def values(self, rows: np.ndarray) -> np.ndarray:
        """Score rows (n, parameters): shape (n,)."""
        ...

    def graded(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Score rows (n,), with the gradient by encoded column (n, columns); None where there is no gradient."""
        ...

    def encode(self, rows: np.ndarray) -> np.ndarray:
        """Encode rows as columns (n, columns)."""
        ...


def climb(
    score: Score,
    moves: Moves,
    rows: np.ndarray,
    values: np.ndarray,
    rng: np.random.Generator,
    *,
    is_open: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Improve several rows side by side until none of their likely neighbours is better.

    Neighbours are ranked by what the gradient promises, the best are scored, the best of these is taken; promising
    moves that touch different parameters are tried together.

    Parameters
    ----------
    rows, values
        Feasible rows to start from (n, parameters) and their scores (n,).
    is_open
        Says which rows may be chosen at all, (m, parameters) to (m,).

    Returns
    -------
    Rows and values at the end, shapes (n, parameters) and (n,); values never fall.
    """
    rows, values = rows.copy(), values.copy()
    active = np.arange(len(rows))
    tolerance = 1e-9
    for number in range(_MOST_ROUNDS):
        active = _worth_while(active, rows, values, number)
        if not len(active):
            break
        many, owner = moves.around(rows[active])
        keep = is_open(many)
        many, owner = many[keep], owner[keep]
        promise = _promise(score, rows[active], many, owner, rng)
        order = np.lexsort((-promise, owner))
        rank = _rank_within(owner[order])
        is_better = np.zeros(len(active), dtype=bool)
        tried = 0
        for most in (_PROMISING, _MORE):
            chosen = order[(rank >= tried) & (rank < most) & ~is_better[owner[order]]]
            tried = most
            candidates, source = many[chosen], owner[chosen]
            if most == _PROMISING:
                joint, joint_source = _joined(moves, rows[active], many, owner, order, rank, promise)
                kept = is_open(joint)
                candidates, source = np.vstack([candidates, joint[kept]]), np.r_[source, joint_source[kept]]
            if not len(candidates):
                continue
            found = score.values(candidates)
            for i in np.unique(source):
                mine = np.flatnonzero(source == i)
                best = mine[found[mine].argmax()]
                if found[best] > values[active[i]] + tolerance * (1 + abs(values[active[i]])):
                    rows[active[i]], values[active[i]] = candidates[best], found[best]
                    is_better[i] = True
        active = active[is_better]
    return rows, values


def _worth_while(active: np.ndarray, rows: np.ndarray, values: np.ndarray, number: int) -> np.ndarray:
    """Leave out climbers that stand where a better or earlier one stands, and in time those far behind."""
    _, first = np.unique(rows, axis=0, return_index=True)
    order = np.argsort(-values, kind="stable")
    n_kept = max((most for start, most in _STILL_CLIMBING.items() if number < start), default=_LAST_CLIMBING)
    ahead = [i for i in order if i in set(first.tolist())][:n_kept]
    return np.array([i for i in active if i in set(ahead)], dtype=int)


def _promise(
    score: Score, rows: np.ndarray, many: np.ndarray, owner: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Say what each neighbour promises: the gain by the gradient, or chance where there is none; shape (m,)."""
    _, slopes = score.graded(rows)
    if slopes is None:
        return rng.random(len(many))
    change = score.encode(many) - score.encode(rows)[owner]
    return np.asarray((change * slopes[owner]).sum(axis=1))


def _rank_within(owner: np.ndarray) -> np.ndarray:
    """Number the entries of each owner from 0; owners stand together."""
    starts = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, dtype=bool)
    first = np.flatnonzero(starts)
    return np.arange(len(owner)) - np.repeat(first, np.diff(np.r_[first, len(owner)]))


def _joined(
    moves: Moves,
    rows: np.ndarray,
    many: np.ndarray,
    owner: np.ndarray,
    order: np.ndarray,
    rank: np.ndarray,
    promise: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Put promising moves that touch different parameters together: the first two, three … of each row."""
    found, source = [rows[:0]], []
    top = order[(rank < 4 * _PROMISING) & (promise[order] > 0)]
    for i in range(len(rows)):
        touched = np.zeros(rows.shape[1], dtype=bool)
        joint, n_joined = rows[i].copy(), 0
        for k in top[owner[top] == i]:
            change = many[k] - rows[i]
            if (touched & (change != 0)).any():
                continue
            touched |= change != 0
            joint = joint + change
            n_joined += 1
            if n_joined > 1:
                found.append(joint[None])
                source.append(i)
    joint, which = moves.allowed(np.vstack(found)), np.array(source, dtype=int)
    return joint[0], which[joint[1]]
