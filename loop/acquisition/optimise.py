"""Find the formulations of the highest score: every candidate of a table, or a search on the grid of a space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from botorch.acquisition import AcquisitionFunction

from loop.errors import SpaceError
from loop.space.sampling import sample
from loop.space.space import SearchSpace

__all__ = ["Pick", "maximise"]

_CHUNK = 1024
_N_STARTS = 768


@dataclass(frozen=True, slots=True)
class Pick:
    """One row chosen, and its score."""

    row: np.ndarray
    value: float


def maximise(
    acquisition: AcquisitionFunction,
    space: SearchSpace,
    encode: Callable[[np.ndarray], np.ndarray],
    *,
    n: int,
    seen_rows: np.ndarray,
    rng: np.random.Generator,
) -> list[Pick]:
    """Choose `n` rows one after the other, each in view of those before it; none of `seen_rows` again."""
    taken = {tuple(row) for row in seen_rows}
    pending = [p for p in [getattr(getattr(acquisition, "base", acquisition), "X_pending", None)] if p is not None]
    picks: list[Pick] = []
    for _ in range(n):
        many = space.candidates if space.candidates is not None else sample(space, _N_STARTS, rng)
        free = np.array([row for row in many if tuple(row) not in taken])
        if not len(free):
            raise SpaceError("every formulation of the space is made or pending")
        X = torch.as_tensor(encode(free))
        with torch.no_grad():
            values = torch.cat([acquisition(chunk.unsqueeze(1)) for chunk in X.split(_CHUNK)])
        best = int(values.argmax())
        picks.append(Pick(free[best], float(values[best])))
        taken.add(tuple(free[best]))
        pending.append(X[best : best + 1])
        acquisition.set_X_pending(torch.cat(pending))
    return picks
