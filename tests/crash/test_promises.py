"""Workers that are stopped, clocks that jump, servers that restart; and that a broken promise would be found."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.store import open_database
from tests.crash.scenario import SCENARIOS
from tests.crash.stage import Facts, PostgresStages, SqliteStages, Stage, Stages
from tests.crash.trials import Actor, Mark, disturbed, killed_at, one_cycle, stopped_at, undisturbed
from tests.postgres import Cluster, roomy_memory

HOUR_S = 3600


class Play:
    """A campaign about to be disturbed, and what comes of it where nobody does."""

    def __init__(self, stages: Stages, scenario: str) -> None:
        self.stages, self.scenario = stages, scenario
        self.start: Stage = one_cycle(stages, scenario)
        self.wanted: Facts
        self.marks: list[Mark]
        self.wanted, self.marks = undisturbed(stages, self.start, scenario)

    def places(self, point: str) -> list[int]:
        """Numbers of the crash points of a name."""
        return [number for number, mark in enumerate(self.marks) if mark.point == point]


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Play]:
    """Each scenario on SQLite."""
    root = tmp_path_factory.mktemp("crash")
    return {scenario: Play(SqliteStages(root / scenario), scenario) for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def restartable(postgres_cluster: Cluster) -> Iterator[Cluster]:
    """A PostgreSQL server of this module's own, which may be restarted."""
    root = Path(tempfile.mkdtemp(prefix="meguri-pg-", dir=roomy_memory()))
    cluster = Cluster.in_folder(root, is_durable=True)
    cluster.ensure_started(lambda url: open_database(url).dispose())
    yield cluster
    cluster.stop()
    shutil.rmtree(root)


def test_a_stopped_worker_that_wakes_after_its_lease_writes_nothing(plays):
    """Stopped before it writes, passed by another, woken: it commits nothing before it has a lease again."""
    play = plays["laboratory"]
    for which in (0, 2, 3):
        trial, passed = stopped_at(play.stages, play.start, play.scenario, which, play.wanted)
        assert trial.faults == ()
        assert [point for point in passed if point.startswith(("after commit", "before deliver"))] == []


def test_a_stopped_worker_writes_nothing_on_postgresql_either(restartable, tmp_path):
    """The same where several machines may share the database."""
    play = Play(PostgresStages(tmp_path, restartable), "laboratory")
    for which in (0, 3):
        trial, passed = stopped_at(play.stages, play.start, play.scenario, which, play.wanted)
        assert trial.faults == ()
        assert [point for point in passed if point.startswith(("after commit", "before deliver"))] == []


def test_a_worker_without_a_guard_is_found_out(plays):
    """Mutant: it wakes before it takes in results, and goes on writing though its lease is another's."""
    play = plays["laboratory"]
    _, passed = stopped_at(play.stages, play.start, play.scenario, 0, play.wanted, mutant="no guard")
    assert "after commit journal" in passed


def test_a_table_without_its_natural_key_is_found_out(plays):
    """Mutant: killed after a waiting result is kept and before its file is moved, it waits twice."""
    play = plays["people"]
    [number, *_] = play.places("after commit held result")
    assert killed_at(play.stages, play.start, play.scenario, number, play.wanted).faults == ()
    broken = killed_at(play.stages, play.start, play.scenario, number, play.wanted, mutant="no unique key")
    assert broken.last_point == "after commit held result"
    assert any("waiting results differ" in fault for fault in broken.faults)


def test_a_worker_without_an_outbox_is_found_out(plays):
    """Mutant: killed after it wrote that proposals were sent and before they were, their work order is lost."""
    play = plays["laboratory"]
    [delivery, *_] = play.places("before begin delivery")
    number = max(n for n in play.places("after commit journal") if n < delivery)
    assert killed_at(play.stages, play.start, play.scenario, number, play.wanted).faults == ()
    broken = killed_at(play.stages, play.start, play.scenario, number, play.wanted, mutant="no outbox")
    assert broken.last_point == "after commit journal"
    assert any("work orders differ" in fault or "next start" in fault for fault in broken.faults)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_clocks_that_jump_by_an_hour_change_nothing(plays, scenario):
    """Forwards and back again, with two workers contending: the same campaign comes of it."""
    play = plays[scenario]
    rng = random.Random(scenario)

    def jump(stage: Stage, actor: Actor) -> None:
        for off in (HOUR_S, 0, -HOUR_S, HOUR_S, 0):
            _listen(actor, rng.uniform(0.05, 0.3))
            (stage.folder / "clock.new").write_text(str(off))
            (stage.folder / "clock.new").rename(stage.folder / "clock")

    assert disturbed(play.stages, play.start, scenario, play.wanted, jump, n_workers=2) == []


def test_a_server_that_is_restarted_twenty_times_loses_nothing(restartable, tmp_path):
    """Killed and started again at an instant drawn, twenty times: the worker waits for it and goes on."""
    play = Play(PostgresStages(tmp_path, restartable, "restarted"), "laboratory")
    rng = random.Random(20)

    def restart(_stage: Stage, actor: Actor) -> None:
        for _ in range(4):
            _listen(actor, rng.uniform(0, 0.4))
            restartable.restart()

    for _ in range(5):
        assert disturbed(play.stages, play.start, play.scenario, play.wanted, restart) == []


def _listen(actor: Actor, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and actor.listen(left):
        pass


def test_a_copy_of_a_stage_plays_the_same(plays):
    """What the other promises rest on: undisturbed, the same campaign comes of it twice."""
    play = plays["people"]
    again, _ = undisturbed(play.stages, play.start, play.scenario)
    assert again == play.wanted
    assert len(again.held) == 1
    assert Path(play.start.folder).is_dir()
