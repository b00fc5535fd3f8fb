"""Engines and transactions: what SQLite and PostgreSQL must be told so that both keep the same promises."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.disk import crash_point
from services.store.address import shown
from services.store.errors import DatabaseAccessError

__all__ = ["make_engine", "reading", "writing"]

BUSY_TIMEOUT_MS = 30_000
"""How long SQLite waits for another writer before it gives up."""
CONNECT_TIMEOUT_S = 10
"""How long a PostgreSQL server may take to answer, unless its URL says otherwise."""

_SESSION = {
    "synchronous_commit": "on",  # whatever the server's default: what was committed is there after a crash
    "idle_in_transaction_session_timeout": "300000",  # ms; a worker that is stopped in a transaction holds nobody up
}
_WRITES = "meguri_writes"
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",  # macOS: a plain fsync stops at the drive's cache
    "PRAGMA checkpoint_fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # otherwise INSERT OR REPLACE deletes behind the triggers' back
)

write_json = partial(json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
"""Write a JSON value as it is stored: keys in their order, and ValueError for a number that is not finite."""


def make_engine(url: URL) -> Engine:
    """Make the engine of a database; connects to nothing yet.

    Parameters
    ----------
    url
        As `services.store.address.read_url` returned it.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, json_serializer=write_json)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments: dict[str, Any] = {"fallback_application_name": "meguri"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = CONNECT_TIMEOUT_S
    if "options" not in url.query:
        arguments["options"] = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    return create_engine(
        url,
        connect_args=arguments,
        isolation_level="READ COMMITTED",  # whoever waited for the guard's row lock must see what was written
        json_serializer=write_json,
        pool_pre_ping=True,
    )


@contextmanager
def reading(engine: Engine, *, one_moment: bool = False) -> Iterator[Connection]:
    """Open a transaction that only reads; on SQLite it waits for no writer.

    Parameters
    ----------
    one_moment
        Whether all that is read stands as it stood at one moment, whoever writes meanwhile. SQLite always reads so.

    Raises
    ------
    DatabaseAccessError
        If the database cannot be reached or refuses.
    """
    with _plain_errors(engine), engine.connect() as connection:
        if one_moment and engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that writes: all or nothing. On SQLite it is the only one (``BEGIN IMMEDIATE``).

    Parameters
    ----------
    what
        What is written: the crash points of its beginning and its commit are named after it.

    Raises
    ------
    DatabaseAccessError
        If the database cannot be reached, stays locked for `BUSY_TIMEOUT_MS`, or refuses.
    """
    with _plain_errors(engine), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with crash_point(f"begin {what}"):
            transaction = connection.begin()
        with transaction:
            yield connection
            with crash_point(f"commit {what}"):
                transaction.commit()


@contextmanager
def _plain_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise DatabaseAccessError(f"{shown(engine.url)}: {error.orig}") from error
    except PoolTimeoutError as error:
        raise DatabaseAccessError(f"{shown(engine.url)}: every connection is in use: {error}") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Take transactions into our own hands and make each one durable."""
    connection.isolation_level = None  # Python would begin transactions by itself, and too late
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    mode = _use_wal(connection)
    if mode != "wal":
        raise sqlite3.OperationalError(f"write-ahead logging is not possible here (journal mode stays {mode!r})")


def _use_wal(connection: sqlite3.Connection) -> str:
    """Turn on write-ahead logging. Two first openers collide at once, busy timeout or not: so wait here."""
    patience = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
