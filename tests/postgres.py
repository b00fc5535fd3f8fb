"""A throwaway PostgreSQL cluster: one a test run, shared by its workers, gone afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT_VARIABLE = "MEGURI_TEST_POSTGRES_ROOT"
"""Environment variable by which the workers of one run find the cluster's folder."""
REQUIRE_VARIABLE = "MEGURI_REQUIRE_POSTGRES"
"""Environment variable that turns a skip for want of PostgreSQL into a failure."""

_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
_TEMPLATE = "prepared"
_ROOM_BYTES = 2 * 1024**3


class PostgresMissingError(Exception):
    """This machine cannot start a PostgreSQL cluster; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster in a folder that is its unix socket's too; it listens on no port.

    `owner` is the user it runs as where that is another than ours: PostgreSQL refuses root.
    """

    root: Path
    binaries: Path
    owner: str | None
    is_durable: bool = False

    @classmethod
    def in_folder(cls, root: Path, *, is_durable: bool = False) -> Cluster:
        """Find what is needed to run a cluster in a folder; starts nothing.

        A durable one keeps what it said is written, also where the server is killed; it is slower.
        """
        owner = None
        if os.geteuid() == 0:
            owner = "postgres"
            try:
                pwd.getpwnam(owner)
            except KeyError:
                raise PostgresMissingError("PostgreSQL refuses root, and there is no user postgres") from None
        return cls(root=root, binaries=find_binaries(), owner=owner, is_durable=is_durable)

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://meguri@/{database}?host={self.root}"

    def ensure_started(self, prepare: Callable[[str], None]) -> None:
        """Start the cluster unless another worker did; `prepare` fills the template of new databases."""
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ready = self.root / "ready"
            if ready.exists():
                return
            if self.owner is not None:
                shutil.chown(self.root, self.owner)
            data = str(self.root / "data")
            self._run("initdb", "-D", data, "-U", "meguri", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self._run("pg_ctl", "-D", data, "-l", str(self.root / "log"), "-o", self._options, "-w", "start")
            self._execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            prepare(self.url(_TEMPLATE))
            ready.touch()

    @property
    def _options(self) -> str:
        safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"} if self.is_durable else {}
        safe |= {"recovery_init_sync_method": "syncfs"} if self.is_durable and sys.platform == "linux" else {}
        settings = _SETTINGS | safe | {"unix_socket_directories": str(self.root)}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def restart(self) -> None:
        """Kill the server at once, as a crash would, and start it again."""
        data = str(self.root / "data")
        log = str(self.root / "log")
        self._run("pg_ctl", "-D", data, "-l", log, "-o", self._options, "-m", "immediate", "-w", "restart")

    def stop(self) -> None:
        """Stop the cluster at once if it runs."""
        if (self.root / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.root / "data"), "-m", "immediate", "-w", "stop")

    @contextlib.contextmanager
    def database(self, *, is_prepared: bool) -> Iterator[str]:
        """Make a database of its own, prepared or empty; yield its URL; drop it whoever is still connected."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if is_prepared else 'template0'}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the owner; its words are in the error if it fails."""
        as_owner = {} if self.owner is None else {"user": self.owner, "group": self.owner, "extra_groups": []}
        done = subprocess.run(
            [self.binaries / program, *arguments],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **as_owner,
        )
        if done.returncode != 0:
            log = self.root / "log"
            raise RuntimeError(f"{program}: {done.stdout}\n{log.read_text() if log.exists() else ''}")


def find_binaries() -> Path:
    """Find the folder of ``initdb`` and ``pg_ctl``: on PATH, else where packages put them, newest first."""
    on_path = shutil.which("pg_ctl")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for place in _PLACES:
        candidates += sorted(Path("/").glob(place.lstrip("/")), key=_version, reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise PostgresMissingError("PostgreSQL is not installed: no initdb and pg_ctl on PATH or in its usual folders")


def roomy_memory() -> str | None:
    """Return a folder kept in memory where there is one with room for a cluster: databases are made 3 times faster."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES else None


def _version(folder: Path) -> int:
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return int(digits or 0)
