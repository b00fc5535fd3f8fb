"""What a look at a workspace found, backups, and what was restored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from loop.values import Frozen

__all__ = ["BackupView", "DoctorView", "FindingView", "RestoreView"]


class FindingView(Frozen):
    """One thing that was looked at."""

    area: str
    verdict: Literal["fine", "look", "broken"] = Field(
        description="`look`: a person should look at it; `broken`: it does not work, or will not for long."
    )
    found: str
    wanted: str = Field(description="What would be right; empty where it is.")


class DoctorView(Frozen):
    """What a look at a workspace found."""

    verdict: Literal["fine", "look", "broken"] = Field(description="The worst of all.")
    findings: tuple[FindingView, ...]


class BackupView(Frozen):
    """A backup, as it was checked."""

    file: str
    size: int = Field(description="Bytes of the file.")
    meguri: str = Field(description="Version of meguri that made it.")
    schema_version: int = Field(description="Version of the database's tables in it.")
    database: str = Field(description="Kind of the database that it was taken of.")
    taken_at: datetime = Field(description="Moment as of which the database stands in it.")
    campaigns: Mapping[str, int] = Field(description="Number of the last journal entry by campaign.")
    n_rows: Mapping[str, int] = Field(description="Rows by table.")
    n_files: int
    changed_while_read: tuple[str, ...] = Field(description="Files that were written to while they were read.")
    left_out: Mapping[str, str] = Field(description="Why, by file, for those that could not be read.")
    password_left_out: bool = Field(description="Whether the settings held a password, which is not in it.")


class RestoreView(Frozen):
    """A workspace that was restored."""

    workspace: str
    database: str
    backup: BackupView
    notes: tuple[str, ...] = Field(description="What a person should know.")
