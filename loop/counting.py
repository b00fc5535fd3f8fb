"""Say how many there are of something."""

from __future__ import annotations

__all__ = ["counted"]


def counted(n: int, noun: str, plural: str = "") -> str:
    """Write a count and what is counted: ``1 cycle``, ``3 cycles``, ``1 entry``, ``2 entries``.

    Parameters
    ----------
    plural
        What several are called, where an ``s`` behind the noun's will not do.
    """
    return f"{n} {noun if n == 1 else plural or noun + 's'}"
