"""What follows by itself from a change: stale proposals, closed cycles. Pure."""

from __future__ import annotations

from loop.events import CycleClosed, Event, ProposalClosed, ProposalStaled
from loop.proposal import ProposalState
from loop.state import CampaignState

__all__ = ["consequences"]

_OVER_OR_MEASURED = frozenset(
    {
        ProposalState.SKIPPED,
        ProposalState.STALE,
        ProposalState.MEASURED,
        ProposalState.CLOSED,
        ProposalState.INFEASIBLE,
        ProposalState.ABANDONED,
    }
)


def consequences(before: CampaignState | None, after: CampaignState) -> list[Event]:
    """Work out what follows by itself from a change.

    New data or a new space make unapproved proposals stale; a cycle whose proposals are all over or measured closes.
    """
    events: list[Event] = []
    stale: set[str] = set()
    if before is not None:
        is_new_space = after.version != before.version
        if is_new_space or _has_news(before, after):
            why = f"the space became version {after.version}" if is_new_space else "new data came in"
            for known in after.proposals.values():
                if known.state is ProposalState.PROPOSED:
                    stale.add(known.proposal.id)
                    events.append(ProposalStaled(proposal_id=known.proposal.id, reason=why))
    for cycle in after.cycles.values():
        if cycle.closed_at is not None:
            continue
        members = [after.proposals[p] for p in cycle.proposals]
        if not all(m.state in _OVER_OR_MEASURED or m.proposal.id in stale for m in members):
            continue
        events += [
            ProposalClosed(proposal_id=m.proposal.id, reason="all results of the cycle are in")
            for m in members
            if m.state is ProposalState.MEASURED
        ]
        events.append(CycleClosed(cycle=cycle.cycle, reason="every proposal is measured or over"))
    return events


def _has_news(before: CampaignState, after: CampaignState) -> bool:
    """Say whether any specimen shows something else than before; what is the same record needs no second look."""
    for name, record in after.specimens.items():
        known = before.specimens.get(name)
        if known is not record and (known is None or known.observation != record.observation):
            return True
    return False
