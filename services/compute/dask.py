"""Run tasks on the workers of a Dask cluster, a task at a time on each; what hangs or dies is replaced.

Each task is pinned to one idle worker, so that it is known which task a worker died of, and that no task waits behind
another one. Dask's own retries would run a task that kills its worker on the next one, and blame what waits there.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from contextlib import ExitStack
from time import monotonic
from types import TracebackType
from typing import Self, final

from services.compute.cluster import LOST, connect, local_cluster
from services.compute.errors import ComputeError, EngineUnavailableError
from services.compute.queueing import JobQueue
from services.compute.seat import Place, Seat
from services.compute.task import Outcome, Task

__all__ = ["DaskEngine"]

log = logging.getLogger(__name__)

_LOOK_S = 0.5
"""How often the engine asks the scheduler which workers are there."""


@final
class DaskEngine:
    """Runs tasks on a cluster at `address`, or on one of its own with `n_workers` on this machine.

    Parameters
    ----------
    address
        Of a scheduler, ``tcp://HOST:8786``; its workers have this meguri installed, a nanny each, and nothing else to
        do. Whoever can reach a scheduler can run code there: keep it in a network of people you trust.
    n_workers
        Of a cluster of its own; at an address the workers that are there are used, also those that come later.
    patience_s
        How long tasks wait for a worker, where there is none, before their futures say that there is none.

    Raises
    ------
    EngineUnavailableError
        If nothing answers at the address, or no cluster starts.
    """

    def __init__(
        self, address: str | None = None, *, n_workers: int = 2, n_attempts: int = 2, patience_s: float = 120.0
    ) -> None:
        if n_workers < 1:
            raise ComputeError(f"at least one worker has to run, got n_workers={n_workers}")
        self._queue = JobQueue(n_attempts)
        self._address = address
        self._patience_s = patience_s
        self._stack = ExitStack()
        self._client = local_cluster(n_workers, self._stack) if address is None else connect(address, self._stack)
        self._seats: dict[Place, Seat] = {}
        self._is_closing = threading.Event()
        self._look_out = threading.Thread(target=self._keep_looking, name="compute look-out", daemon=True)
        self._look_out.start()

    def submit(self, task: Task) -> Future[Outcome]:
        """Take a task; see `Engine.submit`."""
        return self._queue.submit(task)

    def release(self, key: str) -> bool:
        """Let a quarantined key be run again; return whether it was quarantined."""
        return self._queue.release(key)

    def close(self) -> None:
        """Stop what runs; end the cluster, where it is this engine's own."""
        self._queue.close()
        self._is_closing.set()
        if threading.current_thread() is not self._look_out:
            self._look_out.join()
        for seat in self._seats.values():
            seat.leave()
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep_looking(self) -> None:
        """Keep a seat at every worker that is there; where there is none for too long, say so to those who wait."""
        seen_at = monotonic()
        while not self._is_closing.wait(_LOOK_S):
            try:
                self._look()
            except LOST as error:
                log.warning("scheduler does not answer", extra={"address": self._address, "reason": str(error)})
                self._connect_again()
            if any(seat.is_usable for seat in self._seats.values()):
                seen_at = monotonic()
            elif monotonic() - seen_at > self._patience_s and not self._queue.is_empty:
                where = self._address or "this machine"
                self._queue.refuse_waiting(
                    EngineUnavailableError(f"no Dask worker at {where} for {self._patience_s:g} s; start some there")
                )

    def _look(self) -> None:
        """Compare the workers that are there with those that have a seat."""
        there = {
            Place(address, worker["local_directory"]): worker["status"] == "running"
            for address, worker in self._client.scheduler_info()["workers"].items()
        }
        for place in [place for place in self._seats if place not in there]:
            log.warning("worker gone", extra={"address": place.address})
            self._seats.pop(place).is_gone.set()
        for place, is_running in there.items():
            if place not in self._seats:
                self._seats[place] = Seat(place, self._client, self._queue)
            self._seats[place].is_resting = not is_running

    def _connect_again(self) -> None:
        """Connect anew where the client gave up; what ran then is queued again by its seat."""
        if self._client.status != "closed" or self._address is None:
            return
        for seat in self._seats.values():
            seat.is_gone.set()
        self._seats.clear()
        try:
            self._client = connect(self._address, self._stack)
        except EngineUnavailableError as error:
            log.warning("scheduler does not answer", extra={"address": self._address, "reason": str(error)})
