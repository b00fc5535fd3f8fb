"""Show a campaign in the shapes of `services.campaign.views`: where it stands, its proposals, what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loop.budget import budget_use
from loop.counting import counted, some_of
from loop.events import Entry
from loop.progress import best_by_cycle, cycles_without_improvement, limits_progress, specimen_rows
from loop.questions import questions
from loop.reasons import reason_now
from loop.remarks import known_remarks
from loop.sentences import sentence
from loop.state import CampaignState, ProposalRecord
from loop.teaching import silent
from loop.tick import Approve, Ask, Dispatch, GiveUp, Propose, Refit, Wait, Work, due
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
    QuestionView,
    RefitView,
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


def status_view(
    state: CampaignState,
    *,
    now: datetime | None = None,
    n_held: int = 0,
    n_refused_files: int = 0,
    n_measurements_waiting: int = 0,
    orders_not_delivered: Sequence[str] = (),
) -> StatusView:
    """Show where a campaign stands.

    Parameters
    ----------
    now
        The present moment, aware: it decides what is overdue. The moment of the last entry where left out.
    n_held
        Results that wait for a person.
    n_measurements_waiting
        Measurements of this campaign that look wrong, and those of nobody yet.
    n_refused_files
        Files that the inbox refused.
    orders_not_delivered
        Work orders that did not leave yet.
    """
    moment = now or state.at
    work = due(state, moment)
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
        course=state.course,
        course_reason=state.course_reason,
        due="" if isinstance(work, Wait) else _told(work),
        waits_for=work.why if isinstance(work, Wait) else "",
        questions=tuple(QuestionView(question=q.question, suggestion=q.suggestion) for q in questions(state, moment)),
        refits=tuple(RefitView(cycle=r.cycle, at=r.at, surrogate=r.surrogate, fits=r.fits) for r in state.refits),
        n_held=n_held,
        n_refused_files=n_refused_files,
        n_measurements_waiting=n_measurements_waiting,
        orders_not_delivered=tuple(orders_not_delivered),
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


def _told(work: Work) -> str:
    """Say what a piece of work would do."""
    match work:
        case Refit(cycle=cycle):
            return f"learn from cycle {cycle}"
        case Ask(question=question):
            return f"ask a person: {question.question}"
        case Approve(proposals=proposals):
            return f"approve {some_of(proposals)}"
        case Dispatch(proposals=proposals):
            return f"send {some_of(proposals)} to the laboratory"
        case GiveUp(proposal=proposal, reason=reason):
            return f"give {proposal} up: {reason}"
        case Propose(count=count):
            return f"propose {counted(count, 'formulation')}"


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
    if spent.formulations_to_ask_for == 0 and not state.open_proposals:
        return f"the budget of {counted(spent.formulations_allowed or 0, 'formulation')} is spent"
    if spent.cycles_left == 0 and not state.open_proposals:
        return f"the budget of {counted(spent.cycles_allowed or 0, 'cycle')} is spent"
    if idle >= patience:
        cycles = f"{idle} closed cycles in a row" if idle > 1 else "the last closed cycle"
        return f"{cycles} brought no better specimen: think of stopping, or of widening the space"
    return ""
