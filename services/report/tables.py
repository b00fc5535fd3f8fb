"""Tables as values, ready to be written: heads with units, cells with what kind of thing they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Cell", "Head", "Table", "identity", "moment", "number", "words"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and the classes that say how it looks (``number``, ``id``, ``bad``, ``good``, ``quiet``)."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: its name, its unit on a line of its own, and its look."""

    text: str
    unit: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Heads over rows; `strong_rows` are set off by a line above them."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ruled_rows: frozenset[int] = frozenset()
    look: str = ""

    @classmethod
    def of(
        cls, heads: Iterable[Head], rows: Iterable[Iterable[Cell]], *, ruled: Iterable[int] = (), look: str = ""
    ) -> Table:
        """Make a table out of anything that can be gone through."""
        return cls(heads=tuple(heads), rows=tuple(tuple(row) for row in rows), ruled_rows=frozenset(ruled), look=look)


def words(text: object, look: str = "") -> Cell:
    """Return a cell of text."""
    return Cell(str(text), look)


def number(text: str, look: str = "") -> Cell:
    """Return a cell of a number that is written already."""
    return Cell(text, f"number {look}".strip())


def identity(text: object, look: str = "") -> Cell:
    """Return a cell of an id."""
    return Cell(str(text), f"id {look}".strip())


def moment(at: datetime) -> str:
    """Write a moment to the minute, in the time zone it carries."""
    return at.strftime("%Y-%m-%d %H:%M")
