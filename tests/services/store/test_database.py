"""Opening a database: what is refused, with which words, and what every connection is told."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.exc import StatementError

from loop.events import HypothesisNoted
from loop.ids import CampaignId
from services.store import DatabaseAccessError, DatabaseUrlError, NetworkDriveError, SqlJournal, open_database
from services.store.address import read_url, refuse_unsafe_place
from services.store.engine import reading, writing
from services.store.tables import CampaignRow, JournalEntryRow

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
PP01 = CampaignId("PP01")
NOTE = HypothesisNoted(hypothesis_id="H1", cycle=1, text="fibres help")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("meguri.db", "'meguri.db' is not a database URL.*sqlite:///meguri.db"),
        ("", "'' is not a database URL"),
        ("mysql://lab@host/x", "'mysql' is not supported.*postgresql://"),
        ("postgresql+psycopg2://lab@host/x", r"'postgresql\+psycopg2' is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x.db?uri=true", "plain path"),
        ("sqlite:///x.db?mode=ro", "plain path"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url, said):
    """The message says what was given and what would be right."""
    with pytest.raises(DatabaseUrlError, match=said):
        open_database(url)


def test_every_spelling_of_postgresql_is_opened_with_psycopg():
    """Short forms as other software writes them are understood."""
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert read_url(f"{scheme}://lab@host/x").drivername == "postgresql+psycopg"


def test_a_missing_folder_is_named(tmp_path):
    """A folder is never made by opening a database in it."""
    folder = tmp_path / "nowhere"
    with pytest.raises(DatabaseUrlError, match=f"the folder {folder} does not exist"):
        open_database(f"sqlite:///{folder / 'meguri.db'}")
    assert not folder.exists()


def test_sqlite_refuses_a_network_drive_and_says_what_to_do(tmp_path):
    """By the place a link leads to, not by its name; PostgreSQL does not care."""
    drive, local = tmp_path / "drive", tmp_path / "local"
    drive.mkdir()
    local.mkdir()
    (local / "link").symlink_to(drive)
    mounts = f"/dev/sda1 / ext4 rw 0 0\nnas:/export {str(drive).replace(' ', chr(92) + '040')} nfs4 rw 0 0\n"
    for path in (drive / "meguri.db", local / "link" / "meguri.db"):
        with pytest.raises(
            NetworkDriveError, match=r"network drive \(nfs4, nas:/export at .*local disk.*postgresql://"
        ):
            refuse_unsafe_place(read_url(f"sqlite:///{path}"), mounts)
    refuse_unsafe_place(read_url(f"sqlite:///{local / 'meguri.db'}"), mounts)
    refuse_unsafe_place(read_url(f"postgresql://lab@host/{drive}"), mounts)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    """Somebody's spreadsheet does not become a database."""
    path = tmp_path / "results.csv"
    path.write_text("formulation,strength\n" * 100)
    with pytest.raises(DatabaseAccessError, match=r"results\.csv: file is not a database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text() == "formulation,strength\n" * 100


def test_an_unreachable_server_is_named_without_its_password(tmp_path):
    """The address is in the message, the secret is not."""
    with pytest.raises(DatabaseAccessError, match=r"postgresql\+psycopg://lab:\*\*\*@") as caught:
        open_database(f"postgresql://lab:secret@/x?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_sqlite_is_told_to_be_durable_and_strict(sqlite_url):
    """Every connection, not only the first: write-ahead log, full sync, foreign keys, patience."""
    engine = open_database(sqlite_url)
    with reading(engine), reading(engine) as second:
        values = {
            name: second.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    engine.dispose()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }


def test_readers_do_not_wait_for_a_writer(database):
    """While a transaction writes, others read what stood before it."""
    journal = SqlJournal(database)
    journal.append(PP01, [NOTE], actor="mika", at=NOON, expected_seq=0)
    with writing(database, "test") as connection:
        connection.execute(text("UPDATE campaign SET last_seq = 7"))
        assert journal.campaigns() == ["PP01"]
        assert len(journal.read(PP01)) == 1


def test_a_failed_transaction_leaves_nothing(database):
    """An error inside, whatever its kind, takes back what was written."""

    def write_and_fall() -> None:
        with writing(database, "test") as connection:
            connection.execute(insert(CampaignRow).values(id="PP01", created_at=NOON, last_seq=0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fall()
    with reading(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM campaign")).scalar_one() == 0


def test_a_database_that_stays_locked_gives_a_typed_error(sqlite_url):
    """After the patience of the connection, SQLite's own words come with the file's name."""
    engine = open_database(sqlite_url)
    with reading(engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")  # stays with the one connection of the pool
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAccessError, match=r"meguri\.db: database is locked"):
        SqlJournal(engine).append(PP01, [NOTE], actor="mika", at=NOON, expected_seq=0)
    other.close()
    assert len(SqlJournal(engine).append(PP01, [NOTE], actor="mika", at=NOON, expected_seq=0)) == 1
    engine.dispose()


def plant(engine: Engine, **entry: object) -> None:
    """Write rows past the journal: a campaign with one entry."""
    with writing(engine, "test") as connection:
        connection.execute(insert(CampaignRow).values(id="PP01", created_at=NOON, last_seq=1))
        row = {"campaign": "PP01", "seq": 1, "at": NOON, "actor": "mika", "kind": "x", "payload": {}} | entry
        connection.execute(insert(JournalEntryRow).values(**row))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_columns_refuse_numbers_that_are_not_finite(database, number):
    """No database ever sees a NaN, which one of them would take and the other not."""
    with pytest.raises((StatementError, ValueError), match="not JSON compliant"):
        plant(database, payload={"mean": number})


def test_a_moment_without_a_zone_is_refused(database):
    """A naive datetime could be anybody's noon."""
    with pytest.raises(StatementError, match="needs a time zone, got 2025-03-01T12:00:00"):
        plant(database, at=NOON.replace(tzinfo=None))


def test_moments_are_stored_in_utc_whatever_the_session_thinks(database_url):
    """The stored text is the moment in UTC; a session in another time zone reads the same moment."""
    engine = open_database(database_url)
    plant(engine, kind=NOTE.kind, payload=NOTE.model_dump(mode="json"))
    raw = create_engine(read_url(database_url))
    with raw.connect() as connection:
        if raw.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        stored = connection.execute(text("SELECT CAST(at AS TEXT) FROM journal_entry")).scalar_one()
    assert stored.removesuffix(".000000") == "2025-03-01 12:00:00"
    assert SqlJournal(engine).read(PP01)[0].at == NOON
    raw.dispose()
    engine.dispose()
