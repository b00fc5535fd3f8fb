"""What each specimen is worth under the definition in force, and which one is better than which. Pure.

A difference smaller than the repeatability of the test is never called better. Excluded specimens are never best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from loop.definition import Definition
from loop.goals import Target
from loop.ids import ProposalId, SpecimenId
from loop.observations import State, TargetValue
from loop.proposal import Origin
from loop.state import CampaignState, SpecimenRecord
from loop.values import Formulation
from loop.versions import Versions

__all__ = ["SpecimenRow", "is_better", "score_sd", "specimen_rows", "ties_with_best"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenRow:
    """One specimen in the order of arrival, judged by the definition in force.

    `as_made` holds what is known of the parameters in force beside what was written down (see `loop.versions`).
    `values` holds every target, computed ones included; None where there is no number. `limits_met` holds every target
    with limits; None where it is not known. `gains` stand in the order of the goals, larger is better, None where a
    goal has no number. `score` is the gain of a single goal or the desirability, None for a front.
    """

    number: int
    specimen_id: SpecimenId
    proposal_id: ProposalId | None
    cycle: int
    origin: Origin
    at: datetime
    as_made: Formulation
    values: Mapping[str, float | None]
    limits_met: Mapping[str, bool | None]
    gains: tuple[float, ...] | None
    score: float | None
    is_measured: bool
    is_excluded: bool

    @property
    def meets_limits(self) -> bool | None:
        """Whether all limits are met together: False as soon as one is not, None while one is not known."""
        met = self.limits_met.values()
        if any(one is False for one in met):
            return False
        return None if any(one is None for one in met) else True

    @property
    def can_be_best(self) -> bool:
        """True where every goal has a number, every limit is met, and nobody excluded it."""
        return self.gains is not None and self.meets_limits is True and not self.is_excluded


def specimen_rows(state: CampaignState) -> tuple[SpecimenRow, ...]:
    """List every specimen in the order of arrival.

    A proposed specimen belongs to its proposal's cycle; an imported one to the cycle during which it came, 0 before the
    first proposals.
    """
    opened = sorted((record.seq, record.cycle) for record in state.cycles.values())
    versions = state.versions
    return tuple(
        _row(number, record, state, versions, opened) for number, record in enumerate(state.specimens.values(), 1)
    )


def _row(
    number: int,
    record: SpecimenRecord,
    state: CampaignState,
    versions: Versions,
    opened: Sequence[tuple[int, int]],
) -> SpecimenRow:
    definition = state.definition
    seen = record.observation
    made_from = state.proposals.get(seen.proposal_id) if seen.proposal_id is not None else None
    reading = versions.read(seen.as_made)
    values = {
        name: seen.mean_of(name) if target.expression is None else versions.computed(name, reading)
        for name, target in definition.targets.items()
    }
    numbers = [values[name] for name in definition.goals]
    known = [number for number in numbers if number is not None]
    gains = _gains(definition, known) if len(known) == len(numbers) else None
    return SpecimenRow(
        number=number,
        specimen_id=seen.specimen_id,
        proposal_id=seen.proposal_id,
        cycle=made_from.proposal.cycle
        if made_from is not None
        else max((cycle for seq, cycle in opened if seq < record.seq), default=0),
        origin=made_from.proposal.origin if made_from is not None else Origin.EXTERNAL,
        at=record.at,
        as_made={**reading.settings, **seen.as_made},
        values=values,
        limits_met={
            name: _meets(target, values[name], seen.targets.get(name))
            for name, target in definition.targets.items()
            if target.limits is not None
        },
        gains=gains,
        score=None if gains is None else _score(definition, gains),
        is_measured=any(v.mean is not None or v.state.is_censored for v in seen.targets.values()),
        is_excluded=seen.is_excluded,
    )


def _meets(target: Target, value: float | None, seen: TargetValue | None) -> bool | None:
    """Say whether a value keeps the limits; a censored one may still tell, from the side on which it lies."""
    if target.limits is None:
        return True
    if value is not None:
        return bool(target.meets_limits(np.array([value]))[0])
    if seen is None or seen.limit is None:
        return None
    low = -np.inf if target.limits.at_least is None else target.limits.at_least
    high = np.inf if target.limits.at_most is None else target.limits.at_most
    if seen.state is State.BELOW_DETECTION:  # the true value lies below seen.limit
        return False if seen.limit <= low else (True if low == -np.inf and seen.limit <= high else None)
    return False if seen.limit >= high else (True if high == np.inf and seen.limit >= low else None)


def _gains(definition: Definition, values: Sequence[float]) -> tuple[float, ...]:
    targets = (definition.targets[name] for name in definition.goals)
    return tuple(float(target.gain(np.array([value]))[0]) for target, value in zip(targets, values, strict=True))


def _score(definition: Definition, gains: Sequence[float]) -> float | None:
    """Fold gains into one number: the only gain, or the weighted geometric mean of desirabilities; None for a front."""
    if definition.objective.kind == "pareto":
        return None
    if definition.objective.kind == "single":
        return gains[0]
    targets = [definition.targets[name] for name in definition.goals]
    wishes = np.array([_wish(target, gain) for target, gain in zip(targets, gains, strict=True)])
    weights = np.array([target.weight for target in targets])
    return float(np.prod(wishes ** (weights / weights.sum())))


def _wish(target: Target, gain: float) -> float:
    """Return the desirability of a gain, between 0 and 1, as `loop.goals.desirability` gives it for a value."""
    assert target.worst is not None  # noqa: S101  (the definition sees to it)
    assert target.ideal is not None  # noqa: S101
    worst, best = target.gain(np.array([target.worst, target.ideal]))
    return float(np.clip((gain - worst) / (best - worst), 0.0, 1.0)) if best > worst else float(gain >= best)


def score_sd(definition: Definition, row: SpecimenRow) -> float:
    """Return how far a specimen's score may move by the repeatability of single tests alone; 0 where none is declared.

    Each goal is made worse by one repeatability sd, one at a time; the changes add in quadrature.
    """
    if row.score is None or row.gains is None:
        return 0.0
    moved = []
    for i, name in enumerate(definition.goals):
        worse = list(row.gains)
        worse[i] -= definition.targets[name].repeatability_sd or 0.0
        moved.append(row.score - (_score(definition, worse) or 0.0))
    return float(np.sqrt(np.sum(np.square(moved))))


def is_better(definition: Definition, row: SpecimenRow, than: SpecimenRow) -> bool:
    """Say whether a specimen beats another by more than repeatability; for a front, in at least one goal."""
    if row.gains is None or than.gains is None:
        return False
    if definition.objective.kind == "desirability":
        return (row.score or 0.0) - (than.score or 0.0) > score_sd(definition, row)
    spreads = (definition.targets[name].repeatability_sd or 0.0 for name in definition.goals)
    return any(mine - theirs > sd for mine, theirs, sd in zip(row.gains, than.gains, spreads, strict=True))


def ties_with_best(definition: Definition, rows: Iterable[SpecimenRow], best: SpecimenRow) -> tuple[SpecimenRow, ...]:
    """List specimens that meet all limits and that the best does not beat by more than repeatability."""
    return tuple(row for row in rows if row.can_be_best and row != best and not is_better(definition, best, row))
