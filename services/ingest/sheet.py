"""One sheet as the file holds it: a rectangle of texts, and what only a spreadsheet knows beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.records.table import Note, cell_address, column_letter

__all__ = ["MAX_CELLS", "MergedRange", "Sheet"]

MAX_CELLS = 5_000_000
"""More cells than this, empty ones counted, is no table that a person keeps."""


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells that a spreadsheet shows as one; rows and columns count from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Texts in rows of equal length; `row_numbers` are the file's lines or rows, counted from 1.

    `widths` say how many cells each line of a text had before it was filled up; empty for a spreadsheet.

    `typed` holds the numbers that the file itself types as such, `percents` those of them shown as a percentage
    (already multiplied by 100), `uncomputed` the formulas saved without a value; all by (row, column) from 0.
    """

    name: str = ""
    rows: Sequence[Sequence[str]]
    row_numbers: Sequence[int]
    widths: Sequence[int] = ()
    first_column: int = 1
    typed: Mapping[tuple[int, int], float] = field(default_factory=dict)
    percents: frozenset[tuple[int, int]] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[MergedRange, ...] = ()
    notes: tuple[Note, ...] = ()
    read_as: str = ""
    row_word: Literal["line", "row"] = "line"

    @property
    def n_columns(self) -> int:
        """How many columns the rectangle has."""
        return len(self.rows[0]) if self.rows else 0

    def row_address(self, row: int) -> str:
        """Say where a row stands: ``Sheet1!row 7`` or ``line 7``."""
        number = self.row_numbers[row]
        return f"{self.name}!row {number}" if self.name else f"{self.row_word} {number}"

    def address(self, row: int, column: int, name: str = "") -> str:
        """Say where a cell stands, with its column's name where it has one."""
        position = column + self.first_column
        return cell_address(self.name, self.row_numbers[row], position, name or column_letter(position), self.row_word)
