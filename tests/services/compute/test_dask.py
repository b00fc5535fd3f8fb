"""What only Dask promises: a cluster of its own on loopback alone, or one elsewhere, with workers that come and go."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from services.compute import EngineUnavailableError, Task, open_engine, outcomes
from tests.services.compute import tasks
from tests.services.compute.processes import told_pid

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'meguri[dask]'")

from services.compute.dask import DaskEngine  # noqa: E402 cannot be imported without Dask


@pytest.fixture
def cluster() -> Iterator:
    """A cluster that is not the engine's own, without a worker."""
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        yield cluster


def test_workers_elsewhere_are_used_as_they_come(cluster):
    """None at first: the task waits. The first one takes it. Closing the engine leaves the cluster."""
    with open_engine("dask", address=cluster.scheduler_address) as engine:
        future = engine.submit(Task("square", tasks.square, (3,)))
        time.sleep(1)
        assert not future.done()
        cluster.scale(1)
        assert future.result(timeout=60).value == 9
    with open_engine("dask", address=cluster.scheduler_address) as engine:
        assert outcomes(engine, [Task("square", tasks.square, (4,))])[0].value == 16


def test_without_workers_for_long_those_who_wait_are_told(cluster):
    """The task is not judged: it may be submitted again."""
    with DaskEngine(cluster.scheduler_address, patience_s=1) as engine:
        future = engine.submit(Task("square", tasks.square, (3,)))
        with pytest.raises(EngineUnavailableError, match=r"no Dask worker at tcp://127\.0\.0\.1.*for 1 s"):
            future.result(timeout=30)
        assert engine.release("square") is False


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://here"])
def test_where_no_scheduler_answers_the_address_is_named(address, monkeypatch):
    """With what would be right."""
    monkeypatch.setattr("services.compute.cluster._CONNECT_S", 1.0)
    with pytest.raises(EngineUnavailableError, match=f"no Dask scheduler answers at '{address}'.*tcp://HOST:8786"):
        open_engine("dask", address=address)


def test_a_cluster_of_its_own_listens_on_loopback_alone():
    """Scheduler, workers and their keepers: no port that another machine could reach."""
    psutil = pytest.importorskip("psutil", reason="psutil comes with Dask")
    us = psutil.Process()
    before = {child.pid for child in us.children(recursive=True)}
    ports_before = {connection.laddr for connection in us.net_connections()}
    with open_engine("dask", n_workers=1) as engine:
        outcomes(engine, [Task("square", tasks.square, (3,))])
        theirs = [child for child in us.children(recursive=True) if child.pid not in before]
        ours = [connection for connection in us.net_connections() if connection.laddr not in ports_before]
        listening = [
            connection.laddr.ip
            for connection in ours + [connection for child in theirs for connection in child.net_connections()]
            if connection.status == psutil.CONN_LISTEN
        ]
    assert len(listening) >= 3
    assert set(listening) == {"127.0.0.1"}


def test_a_killed_worker_and_poisoned_tasks_at_once_change_no_result(tmp_path):
    """One worker killed from outside, a task that kills its worker, one that hangs: the rest equals serial; 30 s."""
    good = [Task(f"spectrum {seed}", tasks.spectrum, (seed,)) for seed in range(8)]
    with open_engine("serial") as serial:
        expected = [(outcome.key, outcome.value) for outcome in outcomes(serial, good)]
    with open_engine("dask", n_workers=2) as engine:
        began = time.monotonic()
        victim = engine.submit(Task("victim", tasks.hang_first, (str(tmp_path / "pid"), 5)))
        deadly = engine.submit(Task("deadly", tasks.die))
        stuck = engine.submit(Task("stuck", tasks.hang, timeout_s=1))
        futures = [engine.submit(task) for task in good]
        os.kill(told_pid(tmp_path / "pid"), signal.SIGKILL)
        kinds = [future.result(timeout=60).failure.kind for future in (deadly, stuck)]
        assert time.monotonic() - began < 30
        assert kinds == ["died", "timeout"]
        done = [future.result(timeout=60) for future in futures]
        assert [(outcome.key, outcome.value) for outcome in done] == expected
        assert {outcome.n_attempts for outcome in done} == {1}
        assert (victim.result(timeout=60).value, victim.result().n_attempts) == (25, 2)
