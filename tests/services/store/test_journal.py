"""What the stored journal costs: one transaction an append, little more than checking a read."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from sqlalchemy import Connection, event

from loop.events import Entry, HypothesisNoted, read_event
from loop.ids import CampaignId
from services.store import SqlJournal

PP01 = CampaignId("PP01")
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_an_append_is_one_transaction(database):
    """However many events, there is one commit: nothing can fall between two of them."""
    journal = SqlJournal(database)
    commits: list[Connection] = []
    event.listen(database, "commit", commits.append)
    notes = [HypothesisNoted(hypothesis_id="H", cycle=1, text=str(number)) for number in range(50)]
    journal.append(PP01, notes, actor="mika", at=NOON, expected_seq=0)
    assert len(commits) == 1


def test_ten_thousand_entries_are_read_in_little_more_than_checking_them_takes(database):
    """Beyond what checking every event costs anyhow, a read of 10^4 entries stays under a second."""
    journal = SqlJournal(database)
    n_entries = 10_000
    notes = [HypothesisNoted(hypothesis_id=f"H{number}", cycle=1, text="x" * 200) for number in range(n_entries)]
    journal.append(PP01, notes, actor="mika", at=NOON, expected_seq=0)
    texts = [json.dumps(note.model_dump(mode="json")) for note in notes]

    started = time.process_time()
    checked = [
        Entry(seq=number, at=NOON, actor="mika", event=read_event(json.loads(text)))
        for number, text in enumerate(texts, start=1)
    ]
    checking_s = time.process_time() - started
    started = time.process_time()
    entries = journal.read(PP01)
    reading_s = time.process_time() - started

    assert entries == checked
    assert reading_s < checking_s + 1.0
