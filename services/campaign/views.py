"""What people and programs are shown of a campaign: one set of shapes for JSON, for tables, for pages. Pure.

These shapes are promised: keys are added, never renamed or dropped, within one version of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from loop.errors import Fault
from loop.events import Entry
from loop.observations import TargetValue
from loop.progress import best_by_cycle, budget_use, cycles_without_improvement, limits_progress, specimen_rows
from loop.proposal import Origin, Prediction, ProposalState
from loop.state import CampaignState, ProposalRecord
from loop.values import Frozen, Setting
from services.campaign.sentences import sentence

__all__ = [
    "BestView",
    "BudgetView",
    "CampaignView",
    "CampaignsView",
    "EditView",
    "EntryView",
    "FaultView",
    "HypothesisView",
    "LimitsView",
    "LogView",
    "ProposalView",
    "ProposalsView",
    "ReplayView",
    "ReplaysView",
    "StatusView",
    "ValidationView",
    "WrittenView",
    "campaign_view",
    "log_view",
    "proposal_view",
    "proposals_view",
    "status_view",
    "stop_advice",
]


class ProposalView(Frozen):
    """One proposal: what is planned, what was expected, what came out."""

    id: str
    cycle: int
    state: ProposalState
    origin: Origin
    reason: str
    planned: Mapping[str, Setting] = Field(description="Value by parameter, as planned now.")
    proposed: Mapping[str, Setting] | None = Field(description="As first proposed, where a person edited it.")
    predicted: Mapping[str, Prediction] = Field(description="Mean and sd by target, written before it was made.")
    acquisition: float | None
    block: str
    run_order: int
    replicates: int
    results: Mapping[str, Mapping[str, TargetValue]] = Field(description="Values by specimen and target.")
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


class BestView(Frozen):
    """A specimen that nothing known beats."""

    specimen: str
    formulation: Mapping[str, Setting]
    targets: Mapping[str, float | None] = Field(description="Number by target, computed ones included.")


class BudgetView(Frozen):
    """What was spent, and what may be."""

    formulations_begun: int
    formulations_allowed: int | None
    cycles: int
    cycles_allowed: int | None


class LimitsView(Frozen):
    """How far the hard limits are met."""

    first_specimen_within_all: str | None
    n_made_until_then: int | None
    n_within_by_target: Mapping[str, int]


class HypothesisView(Frozen):
    """What somebody expected, and whether it held."""

    id: str
    cycle: int
    text: str
    actor: str
    held: str
    reason: str


class StatusView(Frozen):
    """Where a campaign stands."""

    campaign: str
    title: str
    version: int = Field(description="Version of the definition in force.")
    seq: int = Field(description="Number of the last journal entry.")
    at: datetime = Field(description="Moment of the last journal entry, UTC.")
    cycle: int = Field(description="Number of the last cycle, 0 before the first.")
    n_specimens: int
    n_imported: int
    n_excluded: int
    n_proposals: Mapping[str, int] = Field(description="Number of proposals by state.")
    open_proposals: tuple[ProposalView, ...]
    best: tuple[BestView, ...] = Field(
        description="The best specimen, or the front; empty before any meets the limits."
    )
    budget: BudgetView
    limits: LimitsView | None
    hypotheses: tuple[HypothesisView, ...]
    n_cycles_without_improvement: int
    advice: str = Field(description="Why to think of stopping; empty where there is no reason.")


class CampaignView(Frozen):
    """One line about a campaign."""

    campaign: str
    title: str
    cycle: int
    n_specimens: int
    n_open: int
    at: datetime


class CampaignsView(Frozen):
    """The campaigns of a workspace."""

    workspace: str
    campaigns: tuple[CampaignView, ...]


class EntryView(Frozen):
    """One line of the journal: in words, and as it is written."""

    seq: int
    at: datetime
    actor: str
    text: str
    event: Mapping[str, Any]


class LogView(Frozen):
    """What happened in a campaign, in order."""

    campaign: str
    entries: tuple[EntryView, ...]


class FaultView(Frozen):
    """One thing wrong with a definition, or one thing to look at."""

    file: str
    line: int | None
    field: str
    message: str
    hint: str

    @classmethod
    def of(cls, fault: Fault) -> FaultView:
        """Show a fault."""
        return cls(file=fault.file, line=fault.line, field=fault.field, message=fault.message, hint=fault.hint)

    def __str__(self) -> str:
        return str(Fault(field=self.field, message=self.message, hint=self.hint, line=self.line, file=self.file))


class ValidationView(Frozen):
    """What checking a definition found."""

    file: str
    is_valid: bool
    campaign: str | None
    faults: tuple[FaultView, ...]
    warnings: tuple[FaultView, ...]


class ReplayView(Frozen):
    """One logged cycle made again."""

    cycle: int
    is_same: bool
    differences: tuple[str, ...] = Field(description="Field of each proposal that came out otherwise.")


class ReplaysView(Frozen):
    """Logged cycles made again."""

    campaign: str
    is_same: bool
    cycles: tuple[ReplayView, ...]


class WrittenView(Frozen):
    """A file that was written."""

    campaign: str
    what: str
    file: str


def proposal_view(state: CampaignState, record: ProposalRecord) -> ProposalView:
    """Show one proposal."""
    proposal = record.proposal
    is_edited = dict(record.planned) != dict(proposal.formulation)
    return ProposalView(
        id=proposal.id,
        cycle=proposal.cycle,
        state=record.state,
        origin=proposal.origin,
        reason=proposal.reason,
        planned=record.planned,
        proposed=proposal.formulation if is_edited else None,
        predicted=record.predicted,
        acquisition=proposal.acquisition,
        block=proposal.block,
        run_order=proposal.run_order,
        replicates=proposal.replicates,
        results={which: state.specimens[which].observation.targets for which in record.specimens},
        rests_on_corrected=record.corrected_since,
    )


def proposals_view(state: CampaignState, records: Sequence[ProposalRecord]) -> ProposalsView:
    """Show proposals in the order given."""
    return ProposalsView(
        campaign=state.campaign,
        cycle=state.cycle,
        proposals=tuple(proposal_view(state, record) for record in records),
    )


def status_view(state: CampaignState) -> StatusView:
    """Show where a campaign stands."""
    counts: dict[str, int] = {}
    for record in state.proposals.values():
        counts[record.state.value] = counts.get(record.state.value, 0) + 1
    spent = budget_use(state)
    return StatusView(
        campaign=state.campaign,
        title=state.definition.title,
        version=state.version,
        seq=state.seq,
        at=state.at,
        cycle=state.cycle,
        n_specimens=len(state.specimens),
        n_imported=sum(seen.proposal_id is None for seen in state.observations),
        n_excluded=sum(seen.is_excluded for seen in state.observations),
        n_proposals=counts,
        open_proposals=tuple(proposal_view(state, record) for record in state.open_proposals),
        best=_best(state),
        budget=BudgetView(
            formulations_begun=spent.n_begun,
            formulations_allowed=spent.formulations_allowed,
            cycles=spent.n_cycles,
            cycles_allowed=spent.cycles_allowed,
        ),
        limits=_limits(state),
        hypotheses=tuple(
            HypothesisView(id=h.id, cycle=h.cycle, text=h.text, actor=h.actor, held=h.held, reason=h.reason)
            for h in state.hypotheses.values()
        ),
        n_cycles_without_improvement=cycles_without_improvement(state),
        advice=stop_advice(state),
    )


def campaign_view(state: CampaignState) -> CampaignView:
    """Show one line about a campaign."""
    return CampaignView(
        campaign=state.campaign,
        title=state.definition.title,
        cycle=state.cycle,
        n_specimens=len(state.specimens),
        n_open=len(state.open_proposals),
        at=state.at,
    )


def log_view(campaign: str, entries: Sequence[Entry]) -> LogView:
    """Show journal entries in the order given."""
    return LogView(
        campaign=campaign,
        entries=tuple(
            EntryView(
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                text=sentence(entry.event),
                event=entry.event.model_dump(mode="json"),
            )
            for entry in entries
        ),
    )


def _best(state: CampaignState) -> tuple[BestView, ...]:
    cycles = best_by_cycle(state)
    names = cycles[-1].best if cycles else ()
    rows = {row.specimen_id: row for row in specimen_rows(state)}
    return tuple(BestView(specimen=n, formulation=rows[n].as_made, targets=rows[n].values) for n in names)


def _limits(state: CampaignState) -> LimitsView | None:
    found = limits_progress(state)
    if found is None:
        return None
    return LimitsView(
        first_specimen_within_all=found.first,
        n_made_until_then=found.n_until_met,
        n_within_by_target={limit.target: limit.n_met for limit in found.by_target},
    )


def stop_advice(state: CampaignState) -> str:
    """Say why to think of stopping; empty where there is no reason."""
    idle = cycles_without_improvement(state)
    spent, patience = budget_use(state), state.definition.policy.stop.patience
    if spent.formulations_left == 0:
        return f"the budget of {spent.formulations_allowed} formulations is spent"
    if spent.cycles_left == 0 and not state.open_proposals:
        return f"the budget of {spent.cycles_allowed} cycles is spent"
    if idle >= patience:
        return f"{idle} closed cycles in a row brought no better specimen: think of stopping, or of widening the space"
    return ""
