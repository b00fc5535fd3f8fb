"""Find the table in a sheet: title lines, header rows, unit row, and which columns belong to it.

A sheet is read as a person reads it. Columns of numbers are found first; the table's body begins with the first row
that has numbers where numbers belong; what stands over them in words is the header. Everything left out is noted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.ingest.body import BodyRows, find_body
from services.ingest.cells import Reading, read_cell_text
from services.ingest.headers import bare_unit, join_levels
from services.ingest.numerals import PLAIN
from services.ingest.sheet import MAX_CELLS, Sheet
from services.ingest.wording import normalise
from services.records.table import Note, column_letter

__all__ = ["Layout", "LayoutError", "find_layout"]

_SAMPLE = 100
_MAX_LEVELS = 3
_NUMERIC_HEADER = 10
_COVERED = 0.6
_BRACKETED = re.compile(r"\[.*\]|［.*］")


class LayoutError(ValueError):
    """A sheet holds no table, or more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table stands in its sheet; rows and columns count from 0."""

    rows: Sequence[Sequence[str]]
    header_rows: tuple[int, ...]
    data_rows: tuple[int, ...]
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    units: tuple[str, ...]
    typed: dict[tuple[int, int], float]
    notes: tuple[Note, ...]


def find_layout(sheet: Sheet) -> Layout:
    """Find the one table of a sheet.

    Raises
    ------
    LayoutError
        If there is none, none with a header, none with rows, or a second one.
    """
    rows, typed = _with_merged_rows(sheet)
    filled = [row for row, texts in enumerate(rows) if any(texts)]
    if not filled:
        raise LayoutError("it is empty")
    finder = _Finder(sheet, rows, filled)
    levels, unit_row = finder.header()
    last = unit_row if unit_row is not None else levels[-1]
    headers = finder.headers(levels)
    units = ["" if unit_row is None else (bare_unit(text) or "") for text in rows[unit_row or 0]]
    titles = [row for row in filled if row < levels[0]]
    found = find_body(sheet, rows, [row for row in filled if row > last], headers, finder.numeric, rows[levels[-1]])
    if found.second_table is not None:
        place = sheet.row_address(found.second_table)
        raise LayoutError(f"a second table starts at {place}; give each a sheet or file of its own")
    if not found.data:
        raise LayoutError("it has a header and no rows")
    columns, headers, column_notes = _columns(sheet, rows, found.data, headers)
    return Layout(
        rows=rows,
        header_rows=tuple(levels) + (() if unit_row is None else (unit_row,)),
        data_rows=tuple(found.data),
        columns=tuple(columns),
        headers=tuple(headers[c] for c in columns),
        units=tuple(units[c] for c in columns),
        typed=typed,
        notes=(*_title_notes(sheet, rows, titles), *column_notes, *found.notes, *_merge_notes(sheet, rows, found)),
    )


def _with_merged_rows(sheet: Sheet) -> tuple[list[list[str]], dict[tuple[int, int], float]]:
    """Repeat a value merged over several rows of one column in each of them."""
    rows, typed = [list(texts) for texts in sheet.rows], dict(sheet.typed)
    budget = MAX_CELLS
    for merged in sheet.merged:
        if merged.left != merged.right or merged.top >= len(rows) or merged.left >= sheet.n_columns:
            continue
        text = rows[merged.top][merged.left]
        bottom = min(merged.bottom, len(rows) - 1)
        budget -= bottom - merged.top
        if budget < 0:
            raise LayoutError("more cells are merged than a table can have")
        for row in range(merged.top + 1, bottom + 1):
            rows[row][merged.left] = text
            if (merged.top, merged.left) in typed:
                typed[row, merged.left] = typed[merged.top, merged.left]
    return rows, typed


class _Finder:
    """Finds header rows by looking at what kind of cell stands where."""

    def __init__(self, sheet: Sheet, rows: list[list[str]], filled: list[int]) -> None:
        self.sheet, self.rows, self.filled = sheet, rows, filled
        step = max(1, (len(filled) - _SAMPLE) // _SAMPLE)
        self.sample = filled[:_SAMPLE] + filled[_SAMPLE::step]
        self.units: dict[int, Counter[str]] = {}
        self.numeric = [column for column in range(sheet.n_columns) if self._is_numeric(column)]
        self.typical_fill = median(self._fill(row) for row in self.sample)

    def header(self) -> tuple[list[int], int | None]:
        """Return the header rows from the top, and the unit row under them if there is one."""
        if not self.numeric:
            return self._text_header()
        body = next((row for row in self.filled if self._is_body(row)), None)
        if body is not None:
            lowest = next((row for row in reversed(self.filled) if row < body and self._is_header(row)), None)
            if lowest is not None:
                return self._block(lowest)
        if self._is_numeric_header(self.filled[0]):
            return [self.filled[0]], None
        raise LayoutError("no header row was found: numbers begin in its first row, with no names above them")

    def headers(self, levels: Sequence[int]) -> list[str]:
        """Join the levels over each column."""
        texts = [self._spread(row, below) for row, below in zip(levels, [*levels[1:], None], strict=True)]
        return [join_levels([level[column] for level in texts]) for column in range(self.sheet.n_columns)]

    def _is_numeric(self, column: int) -> bool:
        """A column is one of numbers if, from its first number down, numbers outweigh words."""
        numbers = words = 0
        units: Counter[str] = Counter()
        for row in self.sample:
            text = self.rows[row][column]
            if not text:
                continue
            if PLAIN.fullmatch(text):
                numbers += 1
                continue
            reading = read_cell_text(text)
            if reading.is_number_like:
                numbers += 1
                units[reading.unit] += 1
            elif numbers and reading.kind == "text":
                words += 1
        self.units[column] = units
        return numbers > 0 and numbers >= words

    def _fill(self, row: int) -> int:
        return sum(map(bool, self.rows[row]))

    def _is_number(self, reading: Reading, column: int) -> bool:
        """``28 d`` over plain numbers is a name; among its like it is a number."""
        return reading.is_number_like and (not reading.unit or self.units[column][reading.unit] > 1)

    def _counts(self, row: int) -> tuple[int, int]:
        """Count numbers and words in the columns of numbers."""
        numbers = words = 0
        for column in self.numeric:
            text = self.rows[row][column]
            if text:
                reading = read_cell_text(text)
                is_number = self._is_number(reading, column)
                numbers += is_number
                words += not is_number and (reading.kind == "text" or bool(reading.unit))
        return numbers, words

    def _is_body(self, row: int) -> bool:
        numbers, words = self._counts(row)
        return numbers > 0 and words <= numbers / 3 and self._fill(row) >= self.typical_fill / 2

    def _is_header(self, row: int) -> bool:
        numbers, words = self._counts(row)
        return numbers == 0 and words > 0 and self._fill(row) >= min(2, self.typical_fill)

    def _is_numeric_header(self, row: int) -> bool:
        """Wavelengths over a table of spectra: words first, then numbers that only rise or only fall."""
        readings = [read_cell_text(text) for text in self.rows[row] if text]
        numbers = [float(r.numeral) for r in readings if r.kind == "number" and PLAIN.fullmatch(r.numeral)]
        pairs = list(pairwise(numbers))
        is_ordered = all(a < b for a, b in pairs) or all(a > b for a, b in pairs)
        return len(numbers) >= _NUMERIC_HEADER and is_ordered and any(r.kind == "text" for r in readings)

    def _text_header(self) -> tuple[list[int], int | None]:
        """In a table of words the first row that is nearly as full as any is the header."""
        fills = {row: self._fill(row) for row in self.filled}
        full = max(fills[row] for row in self.filled[:_SAMPLE])
        names = next(row for row in self.filled if fills[row] >= 0.8 * full)
        below = self.filled[self.filled.index(names) + 1 :][:1]
        if below and self._is_unit_row(below[0], names):
            return self._levels(names), below[0]
        return self._levels(names), None

    def _block(self, lowest: int) -> tuple[list[int], int | None]:
        above = next((row for row in reversed(self.filled) if row < lowest), None)
        if above is not None and self._is_unit_row(lowest, above):
            return self._levels(above), lowest
        return self._levels(lowest), None

    def _is_unit_row(self, row: int, names: int) -> bool:
        """All its cells are units, in brackets or known, and there are names over them."""
        cells = {column: text for column, text in enumerate(self.rows[row]) if text}
        is_bracketed = all(_BRACKETED.fullmatch(text) for text in cells.values())
        if not is_bracketed and not all(bare_unit(text) is not None for text in cells.values()):
            return False
        over = self._spread(names, row)
        named = sum(bool(over[column]) for column in cells)
        groups = [over[column] for column in cells if over[column]]
        return named >= _COVERED * len(cells) and len(set(groups)) == len(groups)

    def _levels(self, names: int) -> list[int]:
        """Climb from the row of names through the rows of groups over it."""
        levels = [names]
        while len(levels) < _MAX_LEVELS and levels[0] > 0 and self._is_group_row(levels[0] - 1, levels[0]):
            levels.insert(0, levels[0] - 1)
        return levels

    def _is_group_row(self, row: int, below: int) -> bool:
        columns = [column for column, text in enumerate(self.rows[row]) if text]
        if not columns or self._counts(row)[0]:
            return False
        under = [column for column, text in enumerate(self._spread(below, None)) if text]
        if len(columns) == 1 and columns[0] <= min(under, default=0):  # one text from the left edge: a title
            return False
        for merged in self.sheet.merged:
            if merged.top <= row <= merged.bottom:
                span = merged.right - merged.left + 1
                if merged.bottom >= below or 2 <= span < max(len(under), 3):
                    return True
        over_blank = [column for column in columns if not self.rows[below][column]]
        if len(columns) < 2 or self.rows[row][columns[0]].endswith((":", "：")):
            return False
        has_gap = any(b - a > 1 for a, b in zip(columns, [*columns[1:], self.sheet.n_columns], strict=True))
        is_pair = columns[-1] == columns[0] + 1  # "Operator", "Yamada": a remark, no group
        return bool(over_blank) or (has_gap and not is_pair and len(columns) < len(under))

    def _spread(self, row: int, below: int | None) -> list[str]:
        """Repeat a group's name over each of its columns: those merged, else the named ones to its right."""
        texts = list(self.rows[row])
        wide = [m for m in self.sheet.merged if m.top <= row <= m.bottom and m.right > m.left]
        for merged in wide:
            for column in range(merged.left, min(merged.right, len(texts) - 1) + 1):
                texts[column] = self.rows[merged.top][merged.left]
        if below is None or wide or _unmerged_is_complete(texts, self.rows[below]):
            return texts
        group = ""
        for column, text in enumerate(texts):
            if text:
                group = text if self.rows[below][column] else ""
            elif self.rows[below][column]:
                texts[column] = group
            else:
                group = ""
        return texts


