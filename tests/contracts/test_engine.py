"""What every engine promises, run over each of them: serial, local processes, Dask on this machine."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop import commands
from loop.agent import propose_batch
from loop.proposal import Origin
from services.compute import Engine, Task, TaskError, open_engine, outcomes
from services.compute.serial import SerialEngine
from tests.loop.campaigns import NOW, begun, then, value
from tests.services.compute import tasks
from tests.services.compute.processes import told_pid

KINDS = ("serial", "processes", "dask")
ELSEWHERE = ("processes", "dask")


def opened(kind) -> Engine:
    """An engine with two workers; skips, saying so, where Dask is not installed."""
    if kind == "dask":
        pytest.importorskip("distributed", reason="Dask is not installed: pip install 'meguri[dask]'")
    return open_engine(kind, n_workers=2)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    """Engines by kind, opened when first asked for, closed when all tests are done."""
    kept: dict[str, Engine] = {}
    yield kept
    for engine in kept.values():
        engine.close()


@pytest.fixture(params=KINDS)
def engine(request, engines) -> Engine:
    """An engine of each kind, shared by the tests: what one leaves behind must not trouble the next."""
    if request.param not in engines:
        engines[request.param] = opened(request.param)
    return engines[request.param]


@pytest.fixture(params=ELSEWHERE)
def elsewhere(request, engines) -> Engine:
    """An engine of each kind that runs tasks in other processes."""
    if request.param not in engines:
        engines[request.param] = opened(request.param)
    return engines[request.param]


@pytest.fixture
def key(request) -> str:
    """A key of the test's own."""
    return request.node.name


def campaign_after(n_results: int):
    """A small campaign with some results."""
    rows = [({"temperature": 180.0 + 15 * i, "catalyst": "AB"[i % 2]}, 50.0 + 3 * i - i * i) for i in range(n_results)]
    return then(begun(), commands.import_specimens(begun(), [(f, {"yield": value(y)}, str(f)) for f, y in rows]))


def test_outcomes_come_in_the_order_of_the_tasks(engine, key):
    """Whatever is done first, values stand where their tasks stood."""
    asked = [Task(f"{key}-{n}", tasks.nap, (0.02 * (5 - n), n)) for n in range(5)]
    done = outcomes(engine, asked)
    assert [outcome.value for outcome in done] == [0, 1, 2, 3, 4]
    assert [outcome.key for outcome in done] == [task.key for task in asked]
    assert {(outcome.n_attempts, outcome.failure, outcome.is_quarantined) for outcome in done} == {(1, None, False)}


def test_no_tasks_no_outcomes(engine):
    """Nothing asked, nothing waited for."""
    assert outcomes(engine, []) == []


def test_arguments_go_by_position_and_by_name(engine, key):
    """As in a call."""
    (outcome,) = outcomes(engine, [Task(key, tasks.sum_by_name, (3,), {"second": 4})])
    assert outcome.value == 7


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(-(10**6), 10**6), max_size=8).flatmap(st.permutations))
def test_in_whatever_order_the_same_values(engine, numbers):
    """Permuting the tasks permutes the outcomes."""
    done = outcomes(engine, [Task(f"square {number}", tasks.square, (number,)) for number in numbers])
    assert [outcome.value for outcome in done] == [number**2 for number in numbers]


@pytest.mark.parametrize("n_results", [0, 6])
def test_proposals_are_the_same_bit_for_bit(engine, key, n_results):
    """A batch of the initial design and one of the model: the event written here and the one made there are equal."""
    state = campaign_after(n_results)
    here = propose_batch(state, count=2, at=NOW)
    assert {p.origin for p in here.proposals} == {Origin.MODEL if n_results else Origin.INITIAL}
    (there,) = outcomes(engine, [Task(key, propose_batch, (state,), {"count": 2, "at": NOW})])
    assert there.value == here
    assert there.value.model_dump_json() == here.model_dump_json()


