"""Open a database: check where it is, bring its schema up to date, hand out the engine."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from services.store.address import read_url, refuse_unsafe_place, shown
from services.store.engine import make_engine
from services.store.errors import DatabaseAccessError, NewerSchemaError
from services.store.schema import known_version, schema_version, upgrade

__all__ = ["open_database", "reach_database"]


def open_database(url: str) -> Engine:
    """Open a database, made or upgraded to the known schema where it is not there yet.

    Parameters
    ----------
    url
        ``sqlite:///path/to/file.db`` (the folder must exist, on a local disk) or
        ``postgresql://user:password@host/database``.

    Returns
    -------
    Engine; `Engine.dispose` closes its connections. A forked process must open its own.

    Raises
    ------
    DatabaseUrlError
        If the URL cannot be read, is of another kind of database, or its folder does not exist.
    NetworkDriveError
        If an SQLite file would lie on a network drive.
    NewerSchemaError
        If a newer meguri wrote the database.
    DatabaseAccessError
        If the database cannot be reached or refuses.
    """
    address = read_url(url)
    refuse_unsafe_place(address)
    engine = make_engine(address)
    try:
        found, known = schema_version(engine), known_version()
        if found > known:
            raise NewerSchemaError(found, known, shown(address))
        if found < known:
            upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def reach_database(url: str, *, may_be_new: bool = False) -> Engine:
    """Open a database as it is: no table is made, nothing is upgraded.

    Parameters
    ----------
    may_be_new
        Whether an SQLite file that is not there is made, empty.

    Raises
    ------
    DatabaseUrlError, NetworkDriveError
        As `open_database` says.
    DatabaseAccessError
        If there is none.
    """
    address = read_url(url)
    refuse_unsafe_place(address)
    is_file = address.get_backend_name() == "sqlite"
    if is_file and not may_be_new and not Path(address.database or "").is_file():
        raise DatabaseAccessError(f"{shown(address)}: there is no such file")
    return make_engine(address)