def _unmerged_is_complete(texts: Sequence[str], below: Sequence[str]) -> bool:
    """A row with a cell over every cell below has no groups to spread."""
    return all(text for text, under in zip(texts, below, strict=True) if under)


def _columns(
    sheet: Sheet, rows: Sequence[Sequence[str]], data: Sequence[int], headers: Sequence[str]
) -> tuple[list[int], list[str], list[Note]]:
    """Choose the table's columns; give those without a name the letter of their place."""
    named = [column for column, header in enumerate(headers) if header]
    n_data = [sum(map(bool, texts)) for texts in zip(*(rows[row] for row in data), strict=True)]
    busy = [column for column, count in enumerate(n_data) if count * 2 >= len(data)]
    if not named or sum(bool(headers[column]) for column in busy) < _COVERED * len(busy):
        raise LayoutError("no header row was found: most columns of numbers have no name above them")
    notes: list[Note] = []
    columns: list[int] = []
    texts = list(headers)
    blank = [not headers[column] and not n_data[column] for column in range(len(headers))]
    for column, header in enumerate(headers):
        if header:
            columns.append(column)
            continue
        if not n_data[column]:
            continue
        address = sheet.address(next(row for row in data if rows[row][column]), column)
        nearest = min(named, key=lambda c: abs(c - column))
        if any(blank[min(column, nearest) + 1 : max(column, nearest)]):
            notes.append(Note(address, f"stands beside the table, without a header: {n_data[column]} cells skipped"))
            continue
        if not sheet.name and sheet.row_word == "line" and column > named[-1] and n_data[column] * 2 <= len(data):
            row = next(row for row in data if rows[row][column])
            n_cells = max(c for c, text in enumerate(rows[row]) if text) + 1
            raise LayoutError(f"{sheet.row_address(row)} has {n_cells} cells under a header of {named[-1] + 1}")
        texts[column] = f"column {column_letter(column + sheet.first_column)}"
        notes.append(Note(address, f"the column has no header; it is called {texts[column]!r}"))
        columns.append(column)
    return columns, texts, notes


def _title_notes(sheet: Sheet, rows: Sequence[Sequence[str]], titles: Sequence[int]) -> list[Note]:
    return [
        Note(sheet.row_address(row), "above the header, skipped: " + " | ".join(normalise(t) for t in rows[row] if t))
        for row in titles
    ]


def _merge_notes(sheet: Sheet, rows: Sequence[Sequence[str]], found: BodyRows) -> list[Note]:
    """Say which merged cells in the body count for several rows, and which count once."""
    if not sheet.merged:
        return []
    data = set(found.data)
    notes: list[Note] = []
    for merged in sheet.merged:
        if merged.top not in data or not rows[merged.top][merged.left]:
            continue
        address = sheet.address(merged.top, merged.left)
        n_rows, n_columns = merged.bottom - merged.top + 1, merged.right - merged.left + 1
        if n_columns == 1 and n_rows > 1:
            notes.append(Note(address, f"merged over {n_rows} rows: its value stands for each of them"))
        elif n_columns > 1:
            notes.append(Note(address, f"merged over {n_columns} columns: its value counts for the first only"))
    return notes
