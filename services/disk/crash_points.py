"""The instants before and after everything that reaches a disk or the world outside.

A process may die at each of them, and nothing may be lost or done twice. Tests watch the points and kill there; in a
campaign nobody watches and a point does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["crash_point", "watched"]

_watchers: list[Callable[[str], None]] = []


@contextmanager
def crash_point(write: str) -> Iterator[None]:
    """Mark one write: ``before …`` and ``after …`` are told to whoever watches; after only where it succeeded."""
    _tell(f"before {write}")
    yield
    _tell(f"after {write}")


@contextmanager
def watched(by: Callable[[str], None]) -> Iterator[None]:
    """Let somebody be told of every crash point that this process passes, in every thread."""
    _watchers.append(by)
    try:
        yield
    finally:
        _watchers.remove(by)


def _tell(point: str) -> None:
    for watcher in tuple(_watchers):
        watcher(point)
