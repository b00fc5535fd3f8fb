"""Tasks waiting for a worker, shared by the threads that serve the workers. Knows no process."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from services.compute.errors import ComputeError, EngineClosedError
from services.compute.quarantine import Quarantine
from services.compute.task import Failure, Outcome, Task
from services.compute.work import packed

__all__ = ["Job", "JobQueue"]


@dataclass(slots=True, eq=False)
class Job:
    """A task on its way: what is sent, who waits for it, how often it was tried."""

    task: Task
    payload: bytes
    future: Future[Outcome] = field(default_factory=Future)
    n_attempts: int = 0
    is_taken: bool = False


class JobQueue:
    """First come, first served; a job that failed goes behind all others, so that it holds up nobody."""

    def __init__(self, n_attempts: int) -> None:
        self._quarantine = Quarantine(n_attempts)
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """True once no more jobs are given out."""
        return self._is_closed

    @property
    def is_empty(self) -> bool:
        """True where no job waits; some may run."""
        return not self._waiting

    def submit(self, task: Task) -> Future[Outcome]:
        """Queue a task; see `Engine.submit`."""
        job = Job(task, packed(task))
        held = self._quarantine.outcome_of(task.key)
        with self._changed:
            if self._is_closed:
                raise EngineClosedError(f"{task.key}: this engine is closed; open another one")
            if held is None:
                self._waiting.append(job)
                self._changed.notify()
        if held is not None:
            job.future.set_result(held)
        return job.future

    def release(self, key: str) -> bool:
        """Let a quarantined key be run again; return whether it was quarantined."""
        return self._quarantine.release(key)

    def take(self, wait_s: float | None = None) -> Job | None:
        """Give out the next job; None where the queue is closed, or none came within `wait_s` seconds."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._waiting or self._is_closed, wait_s)
                if self._is_closed or not self._waiting:
                    return None
                job = self._waiting.popleft()
                if job.is_taken or job.future.set_running_or_notify_cancel():
                    job.is_taken = True
                    return job

    def settle(self, job: Job, result: bytes | Failure) -> None:
        """Give a job's outcome to whoever waits for it, or queue it again."""
        job.n_attempts += 1
        outcome = self._quarantine.judge(job.task, job.n_attempts, result)
        if outcome is None:
            self.put_back(job)
        else:
            job.future.set_result(outcome)

    def put_back(self, job: Job) -> None:
        """Queue a job again behind all others; where the queue is closed, say so to whoever waits for it."""
        with self._changed:
            is_closed = self._is_closed
            if not is_closed:
                self._waiting.append(job)
                self._changed.notify()
        if is_closed:
            self.refuse(job, _closed(job))

    def refuse(self, job: Job, error: ComputeError) -> None:
        """Tell whoever waits for a job that it cannot be run; the task is not judged."""
        if job.is_taken or job.future.set_running_or_notify_cancel():
            job.future.set_exception(error)

    def refuse_waiting(self, error: ComputeError) -> None:
        """Tell everybody who waits for a job that nobody has taken that it cannot be run."""
        for job in self._emptied():
            self.refuse(job, error)

    def close(self) -> None:
        """Give out no more jobs, and wake everybody who waits for one."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for job in self._emptied():
            self.refuse(job, _closed(job))

    def _emptied(self) -> list[Job]:
        with self._changed:
            jobs = list(self._waiting)
            self._waiting.clear()
        return jobs


def _closed(job: Job) -> EngineClosedError:
    return EngineClosedError(f"{job.task.key}: the engine was closed before the task was done; submit it again")
