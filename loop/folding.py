"""What each event does to a state: the meaning of the journal, entry by entry. Life cycles go through one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loop.building import Building
from loop.definition import Definition
from loop.events import (
    CourseChanged,
    CycleClosed,
    DefinitionAdopted,
    Entry,
    HypothesisJudged,
    HypothesisNoted,
    MadeCorrected,
    ModelRefitted,
    PersonAsked,
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
from loop.ids import ProposalId, SpecimenId
from loop.observations import Observation, TargetValue
from loop.proposal import ProposalState, next_state
from loop.provenance import rests_on
from loop.state import (
    Asked,
    Correction,
    CycleRecord,
    DefinitionRecord,
    Hypothesis,
    ProposalRecord,
    Refit,
    Remark,
    SpecimenRecord,
    Step,
)
from loop.values import Setting

__all__ = ["apply"]


def apply(building: Building, entry: Entry) -> None:
    """Let one entry happen to a state under construction.

    Raises
    ------
    TransitionError
        If a step does not fit the state that a proposal is in.
    KeyError, ValueError
        If the event does not fit what was read before.
    """
    event = entry.event
    match event:
        case DefinitionAdopted():
            _adopt(building, entry, event)
        case SpecimenImported(observation=seen, source=source, name=name):
            _add_specimen(building, entry, seen, source, name)
        case ProposalsMade():
            _propose(building, entry, event)
        case ProposalDispatched(proposal_id=which):
            _step(building, entry, which, "dispatched", event.reason)
            building.last_order = event.order or building.last_order
        case (
            ProposalApproved()
            | ProposalStaled()
            | ProposalStarted()
            | ProposalFailed()
            | ProposalInfeasible()
            | ProposalAbandoned()
            | ProposalClosed()
        ):
            _step(building, entry, event.proposal_id, event.kind.removeprefix("proposal_"), event.reason)
        case ProposalEdited(proposal_id=which):
            _step(building, entry, which, "edited", event.reason)
            building.proposals[which] = replace(
                building.proposals[which],
                planned=event.planned,
                predicted_after_edit=event.predicted,
                space_version=len(building.definitions),
                corrected_since=(),
            )
        case ProposalSkipped(proposal_id=which):
            _step(building, entry, which, "skipped", event.reason)
            building.proposals[which] = replace(building.proposals[which], is_lesson=event.is_lesson)
        case ResultRecorded():
            _record(building, entry, event)
        case ResultCorrected():
            new = {**building.specimens[event.specimen_id].observation.targets, event.target: event.new}
            _correct(building, entry, event, {event.target: (event.old, event.new)}, {"targets": new})
            _date(building, entry, event.specimen_id, event.target)
        case MadeCorrected():
            made = {**building.specimens[event.specimen_id].observation.as_made, **event.new}
            pairs = {name: (event.old.get(name), value) for name, value in event.new.items()}
            _correct(building, entry, event, pairs, {"as_made": made})
        case SpecimenExcluded(specimen_id=specimen, reason=reason):
            _set_excluded(building, entry, specimen, True, reason)
        case SpecimenKept(specimen_id=specimen):
            _set_excluded(building, entry, specimen, False, "")
        case SpecimenRemarked():
            _remark(building, entry, event)
        case CycleClosed(cycle=cycle):
            building.cycles[cycle] = replace(building.cycles[cycle], closed_at=entry.at, closed_seq=entry.seq)
        case ModelRefitted():
            building.refits.append(
                Refit(
                    seq=entry.seq,
                    at=entry.at,
                    cycle=event.cycle,
                    data_hash=event.data_hash,
                    surrogate=event.surrogate,
                    rung=event.rung,
                    fits=event.fits,
                )
            )
        case CourseChanged():
            building.course, building.course_reason = event.course, event.reason
        case PersonAsked():
            building.asked[event.matter] = Asked(
                seq=entry.seq, at=entry.at, question=event.question, suggestion=event.suggestion
            )
        case HypothesisNoted():
            building.hypotheses[event.hypothesis_id] = Hypothesis(
                id=event.hypothesis_id, cycle=event.cycle, text=event.text, actor=entry.actor, at=entry.at
            )
        case HypothesisJudged():
            building.hypotheses[event.hypothesis_id] = replace(
                building.hypotheses[event.hypothesis_id], held=event.held, reason=event.reason
            )


def _adopt(building: Building, entry: Entry, event: DefinitionAdopted) -> None:
    if event.version != len(building.definitions) + 1:
        raise ValueError(f"version {event.version} follows version {len(building.definitions)}")
    building.definitions.append(
        DefinitionRecord(
            version=event.version,
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            definition=Definition.model_validate(event.core),
            text=event.text,
            extras=event.extras,
            reason=event.reason,
        )
    )


def _propose(building: Building, entry: Entry, event: ProposalsMade) -> None:
    for proposal in event.proposals:
        if proposal.id in building.proposals:
            raise ValueError(f"{proposal.id} was proposed before")
        state = ProposalState.PROPOSED
        made = Step(seq=entry.seq, at=entry.at, actor=entry.actor, step="proposed", state=state, reason=proposal.reason)
        building.proposals[proposal.id] = ProposalRecord(
            proposal=proposal,
            state=state,
            planned=proposal.formulation,
            history=(made,),
            seen_seq=event.seen_seq,
            space_version=event.space_version,
        )
    building.cycles[event.cycle] = CycleRecord(
        cycle=event.cycle,
        seq=entry.seq,
        at=entry.at,
        count=event.count,
        seed=event.seed,
        seen_seq=event.seen_seq,
        space_version=event.space_version,
        data_hash=event.data_hash,
        surrogate=event.surrogate,
        versions=event.versions,
        proposals=tuple(proposal.id for proposal in event.proposals),
        rungs=event.rungs,
    )


def _step(building: Building, entry: Entry, which: ProposalId, step: str, reason: str) -> None:
    record = building.proposals[which]
    state = next_state(which, record.state, step)
    done = Step(seq=entry.seq, at=entry.at, actor=entry.actor, step=step, state=state, reason=reason)
    building.proposals[which] = replace(record, state=state, history=(*record.history, done))


def _add_specimen(building: Building, entry: Entry, seen: Observation, source: str, name: str = "") -> None:
    if seen.specimen_id in building.specimens:
        raise ValueError(f"specimen {seen.specimen_id} is there already")
    building.specimens[seen.specimen_id] = SpecimenRecord(
        observation=seen,
        seq=entry.seq,
        at=entry.at,
        source=source,
        name=name,
        value_since=dict.fromkeys(seen.targets, entry.seq),
        turns=(entry.seq,) if seen.is_excluded else (),
    )


def _record(building: Building, entry: Entry, event: ResultRecorded) -> None:
    record = building.proposals[event.proposal_id]
    known = building.specimens.get(event.specimen_id)
    targets: dict[str, TargetValue] = {**(known.observation.targets if known else {}), **event.targets}
    before = known.observation.intermediates if known else {}
    observation = Observation(
        specimen_id=event.specimen_id,
        proposal_id=event.proposal_id,
        planned=record.planned,
        as_made=event.as_made,
        targets=targets,
        intermediates={**before, **event.intermediates},
        block=record.proposal.block,
        is_excluded=known.observation.is_excluded if known else False,
    )
    if known:
        told = known.observation.targets
        since = {n: entry.seq for n, value in event.targets.items() if told.get(n) != value}
        building.specimens[event.specimen_id] = replace(
            known, observation=observation, value_since={**known.value_since, **since}
        )
    else:
        _add_specimen(building, entry, observation, event.source)
        building.proposals[event.proposal_id] = replace(record, specimens=(*record.specimens, event.specimen_id))
    is_whole = event.is_complete and len(building.proposals[event.proposal_id].specimens) >= record.proposal.replicates
    _step(building, entry, event.proposal_id, "measured" if is_whole else "measured_in_part", event.source)


def _correct(
    building: Building,
    entry: Entry,
    event: ResultCorrected | MadeCorrected,
    pairs: Mapping[str, tuple[TargetValue | Setting | None, TargetValue | Setting]],
    changed: Mapping[str, object],
) -> None:
    """Write a correction down, pair by pair of old and new, and mark what was predicted with the old."""
    record = building.specimens[event.specimen_id]
    used = [event.target] if isinstance(event, ResultCorrected) else list(record.value_since)
    for which, proposal in building.proposals.items():
        if any(rests_on(proposal, record, target, building.definitions) for target in used):
            marked = dict.fromkeys((*proposal.corrected_since, event.specimen_id))
            building.proposals[which] = replace(proposal, corrected_since=tuple(marked))
    done = tuple(
        Correction(seq=entry.seq, at=entry.at, actor=entry.actor, target=name, old=old, new=new, reason=event.reason)
        for name, (old, new) in pairs.items()
    )
    building.specimens[event.specimen_id] = replace(
        record,
        observation=record.observation.model_copy(update=dict(changed)),
        corrections=(*record.corrections, *done),
    )


def _date(building: Building, entry: Entry, specimen: SpecimenId, target: str) -> None:
    """Note by which entry a target got the value that it has."""
    record = building.specimens[specimen]
    building.specimens[specimen] = replace(record, value_since={**record.value_since, target: entry.seq})


def _remark(building: Building, entry: Entry, event: SpecimenRemarked) -> None:
    record = building.proposals[event.proposal_id]
    made = Remark(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        specimen_id=event.specimen_id,
        text=event.text,
        source=event.source,
    )
    building.proposals[event.proposal_id] = replace(record, remarks=(*record.remarks, made))


def _set_excluded(building: Building, entry: Entry, specimen: SpecimenId, is_excluded: bool, reason: str) -> None:
    record = building.specimens[specimen]
    building.specimens[specimen] = replace(
        record,
        observation=record.observation.model_copy(update={"is_excluded": is_excluded}),
        excluded_because=reason,
        turns=record.turns if record.observation.is_excluded is is_excluded else (*record.turns, entry.seq),
    )
