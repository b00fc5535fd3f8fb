"""Close the loop without people: propose, approve, measure in a stand-in laboratory, learn, propose again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from loop.counting import counted
from loop.observations import TargetValue
from loop.state import CampaignState, ProposalRecord
from services.campaign.service import CampaignService

__all__ = ["Laboratory", "run_closed_loop"]


class Laboratory(Protocol):
    """Answers what one specimen of a proposal shows."""

    def measure(self, record: ProposalRecord, replicate: int) -> Mapping[str, TargetValue]:
        """Return every measured target of a specimen; the same proposal and replicate give the same values."""
        ...


def run_closed_loop(
    service: CampaignService,
    campaign: str,
    laboratory: Laboratory,
    *,
    cycles: int,
    say: Callable[[str], None] = lambda _: None,
) -> CampaignState:
    """Run cycles of a campaign, each closed before the next begins.

    Interrupted and started again, it goes on with what is open.
    """
    while True:
        state = service.state(campaign)
        done = sum(cycle.closed_at is not None for cycle in state.cycles.values())
        if done >= cycles:
            return state
        opened = service.propose(campaign)
        service.approve(campaign, reason="approved by the stand-in for a person")
        for known in opened:
            for replicate in range(1, known.proposal.replicates + 1):
                service.record(
                    known.proposal.id,
                    laboratory.measure(known, replicate),
                    replicate=replicate,
                    source="stand-in laboratory",
                )
        say(f"cycle {opened[0].proposal.cycle} closed: {counted(len(opened), 'formulation')} made")
