"""What a process that runs tasks may take: memory, length of an answer, tasks before another one takes its place."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from services.compute.errors import ComputeError

__all__ = ["NO_LIMITS", "Limits", "hold_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one worker process; None where there is none.

    Parameters
    ----------
    memory_bytes
        Memory that a process may ask for in all, its libraries included. Beyond it a task gets a MemoryError, or dies.
        Linux keeps to it; macOS does not.
    answer_bytes
        Length of a task's pickled value.
    most_tasks
        After so many a process is replaced, so that nothing that one task leaves behind reaches many others.
    """

    memory_bytes: int | None = None
    answer_bytes: int | None = None
    most_tasks: int | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ComputeError(f"{name} is a positive number or None, got {value}")


NO_LIMITS = Limits()


def hold_to(limits: Limits) -> None:
    """Hold this process to its memory from now on, as far as the system can."""
    if limits.memory_bytes is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = limits.memory_bytes if most == resource.RLIM_INFINITY else min(limits.memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
