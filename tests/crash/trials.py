"""Kill a campaign and look whether anything was lost, doubled or changed: at every crash point, at random instants."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import random
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.crash.actor import live
from tests.crash.stage import Facts, Stage, Stages, differences, facts

DWELL_S = 0.002
"""How long a worker stays inside each write when it is to be killed there: a write alone is over too soon to be hit."""

LEASE_S = 1.5
"""How long a lease lasts where a worker has to lose it."""

_PATIENCE_S = 90.0
_KILLED = (-signal.SIGKILL, 255)
"""Exit codes of a process that was killed; 255 is what is left where the server that forked it missed which signal."""
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.crash.actor", "botorch", "loop.proposers.bayesian"])


@dataclass(frozen=True, slots=True)
class Trial:
    """One kill: where it was aimed, whether it hit inside a write, and what was wrong afterwards, if anything."""

    aim: str
    last_point: str
    is_inside_a_write: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A crash point that was passed, and when (monotonic seconds)."""

    point: str
    at: float


_END = b"played to its end"
"""What a worker tells last of all."""
_STATUS_LOST = 255
"""What a fork server says of a child whose status got lost on the way, which happens to one that ended well too."""


class Actor:
    """A worker process of ours, with the crash points that it told of."""

    def __init__(self, stage: Stage, scenario: str, **named: object) -> None:
        self._read, write = os.pipe()
        os.set_inheritable(write, True)
        self.marks: list[Mark] = []
        self._rest = b""
        self.is_at_its_end = False
        log = _log_of(stage, f"{time.monotonic_ns()}.log")
        self.process: ForkServerProcess = _context.Process(
            target=_live, args=(stage.url, stage.folder, scenario, _Descriptor(write), str(log), named), daemon=True
        )
        self.process.start()
        os.close(write)

    def listen(self, timeout: float) -> bool:
        """Read what it told of for so long; False where it is gone."""
        ready, _, _ = select.select([self._read], [], [], timeout)
        if not ready:
            return True
        told = os.read(self._read, 65536)
        now = time.monotonic()
        *lines, self._rest = (self._rest + told).split(b"\n")
        self.is_at_its_end = self.is_at_its_end or _END in lines
        self.marks += [Mark(line.decode(), now) for line in lines if line != _END]
        return bool(told)

    def finish(self, patience: float = _PATIENCE_S) -> int | None:
        """Wait until it is gone; its exit code, None where it hangs (it is killed then)."""
        until = time.monotonic() + patience
        while self.listen(0.05):
            if time.monotonic() > until:
                self.kill()
                self.process.join()
                return None
        self.process.join(patience)
        code = self.process.exitcode
        return 0 if code == _STATUS_LOST and self.is_at_its_end else code

    def kill(self) -> None:
        """Send SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            assert self.process.pid is not None
            os.kill(self.process.pid, signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._read)


class _Descriptor:
    """A file descriptor on its way to another process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getstate__(self) -> object:
        return multiprocessing.reduction.DupFd(self.number)

    def __setstate__(self, state: object) -> None:
        self.number = state.detach()  # type: ignore[attr-defined]


def _live(url: str, folder: Path, scenario: str, trace: _Descriptor, log: str, named: dict[str, object]) -> None:
    with Path(log).open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    import torch

    torch.set_num_threads(1)
    live(url, folder, scenario, trace.number, **named)  # type: ignore[arg-type]
    os.write(trace.number, _END + b"\n")


def one_cycle(stages: Stages, scenario: str) -> Stage:
    """Play until the first cycle is closed, so that the cycles after it can be killed."""
    stage = stages.empty()
    actor = Actor(stage, scenario, cycles=1)
    assert actor.finish() == 0, _logs(stage)
    actor.close()
    return stage


def undisturbed(stages: Stages, start: Stage, scenario: str) -> tuple[Facts, list[Mark]]:
    """Play to the end without a kill: what it comes to, and the crash points passed."""
    with stages.copied(start) as stage:
        actor = Actor(stage, scenario)
        assert actor.finish() == 0, _logs(stage)
        actor.close()
        return facts(stage), actor.marks


def killed_at(stages: Stages, start: Stage, scenario: str, number: int, wanted: Facts, mutant: str = "") -> Trial:
    """Kill at the `number`-th crash point, start again, and compare with what nobody killed."""
    with stages.copied(start) as stage:
        first = Actor(stage, scenario, kill_at=("", number), mutant=mutant)
        code = first.finish()
        first.close()
        point = first.marks[-1].point if first.marks else "start"
        is_killed = code not in (None, 0) and len(first.marks) == number + 1  # it told of its last point and no other
        faults = [] if is_killed else [f"was not killed but ended with {code}: {_logs(stage)}"]
        faults += _finished(stage, scenario, mutant)
        return Trial(f"point {number}", point, is_inside(first.marks), (*faults, *differences(wanted, facts(stage))))


def killed_at_random(
    stages: Stages, start: Stage, scenario: str, rng: random.Random, wanted: Facts, marks: list[Mark]
) -> Trial:
    """Let two workers contend, kill one of them at an instant drawn, start it again, and compare.

    A quarter of the instants are drawn over the whole play, the others over the time that a write of it takes.
    """
    with stages.copied(start) as stage:
        actors = [Actor(stage, scenario, dwell_s=DWELL_S) for _ in range(2)]
        if rng.random() < 0.25:
            victim = rng.choice(actors)
            aim = _at_any_time(victim, actors, rng.uniform(0, marks[-1].at - marks[0].at))
        else:
            victim, aim = _inside_a_write(actors, rng, marks)
        victim.kill()
        codes = [actor.finish() for actor in actors]
        inside, last = is_inside(victim.marks), victim.marks[-1].point if victim.marks else "start"
        faults = [f"a worker hung: {_logs(stage)}" for code in codes if code is None]
        faults += [f"a worker ended with {c}: {_logs(stage)}" for c in codes if c not in (None, 0, *_KILLED)]
        for actor in actors:
            actor.close()
        faults += _finished(stage, scenario, "")
        return Trial(aim, last, inside, (*faults, *differences(wanted, facts(stage))))


