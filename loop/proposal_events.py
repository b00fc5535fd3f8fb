"""What happened to proposals: asked for, decided on, made, over. Facts in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from loop.ids import ProposalId
from loop.proposal import Prediction, Proposal
from loop.rungs import Rung
from loop.values import Frozen, Setting

__all__ = [
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
]


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
