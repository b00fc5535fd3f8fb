"""Every row of a database as it stood at one moment, and back into another one, whatever kind of database each is.

Rows are plain: a value by column, moments as ISO 8601 in UTC. Tables are read as they are found, so that those of an
older schema can be read as well; they are put into tables of the same version and upgraded there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    Text,
    cast,
    collate,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlmodel import col

from loop.events import Entry, read_event
from services.store.address import shown
from services.store.engine import reading, writing
from services.store.errors import OccupiedDatabaseError, RowError, UnreadableEntryError
from services.store.schema import known_version, migrate, migrating, version_of
from services.store.tables import LeaseRow, StoreTable, WorkOrderRow

__all__ = ["TOKEN_STEP", "Row", "Snapshot", "entries_of", "forget_origin", "load", "origin_of", "snapshot"]

Row = Mapping[str, Any]
"""A value by column: text, whole number, JSON, moment as text, or None."""

TOKEN_STEP = 1_000_000
"""What a lease's token grows by on loading: greater than any that was given since the rows were read."""

_ORIGIN = "meguri_origin"
"""Table of one row that says where a database's rows came from, until all is in place."""
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows of a database as they stood at one moment."""

    schema_version: int
    _connection: Connection
    _tables: Mapping[str, Table]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, none before one that it refers to."""
        return tuple(self._tables)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self._connection.execute(select(func.count()).select_from(self._tables[table])).scalar_one()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table in the order of their keys, the same on every database."""
        yield from _rows(self._connection, self._tables[table])


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Open the rows of a database as they stand now; what others write meanwhile is not seen, and nobody waits.

    Raises
    ------
    DatabaseAccessError
        If the database cannot be reached or refuses.
    SchemaError
        If its tables are none of ours.
    """
    with reading(engine, one_moment=True) as connection:
        version = version_of(connection)
        yield Snapshot(version, connection, _our_tables(connection))


def entries_of(rows: Iterable[Row]) -> Iterator[Entry]:
    """Read journal entries out of their rows.

    Raises
    ------
    UnreadableEntryError
        If a row holds no event of a kind known here.
    """
    for row in rows:
        campaign, seq, kind = str(row.get("campaign")), int(row.get("seq") or 0), str(row.get("kind"))
        try:
            event = read_event(row["payload"])
            entry = Entry(seq=seq, at=datetime.fromisoformat(row["at"]), actor=row["actor"], event=event)
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise UnreadableEntryError(campaign, seq, kind, str(error)) from error
        if event.kind != kind:
            raise UnreadableEntryError(campaign, seq, kind, f"its payload is of kind {event.kind!r}")
        yield entry


def load(
    engine: Engine,
    rows: Callable[[str], Iterator[Row]],
    *,
    tables: Iterable[str],
    version: int,
    origin: str,
    handed_over_since: datetime,
) -> None:
    """Put rows into a database that has none, upgrade them to the known schema, and set free what was held.

    All in one transaction. Leases are free afterwards, with tokens that nobody has; work orders that were handed over
    lately count as not handed over, since what the other side wrote down of them may be older than the rows.

    Parameters
    ----------
    rows
        Yields the rows of a table, in the order in which `Snapshot.rows` does.
    tables, version
        Which tables there are, and which schema they are of.
    origin
        Kept with the rows until `forget_origin`: says where they came from.
    handed_over_since
        What "lately" means.

    Raises
    ------
    OccupiedDatabaseError
        If the database holds rows already, or tables of another version.
    RowError
        If a row does not fit its table, or does not read back as it was.
    DatabaseAccessError
        If the database cannot be reached or refuses.
    """
    with migrating(engine, "restored rows") as connection:
        _refuse_occupied(connection, version)
        if version_of(connection) == 0:
            migrate(connection, version)
        ours = _our_tables(connection)
        if missing := set(tables) ^ set(ours):
            raise RowError(f"a schema of version {version} has the tables {', '.join(ours)}; not {', '.join(missing)}")
        for name, table in ours.items():
            _insert(connection, table, rows(name))
            _compare(name, rows(name), _rows(connection, table))
        if version < known_version():
            migrate(connection, known_version())
        lease, order = LeaseRow, WorkOrderRow
        connection.execute(update(lease).values(holder="", token=col(lease.token) + TOKEN_STEP))
        lately = col(order.delivered_at) >= handed_over_since
        connection.execute(update(order).where(lately).values(delivered_at=None))
        connection.execute(text(f"CREATE TABLE {_ORIGIN} (origin TEXT NOT NULL)"))
        connection.execute(text(f"INSERT INTO {_ORIGIN} VALUES (:origin)"), {"origin": origin})  # noqa: S608


