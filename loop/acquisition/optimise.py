"""Find the formulations of the highest score: every candidate of a table, or a search on the grid of a space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from botorch.acquisition import AcquisitionFunction
from botorch.exceptions.errors import UnsupportedError

from loop.acquisition.climb import climb
from loop.acquisition.moves import Moves
from loop.acquisition.polish import polish
from loop.errors import SpaceError, SurrogateError
from loop.space.sampling import distances, enumerate_rows, sample, scaled
from loop.space.space import SearchSpace

__all__ = ["Pick", "maximise"]

_CHUNK = 512
"""Points scored at once, at most: bounds memory, and keeps arrays in the cache."""

_LEAST_CHUNK = 16
_MOST_COVARIANCES = 1_000_000
"""Covariances worked out at once, some megabytes: larger arrays are given back to the system each time."""

_MOST_LISTED = 2048
"""Formulations of a small space that are all scored instead of searched."""

_N_SAMPLES = 512
_N_KEPT = 128
"""Best of them that stand by for the next pick: pending formulations take from every score, they give to none."""

_N_BEST_SEEN = 4

_MOST_NEIGHBOURED = 64
"""Rows known beside which is looked where nothing else is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effort:
    """How far a search goes: rows that climb, peaks whose real-valued parameters are polished, steps of that."""

    n_climbers: int
    n_polished: int
    most_steps: int


_EFFORT = {
    False: _Effort(n_climbers=16, n_polished=3, most_steps=40),
    True: _Effort(n_climbers=6, n_polished=1, most_steps=12),
}
"""By whether a score takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One row chosen, and its score."""

    row: np.ndarray
    value: float


