"""What the front of several goals encloses, by cycle: BoTorch's hypervolume behind one fixed reference point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loop.goals import Target, pareto_front
from loop.ids import SpecimenId
from loop.judgement import SpecimenRow, specimen_rows
from loop.state import CampaignState

__all__ = ["HypervolumeStep", "PointOrigin", "ReferencePoint", "hypervolume", "hypervolume_by_cycle", "reference_point"]

_MARGIN = 0.1
"""How far behind the worst of the front an inferred point lies, in ranges of the front (Ishibuchi et al. 2011)."""


PointOrigin = Literal["declared", "limit", "front"]
"""Where a reference value comes from."""

_DECLARED: PointOrigin = "declared"
_LIMIT: PointOrigin = "limit"
_FRONT: PointOrigin = "front"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """The gains behind which nothing counts, in the order of the goals, and where each comes from.

    ``declared`` by the objective; the goal's own ``limit``, behind which no specimen is of use; or the first ``front``
    seen, that of `cycle` with the specimens `front`.
    """

    gains: tuple[float, ...]
    origins: tuple[PointOrigin, ...]
    cycle: int | None = None
    front: tuple[SpecimenId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HypervolumeStep:
    """What the front enclosed once a cycle was over, in the product of the goals' units."""

    cycle: int
    hypervolume: float
    front: tuple[SpecimenId, ...]


def reference_point(state: CampaignState) -> ReferencePoint | None:
    """Return the declared reference point, else infer one; None while a front is needed and there is none.

    A goal with a limit on its bad side takes the limit. The others lie behind the worst of the first front seen by a
    tenth of its range; where a goal has no range on it, by a tenth of the range of the specimens known by then, else of
    the value. The first front is that of the earliest cycle with a specimen that meets all limits, so that later cycles
    do not move the point and the hypervolume never falls.

    References
    ----------
    Ishibuchi et al., Proc. IEEE CEC (2011) 2389: a margin of 0.1 ranges.
    """
    definition = state.definition
    declared = definition.objective.reference_point
    if not isinstance(declared, str):
        gains = tuple(_gain(definition.targets[name], declared[name]) for name in definition.goals)
        return ReferencePoint(gains=gains, origins=tuple(_DECLARED for _ in gains))
    at_limits = [_gain_at_limit(definition.targets[name]) for name in definition.goals]
    fixed = [gain for gain in at_limits if gain is not None]
    if len(fixed) == len(at_limits):
        return ReferencePoint(gains=tuple(fixed), origins=tuple(_LIMIT for _ in fixed))
    rows = specimen_rows(state)
    first = min((row.cycle for row in rows if row.can_be_best), default=None)
    if first is None:
        return None
    own = [row for row in rows if row.cycle == first and row.can_be_best]
    own = [row for row, stays in zip(own, pareto_front(np.array([r.gains for r in own])), strict=True) if stays]
    front = np.array([row.gains for row in own])
    seen = np.array([row.gains for row in rows if row.cycle <= first and row.gains is not None and not row.is_excluded])
    spans = np.ptp(front, axis=0)
    for wider in (np.ptp(seen, axis=0), np.abs(front[0]), np.ones(len(at_limits))):
        spans = np.where(spans > 0, spans, wider)
    behind = front.min(axis=0) - _MARGIN * spans
    return ReferencePoint(
        gains=tuple(float(b) if gain is None else gain for gain, b in zip(at_limits, behind, strict=True)),
        origins=tuple(_FRONT if gain is None else _LIMIT for gain in at_limits),
        cycle=first,
        front=tuple(row.specimen_id for row in own),
    )


def hypervolume(gains: np.ndarray, reference: Sequence[float]) -> float:
    """Measure what gains of shape (n, goals), larger better, enclose in front of a reference point; 0 for none."""
    inside = np.asarray(gains, dtype=float).reshape(-1, len(reference))
    inside = inside[(inside > np.asarray(reference)).all(axis=1)]
    if not len(inside):
        return 0.0
    import torch
    from botorch.utils.multi_objective.box_decompositions.dominated import DominatedPartitioning

    boxes = DominatedPartitioning(
        torch.as_tensor(reference, dtype=torch.double), torch.as_tensor(inside[pareto_front(inside)])
    )
    return float(boxes.compute_hypervolume())


def hypervolume_by_cycle(state: CampaignState) -> tuple[HypervolumeStep, ...]:
    """Follow the hypervolume of all specimens so far that meet every limit; empty without a front or its point."""
    point = reference_point(state)
    if point is None or state.definition.objective.kind != "pareto":
        return ()
    rows = specimen_rows(state)
    known: list[SpecimenRow] = []
    steps: list[HypervolumeStep] = []
    for cycle in sorted({*state.cycles, *(row.cycle for row in rows)}):
        known += [row for row in rows if row.cycle == cycle and row.can_be_best]
        if known:
            stays = pareto_front(np.array([row.gains for row in known]))
            known = [row for row, on_front in zip(known, stays, strict=True) if on_front]
        front = tuple(row.specimen_id for row in known)
        is_same = bool(steps) and steps[-1].front == front
        volume = steps[-1].hypervolume if is_same else hypervolume(np.array([row.gains for row in known]), point.gains)
        steps.append(HypervolumeStep(cycle=cycle, hypervolume=volume, front=front))
    return tuple(steps)


def _gain(target: Target, value: float) -> float:
    return float(target.gain(np.array([value]))[0])


def _gain_at_limit(target: Target) -> float | None:
    """Return the gain of the worst value within the limits, None where they leave the bad side open."""
    limits = target.limits
    if limits is None:
        return None
    bad_sides = {"maximise": [limits.at_least], "minimise": [limits.at_most]}
    edges = bad_sides.get(target.goal, [limits.at_least, limits.at_most])
    gains = [_gain(target, edge) for edge in edges if edge is not None]
    return min(gains) if len(gains) == len(edges) else None
