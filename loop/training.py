"""From observations to what a surrogate learns from: as-made rows, replicates pooled, noise per point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.definition import Definition
from loop.errors import FormulationError
from loop.goals import Target
from loop.observations import Observation, State, TargetValue
from loop.space.encoding import Encoding
from loop.surrogates.base import TargetData, TrainingData

__all__ = ["Evidence", "evidence_of", "pooled_sd"]

_ENOUGH_DEGREES = 3
"""Degrees of freedom from which a pooled standard deviation is believed rather than the declared one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Training data, and beside each row what it came from: rows (n, parameters) as made, values of every target."""

    data: TrainingData
    rows: np.ndarray
    values: Mapping[str, np.ndarray]


def evidence_of(definition: Definition, encoding: Encoding, observations: Sequence[Observation]) -> Evidence:
    """Pool observations into training data.

    Specimens of the same formulation, as made and in the same block, become one row: the mean of all tests. Its
    variance is the pooled repeatability over the count of tests; the declared one is used where too few tests are
    repeated to pool, and NaN stands where neither is known. Excluded specimens are left out, and so are specimens
    made of something outside the space's parameters.

    Returns
    -------
    Evidence
        Computed targets are among `values`, never among the training targets.
    """
    space = encoding.space
    points: dict[tuple[object, ...], list[Observation]] = {}
    rows: dict[tuple[object, ...], np.ndarray] = {}
    for seen in observations:
        if seen.is_excluded or not any(_is_known(value) for value in seen.targets.values()):
            continue
        try:
            row = space.to_rows([seen.as_made])[0]
        except FormulationError:
            continue
        key = (*row.tolist(), seen.block if encoding.blocks else "")
        rows[key] = row
        points.setdefault(key, []).append(seen)
    n = len(points)
    table = np.array([rows[key] for key in points]).reshape(n, len(space.names))
    blocks = [str(key[-1]) for key in points]
    groups = list(points.values())
    targets = {name: _pooled(definition.targets[name], name, groups) for name in definition.measured_targets}
    values = {name: np.where(data.censored == 0, data.mean, np.nan) for name, data in targets.items()}
    columns = {name: table[:, j] for j, name in enumerate(space.names)}
    for name, target in definition.targets.items():
        if target.expression is not None:
            values[name] = np.broadcast_to(target.expression(columns), (n,)).astype(float)
    data = TrainingData(X=encoding.encode(table, blocks), columns=encoding.columns, targets=targets)
    return Evidence(data=data, rows=table, values=values)


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


def _is_known(value: TargetValue) -> bool:
    return value.mean is not None or value.limit is not None
