"""Where a database is: read a URL, refuse what cannot work, say what would."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.store.errors import DatabaseUrlError, NetworkDriveError
from services.store.filesystem import mount_table, network_mount

__all__ = ["read_url", "refuse_unsafe_place", "shown", "without_password"]

_EXAMPLES = "sqlite:///meguri.db or postgresql://user@host/database"
_SECRETS = ("password", "sslpassword")
"""What a URL may hold of a secret behind its question mark."""
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def read_url(text: str) -> URL:
    """Read a database URL and name the driver it is opened with.

    Raises
    ------
    DatabaseUrlError
        If the text is no URL, names another database than SQLite or PostgreSQL, or an SQLite database that
        is no plain file.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError(f"{text!r} is not a database URL; one looks like {_EXAMPLES}") from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise DatabaseUrlError(f"{url.drivername!r} is not supported; a database URL looks like {_EXAMPLES}")
    url = url.set(drivername=driver)
    if url.get_backend_name() == "sqlite":
        _check_sqlite(url)
    return url


def refuse_unsafe_place(url: URL, mounts: str | None = None) -> None:
    """Refuse an SQLite file in a folder that is not there, or on a network drive.

    Parameters
    ----------
    url
        As `read_url` returned it; PostgreSQL passes.
    mounts
        Text of the mount table to look in; this machine's by default.

    Raises
    ------
    DatabaseUrlError
        If the folder does not exist.
    NetworkDriveError
        If the file would lie on a network drive.
    """
    if url.get_backend_name() != "sqlite":
        return
    path = Path(url.database or "").resolve()
    if not path.parent.is_dir():
        raise DatabaseUrlError(f"{path}: the folder {path.parent} does not exist; make it first")
    drive = network_mount(PurePosixPath(path), mount_table() if mounts is None else mounts)
    if drive is not None:
        raise NetworkDriveError(
            f"{path} lies on a network drive ({drive.kind}, {drive.device} at {drive.point}), "
            "where SQLite's locks do not hold and a campaign can be damaged; "
            "keep the file on a local disk, or give a postgresql:// URL"
        )


def shown(url: URL) -> str:
    """Write a URL for people: without its password."""
    return url.render_as_string(hide_password=True)


def without_password(text: str) -> str:
    """Return a database URL that can be shared; one without a password comes back as it is.

    Raises
    ------
    DatabaseUrlError
        If it cannot be read.
    """
    read_url(text)
    url = make_url(text)
    if url.password is None and not set(_SECRETS) & set(url.query):
        return text
    return url._replace(password=None).difference_update_query(_SECRETS).render_as_string(hide_password=False)


def _check_sqlite(url: URL) -> None:
    if url.database in (None, "", ":memory:"):
        raise DatabaseUrlError(
            f"{shown(url)} names no file: a database in memory is lost at exit; name one, as in sqlite:///meguri.db"
        )
    if url.query or (url.database or "").startswith("file:"):
        raise DatabaseUrlError(f"{shown(url)}: SQLite takes a plain path, as in sqlite:///meguri.db")
