"""Every schema that was ever released is upgraded: nothing lost, nothing changed, and the campaign goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from services.campaign.service import CampaignService
from services.disk import watched
from services.store import DatabaseAccessError, SqlJournal, known_version, open_database, schema_version
from services.store.address import read_url
from services.store.engine import make_engine, writing
from services.store.schema import migrate, migrating
from services.store.snapshot import snapshot
from services.store.tables import StoreTable
from tests.services.campaign.tiny import run_cycle
from tests.services.store.released.write import TABLES, facts_of
from tests.services.store.test_schema import differences, rules

HERE = Path(__file__).parent / "released"
RELEASED = sorted(int(path.stem[1:]) for path in HERE.glob("v????.jsonl"))
POINTS = ["before begin schema", "after begin schema", "before commit schema", "after commit schema"]
LATER = datetime(2026, 1, 1, tzinfo=UTC)


class KilledError(BaseException):
    """Stands for a process that dies: nothing catches it."""


class Later:
    def now(self) -> datetime:
        return LATER


def rows_of(version: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows that the code of a released schema wrote; texts in them may hold any line break but one."""
    for line in (HERE / f"v{version:04d}.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n"):
        told = json.loads(line)
        yield told["table"], told["row"]


def said_of(version: int) -> dict[str, Any]:
    return json.loads((HERE / f"v{version:04d}.facts.json").read_text(encoding="utf-8"))


def put(url: str, version: int) -> None:
    """Build a released schema by its migrations and fill it with the rows of its time."""
    engine = make_engine(read_url(url))
    with migrating(engine, "test") as connection:
        migrate(connection, version)
        tables = MetaData()
        tables.reflect(connection)
        for name, row in rows_of(version):
            moments = {c.name for c in tables.tables[name].columns if c.type.python_type is datetime}
            kept = {k: datetime.fromisoformat(v[:-1]) if k in moments and v else v for k, v in row.items()}
            connection.execute(insert(tables.tables[name]), kept)
    assert schema_version(engine) == version
    engine.dispose()


