"""How far a campaign has come: the best so far, limits. Pure; knows no model.

A difference smaller than the repeatability of the test is never called better (`loop.judgement`). What the front of
several goals encloses stands in `loop.front`, how far predictions could be trusted in `loop.reliability`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.definition import Definition
from loop.goals import pareto_front
from loop.ids import SpecimenId
from loop.judgement import SpecimenRow, is_better, specimen_rows
from loop.state import CampaignState

__all__ = [
    "BestStep",
    "CycleProgress",
    "LimitProgress",
    "LimitsProgress",
    "SpecimenRow",
    "best_by_cycle",
    "best_by_specimen",
    "cycles_without_improvement",
    "limits_progress",
    "nearest_to_limits",
    "specimen_rows",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BestStep:
    """What was best once a specimen was known: one specimen, or the front. Empty before any meets all limits."""

    number: int
    specimen_id: SpecimenId
    best: tuple[SpecimenId, ...]
    is_better: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleProgress:
    """What was best once a cycle was over; cycle 0 is what was known before the first.

    `n_specimens` counts those of this cycle with at least one result. `score` is that of the best, None for a front.
    """

    cycle: int
    n_specimens: int
    best: tuple[SpecimenId, ...]
    score: float | None
    is_better: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitProgress:
    """One limit: the first specimen that met it, and how many did of those where it is known."""

    target: str
    first: SpecimenId | None
    n_met: int
    n_known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsProgress:
    """All limits: how many specimens were made until one met them together.

    `n_until_met` counts made specimens, that one included; 0 where one known before met them, None where none has.
    """

    n_made: int
    n_until_met: int | None
    first: SpecimenId | None
    by_target: tuple[LimitProgress, ...]


def best_by_specimen(state: CampaignState) -> tuple[BestStep, ...]:
    """Follow the best so far over specimens in the order of arrival."""
    walk = _Walk(state.definition)
    steps = []
    for row in specimen_rows(state):
        better = walk.take(row)
        best = tuple(kept.specimen_id for kept in walk.best)
        steps.append(BestStep(number=row.number, specimen_id=row.specimen_id, best=best, is_better=better))
    return tuple(steps)


def best_by_cycle(state: CampaignState) -> tuple[CycleProgress, ...]:
    """Follow the best so far over cycles; cycle 0, where it is listed, is what was known before the first.

    Before any specimen meets all limits, coming nearer to them counts as better.
    """
    rows = specimen_rows(state)
    walk = _Walk(state.definition)
    done = []
    for cycle in sorted({*state.cycles, *(row.cycle for row in rows)}):
        own = [row for row in rows if row.cycle == cycle]
        n_better = sum(walk.take(row) for row in own)
        record = state.cycles.get(cycle)
        done.append(
            CycleProgress(
                cycle=cycle,
                n_specimens=sum(row.is_measured for row in own),
                best=tuple(row.specimen_id for row in walk.best),
                score=walk.best[0].score if walk.best else None,
                is_better=n_better > 0,
                is_closed=record is None or record.closed_at is not None,
            )
        )
    return tuple(done)


def cycles_without_improvement(state: CampaignState) -> int:
    """Count closed cycles of which something was made, since the last better specimen; for stop advice."""
    made = {record.proposal.cycle for record in state.proposals.values() if record.specimens}
    count = 0
    for cycle in best_by_cycle(state):
        if cycle.is_better:
            count = 0
        elif cycle.is_closed and cycle.cycle in made:
            count += 1
    return count


class _Walk:
    """Keeps the best of the specimens taken so far."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.best: list[SpecimenRow] = []
        self.nearest: SpecimenRow | None = None

    def take(self, row: SpecimenRow) -> bool:
        """Take one more; say whether it is better than all before."""
        if not row.can_be_best:
            return self._take_nearer(row) if not self.best else False
        if not self.best:
            self.best = [row]
            return True
        better = all(is_better(self.definition, row, kept) for kept in self.best)
        if self.definition.objective.kind == "pareto":
            both = [*self.best, row]
            on_front = pareto_front(np.array([kept.gains for kept in both]))
            self.best = [kept for kept, stays in zip(both, on_front, strict=True) if stays]
        elif better:
            self.best = [row]
        return better

    def _take_nearer(self, row: SpecimenRow) -> bool:
        if row.is_excluded or _shortfall(self.definition, row) is None:
            return False
        if self.nearest is not None and not _is_nearer(self.definition, row, self.nearest):
            return False
        self.nearest = row
        return True


def nearest_to_limits(state: CampaignState) -> SpecimenRow | None:
    """Return the specimen that misses the limits by least, as a sum of shares of each bound; None where one meets all.

    Only specimens with a number for every limited target are compared.
    """
    walk = _Walk(state.definition)
    for row in specimen_rows(state):
        walk.take(row)
    return None if walk.best else walk.nearest


def _shortfall(definition: Definition, row: SpecimenRow) -> float | None:
    """Sum by how much each limit is missed, as a share of its bound."""
    total = 0.0
    for name in row.limits_met:
        limits, value = definition.targets[name].limits, row.values[name]
        if value is None or limits is None:
            return None
        for bound, miss in ((limits.at_least, -1.0), (limits.at_most, 1.0)):
            if bound is not None:
                total += max(miss * (value - bound), 0.0) / (abs(bound) or 1.0)
    return total


def _is_nearer(definition: Definition, row: SpecimenRow, than: SpecimenRow) -> bool:
    """Say whether one specimen is nearer to the limits, by more than repeatability in at least one of them."""
    mine, theirs = _shortfall(definition, row), _shortfall(definition, than)
    if mine is None or theirs is None or mine >= theirs:
        return False
    for name in row.limits_met:
        target = definition.targets[name]
        if target.limits is not None:
            margins = np.minimum(target.limits.margin(np.array([row.values[name], than.values[name]], dtype=float)), 0)
            if margins[0] - margins[1] > (target.repeatability_sd or 0.0):
                return True
    return False


def limits_progress(state: CampaignState) -> LimitsProgress | None:
    """Count specimens until all limits were met together; None where no target has limits."""
    limited = [name for name, target in state.definition.targets.items() if target.limits is not None]
    if not limited:
        return None
    rows = specimen_rows(state)
    counted = [row for row in rows if not row.is_excluded]
    first = next((row for row in counted if row.meets_limits), None)
    n_made = sum(row.proposal_id is not None for row in rows)
    n_until = None if first is None else sum(row.proposal_id is not None for row in rows[: first.number])
    by_target = []
    for name in limited:
        met = [row for row in counted if row.limits_met[name]]
        by_target.append(
            LimitProgress(
                target=name,
                first=met[0].specimen_id if met else None,
                n_met=len(met),
                n_known=sum(row.limits_met[name] is not None for row in counted),
            )
        )
    return LimitsProgress(
        n_made=n_made,
        n_until_met=n_until,
        first=None if first is None else first.specimen_id,
        by_target=tuple(by_target),
    )
