"""Back a workspace up while others work in it: its rows as they stand at one moment, its files, its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

from loop.counting import counted
from loop.ports import Clock
from services.campaign.errors import BackupError
from services.campaign.operations.archive import Tell, open_archive, pack, pack_manifest, states_in
from services.campaign.operations.kept_files import AFTER_THE_ROWS, BEFORE_THE_ROWS, Look, chunks, found_in
from services.campaign.operations.manifest import (
    FORMAT,
    SETTINGS,
    CampaignFacts,
    Manifest,
    Member,
    file_member,
    table_member,
)
from services.campaign.operations.settings_text import travelling
from services.campaign.workspace import SETTINGS_FILE, Workspace
from services.disk import write_stream
from services.store import NewerSchemaError, SchemaError, known_version, reach_database
from services.store.address import read_url, shown
from services.store.engine import write_json
from services.store.snapshot import Row, Snapshot, snapshot

__all__ = ["back_up", "verify"]

_SAID_AT_A_TIME = 200
_EMPTY = "its journal is empty"


def back_up(workspace: Workspace, to: Path, *, clock: Clock, tell: Tell = lambda _: None) -> Manifest:
    """Write a backup of a workspace, read it back, and let it take its place when it is what was put in.

    Nobody has to stop: the rows are those of one moment, and files are read such that nothing is lost by what moves
    meanwhile.

    Parameters
    ----------
    to
        The file; it must not be there yet.
    tell
        Told how far it is.

    Raises
    ------
    BackupError
        If a file is there already, it would lie among what is backed up, or does not read back as it was written.
    DiskError
        If it cannot be written; nothing is left then.
    StoreError
        If the database cannot be reached, or a newer meguri wrote it.
    """
    if to.exists():
        raise BackupError(to, "a file is there already and is kept; name another")
    for name in (*BEFORE_THE_ROWS, *AFTER_THE_ROWS):
        if to.resolve().is_relative_to(workspace.folder / name):
            raise BackupError(to, f"it would lie in {name}, which is backed up itself; name a place outside")
    found: list[Manifest] = []

    def fill(file: BinaryIO) -> None:
        with ZipFile(file, "w", allowZip64=True) as packed:
            found.append(_Packing(packed, workspace, clock, tell).all())

    def check(part: Path) -> None:
        verify(part, tell=tell)

    write_stream(to, fill, "backup", check=check)
    return found[0]


def verify(path: Path, *, tell: Tell = lambda _: None) -> Manifest:
    """Read a backup back: every part is what was put in, every journal can be read.

    Raises
    ------
    BackupError
        If it is damaged or no backup; the message names the part.
    """
    with open_archive(path) as archive:
        archive.check(tell)
        return archive.manifest


@dataclass(slots=True)
class _Packing:
    """One backup under construction."""

    packed: ZipFile
    workspace: Workspace
    clock: Clock
    tell: Tell
    members: dict[str, Member] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def all(self) -> Manifest:
        began_at = self.clock.now()
        has_password = self._settings()
        self._files(BEFORE_THE_ROWS)
        engine = reach_database(self.workspace.database_url)
        try:
            with snapshot(engine) as rows:
                taken_at = self.clock.now()
                self._check_version(rows)
                n_rows, campaigns = self._rows(rows)
        finally:
            engine.dispose()
        self._files(AFTER_THE_ROWS)
        manifest = Manifest(
            format=FORMAT,
            meguri=version("meguri"),
            schema_version=rows.schema_version,
            database=engine.dialect.name,
            began_at=began_at,
            taken_at=taken_at,
            campaigns=campaigns,
            n_rows=n_rows,
            members=self.members,
            changed_while_read=tuple(self.changed),
            left_out=self.left_out,
            password_left_out=has_password,
        )
        pack_manifest(self.packed, manifest)
        return manifest

    def _check_version(self, rows: Snapshot) -> None:
        where, found = shown(read_url(self.workspace.database_url)), rows.schema_version
        if found > known_version():
            raise NewerSchemaError(found, known_version(), where)
        if found == 0:
            raise SchemaError(f"{where} has no table of ours: there is nothing to back up yet")

    def _settings(self) -> bool:
        text = (self.workspace.folder / SETTINGS_FILE).read_text(encoding="utf-8")
        clean, has_password = travelling(text, self.workspace.database_url, self.workspace.folder)
        self.members[SETTINGS] = pack(self.packed, SETTINGS, [clean.encode()])
        return has_password

    def _rows(self, rows: Snapshot) -> tuple[dict[str, int], dict[str, CampaignFacts]]:
        n_rows = dict[str, int]()
        for table in rows.tables:
            n_rows[table] = rows.count(table)
            self.tell(f"{counted(n_rows[table], 'row')} of {table}")
            name = table_member(table)
            self.members[name] = pack(self.packed, name, map(_line, rows.rows(table)))
        self.tell("reading the journals")
        last_seqs = {str(row["id"]): int(row["last_seq"]) for row in rows.rows("campaign")}
        facts = {
            name: CampaignFacts(last_seq=n, data_hash=None, unreadable="it is empty") for name, n in last_seqs.items()
        }
        for campaign, state, unreadable in states_in(rows.rows("journal_entry")):
            last_seq = last_seqs[campaign]
            if state is not None and state.seq != last_seq:
                unreadable = f"it ends with entry {state.seq}, {last_seq} are counted"
            data_hash = state.data_hash() if state is not None else None
            facts[campaign] = CampaignFacts(last_seq=last_seq, data_hash=data_hash, unreadable=unreadable)
        return n_rows, facts

    def _files(self, folders: tuple[str, ...]) -> None:
        n = 0
        for found in found_in(self.workspace.folder, folders):
            if found.refusal:
                self.left_out[found.name] = found.refusal
                continue
            look, name = Look(), file_member(found.name)
            pieces = chunks(found.path, look)
            first = next(pieces, b"")  # opens it: what is gone or refused by now has no part
            if look.refusal:
                self.left_out[found.name] = look.refusal
            elif not look.is_gone:
                self.members[name] = pack(self.packed, name, chain([first], pieces))
                self.changed += [found.name] if look.has_changed or look.refusal else []
                n += 1
                if n % _SAID_AT_A_TIME == 0:
                    self.tell(f"{n} files of {', '.join(folders)}")


def _line(row: Row) -> bytes:
    return write_json(row).encode() + b"\n"
