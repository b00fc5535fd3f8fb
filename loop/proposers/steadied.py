"""Take out of the evidence what makes a model singular: rows as good as the same become one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from loop.surrogates.base import TargetData
from loop.training import Evidence

__all__ = ["steadied"]

_SAME_DIGITS = 6
"""Digits of encoded columns that tell rows apart."""


def steadied(evidence: Evidence) -> Evidence:
    """Pool the rows of evidence that lie closer together than a millionth of each range."""
    _, first, group = np.unique(np.round(evidence.data.X, _SAME_DIGITS), axis=0, return_index=True, return_inverse=True)
    members = [np.flatnonzero(group.reshape(-1) == number) for number in range(len(first))]
    data = replace(
        evidence.data,
        X=evidence.data.X[first],
        targets={name: _pooled(target, members) for name, target in evidence.data.targets.items()},
    )
    return replace(
        evidence,
        data=data,
        rows=evidence.rows[first],
        made=tuple(evidence.made[i] for i in first),
        specimens=tuple(evidence.specimens[i] for i in first),
        is_of_space=evidence.is_of_space[first],
        values={name: np.array([_mean(values[rows]) for rows in members]) for name, values in evidence.values.items()},
    )


def _pooled(target: TargetData, members: list[np.ndarray]) -> TargetData:
    """Average what was measured of each group; a limit stands where nothing was."""
    mean, variance = np.full(len(members), np.nan), np.full(len(members), np.nan)
    censored = np.zeros(len(members), dtype=int)
    for i, rows in enumerate(members):
        known = rows[target.known[rows]]
        measured = known[target.censored[known] == 0]
        chosen = measured if len(measured) else known
        if len(chosen):
            mean[i], variance[i] = _mean(target.mean[chosen]), _mean(target.variance[chosen]) / len(chosen)
            censored[i] = target.censored[chosen[0]]
    return replace(target, mean=mean, variance=variance, censored=censored)


def _mean(values: np.ndarray) -> float:
    """Average the finite values, NaN where there are none; of numbers whose sum is too large as well."""
    known = values[np.isfinite(values)]
    return float((known / len(known)).sum()) if len(known) else float("nan")
