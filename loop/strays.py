"""Results that fit no proposal as they stand: say why, and what may be meant. Pure; books nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from loop.counting import some_of
from loop.errors import ProposalError
from loop.ids import campaign_of
from loop.proposal import ProposalState
from loop.state import CampaignState

__all__ = ["Stray", "stray", "stray_of_nobody"]

_TAKES_NO_RESULT = frozenset(
    {ProposalState.SKIPPED, ProposalState.STALE, ProposalState.INFEASIBLE, ProposalState.ABANDONED}
)


_NEAR = 0.85
"""Ids that are less alike than this are not taken for each other's slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Why a result cannot be booked on the proposal that it names, and what a person may do."""

    reason: str
    suggestion: str


def stray(state: CampaignState, proposal: str) -> Stray | None:
    """Say why results of a proposal cannot be booked in a campaign; None where they can."""
    try:
        campaign = campaign_of(proposal)
    except ProposalError as error:
        return Stray(reason=str(error), suggestion=_near(state, proposal))
    if campaign != state.campaign:
        return Stray(
            reason=f"{proposal} is a proposal of {campaign}, not of {state.campaign}",
            suggestion=f"book it there, or say which proposal of {state.campaign} is meant",
        )
    known = next((r for r in state.proposals.values() if r.proposal.id == proposal), None)
    if known is None:
        return Stray(reason=f"{state.campaign} has no proposal {proposal}", suggestion=_near(state, proposal))
    if known.state is ProposalState.PROPOSED:
        return Stray(reason=f"{proposal} is not approved", suggestion=f"meguri approve {proposal}, then book it")
    if known.state in _TAKES_NO_RESULT:
        last = known.history[-1]
        why = f": {last.reason}" if last.reason else ""
        return Stray(
            reason=f"{proposal} was {last.step} on {last.at:%Y-%m-%d} by {last.actor}{why}",
            suggestion="if it was made all the same, take it in as a specimen that nobody proposed; else drop it",
        )
    return None


def stray_of_nobody(proposal: str, campaigns: Sequence[str], waiting: Sequence[str] = ()) -> Stray:
    """Say why results cannot be booked whose proposal is of no campaign that there is.

    Parameters
    ----------
    campaigns
        Those that there are.
    waiting
        Proposals of any of them that wait for results: the one nearest to what was written may be meant.
    """
    if not proposal:
        reason = "no proposal is named"
    else:
        try:
            reason = f"there is no campaign {campaign_of(proposal)}"
        except ProposalError as error:
            reason = str(error)
    known = ", ".join(campaigns) or "none yet"
    return Stray(
        reason=reason, suggestion=_slip(proposal, waiting) or f"say which proposal is meant; campaigns are {known}"
    )


def _near(state: CampaignState, proposal: str) -> str:
    waiting = [r.proposal.id for r in state.open_proposals if r.state is not ProposalState.PROPOSED]
    listed = some_of(waiting) or "none"
    return _slip(proposal, waiting) or f"say which proposal is meant; waiting for results are {listed}"


def _slip(written: str, known: Sequence[str]) -> str:
    """Ask for the one id that is nearest to what was written; empty where none is near, or several are equally."""
    likeness = sorted(((SequenceMatcher(None, written.upper(), one).ratio(), one) for one in known), reverse=True)
    if not likeness or likeness[0][0] < _NEAR or (len(likeness) > 1 and likeness[1][0] == likeness[0][0]):
        return ""
    return f"did you mean {likeness[0][1]}?"
