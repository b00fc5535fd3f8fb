"""From observations to what a surrogate learns from: as-made rows, replicates pooled, noise per point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.definition import Definition
from loop.goals import Target
from loop.ids import SpecimenId
from loop.observations import Observation, State, TargetValue
from loop.space.encoding import Encoding
from loop.surrogates.base import TargetData, TrainingData
from loop.teaching import Taught
from loop.values import Setting
from loop.versions import Versions

__all__ = ["Evidence", "evidence_of", "pooled_sd"]

_ENOUGH_DEGREES = 3
"""Degrees of freedom from which a pooled standard deviation is believed rather than the declared one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Training data, and beside each row what it came from.

    `rows` (n, parameters of the encoding) hold what was made, `made` the same in words, `specimens` the first specimen
    of each row, `values` those of every target. `is_of_space` (n,) is true where the space's own parameters say all.
    """

    data: TrainingData
    rows: np.ndarray
    made: tuple[Mapping[str, Setting], ...]
    specimens: tuple[SpecimenId, ...]
    is_of_space: np.ndarray
    values: Mapping[str, np.ndarray]


def evidence_of(definition: Definition, encoding: Encoding, versions: Versions, known: Sequence[Taught]) -> Evidence:
    """Pool specimens into training data.

    Specimens of the same formulation, as made and in the same block, become one row: the mean of all tests. Its
    variance is the pooled repeatability over the count of tests; the declared one is used where too few tests are
    repeated to pool, and NaN stands where neither is known. What the definition in force does not name any more is not
    told apart, but for ingredients and levels, of which the encoding knows.

    Returns
    -------
    Evidence
        Computed targets are among `values`, never among the training targets.
    """
    table = encoding.rows_of([one.settings for one in known])
    points: dict[tuple[object, ...], list[int]] = {}
    for i, one in enumerate(known):
        key = (*table[i].tolist(), one.observation.block if encoding.blocks else "")
        points.setdefault(key, []).append(i)
    first = [members[0] for members in points.values()]
    groups = [[known[i].observation for i in members] for members in points.values()]
    targets = {name: _pooled(definition.targets[name], name, groups) for name in definition.measured_targets}
    values = {name: np.where(data.censored == 0, data.mean, np.nan) for name, data in targets.items()}
    for name, target in definition.targets.items():
        if target.expression is not None:
            worked_out = [versions.computed(name, known[i].reading) for i in first]
            values[name] = np.array([np.nan if value is None else value for value in worked_out], dtype=float)
    rows = table[first]
    blocks = [str(key[-1]) for key in points]
    return Evidence(
        data=TrainingData(X=encoding.encode(rows, blocks), columns=encoding.columns, targets=targets),
        rows=rows,
        made=tuple(known[i].settings for i in first),
        specimens=tuple(known[i].observation.specimen_id for i in first),
        is_of_space=np.array([known[i].reading.is_of_space for i in first], dtype=bool),
        values=values,
    )


def pooled_sd(target: Target, groups: Sequence[Sequence[TargetValue]]) -> float:
    """Return the standard deviation of a single test, in the target's unit.

    Pooled within groups of the same formulation, over the spread of single tests and of specimens; the declared one
    where that has fewer than three degrees of freedom; NaN where there is neither.
    """
    squares, degrees = 0.0, 0
    for group in groups:
        measured = [v for v in group if v.mean is not None]
        for value in measured:
            if value.sd is not None and value.n > 1:
                squares += (value.n - 1) * value.sd**2
                degrees += value.n - 1
        if len(measured) > 1:
            centre = _mean(measured)
            squares += sum(v.n * (float(v.mean or 0.0) - centre) ** 2 for v in measured)
            degrees += len(measured) - 1
    if degrees >= _ENOUGH_DEGREES and squares > 0:
        return float(np.sqrt(squares / degrees))
    return float("nan") if target.repeatability_sd is None else target.repeatability_sd


def _pooled(target: Target, name: str, groups: Sequence[Sequence[Observation]]) -> TargetData:
    values = [[o.targets[name] for o in group if name in o.targets] for group in groups]
    single_sd = pooled_sd(target, values)
    mean = np.full(len(groups), np.nan)
    variance = np.full(len(groups), np.nan)
    censored = np.zeros(len(groups), dtype=int)
    for i, group in enumerate(values):
        measured = [v for v in group if v.mean is not None]
        limited = [v for v in group if v.state.is_censored]
        if measured:
            mean[i] = _mean(measured)
            variance[i] = single_sd**2 / sum(v.n for v in measured)
        elif limited:
            mean[i] = float(np.mean([v.limit for v in limited if v.limit is not None]))
            censored[i] = -1 if limited[0].state is State.BELOW_DETECTION else 1
            variance[i] = single_sd**2
    is_log = target.scale == "log" and bool(np.all(mean[np.isfinite(mean)] > 0))
    return TargetData(mean=mean, variance=variance, censored=censored, is_log=is_log)


def _mean(measured: Sequence[TargetValue]) -> float:
    return sum(v.n * float(v.mean or 0.0) for v in measured) / sum(v.n for v in measured)
