"""Events: facts in the past tense, the only truth about a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from loop.ids import ProposalId, SpecimenId
from loop.observations import IntermediateValue, Observation, TargetValue
from loop.proposal import Prediction, Proposal
from loop.rungs import Rung
from loop.values import Frozen, Setting

__all__ = [
    "Course",
    "CourseChanged",
    "CycleClosed",
    "DefinitionAdopted",
    "Entry",
    "Event",
    "FitOfTarget",
    "HypothesisJudged",
    "HypothesisNoted",
    "ModelRefitted",
    "PersonAsked",
    "ProposalAbandoned",
    "ProposalApproved",
    "ProposalClosed",
    "ProposalDispatched",
    "ProposalEdited",
    "ProposalFailed",
    "ProposalInfeasible",
    "ProposalSkipped",
    "ProposalStaled",
    "ProposalStarted",
    "ProposalsMade",
    "ResultCorrected",
    "ResultRecorded",
    "SpecimenExcluded",
    "SpecimenImported",
    "SpecimenKept",
    "SpecimenRemarked",
    "read_event",
]


Course = Literal["running", "draining", "paused"]
"""running: goes on by itself; draining: results are taken in, nothing new is asked for; paused: nothing by itself."""


class FitOfTarget(Frozen):
    """How well the model knows one target: how far it is off on results it has not seen, in the target's unit."""

    n: int = Field(ge=0, description="Formulations learned from.")
    rmse: float | None = Field(default=None, ge=0, description="Root mean square error on formulations left out.")
    spread: float | None = Field(default=None, ge=0, description="Standard deviation of the results themselves.")


class DefinitionAdopted(Frozen):
    """A definition became the campaign's, as version `version`; older data stay."""

    kind: Literal["definition_adopted"] = "definition_adopted"
    version: int = Field(ge=1)
    text: str = Field(description="The file as the person wrote it.")
    core: Mapping[str, Any] = Field(description="What the loop read out of it, candidate tables included.")
    extras: Mapping[str, Any] = Field(default_factory=dict, description="What the other owners read out of it.")
    reason: str = ""


class SpecimenImported(Frozen):
    """A specimen that nobody proposed entered the campaign, with its results."""

    kind: Literal["specimen_imported"] = "specimen_imported"
    observation: Observation
    source: str = ""


class ProposalsMade(Frozen):
    """A batch was proposed. `seen_seq`, `data_hash`, `space_version` and `seed` are all that it followed from.

    `rungs` are those of the ladder that were tried, the last of which answered; none where the initial design gave all.
    """

    kind: Literal["proposals_made"] = "proposals_made"
    cycle: int = Field(ge=1)
    count: int = Field(ge=1)
    proposals: tuple[Proposal, ...]
    seed: int = Field(ge=0)
    seen_seq: int = Field(ge=0)
    space_version: int = Field(ge=1)
    data_hash: str
    surrogate: str
    versions: Mapping[str, str] = Field(default_factory=dict)
    rungs: tuple[Rung, ...] = ()


class ProposalApproved(Frozen):
    """A person, or a policy, let the proposal be made as planned."""

    kind: Literal["proposal_approved"] = "proposal_approved"
    proposal_id: ProposalId
    reason: str = ""


class ProposalEdited(Frozen):
    """The plan was changed by hand and thereby approved; the first prediction stays beside the new one."""

    kind: Literal["proposal_edited"] = "proposal_edited"
    proposal_id: ProposalId
    planned: Mapping[str, Setting]
    predicted: Mapping[str, Prediction] = Field(default_factory=dict)
    reason: str = ""


class ProposalSkipped(Frozen):
    """The proposal will not be made. `is_lesson`: the model keeps away from such formulations from now on."""

    kind: Literal["proposal_skipped"] = "proposal_skipped"
    proposal_id: ProposalId
    is_lesson: bool = False
    reason: str


class ProposalStaled(Frozen):
    """New data or a new space overtook an unapproved proposal."""

    kind: Literal["proposal_staled"] = "proposal_staled"
    proposal_id: ProposalId
    reason: str


class ProposalDispatched(Frozen):
    """The proposal went to the laboratory, for the first time or again; `order` names its work order, if it has one."""

    kind: Literal["proposal_dispatched"] = "proposal_dispatched"
    proposal_id: ProposalId
    reason: str = ""
    order: str = ""


class ProposalStarted(Frozen):
    """The laboratory began, or began again after a failure."""

    kind: Literal["proposal_started"] = "proposal_started"
    proposal_id: ProposalId
    reason: str = ""


class ResultRecorded(Frozen):
    """Results of one specimen of a proposal arrived; targets not named here keep what they had."""

    kind: Literal["result_recorded"] = "result_recorded"
    proposal_id: ProposalId
    specimen_id: SpecimenId
    as_made: Mapping[str, Setting]
    targets: Mapping[str, TargetValue]
    intermediates: Mapping[str, IntermediateValue] = Field(default_factory=dict)
    is_complete: bool
    source: str = ""


