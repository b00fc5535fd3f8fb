"""What another process does to the same campaign at the same time: importable and plain."""

from __future__ import annotations

from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from services.campaign.clock import SystemClock
from services.campaign.service import CampaignService
from services.store import SqlJournal, open_database


def propose(url: str, name: str, together: Barrier, ids: Queue[list[str]]) -> None:
    """Propose in the same moment as everybody else; report the ids that came back."""
    service = CampaignService(journal=SqlJournal(open_database(url)), clock=SystemClock(), actor=name)
    service.state("PP01")
    together.wait()
    ids.put([str(record.proposal.id) for record in service.propose("PP01")])
