"""A workspace: the folder that holds everything of a group's campaigns."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import PositiveInt, ValidationError
from pydantic_core import ErrorDetails

from loop.durations import Duration
from loop.values import Frozen
from services.campaign.errors import WorkspaceError
from services.disk import DiskError, keep_folder, write_whole

__all__ = [
    "HOME_VARIABLE",
    "SETTINGS_FILE",
    "EngineKind",
    "Settings",
    "Workspace",
    "find_workspace",
    "make_workspace",
    "open_workspace",
    "read_settings",
    "resolved_url",
]

SETTINGS_FILE = "meguri.toml"
HOME_VARIABLE = "MEGURI_HOME"
_FOLDERS = ("blobs", "inbox", "outbox", "reports")
_SETTINGS = """\
# Settings of this meguri workspace.

[database]
# SQLite in this folder; or a PostgreSQL server, as in "postgresql://user:password@host/database".
url = "{url}"

[compute]
# Where models are fitted under meguri run: "processes" of this machine, "serial", or a "dask" cluster at address.
engine = "processes"
workers = 1

[run]
# How often the inbox and the campaigns are looked at, and after how long without a sign a worker counts as gone.
look = "2 s"
lease = "60 s"
"""
_DEFAULT_URL = "sqlite:///meguri.db"


EngineKind = Literal["serial", "processes", "dask"]
"""Names of the places where models may be fitted."""


class DatabaseSettings(Frozen):
    """Which database keeps the campaigns."""

    url: str = _DEFAULT_URL


class ComputeSettings(Frozen):
    """Where models are fitted."""

    engine: EngineKind = "processes"
    workers: PositiveInt = 1
    address: str | None = None
    longest: Duration = "15 min"


class RunSettings(Frozen):
    """How campaigns are kept going."""

    look: Duration = "2 s"
    lease: Duration = "60 s"


class Settings(Frozen):
    """All that ``meguri.toml`` may say."""

    database: DatabaseSettings = DatabaseSettings()
    compute: ComputeSettings = ComputeSettings()
    run: RunSettings = RunSettings()


_SECTIONS: Mapping[str, type[Frozen]] = {"database": DatabaseSettings, "compute": ComputeSettings, "run": RunSettings}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where a workspace is, which database it uses, and what its settings say."""

    folder: Path
    database_url: str
    settings: Settings = field(default_factory=Settings)

    @property
    def inbox(self) -> Path:
        """Where results come in."""
        return self.folder / "inbox"

    @property
    def outbox(self) -> Path:
        """Where work orders and sheets for people go."""
        return self.folder / "outbox"

    @property
    def blobs(self) -> Path:
        """Where raw files are kept as they came, each under its hash."""
        return self.folder / "blobs"

    @property
    def profiles(self) -> Path:
        """Where the workspace's own profiles of delimited text lie."""
        return self.folder / "profiles"

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
        if database_url is not None and resolved_url(database_url, folder.resolve()) != there.database_url:
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
        If the settings are no TOML, or hold a key or a value that is not known.
    """
    path = folder / SETTINGS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from error
    settings = read_settings(text, str(path))
    folder = folder.resolve()
    for name in _FOLDERS:
        keep_folder(folder / name)
    return Workspace(folder=folder, database_url=resolved_url(settings.database.url, folder), settings=settings)


def read_settings(text: str, name: str = SETTINGS_FILE) -> Settings:
    """Read the text of ``meguri.toml``; WorkspaceError as `open_workspace` says."""
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{name} cannot be read: {error}") from error
    except ValidationError as error:
        raise WorkspaceError(f"{name}: {'; '.join(_told(fault) for fault in error.errors())}") from error


def _told(fault: ErrorDetails) -> str:
    """Say what is wrong with one setting, and which there are."""
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = [f"{section}.{name}" for section, kind in _SECTIONS.items() for name in kind.model_fields]
        return f"unknown {where}; known are {', '.join(known)}"
    return f"{where}: {fault['msg']}, got {fault['input']!r}"


def resolved_url(url: str, folder: Path) -> str:
    """Let a relative SQLite path count from the workspace, wherever the command is run."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not Path(url.removeprefix(prefix)).is_absolute():
        return f"{prefix}{folder / url.removeprefix(prefix)}"
    return url