class ResultCorrected(Frozen):
    """A typed result was wrong. The old value stays readable; predictions made with it stay and are marked."""

    kind: Literal["result_corrected"] = "result_corrected"
    specimen_id: SpecimenId
    target: str
    old: TargetValue | None
    new: TargetValue
    reason: str


class SpecimenExcluded(Frozen):
    """A specimen's results no longer train the model; they stay readable."""

    kind: Literal["specimen_excluded"] = "specimen_excluded"
    specimen_id: SpecimenId
    reason: str


class SpecimenKept(Frozen):
    """An excluded specimen trains the model again."""

    kind: Literal["specimen_kept"] = "specimen_kept"
    specimen_id: SpecimenId
    reason: str


class SpecimenRemarked(Frozen):
    """Somebody wrote down what they noticed of a specimen, made or still to be made; no model reads it."""

    kind: Literal["specimen_remarked"] = "specimen_remarked"
    proposal_id: ProposalId
    specimen_id: SpecimenId
    text: str = Field(min_length=1)
    source: str = ""


class ProposalFailed(Frozen):
    """Making or testing failed; it may be tried again."""

    kind: Literal["proposal_failed"] = "proposal_failed"
    proposal_id: ProposalId
    reason: str


class ProposalInfeasible(Frozen):
    """The formulation cannot be made; the model learns to keep away."""

    kind: Literal["proposal_infeasible"] = "proposal_infeasible"
    proposal_id: ProposalId
    reason: str


class ProposalAbandoned(Frozen):
    """Given up for good, without a lesson."""

    kind: Literal["proposal_abandoned"] = "proposal_abandoned"
    proposal_id: ProposalId
    reason: str


class ProposalClosed(Frozen):
    """Measured, learned from, done."""

    kind: Literal["proposal_closed"] = "proposal_closed"
    proposal_id: ProposalId
    reason: str = ""


class CycleClosed(Frozen):
    """One turn came to its end: what was best then, in the words of the objective."""

    kind: Literal["cycle_closed"] = "cycle_closed"
    cycle: int = Field(ge=1)
    reason: str = ""


class ModelRefitted(Frozen):
    """The model learned of all that was known: how well it would have predicted each result without it."""

    kind: Literal["model_refitted"] = "model_refitted"
    cycle: int = Field(ge=0)
    seen_seq: int = Field(ge=0)
    data_hash: str
    surrogate: str
    rung: str
    fits: Mapping[str, FitOfTarget] = Field(description="By measured target.")


class CourseChanged(Frozen):
    """The campaign goes on by itself from now on, rests, or takes in results without asking for more."""

    kind: Literal["course_changed"] = "course_changed"
    course: Course
    reason: str = ""


class PersonAsked(Frozen):
    """The loop came to what only a person can decide. `matter` is asked once."""

    kind: Literal["person_asked"] = "person_asked"
    matter: str
    question: str
    suggestion: str


class HypothesisNoted(Frozen):
    """Somebody wrote down what they expect, before the results."""

    kind: Literal["hypothesis_noted"] = "hypothesis_noted"
    hypothesis_id: str
    cycle: int = Field(ge=0)
    text: str


class HypothesisJudged(Frozen):
    """Somebody wrote down whether an expectation held."""

    kind: Literal["hypothesis_judged"] = "hypothesis_judged"
    hypothesis_id: str
    held: Literal["yes", "no", "open"]
    reason: str


Event = Annotated[
    DefinitionAdopted
    | SpecimenImported
    | ProposalsMade
    | ProposalApproved
    | ProposalEdited
    | ProposalSkipped
    | ProposalStaled
    | ProposalDispatched
    | ProposalStarted
    | ResultRecorded
    | ResultCorrected
    | SpecimenExcluded
    | SpecimenKept
    | SpecimenRemarked
    | ProposalFailed
    | ProposalInfeasible
    | ProposalAbandoned
    | ProposalClosed
    | CycleClosed
    | ModelRefitted
    | CourseChanged
    | PersonAsked
    | HypothesisNoted
    | HypothesisJudged,
    Field(discriminator="kind"),
]
"""Any event; `kind` says which."""

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def read_event(payload: Mapping[str, object]) -> Event:
    """Rebuild an event from what `event.model_dump(mode="json")` wrote.

    Raises
    ------
    pydantic.ValidationError
        If the payload is no event of a kind known here.
    """
    return _ADAPTER.validate_python(payload)


class Entry(Frozen):
    """One line of a journal: an event, its place, when and by whom. `seq` counts 1, 2, 3 … per campaign."""

    seq: int = Field(ge=1)
    at: datetime
    actor: str = Field(min_length=1)
    event: Event
