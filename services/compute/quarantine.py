"""Judge attempts: what succeeded, what is tried again, what failed too often and is kept away from the rest."""

from __future__ import annotations

import logging
import pickle
import threading

from services.compute.errors import ComputeError
from services.compute.task import Failure, Outcome, Task

__all__ = ["Quarantine"]

log = logging.getLogger(__name__)


class Quarantine:
    """The keys that failed `n_attempts` times, with their last failure; safe between threads."""

    def __init__(self, n_attempts: int) -> None:
        if n_attempts < 1:
            raise ComputeError(f"a task is tried at least once, got n_attempts={n_attempts}")
        self._n_attempts = n_attempts
        self._held: dict[str, Outcome] = {}
        self._lock = threading.Lock()

    def outcome_of(self, key: str) -> Outcome | None:
        """Return how a quarantined key ended, None where it may be run."""
        with self._lock:
            return self._held.get(key)

    def release(self, key: str) -> bool:
        """Let a key be run again; return whether it was quarantined."""
        with self._lock:
            is_held = self._held.pop(key, None) is not None
        if is_held:
            log.info("task released", extra={"task_key": key})
        return is_held

    def judge(self, task: Task, n_attempts: int, result: bytes | Failure) -> Outcome | None:
        """Say what follows from the latest of `n_attempts` attempts: the outcome, or None to try again."""
        value, failure = (None, result) if isinstance(result, Failure) else _unpacked(result)
        if failure is None:
            return Outcome(key=task.key, value=value, n_attempts=n_attempts)
        facts = {
            "task_key": task.key,
            "failure": failure.kind,
            "error_type": failure.error_type,
            "reason": failure.message,
            "n_attempts": n_attempts,
        }
        if n_attempts < self._n_attempts:
            log.warning("task tried again", extra=facts)
            return None
        outcome = Outcome(key=task.key, failure=failure, n_attempts=n_attempts)
        with self._lock:
            self._held[task.key] = outcome
        log.warning("task quarantined", extra=facts)
        return outcome


def _unpacked(result: bytes) -> tuple[object, Failure | None]:
    """Read a value that `carry_out` wrote; a value that cannot be read is the task's failure."""
    try:
        return pickle.loads(result), None  # noqa: S301 written by `carry_out` of this program
    except Exception as error:  # whatever a value's own way of being unpickled raises
        return None, Failure.of_error(error)
