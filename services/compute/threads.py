"""One thread for everything numeric: the same bits on each engine, and faster, for parallelism is over processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

__all__ = ["hold_one_thread", "one_thread"]

_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by libraries when they are loaded: for what a task imports later."""


def hold_one_thread() -> None:
    """Hold this process at one thread from now on: what is loaded already, and what will be."""
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    threadpool_limits(limits=1)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold what is loaded already at one thread for a while; give back what was there before."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    with threadpool_limits(limits=1):
        try:
            if torch:
                torch.set_num_threads(1)
            yield
        finally:
            if torch:
                torch.set_num_threads(before)