def origin_of(engine: Engine) -> str | None:
    """Say where the rows of a database came from, None unless they were loaded and that was not finished."""
    with reading(engine) as connection:
        if not inspect(connection).has_table(_ORIGIN):
            return None
        return str(connection.execute(text(f"SELECT origin FROM {_ORIGIN}")).scalar_one())  # noqa: S608


def forget_origin(engine: Engine) -> None:
    """Note that all is in place."""
    with writing(engine, "end of restoring") as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {_ORIGIN}"))


def _our_tables(connection: Connection) -> dict[str, Table]:
    """Find our tables as they are, none before one that it refers to; a database may be shared with others."""
    found = inspect(connection)
    names = [table.name for table in StoreTable.metadata.sorted_tables if found.has_table(table.name)]
    known = MetaData()
    known.reflect(connection, only=names)
    return {name: known.tables[name] for name in names}


def _refuse_occupied(connection: Connection, version: int) -> None:
    found, where = version_of(connection), shown(connection.engine.url)
    if found not in (0, version):
        raise OccupiedDatabaseError(
            f"{where} has tables of version {found}, the rows are of version {version}; name one without tables"
        )
    filled = [
        name for name, table in _our_tables(connection).items() if connection.execute(select(table).limit(1)).first()
    ]
    if filled:
        campaigns = connection.execute(text("SELECT id FROM campaign ORDER BY id")).scalars().all()
        held = f"the campaigns {', '.join(campaigns)}" if campaigns else f"rows in {', '.join(filled)}"
        raise OccupiedDatabaseError(f"{where} holds {held}; name a database that holds nothing")


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    order = [_ordered(connection, column) for column in table.primary_key.columns]
    columns = [cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns]
    wanted = select(*columns).order_by(*order).execution_options(yield_per=_AT_A_TIME)
    for row in connection.execute(wanted):
        yield {column.name: _told(column, value) for column, value in zip(table.columns, row, strict=True)}


def _ordered(connection: Connection, column: Column[Any]) -> Any:
    """Sort texts by their code points everywhere, as SQLite does; a server may have its own language."""
    is_text = connection.dialect.name == "postgresql" and isinstance(column.type, Text)
    return collate(column, "C") if is_text else column


def _told(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, JSON):
        return json.loads(value)
    return value.replace(tzinfo=UTC).isoformat() if isinstance(value, datetime) else value


def _kept(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, DateTime) and value is not None:
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    return value


def _insert(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    while batch := list(islice(rows, _AT_A_TIME)):
        for row in batch:
            if set(row) != set(table.columns.keys()):
                raise RowError(
                    f"table {table.name} has the columns {', '.join(table.columns.keys())}; got {row!r:.200}"
                )
        try:
            kept = [{column.name: _kept(column, row[column.name]) for column in table.columns} for row in batch]
            connection.execute(insert(table), kept)
        except (TypeError, ValueError, OverflowError) as error:
            raise RowError(f"a row of table {table.name} cannot be kept: {error}") from error


def _compare(table: str, given: Iterator[Row], found: Iterator[Row]) -> None:
    for wanted, there in zip_longest(given, found):
        if wanted != there:
            raise RowError(
                f"a row of table {table} does not read back as it was: {there!r:.200}, wanted {wanted!r:.200}"
            )
