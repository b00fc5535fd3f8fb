"""Rows as they stood at one moment, and back into another database, of the same kind or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from loop.errors import LeaseLostError
from loop.ids import CampaignId
from loop.journal import fold
from loop.lease import Lease
from services.store import (
    DatabaseAccessError,
    LeaseGuard,
    OccupiedDatabaseError,
    SqlJournal,
    SqlLeases,
    SqlOutbox,
    StoreError,
    known_version,
    open_database,
    reach_database,
)
from services.store.address import read_url
from services.store.condition import condition
from services.store.engine import make_engine, writing
from services.store.snapshot import entries_of, forget_origin, load, origin_of, snapshot
from tests.services.campaign.tiny import TINY, begun, run_cycle
from tests.services.campaign.workers import NOON, SetClock

PP01 = CampaignId("PP01")
TINY_TWO = TINY.replace("PP01", "PP02")


@pytest.fixture
def filled(database: Engine) -> Engine:
    """A campaign after a cycle, with a lease that somebody holds, on SQLite and PostgreSQL."""
    service = begun(SqlJournal(database))
    run_cycle(service)
    assert SqlLeases(database).take("PP01", holder="there:1", now=NOON, until=NOON + timedelta(seconds=60))
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path) -> Iterator[Engine]:
    """A database without a table, of either kind."""
    url = request.getfixturevalue("empty_postgresql_url") if request.param == "postgresql" else ""
    engine = make_engine(read_url(url or f"sqlite:///{tmp_path / 'elsewhere.db'}"))
    yield engine
    engine.dispose()


def rows_of(database: Engine) -> dict[str, list[dict[str, Any]]]:
    with snapshot(database) as found:
        return {table: list(found.rows(table)) for table in found.tables}


def put(engine: Engine, rows: dict[str, list[dict[str, Any]]], **changed: Any) -> None:
    told: dict[str, Any] = {
        "tables": rows,
        "version": known_version(),
        "origin": "backup 1",
        "handed_over_since": NOON,
    }
    load(engine, lambda table: iter(rows[table]), **told | changed)


def test_a_snapshot_sees_nothing_that_came_later(filled):
    """While it is open others write, without waiting for it; what it reads does not move."""
    with snapshot(filled) as found:
        n = found.count("journal_entry")
        begun_more = SqlJournal(filled)
        begun(begun_more, TINY_TWO)
        assert found.count("journal_entry") == n == len(list(found.rows("journal_entry")))
        assert [row["id"] for row in found.rows("campaign")] == ["PP01"]
    assert len(rows_of(filled)["campaign"]) == 2


def test_rows_are_the_same_wherever_they_stand(filled, elsewhere):
    """Loaded into the other kind of database they read back equal; only what was held is free."""
    rows = rows_of(filled)
    put(elsewhere, rows)
    again = rows_of(elsewhere)
    assert {k: v for k, v in again.items() if k != "lease"} == {k: v for k, v in rows.items() if k != "lease"}
    assert fold(PP01, entries_of(rows["journal_entry"])) == fold(PP01, SqlJournal(elsewhere).read(PP01))
    assert all(length.is_whole for length in condition(elsewhere).journals.values())


def test_rows_stand_in_one_order_whatever_language_a_server_speaks(postgresql_url, elsewhere):
    """By code points: a server that sorts as a dictionary does gives the same rows in the same order."""
    database = open_database(postgresql_url)
    with writing(database, "test") as connection:
        connection.execute(text('ALTER TABLE lease ALTER COLUMN name TYPE text COLLATE "en-US-x-icu"'))
    for name in ("inbox", "PP01", "a", "B"):
        SqlLeases(database).take(name, holder="there:1", now=NOON, until=NOON + timedelta(seconds=60))
    rows = rows_of(database)
    assert [row["name"] for row in rows["lease"]] == ["B", "PP01", "a", "inbox"]
    put(elsewhere, rows)
    assert [row["name"] for row in rows_of(elsewhere)["lease"]] == ["B", "PP01", "a", "inbox"]
    database.dispose()


def test_a_lease_of_before_is_never_valid_again(filled, elsewhere):
    """It is free, the next one's token is greater than any that was given meanwhile, and old ones are refused."""
    put(elsewhere, rows_of(filled))
    leases, clock = SqlLeases(elsewhere), SetClock()
    record = leases.record("PP01")
    assert record is not None
    assert record.holder == ""
    later = [Lease(name="PP01", holder="there:1", token=t, expires_at=NOON + timedelta(hours=1)) for t in range(50)]
    new = leases.take("PP01", holder="there:1", now=NOON, until=NOON + timedelta(seconds=60))
    assert new is not None
    for old in later:
        with writing(elsewhere, "test") as connection, pytest.raises(LeaseLostError):
            LeaseGuard(old, clock).hold(connection)
    with writing(elsewhere, "test") as connection:
        LeaseGuard(new, clock).hold(connection)


