"""A table of past results as values: cells with a state, columns with a unit, rows with an address.

Knows no file format. What was read from where stands beside the values, so that every message can point at a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from typing import Literal

from loop.observations import State

__all__ = ["Cell", "Column", "ColumnKind", "Note", "Table", "TableError", "cell_address", "column_letter"]

ColumnKind = Literal["number", "text"]

_MEASURED = State.MEASURED


class TableError(ValueError):
    """A cell, a column or a table contradicts itself, or a name is not in the table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a value, or why there is none. Missing is not zero.

    `value` stands exactly where the state is measured. `limit` stands exactly where it is censored: the true value lies
    below it (below_detection) or above it (above_range). `sd` is the spread that was written beside a number. `text` is
    the cell as the file holds it; `reason` says in words why a value is missing, where anybody said so.
    """

    value: float | str | None = None
    state: State = State.MEASURED
    limit: float | None = None
    text: str = ""
    sd: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        value = self.value
        if value.__class__ is float and self.state is _MEASURED and self.limit is None and self.sd is None:
            if not isfinite(value):
                raise TableError(f"a number must be finite, got {value!r}; without one, say why by a state")
        else:
            self._check_the_rare()

    def _check_the_rare(self) -> None:
        if (self.value is not None) != (self.state is _MEASURED):
            raise TableError(f"a cell has a value exactly where it is measured: {self.value!r} is {self.state.value}")
        if isinstance(self.value, float) and not isfinite(self.value):
            raise TableError(f"a number must be finite, got {self.value!r}; without one, say why by a state")
        if self.state.is_censored != (self.limit is not None):
            raise TableError(f"a limit stands exactly where a cell is censored: {self.limit!r} is {self.state.value}")
        if self.limit is not None and not isfinite(self.limit):
            raise TableError(f"a limit must be finite, got {self.limit!r}")
        if self.sd is not None and not (isinstance(self.value, float) and 0 <= self.sd < inf):
            raise TableError(f"a spread is a finite number >= 0 beside a number: {self.value!r} with sd {self.sd!r}")

    @property
    def number(self) -> float | None:
        """The value where it is a number, None anywhere else."""
        return self.value if isinstance(self.value, float) else None

    @classmethod
    def below(cls, limit: float) -> Cell:
        """Make a cell whose value lies below a detection limit."""
        return cls(state=State.BELOW_DETECTION, limit=limit, text=f"<{limit:.15g}")

    @classmethod
    def above(cls, limit: float) -> Cell:
        """Make a cell whose value lies above the range of the instrument."""
        return cls(state=State.ABOVE_RANGE, limit=limit, text=f">{limit:.15g}")

    @classmethod
    def missing(cls, reason: str = "", state: State = State.NOT_MEASURED) -> Cell:
        """Make a cell without a value, with the reason where a person knows one."""
        return cls(state=state, reason=reason, text=reason)

    def same_as(self, other: Cell) -> bool:
        """Compare what two cells say, whatever text they were read from."""
        mine = (self.value, self.state, self.limit, self.sd, self.reason)
        return mine == (other.value, other.state, other.limit, other.sd, other.reason)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that reading skipped, filled or decided: where, and what."""

    address: str
    message: str

    def __str__(self) -> str:
        return f"{self.address}: {self.message}" if self.address else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: cells of one kind in one unit. `position` counts the file's columns from 1."""

    name: str
    unit: str = ""
    kind: ColumnKind = "number"
    cells: tuple[Cell, ...] = ()
    position: int = 1
    header: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise TableError(f"column {column_letter(self.position)} has no name")
        if self.position < 1:
            raise TableError(f"column {self.name!r}: positions count from 1, got {self.position}")
        wanted = float if self.kind == "number" else str
        for index, cell in enumerate(self.cells):
            if cell.value is not None and cell.value.__class__ is not wanted:
                raise TableError(
                    f"column {self.name!r}, row {index + 1}: {cell.value!r} among cells of kind {self.kind}"
                )

    @property
    def letter(self) -> str:
        """The column as a spreadsheet names it: A, B, … AA."""
        return column_letter(self.position)

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """Every row's number, None where there is none."""
        return tuple(cell.number for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns of equal length, where they were read from, and what was skipped on the way.

    `header_rows` and `row_numbers` count the lines (text) or rows (spreadsheet) of the file from 1;
    `row_numbers` has one entry a row. `sheet` is empty for text. `read_as` says how the file was understood.
    """

    source: str
    columns: tuple[Column, ...]
    sheet: str = ""
    header_rows: tuple[int, ...] = (1,)
    row_numbers: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    read_as: str = ""
    row_word: Literal["line", "row"] = "line"

    def __post_init__(self) -> None:
        lengths = {column.name: len(column.cells) for column in self.columns}
        if len(lengths) != len(self.columns):
            raise TableError(f"{self.source}: column names must differ, got {[c.name for c in self.columns]}")
        if len(set(lengths.values())) > 1:
            raise TableError(f"{self.source}: columns must be equally long, got {lengths}")
        if not self.row_numbers:
            first = max(self.header_rows, default=0) + 1
            object.__setattr__(self, "row_numbers", tuple(range(first, first + self.n_rows)))
        if len(self.row_numbers) != self.n_rows:
            raise TableError(f"{self.source}: {len(self.row_numbers)} row numbers for {self.n_rows} rows")

    @property
    def n_rows(self) -> int:
        """How many rows of data there are."""
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def first_data_row(self) -> int:
        """The file's line or row number of the first row of data, one past the header where there is none."""
        return self.row_numbers[0] if self.row_numbers else max(self.header_rows, default=0) + 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, from left to right."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _by_name(self) -> Mapping[str, Column]:
        return {**{c.header: c for c in reversed(self.columns) if c.header}, **{c.name: c for c in self.columns}}

    def column(self, name: str) -> Column:
        """Find a column by its name, or by its header as the file has it.

        Raises
        ------
        TableError
            If there is none; the message lists those there are.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise TableError(f"{self.source} has no column {name!r}; it has {', '.join(self.names)}") from None

    def row(self, index: int) -> Mapping[str, Cell]:
        """Return one row's cells by column name; `index` counts from 0."""
        return {column.name: column.cells[index] for column in self.columns}

    def address(self, index: int, column: Column) -> str:
        """Say where a cell stands: ``Sheet1!C7``, or ``line 7, column 'modulus'``; `index` counts rows from 0."""
        return cell_address(self.sheet, self.row_numbers[index], column.position, column.name, self.row_word)


def column_letter(position: int) -> str:
    """Name a column as spreadsheets do; 1 is A, 27 is AA."""
    letters = ""
    while position > 0:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_address(sheet: str, row: int, position: int, name: str, row_word: str = "line") -> str:
    """Say where a cell stands, by sheet and coordinate where there is a sheet, else by line and column name."""
    if not sheet:
        return f"{row_word} {row}, column {name!r}"
    quoted = sheet if sheet.replace("_", "").isalnum() else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{column_letter(position)}{row}"