def is_within(old: Any, new: Any) -> bool:
    """Whether everything that was said is still said, word for word; more may be said by now."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and is_within(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(is_within, old, new))
    return bool(old == new)


@pytest.fixture(params=RELEASED, ids=lambda version: f"v{version}")
def version(request: pytest.FixtureRequest) -> int:
    """Each released schema that there are rows of."""
    return request.param


@pytest.fixture
def old_url(empty_database_url: str, version: int) -> str:
    """A database as a released schema left it, on SQLite and on PostgreSQL."""
    put(empty_database_url, version)
    return empty_database_url


@pytest.fixture
def upgraded(old_url: str) -> Iterator[Engine]:
    """The same, opened by the code of today."""
    engine = open_database(old_url)
    yield engine
    engine.dispose()


def test_there_are_rows_of_every_released_schema():
    """Of each version but the last, which nobody had to leave yet; and what the code of the time said of them."""
    assert RELEASED[:1] == [1]
    assert set(range(1, known_version())) <= set(RELEASED)
    for released in RELEASED:
        facts = said_of(released)
        journal = [row for table, row in rows_of(released) if table == "journal_entry"]
        assert len(journal) == sum(campaign["seq"] for campaign in facts.values()) > 50
        assert {table for table, _ in rows_of(released)} <= set(TABLES) <= set(StoreTable.metadata.tables)


def test_an_upgrade_loses_and_changes_nothing(upgraded, version):
    """Every row reads back as the old code wrote it; those of the journal byte for byte where they are JSON."""
    with snapshot(upgraded) as found:
        for table in {name for name, _ in rows_of(version)}:
            wanted = [row for name, row in rows_of(version) if name == table]
            there = [{k: row[k] for k in wanted[0]} for row in found.rows(table)]
            plain = [
                {k: v.replace("+00:00", "Z") if k.endswith("at") and v else v for k, v in row.items()} for row in there
            ]
            assert sorted(map(json.dumps, plain)) == sorted(map(json.dumps, wanted))


def test_states_come_to_what_the_old_code_said_of_them(upgraded, version):
    """Proposals, specimens, hashes, what status shows: all that was said then is said now."""
    service = CampaignService(journal=SqlJournal(upgraded), clock=Later(), actor="mori")
    now, then = facts_of(service), json.loads(json.dumps(said_of(version)))
    assert now.keys() == then.keys()
    for campaign, said in then.items():
        for fact, value in said.items():
            assert is_within(value, json.loads(json.dumps(now[campaign][fact]))), (campaign, fact)


def test_a_lost_fact_would_be_noticed():
    """Something gone, changed, or shorter is not what was said; something more is fine."""
    assert is_within({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}], "d": 4})
    for other in ({}, {"a": [1]}, {"a": [1, {"b": 3}]}, {"a": [1, {}]}):
        assert not is_within({"a": [1, {"b": 2}]}, other)


def test_an_upgraded_campaign_goes_on(upgraded):
    """Another cycle is proposed, approved and measured; entries follow the old ones without a gap."""
    service = CampaignService(journal=SqlJournal(upgraded), clock=Later(), actor="mori")
    before = service.state("PP01")
    made = run_cycle(service)
    after = service.state("PP01")
    assert made
    assert after.seq > before.seq
    assert all(after.proposal(proposal).state.value == "closed" for proposal in made)
    assert list(after.proposals)[: len(before.proposals)] == list(before.proposals)


def test_an_upgraded_database_is_one_of_today(upgraded, request):
    """Tables, keys and checks are those of a new one, and the journal cannot be changed behind its back."""
    assert differences(upgraded) == []
    fresh = open_database(request.getfixturevalue(f"{upgraded.dialect.name}_url"))
    assert rules(upgraded) == rules(fresh)
    fresh.dispose()
    for statement, said in (
        ("UPDATE journal_entry SET actor = 'x' WHERE seq = 2", "append-only: no UPDATE"),
        ("DELETE FROM journal_entry WHERE seq = 15", "append-only: no DELETE"),
        ("INSERT INTO journal_entry SELECT campaign, 99, at, actor, kind, payload FROM journal_entry", "without gaps"),
        ("UPDATE campaign SET last_seq = -1", "last_seq_counts_from_zero"),
    ):
        with pytest.raises(DBAPIError, match=said), upgraded.begin() as connection:
            connection.execute(text(statement))


def tables_of(url: str) -> list[str]:
    engine = make_engine(read_url(url))
    found = sorted(inspect(engine).get_table_names())
    engine.dispose()
    return found


def points_of(work: Callable[[], Any]) -> list[str]:
    """Every crash point that some work passes."""
    passed: list[str] = []
    with watched(passed.append):
        work()
    return passed


def test_killed_in_the_middle_of_an_upgrade_it_upgrades_at_the_next_start(old_url, version):
    """Dead at each crash point in turn, it leaves the old schema or the new one, whole; the next start goes on."""
    before = tables_of(old_url)
    for at in POINTS:

        def die(point: str, at: str = at) -> None:
            if point == at:
                raise KilledError(point)

        with pytest.raises(KilledError), watched(die):
            open_database(old_url).dispose()
        engine = make_engine(read_url(old_url))
        is_done = at == POINTS[-1]
        assert schema_version(engine) == (known_version() if is_done else version)
        assert is_done or tables_of(old_url) == before
        engine.dispose()
    assert points_of(lambda: open_database(old_url).dispose()) == []
    engine = open_database(old_url)
    assert differences(engine) == []
    assert SqlJournal(engine).campaigns() == sorted(said_of(version))
    engine.dispose()


def test_the_crash_points_of_an_upgrade_are_those(old_url):
    """None was forgotten above."""
    assert points_of(lambda: open_database(old_url).dispose()) == POINTS


def test_what_stands_in_the_way_is_said_and_nothing_is_half_done(empty_database_url):
    """A table of another's making that has a name of ours: the upgrade is refused whole."""
    put(empty_database_url, 1)
    engine = make_engine(read_url(empty_database_url))
    with writing(engine, "test") as connection:
        connection.execute(text("CREATE TABLE held_result (notes TEXT)"))
    before = tables_of(empty_database_url)
    with pytest.raises(DatabaseAccessError, match=r"held_result.* already exists"):
        open_database(empty_database_url)
    assert schema_version(engine) == 1
    assert tables_of(empty_database_url) == before
    engine.dispose()
