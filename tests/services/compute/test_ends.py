"""No process is left behind: not by closing in the middle of work, not by a parent that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from services.compute import EngineClosedError, Task, open_engine
from tests.house.modules import ROOT
from tests.services.compute import tasks
from tests.services.compute.processes import is_alive, told_pid, wait_until

KINDS = ("processes", "dask")

PARENT = """
import sys, time
from services.compute import Task, open_engine
from tests.services.compute import tasks

if __name__ == "__main__":
    engine = open_engine(sys.argv[1], n_workers=2)
    for file in sys.argv[2:]:
        engine.submit(Task(file, tasks.hang, (file,)))
    time.sleep(600)
"""


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """Each engine that has processes; skips, saying so, where Dask is not installed."""
    if request.param == "dask":
        pytest.importorskip("distributed", reason="Dask is not installed: pip install 'meguri[dask]'")
    return request.param


def test_closing_ends_what_runs_and_says_so_to_those_who_wait(kind, tmp_path):
    """The one that runs and those behind it: each future says that the engine was closed; no process is left.

    A closed engine takes nothing; closing it again changes nothing.
    """
    files = [tmp_path / "one", tmp_path / "two"]
    with open_engine(kind, n_workers=2) as engine:
        running = [engine.submit(Task(f"running {file.name}", tasks.hang, (str(file),))) for file in files]
        pids = [told_pid(file) for file in files]
        waiting = [engine.submit(Task(f"waiting {n}", tasks.square, (n,))) for n in range(3)]
    assert [pid for pid in pids if is_alive(pid)] == []
    for future in running + waiting:
        with pytest.raises(EngineClosedError, match=r"ing .*: the engine was closed"):
            future.result(timeout=10)
    engine.close()
    with pytest.raises(EngineClosedError, match="late: this engine is closed"):
        engine.submit(Task("late", tasks.square, (3,)))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent(kind, how, tmp_path):
    """Killed, ended or interrupted while its workers are busy and deaf to requests: they are gone within seconds."""
    if kind == "dask" and how is not signal.SIGKILL:
        pytest.skip("Dask's workers watch their parent in one way, whatever ends it")
    files = [tmp_path / "one", tmp_path / "two"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script), kind, *map(str, files)],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )
    try:
        pids = [told_pid(file) for file in files]
        assert all(is_alive(pid) for pid in pids)
    finally:
        parent.send_signal(how)
        parent.wait(timeout=30)
    wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=10)


ENDING = """
import atexit, sys
from pathlib import Path

def tell():
    try:
        engine.submit(Task("late", tasks.square, (3,)))
        said = "still open"
    except EngineClosedError:
        said = "closed"
    Path(sys.argv[1]).write_text(said)

atexit.register(tell)  # the first to register is the last to run
from services.compute import EngineClosedError, Task, open_engine
from tests.services.compute import tasks

if __name__ == "__main__":
    engine = open_engine("processes", n_workers=1)
    assert engine.submit(Task("early", tasks.square, (3,))).result(timeout=60).value == 9
"""


def test_an_engine_that_nobody_closed_is_closed_when_its_process_ends(tmp_path):
    """Otherwise it replaces the workers that are ended then, and the process waits for the replacements for ever."""
    script, said = tmp_path / "parent.py", tmp_path / "said"
    script.write_text(ENDING)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, str(script), str(said)], cwd=tmp_path, env=environment, check=True, timeout=120)
    assert said.read_text() == "closed"
