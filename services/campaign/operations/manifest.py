"""What a backup says of itself: what is in it, when it was taken, how each part is known again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from pydantic import Field, NonNegativeInt

from loop.values import Frozen

__all__ = ["FORMAT", "MANIFEST", "SETTINGS", "CampaignFacts", "Manifest", "Member", "file_member", "table_member"]

FORMAT: Final = 1
"""Version of the layout of a backup."""
MANIFEST = "manifest.json"
SETTINGS = "files/meguri.toml"
"""Members that every backup has."""


class Member(Frozen):
    """One part of a backup."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: NonNegativeInt


class CampaignFacts(Frozen):
    """Where a campaign stood: its last entry, and a hash of all that its model may learn from.

    Where its journal could not be read even then, the hash is missing and `unreadable` says why.
    """

    last_seq: NonNegativeInt
    data_hash: str | None
    unreadable: str = ""


class Manifest(Frozen):
    """What is in a backup. It began with the files at `began_at`; its rows are those of `taken_at`."""

    format: Literal[1]
    meguri: str
    schema_version: NonNegativeInt
    database: str
    began_at: datetime
    taken_at: datetime
    campaigns: Mapping[str, CampaignFacts]
    n_rows: Mapping[str, NonNegativeInt]
    members: Mapping[str, Member]
    changed_while_read: tuple[str, ...] = ()
    left_out: Mapping[str, str] = {}
    password_left_out: bool = False

    @property
    def size(self) -> int:
        """Bytes of all parts, unpacked."""
        return sum(member.size for member in self.members.values())

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files in it, counted from the workspace's folder."""
        return tuple(name.removeprefix("files/") for name in self.members if name.startswith("files/"))


def table_member(table: str) -> str:
    """Name the part that holds the rows of a table."""
    return f"database/{table}.jsonl"


def file_member(path: str) -> str:
    """Name the part that holds a file, by its path counted from the workspace's folder."""
    return f"files/{path}"
