"""What is wanted, written on the scale on which targets are learned: limits, wanted values, worst and best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from loop.definition import Definition
from loop.goals import Limits, Target
from loop.scaling import Scaling
from loop.training import Evidence

__all__ = ["as_learned"]

_BOUNDS = ("value", "low", "high", "worst", "best")


def as_learned(definition: Definition, evidence: Evidence) -> tuple[Definition, Evidence]:
    """Write a definition and the values of the evidence as targets are learned; both themselves where that is plain."""
    changed = {name: scaling for name, scaling in evidence.scalings.items() if not scaling.is_plain}
    if not changed:
        return definition, evidence
    targets = {
        name: _scaled(target, changed[name]) if name in changed else target
        for name, target in definition.targets.items()
    }
    objective, reference = definition.objective, definition.objective.reference_point
    if reference != "inferred":
        behind = {n: changed[n].scaled_bound(v) if n in changed else v for n, v in reference.items()}
        objective = objective.model_copy(update={"reference_point": behind})
    values = dict(evidence.values)
    for name in changed:
        data = evidence.data.targets[name]
        values[name] = np.where(data.censored == 0, data.mean, np.nan)
    return (
        definition.model_copy(update={"targets": targets, "objective": objective}),
        replace(evidence, values=values),
    )


def _scaled(target: Target, scaling: Scaling) -> Target:
    """Write every bound of a target as it is learned; they stay in their order."""
    update: dict[str, object] = {
        name: scaling.scaled_bound(bound) for name in _BOUNDS if (bound := getattr(target, name)) is not None
    }
    if target.limits is not None:
        low, high = target.limits.at_least, target.limits.at_most
        update["limits"] = Limits.model_construct(
            at_least=None if low is None else scaling.scaled_bound(low),
            at_most=None if high is None else scaling.scaled_bound(high),
        )
    return target.model_copy(update=update)
