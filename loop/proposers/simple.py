"""Choose formulations without a matrix to invert: a random forest, and the best that it holds for possible.

Optimism in the face of uncertainty: each formulation is scored by its prediction one sd to the better side; of those
that promise alike the one farthest from all that is made comes first.
"""

from __future__ import annotations

import numpy as np
import torch

from loop.acquisition.moves import Moves
from loop.acquisition.reading import Reading
from loop.acquisition.scaled import as_learned
from loop.definition import Definition
from loop.errors import SurrogateError
from loop.proposers.bayesian import Choice, predict
from loop.proposers.spacing import open_pool
from loop.space.encoding import Encoding
from loop.space.sampling import distances, scaled
from loop.space.space import SearchSpace
from loop.surrogates import surrogate
from loop.surrogates.base import FittedSurrogate
from loop.surrogates.settled import settled
from loop.training import Evidence
from loop.values import Formulation

__all__ = ["SIMPLE_SURROGATE", "choose_simply"]

SIMPLE_SURROGATE = "forest"

_N_BEST = 8
"""Rows known whose neighbours are looked at."""

_ALIKE = 3
"""Digits of a score, in spreads of the target, that count."""


def choose_simply(
    definition: Definition,
    space: SearchSpace,
    encoding: Encoding,
    evidence: Evidence,
    *,
    count: int,
    seed: int,
    closed: np.ndarray,
) -> list[Choice]:
    """Choose up to `count` formulations, fewer where the space holds no more that are open.

    Parameters
    ----------
    closed
        Rows that may not be chosen: made, pending, or not to be made; shape (k, parameters).

    Raises
    ------
    SurrogateError
        If a prediction or a score is no finite number.
    """
    with settled(seed):
        fitted = surrogate(SIMPLE_SURROGATE).fit(evidence.data, seed=seed)
        reading = Reading(*_rearranged(definition, encoding, evidence))
        rng = np.random.default_rng(seed)
        best = evidence.rows[evidence.is_of_space][:, : len(space.names)]
        if len(best):
            best = best[np.argsort(-_scores(reading, fitted, encoding.encode(best)), kind="stable")[:_N_BEST]]
            best = best[space.feasible(best)]
        near = Moves(space).around(best)[0] if len(best) and space.candidates is None else best[:0]
        pool = open_pool(space, count, rng, closed=closed, more=near)
        scores = _scores(reading, fitted, encoding.encode(pool)) if len(pool) else np.zeros(0)
        if not np.isfinite(scores).all():
            raise SurrogateError("a score of the forest is no finite number")
        order = _chosen(scaled(space, pool), scores, scaled(space, closed), count)
        formulations: list[Formulation] = [space.to_formulation(pool[i]) for i in order]
        predictions = predict(definition, encoding, fitted, formulations, evidence.scalings)
    return [
        Choice(formulation=dict(formulation), predicted=predicted, acquisition=float(scores[i]))
        for i, formulation, predicted in zip(order, formulations, predictions, strict=True)
    ]


def _rearranged(
    definition: Definition, encoding: Encoding, evidence: Evidence
) -> tuple[Definition, Encoding, Evidence]:
    wanted, known = as_learned(definition, evidence)
    return wanted, encoding, known


def _scores(reading: Reading, fitted: FittedSurrogate, X: np.ndarray) -> np.ndarray:
    """Score encoded rows (n, columns) by their prediction one sd to the better side; shape (n,)."""
    points = torch.as_tensor(X).unsqueeze(1)
    with torch.no_grad():
        posterior = fitted.model.posterior(points)
        mean, sd = posterior.mean, posterior.variance.sqrt()
        outcomes = torch.stack([mean - sd, mean, mean + sd])  # (3, n, 1, targets)
        score = reading.score(outcomes, points).amax(dim=0)
        for excess in reading.constraints():
            score = score - 10 * excess(outcomes).amin(dim=0).clamp_min(0)
    return np.asarray(score[:, 0].numpy(), dtype=float)


def _chosen(points: np.ndarray, scores: np.ndarray, others: np.ndarray, count: int) -> list[int]:
    """Take the best scores one after the other, of equal ones the farthest from all others and those taken."""
    gap = distances(points, others).min(axis=1) if len(others) else np.full(len(points), np.inf)
    rounded = np.round(scores, _ALIKE)
    chosen: list[int] = []
    while len(chosen) < min(count, len(points)):
        best = int(np.lexsort((-gap, -rounded))[0])
        chosen.append(best)
        rounded[best] = -np.inf
        gap = np.minimum(gap, distances(points, points[best : best + 1])[:, 0])
    return chosen
