"""Tell a number mistyped from a word for its absence: the first stops a table, the second is kept as the reason.

`1850 MPaa`, `l850` and a date that Excel made of 3.1 are results that somebody has; booked as not measured they would
be lost without a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from services.records.table import Cell, Column, Table

__all__ = ["is_slip", "slips_in"]

_NUMBER = re.compile(
    r"(?:(?:[<>≤≥≦≧~≈∼〜約]=?|ca\.?|approx\.?|about) ?)*"  # what may stand before a number
    r"[+\-−–]? ?"
    r"(?:[.,]?\d|(?=\S*\d)[\dOoIl.,+\-]+(?:\s|$))",  # a digit, or a word of digits and the letters that look like them
    re.IGNORECASE,
)


def is_slip(text: str) -> bool:
    """Say whether a text that is no number was meant as one: it begins as one."""
    return _NUMBER.match(unicodedata.normalize("NFKC", text).strip()) is not None


def slips_in(table: Table, columns: Iterable[Column], rows: Iterable[int] | None = None) -> list[str]:
    """Name every cell of some columns that was meant as a number and is none, with its place and what would be right.

    Parameters
    ----------
    rows
        Which rows to look at, from 0; all where left out.
    """
    wanted = range(table.n_rows) if rows is None else list(rows)
    return [
        f"{table.address(row, column)}: {_told(column.cells[row], column)}"
        for column in columns
        for row in wanted
        if _is_spoilt(column.cells[row])
    ]


def _is_spoilt(cell: Cell) -> bool:
    return cell.number is None and not cell.state.is_censored and is_slip(cell.text)


def _told(cell: Cell, column: Column) -> str:
    unit = f" in {column.unit}" if column.unit else ""
    return (
        f"{cell.text!r} is no number{unit}; write a number, a limit as <0.1, n.d., or leave it empty; "
        "a reason begins with a word"
    )
