"""A process of an engine with limits: bounded in memory, in what it answers, and in how many tasks it lives through."""

from __future__ import annotations

import sys

import pytest

from services.compute import ComputeError, Limits, Task, outcomes
from services.compute.processes import ProcessEngine
from tests.services.compute import tasks

MB = 2**20


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps no process to its memory")
def test_a_task_gets_no_more_memory_than_it_may():
    """It fails as a task; what asks for less goes on in the same process."""
    with ProcessEngine(1, n_attempts=1, limits=Limits(memory_bytes=3000 * MB)) as engine:
        before, greedy, modest, after = outcomes(
            engine,
            [
                Task("before", tasks.pid),
                Task("greedy", tasks.hoard, (4000 * MB,)),
                Task("modest", tasks.hoard, (MB,)),
                Task("after", tasks.pid),
            ],
        )
    assert greedy.failure is not None
    assert greedy.failure.error_type == "MemoryError"
    assert modest.value == MB
    assert after.value == before.value


def test_an_answer_is_no_longer_than_it_may_be():
    """The failure says how long it was; nothing of it comes over."""
    with ProcessEngine(1, n_attempts=1, limits=Limits(answer_bytes=MB)) as engine:
        short, long = outcomes(
            engine, [Task("short", tasks.long_answer, (1000,)), Task("long", tasks.long_answer, (2 * MB,))]
        )
    assert short.value == bytes(1000)
    assert "1048576 are allowed" in str(long.failure)


def test_a_process_is_replaced_after_so_many_tasks():
    """No task is lost at the change."""
    with ProcessEngine(1, limits=Limits(most_tasks=3)) as engine:
        done = outcomes(engine, [Task(str(number), tasks.pid) for number in range(8)])
    places = [outcome.value for outcome in done]
    assert [len(set(places[:3])), len(set(places[3:6])), len(set(places[6:])), len(set(places))] == [1, 1, 1, 3]
    assert {outcome.n_attempts for outcome in done} == {1}


@pytest.mark.parametrize("name", ["memory_bytes", "answer_bytes", "most_tasks"])
def test_a_limit_is_a_positive_number(name):
    with pytest.raises(ComputeError, match=f"{name} is a positive number"):
        Limits(**{name: 0})
