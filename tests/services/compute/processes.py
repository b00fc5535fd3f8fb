"""Look at processes from outside: which are alive, who they are."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def is_alive(pid: int) -> bool:
    """True where a process runs; one that is dead but not yet buried does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return state != "" and not state.startswith("Z")


def wait_until(is_so: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait for something to come true, and fail where it does not."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.05)


def told_pid(file: Path) -> int:
    """The process that a task wrote down, once it has."""
    wait_until(file.exists)
    return int(file.read_text())
