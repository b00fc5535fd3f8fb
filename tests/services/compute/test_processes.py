"""What only local processes promise: idle workers may die, and a machine that starts none is not the task's fault."""

from __future__ import annotations

import multiprocessing.resource_tracker
import multiprocessing.spawn
import os
import signal
import time

import pytest

from services.compute import EngineUnavailableError, Task, outcomes
from services.compute.processes import ProcessEngine
from tests.services.compute import tasks
from tests.services.compute.processes import is_alive, wait_until


def test_the_death_of_an_idle_worker_costs_no_attempt():
    """The next task finds another one."""
    with ProcessEngine(1) as engine:
        (first,) = outcomes(engine, [Task("first", tasks.pid)])
        os.kill(first.value, signal.SIGKILL)
        wait_until(lambda: not is_alive(first.value))
        (second,) = outcomes(engine, [Task("second", tasks.pid)])
    assert second.n_attempts == 1
    assert second.value != first.value


def test_a_worker_is_kept_for_the_tasks_to_come():
    """Loading what tasks need takes longer than most tasks."""
    with ProcessEngine(1) as engine:
        done = outcomes(engine, [Task(str(number), tasks.pid) for number in range(5)])
    assert len({outcome.value for outcome in done}) == 1
    assert done[0].value != os.getpid()


def test_where_no_process_starts_no_task_is_blamed(monkeypatch):
    """The future says what is wrong; once processes start again, the same task is run."""
    multiprocessing.resource_tracker.ensure_running()
    with ProcessEngine(1) as engine:
        monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/usr/bin/false")
        with pytest.raises(EngineUnavailableError, match=r"no worker process can be started.*exit code 1"):
            engine.submit(Task("square", tasks.square, (3,))).result(timeout=60)
        monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/nowhere/python")
        with pytest.raises(EngineUnavailableError, match="no worker process can be started"):
            engine.submit(Task("square", tasks.square, (3,))).result(timeout=60)
        monkeypatch.undo()
        (outcome,) = outcomes(engine, [Task("square", tasks.square, (3,))])
    assert (outcome.value, outcome.n_attempts) == (9, 1)


def test_a_clock_that_jumps_ends_no_task(monkeypatch):
    """Time limits count seconds that passed, not what the clock on the wall says."""
    real = time.time
    with ProcessEngine(1) as engine:
        outcomes(engine, [Task("warm", tasks.pid)])
        future = engine.submit(Task("nap", tasks.nap, (0.5, "rested"), timeout_s=30))
        monkeypatch.setattr(time, "time", lambda: real() + 3600)
        outcome = future.result(timeout=60)
    assert (outcome.value, outcome.n_attempts) == ("rested", 1)


def test_more_than_a_pipe_holds_goes_both_ways():
    """Eight megabytes there, eight back."""
    data = os.urandom(8 * 2**20)
    with ProcessEngine(1) as engine:
        (outcome,) = outcomes(engine, [Task("large", tasks.nap, (0, data))])
    assert outcome.value == data
