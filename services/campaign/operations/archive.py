"""The file that a backup is: a zip whose parts are known again by their hashes. Trusts nothing that it reads."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import ValidationError

from loop.errors import LoopError
from loop.ids import CampaignId
from loop.journal import fold
from loop.state import CampaignState
from services.campaign.errors import BackupError
from services.campaign.operations.manifest import FORMAT, MANIFEST, SETTINGS, Manifest, Member, table_member
from services.store import StoreError, known_version
from services.store.snapshot import Row, entries_of

__all__ = ["Archive", "Tell", "open_archive", "pack", "pack_manifest", "states_in"]

Tell = Callable[[str], None]
"""Told how far something is, in words."""

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 28
_LONGEST_MANIFEST = 1 << 28
_MOST_PACKED = 1100
"""A zip packs 1032 bytes into one at the most: what claims more holds something else than it says."""
_INTO: Final = "w"
"""How a part is opened; the file that it goes into is written by services.disk."""
_UNREADABLE = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile raises on damage: RuntimeError for a part that is encrypted or packed in a way it does not know."""


class Archive:
    """A backup that is open for reading. Made by `open_archive`, which checks what it says of itself.

    Parameters
    ----------
    path
        The file.
    packed
        The same, open.
    manifest
        What it says of itself.
    origin
        Names this backup among all.
    """

    def __init__(self, path: Path, packed: ZipFile, manifest: Manifest, origin: str) -> None:
        self.path, self.manifest, self.origin = path, manifest, origin
        self._packed = packed

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece.

        Raises
        ------
        BackupError
            At its end, if it is not what was put in.
        """
        wanted, found, size = self.manifest.members[name], hashlib.sha256(), 0
        with _told_damage(self.path, name), self._packed.open(name) as part:
            while piece := part.read(_CHUNK):
                found.update(piece)
                size += len(piece)
                yield piece
        if (found.hexdigest(), size) != (wanted.sha256, wanted.size):
            raise BackupError(self.path, "its content is not what was put in: the hash differs", name)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table; BackupError where they are not what was put in."""
        name, rest = table_member(table), b""
        for piece in self.chunks(name):
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise BackupError(self.path, f"a line of more than {_LONGEST_LINE} bytes", name)
            for line in lines:
                yield self._row(name, line)
        if rest:
            raise BackupError(self.path, "the last line has no end", name)

    def check(self, tell: Tell = lambda _: None) -> dict[str, CampaignState]:
        """Read all of it: every part is what was put in, every row is there, every journal can be read.

        Returns
        -------
        The campaigns as this code reads them; none where the backup is of an older schema, or was unreadable before.
        """
        manifest = self.manifest
        tables = {table_member(table): table for table in manifest.n_rows}
        for done, name in enumerate(manifest.members, start=1):
            tell(f"reading part {done} of {len(manifest.members)}: {name}")
            n = sum(1 for _ in (self.rows(tables[name]) if name in tables else self.chunks(name)))
            if name in tables and n != manifest.n_rows[tables[name]]:
                raise BackupError(self.path, f"{n} rows, expected {manifest.n_rows[tables[name]]}", name)
        if manifest.schema_version != known_version():
            return {}
        tell("reading the journals")
        name, found = table_member("journal_entry"), dict[str, CampaignState]()
        for campaign, state, unreadable in states_in(self.rows("journal_entry")):
            facts = manifest.campaigns.get(campaign)
            if facts is None or (state is None and not facts.unreadable):
                raise BackupError(self.path, unreadable or f"entries of {campaign}, which is not listed", name)
            if state is not None and state.seq != facts.last_seq and not facts.unreadable:
                raise BackupError(self.path, f"{campaign} ends with entry {state.seq}, not {facts.last_seq}", name)
            if state is not None:
                found[campaign] = state
        return found

    def _row(self, name: str, line: bytes) -> Row:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BackupError(self.path, f"a line is no JSON: {error}", name) from error
        if not isinstance(row, dict):
            raise BackupError(self.path, f"a line is no row: {line[:80]!r}", name)
        return row


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup for reading; its parts are as they are listed, none more, none less, none outside its place.

    Raises
    ------
    BackupError
        If it is no backup, is damaged, or was made by a newer meguri; the message names the part.
    """
    with _told_damage(path, ""):
        packed = ZipFile(path)
    with packed:
        infos = packed.infolist()
        names = [info.filename for info in infos]
        if MANIFEST not in names:
            raise BackupError(path, "it is missing: this is no backup, or only a part of one", MANIFEST)
        info = packed.getinfo(MANIFEST)
        if info.file_size > _LONGEST_MANIFEST:
            raise BackupError(path, f"{info.file_size} bytes are more than a list of parts needs", MANIFEST)
        with _told_damage(path, MANIFEST):
            written = packed.read(info)
        manifest = _manifest(path, written)
        _check_parts(path, infos, manifest)
        yield Archive(path, packed, manifest, hashlib.sha256(written).hexdigest())


def pack(packed: ZipFile, name: str, content: Iterable[bytes]) -> Member:
    """Put a part into a backup, piece by piece."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    found, size = hashlib.sha256(), 0
    with packed.open(info, _INTO, force_zip64=True) as part:
        for piece in content:
            found.update(piece)
            size += len(piece)
            part.write(piece)
    return Member(sha256=found.hexdigest(), size=size)


