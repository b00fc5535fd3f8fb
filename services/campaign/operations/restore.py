"""Make a workspace out of a backup: a new one, all of it or nothing, in any database that holds nothing yet.

Everything is put into a folder beside the place, the rows into their database in one transaction; then the folder takes
its place. Killed in between, nothing looks like a workspace, and a second try ends it: the database says of its rows
where they came from until all is in place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from loop.state import CampaignState
from services.campaign.errors import BackupError, RestoreError, WorkspaceError
from services.campaign.operations.archive import Archive, Tell, open_archive, states_in
from services.campaign.operations.manifest import SETTINGS, Manifest, file_member
from services.campaign.operations.settings_text import counted_from, with_database
from services.campaign.workspace import SETTINGS_FILE, Workspace, open_workspace, read_settings, resolved_url
from services.disk import claimed_folder, discard, discard_folder, place_folder, write_stream, write_whole
from services.store import (
    DatabaseAccessError,
    OccupiedDatabaseError,
    StoreError,
    known_version,
    reach_database,
)
from services.store.address import shown
from services.store.snapshot import forget_origin, load, origin_of, snapshot

__all__ = ["Restored", "restore"]

_WAS_THERE = "it was restored before; only the note that it is whole was missing"
_KEPT_BY_UPGRADES = ("campaign", "journal_entry")
"""Tables in which no upgrade adds or removes a row."""
_CHUNK = 1 << 20
_SLACK = timedelta(minutes=1)
"""Clocks of several machines may differ by so much."""
_ROOM = 1.5
"""A database takes more room than its rows as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A workspace that was restored, from what, and what a person should know of it."""

    workspace: Workspace
    manifest: Manifest
    notes: tuple[str, ...]


def restore(path: Path, folder: Path, *, database_url: str | None = None, tell: Tell = lambda _: None) -> Restored:
    """Restore a backup into a new workspace, and check that it is what was backed up.

    Leases are free then, with tokens greater than any that was given; work orders that left while the backup was taken
    leave once more, as the laboratory knows an order by its id.

    Parameters
    ----------
    path
        The backup.
    folder
        Where the workspace is made: it is not there, or empty.
    database_url
        Which database its rows go into; as its settings say where left out. It holds nothing yet.

    Raises
    ------
    BackupError
        If the backup is damaged, or of a newer meguri.
    RestoreError
        If something is there already, or it does not come out as it was.
    StoreError
        If the database holds rows already, cannot be reached, or refuses.
    DiskError
        If the folder cannot be written.
    """
    folder = folder.resolve()
    with open_archive(path) as archive:
        states = archive.check(tell)
        if _is_filled(folder):
            _end(folder, archive.origin)
            return Restored(workspace=open_workspace(folder), manifest=archive.manifest, notes=(_WAS_THERE,))
        settings, url = _settings(archive, folder, database_url)
        stage = folder.parent / f".{folder.name}.restoring"
        with claimed_folder(stage), _cleared_after_failure(stage):
            _clear(stage)
            _check_room(archive, stage)
            for name in archive.manifest.files:
                if name != SETTINGS_FILE:
                    tell(f"unpacking {name}")
                    write_stream(stage / name, partial(_unpack, archive, file_member(name)), "restored file")
            tell("putting in the rows")
            notes = _put_rows(archive, resolved_url(url, stage), states)
            tell("reading the files back")
            _compare_files(archive, stage)
            write_whole(stage / SETTINGS_FILE, settings.encode(), "restored settings")
            if _is_filled(folder):
                raise RestoreError(f"{folder} was filled by somebody else meanwhile; name another folder")
            place_folder(stage, folder, "restored workspace")
        _end(folder, archive.origin)
        return Restored(workspace=open_workspace(folder), manifest=archive.manifest, notes=notes)


def _is_filled(folder: Path) -> bool:
    if folder.exists() and not folder.is_dir():
        raise RestoreError(f"{folder} is a file; name a folder that is not there yet")
    return folder.is_dir() and any(folder.iterdir())


def _end(folder: Path, origin: str) -> None:
    """Note in the database that all is in place; RestoreError where the folder is of another making."""
    refusal = RestoreError(f"{folder} is not empty and is kept; name a folder that is not there yet")
    if not (folder / SETTINGS_FILE).exists():
        raise refusal
    try:
        engine = reach_database(open_workspace(folder).database_url)
    except (WorkspaceError, StoreError):
        raise refusal from None
    try:
        if origin_of(engine) != origin:
            raise refusal
        forget_origin(engine)
    except DatabaseAccessError:
        raise refusal from None
    finally:
        engine.dispose()


def _settings(archive: Archive, folder: Path, database_url: str | None) -> tuple[str, str]:
    """Return the settings of the new workspace, and the URL of its database as they name it."""
    text = b"".join(archive.chunks(SETTINGS)).decode(errors="replace")
    named = read_settings(text, SETTINGS).database.url
    if database_url is None:
        return text, named
    url = counted_from(database_url, folder)
    changed = with_database(text, url)
    read_settings(changed)
    return changed, url


def _clear(stage: Path) -> None:
    """Remove what a try that was killed left behind."""
    for path in stage.iterdir():
        if path.is_dir() and not path.is_symlink():
            discard_folder(path, "remains")
        else:
            discard(path, "remains")


@contextmanager
def _cleared_after_failure(stage: Path) -> Iterator[None]:
    """Leave nothing behind where it fails."""
    try:
        yield
    except (Exception, KeyboardInterrupt):
        discard_folder(stage, "remains")
        raise


def _check_room(archive: Archive, stage: Path) -> None:
    """Refuse early what would fill the disk: RestoreError."""
    disk = os.statvfs(stage)
    free, wanted = disk.f_bavail * disk.f_frsize, int(archive.manifest.size * _ROOM)
    if wanted > free:
        raise RestoreError(f"{stage.parent}: {wanted / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free")


def _unpack(archive: Archive, part: str, file: BinaryIO) -> None:
    file.writelines(archive.chunks(part))


def _put_rows(archive: Archive, url: str, states: Mapping[str, CampaignState]) -> tuple[str, ...]:
    """Put the rows into their database, unless a try that was killed did, and read them back."""
    engine = reach_database(url, may_be_new=True)
    try:
        origin = origin_of(engine)
        if origin is None:
            load(
                engine,
                archive.rows,
                tables=archive.manifest.n_rows,
                version=archive.manifest.schema_version,
                origin=archive.origin,
                handed_over_since=archive.manifest.began_at - _SLACK,
            )
        elif origin != archive.origin:
            raise OccupiedDatabaseError(
                f"{shown(engine.url)} holds rows of another backup that was not restored to its end; "
                "restore that one again, or name a database that holds nothing"
            )
        return _compared(archive, engine, states)
    finally:
        engine.dispose()


def _compared(archive: Archive, engine: Engine, states: Mapping[str, CampaignState]) -> tuple[str, ...]:
    """Compare what is in the database with what was backed up; return what a person should know of differences."""
    manifest, notes = archive.manifest, list[str]()
    with snapshot(engine) as rows:
        for table in manifest.n_rows if manifest.schema_version == known_version() else _KEPT_BY_UPGRADES:
            if (n := rows.count(table)) != manifest.n_rows[table]:
                raise RestoreError(f"{n} rows in table {table}, {manifest.n_rows[table]} were backed up")
        found = list(states_in(rows.rows("journal_entry")))
    for campaign, state, unreadable in found:
        facts = manifest.campaigns.get(campaign)
        if facts is None:
            raise RestoreError(f"{archive.path} does not list the campaign {campaign}, but holds entries of it")
        if facts.unreadable:
            notes.append(f"{campaign} could not be read when it was backed up: {facts.unreadable}")
        elif state is None or state.seq != facts.last_seq or state != states.get(campaign, state):
            raise RestoreError(f"{campaign} does not come out as it was backed up: {unreadable or 'its state differs'}")
        elif state.data_hash() != facts.data_hash:
            if manifest.meguri == version("meguri"):
                raise RestoreError(f"{campaign}: the hash of its data is not the one that was backed up")
            notes.append(f"{campaign}: meguri {manifest.meguri} hashed the same data in another way")
    if manifest.password_left_out and "@" in str(engine.url):
        notes.append("the database's password was not backed up: put it into ~/.pgpass or PGPASSWORD")
    return tuple(notes)


def _compare_files(archive: Archive, stage: Path) -> None:
    for name, member in archive.manifest.members.items():
        path = stage / name.removeprefix("files/")
        if name.startswith("files/") and name != SETTINGS:
            found = hashlib.sha256()
            with path.open("rb") as file:
                while piece := file.read(_CHUNK):
                    found.update(piece)
            if found.hexdigest() != member.sha256:
                raise BackupError(archive.path, f"{path} does not read back as it was written", name)
