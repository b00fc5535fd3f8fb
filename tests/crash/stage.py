"""Databases and folders that a killed campaign plays on, and what must be found on them afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from loop.ids import CampaignId
from services.store import SqlHeldResults, SqlJournal, SqlOutbox, open_database
from services.store.blobs import Blob, Blobs
from services.store.measurements import SqlMeasurements
from tests.crash.scenario import CAMPAIGN
from tests.postgres import Cluster


@dataclass(frozen=True, slots=True)
class Stage:
    """One copy of a campaign: where its database is, and its folder."""

    url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Facts:
    """All that must be the same after a crash as without one."""

    events: tuple[str, ...]
    orders: tuple[str, ...]
    undelivered: tuple[str, ...]
    delivered_files: tuple[tuple[str, bytes], ...]
    held: tuple[str, ...]
    files: tuple[str, ...]
    measurements: tuple[str, ...]
    blobs: tuple[str, ...]
    inbox: tuple[str, ...]


def facts(stage: Stage) -> Facts:
    """Read what a campaign came to."""
    database, campaign = open_database(stage.url), CampaignId(CAMPAIGN)
    try:
        records = SqlOutbox(database).records(campaign)
        return Facts(
            events=tuple(
                json.dumps(entry.event.model_dump(mode="json"), ensure_ascii=False)
                for entry in SqlJournal(database).read(campaign)
            ),
            orders=tuple(record.order.model_dump_json() for record in records),
            undelivered=tuple(record.order.id for record in records if record.delivered_at is None),
            delivered_files=tuple(_delivered(stage.folder)),
            held=tuple(sorted(record.result.id for record in SqlHeldResults(database).records())),
            files=tuple(sorted(f"{file.hash} {file.name}" for file in SqlMeasurements(database).files())),
            measurements=tuple(m.model_dump_json() for m in SqlMeasurements(database).measurements()),
            blobs=tuple(_kept(stage.folder / "blobs")),
            inbox=tuple(sorted(_lying(stage.folder / "inbox"))),
        )
    finally:
        database.dispose()


def differences(before: Facts, after: Facts) -> list[str]:
    """Say what was lost, doubled or changed between a campaign that nobody killed and one that was killed."""
    found = []
    if before.events != after.events:
        where = next((i for i, (a, b) in enumerate(zip(before.events, after.events, strict=False)) if a != b), None)
        where = min(len(before.events), len(after.events)) if where is None else where
        found.append(
            f"journal differs from entry {where + 1} on ({len(before.events)} against {len(after.events)}): "
            f"{(*before.events, 'nothing')[where][:200]} against {(*after.events, 'nothing')[where][:200]}"
        )
    if before.orders != after.orders:
        found.append(f"work orders differ: {len(before.orders)} against {len(after.orders)}")
    if after.undelivered:
        found.append(f"lost work orders: {', '.join(after.undelivered)}")
    if before.delivered_files != after.delivered_files:
        names = ([n for n, _ in before.delivered_files], [n for n, _ in after.delivered_files])
        found.append(f"what reached the laboratory differs: {names[0]} against {names[1]}")
    if before.held != after.held:
        found.append(f"waiting results differ: {before.held} against {after.held}")
    for what in ("files", "measurements", "blobs", "inbox"):
        wanted, there = getattr(before, what), getattr(after, what)
        if wanted != there:
            lost, extra = sorted(set(wanted) - set(there)), sorted(set(there) - set(wanted))
            found.append(f"{what} differ: {len(wanted)} against {len(there)}, lost {lost[:2]}, extra {extra[:2]}")
    return found


def _delivered(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((folder / "outbox").glob("*.csv")):
        yield path.name, path.read_bytes()
    for path in sorted((folder / "laboratory" / CAMPAIGN / "orders").glob("*.json")):
        yield path.name, json.dumps(json.loads(path.read_text(encoding="utf-8"))["order"]).encode()


def _kept(folder: Path) -> Iterator[str]:
    """Every kept file by its hash; what is wrong with one stands in its place."""
    for found in Blobs(folder).check():
        yield found.hash if isinstance(found, Blob) else f"{found.path.name}: {found.reason}"


def _lying(inbox: Path) -> Iterator[str]:
    """Every file and folder of the inbox: what was taken lies in taken, once, and nothing else lies about."""
    for path in inbox.rglob("*"):
        if path.is_file() and path.suffix != ".part":
            yield path.relative_to(inbox).as_posix()


class SqliteStages:
    """Stages on SQLite: a file each."""

    kind = "sqlite"

    def __init__(self, root: Path) -> None:
        self._root, self._n = root, 0

    def empty(self) -> Stage:
        """Return a stage on which nothing happened."""
        folder = self._next()
        folder.mkdir(parents=True)
        return Stage(f"sqlite:///{folder / 'meguri.db'}", folder)

    @contextmanager
    def copied(self, stage: Stage) -> Iterator[Stage]:
        """Copy a stage that nobody plays on; the copy goes afterwards."""
        folder = self._next()
        shutil.copytree(stage.folder, folder)
        yield Stage(f"sqlite:///{folder / 'meguri.db'}", folder)
        shutil.rmtree(folder)

    def _next(self) -> Path:
        self._n += 1
        return self._root / f"stage-{self._n}"


class PostgresStages:
    """Stages on PostgreSQL: a database each, copied from templates."""

    kind = "postgresql"

    def __init__(self, root: Path, cluster: Cluster, name: str = "stage") -> None:
        self._root, self._cluster, self._name, self._n = root, cluster, name, 0

    def empty(self) -> Stage:
        """Return a stage on which nothing happened."""
        name, folder = self._next()
        folder.mkdir(parents=True)
        self._run(f"CREATE DATABASE {name} TEMPLATE template0")
        return Stage(self._cluster.url(name), folder)

    @contextmanager
    def copied(self, stage: Stage) -> Iterator[Stage]:
        """Copy a stage that nobody plays on; the copy goes afterwards."""
        name, folder = self._next()
        shutil.copytree(stage.folder, folder)
        template = stage.url.split("@/")[1].partition("?")[0]
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield Stage(self._cluster.url(name), folder)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")
        shutil.rmtree(folder)

    def _next(self) -> tuple[str, Path]:
        self._n += 1
        return f"{self._name}_{self._n}", self._root / f"stage-{self._n}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


Stages = SqliteStages | PostgresStages
