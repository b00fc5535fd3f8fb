"""Carry out one task in the process that this runs in: bytes in, bytes or a failure out. Knows no engine."""

from __future__ import annotations

import pickle

from services.compute.errors import TaskError
from services.compute.task import Failure, Task
from services.compute.threads import hold_one_thread

__all__ = ["carry_out", "carry_out_in_worker", "packed"]


def packed(task: Task) -> bytes:
    """Write down a task's function and arguments.

    Raises
    ------
    TaskError
        If they do not pickle.
    """
    try:
        return pickle.dumps((task.function, task.arguments, dict(task.options)), protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # whatever an argument's own way of being pickled raises
        raise TaskError(f"{task.key}: its arguments cannot be sent to another process: {error}") from error


def carry_out(payload: bytes) -> bytes | Failure:
    """Call a packed function; return its value pickled, or why there is none.

    Every engine runs tasks through this, so that each sees copies of the same arguments and returns a copy of the
    value. The bytes come from the same program: nothing else may be unpickled.
    """
    try:
        function, arguments, options = pickle.loads(payload)  # noqa: S301 written by `packed` of this program
        return pickle.dumps(function(*arguments, **options), protocol=pickle.HIGHEST_PROTOCOL)
    except (Exception, SystemExit) as error:  # the work runner's edge: a task may raise anything
        return Failure.of_error(error)


def carry_out_in_worker(payload: bytes) -> bytes | Failure:
    """Do the same in a process of the engine's own, on one thread."""
    hold_one_thread()
    return carry_out(payload)
