"""Say why a formulation is proposed, in words a person can check against the table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loop.definition import Definition
from loop.numerals import numeral, with_spread
from loop.proposal import Prediction
from loop.space.encoding import Encoding
from loop.space.parameters import Categorical, Parameter
from loop.training import Evidence
from loop.values import Formulation

__all__ = ["because", "difference"]

_MOST_CHANGES = 4


def because(
    definition: Definition,
    encoding: Encoding,
    formulation: Formulation,
    predicted: Mapping[str, Prediction],
    known: Evidence,
) -> str:
    """Write the reason of one proposal: what it promises over the best so far, how sure that is, what it changes."""
    parts = [f"{name} {_value(predicted[name], definition.targets[name].unit)}" for name in definition.goals]
    parts.append(_promise(definition, predicted, known.values))
    for name, target in definition.targets.items():
        if target.limits is not None and name not in definition.goals and name in predicted:
            margin = float(target.limits.margin(np.array([predicted[name].mean]))[0])
            sure = "inside" if margin >= 0 else "outside"
            parts.append(f"{name} {_value(predicted[name], target.unit)} ({sure} its limits)")
    if len(known.rows):
        nearest = int(_distance(encoding.parameters, known.rows, encoding.rows_of([formulation])[0]).argmin())
        changes = difference(encoding.parameters, known.made[nearest], formulation)
        parts.append(
            f"nearest made: {known.specimens[nearest]}" + (f", changed {changes}" if changes else ", repeated")
        )
    return "; ".join(parts)


def difference(parameters: Mapping[str, Parameter], before: Formulation, after: Formulation) -> str:
    """Write what changes from one formulation to another, the largest changes first; empty where nothing does.

    An ingredient that one of them does not name is zero there.
    """
    found: list[tuple[float, str]] = []
    for name, parameter in parameters.items():
        old, new = before.get(name, 0.0), after.get(name, 0.0)
        if isinstance(parameter, Categorical):
            if old != new:
                found.append((1.0, f"{name} {old} → {new}"))
            continue
        step = float(new) - float(old)
        if abs(step) > 1e-9 * (1 + abs(float(old))):
            text = f"{name} {numeral(float(old), 6)} → {numeral(float(new), 6)}"
            found.append((abs(step) / (parameter.high - parameter.low), text))
    found.sort(key=lambda change: -change[0])
    more = f" and {len(found) - _MOST_CHANGES} more" if len(found) > _MOST_CHANGES else ""
    return ", ".join(text for _, text in found[:_MOST_CHANGES]) + more


def _promise(definition: Definition, predicted: Mapping[str, Prediction], values: Mapping[str, np.ndarray]) -> str:
    """Compare what is expected with what was seen: the best value, or every trade-off."""
    targets = [definition.targets[name] for name in definition.goals]
    keeps = np.logical_and.reduce([t.meets_limits(values[n]) for n, t in definition.targets.items()])
    seen = np.stack([t.gain(values[n]) for n, t in zip(definition.goals, targets, strict=True)], axis=1)
    keeps &= np.isfinite(seen).all(axis=1)
    if not keeps.any():
        return "nothing made so far keeps all limits: looks for one that does"
    expected, optimistic = [], []
    for name, target in zip(definition.goals, targets, strict=True):
        mean, sd = predicted[name].mean, predicted[name].sd
        gains = target.gain(np.array([mean, mean - sd, mean + sd]))
        expected.append(gains[0])
        optimistic.append(gains.max())
    known = "every trade-off made so far"
    if len(targets) == 1:
        best = float(values[definition.goals[0]][keeps][seen[keeps, 0].argmax()])
        known = f"the best so far, {numeral(best)}"
    if _is_beyond(np.array(expected), seen[keeps]):
        return f"expected beyond {known}"
    if _is_beyond(np.array(optimistic), seen[keeps]):
        return f"may go beyond {known} (within one sd)"
    return f"explores: on average not beyond {known}, but uncertain"


def _is_beyond(gains: np.ndarray, seen: np.ndarray) -> bool:
    """Say whether no row seen is at least as good in every goal."""
    return not bool(np.any(np.all(seen >= gains, axis=1)))


def _value(predicted: Prediction, unit: str) -> str:
    text = numeral(predicted.mean) if predicted.sd == 0 else with_spread(predicted.mean, predicted.sd)
    return f"{text} {unit}".rstrip()


def _distance(parameters: Mapping[str, Parameter], rows: np.ndarray, row: np.ndarray) -> np.ndarray:
    gap = np.zeros(len(rows))
    for j, parameter in enumerate(parameters.values()):
        if isinstance(parameter, Categorical):
            gap += rows[:, j] != row[j]
        else:
            gap += np.abs(rows[:, j] - row[j]) / (parameter.high - parameter.low)
    return gap
