"""The version of the tables: which one stands, which one is known, how to get from one to the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Text, column, func, inspect, select, table

from services.store.address import shown
from services.store.engine import reading, writing
from services.store.errors import NewerSchemaError, SchemaError

__all__ = ["VERSION_TABLE", "known_version", "migrate", "migrating", "schema_version", "upgrade", "version_of"]

VERSION_TABLE = "meguri_schema"
"""Not Alembic's default name, so that a database shared with other software stays two schemas."""
UPGRADE_LOCK = 0x6D656775726931
"""Key of the PostgreSQL advisory lock that lets one process upgrade at a time."""

_KNOWN = 4
"""Number of the last migration. Alembic would say it too, and takes long to be asked at every start."""

_one_thread = threading.Lock()  # Alembic keeps the running migration in module globals


def known_version() -> int:
    """Return the schema version that this code works with: the number of its last migration."""
    return _KNOWN


def schema_version(engine: Engine) -> int:
    """Return the version of a database's schema, 0 where there is none yet.

    Raises
    ------
    SchemaError
        If the version found is no number of ours.
    """
    with reading(engine) as connection:
        return version_of(connection)


def upgrade(engine: Engine) -> None:
    """Bring a database to the known schema in one transaction; safe when several processes do so at once.

    Raises
    ------
    NewerSchemaError
        If the database is ahead of this code.
    DatabaseAccessError
        If a step fails; nothing of it stays.
    """
    known = known_version()
    with migrating(engine, "schema") as connection:
        found = version_of(connection)  # read again behind the lock: another process may have been first
        if found > known:
            raise NewerSchemaError(found, known, shown(engine.url))
        if found < known:
            migrate(connection, known)


@contextmanager
def migrating(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that writes and in which tables may be made: one at a time, among threads and processes.

    Raises
    ------
    DatabaseAccessError
        If the database cannot be reached or refuses; nothing stays.
    """
    with _one_thread, writing(engine, what) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        yield connection


def migrate(connection: Connection, version: int) -> None:
    """Bring the schema to a version that is later than its own; inside `migrating`."""
    from alembic import command  # not above: a database is made once and opened every time
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", "services.store:migrations")
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, f"{version:04d}")


def version_of(connection: Connection) -> int:
    """Return the version of the schema that a connection sees, 0 where there is none yet; SchemaError as above."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return 0
    version = select(column("version_num", Text)).select_from(table(VERSION_TABLE))
    numbers = connection.execute(version).scalars().all()
    if len(numbers) != 1 or not numbers[0].isdecimal():
        raise SchemaError(
            f"{shown(connection.engine.url)}: table {VERSION_TABLE} should hold one number, got {list(numbers)!r}"
        )
    return int(numbers[0])
