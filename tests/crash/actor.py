"""A worker process that tells of every crash point it passes, and dies at the one it was told to."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loop.errors import LoopError
from services.campaign.inbox_folder import lying_files
from services.campaign.worker import worker_name
from services.disk import DiskError, watched
from services.store import StoreError, open_database
from tests.crash.mutants import mutated
from tests.crash.scenario import AT_REST, CAMPAIGN, SCENARIOS, answer_sheets
from tests.services.campaign.workers import SetClock, begin, worker

PAUSE_S = 0.01


class RealClock(SetClock):
    """The machine's clock, set off by as much as a file says, so that it can be made to jump."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "clock"

    def now(self) -> datetime:
        off = float(self._file.read_text() or 0) if self._file.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=off)


def live(
    url: str,
    folder: Path,
    scenario: str,
    trace: int,
    *,
    kill_at: tuple[str, int] | None = None,
    stop_at: tuple[str, int] | None = None,
    cycles: int | None = None,
    mutant: str = "",
    lease_s: float = 60.0,
    dwell_s: float = 0.0,
) -> None:
    """Work on the campaign until it is at rest, or until so many cycles are closed.

    Parameters
    ----------
    trace
        File descriptor to which every crash point is written, a line each.
    kill_at
        Crash point at which this process kills itself: its name, and which of that name, from 0; among all of them
        where the name is empty.
    stop_at
        Likewise, at which it stops itself (SIGSTOP).
    mutant
        Name of the promise that this worker is to break.
    dwell_s
        How long to stay inside each write, in seconds.
    """
    passed: Counter[str] = Counter()

    def tell(point: str) -> None:
        os.write(trace, f"{point}\n".encode())
        for at, number in ((kill_at, signal.SIGKILL), (stop_at, signal.SIGSTOP)):
            if at is not None and at[0] in ("", point) and passed[at[0]] == at[1]:
                os.kill(os.getpid(), number)
        passed[point] += 1
        passed[""] += 1
        if dwell_s and point.startswith(("before", "after begin")):
            time.sleep(dwell_s)

    with mutated(mutant), watched(tell):
        work(url, folder, scenario, cycles=cycles, lease_s=lease_s)


def work(url: str, folder: Path, scenario: str, *, cycles: int | None = None, lease_s: float = 60.0) -> None:
    """Open the database and take turns until the campaign is at rest; what goes wrong on the way is tried again."""
    clock, is_begun = RealClock(folder), False
    while True:
        try:
            database = open_database(url)
            break
        except StoreError:
            time.sleep(PAUSE_S)
    mine = worker(database, folder, clock, name=worker_name(), length=timedelta(seconds=lease_s))
    while True:
        try:
            if not is_begun and CAMPAIGN not in mine.campaigns():
                begin(database, SCENARIOS[scenario], clock)
            is_begun = True
            if scenario == "people":
                answer_sheets(folder)
                mine.empty_inbox()
            turn = mine.turn(CAMPAIGN)
            state = mine.state(CAMPAIGN)
            n_closed = sum(cycle.closed_seq is not None for cycle in state.cycles.values())
            is_over = turn.waits_for == AT_REST or (cycles is not None and n_closed >= cycles)
            if is_over and not lying_files(folder / "inbox"):
                return
        except (LoopError, StoreError, DiskError) as error:
            print(f"{os.getpid()} goes on after: {error}", flush=True)
            time.sleep(PAUSE_S)
        else:
            if not turn.steps:
                time.sleep(PAUSE_S)
