"""Say in one sentence what each event of a journal was. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from loop.events import (
    CycleClosed,
    DefinitionAdopted,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    ProposalAbandoned,
    ProposalApproved,
    ProposalClosed,
    ProposalDispatched,
    ProposalEdited,
    ProposalFailed,
    ProposalInfeasible,
    ProposalSkipped,
    ProposalsMade,
    ProposalStaled,
    ProposalStarted,
    ResultCorrected,
    ResultRecorded,
    SpecimenExcluded,
    SpecimenImported,
    SpecimenKept,
    SpecimenRemarked,
)
from loop.observations import State, TargetValue

__all__ = ["said", "sentence"]

_HELD = {"yes": "held", "no": "did not hold", "open": "is open again"}


def sentence(event: Event) -> str:
    """Return an event as a person would tell it, on one line."""
    return " ".join(_told(event).split())


def said(value: TargetValue | None) -> str:
    """Write one target's value: ``41.2``, ``41.2 ± 0.5 (n = 3)``, ``< 0.1``, ``lost: dropped``."""
    if value is None:
        return "nothing"
    if value.mean is not None:
        sd = "" if value.sd is None else f" ± {value.sd:g}"
        return f"{value.mean:g}{sd}" + (f" (n = {value.n})" if value.n != 1 else "")
    if value.limit is not None:
        return f"{'<' if value.state is State.BELOW_DETECTION else '>'} {value.limit:g}"
    return value.state.value.replace("_", " ") + (f": {value.reason}" if value.reason else "")


def _told(event: Event) -> str:
    match event:
        case DefinitionAdopted(version=1):
            return f"campaign begun with definition version 1{_why(event.reason)}"
        case DefinitionAdopted():
            return f"definition became version {event.version}{_why(event.reason)}"
        case SpecimenImported(observation=seen):
            source = f" from {event.source}" if event.source else ""
            return f"{seen.specimen_id} taken in{source}: {_values(seen.targets)}"
        case ProposalsMade():
            how = "" if event.surrogate == "none" else f" by {event.surrogate}"
            return f"cycle {event.cycle}: proposed{how} {', '.join(p.id for p in event.proposals)}"
        case ProposalApproved():
            return f"{event.proposal_id} approved{_why(event.reason)}"
        case ProposalEdited():
            return f"{event.proposal_id} edited and approved{_why(event.reason)}"
        case ProposalSkipped():
            lesson = ", as a lesson for the model" if event.is_lesson else ""
            return f"{event.proposal_id} skipped{lesson}{_why(event.reason)}"
        case ProposalStaled():
            return f"{event.proposal_id} became stale{_why(event.reason)}"
        case ProposalDispatched():
            return f"{event.proposal_id} sent to the laboratory{_why(event.reason)}"
        case ProposalStarted():
            return f"{event.proposal_id} begun{_why(event.reason)}"
        case ResultRecorded():
            source = f" ({event.source})" if event.source else ""
            return f"{event.specimen_id} measured: {_values(event.targets)}{source}"
        case ResultCorrected():
            change = f"{said(event.old)} to {said(event.new)}"
            return f"{event.specimen_id}: {event.target} corrected from {change}{_why(event.reason)}"
        case SpecimenExcluded():
            return f"{event.specimen_id} excluded from training{_why(event.reason)}"
        case SpecimenKept():
            return f"{event.specimen_id} kept for training again{_why(event.reason)}"
        case SpecimenRemarked():
            source = f" ({event.source})" if event.source else ""
            return f"{event.specimen_id}: {event.text}{source}"
        case ProposalFailed():
            return f"{event.proposal_id} failed{_why(event.reason)}"
        case ProposalInfeasible():
            return f"{event.proposal_id} cannot be made{_why(event.reason)}"
        case ProposalAbandoned():
            return f"{event.proposal_id} given up{_why(event.reason)}"
        case ProposalClosed():
            return f"{event.proposal_id} closed{_why(event.reason)}"
        case CycleClosed():
            return f"cycle {event.cycle} closed{_why(event.reason)}"
        case HypothesisNoted():
            return f"{event.hypothesis_id} noted: {event.text}"
        case HypothesisJudged():
            return f"{event.hypothesis_id} {_HELD[event.held]}{_why(event.reason)}"


def _values(targets: Mapping[str, TargetValue]) -> str:
    return ", ".join(f"{name} {said(value)}" for name, value in targets.items())


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
