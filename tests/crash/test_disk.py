"""A disk that is full, a folder that cannot be written: a typed error, no half state, and on it goes."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.disk import DiskError
from services.store import DatabaseAccessError, SqlJournal, SqlOutbox, open_database
from tests.crash.scenario import CAMPAIGN, SCENARIOS
from tests.crash.stage import SqliteStages, Stage, differences, facts
from tests.crash.trials import Actor, one_cycle, undisturbed
from tests.services.campaign.workers import SetClock, begin, worker


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of its own; skips, saying so, where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write until nothing more fits."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_stops_nothing_but_the_writing(small_disk, tmp_path, scenario):
    """Filled at an instant of the cycle: the worker tries again and again; with room, the same campaign comes of it."""
    stages = SqliteStages(tmp_path / "stages")
    start = one_cycle(stages, scenario)
    wanted, marks = undisturbed(stages, start, scenario)
    for share in (0.1, 0.4, 0.7):
        with stages.copied(start) as copy:
            subprocess.run(["cp", "-r", f"{copy.folder}/.", str(small_disk)], check=True)
            stage = Stage(f"sqlite:///{small_disk / 'meguri.db'}", small_disk)
            actor = Actor(stage, scenario, dwell_s=0.005)
            while len(actor.marks) < share * len(marks) and actor.listen(0.01):
                pass
            ballast = fill(small_disk)
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                assert actor.listen(0.05), "a worker that cannot write goes on trying"
            ballast.unlink()
            assert actor.finish() == 0
            actor.close()
            assert differences(wanted, facts(stage)) == []
            assert not list(small_disk.rglob("*.part"))
            subprocess.run(["find", str(small_disk), "-mindepth", "1", "-delete"], check=True)


def test_a_write_to_a_full_disk_is_a_typed_error(small_disk):
    """In the database and in the outbox; what was there before is as it was, and with room it is done."""
    database, clock = open_database(f"sqlite:///{small_disk / 'meguri.db'}"), SetClock()
    begin(database, SCENARIOS["people"], clock)
    mine = worker(database, small_disk, clock)
    before = SqlJournal(database).read(CAMPAIGN)
    ballast = fill(small_disk)
    with pytest.raises((DatabaseAccessError, DiskError), match=r"full|No space left"):
        mine.turn(CAMPAIGN)
    ballast.unlink()
    assert SqlJournal(database).read(CAMPAIGN) == before
    assert mine.turn(CAMPAIGN).steps[-1] == "work order PP01-W0001 left"
    database.dispose()


def test_an_outbox_that_cannot_be_written_keeps_the_order(small_disk, tmp_path):
    """Read-only for a while: a typed error that names the folder; the order leaves as soon as it can, once."""
    database, clock = open_database(f"sqlite:///{tmp_path / 'meguri.db'}"), SetClock()
    begin(database, SCENARIOS["people"], clock)
    (tmp_path / "outbox").symlink_to(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    mine = worker(database, tmp_path, clock)
    with pytest.raises(DiskError, match=r"outbox/PP01-W0001.csv: cannot be written: Read-only file system"):
        mine.turn(CAMPAIGN)
    assert [order.id for order in SqlOutbox(database).undelivered(CAMPAIGN)] == ["PP01-W0001"]
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    clock.at += timedelta(minutes=1)
    assert mine.turn(CAMPAIGN).steps == ("work order PP01-W0001 left",)
    assert mine.turn(CAMPAIGN).steps == ()
    assert [path.name for path in small_disk.iterdir()] == ["PP01-W0001.csv"]
    database.dispose()


def test_a_database_that_cannot_be_written_is_a_typed_error(small_disk):
    """Read-only from the start: nothing is begun, and the message names the file."""
    database = open_database(f"sqlite:///{small_disk / 'meguri.db'}")
    clock = SetClock()
    begin(database, SCENARIOS["people"], clock)
    database.dispose()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(DatabaseAccessError, match=r"meguri.db.*(readonly|unable to open)"):
        open_database(f"sqlite:///{small_disk / 'meguri.db'}")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    again = open_database(f"sqlite:///{small_disk / 'meguri.db'}")
    assert worker(again, small_disk, clock).turn(CAMPAIGN).steps
    again.dispose()