def test_orders_handed_over_lately_are_handed_over_again(database, elsewhere):
    """What the laboratory wrote down of them may be older than the rows; earlier ones are not sent twice."""
    service = begun(SqlJournal(database))
    service.propose("PP01")
    service.approve("PP01")
    first, second, *_ = [str(r.proposal.id) for r in service.state("PP01").open_proposals]
    outbox, handed = SqlOutbox(database), []
    for proposal, at in ((first, NOON - timedelta(hours=1)), (second, NOON)):
        service.dispatch([proposal])
        (order,) = outbox.undelivered(PP01)
        outbox.deliver(order, handed.append, at=at)
    put(elsewhere, rows_of(database), handed_over_since=NOON - timedelta(minutes=1))
    assert SqlOutbox(elsewhere).undelivered(PP01) == handed[1:]


def test_rows_go_only_where_there_are_none(filled, elsewhere):
    """Not on top of others, whoever's; not twice. The tables of an empty database are used."""
    rows = rows_of(filled)
    with pytest.raises(OccupiedDatabaseError, match="holds the campaigns PP01"):
        put(filled, rows)
    assert rows_of(filled) == rows
    open_database(elsewhere.url.render_as_string(hide_password=False)).dispose()
    put(elsewhere, rows)
    with pytest.raises(OccupiedDatabaseError, match="PP01"):
        put(elsewhere, rows)
    with pytest.raises(OccupiedDatabaseError, match=f"version {known_version()}.* version 1"):
        put(elsewhere, rows, version=1)


SPOILT: dict[str, Callable[[dict[str, list[dict[str, Any]]]], Any]] = {
    "a column too few": lambda rows: rows["campaign"][0].pop("last_seq"),
    "a column too many": lambda rows: rows["campaign"][0].update(mood="good"),
    "no moment": lambda rows: rows["campaign"][0].update(created_at="yesterday"),
    "no number": lambda rows: rows["campaign"][0].update(last_seq=10**30),
    "another type": lambda rows: rows["journal_entry"][0].update(actor={"name": "mori"}),
    "a gap": lambda rows: rows["journal_entry"].pop(2),
    "twice the same": lambda rows: rows["campaign"].append(rows["campaign"][0]),
    "no such table": lambda rows: rows.update(mood=[]),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_that_do_not_fit_are_refused_whole(filled, elsewhere):
    """All or nothing, whatever is wrong with one: not a table is left behind."""
    for spoil in SPOILT.values():
        rows = rows_of(filled)
        spoil(rows)
        with pytest.raises(StoreError):
            put(elsewhere, rows)
        assert inspect(elsewhere).get_table_names() == []


def test_rows_that_a_database_would_change_are_refused(filled, elsewhere):
    """A number where a text belongs would be kept as a text: it does not read back as it was."""
    rows = rows_of(filled)
    rows["lease"][0]["holder"] = 7
    with pytest.raises(StoreError, match="does not read back as it was"):
        put(elsewhere, rows)
    assert inspect(elsewhere).get_table_names() == []


def test_where_rows_came_from_is_known_until_all_is_in_place(filled, elsewhere):
    """Then it is forgotten, as often as one asks."""
    assert origin_of(filled) is None
    put(elsewhere, rows_of(filled))
    assert origin_of(elsewhere) == "backup 1" == condition(elsewhere).origin
    forget_origin(elsewhere)
    forget_origin(elsewhere)
    assert origin_of(elsewhere) is None


def test_looking_makes_nothing(tmp_path):
    """A database that is not there is said to be missing, and is not there afterwards."""
    with pytest.raises(DatabaseAccessError, match="no such file"):
        reach_database(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_the_condition_of_a_database_is_told(filled):
    """Kind, versions, whether it is whole, how long its journals are; a server's clock agrees with ours."""
    found = condition(filled)
    assert (found.schema_version, found.known_version, found.faults, found.n_dangling) == (
        known_version(),
        known_version(),
        (),
        0,
    )
    n = SqlJournal(filled).read(PP01)[-1].seq
    length = found.journals["PP01"]
    assert (length.last_seq, length.n_entries, length.first, length.last) == (n, n, 1, n)
    assert found.size_bytes > 10_000
    if filled.dialect.name == "sqlite":
        assert (found.kind, found.clock_ahead_s) == ("SQLite", None)
        assert found.wal_bytes is not None
    else:
        assert (found.kind, found.wal_bytes) == ("PostgreSQL", None)
        assert found.clock_ahead_s is not None
        assert abs(found.clock_ahead_s) < 1


def test_a_journal_shorter_than_its_count_is_seen(filled):
    """As after a damaged file was mended by leaving rows out."""
    with writing(filled, "test") as connection:
        connection.execute(text("UPDATE campaign SET last_seq = last_seq + 1"))
    assert not condition(filled).journals["PP01"].is_whole
