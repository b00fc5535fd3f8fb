"""One proposal, and those that are open."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from loop.observations import TargetValue
from loop.proposal import Origin, Prediction, ProposalState
from loop.values import Frozen, Setting

__all__ = ["EditView", "ProposalView", "ProposalsView"]


class ProposalView(Frozen):
    """One proposal: what is planned, what was expected, what came out."""

    id: str
    cycle: int
    state: ProposalState
    origin: Origin
    reason: str = Field(description="Why it was chosen; that a person edited it since, where one did.")
    planned: Mapping[str, Setting] = Field(description="Value by parameter, as planned now.")
    proposed: Mapping[str, Setting] | None = Field(description="As first proposed, where a person edited it.")
    predicted: Mapping[str, Prediction] = Field(description="Mean and sd by target, written before it was made.")
    acquisition: float | None
    block: str
    run_order: int
    replicates: int
    results: Mapping[str, Mapping[str, TargetValue]] = Field(description="Values by specimen and target.")
    remarks: Mapping[str, tuple[str, ...]] = Field(description="What somebody noticed, by specimen.")
    rests_on_corrected: tuple[str, ...] = Field(description="Specimens corrected since the prediction was made.")


class ProposalsView(Frozen):
    """The open proposals of a campaign."""

    campaign: str
    cycle: int
    proposals: tuple[ProposalView, ...]


class EditView(Frozen):
    """What an edit of a proposal would come to."""

    proposal: str
    planned: Mapping[str, Setting]
    predicted_before: Mapping[str, Prediction]
    predicted: Mapping[str, Prediction]
    violations: tuple[str, ...] = Field(description="Every rule that it breaks.")
    breaks_safety: bool
