"""The database itself keeps the journal: past SqlJournal, in plain SQL, the past still stands still."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from loop.events import HypothesisNoted
from loop.ids import CampaignId
from services.store import SqlJournal, UnreadableEntryError, open_database
from services.store.address import read_url

PP01 = CampaignId("PP01")
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
COLUMNS = "journal_entry (campaign, seq, at, actor, kind, payload)"
MOMENT = "'2025-03-01 12:00:00'"


@pytest.fixture
def written(journal: SqlJournal) -> SqlJournal:
    """A journal of three entries."""
    notes = [HypothesisNoted(hypothesis_id=f"H{number}", cycle=1, text="x") for number in range(3)]
    journal.append(PP01, notes, actor="mika", at=NOON, expected_seq=0)
    return journal


def run(url: str, statement: str) -> None:
    """Run a statement over a connection that the store did not prepare: no pragmas, no options."""
    engine = create_engine(read_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_entry SET actor = 'somebody' WHERE seq = 2", "append-only: no UPDATE"),
        ("UPDATE journal_entry SET seq = 9 WHERE seq = 3", "append-only: no UPDATE"),
        ("DELETE FROM journal_entry WHERE seq = 3", "append-only: no DELETE"),
        ("DELETE FROM journal_entry", "append-only: no DELETE"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', 5, {MOMENT}, 'a', 'k', '{{}}')", "without gaps"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', 3, {MOMENT}, 'a', 'k', '{{}}')", "without gaps"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', 0, {MOMENT}, 'a', 'k', '{{}}')", "without gaps"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', NULL, {MOMENT}, 'a', 'k', '{{}}')", "without gaps"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', 4, {MOMENT}, '', 'k', '{{}}')", "actor_is_not_empty"),
        (f"INSERT INTO {COLUMNS} VALUES ('PP01', 4, {MOMENT}, 'a', '', '{{}}')", "kind_is_not_empty"),
        ("UPDATE campaign SET last_seq = -1", "last_seq_counts_from_zero"),
        (f"INSERT INTO campaign (id, created_at, last_seq) VALUES ('', {MOMENT}, 0)", "id_is_not_empty"),
    ],
)
def test_what_would_change_the_past_is_refused(database_url, written, statement, said):
    """Changing, deleting, doubling, skipping, or an entry by nobody: refused by name, nothing moved."""
    before = written.read(PP01)
    with pytest.raises(DBAPIError, match=said):
        run(database_url, statement)
    assert written.read(PP01) == before


def test_entries_belong_to_a_campaign_that_stays(database, written):
    """No entry without its campaign, and no campaign taken away from its entries."""
    for statement in (
        f"INSERT INTO {COLUMNS} VALUES ('XX99', 1, {MOMENT}, 'a', 'k', '{{}}')",
        "DELETE FROM campaign WHERE id = 'PP01'",
    ):
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"), database.begin() as connection:
            connection.execute(text(statement))
    assert len(written.read(PP01)) == 3


def test_postgresql_refuses_truncate(postgresql_url):
    """The short way to delete everything is shut as well."""
    with pytest.raises(DBAPIError, match="append-only: no TRUNCATE"):
        run(postgresql_url, "TRUNCATE campaign CASCADE")


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
def test_sqlite_refuses_to_replace_an_entry(sqlite_url, verb):
    """REPLACE deletes without asking the triggers of deletion; it does not get that far."""
    connection = sqlite3.connect(read_url(sqlite_url).database)
    connection.execute(f"INSERT INTO campaign (id, created_at, last_seq) VALUES ('PP01', {MOMENT}, 0)")
    connection.execute(f"INSERT INTO {COLUMNS} VALUES ('PP01', 1, {MOMENT}, 'mika', 'k', '{{}}')")
    with pytest.raises(sqlite3.IntegrityError, match="without gaps"):
        connection.execute(f"{verb} INTO {COLUMNS} VALUES ('PP01', 1, {MOMENT}, 'other', 'k', '{{}}')")
    assert connection.execute("SELECT actor FROM journal_entry").fetchall() == [("mika",)]
    connection.close()


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        ("dream_dreamt", '{"kind": "dream_dreamt"}', "dream_dreamt"),
        ("cycle_closed", '{"kind": "cycle_closed"}', "cycle"),
        ("cycle_closed", '{"kind": "cycle_closed", "cycle": 1, "mood": "good"}', "mood"),
        ("cycle_closed", '{"kind": "hypothesis_noted", "hypothesis_id": "H", "cycle": 1, "text": ""}', "is of kind"),
        ("cycle_closed", "[1]", "dictionary"),
    ],
)
def test_an_entry_that_is_no_event_is_named(database, written, kind, payload, said):
    """What a newer meguri or a stray hand wrote is an error with campaign, number and kind, never passed over."""
    plant(database, kind, payload)
    with pytest.raises(UnreadableEntryError, match=f"PP01: entry 4 of kind '{kind}' cannot be read: ") as caught:
        written.read(PP01)
    assert said in str(caught.value)
    assert (caught.value.campaign, caught.value.seq, caught.value.kind) == ("PP01", 4, kind)
    assert len(written.read(PP01, after=4)) == 0


def test_a_payload_that_is_not_even_json_is_named(sqlite_url):
    """SQLite keeps any text; reading says which entry is broken."""
    engine = open_database(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO campaign (id, created_at, last_seq) VALUES ('PP01', {MOMENT}, 1)"))
    plant(engine, "cycle_closed", '{"kind": "cycle_closed", ', seq=1)
    with pytest.raises(UnreadableEntryError, match="PP01: entry 1 of kind 'cycle_closed' cannot be read"):
        SqlJournal(engine).read(PP01)
    engine.dispose()


def plant(engine: Engine, kind: str, payload: str, seq: int = 4) -> None:
    with engine.begin() as connection:
        statement = text(f"INSERT INTO {COLUMNS} VALUES ('PP01', :seq, {MOMENT}, 'a', :kind, :payload)")
        connection.execute(statement, {"seq": seq, "kind": kind, "payload": payload})