def pack_manifest(packed: ZipFile, manifest: Manifest) -> None:
    """Put the manifest into a backup, as its last part."""
    pack(packed, MANIFEST, [manifest.model_dump_json(indent=1).encode()])


def states_in(rows: Iterable[Row]) -> Iterator[tuple[str, CampaignState | None, str]]:
    """Fold the rows of a journal table, campaign by campaign; None and the reason where one cannot be read."""
    for campaign, group in groupby(rows, key=lambda row: str(row.get("campaign"))):
        try:
            yield campaign, fold(CampaignId(campaign), entries_of(group)), ""
        except (LoopError, StoreError) as error:
            yield campaign, None, str(error)


def _manifest(path: Path, written: bytes) -> Manifest:
    try:
        told: Any = json.loads(written)
        found = told.get("format") if isinstance(told, Mapping) else None
        if isinstance(found, int) and found > FORMAT:
            raise BackupError(path, f"layout {found}, this meguri knows up to {FORMAT}; use a later one", MANIFEST)
        manifest = Manifest.model_validate_json(written)
    except (ValidationError, ValueError) as error:
        raise BackupError(path, f"it cannot be read: {error}", MANIFEST) from error
    if manifest.schema_version > known_version():
        raise BackupError(
            path,
            f"the rows are of schema version {manifest.schema_version}, this meguri knows versions up to "
            f"{known_version()}; use the meguri {manifest.meguri} that made it, or a later one",
            MANIFEST,
        )
    return manifest


def _check_parts(path: Path, infos: list[ZipInfo], manifest: Manifest) -> None:
    tables = set(map(table_member, manifest.n_rows))
    for name in sorted({SETTINGS, *tables} - set(manifest.members)):
        raise BackupError(path, "the manifest does not list it", name)
    for name in manifest.members:
        if name not in tables and not (name.startswith("files/") and _is_inside(name)):
            raise BackupError(path, "no part of a backup has such a name", name)
    seen = set[str]()
    for info in infos:
        name = info.filename
        if name in seen:
            raise BackupError(path, "it stands there twice", name)
        if name not in manifest.members and name != MANIFEST:
            raise BackupError(path, "the manifest does not list it", name)
        seen.add(name)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BackupError(path, f"it is packed in an unknown way ({info.compress_type})", name)
        if info.file_size > _MOST_PACKED * max(info.compress_size, 1):
            raise BackupError(path, f"{info.file_size} bytes cannot be packed into {info.compress_size}", name)
        if name != MANIFEST and info.file_size != manifest.members[name].size:
            raise BackupError(path, f"{info.file_size} bytes, expected {manifest.members[name].size}", name)
    for name in sorted(set(manifest.members) - seen):
        raise BackupError(path, "it is missing", name)
    if manifest.size > _MOST_PACKED * path.stat().st_size:
        raise BackupError(path, "it claims to hold more than a file of its size can")


def _is_inside(name: str) -> bool:
    """Say whether a name leads to a place below the folder that it is unpacked into."""
    parts = name.split("/")
    return "\0" not in name and not PurePosixPath(name).is_absolute() and not {"", ".", ".."} & set(parts)


@contextmanager
def _told_damage(path: Path, member: str) -> Iterator[None]:
    try:
        yield
    except BackupError:
        raise
    except FileNotFoundError as error:
        raise BackupError(path, "there is no such file") from error
    except _UNREADABLE as error:
        raise BackupError(path, f"it is damaged, or no backup: {error}", member) from error
