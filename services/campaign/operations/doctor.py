"""Look a workspace over and say what is well and what is not. Changes nothing, but for a file written and removed."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from loop.errors import LoopError
from loop.ids import CampaignId
from loop.journal import fold
from loop.ports import Clock
from loop.state import CampaignState
from services.campaign.errors import CampaignError, WorkspaceError
from services.campaign.inbox_folder import lying_files, refused_files
from services.campaign.operations.findings import Finding
from services.campaign.operations.judging_campaigns import (
    InboxFile,
    judge_campaign,
    judge_held,
    judge_inbox,
    judge_measurements,
)
from services.campaign.operations.judging_database import judge_database, judge_journals, judge_leases, judge_orders
from services.campaign.operations.judging_machine import (
    Place,
    Remains,
    judge_compute,
    judge_places,
    judge_remains,
    judge_software,
)
from services.campaign.worker import is_dead
from services.campaign.workspace import HOME_VARIABLE, SETTINGS_FILE, Workspace, find_workspace
from services.disk import DiskError, discard, write_whole
from services.store import (
    DatabaseCondition,
    SqlHeldResults,
    SqlJournal,
    SqlLeases,
    SqlOutbox,
    StoreError,
    condition,
    reach_database,
)
from services.store.address import read_url
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["examine"]

_EXPECTED = (LoopError, CampaignError, StoreError, DiskError, OSError, ValueError)
"""What looking at something damaged may raise: it is told as found."""
_SOFTWARE = (
    "meguri", "sqlalchemy", "sqlmodel", "alembic", "psycopg", "pydantic", "apscheduler", "numpy", "scipy",
    "pandas", "scikit-learn", "torch", "gpytorch", "botorch",
)  # fmt: skip
_ANSWERS_S = 2.0


def examine(start: Path, *, clock: Clock, environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """Look over the workspace at or above a folder, and the machine that it is on.

    What cannot be looked at is a finding; everything else is looked at all the same.

    Raises
    ------
    WorkspaceError
        If there is no workspace.
    """
    software = _software()
    try:
        workspace = find_workspace(start, environment)
    except DiskError as error:
        return [Finding(area="workspace", verdict="broken", found=str(error), wanted="a folder to write to"), *software]
    except WorkspaceError as error:
        if _has_settings(start, environment):
            return [Finding(area="workspace", verdict="broken", found=str(error), wanted="mend them"), *software]
        raise
    here = _Examination(workspace, clock.now())
    return [
        Finding(area="workspace", verdict="fine", found=str(workspace.folder)),
        *here.of_the_database(),
        *here.told("inbox", here.inbox),
        *here.told("disk", here.disk),
        *here.told("compute", here.compute),
        *software,
    ]


@dataclass(frozen=True, slots=True)
class _Examination:
    """One look at a workspace."""

    workspace: Workspace
    now: datetime

    def told(self, area: str, look: Callable[[], list[Finding]]) -> list[Finding]:
        """Look at something; what keeps from looking is what was found."""
        try:
            return look()
        except _EXPECTED as error:
            wanted = "something that can be looked at"
            return [Finding(area=area, verdict="broken", found=f"cannot be looked at: {error}", wanted=wanted)]

    def of_the_database(self) -> list[Finding]:
        """Look at the database and all that is in it."""
        try:
            engine = reach_database(self.workspace.database_url)
        except StoreError as error:
            return [_unreachable(error)]
        try:
            return self._within(engine)
        finally:
            engine.dispose()

    def _within(self, engine: Engine) -> list[Finding]:
        try:
            found = condition(engine)
        except (StoreError, ValueError) as error:
            return [_unreachable(error)]
        findings = judge_database(found)
        states, unreadable = self._states(engine, found)
        findings += judge_journals(found, unreadable)
        if found.schema_version != found.known_version:
            return findings  # the tables of another schema are not those of this code
        findings += self.told("leases", lambda: judge_leases(SqlLeases(engine).records(), self.now, is_dead))
        for state in states:
            findings += self.told("proposals", lambda state=state: judge_campaign(state, self.now))  # type: ignore[misc]
            findings += self.told("work orders", lambda state=state: self._orders(engine, state))  # type: ignore[misc]
        held = SqlHeldResults(engine)
        findings += self.told("held results", lambda: judge_held(held.records(waiting_only=True), self.now))
        findings += self.told("measurements", lambda: self._measurements(SqlMeasurements(engine)))
        return findings

    def _measurements(self, measurements: SqlMeasurements) -> list[Finding]:
        kept = set(Blobs(self.workspace.blobs).hashes())
        return judge_measurements(measurements.measurements(), measurements.files(), kept)

    def _states(self, engine: Engine, found: DatabaseCondition) -> tuple[list[CampaignState], dict[str, str]]:
        states, unreadable, journal = list[CampaignState](), dict[str, str](), SqlJournal(engine)
        for campaign in found.journals:
            try:
                states.append(fold(CampaignId(campaign), journal.read(CampaignId(campaign))))
            except _EXPECTED as error:
                unreadable[campaign] = str(error)
        return states, unreadable

    def _orders(self, engine: Engine, state: CampaignState) -> list[Finding]:
        records = SqlOutbox(engine).records(state.campaign)
        return judge_orders(records, self.now, is_paused=state.course == "paused")

    def inbox(self) -> list[Finding]:
        """Look at the inbox."""
        folder = self.workspace.inbox
        left = [
            InboxFile(name=path.relative_to(folder).as_posix(), since=_changed(path)) for path in lying_files(folder)
        ]
        refused = [InboxFile(name=path.name, since=_changed(path), is_refused=True) for path in refused_files(folder)]
        return judge_inbox([*left, *refused], self.now)

    def disk(self) -> list[Finding]:
        """Look at the folders that are written to, and at what interrupted writes left."""
        folder = self.workspace.folder
        names = ("", "inbox", "outbox", "reports", "blobs", "laboratory")
        places = [_place(folder / name, name or str(folder)) for name in names if (folder / name).is_dir()]
        url = read_url(self.workspace.database_url)
        if url.get_backend_name() == "sqlite" and Path(url.database or "").parent != folder:
            home = Path(url.database or "").parent
            places += [_place(home, f"the database's {home}")] if home.is_dir() else []
        remains = [Remains(name=str(p.relative_to(folder)), since=_changed(p)) for p in folder.rglob(".*.part")]
        stage = folder.parent / f".{folder.name}.restoring"
        remains += [Remains(name=str(stage), since=_changed(stage))] if stage.exists() else []
        return [*judge_places(places), *judge_remains(remains, self.now)]

    def compute(self) -> list[Finding]:
        """Look at where models are fitted."""
        settings = self.workspace.settings.compute
        return judge_compute(
            settings,
            n_cores=os.cpu_count() or 1,
            has_dask=find_spec("distributed") is not None,
            silence=_silence(settings.address) if settings.address and settings.engine == "dask" else None,
        )


def _unreachable(error: Exception) -> Finding:
    wanted = "a database that can be reached, as [database] in meguri.toml names it; nothing in it was looked at"
    return Finding(area="database", verdict="broken", found=str(error), wanted=wanted)


def _has_settings(start: Path, environment: Mapping[str, str]) -> bool:
    """Say whether there is a workspace, whatever is wrong with it."""
    named = environment.get(HOME_VARIABLE)
    folders = [Path(named)] if named else [start.resolve(), *start.resolve().parents]
    return any((folder / SETTINGS_FILE).exists() for folder in folders)


def _changed(path: Path) -> datetime:
    """Return when a file was written; now where it is gone since its folder was listed."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.now(UTC)


def _place(folder: Path, name: str) -> Place:
    disk = os.statvfs(folder)
    probe, refusal = folder / f".meguri-doctor-{os.getpid()}", ""
    try:
        write_whole(probe, b"written by meguri doctor to see whether it can be\n", "doctor's probe")
        discard(probe, "doctor's probe")
    except DiskError as error:
        refusal = str(error)
    return Place(name=name, free_bytes=disk.f_bavail * disk.f_frsize, refusal=refusal)


def _silence(address: str) -> str | None:
    """Say why nothing answers at the address of a Dask scheduler; None where something does."""
    where = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        socket.create_connection((where.hostname or "", where.port or 8786), timeout=_ANSWERS_S).close()
    except (OSError, ValueError) as error:
        return f"nothing answers within {_ANSWERS_S:g} s ({error})"
    return None


def _software() -> list[Finding]:
    found = {name: _version(name) for name in _SOFTWARE}
    python = f"Python {platform.python_version()} on {platform.platform()}, {os.cpu_count() or 1} cores"
    return judge_software(python, found)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
