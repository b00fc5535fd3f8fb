"""What a campaign has come to: values that the journal folds into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from loop.definition import Definition
from loop.errors import ProposalError
from loop.events import Course, FitOfTarget
from loop.ids import CampaignId, ProposalId, SpecimenId
from loop.observations import Observation, TargetValue
from loop.proposal import OPEN_STATES, Prediction, Proposal, ProposalState
from loop.rungs import Rung
from loop.space.parameters import Parameter
from loop.values import Formulation, Setting, fingerprint
from loop.versions import Versions

__all__ = [
    "Asked",
    "CampaignState",
    "Correction",
    "CycleRecord",
    "DefinitionRecord",
    "Hypothesis",
    "ProposalRecord",
    "Refit",
    "Remark",
    "SpecimenRecord",
    "Step",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a proposal's state: who did it, when and why."""

    seq: int
    at: datetime
    actor: str
    step: str
    state: ProposalState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that the loop put to people."""

    seq: int
    at: datetime
    question: str
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """What the model had learned at one time."""

    seq: int
    at: datetime
    cycle: int
    data_hash: str
    surrogate: str
    rung: str
    fits: Mapping[str, FitOfTarget]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody noticed of a specimen of a proposal, made or still to be made."""

    seq: int
    at: datetime
    actor: str
    specimen_id: SpecimenId
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRecord:
    """A proposal, where it stands, and how it came there.

    `space_version` is the version of the definition under which it was planned as it is planned now.
    """

    proposal: Proposal
    state: ProposalState
    planned: Formulation
    history: tuple[Step, ...]
    seen_seq: int
    space_version: int
    specimens: tuple[SpecimenId, ...] = ()
    predicted_after_edit: Mapping[str, Prediction] = field(default_factory=dict)
    is_lesson: bool = False
    corrected_since: tuple[SpecimenId, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def predicted(self) -> Mapping[str, Prediction]:
        """What was expected of the formulation as planned now, before it was made; empty where nobody worked it out."""
        is_edited = dict(self.planned) != dict(self.proposal.formulation)
        return self.predicted_after_edit if is_edited else self.proposal.predicted

    @property
    def n_sent(self) -> int:
        """How often it went to the laboratory."""
        return sum(step.step == "dispatched" for step in self.history)

    @property
    def is_open(self) -> bool:
        """True until its life is over."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A typed value that was replaced: the result of a target, or what a parameter was made as."""

    seq: int
    at: datetime
    actor: str
    target: str
    old: TargetValue | Setting | None
    new: TargetValue | Setting
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenRecord:
    """A specimen's observation, where it came from, and what was corrected.

    `name` is what its owner calls it. `value_since` names the entry by which each target got the value it has; `turns`
    those by which the specimen was excluded, kept again, and so on.
    """

    observation: Observation
    seq: int
    at: datetime
    source: str = ""
    name: str = ""
    corrections: tuple[Correction, ...] = ()
    excluded_because: str = ""
    value_since: Mapping[str, int] = field(default_factory=dict)
    turns: tuple[int, ...] = ()

    def was_excluded(self, seq: int) -> bool:
        """Say whether it was excluded once an entry was written."""
        return sum(turn <= seq for turn in self.turns) % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRecord:
    """One turn of the loop: all that its proposals followed from."""

    cycle: int
    seq: int
    at: datetime
    count: int
    seed: int
    seen_seq: int
    space_version: int
    data_hash: str
    surrogate: str
    versions: Mapping[str, str]
    proposals: tuple[ProposalId, ...]
    closed_at: datetime | None = None
    closed_seq: int | None = None
    rungs: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionRecord:
    """One version of the definition."""

    version: int
    seq: int
    at: datetime
    actor: str
    definition: Definition
    text: str
    extras: Mapping[str, Any]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What somebody expected, and whether it held."""

    id: str
    cycle: int
    text: str
    actor: str
    at: datetime
    held: Literal["yes", "no", "open"] = "open"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignState:
    """Everything a journal says of one campaign, up to entry `seq`."""

    campaign: CampaignId
    seq: int
    at: datetime
    definitions: tuple[DefinitionRecord, ...]
    proposals: Mapping[ProposalId, ProposalRecord]
    specimens: Mapping[SpecimenId, SpecimenRecord]
    cycles: Mapping[int, CycleRecord]
    hypotheses: Mapping[str, Hypothesis]
    course: Course = "running"
    course_reason: str = ""
    last_order: str = ""
    asked: Mapping[str, Asked] = field(default_factory=dict)
    refits: tuple[Refit, ...] = ()

    @property
    def definition(self) -> Definition:
        """The definition in force."""
        return self.definitions[-1].definition

    @property
    def version(self) -> int:
        """Version of the definition in force."""
        return self.definitions[-1].version

    @property
    def versions(self) -> Versions:
        """Every version of the definition, to read what was made under any of them."""
        return Versions([record.definition for record in self.definitions])

    def definition_of(self, record: ProposalRecord) -> Definition:
        """Return the definition under which a proposal was planned as it is planned now."""
        return self.definitions[record.space_version - 1].definition

    def knobs_of(self, formulations: Iterable[Formulation]) -> dict[str, Parameter]:
        """Return the parameters in force, then those of older versions that some formulations name."""
        versions, found = self.versions, dict[str, Parameter](self.definition.knobs)
        for name in dict.fromkeys(name for formulation in formulations for name in formulation):
            known = versions.knob(name)
            if known is not None:
                found.setdefault(name, known)
        return found

    @property
    def cycle(self) -> int:
        """Number of the last cycle, 0 before the first."""
        return max(self.cycles, default=0)

    @property
    def open_proposals(self) -> list[ProposalRecord]:
        """Proposals asked for and not yet over, in the order they were made."""
        return [record for record in self.proposals.values() if record.is_open]

    @property
    def observations(self) -> list[Observation]:
        """What every specimen showed, in the order of arrival; excluded ones are marked."""
        return [record.observation for record in self.specimens.values()]

    def proposal(self, proposal: str) -> ProposalRecord:
        """Look up a proposal; ProposalError where there is none of that id."""
        try:
            return self.proposals[ProposalId(proposal)]
        except KeyError:
            known = ", ".join(r.proposal.id for r in self.open_proposals) or "none"
            raise ProposalError(f"{self.campaign} has no proposal {proposal!r}; open ones are {known}") from None

    def specimen(self, specimen: str) -> SpecimenRecord:
        """Look up a specimen; ProposalError where there is none of that id."""
        try:
            return self.specimens[SpecimenId(specimen)]
        except KeyError:
            raise ProposalError(f"{self.campaign} has no specimen {specimen!r}") from None

    def data_hash(self) -> str:
        """Hash all that a model may learn from: observations, lessons, infeasible formulations, pending plans."""
        return fingerprint(
            {
                "observations": [o.model_dump(mode="json") for o in self.observations],
                "proposals": [
                    [record.proposal.id, record.state.value, dict(record.planned), record.is_lesson]
                    for record in self.proposals.values()
                    if record.is_open or record.is_lesson or record.state is ProposalState.INFEASIBLE
                ],
            }
        )
