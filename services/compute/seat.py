"""One worker of a Dask cluster and the thread that gives it jobs, one at a time. Imports `distributed`."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from time import monotonic
from typing import Any, NamedTuple

from distributed import Client, KilledWorker

from services.compute.cluster import LOST
from services.compute.errors import EngineUnavailableError
from services.compute.queueing import Job, JobQueue
from services.compute.task import Failure
from services.compute.work import carry_out_in_worker

__all__ = ["Place", "Seat"]

log = logging.getLogger(__name__)

_WAKE_S = 0.25
"""How often a thread that waits for its worker looks up."""
_FETCH_S = 60.0
_RESTART_S = 30.0


class Place(NamedTuple):
    """A worker: its address, and its folder, for another worker may come to the same address."""

    address: str
    folder: str


class Seat:
    """Serves one worker until it is gone, restarted for a task that hangs, or the queue is closed."""

    def __init__(self, place: Place, client: Client, queue: JobQueue) -> None:
        self.is_gone = threading.Event()
        self.is_resting = True
        self._place = place
        self._client = client
        self._queue = queue
        self._thread = threading.Thread(target=self._serve, name=f"compute {place.address}", daemon=True)
        self._is_spent = False
        self._thread.start()

    @property
    def is_usable(self) -> bool:
        """True where the worker takes jobs, now or when its present one is done."""
        return not (self._is_spent or self.is_gone.is_set())

    def leave(self) -> None:
        """Wait until the thread is done with its worker, but not for a worker that is being restarted."""
        if not self._is_spent and self._thread is not threading.current_thread():
            self._thread.join()

    def _serve(self) -> None:
        while self.is_usable and not self._queue.is_closed:
            if self.is_resting:
                self.is_gone.wait(_WAKE_S)
                continue
            job = self._queue.take(_WAKE_S)
            if job is None:
                continue
            if self.is_gone.is_set():
                self._queue.put_back(job)
                continue
            self._run(job)

    def _run(self, job: Job) -> None:
        """Run a job on this worker, and no other: what happens to the worker meanwhile, it did."""
        try:
            future = self._client.submit(
                carry_out_in_worker,
                job.payload,
                key=f"{job.task.key}-{uuid.uuid4().hex}",
                workers=[self._place.address],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
        except LOST:
            self._queue.put_back(job)
            self.is_gone.set()
            return
        is_late = self._is_late(future, job)
        if future.done():
            self._hand_in(future, job)
        elif self._queue.is_closed:
            self._queue.put_back(job)
        elif is_late:
            self._is_spent = True
            message = f"not done after {job.task.timeout_s:g} s; its worker was restarted"
            self._queue.settle(job, Failure(kind="timeout", message=message))
        else:
            self._queue.settle(job, self._died())
        future.release()
        if self._is_spent and not self._queue.is_closed:
            self._restart()

    def _is_late(self, future: Any, job: Job) -> bool:
        """Wait until a job is done or lost, or took longer than it may."""
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        deadline = monotonic() + job.task.timeout_s
        while not done.wait(min(_WAKE_S, job.task.timeout_s)):
            if self._queue.is_closed or self.is_gone.is_set():
                return False
            if monotonic() > deadline:
                return True
        return False

    def _hand_in(self, future: Any, job: Job) -> None:
        """Fetch what a job gave, or find out why it gave nothing."""
        match future.status:
            case "finished":
                self._queue.settle(job, self._fetched(future))
            case "error":
                try:
                    error = future.exception(timeout=_FETCH_S)
                except LOST as unreadable:
                    error = unreadable
                if isinstance(error, KilledWorker):
                    self._queue.settle(job, self._died())
                else:  # `carry_out` raises nothing: this worker could not even call it
                    message = f"the Dask worker at {self._place.address} cannot run tasks of this meguri: {error!r}"
                    self._queue.refuse(job, EngineUnavailableError(message))
            case _:  # the scheduler has forgotten it: restarted, or out of reach for a while
                self.is_resting = True  # until the look-out sees that the worker is there
                self._queue.put_back(job)

    def _fetched(self, future: Any) -> bytes | Failure:
        try:
            result: bytes | Failure = future.result(timeout=_FETCH_S)
        except LOST as error:
            message = f"its value was lost on the way from the Dask worker at {self._place.address}: {error!r}"
            return Failure(kind="died", message=message)
        return result

    def _died(self) -> Failure:
        return Failure(kind="died", message=f"the Dask worker at {self._place.address} ended before it was done")

    def _restart(self) -> None:
        """Have a worker that hangs replaced: by its nanny, or, where it has none, by whoever started it."""
        where = [self._place.address]
        log.warning("worker restarted", extra={"address": self._place.address})
        try:
            try:
                self._client.restart_workers(where, timeout=_RESTART_S, raise_for_error=False)
            except ValueError:
                self._client.run(os._exit, 1, workers=where, on_error="ignore")
        except LOST as error:
            if self._queue.is_closed:
                return
            log.error("worker cannot be restarted", extra={"address": self._place.address, "reason": str(error)})
