"""Engines are opened by name; what is missing is said with what would be right."""

from __future__ import annotations

import sys
import threading

import pytest

from services.compute import ComputeError, EngineClosedError, EngineUnavailableError, Task, open_engine, outcomes
from services.compute.serial import SerialEngine
from tests.services.compute import tasks


def test_without_the_extra_dask_says_what_to_install(monkeypatch):
    """The other engines need nothing of it."""
    for name in [name for name in sys.modules if name.startswith("services.compute.")]:
        if name.rpartition(".")[2] in ("dask", "seat", "cluster"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineUnavailableError, match=r"pip install 'meguri\[dask\]'"):
        open_engine("dask", n_workers=1)
    with open_engine("serial", n_workers=1) as engine:
        assert outcomes(engine, [Task("square", tasks.square, (3,))])[0].value == 9


@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_at_least_one_worker_is_asked_for(kind):
    """Nothing is started for none."""
    if kind == "dask":
        pytest.importorskip("distributed", reason="Dask is not installed: pip install 'meguri[dask]'")
    before = threading.active_count()
    with pytest.raises(ComputeError, match=r"at least one worker.*n_workers=0"):
        open_engine(kind, n_workers=0)
    assert threading.active_count() == before


def test_a_task_is_tried_at_least_once():
    """No attempts, no outcome."""
    with pytest.raises(ComputeError, match=r"at least once.*n_attempts=0"):
        SerialEngine(n_attempts=0)


def test_a_closed_serial_engine_takes_nothing():
    """As the others, whose closing is tested with their processes."""
    with open_engine("serial") as engine:
        assert outcomes(engine, [Task("square", tasks.square, (3,))])[0].value == 9
    engine.close()
    with pytest.raises(EngineClosedError, match="late: this engine is closed"):
        engine.submit(Task("late", tasks.square, (3,)))


@pytest.mark.parametrize("n_attempts", [1, 3])
def test_an_engine_tries_as_often_as_it_is_told(n_attempts, tmp_path):
    """One call for each attempt."""
    calls = tmp_path / "calls"
    with SerialEngine(n_attempts=n_attempts) as engine:
        (outcome,) = outcomes(engine, [Task("fails", tasks.count_and_fail, (str(calls),))])
    assert outcome.n_attempts == n_attempts
    assert len(calls.read_text().splitlines()) == n_attempts


def test_serial_gives_back_the_threads_it_took():
    """A task runs on one; afterwards there are as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with SerialEngine() as engine:
            (outcome,) = outcomes(engine, [Task("threads", tasks.threads)])
        assert outcome.value["torch"] == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
