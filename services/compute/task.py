"""What is asked of an engine and what comes back: task, outcome, failure. Values only."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.compute.errors import TaskError

__all__ = ["Failure", "Outcome", "Task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why one attempt gave no value.

    An *error* is an exception of the task itself, a *timeout* took longer than the task may, and a task *died* with the
    process it ran in: killed from outside, out of memory, or by its own doing; nobody can tell which.
    """

    kind: Literal["error", "timeout", "died"]
    message: str
    error_type: str = ""
    """The exception's class in full, ``loop.errors.SpaceError`` or ``ValueError``; empty where there was none."""
    traceback: str = ""

    @classmethod
    def of_error(cls, error: BaseException) -> Failure:
        """Keep an exception by name and text: not every exception survives the way to another process."""
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        text = "".join(traceback.format_exception(error))
        return cls(kind="error", message=str(error), error_type=name, traceback=text)

    def __str__(self) -> str:
        return f"{self.error_type}: {self.message}" if self.error_type else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a task: its value, or the failure of its last attempt.

    `n_attempts` counts how often it was begun before it was over.
    """

    key: str
    value: Any = None
    failure: Failure | None = None
    n_attempts: int

    @property
    def is_quarantined(self) -> bool:
        """True where every attempt failed: the engine runs this key no more until it is released."""
        return self.failure is not None


@dataclass(frozen=True, slots=True)
class Task:
    """One call to be made somewhere: pure, so that it may be made twice.

    Parameters
    ----------
    key
        Names the function *and* its arguments: a quarantined key is not run again, whatever it carries.
    function
        Importable in another process: at the top of a module that is not the program itself.
    arguments, options
        By position and by name; they travel by pickle, as the value does on its way back.
    timeout_s
        Seconds from the moment a worker has the task, > 0 and finite; the loading of modules is included.

    Raises
    ------
    TaskError
        If the key is empty, the time is not positive and finite, or the function cannot be imported by its name.
    """

    key: str
    function: Callable[..., object]
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float = 600.0

    def __post_init__(self) -> None:
        if not self.key:
            raise TaskError("a task needs a key that names it, got ''")
        if not 0 < self.timeout_s < math.inf:
            raise TaskError(f"{self.key}: a task may take a positive, finite time, got {self.timeout_s!r} s")
        module = getattr(self.function, "__module__", None)
        name = getattr(self.function, "__qualname__", "<unnamed>")
        if module in (None, "__main__") or "<" in name:
            raise TaskError(
                f"{self.key}: another process cannot import {self.function!r}; give a function at the top of a module"
            )
