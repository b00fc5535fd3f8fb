"""A workspace with a past, on SQLite and on PostgreSQL; places to restore it to; processes that are killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from services.campaign.operations.backup import back_up
from services.campaign.service import CampaignService
from services.campaign.wiring import begin_workspace
from services.campaign.workspace import Workspace, open_workspace
from services.disk import watched
from services.records.held import HeldResult
from services.store import SqlHeldResults, SqlJournal, SqlLeases, open_database
from services.store.snapshot import snapshot
from tests.services.campaign.tiny import BLEND, read, run_cycle
from tests.services.campaign.workers import NOON, VIRTUAL, SetClock, people, worker

KILLED = 9
LATER = SetClock(NOON + timedelta(hours=1))
QUICK = VIRTUAL.replace("initial: {count: 3}", "initial: {count: 30}")
"""Films proposed without a model, so that turns follow each other quickly."""


def inhabit(workspace: Workspace, database: Engine) -> None:
    """Let campaigns, a worker and people leave something of every kind behind, in the database and in every folder."""
    clock = SetClock()
    service = people(database, clock)
    service.adopt(read(BLEND))
    service.adopt(read(QUICK))
    run_cycle(service)
    service.propose("BLEND")
    clock.move(minutes=1)
    worker(database, workspace.folder, clock).turn("PP01", due_at=clock.at)
    leases = SqlLeases(database)
    assert leases.take("inbox", holder="elsewhere:7", now=clock.at, until=clock.at + timedelta(seconds=60))
    stray = HeldResult(
        id="H-00000001",
        campaign="PP01",
        source="a.csv",
        proposal="PP01-C009-01",
        reason="there is no such proposal",
        suggestion="none",
        cells=(),
    )
    SqlHeldResults(database).hold([stray], at=clock.at)
    for name, text in FILES.items():
        path = workspace.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


FILES = {
    "inbox/waits.csv": b"proposal,strength\n",
    "inbox/taken/done.csv": "proposal,strength\nPP01-C001-01,\u2028 41 µ\n".encode(),
    "inbox/refused/bad.csv": b"\x00\xff" * 4000,
    "reports/PP01.html": b"<p>" * 20_000,
    "blobs/ab/abcdef": bytes(range(256)) * 40,
    "outbox/強さ with spaces.csv": b"",
}


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a past on SQLite and a backup of it, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("past")
    made = begin_workspace(folder / "here")
    database = open_database(made.database_url)
    inhabit(made, database)
    database.dispose()
    back_up(made, folder / "backup.zip", clock=LATER)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, past: Path, database_url: str) -> Workspace:
    """A workspace with a past, its database SQLite or PostgreSQL."""
    if database_url.startswith("sqlite"):
        shutil.copytree(past / "here", tmp_path / "here")
        return open_workspace(tmp_path / "here")
    made = begin_workspace(tmp_path / "here", database_url=database_url)
    database = open_database(made.database_url)
    inhabit(made, database)
    database.dispose()
    return made


@pytest.fixture
def backup(workspace: Workspace, past: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    if workspace.database_url.startswith("sqlite"):
        return Path(shutil.copy(past / "backup.zip", tmp_path))
    back_up(workspace, tmp_path / "backup.zip", clock=LATER)
    return tmp_path / "backup.zip"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest) -> str | None:
    """What to restore into: a file in the new workspace, or an empty database of a server."""
    if request.param == "sqlite":
        return "sqlite:///meguri.db"
    return request.getfixturevalue("empty_postgresql_url")


def rows_of(workspace: Workspace) -> dict[str, list[dict[str, Any]]]:
    """Every row of a workspace's database."""
    database = open_database(workspace.database_url)
    try:
        with snapshot(database) as found:
            return {table: list(found.rows(table)) for table in found.tables}
    finally:
        database.dispose()


def files_of(workspace: Workspace) -> dict[str, bytes]:
    """Every file of a workspace that a backup keeps, by path."""
    folders = ("inbox", "outbox", "laboratory", "reports", "blobs")
    return {
        path.relative_to(workspace.folder).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted((workspace.folder / folder).rglob("*"))
        if path.is_file()
    }


@contextmanager
def used(workspace: Workspace) -> Iterator[CampaignService]:
    """The use cases of a workspace."""
    database = open_database(workspace.database_url)
    yield CampaignService(journal=SqlJournal(database), clock=SetClock(NOON + timedelta(days=1)), actor="mori")
    database.dispose()


def points_of(work: Callable[[], Any]) -> list[str]:
    """Every crash point that some work passes."""
    passed: list[str] = []
    with watched(passed.append):
        work()
    return passed


def killed_at(number: int, work: Callable[[], Any]) -> bool:
    """Do work in a process of its own that is gone at its `number`-th crash point; False where it came to its end."""
    child = os.fork()
    if child == 0:
        left = [number]

        def count(_: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(KILLED)

        code = 1
        try:
            with watched(count):
                work()
            code = 0
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, KILLED)
    return status == KILLED
