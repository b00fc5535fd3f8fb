"""What the front of several goals encloses, by cycle: BoTorch's hypervolume behind one fixed reference point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loop.definition import Definition
from loop.goals import pareto_front
from loop.ids import SpecimenId
from loop.judgement import SpecimenRow, specimen_rows
from loop.state import CampaignState

__all__ = ["HypervolumeStep", "ReferencePoint", "hypervolume", "hypervolume_by_cycle", "reference_point"]

_MARGIN = 0.1
"""How far behind the worst of the front an inferred point lies, in ranges of the front (Ishibuchi et al. 2011)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """The gains behind which nothing counts, in the order of the goals, and where they come from.

    `cycle` and `front` say which front they were inferred from; None and empty where they are declared.
    """

    gains: tuple[float, ...]
    origin: Literal["declared", "inferred"]
    cycle: int | None = None
    front: tuple[SpecimenId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HypervolumeStep:
    """What the front enclosed once a cycle was over, in the product of the goals' units."""

    cycle: int
    hypervolume: float
    front: tuple[SpecimenId, ...]


def reference_point(state: CampaignState) -> ReferencePoint | None:
    """Return the declared reference point, else infer one from the first front seen; None before there is a front.

    The first front is that of the earliest cycle with a specimen that meets all limits, so that later cycles do not
    move the point and the hypervolume never falls. The point lies behind the worst of that front by a tenth of its
    range; where a goal has no range on it, by a tenth of the range of that cycle's specimens, else of the value.

    References
    ----------
    Ishibuchi et al., Proc. IEEE CEC (2011) 2389: a margin of 0.1 ranges.
    """
    definition = state.definition
    declared = definition.objective.reference_point
    if not isinstance(declared, str):
        return ReferencePoint(gains=_as_gains(definition, declared), origin="declared")
    usable = [row for row in specimen_rows(state) if row.can_be_best]
    if not usable:
        return None
    first = min(row.cycle for row in usable)
    own = [row for row in usable if row.cycle == first]
    seen = np.array([row.gains for row in own])
    on_front = pareto_front(seen)
    front = seen[on_front]
    spans = np.ptp(front, axis=0)
    spans = np.where(spans > 0, spans, np.ptp(seen, axis=0))
    spans = np.where(spans > 0, spans, np.abs(front[0]))
    spans = np.where(spans > 0, spans, 1.0)
    return ReferencePoint(
        gains=tuple(float(gain) for gain in front.min(axis=0) - _MARGIN * spans),
        origin="inferred",
        cycle=first,
        front=tuple(row.specimen_id for row, stays in zip(own, on_front, strict=True) if stays),
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


def _as_gains(definition: Definition, values: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(float(definition.targets[name].gain(np.array([values[name]]))[0]) for name in definition.goals)
