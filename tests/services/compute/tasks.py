"""Functions that engines are given in tests: quick, slow, broken and deadly ones. Workers import them by name."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np


def square(number: int) -> int:
    return number * number


def nap(seconds: float, value: object = None) -> object:
    time.sleep(seconds)
    return value


def pid() -> int:
    return os.getpid()


def sum_by_name(first: int, *, second: int) -> int:
    return first + second


def spectrum(seed: int) -> bytes:
    """The singular values of a random matrix times itself: sensitive to the order in which threads add up."""
    matrix = np.random.default_rng(seed).normal(size=(300, 300))
    return np.linalg.svd(matrix @ matrix.T, compute_uv=False).tobytes()


def spoil(numbers: list[int]) -> list[int]:
    """Change what was given."""
    numbers.append(-1)
    return numbers


class OddError(Exception):
    """An exception that cannot be pickled."""

    def __init__(self, place: str, *, number: int) -> None:
        super().__init__(f"{place} holds {number}")
        self.lock = threading.Lock()


def be_odd() -> None:
    raise OddError("cell B7", number=3)


def leave() -> None:
    sys.exit("left")


def unpicklable() -> object:
    return lambda: None


def count_and_fail(file: str) -> None:
    """Write down each call, then fail."""
    _count(file)
    raise ValueError("always")


def fail_first(file: str) -> str:
    """Fail at the first call, succeed at the second."""
    if _count(file) == 1:
        raise ValueError("the first time")
    return "done"


def die(how: int = signal.SIGKILL) -> None:
    os.kill(os.getpid(), how)
    time.sleep(600)


def exit_quietly() -> None:
    os._exit(0)


def hang(file: str = "") -> None:
    """Write down the process, then do nothing for ever, deaf to requests to end."""
    if file:
        _tell_pid(file)
    signal_mask = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signal_mask)
    while True:
        time.sleep(600)


def hang_first(file: str, number: int) -> int:
    """At the first call write down the process and hang; at the second say the square."""
    if Path(file).exists():
        return square(number)
    _tell_pid(file)
    time.sleep(600)
    return -1


def tell_pid_and_nap(file: str, seconds: float) -> str:
    _tell_pid(file)
    time.sleep(seconds)
    return "undisturbed"


def threads() -> dict[str, Any]:
    """How many threads torch and the environment would use here."""
    import torch

    return {
        "torch": torch.get_num_threads(),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
        "MKL_NUM_THREADS": os.environ.get("MKL_NUM_THREADS"),
    }


def _count(file: str) -> int:
    with Path(file).open("a") as lines:
        lines.write("called\n")
    return len(Path(file).read_text().splitlines())


def _tell_pid(file: str) -> None:
    told = Path(f"{file}.part")
    told.write_text(str(os.getpid()))
    told.rename(file)


def hoard(n_bytes: int) -> int:
    """Ask for so much memory, and say how much was got."""
    return len(bytearray(n_bytes))


def long_answer(n_bytes: int) -> bytes:
    """Answer at length."""
    return bytes(n_bytes)
