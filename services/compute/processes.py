"""Run tasks in processes of this machine, a task at a time in each; what hangs or dies is replaced."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import signal
import threading
import weakref
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self, final

from services.compute.child import serve
from services.compute.errors import ComputeError, EngineUnavailableError
from services.compute.limits import NO_LIMITS, Limits
from services.compute.queueing import JobQueue
from services.compute.task import Failure, Outcome, Task

__all__ = ["ProcessEngine"]

log = logging.getLogger(__name__)

_START_S = 60.0
"""Within this time a new process must have said that it is ready."""
_JOIN_S = 1.0
"""How long a process whose pipe is closed may take to end before it is killed."""


@final
class ProcessEngine:
    """Runs tasks in `n_workers` processes, started when first needed and kept for the tasks to come.

    Processes are spawned, not forked: they hold nothing of the parent's threads or locks. Each runs one task at a
    time on one thread, and ends with its parent, however that goes. A task may start no processes of its own through
    `multiprocessing`.
    """

    def __init__(self, n_workers: int = 1, *, n_attempts: int = 2, limits: Limits = NO_LIMITS) -> None:
        if n_workers < 1:
            raise ComputeError(f"at least one worker has to run, got n_workers={n_workers}")
        self._queue = JobQueue(n_attempts)
        self._workers = [_Worker(limits) for _ in range(n_workers)]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), name=f"compute {number}", daemon=True)
            for number, worker in enumerate(self._workers, start=1)
        ]
        for thread in self._threads:
            thread.start()
        _close_at_exit(self)

    def submit(self, task: Task) -> Future[Outcome]:
        """Take a task; see `Engine.submit`."""
        return self._queue.submit(task)

    def release(self, key: str) -> bool:
        """Let a quarantined key be run again; return whether it was quarantined."""
        return self._queue.release(key)

    def close(self) -> None:
        """Kill what runs and wait until its processes are gone."""
        self._queue.close()
        for worker in self._workers:
            worker.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, worker: _Worker) -> None:
        """Give jobs to one worker until the engine is closed."""
        result: bytes | Failure | EngineUnavailableError
        while job := self._queue.take():
            try:
                result = worker.run(job.payload, job.task.timeout_s)
            except EngineUnavailableError as error:
                result = error
            is_failed = not isinstance(result, bytes)
            if is_failed and self._queue.is_closed:
                self._queue.put_back(job)  # killed by `close`, which is not the task's fault
            elif isinstance(result, EngineUnavailableError):
                self._queue.refuse(job, result)
            else:
                self._queue.settle(job, result)
        worker.end()


class _Worker:
    """One process at a time and the pipe to it; replaced when it hangs or dies."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._n_begun = limits, 0
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._is_ended = False

    def run(self, payload: bytes, timeout_s: float) -> bytes | Failure:
        """Carry out a payload in the process; a process that takes too long is killed.

        Raises
        ------
        EngineUnavailableError
            If no process can be started.
        """
        if self._n_begun == self._limits.most_tasks:
            self._replace()
        process, connection = self._ready()
        self._n_begun += 1
        is_late = threading.Event()
        timer = _timer(timeout_s, process, is_late)
        try:
            connection.send_bytes(payload)
            result: bytes | Failure = connection.recv()
        except Exception:  # the pipe broke, or there was no room for what came through it
            ended = _how_it_ended(process)
            self._forget()
            if is_late.is_set():
                return Failure(kind="timeout", message=f"not done after {timeout_s:g} s; its process was killed")
            return Failure(kind="died", message=f"its process {ended} before it was done")
        finally:
            timer.cancel()
        if is_late.is_set():  # done at the last moment, and killed all the same
            self._forget()
        return result

    def _replace(self) -> None:
        """Let a process end that has run as many tasks as it may."""
        if self._process is not None and self._connection is not None:
            self._connection.close()  # it ends by itself then
            _how_it_ended(self._process)
            self._forget()

    def kill(self) -> None:
        """Kill the process and let no other begin; any thread may ask for it."""
        with self._lock:
            self._is_ended = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        if self._process is not None:
            self._process.join()
            self._forget()

    def _ready(self) -> tuple[SpawnProcess, Connection]:
        """Return the process that waits for work; start one where there is none, or no more."""
        if self._process is not None and self._connection is not None:
            if self._process.is_alive():
                return self._process, self._connection
            log.warning("idle worker gone", extra={"pid": self._process.pid, "exit_code": self._process.exitcode})
            self._forget()
        try:
            return self._start()
        except OSError as error:
            raise EngineUnavailableError(f"no worker process can be started: {error}") from error

    def _start(self) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._limits), name="compute worker", daemon=True)
        with self._lock:
            if self._is_ended:
                raise EngineUnavailableError("the engine was closed before the task was begun; submit it again")
            process.start()
            self._process, self._connection, self._n_begun = process, ours, 0
        theirs.close()
        timer = _timer(_START_S, process, threading.Event())
        try:
            ours.recv()
        except (EOFError, OSError) as error:
            ended = _how_it_ended(process)
            self._forget()
            raise EngineUnavailableError(f"no worker process can be started: the new one {ended}") from error
        finally:
            timer.cancel()
        return process, ours

    def _forget(self) -> None:
        """Let go of a process that is gone."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._process = self._connection = None


def _close_at_exit(engine: ProcessEngine) -> None:
    """Close an engine that nobody closed when the interpreter ends, before `multiprocessing` buries its children.

    A child that it ends would be replaced by the engine otherwise, and the replacement waited for without end.
    """
    known = weakref.ref(engine)

    def close() -> None:
        left = known()
        if left is not None:
            left.close()

    atexit.register(close)
    weakref.finalize(engine, atexit.unregister, close).atexit = False


def _timer(seconds: float, process: SpawnProcess, is_late: threading.Event) -> threading.Timer:
    """Start the clock for a process: killed where it is not cancelled in time. Counts monotonic seconds."""

    def kill() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    return timer


def _how_it_ended(process: SpawnProcess) -> str:
    """Wait for a process that let go of its pipe, and say how it ended."""
    process.join(_JOIN_S)
    if process.is_alive():
        process.kill()
        process.join()
    code = process.exitcode
    by_signal = {-member.value: member.name for member in signal.Signals}
    return f"was ended by {by_signal[code]}" if code in by_signal else f"ended with exit code {code}"
