"""Show a campaign in the shapes of `services.campaign.views`: where it stands, its proposals, what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from loop.counting import counted
from loop.events import Entry
from loop.progress import best_by_cycle, budget_use, cycles_without_improvement, limits_progress, specimen_rows
from loop.reasons import reason_now
from loop.remarks import known_remarks
from loop.sentences import sentence
from loop.state import CampaignState, ProposalRecord
from loop.teaching import silent
from services.campaign.views import (
    BestView,
    BudgetView,
    CampaignView,
    EntryView,
    HypothesisView,
    LimitsView,
    LogView,
    ProposalsView,
    ProposalView,
    SilentView,
    StatusView,
)

__all__ = ["campaign_view", "log_view", "proposal_view", "proposals_view", "status_view", "stop_advice"]


def proposal_view(state: CampaignState, record: ProposalRecord) -> ProposalView:
    """Show one proposal."""
    proposal = record.proposal
    is_edited = dict(record.planned) != dict(proposal.formulation)
    return ProposalView(
        id=proposal.id,
        cycle=proposal.cycle,
        state=record.state,
        origin=proposal.origin,
        reason=reason_now(state, record),
        planned=record.planned,
        proposed=proposal.formulation if is_edited else None,
        predicted=record.predicted,
        acquisition=proposal.acquisition,
        block=proposal.block,
        run_order=proposal.run_order,
        replicates=proposal.replicates,
        results={which: state.specimens[which].observation.targets for which in record.specimens},
        remarks={one.specimen_id: known_remarks(state, one.specimen_id) for one in record.remarks},
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
    spent, unheard = budget_use(state), silent(state)
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
        n_teaching=len(state.specimens) - len(unheard),
        not_teaching=tuple(SilentView(specimen=one.specimen_id, reason=one.reason) for one in unheard),
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
        return f"the budget of {counted(spent.formulations_allowed or 0, 'formulation')} is spent"
    if spent.cycles_left == 0 and not state.open_proposals:
        return f"the budget of {counted(spent.cycles_allowed or 0, 'cycle')} is spent"
    if idle >= patience:
        cycles = f"{idle} closed cycles in a row" if idle > 1 else "the last closed cycle"
        return f"{cycles} brought no better specimen: think of stopping, or of widening the space"
    return ""