def _at_any_time(victim: Actor, actors: list[Actor], seconds: float) -> str:
    while not any(actor.marks for actor in actors) and all(actor.listen(0.001) for actor in actors):
        pass
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for actor in actors:
            actor.listen(min(left, 0.001))
    return f"{seconds:.3f} s after the first write"


def _inside_a_write(actors: list[Actor], rng: random.Random, marks: list[Mark]) -> tuple[Actor, str]:
    """Wait for a write drawn among all of an undisturbed play, then for a part of the time that it took there."""
    writes = [i for i, mark in enumerate(marks[:-1]) if _opens_a_write(mark.point)]
    wanted = rng.choice(writes)
    point = marks[wanted].point
    which = sum(mark.point == point for mark in marks[: wanted + 1])
    takes = DWELL_S + marks[wanted + 1].at - marks[wanted].at
    share = rng.uniform(0, 0.8)
    heard = [0, 0]
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        alive = False
        for actor in actors:
            alive |= actor.listen(0.0005)
            for mark in actor.marks[heard[actors.index(actor)] :]:
                heard[actors.index(actor)] += 1
                if mark.point == point:
                    which -= 1
                    if which == 0:
                        _spin(share * takes)
                        return actor, f"{share:.2f} of the way from {point!r}"
        if not alive:
            break
    return actors[0], f"{point}: never reached again"


def _opens_a_write(point: str) -> bool:
    when, kind, *_ = point.split(" ")
    return (when == "after") if kind == "begin" else (when == "before")


def _spin(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _finished(stage: Stage, scenario: str, mutant: str, **named: object) -> list[str]:
    """Start a worker again and let it play to the end."""
    actor = Actor(stage, scenario, mutant=mutant, **named)
    code = actor.finish(20.0 if mutant else _PATIENCE_S)
    actor.close()
    return [] if code == 0 else [f"the next start ended with {code}: {_logs(stage)}"]


def is_inside(marks: list[Mark]) -> bool:
    """Say whether a process died inside a write: in an open transaction, or in an fsync, rename, append or delivery."""
    is_open: dict[str, bool] = {}
    for mark in marks:
        when, _, write = mark.point.partition(" ")
        kind, _, what = write.partition(" ")
        if kind == "begin":
            is_open[f"commit {what}"] = when == "after"  # a transaction that was rolled back begins anew
        else:
            is_open[write] = when == "before"
    return any(is_open.values())


def _logs(stage: Stage) -> str:
    texts = [path.read_text()[-1500:] for path in sorted(_log_of(stage, "*").parent.glob("*.log"))]
    return "\n".join(text for text in texts if text)


def _log_of(stage: Stage, name: str) -> Path:
    """Return where a worker's words go: beside the stage, whose disk may be full."""
    folder = stage.folder.parent / f"{stage.folder.name}-logs"
    folder.mkdir(exist_ok=True)
    return folder / name


def stopped_at(
    stages: Stages, start: Stage, scenario: str, which: int, wanted: Facts, mutant: str = ""
) -> tuple[Trial, list[str]]:
    """Stop a worker before it writes to the journal for the `which`-th time, from 0, and wake it after its lease.

    In between another worker takes over and dies behind its first write, so that there is work left. The crash points
    that the first one passes from its awakening until it takes a lease again are returned too.
    """
    point = "before begin journal"
    with stages.copied(start) as stage:
        sleeper = Actor(stage, scenario, stop_at=(point, which), mutant=mutant, lease_s=LEASE_S)
        until = time.monotonic() + _PATIENCE_S
        while sum(mark.point == point for mark in sleeper.marks) <= which and time.monotonic() < until:
            sleeper.listen(0.01)
        other = Actor(stage, scenario, kill_at=("after commit journal", 0), lease_s=LEASE_S)
        faults = [] if other.finish() == -signal.SIGKILL else [f"nobody took over: {_logs(stage)}"]
        other.close()
        n_before = len(sleeper.marks)
        sleeper.signal(signal.SIGCONT)
        code = sleeper.finish()
        sleeper.close()
        faults += [] if code == 0 else [f"the worker that woke ended with {code}: {_logs(stage)}"]
        woken = [mark.point for mark in sleeper.marks[n_before:]]
        under_old_lease = list(itertools.takewhile(lambda passed: passed != "before begin lease", woken))
        trial = Trial(f"stopped at number {which}", point, True, (*faults, *differences(wanted, facts(stage))))
        return trial, under_old_lease


def disturbed(
    stages: Stages,
    start: Stage,
    scenario: str,
    wanted: Facts,
    disturb: Callable[[Stage, Actor], None],
    n_workers: int = 1,
) -> list[str]:
    """Let workers play while somebody disturbs them; return what is different afterwards."""
    with stages.copied(start) as stage:
        actors = [Actor(stage, scenario, dwell_s=2 * DWELL_S, lease_s=LEASE_S) for _ in range(n_workers)]
        while not any(actor.marks for actor in actors) and all(actor.listen(0.01) for actor in actors):
            pass
        disturb(stage, actors[0])
        codes = [actor.finish() for actor in actors]
        for actor in actors:
            actor.close()
        faults = [f"a worker ended with {code}: {_logs(stage)}" for code in codes if code != 0]
        return [*faults, *differences(wanted, facts(stage))]
