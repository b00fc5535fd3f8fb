"""From observations to what a surrogate learns from: as-made rows, replicates pooled, noise per point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.definition import Definition
from loop.goals import Target
from loop.ids import SpecimenId
from loop.observations import State, TargetValue
from loop.scaling import Scaling
from loop.space.encoding import Encoding
from loop.surrogates.base import TargetData, TrainingData
from loop.teaching import Taught
from loop.values import Setting
from loop.versions import Versions

__all__ = ["Evidence", "evidence_of", "pooled_sd"]

_ENOUGH_DEGREES = 3
"""Degrees of freedom from which a pooled standard deviation is believed rather than the declared one."""

_LARGEST_SD = 1e140
"""Largest standard deviation learned from, as it is learned: many of its squares still add up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Training data, and beside each row what it came from.

    `rows` (n, parameters of the encoding) hold what was made, `made` the same in words, `specimens` the first specimen
    of each row, `values` those of every target in its unit. `is_of_space` (n,) is true where the space's own parameters
    say all. `data` hold each measured target as its entry in `scalings` writes it.
    """

    data: TrainingData
    rows: np.ndarray
    made: tuple[Mapping[str, Setting], ...]
    specimens: tuple[SpecimenId, ...]
    is_of_space: np.ndarray
    values: Mapping[str, np.ndarray]
    scalings: Mapping[str, Scaling]


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
    told = {
        name: [[o.targets[name] for o in group if name in o.targets] for group in groups]
        for name in definition.measured_targets
    }
    scalings = {name: _scaling(definition.targets[name], told[name]) for name in told}
    targets = {name: _pooled(definition.targets[name], told[name], scalings[name]) for name in told}
    values = {
        name: scalings[name].unscaled(np.where(data.censored == 0, data.mean, np.nan), data.mean)[0]
        for name, data in targets.items()
    }
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
        scalings=scalings,
    )


def pooled_sd(target: Target, groups: Sequence[Sequence[TargetValue]]) -> float:
    """Return the standard deviation of a single test, in the target's unit.

    Pooled within groups of the same formulation, over the spread of single tests and of specimens; the declared one
    where that has fewer than three degrees of freedom; NaN where there is neither.
    """
    scaling = _scaling(target, groups)
    sd = _single_sd(target, [[_scaled(value, scaling) for value in group] for group in groups], scaling)
    return float(scaling.unscaled(np.zeros(1), np.array([sd]))[1][0])


def _scaling(target: Target, groups: Sequence[Sequence[TargetValue]]) -> Scaling:
    """Choose how a target is learned, by its means and limits; on a logarithm it is learned as it is."""
    told = [v.mean if v.mean is not None else v.limit for group in groups for v in group]
    known = np.array([value for value in told if value is not None], dtype=float)
    return Scaling() if target.scale == "log" and bool((known > 0).all()) else Scaling.of(known)


def _scaled(value: TargetValue, scaling: Scaling) -> TargetValue:
    """Write a value as it is learned: spreads that would be infinite become the largest number that can be squared."""
    if scaling.is_plain and (value.sd or 0.0) <= _LARGEST_SD:
        return value
    changed = {name: scaling.scaled(old) for name in ("mean", "limit") if (old := getattr(value, name)) is not None}
    if value.sd is not None:
        changed["sd"] = min(value.sd / scaling.factor, _LARGEST_SD)
    return value.model_copy(update=changed)


def _single_sd(target: Target, groups: Sequence[Sequence[TargetValue]], scaling: Scaling) -> float:
    """Return the standard deviation of a single test, all as it is learned."""
    squares, degrees = 0.0, 0
    for group in groups:
        measured = [v for v in group if v.mean is not None]
        for value in measured:
            if value.sd is not None and value.n > 1:
                squares += (value.n - 1) * value.sd**2
                degrees += value.n - 1
        if len(measured) > 1:
            centre = _mean(measured)
            squares += sum(v.n * min(abs(float(v.mean or 0.0) - centre), _LARGEST_SD) ** 2 for v in measured)
            degrees += len(measured) - 1
    if degrees >= _ENOUGH_DEGREES and squares > 0:
        return float(np.sqrt(squares / degrees))
    if target.repeatability_sd is None:
        return float("nan")
    return min(target.repeatability_sd / scaling.factor, _LARGEST_SD)


def _pooled(target: Target, groups: Sequence[Sequence[TargetValue]], scaling: Scaling) -> TargetData:
    values = [[_scaled(value, scaling) for value in group] for group in groups]
    single_sd = _single_sd(target, values, scaling)
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
            mean[i] = _mean_limit(limited)
            censored[i] = -1 if limited[0].state is State.BELOW_DETECTION else 1
            variance[i] = single_sd**2
    is_log = target.scale == "log" and bool(np.all(mean[np.isfinite(mean)] > 0))
    return TargetData(mean=mean, variance=variance, censored=censored, is_log=is_log)


def _mean_limit(limited: Sequence[TargetValue]) -> float:
    limits = np.array([v.limit for v in limited if v.limit is not None])
    with np.errstate(over="ignore"):
        mean = float(np.mean(limits))
    return mean if math.isfinite(mean) else float(np.sum(limits / len(limits)))


def _mean(measured: Sequence[TargetValue]) -> float:
    n = sum(v.n for v in measured)
    total = sum(v.n * float(v.mean or 0.0) for v in measured)
    return total / n if math.isfinite(total) else sum(v.n / n * float(v.mean or 0.0) for v in measured)
