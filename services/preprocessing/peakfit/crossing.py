"""Of two patterns of one curve, a third: stretch by stretch the components of the one that does better there."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.standing import Standing, refitted

__all__ = ["crossed"]

_APART = 1.0
_LEAST = 1.0


def crossed(problem: Problem, one: Standing, other: Standing) -> Standing | None:
    """Return `one` with those stretches of `other` that cost less, refitted; None where none does.

    Stretches end where no line of either reaches, at half its height and as far again. What lies under the lines is
    that of `one`.
    """
    edges = _edges(one, other)
    codes, numbers = [one.codes[_is_ground(one)]], [one.numbers[_is_ground(one)]]
    n_better = 0
    for low, high in pairwise(edges):
        mine, yours = _inside(one, low, high), _inside(other, low, high)
        is_better = _cost(problem, other, yours, low, high) < _cost(problem, one, mine, low, high) - _LEAST
        n_better += is_better
        chosen, which = (other, yours) if is_better else (one, mine)
        codes.append(chosen.codes[which])
        numbers.append(chosen.numbers[which])
    if not n_better or sum(len(c) for c in codes) > problem.settings.most_peaks:
        return None
    is_broad = np.zeros(sum(len(c) for c in codes), np.bool_)
    is_broad[: len(codes[0])] = one.is_broad[_is_ground(one)]
    return refitted(problem, np.concatenate(codes), np.concatenate(numbers), is_broad, one.base, most_iterations=40)


def _is_ground(standing: Standing) -> np.ndarray:
    return np.asarray(standing.is_broad | ~standing.is_peak)


def _edges(one: Standing, other: Standing) -> list[float]:
    """Return where stretches begin and end: the middles of gaps between the lines of both."""
    lines = np.concatenate([s.numbers[~_is_ground(s)] for s in (one, other)])
    reach = _APART * np.exp(lines[:, 2])
    order = np.argsort(lines[:, 1] - reach, kind="stable")
    edges, furthest = [-np.inf], -np.inf
    for low, high in zip((lines[:, 1] - reach)[order], (lines[:, 1] + reach)[order], strict=True):
        if np.isfinite(furthest) and low > furthest:
            edges.append(0.5 * (low + furthest))
        furthest = max(furthest, high)
    return [*edges, np.inf]


def _inside(standing: Standing, low: float, high: float) -> np.ndarray:
    places = standing.numbers[:, 1]
    return np.flatnonzero(~_is_ground(standing) & (places > low) & (places <= high))


def _cost(problem: Problem, standing: Standing, which: np.ndarray, low: float, high: float) -> float:
    """Return what the components of a stretch cost and what they leave over there."""
    grid = problem.levels[0]
    window = grid.between(low, high)
    off = standing.residuals[0][window] * grid.weight[window]
    return float((off**2).sum()) + problem.price(standing.codes[which], standing.numbers[which])
