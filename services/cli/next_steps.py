"""What to do next in a campaign, as commands that can be pasted."""

from __future__ import annotations

from loop.proposal import ProposalState
from loop.state import CampaignState
from services.campaign.viewing import stop_advice
from services.cli.printing import quoted

__all__ = ["next_in"]

_AWAITING = frozenset(
    {ProposalState.APPROVED, ProposalState.DISPATCHED, ProposalState.RUNNING, ProposalState.PARTLY_MEASURED}
)


def next_in(state: CampaignState) -> list[str]:
    """Return the command that brings a campaign on, then other ways."""
    campaign, open_ones = state.campaign, state.open_proposals
    proposed = [record.proposal.id for record in open_ones if record.state is ProposalState.PROPOSED]
    awaiting = [record.proposal.id for record in open_ones if record.state in _AWAITING]
    failed = [record.proposal.id for record in open_ones if record.state is ProposalState.FAILED]
    if proposed:
        return [
            f"meguri approve {campaign}",
            f"meguri edit {proposed[0]} NAME=VALUE --reason TEXT",
            f"meguri skip {proposed[0]} --reason TEXT",
        ]
    if awaiting:
        targets = " ".join(f"{quoted(name)}=VALUE" for name in state.definition.measured_targets)
        return [
            f"meguri export {campaign} --what results",
            f"meguri record {awaiting[0]} {targets}",
        ]
    if failed:
        return [
            f"meguri record {failed[0]} TARGET=VALUE",
            f"meguri record {failed[0]} --abandoned --reason TEXT",
        ]
    if not state.specimens:
        return [f"meguri import {campaign} TABLE", f"meguri propose {campaign}"]
    steps = [f"meguri propose {campaign}", f"meguri report {campaign} --open"]
    return steps[::-1] if stop_advice(state) else steps