def test_numbers_are_the_same_bit_for_bit(engine, key):
    """Linear algebra gives the same bytes, whatever number of threads this process would take."""
    with SerialEngine() as serial:
        expected = [o.value for o in outcomes(serial, [Task(str(seed), tasks.spectrum, (seed,)) for seed in range(4)])]
    done = outcomes(engine, [Task(f"{key}-{seed}", tasks.spectrum, (seed,)) for seed in range(4)])
    assert [outcome.value for outcome in done] == expected


def test_an_exception_is_told_with_its_type_its_message_and_its_place(engine, key):
    """Also where the exception itself would not survive the way; nothing is raised here."""
    (outcome,) = outcomes(engine, [Task(key, tasks.be_odd)])
    assert outcome.is_quarantined
    assert outcome.value is None
    assert outcome.n_attempts == 2
    assert outcome.failure.kind == "error"
    assert outcome.failure.error_type == "tests.services.compute.tasks.OddError"
    assert outcome.failure.message == "cell B7 holds 3"
    assert "in be_odd" in outcome.failure.traceback
    with pytest.raises(TypeError):
        pickle.dumps(tasks.OddError("a", number=1))


def test_leaving_the_program_is_an_error_like_any_other(engine, key):
    """`sys.exit` in a task ends neither worker nor caller."""
    (outcome,) = outcomes(engine, [Task(key, tasks.leave)])
    assert (outcome.failure.kind, outcome.failure.error_type) == ("error", "SystemExit")


def test_what_fails_once_is_tried_again(engine, key, tmp_path):
    """The second attempt counts, and says that it was the second."""
    (outcome,) = outcomes(engine, [Task(key, tasks.fail_first, (str(tmp_path / "calls"),))])
    assert (outcome.value, outcome.failure, outcome.n_attempts) == ("done", None, 2)


def test_a_quarantined_task_is_not_run_again_until_it_is_released(engine, key, tmp_path, caplog):
    """Two attempts, then its outcome without a run; released, it has two attempts again. Each step is logged."""
    calls = tmp_path / "calls"
    task = Task(key, tasks.count_and_fail, (str(calls),))
    (first,) = outcomes(engine, [task])
    assert first.is_quarantined
    assert engine.submit(task).result() == first
    assert len(calls.read_text().splitlines()) == 2
    told = [record.getMessage() for record in caplog.records if getattr(record, "task_key", "") == key]
    assert told == ["task tried again", "task quarantined"]
    assert engine.release(key) is True
    assert engine.release(key) is False
    assert outcomes(engine, [task])[0].is_quarantined
    assert len(calls.read_text().splitlines()) == 4


def test_arguments_and_values_are_copies(engine, key):
    """What a task does to its arguments does not reach whoever gave them."""
    numbers = [1, 2]
    (outcome,) = outcomes(engine, [Task(key, tasks.spoil, (numbers,))])
    assert numbers == [1, 2]
    assert outcome.value == [1, 2, -1]


def test_what_does_not_pickle_is_named(engine, key):
    """An argument is refused at once, with the task's key; a value is that task's error."""
    with pytest.raises(TaskError, match=f"{key[:8]}.*cannot be sent to another process"):
        engine.submit(Task(key, tasks.square, (threading.Lock(),)))
    (outcome,) = outcomes(engine, [Task(key, tasks.unpicklable)])
    assert outcome.failure.kind == "error"
    assert "pickle" in outcome.failure.message


