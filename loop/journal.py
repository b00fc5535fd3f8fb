"""State is the fold of events: the only reading of a journal. Every life-cycle change goes through one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from loop.definition import Definition
from loop.errors import JournalError, TransitionError
from loop.events import (
    Course,
    CourseChanged,
    CycleClosed,
    DefinitionAdopted,
    Entry,
    Event,
    HypothesisJudged,
    HypothesisNoted,
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
from loop.ids import CampaignId, ProposalId, SpecimenId
from loop.observations import Observation, TargetValue
from loop.proposal import ProposalState, next_state
from loop.provenance import rests_on
from loop.state import (
    Asked,
    CampaignState,
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

__all__ = ["extend", "fold"]


def fold(campaign: CampaignId, entries: Iterable[Entry], start: CampaignState | None = None) -> CampaignState:
    """Read a journal from its first entry to its last into the state that it tells of.

    Parameters
    ----------
    start
        What the entries before came to, where they were read already.

    Raises
    ------
    JournalError
        If the journal is empty, has a gap, does not begin with a definition, or holds an event that does not fit the
        state before it; the message names the entry.
    """
    reading = _Reading(campaign, start)
    for entry in entries:
        reading.take(entry)
    return reading.state()


def extend(
    campaign: CampaignId, state: CampaignState | None, events: Sequence[Event], *, actor: str, at: datetime
) -> CampaignState:
    """Read on from a state, None before the first event, as if the events stood behind it in the journal."""
    reading = _Reading(campaign, state)
    for event in events:
        reading.take(Entry(seq=reading.seq + 1, at=at, actor=actor, event=event))
    return reading.state()


class _Reading:
    """The one mutable thing of this floor: a state under construction."""

    def __init__(self, campaign: CampaignId, start: CampaignState | None = None) -> None:
        self.campaign = campaign
        self.seq = start.seq if start else 0
        self.at: datetime | None = start.at if start else None
        self.definitions: list[DefinitionRecord] = [*start.definitions] if start else []
        self.proposals: dict[ProposalId, ProposalRecord] = {**start.proposals} if start else {}
        self.specimens: dict[SpecimenId, SpecimenRecord] = {**start.specimens} if start else {}
        self.cycles: dict[int, CycleRecord] = {**start.cycles} if start else {}
        self.hypotheses: dict[str, Hypothesis] = {**start.hypotheses} if start else {}
        self.course: Course = start.course if start else "running"
        self.course_reason = start.course_reason if start else ""
        self.last_order = start.last_order if start else ""
        self.asked: dict[str, Asked] = {**start.asked} if start else {}
        self.refits: list[Refit] = [*start.refits] if start else []

    def state(self) -> CampaignState:
        if not self.definitions or self.at is None:
            raise JournalError(f"{self.campaign}: no such campaign; its journal is empty")
        return CampaignState(
            campaign=self.campaign,
            seq=self.seq,
            at=self.at,
            definitions=tuple(self.definitions),
            proposals=self.proposals,
            specimens=self.specimens,
            cycles=self.cycles,
            hypotheses=self.hypotheses,
            course=self.course,
            course_reason=self.course_reason,
            last_order=self.last_order,
            asked=self.asked,
            refits=tuple(self.refits),
        )

    def take(self, entry: Entry) -> None:
        if entry.seq != self.seq + 1:
            raise JournalError(f"{self.campaign}: entry {self.seq + 1} is missing; the next one found is {entry.seq}")
        if self.seq == 0 and not isinstance(entry.event, DefinitionAdopted):
            raise JournalError(f"{self.campaign}: a campaign begins with its definition, not with {entry.event.kind}")
        try:
            self._apply(entry)
        except (TransitionError, KeyError, ValueError) as error:
            if isinstance(error, TransitionError):
                raise
            raise JournalError(f"{self.campaign}: entry {entry.seq} ({entry.event.kind}): {error}") from error
        self.seq, self.at = entry.seq, entry.at

    def _apply(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case DefinitionAdopted():
                self._adopt(entry, event)
            case SpecimenImported(observation=seen, source=source):
                self._add(entry, seen, source)
            case ProposalsMade():
                self._propose(entry, event)
            case ProposalDispatched(proposal_id=which):
                self._step(entry, which, "dispatched", event.reason)
                self.last_order = event.order or self.last_order
            case (
                ProposalApproved()
                | ProposalStaled()
                | ProposalStarted()
                | ProposalFailed()
                | ProposalInfeasible()
                | ProposalAbandoned()
                | ProposalClosed()
            ):
                self._step(entry, event.proposal_id, event.kind.removeprefix("proposal_"), event.reason)
            case ProposalEdited(proposal_id=which):
                self._step(entry, which, "edited", event.reason)
                self.proposals[which] = replace(
                    self.proposals[which],
                    planned=event.planned,
                    predicted_after_edit=event.predicted,
                    space_version=len(self.definitions),
                    corrected_since=(),
                )
            case ProposalSkipped(proposal_id=which):
                self._step(entry, which, "skipped", event.reason)
                self.proposals[which] = replace(self.proposals[which], is_lesson=event.is_lesson)
            case ResultRecorded():
                self._record(entry, event)
            case ResultCorrected():
                self._correct(entry, event)
            case SpecimenExcluded(specimen_id=specimen, reason=reason):
                self._set_excluded(entry, specimen, True, reason)
            case SpecimenKept(specimen_id=specimen):
                self._set_excluded(entry, specimen, False, "")
            case SpecimenRemarked():
                self._remark(entry, event)
            case CycleClosed(cycle=cycle):
                self.cycles[cycle] = replace(self.cycles[cycle], closed_at=entry.at, closed_seq=entry.seq)
            case ModelRefitted():
                self.refits.append(
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
                self.course, self.course_reason = event.course, event.reason
            case PersonAsked():
                self.asked[event.matter] = Asked(
                    seq=entry.seq, at=entry.at, question=event.question, suggestion=event.suggestion
                )
            case HypothesisNoted():
                self.hypotheses[event.hypothesis_id] = Hypothesis(
                    id=event.hypothesis_id, cycle=event.cycle, text=event.text, actor=entry.actor, at=entry.at
                )
            case HypothesisJudged():
                self.hypotheses[event.hypothesis_id] = replace(
                    self.hypotheses[event.hypothesis_id], held=event.held, reason=event.reason
                )

    def _adopt(self, entry: Entry, event: DefinitionAdopted) -> None:
        if event.version != len(self.definitions) + 1:
            raise ValueError(f"version {event.version} follows version {len(self.definitions)}")
        self.definitions.append(
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

    def _propose(self, entry: Entry, event: ProposalsMade) -> None:
        for proposal in event.proposals:
            if proposal.id in self.proposals:
                raise ValueError(f"{proposal.id} was proposed before")
            state = ProposalState.PROPOSED
            made = Step(
                seq=entry.seq, at=entry.at, actor=entry.actor, step="proposed", state=state, reason=proposal.reason
            )
            self.proposals[proposal.id] = ProposalRecord(
                proposal=proposal,
                state=state,
                planned=proposal.formulation,
                history=(made,),
                seen_seq=event.seen_seq,
                space_version=event.space_version,
            )
        self.cycles[event.cycle] = CycleRecord(
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

    def _step(self, entry: Entry, which: ProposalId, step: str, reason: str) -> None:
        record = self.proposals[which]
        state = next_state(which, record.state, step)
        done = Step(seq=entry.seq, at=entry.at, actor=entry.actor, step=step, state=state, reason=reason)
        self.proposals[which] = replace(record, state=state, history=(*record.history, done))

    def _add(self, entry: Entry, seen: Observation, source: str) -> None:
        if seen.specimen_id in self.specimens:
            raise ValueError(f"specimen {seen.specimen_id} is there already")
        self.specimens[seen.specimen_id] = SpecimenRecord(
            observation=seen,
            seq=entry.seq,
            at=entry.at,
            source=source,
            value_since=dict.fromkeys(seen.targets, entry.seq),
            turns=(entry.seq,) if seen.is_excluded else (),
        )

    def _record(self, entry: Entry, event: ResultRecorded) -> None:
        record = self.proposals[event.proposal_id]
        known = self.specimens.get(event.specimen_id)
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
            self.specimens[event.specimen_id] = replace(
                known, observation=observation, value_since={**known.value_since, **since}
            )
        else:
            self._add(entry, observation, event.source)
            self.proposals[event.proposal_id] = replace(record, specimens=(*record.specimens, event.specimen_id))
        is_whole = event.is_complete and len(self.proposals[event.proposal_id].specimens) >= record.proposal.replicates
        self._step(entry, event.proposal_id, "measured" if is_whole else "measured_in_part", event.source)

    def _correct(self, entry: Entry, event: ResultCorrected) -> None:
        record = self.specimens[event.specimen_id]
        seen = record.observation
        for which, proposal in self.proposals.items():
            if rests_on(proposal, record, event.target, self.definitions):
                marked = dict.fromkeys((*proposal.corrected_since, event.specimen_id))
                self.proposals[which] = replace(proposal, corrected_since=tuple(marked))
        done = Correction(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            target=event.target,
            old=event.old,
            new=event.new,
            reason=event.reason,
        )
        self.specimens[event.specimen_id] = replace(
            record,
            observation=seen.model_copy(update={"targets": {**seen.targets, event.target: event.new}}),
            corrections=(*record.corrections, done),
            value_since={**record.value_since, event.target: entry.seq},
        )

    def _remark(self, entry: Entry, event: SpecimenRemarked) -> None:
        record = self.proposals[event.proposal_id]
        made = Remark(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            specimen_id=event.specimen_id,
            text=event.text,
            source=event.source,
        )
        self.proposals[event.proposal_id] = replace(record, remarks=(*record.remarks, made))

    def _set_excluded(self, entry: Entry, specimen: SpecimenId, is_excluded: bool, reason: str) -> None:
        record = self.specimens[specimen]
        self.specimens[specimen] = replace(
            record,
            observation=record.observation.model_copy(update={"is_excluded": is_excluded}),
            excluded_because=reason,
            turns=record.turns if record.observation.is_excluded is is_excluded else (*record.turns, entry.seq),
        )
