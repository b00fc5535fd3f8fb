"""The abstract engine: where tasks run. Every engine gives the same outcomes for the same tasks."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self

from services.compute.task import Outcome, Task

__all__ = ["Engine", "outcomes"]


class Engine(Protocol):
    """Runs tasks, tries again those that fail, and quarantines those that fail too often. Safe between threads."""

    def submit(self, task: Task) -> Future[Outcome]:
        """Take a task; its future gives an outcome, whatever the task does.

        A quarantined key is not run again: its outcome is given at once.

        Raises
        ------
        TaskError
            If the arguments do not pickle.
        EngineClosedError
            If the engine is closed; the future raises it where the engine is closed before the task is done.
        EngineUnavailableError
            From the future: there was nowhere to run the task. It was not judged and may be submitted again.
        """
        ...

    def release(self, key: str) -> bool:
        """Let a quarantined key be run again; return whether it was quarantined."""
        ...

    def close(self) -> None:
        """Kill what runs and wait until its processes are gone; closing twice is closing once."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def outcomes(engine: Engine, tasks: Iterable[Task]) -> list[Outcome]:
    """Run tasks and wait for all of them; return their outcomes in the order of the tasks.

    Raises
    ------
    ComputeError
        As `Engine.submit` says; tasks already submitted run on.
    """
    futures = [engine.submit(task) for task in tasks]
    return [future.result() for future in futures]