def test_several_threads_may_submit_at_once(engine, key):
    """Each gets the outcomes of its own tasks, in order."""
    found: dict[int, list[object]] = {}

    def ask(thread: int) -> None:
        mine = [Task(f"{key}-{thread}-{n}", tasks.square, (100 * thread + n,)) for n in range(5)]
        found[thread] = [outcome.value for outcome in outcomes(engine, mine)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {thread: [(100 * thread + n) ** 2 for n in range(5)] for thread in range(4)}


def test_a_task_that_kills_its_process_is_quarantined_and_holds_up_nobody(elsewhere, key):
    """Tried twice, then put away; all others give what they give alone."""
    asked = [Task(f"{key}-{n}", tasks.square, (n,)) for n in range(6)]
    asked.insert(2, Task(key, tasks.die))
    done = outcomes(elsewhere, asked)
    dead = done.pop(2)
    assert (dead.failure.kind, dead.n_attempts, dead.is_quarantined) == ("died", 2, True)
    assert [(outcome.value, outcome.n_attempts) for outcome in done] == [(n * n, 1) for n in range(6)]


def test_a_process_that_ends_in_silence_is_noticed_as_well(elsewhere, key):
    """An exit without an error code is no result."""
    (outcome,) = outcomes(elsewhere, [Task(key, tasks.exit_quietly)])
    assert (outcome.failure.kind, outcome.n_attempts) == ("died", 2)


def test_a_task_that_hangs_is_quarantined_within_half_a_minute_and_holds_up_nobody(elsewhere, key):
    """Though it is deaf to requests to end; others are done meanwhile, and the engine works on."""
    began = time.monotonic()
    stuck = elsewhere.submit(Task(key, tasks.hang, timeout_s=1))
    done = outcomes(elsewhere, [Task(f"{key}-{n}", tasks.square, (n,)) for n in range(6)])
    assert [(outcome.value, outcome.n_attempts) for outcome in done] == [(n * n, 1) for n in range(6)]
    outcome = stuck.result(timeout=60)
    assert time.monotonic() - began < 30
    assert (outcome.failure.kind, outcome.n_attempts) == ("timeout", 2)
    assert "after 1 s" in outcome.failure.message
    assert outcomes(elsewhere, [Task(f"{key}-after", tasks.square, (7,))])[0].value == 49


def test_a_task_whose_worker_is_killed_gives_what_it_gives_undisturbed(elsewhere, key, tmp_path):
    """Killed from outside in the middle of the task: run again elsewhere."""
    file = tmp_path / "pid"
    task = Task(key, tasks.hang_first, (str(file), 12))
    others = [Task(f"{key}-{n}", tasks.spectrum, (n,)) for n in range(3)]
    futures = [elsewhere.submit(asked) for asked in [task, *others]]
    os.kill(told_pid(file), signal.SIGKILL)
    done = [future.result(timeout=60) for future in futures]
    assert [outcome.n_attempts for outcome in done] == [2, 1, 1, 1]
    with SerialEngine() as serial:
        assert [outcome.value for outcome in done] == [o.value for o in outcomes(serial, [task, *others])]


def test_ctrl_c_is_for_the_parent(elsewhere, key, tmp_path):
    """An interrupt that reaches a worker does not end its task."""
    file = tmp_path / "pid"
    future = elsewhere.submit(Task(key, tasks.tell_pid_and_nap, (str(file), 0.5)))
    os.kill(told_pid(file), signal.SIGINT)
    outcome = future.result(timeout=60)
    assert (outcome.value, outcome.n_attempts) == ("undisturbed", 1)


def test_each_worker_has_one_thread(elsewhere, key):
    """For torch, and for what is loaded later; the environment here stays as it was."""
    before = dict(os.environ)
    (outcome,) = outcomes(elsewhere, [Task(key, tasks.threads)])
    assert outcome.value == {"torch": 1, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    assert dict(os.environ) == before


def test_a_task_that_was_called_off_in_time_is_not_run(elsewhere, key, tmp_path):
    """Waiting behind others, cancelled: no call."""
    calls = tmp_path / "calls"
    busy = [elsewhere.submit(Task(f"{key}-{n}", tasks.nap, (1.0,))) for n in range(2)]
    waiting = elsewhere.submit(Task(key, tasks.fail_first, (str(calls),)))
    assert waiting.cancel()
    assert [future.result().failure for future in busy] == [None, None]
    assert outcomes(elsewhere, [Task(f"{key}-after", tasks.square, (2,))])[0].value == 4
    assert not calls.exists()
