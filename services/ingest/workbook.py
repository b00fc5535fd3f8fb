"""Read the sheets of an Excel workbook into rectangles of texts, through openpyxl.

What openpyxl hides while streaming is read beside it from the sheet's own XML: merged ranges, hidden rows, and
formulas that were saved without a value.
"""

from __future__ import annotations

import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.parsers import expat

from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from services.ingest.archive import check_archive
from services.ingest.sheet import MAX_CELLS, MergedRange, Sheet
from services.records.table import Note

__all__ = ["Workbook", "WorkbookError", "open_workbook"]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_DEEPEST = 64
"""Elements within each other in a sheet's XML; sheets have about eight."""
_PERCENT = re.compile(r'^(?:[^";\\]|\\.|"[^"]*")*%')
_CHUNK = 1 << 20


class WorkbookError(ValueError):
    """A workbook is damaged, or larger than a table that a person keeps."""


@dataclass(frozen=True)
class Workbook:
    """The names of a workbook's sheets, hidden ones apart, and the way to read one."""

    names: tuple[str, ...]
    hidden: tuple[str, ...]
    _book: OpenpyxlWorkbook = field(repr=False)
    _data: bytes = field(repr=False)

    def sheet(self, name: str) -> Sheet:
        """Read one sheet.

        Raises
        ------
        WorkbookError
            If the sheet is damaged or too large.
        """
        with _understood(), _quiet():
            return _read_sheet(self._book, self._data, name)


def open_workbook(data: bytes) -> Workbook:
    """Check a workbook's bytes and list its sheets; charts are none.

    Raises
    ------
    WorkbookError
        If it is damaged, encrypted, too large unpacked, or no workbook.
    """
    with _understood(), _quiet():
        check_archive(BytesIO(data))
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [(sheet.title, sheet.sheet_state) for sheet in book.worksheets]
    visible = tuple(name for name, state in sheets if state == "visible")
    return Workbook(visible, tuple(name for name, state in sheets if state != "visible"), book, data)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn whatever a damaged workbook makes openpyxl raise into one error."""
    try:
        yield
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl checks little: damaged XML ends in KeyError, TypeError and nearly all others
        first_line = next(iter(str(error).splitlines()), "damaged")
        raise WorkbookError(f"{type(error).__name__}: {first_line}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep openpyxl's warnings about styles and drawings that no table needs from the person's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _read_sheet(book: OpenpyxlWorkbook, data: bytes, name: str) -> Sheet:
    sheet = book[name]
    if not isinstance(sheet, ReadOnlyWorksheet):
        raise WorkbookError(f"{name!r} is a chart, no sheet of cells")
    sheet.reset_dimensions()  # a sheet's own word for its size is often wrong
    marks = _SheetMarks()
    # The one thing that knows which part of the archive is which sheet.
    marks.read(data, sheet._worksheet_path)  # type: ignore[attr-defined]
    if marks.last_row * marks.last_column > MAX_CELLS:  # filled up with empty cells, it would take minutes
        extent = f"{marks.last_row} rows by {marks.last_column} columns"
        raise WorkbookError(f"sheet {name!r}: {extent} is more than {MAX_CELLS} cells")
    rows: list[list[str]] = []
    typed: dict[tuple[int, int], float] = {}
    percents: set[tuple[int, int]] = set()
    width = n_filled = 0
    nothing: list[str] = []
    for row, cells in enumerate(sheet.iter_rows()):
        if not cells and row < MAX_ROWS:
            rows.append(nothing)
            continue
        texts: list[str] = []
        for column, cell in enumerate(cells):
            value = cell.value
            if value is None:
                texts.append("")
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                texts.append(_text_of(value))
            else:
                number = float(value)
                if _PERCENT.match(cell.number_format or ""):
                    number = float(f"{number * 100:.15g}")
                    percents.add((row, column))
                typed[row, column] = number
                texts.append(f"{number:.15g}")
        while texts and not texts[-1]:
            texts.pop()
        n_filled += len(texts)
        width = max(width, len(texts))
        if row >= MAX_ROWS or width > MAX_COLUMNS or n_filled > MAX_CELLS:
            limit = f"{MAX_CELLS} cells, {MAX_ROWS} rows or {MAX_COLUMNS} columns"
            raise WorkbookError(f"sheet {name!r} has more than {limit}")
        rows.append(texts)
    while rows and not rows[-1]:
        rows.pop()
    if width * len(rows) > MAX_CELLS:
        raise WorkbookError(f"sheet {name!r}: {len(rows)} rows by {width} columns is more than {MAX_CELLS} cells")
    rows = [texts + [""] * (width - len(texts)) for texts in rows]
    hidden = [row for row in marks.hidden_rows if row <= len(rows)]
    note = f"hidden in the file, read all the same: {_listed(hidden)}"
    return Sheet(
        name=name,
        rows=rows,
        row_numbers=range(1, len(rows) + 1),
        typed=typed,
        percents=frozenset(percents),
        uncomputed=frozenset(marks.uncomputed),
        merged=tuple(marks.merged),
        notes=(Note(f"{name}!row {hidden[0]}", note),) if hidden else (),
        read_as="Excel",
        row_word="row",
    )


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    return f"rows {shown}" + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")


def _text_of(value: object) -> str:
    """Write a cell that is no number: dates stay text, in ISO order."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()


class _SheetMarks:
    """Merged ranges, hidden rows and formulas without a saved value, from one pass over a sheet's XML."""

    def __init__(self) -> None:
        self.merged: list[MergedRange] = []
        self.hidden_rows: list[int] = []
        self.uncomputed: list[tuple[int, int]] = []
        self.last_row = self.last_column = 0
        self._cell = ""
        self._type = ""
        self._has_formula = False
        self._has_value = False
        self._depth = 0

    def read(self, data: bytes, member: str) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(member.lstrip("/")) as stream:
            self._parser = parser
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WorkbookError(f"its XML is nested deeper than {_DEEPEST} elements")
        if tag == "c":
            self._cell, self._type = attributes.get("r", ""), attributes.get("t", "n")
            self._has_formula = self._has_value = False
        elif tag == "f":
            self._has_formula = True
        elif tag in ("v", "is"):
            self._reach()
            if tag == "v" and self._has_formula:
                self._has_value = self._type == "str"  # a formula may well give an empty text
                self._parser.CharacterDataHandler = self._characters
        elif tag == "mergeCell":
            left, top, right, bottom = (end or 1 for end in range_boundaries(attributes["ref"]))
            self.merged.append(MergedRange(top - 1, left - 1, bottom - 1, right - 1))
        elif tag == "row" and attributes.get("hidden") in ("1", "true") and "r" in attributes:
            self.hidden_rows.append(int(attributes["r"]))

    def _reach(self) -> None:
        """Note how far the cells that hold anything reach."""
        if self._cell:
            row, column = coordinate_to_tuple(self._cell)
            self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._depth -= 1
        if tag == "v":
            self._parser.CharacterDataHandler = None
        elif tag == "c" and self._has_formula and not self._has_value and self._cell:
            row, column = coordinate_to_tuple(self._cell)
            self.uncomputed.append((row - 1, column - 1))

    def _characters(self, data: str) -> None:
        self._has_value = self._has_value or bool(data.strip())
