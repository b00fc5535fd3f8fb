"""Run tasks one after another, here and now: the engine to compare the others with."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from itertools import count
from types import TracebackType
from typing import Self, final

from services.compute.errors import EngineClosedError
from services.compute.quarantine import Quarantine
from services.compute.task import Outcome, Task
from services.compute.threads import one_thread
from services.compute.work import carry_out, packed

__all__ = ["SerialEngine"]


@final
class SerialEngine:
    """Runs a task in the calling thread while it is submitted, one at a time.

    What it cannot do: stop a task that takes too long (`Task.timeout_s` is not kept), or outlive one that kills its
    process. Libraries loaded during a task take their number of threads from the environment.
    """

    def __init__(self, *, n_attempts: int = 2) -> None:
        self._quarantine = Quarantine(n_attempts)
        self._turn = threading.Lock()
        self._is_closed = False

    def submit(self, task: Task) -> Future[Outcome]:
        """Run a task to its end; see `Engine.submit`."""
        payload = packed(task)
        future: Future[Outcome] = Future()
        with self._turn:
            if self._is_closed:
                raise EngineClosedError(f"{task.key}: this engine is closed; open another one")
            future.set_result(self._quarantine.outcome_of(task.key) or self._run(task, payload))
        return future

    def release(self, key: str) -> bool:
        """Let a quarantined key be run again; return whether it was quarantined."""
        return self._quarantine.release(key)

    def close(self) -> None:
        """Take no more tasks; one that another thread runs is not waited for."""
        self._is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, task: Task, payload: bytes) -> Outcome:
        for n_attempts in count(1):
            with one_thread():
                result = carry_out(payload)
            outcome = self._quarantine.judge(task, n_attempts, result)
            if outcome is not None:
                return outcome
        raise AssertionError("counting does not end")
