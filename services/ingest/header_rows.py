"""Find the header of a table in a sheet: rows of groups and names, and the row of units under them.

Columns of numbers are found first; the body begins with the first row that has numbers where numbers belong; what
stands over them in words is the header.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.ingest.cells import Reading, read_cell_text
from services.ingest.headers import bare_unit, join_levels
from services.ingest.numerals import PLAIN
from services.ingest.sheet import Sheet
from services.ingest.wording import normalise

__all__ = ["HeaderFinder", "HeaderRows", "LayoutError"]

_SAMPLE = 100
_MAX_LEVELS = 3
_NUMERIC_HEADER = 10
_COVERED = 0.6
_NEARLY = 0.8


class LayoutError(ValueError):
    """A sheet holds no table, or more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRows:
    """The rows of a header, counted from 0, and what they say of every column of the sheet.

    A unit is None where no row of units says anything, empty where one says that there is none.
    """

    levels: tuple[int, ...]
    unit_row: int | None
    headers: tuple[str, ...]
    units: tuple[str | None, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows of the header, the row of units among them."""
        return self.levels + (() if self.unit_row is None else (self.unit_row,))


class HeaderFinder:
    """Finds header rows by looking at what kind of cell stands where."""

    def __init__(self, sheet: Sheet, rows: list[list[str]], filled: list[int]) -> None:
        self.sheet, self.rows, self.filled = sheet, rows, filled
        step = max(1, (len(filled) - _SAMPLE) // _SAMPLE)
        self.sample = filled[:_SAMPLE] + filled[_SAMPLE::step]
        self.units: dict[int, Counter[str]] = {}
        self.numeric = [column for column in range(sheet.n_columns) if self._is_numeric(column)]
        self.left = min(next(c for c, text in enumerate(rows[row]) if text) for row in self.sample)
        self.typical_fill = median(self._fill(row) for row in self.sample)

    def header(self) -> HeaderRows:
        """Find the header.

        Raises
        ------
        LayoutError
            If numbers begin without names above them.
        """
        names = self._names_row()
        levels = [names]
        while len(levels) < _MAX_LEVELS and levels[0] > 0 and self._is_group_row(levels[0] - 1, levels[0]):
            levels.insert(0, levels[0] - 1)
        while len(levels) < _MAX_LEVELS and self._is_lower_level(levels[-1] + 1, levels[-1]):
            levels.append(levels[-1] + 1)
        texts = self._joined(levels)
        units = self._units(levels[-1] + 1, texts)
        return HeaderRows(
            levels=tuple(levels),
            unit_row=None if units is None else levels[-1] + 1,
            headers=tuple(texts),
            units=tuple(units or [None] * len(texts)),
        )

    def _names_row(self) -> int:
        """Choose the row that names the columns: over the first numbers, the topmost of those nearly fullest."""
        if not self.numeric:
            return self._fullest(self.filled[:_SAMPLE])
        least = self.typical_fill / 2
        body = next((row for row in self.filled if self._is_body(row, least)), None)
        body = next((row for row in self.filled if self._is_body(row, 1)), None) if body is None else body
        if body is not None:
            for block in self._blocks_above(body):
                candidates = [row for row in block if self._is_header(row)]
                if candidates:
                    named = [r for r in candidates if any(bare_unit(t) is None for t in self._own_cells(r).values())]
                    return self._fullest(named or candidates)
        if self._is_numeric_header(self.filled[0]):
            return self.filled[0]
        raise LayoutError("no header row was found: numbers begin in its first row, with no names above them")

    def _fullest(self, rows: Sequence[int]) -> int:
        full = max(map(self._fill, rows))
        return next(row for row in rows if self._fill(row) >= _NEARLY * full)

    def _blocks_above(self, body: int) -> Iterator[list[int]]:
        """Yield the runs of filled rows above the body, the nearest first."""
        block: list[int] = []
        for row in reversed([row for row in self.filled if row < body]):
            if block and row < block[-1] - 1:
                yield block[::-1]
                block = []
            block.append(row)
        yield block[::-1]

    def _joined(self, levels: Sequence[int]) -> list[str]:
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

    def _is_body(self, row: int, least_fill: float) -> bool:
        numbers, words = self._counts(row)
        return numbers > 0 and words <= numbers / 3 and self._fill(row) >= least_fill

    def _is_header(self, row: int) -> bool:
        """Letters over numbers, whatever they say: a column may be called ND or NA."""
        has_letters = any(letter.isalpha() for column in self.numeric for letter in self.rows[row][column])
        is_title = self._fill(row) < min(2, self.typical_fill) and bool(self.rows[row][self.left])
        return has_letters and self._counts(row)[0] == 0 and not is_title

    def _is_numeric_header(self, row: int) -> bool:
        """Wavelengths over a table of spectra: words first, then numbers that only rise or only fall."""
        readings = [read_cell_text(text) for text in self.rows[row] if text]
        numbers = [float(r.numeral) for r in readings if r.kind == "number" and PLAIN.fullmatch(r.numeral)]
        pairs = list(pairwise(numbers))
        is_ordered = all(a < b for a, b in pairs) or all(a > b for a, b in pairs)
        return len(numbers) >= _NUMERIC_HEADER and is_ordered and any(r.kind == "text" for r in readings)

    def _units(self, row: int, names: Sequence[str]) -> list[str | None] | None:
        """Read a row of units, with different names over them: all in brackets, or known ones over numbers."""
        cells = self._own_cells(row)
        units = {column: bare_unit(text) for column, text in cells.items()}
        over = [names[column] for column in cells if names[column]]
        if not cells or None in units.values() or len(over) < _COVERED * len(cells) or len(set(over)) < len(over):
            return None
        is_bracketed = all(normalise(text).startswith("[") for text in cells.values())
        if not is_bracketed and not any(units.get(column) for column in self.numeric):  # a lone "-" is a missing value
            return None
        return [units.get(column) for column in range(len(names))]

    def _own_cells(self, row: int) -> dict[int, str]:
        """Return the texts of a row by column, without those merged down from above."""
        continued = {c for m in self.sheet.merged if m.top < row <= m.bottom for c in range(m.left, m.right + 1)}
        return {column: text for column, text in enumerate(self._texts(row)) if text and column not in continued}

    def _texts(self, row: int) -> list[str]:
        return self.rows[row] if row < len(self.rows) else []

    def _is_lower_level(self, row: int, above: int) -> bool:
        """A second row of names has words only where the row above is blank, merged, or begins a group."""
        texts, over = self._texts(row), self.rows[above]
        columns = [column for column, text in enumerate(texts) if text]
        if not columns or self._counts(row) == (0, 0) or self._counts(row)[0] or self._units(row, over):
            return False
        merged = {c for m in self.sheet.merged if m.top <= above <= m.bottom for c in range(m.left, m.right + 1)}
        pairs = [*zip(over[1:], texts[1:], strict=True), ("", "")]
        starts = {column for column, (right, under) in enumerate(pairs) if not right and under}
        return all(not over[c] or c in merged or c in starts for c in columns) and any(not over[c] for c in columns)

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
