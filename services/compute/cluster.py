"""A Dask cluster of this machine, on loopback only, or the way to one elsewhere. Imports `distributed`."""

from __future__ import annotations

import asyncio
import logging
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from distributed import Client, LocalCluster, Worker
from distributed.diagnostics.plugin import WorkerPlugin

from services.compute.errors import EngineUnavailableError

__all__ = ["LOST", "connect", "local_cluster"]

LOST = (Exception, asyncio.CancelledError)
"""What a request may raise while a scheduler, a worker or a nanny goes away: `distributed` promises no less."""

_LOOPBACK = "127.0.0.1"
_CONNECT_S = 10.0


class _DeafToInterrupts(WorkerPlugin):  # type: ignore[misc]  # distributed has no types that hold
    """Ctrl-C reaches the whole process group; the parent decides."""

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def connect(address: str, stack: ExitStack) -> Client:
    """Connect to the scheduler of a cluster; the stack ends the connection.

    Raises
    ------
    EngineUnavailableError
        If nothing answers there, or what answers is no Dask scheduler.
    """
    try:
        return stack.enter_context(Client(address, timeout=_CONNECT_S, set_as_default=False))
    except (OSError, ValueError) as error:
        raise EngineUnavailableError(
            f"no Dask scheduler answers at {address!r} within {_CONNECT_S:g} s ({error}); "
            "start one there with `dask scheduler`, or give its address as tcp://HOST:8786"
        ) from error


def local_cluster(n_workers: int, stack: ExitStack) -> Client:
    """Start a scheduler and workers of one thread each, without a dashboard; the stack ends them.

    Raises
    ------
    EngineUnavailableError
        If they cannot be started.
    """
    scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="meguri-dask-", ignore_cleanup_errors=True))
    options: dict[str, Any] = {
        "n_workers": n_workers,
        "threads_per_worker": 1,
        "processes": True,
        "host": _LOOPBACK,
        "dashboard_address": f"{_LOOPBACK}:0",  # no fixed port, and below: no dashboard on it
        "scheduler_kwargs": {"dashboard": False},
        "memory_limit": 0,
        "local_directory": scratch,
        "plugins": (_DeafToInterrupts(),),
        "silence_logs": logging.CRITICAL,
    }
    stack.enter_context(_quiet())
    try:
        cluster = stack.enter_context(LocalCluster(**options))
        return stack.enter_context(Client(cluster, set_as_default=False))
    except (OSError, RuntimeError) as error:
        raise EngineUnavailableError(f"no Dask cluster can be started on this machine: {error}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own words out of the logs: what happens to tasks and workers is logged here in ours."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
