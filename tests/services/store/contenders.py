"""What other processes do to a database at the same time: run by `multiprocessing`, so importable and plain."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from loop.errors import JournalConflictError
from loop.events import HypothesisNoted
from loop.ids import CampaignId
from services.store import SqlJournal, open_database, schema_version

CAMPAIGN = CampaignId("PP01")
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
BATCH = 3
"""How many events `write_for_ever` puts into one append."""


def contend(url: str, name: str, n_rounds: int, together: Barrier, won: Queue[list[int]]) -> None:
    """In every round write behind the same entry as everybody else; report the numbers that were ours."""
    journal = SqlJournal(open_database(url))
    mine = []
    for last_seq in range(n_rounds):
        together.wait()
        note = HypothesisNoted(hypothesis_id=name, cycle=1, text=f"round {last_seq}")
        try:
            (entry,) = journal.append(CAMPAIGN, [note], actor=name, at=NOON, expected_seq=last_seq)
        except JournalConflictError:
            continue
        mine.append(entry.seq)
    won.put(mine)


def write_for_ever(url: str, name: str) -> None:
    """Append batches until killed."""
    journal = SqlJournal(open_database(url))
    while True:
        last_seq = len(journal.read(CAMPAIGN))
        notes = [HypothesisNoted(hypothesis_id=f"{number}", cycle=1, text=name) for number in range(BATCH)]
        journal.append(CAMPAIGN, notes, actor=name, at=NOON, expected_seq=last_seq)


def open_together(url: str, together: Barrier, versions: Queue[int]) -> None:
    """Open a database in the same moment as everybody else; report the schema found then."""
    together.wait()
    engine = open_database(url)
    versions.put(schema_version(engine))
