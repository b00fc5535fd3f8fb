"""Say how many there are of something."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["counted", "some_of"]


def counted(n: int, noun: str, plural: str = "") -> str:
    """Write a count and what is counted: ``1 cycle``, ``3 cycles``, ``1 entry``, ``2 entries``.

    Parameters
    ----------
    plural
        What several are called, where an ``s`` behind the noun's will not do.
    """
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def some_of(names: Sequence[str], most: int = 4) -> str:
    """Write the first names and count the rest: ``A, B, C, D and 3 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
