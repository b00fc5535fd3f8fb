"""What wishes of every kind rest on: a reason, a step that fits, the steps that a result implies. Pure."""

from __future__ import annotations

from loop.errors import ProposalError
from loop.events import Event, ProposalDispatched, ProposalStarted
from loop.proposal import ProposalState, next_state
from loop.state import CampaignState, ProposalRecord

__all__ = ["may", "need_text", "up_to_running"]


def may(state: CampaignState, proposal: str, step: str) -> ProposalRecord:
    """Look up a proposal that a step fits; TransitionError where it does not."""
    known = state.proposal(proposal)
    next_state(known.proposal.id, known.state, step)
    return known


def need_text(text: str, what_for: str, *, what: str = "a reason") -> None:
    """Refuse a blank text: what changes the course of a campaign needs a reason."""
    if not text.strip():
        raise ProposalError(f"{what_for} needs {what}: the log has to make sense later")


def up_to_running(known: ProposalRecord) -> list[Event]:
    """Book the steps on the way to the laboratory that nobody booked; they say so."""
    which, implied = known.proposal.id, "implied by its result"
    match known.state:
        case ProposalState.APPROVED:
            return [
                ProposalDispatched(proposal_id=which, reason=implied),
                ProposalStarted(proposal_id=which, reason=implied),
            ]
        case ProposalState.DISPATCHED | ProposalState.FAILED:
            return [ProposalStarted(proposal_id=which, reason=implied)]
    return []