class _Scorer:
    """An acquisition function over rows."""

    def __init__(
        self,
        acquisition: AcquisitionFunction,
        encode: Callable[[np.ndarray], np.ndarray],
        n_known: int,
        n_jointly: int,
    ) -> None:
        self._acquisition, self.encode = acquisition, encode
        most = _MOST_COVARIANCES // ((n_jointly + 1) * (n_jointly + n_known + 1))
        self._chunk = min(max(most, _LEAST_CHUNK), _CHUNK)

    def values(self, rows: np.ndarray) -> np.ndarray:
        found = [np.zeros(0)]
        with torch.no_grad():
            for start in range(0, len(rows), self._chunk):
                X = torch.as_tensor(self.encode(rows[start : start + self._chunk]), dtype=torch.double)
                found.append(self._acquisition(X.unsqueeze(1)).numpy())
        return np.nan_to_num(np.concatenate(found), nan=-np.inf)

    def graded(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        X = torch.as_tensor(self.encode(rows), dtype=torch.double).requires_grad_(True)
        values = self._acquisition(X.unsqueeze(1))
        slopes = torch.autograd.grad(values.sum(), X, allow_unused=True)[0] if values.requires_grad else None
        return values.detach().numpy(), None if slopes is None else np.nan_to_num(slopes.numpy())


def maximise(
    acquisition: AcquisitionFunction,
    space: SearchSpace,
    encode: Callable[[np.ndarray], np.ndarray],
    *,
    n: int,
    seen_rows: np.ndarray,
    rng: np.random.Generator,
    pending_rows: np.ndarray | None = None,
    allow_repeats: bool = False,
    n_jointly: int = 0,
    is_slow: bool = False,
) -> list[Pick]:
    """Choose `n` rows one after the other, each in view of those before it.

    Parameters
    ----------
    acquisition
        BoTorch acquisition over encoded X (b, 1, columns), built with the pending rows as pending points.
    encode
        Turns rows (m, parameters) into X (m, columns).
    seen_rows
        Rows that are known, shape (k, parameters); the search starts beside the best of them.
    pending_rows
        Rows whose results are still to come, shape (k, parameters): before each further pick the acquisition is told of
        these and of the rows chosen so far (one cannot ask it what it holds as pending).
    allow_repeats
        True where a row seen may be chosen again; a row is never chosen twice in one batch.
    n_jointly
        Points whose outcomes the acquisition works out together with those of each row, as its baseline.
    is_slow
        True where a score takes long, as with many targets: the search spares some.

    Returns
    -------
    Picks in the order of choice: rows feasible and on the grid, with the scores they were chosen by; fewer than `n`
    where fewer are left.

    Raises
    ------
    SpaceError
        If no row is left to choose.
    SurrogateError
        If rows are left, and no score of them is a finite number.
    """
    score, taken = _Scorer(acquisition, encode, len(seen_rows), n_jointly), _Taken(() if allow_repeats else seen_rows)
    waiting: list[torch.Tensor] = []
    if pending_rows is not None and len(pending_rows):
        waiting.append(torch.as_tensor(encode(pending_rows), dtype=torch.double))
        taken.add(pending_rows)
    listed = enumerate_rows(space, _MOST_LISTED)
    search = _Search(space, score, seen_rows, rng, is_slow=is_slow) if listed is None else None
    picks: list[Pick] = []
    for _ in range(n):
        pick = _best_of(listed, score, taken) if search is None else search.best(taken)
        if pick is None:
            break
        picks.append(pick)
        taken.add(pick.row[None])
        if len(picks) < n:
            waiting.append(torch.as_tensor(encode(pick.row[None]), dtype=torch.double))
            _set_pending(acquisition, torch.cat(waiting))
    if not picks:
        raise SpaceError("no formulation was found: every one is made or pending")
    return picks


class _Taken:
    """Rows that may not be chosen any more."""

    def __init__(self, rows: Sequence[np.ndarray] | np.ndarray) -> None:
        self._keys: set[bytes] = set()
        self.add(rows)

    def add(self, rows: Sequence[np.ndarray] | np.ndarray) -> None:
        self._keys |= {(np.asarray(row, dtype=float) + 0.0).tobytes() for row in rows}

    def is_open(self, rows: np.ndarray) -> np.ndarray:
        """Say which rows may still be chosen, shape (n,)."""
        if not self._keys:
            return np.ones(len(rows), dtype=bool)
        return np.array([row.tobytes() not in self._keys for row in np.ascontiguousarray(rows) + 0.0], dtype=bool)


class _Search:
    """The search for one batch: samples are drawn once, and what one pick found helps to find the next."""

    def __init__(
        self, space: SearchSpace, score: _Scorer, seen_rows: np.ndarray, rng: np.random.Generator, *, is_slow: bool
    ) -> None:
        self._space, self._score, self._rng = space, score, rng
        self._effort = _EFFORT[is_slow]
        self._moves = Moves(space)
        self._pool = sample(space, _N_SAMPLES, rng)
        self._seen = seen_rows
        self._peaks = np.empty((0, len(space.names)))

    def best(self, taken: _Taken) -> Pick | None:
        """Return the best row found; None where nothing that was found is open."""
        pool = np.vstack([self._peaks, self._seen_starts(), self._pool])
        values = self._score.values(pool)
        self._pool = pool[np.argsort(-values, kind="stable")[:_N_KEPT]]
        starts = _apart(scaled(self._space, pool), values, self._effort.n_climbers)
        rows, tops = climb(self._score, self._moves, pool[starts], values[starts], self._rng, is_open=taken.is_open)
        for i in np.argsort(-tops, kind="stable")[: self._effort.n_polished]:
            rows[i], tops[i] = polish(self._score, self._space, rows[i], tops[i], most_steps=self._effort.most_steps)
        self._peaks = rows
        rows, tops = np.vstack([rows, pool]), np.r_[tops, values]
        is_open = taken.is_open(rows)
        if not is_open.any():  # nearly every formulation is made: what is left lies beside one of them
            around, _ = self._moves.around(self._seen[self._space.feasible(self._seen)][-_MOST_NEIGHBOURED:])
            rows = around[taken.is_open(around)]
            return _best(rows, self._score.values(rows))
        return _best(rows[is_open], tops[is_open])

    def _seen_starts(self) -> np.ndarray:
        """Return the rows next to the best ones known, on the grid."""
        if not len(self._seen):
            return self._seen
        best = self._seen[np.argsort(-self._score.values(self._seen), kind="stable")[:_N_BEST_SEEN]]
        fits = self._space.feasible(best)
        return np.array([row if fit else self._space.nearest(row) for row, fit in zip(best, fits, strict=True)])


def _best_of(listed: np.ndarray | None, score: _Scorer, taken: _Taken) -> Pick | None:
    assert listed is not None  # noqa: S101  (asked for where the space is listed)
    rows = listed[taken.is_open(listed)]
    return _best(rows, score.values(rows))


def _best(rows: np.ndarray, values: np.ndarray) -> Pick | None:
    """Return the row of the highest score; None where there is no row."""
    if not len(rows):
        return None
    best = int(values.argmax())
    if not np.isfinite(values[best]):
        raise SurrogateError(f"no score of {len(rows)} formulations is a finite number")
    return Pick(row=rows[best], value=float(values[best]))


def _apart(points: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Choose the `n` best points that do not crowd: each next one at least a little away from those before."""
    order = np.argsort(-values, kind="stable")
    near = 0.25 * np.median(distances(points[order[:100]], points[order[:100]]))
    chosen = [int(order[0])]
    for i in order[1:]:
        if len(chosen) == n:
            break
        if distances(points[i][None], points[chosen]).min() > near:
            chosen.append(int(i))
    return np.array(chosen)


def _set_pending(acquisition: AcquisitionFunction, X: torch.Tensor) -> None:
    try:
        acquisition.set_X_pending(X)
    except UnsupportedError as error:
        raise SpaceError(
            f"{type(acquisition).__name__} cannot take pending formulations into account; ask for one at a time"
        ) from error
