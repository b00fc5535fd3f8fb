"""What may be done to a plan before there is a result: approve, edit, skip, send out, give up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loop.commands.steps import may, need_text, up_to_running
from loop.errors import FormulationError
from loop.events import (
    Event,
    ProposalAbandoned,
    ProposalApproved,
    ProposalDispatched,
    ProposalEdited,
    ProposalFailed,
    ProposalInfeasible,
    ProposalSkipped,
)
from loop.orders import next_order_id
from loop.proposal import Prediction, ProposalState
from loop.state import CampaignState
from loop.values import Formulation

__all__ = ["abandon", "approve", "dispatch", "edit", "fail", "mark_infeasible", "skip"]


def approve(state: CampaignState, proposals: Sequence[str], *, reason: str = "") -> list[Event]:
    """Let proposals be made as planned."""
    return [ProposalApproved(proposal_id=may(state, p, "approved").proposal.id, reason=reason) for p in proposals]


def edit(
    state: CampaignState,
    proposal: str,
    planned: Formulation,
    *,
    predicted: Mapping[str, Prediction],
    reason: str,
    allow_violations: bool = False,
) -> list[Event]:
    """Change a plan by hand, and thereby approve it.

    Raises
    ------
    FormulationError
        If the plan breaks the space: always where a safety rule is broken, else unless `allow_violations`.
    """
    record_ = may(state, proposal, "edited")
    need_text(reason, "an edit")
    broken = state.definition.space().violations(planned)
    unsafe = [violation for violation in broken if violation.is_safety]
    if unsafe or (broken and not allow_violations):
        listed = "; ".join(str(violation) for violation in (unsafe or broken))
        way_out = "a safety rule holds for edits too" if unsafe else "change it, or say that you know (--anyway)"
        raise FormulationError(f"{proposal}: {listed}: {way_out}")
    values = state.definition.space().read(planned)
    return [ProposalEdited(proposal_id=record_.proposal.id, planned=values, predicted=predicted, reason=reason)]


def skip(state: CampaignState, proposal: str, *, reason: str, is_lesson: bool = False) -> list[Event]:
    """Turn a proposal down, with or without a lesson for the model."""
    need_text(reason, "skipping")
    return [
        ProposalSkipped(proposal_id=may(state, proposal, "skipped").proposal.id, is_lesson=is_lesson, reason=reason)
    ]


def dispatch(state: CampaignState, proposals: Sequence[str], *, reason: str = "") -> list[Event]:
    """Send proposals to the laboratory with one work order: approved ones, or failed ones again."""
    order = next_order_id(state)
    return [
        ProposalDispatched(proposal_id=may(state, proposal, "dispatched").proposal.id, reason=reason, order=order)
        for proposal in proposals
    ]


def fail(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Write down that making or testing failed; it may be tried again."""
    need_text(reason, "a failure")
    known = state.proposal(proposal)
    return [*up_to_running(known), ProposalFailed(proposal_id=known.proposal.id, reason=reason)]


def mark_infeasible(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Write down that a formulation cannot be made; the model keeps away from its like."""
    need_text(reason, "a formulation that cannot be made")
    known = state.proposal(proposal)
    before = [] if known.state is ProposalState.FAILED else up_to_running(known)
    return [*before, ProposalInfeasible(proposal_id=known.proposal.id, reason=reason)]


def abandon(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Give a proposal up for good, without a lesson."""
    need_text(reason, "giving up")
    known = state.proposal(proposal)
    before = [] if known.state is ProposalState.FAILED else up_to_running(known)
    return [*before, ProposalAbandoned(proposal_id=known.proposal.id, reason=reason)]
