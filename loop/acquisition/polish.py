"""Bring the real-valued parameters of a formulation to the top of their hill by gradient, the rest held, sums kept."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize

from loop.acquisition.climb import Score
from loop.space.space import SearchSpace
from loop.space.structures import structure_of, sums_of

__all__ = ["polish"]

_MOST_STEPS = 40

_APART = 1e-5
"""Step of the differences that follow the encoding, in ranges."""


def polish(
    score: Score, space: SearchSpace, row: np.ndarray, value: float, *, most_steps: int = _MOST_STEPS
) -> tuple[np.ndarray, float]:
    """Improve the real-valued parameters of one row.

    Parameters
    ----------
    row, value
        A feasible row (parameters,) and its score.
    most_steps
        Steps of the search after which it stands.

    Returns
    -------
    A feasible row, real numbers given with six digits where the sums allow it, and its score; the same row where
    nothing is real-valued, there is no gradient, or nothing better was found.
    """
    real = np.flatnonzero(space.steps == 0)
    if not len(real) or score.graded(row[None])[1] is None:
        return row, value
    box = structure_of(space, row)
    low, span = box.lower[real], np.maximum(box.upper[real] - box.lower[real], 1e-300)

    def place(unit: np.ndarray) -> np.ndarray:
        moved = row.copy()
        moved[real] = low + np.clip(unit, 0, 1) * span
        return moved

    def fall(unit: np.ndarray) -> tuple[float, np.ndarray]:
        here = place(unit)
        values, slopes = score.graded(here[None])
        assert slopes is not None  # noqa: S101  (asked for above)
        ahead, behind = np.repeat(here[None], len(real), axis=0), np.repeat(here[None], len(real), axis=0)
        index = np.arange(len(real))
        ahead[index, real] = np.minimum(here[real] + _APART * span, box.upper[real])
        behind[index, real] = np.maximum(here[real] - _APART * span, box.lower[real])
        width = np.maximum(ahead[index, real] - behind[index, real], 1e-300)
        per_value = (score.encode(ahead) - score.encode(behind)) / width[:, None]  # (reals, columns)
        return -float(values[0]), -(per_value @ slopes[0]) * span

    weights, least, most = sums_of(space)
    bound = (weights[:, real] != 0).any(axis=1)
    rest = weights @ np.where(space.steps == 0, 0.0, row) + weights[:, real] @ low
    found = minimize(
        fall,
        (row[real] - low) / span,
        jac=True,
        method="SLSQP" if bound.any() else "L-BFGS-B",
        bounds=Bounds(np.zeros(len(real)), np.ones(len(real))),
        constraints=[
            LinearConstraint(weights[part][:, real] * span, least[part] - rest[part], most[part] - rest[part])
            for part in (bound & (least == most), bound & (least < most))
            if part.any()
        ],
        options={"maxiter": most_steps},
    )
    exact = place(found.x)
    tidy = space.snap(exact[None])[0]
    candidates = np.stack([tidy, exact])
    candidates = candidates[space.feasible(candidates)][:1]
    if len(candidates) and (best := float(score.values(candidates)[0])) > value:
        return candidates[0], best
    return row, value
