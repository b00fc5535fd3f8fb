"""How a database is: what it is, which schema it has, whether it is whole. Looks only, and judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlmodel import col

from services.store.address import shown
from services.store.engine import reading
from services.store.schema import known_version, version_of
from services.store.snapshot import origin_of
from services.store.tables import CampaignRow, JournalEntryRow

__all__ = ["DatabaseCondition", "JournalLength", "condition"]

_QUICK_ABOVE_BYTES = 500_000_000
"""A larger SQLite file is checked without its indices: the whole check would take minutes."""
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLength:
    """How long a journal is by its campaign's own count, and by its entries: number, first and last `seq`."""

    last_seq: int
    n_entries: int
    first: int
    last: int

    @property
    def is_whole(self) -> bool:
        """True where every entry that was counted is there, 1, 2, 3 without gaps."""
        n = self.n_entries
        return self.last_seq == n == self.last and self.first == min(n, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCondition:
    """What was found of a database.

    `faults` are those of a SQLite file's own check, `n_dangling` rows that refer to none; `clock_ahead_s` is how far a
    server's clock is ahead of this machine's, in seconds. None stands where there is no such thing.
    """

    address: str
    kind: str
    software: str
    schema_version: int
    known_version: int
    faults: tuple[str, ...]
    n_dangling: int
    size_bytes: int
    wal_bytes: int | None
    clock_ahead_s: float | None
    origin: str | None
    journals: Mapping[str, JournalLength]


def condition(engine: Engine) -> DatabaseCondition:
    """Look a database over.

    Raises
    ------
    DatabaseAccessError
        If it cannot be reached or refuses.
    SchemaError
        If its tables are none of ours.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    ahead = None if is_sqlite else _clock_ahead(engine)
    with reading(engine, one_moment=True) as connection:
        return DatabaseCondition(
            address=shown(engine.url),
            kind="SQLite" if is_sqlite else "PostgreSQL",
            software=_text(connection, "SELECT sqlite_version()" if is_sqlite else "SHOW server_version"),
            schema_version=version_of(connection),
            known_version=known_version(),
            faults=_faults(connection) if is_sqlite else (),
            n_dangling=len(connection.execute(text("PRAGMA foreign_key_check")).all()) if is_sqlite else 0,
            size_bytes=_size(connection),
            wal_bytes=_wal_bytes(engine) if is_sqlite else None,
            clock_ahead_s=ahead,
            origin=origin_of(engine),
            journals=_journals(connection),
        )


def _clock_ahead(engine: Engine) -> float:
    """Compare clocks: the server's answer against the middle of asking and hearing, the best of three."""
    found = list[tuple[timedelta, timedelta]]()
    with reading(engine) as connection:
        for _ in range(3):
            before = datetime.now(UTC)
            there = connection.execute(select(func.clock_timestamp())).scalar_one()
            after = datetime.now(UTC)
            found.append((after - before, there - (before + (after - before) / 2)))
    return min(found)[1].total_seconds()


def _text(connection: Connection, statement: str) -> str:
    return str(connection.execute(text(statement)).scalar_one())


def _faults(connection: Connection) -> tuple[str, ...]:
    check = "quick_check" if _size(connection) > _QUICK_ABOVE_BYTES else "integrity_check"
    found = connection.execute(text(f"PRAGMA {check}({_MOST_FAULTS})")).scalars().all()
    return () if list(found) == ["ok"] else tuple(str(fault) for fault in found)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        return int(_text(connection, "PRAGMA page_count")) * int(_text(connection, "PRAGMA page_size"))
    return int(_text(connection, "SELECT pg_database_size(current_database())"))


def _wal_bytes(engine: Engine) -> int:
    log = Path(f"{engine.url.database}-wal")
    return log.stat().st_size if log.exists() else 0


def _journals(connection: Connection) -> dict[str, JournalLength]:
    if not inspect(connection).has_table(JournalEntryRow.__tablename__):
        return {}
    row, entry = CampaignRow, JournalEntryRow
    n, first, last = func.count(col(entry.seq)), func.min(col(entry.seq)), func.max(col(entry.seq))
    wanted = (
        select(col(row.id), col(row.last_seq), n, func.coalesce(first, 0), func.coalesce(last, 0))
        .outerjoin(entry, col(entry.campaign) == col(row.id))
        .group_by(col(row.id), col(row.last_seq))
        .order_by(col(row.id))
    )
    return {
        campaign: JournalLength(last_seq=last_seq, n_entries=n_entries, first=first_seq, last=last_found)
        for campaign, last_seq, n_entries, first_seq, last_found in connection.execute(wanted)
    }
