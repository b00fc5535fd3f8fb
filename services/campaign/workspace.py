"""A workspace: the folder that holds everything of a group's campaigns."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.campaign.errors import WorkspaceError
from services.disk import DiskError, keep_folder, write_whole

__all__ = ["HOME_VARIABLE", "Workspace", "find_workspace", "make_workspace"]

SETTINGS_FILE = "meguri.toml"
HOME_VARIABLE = "MEGURI_HOME"
_FOLDERS = ("blobs", "inbox", "outbox", "reports")
_SETTINGS = """\
# Settings of this meguri workspace.

[database]
# SQLite in this folder; or a PostgreSQL server, as in "postgresql://user:password@host/database".
url = "{url}"
"""
_DEFAULT_URL = "sqlite:///meguri.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where a workspace is, and which database it uses."""

    folder: Path
    database_url: str

    @property
    def outbox(self) -> Path:
        """Where work orders and sheets for people go."""
        return self.folder / "outbox"

    @property
    def reports(self) -> Path:
        """Where reports go."""
        return self.folder / "reports"


def make_workspace(folder: Path, *, database_url: str | None = None) -> Workspace:
    """Make a folder a workspace; what stands there already is kept.

    Raises
    ------
    WorkspaceError
        If the folder is a workspace with another database, or cannot be written.
    """
    settings = folder / SETTINGS_FILE
    if settings.exists():
        there = open_workspace(folder)
        if database_url is not None and _resolved(database_url, folder.resolve()) != there.database_url:
            raise WorkspaceError(f"{settings} names another database already: change it there")
        return there
    try:
        for name in _FOLDERS:
            keep_folder(folder / name)
        write_whole(settings, _SETTINGS.format(url=database_url or _DEFAULT_URL).encode(), "settings")
    except DiskError as error:
        raise WorkspaceError(f"{folder} cannot become a workspace: {error}") from error
    return open_workspace(folder)


def find_workspace(start: Path, environment: Mapping[str, str] = os.environ) -> Workspace:
    """Find the workspace: the one that MEGURI_HOME names, else the nearest folder upwards.

    Raises
    ------
    WorkspaceError
        If there is none; the message says how to make one.
    """
    named = environment.get(HOME_VARIABLE)
    if named:
        if not (Path(named) / SETTINGS_FILE).exists():
            raise WorkspaceError(
                f"{HOME_VARIABLE} names {named}, but there is no {SETTINGS_FILE}; make one with meguri init"
            )
        return open_workspace(Path(named))
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS_FILE).exists():
            return open_workspace(folder)
    raise WorkspaceError(
        f"no workspace at or above {start.resolve()}; make one with meguri init, or set {HOME_VARIABLE}"
    )


def open_workspace(folder: Path) -> Workspace:
    """Read a workspace's settings.

    Raises
    ------
    WorkspaceError
        If the settings are no TOML, or hold a key that is not known.
    """
    path = folder / SETTINGS_FILE
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from error
    database = settings.get("database", {})
    unknown = sorted({*settings} - {"database"}) + sorted(f"database.{k}" for k in {*database} - {"url"})
    if unknown:
        raise WorkspaceError(f"{path}: unknown {', '.join(unknown)}; known is database.url")
    url = database.get("url", _DEFAULT_URL)
    if not isinstance(url, str):
        raise WorkspaceError(f"{path}: database.url must be text, got {url!r}")
    folder = folder.resolve()
    for name in _FOLDERS:
        keep_folder(folder / name)
    return Workspace(folder=folder, database_url=_resolved(url, folder))


def _resolved(url: str, folder: Path) -> str:
    """Let a relative SQLite path count from the workspace, wherever the command is run."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not Path(url.removeprefix(prefix)).is_absolute():
        return f"{prefix}{folder / url.removeprefix(prefix)}"
    return url
