"""Find the header of a table in a sheet: rows of groups and names, and the row of units under them.

Columns of numbers are found first; the body begins with the first row that has numbers where numbers belong; what
stands over them in words is the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.ingest.cells import read_cell_text
from services.ingest.headers import bare_unit, join_levels
from services.ingest.number_columns import NumberColumns
from services.ingest.numerals import PLAIN
from services.ingest.sheet import Sheet
from services.ingest.under_names import UnderNames, read_under_names
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

    A unit is None where no row of units says anything, empty where one says that there is none. `comment_row` is a row
    under the names that holds neither names nor units.
    """

    levels: tuple[int, ...]
    unit_row: int | None
    headers: tuple[str, ...]
    units: tuple[str | None, ...]
    comment_row: int | None = None

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows of the header from the top, the rows of units and comments among them."""
        beside = [row for row in (self.unit_row, self.comment_row) if row is not None]
        return tuple(sorted({*self.levels, *beside}))


class HeaderFinder:
    """Finds header rows by looking at what kind of cell stands where."""

    def __init__(self, sheet: Sheet, rows: list[list[str]], filled: list[int]) -> None:
        self.sheet, self.rows, self.filled = sheet, rows, filled
        step = max(1, (len(filled) - _SAMPLE) // _SAMPLE)
        self.sample = filled[:_SAMPLE] + filled[_SAMPLE::step]
        numbers = NumberColumns(rows, self.sample, sheet.n_columns)
        self.numeric, self._counts = numbers.columns, numbers.counts
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
        below, above = self._next_filled(levels[-1]), levels[0] - 1
        for row in (below, above):
            if units := self._units(row, texts):
                return _header(levels, row, texts, units)
        if under := self._under(below, levels[-1]):
            texts = self._joined(levels, under.names)
            is_comment = not under.names and not under.units
            return _header(levels, below, texts, under.units, is_comment=is_comment)
        if len(levels) > 1 and (under := self._under(levels[-1], levels[-2])) and under.units:
            texts = self._joined(levels[:-1], under.names)
            return _header(levels, None, texts, under.units)
        return _header(levels, None, texts, {})

    def _names_row(self) -> int:
        """Choose the row that names the columns: over the first numbers, the topmost of those nearly fullest."""
        if not self.numeric:
            return self._fullest(self.filled[:_SAMPLE])
        least = self.typical_fill / 2
        body = next((row for row in self.filled if self._is_body(row, least)), None)
        body = next((row for row in self.filled if self._is_body(row, 1)), None) if body is None else body
        if body is not None:
            units: list[int] = []
            for block in self._blocks_above(body):
                candidates = [row for row in block if self._is_header(row)]
                named = [r for r in candidates if any(bare_unit(t) is None for t in self._own_cells(r).values())]
                if named:
                    return self._fullest(named)
                units = units or candidates
            if units:
                return self._fullest(units)
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

    def _joined(self, levels: Sequence[int], under: Mapping[int, str] | None = None) -> list[str]:
        """Join the levels over each column, and further names under them."""
        last = None if not under else [under.get(column, "") for column in range(self.sheet.n_columns)]
        belows = [*(self.rows[row] for row in levels[1:]), last]
        texts = [self._spread(row, below) for row, below in zip(levels, belows, strict=True)]
        texts += [last] if last else []
        return [join_levels([level[column] for level in texts]) for column in range(self.sheet.n_columns)]

    def _next_filled(self, row: int) -> int:
        return next((filled for filled in self.filled if filled > row), len(self.rows))

    def _under(self, row: int, above: int) -> UnderNames | None:
        """Read a row under names that may hold units for some columns and names for others."""
        cells = self._own_cells(row)
        if not cells or self._counts(row)[0]:
            return None
        over = self.rows[above]
        return read_under_names(cells, over=over, is_open=self._open_columns(row, above), numeric=self.numeric)

    def _open_columns(self, row: int, above: int) -> set[int]:
        """Return the columns that have no name of their own above: blank, merged with others, or begun by a group."""
        over, texts = self.rows[above], self._texts(row)
        wide = [m for m in self.sheet.merged if m.top <= above <= m.bottom and m.right > m.left]
        merged = {column for m in wide for column in range(m.left, m.right + 1)}
        pairs = [*zip(over[1:], texts[1:], strict=True), ("", "")]
        starts = {column for column, (right, under) in enumerate(pairs) if not right and under}
        return {column for column, text in enumerate(over) if not text} | merged | starts

    def _fill(self, row: int) -> int:
        return sum(map(bool, self.rows[row]))

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

    def _units(self, row: int, names: Sequence[str]) -> dict[int, str] | None:
        """Read a row of units, with different names over them: all in brackets, or known ones over numbers."""
        cells = self._own_cells(row)
        units = {column: unit for column, text in cells.items() if (unit := bare_unit(text)) is not None}
        over = [names[column] for column in cells if names[column]]
        if not cells or len(units) < len(cells) or len(over) < _COVERED * len(cells) or len(set(over)) < len(over):
            return None
        is_bracketed = all(normalise(text).startswith("[") for text in cells.values())
        if not is_bracketed and not any(units.get(column) for column in self.numeric):  # a lone "-" is a missing value
            return None
        return units

    def _own_cells(self, row: int) -> dict[int, str]:
        """Return the texts of a row by column, without those merged down from above."""
        continued = {c for m in self.sheet.merged if m.top < row <= m.bottom for c in range(m.left, m.right + 1)}
        return {column: text for column, text in enumerate(self._texts(row)) if text and column not in continued}

    def _texts(self, row: int) -> list[str]:
        return self.rows[row] if 0 <= row < len(self.rows) else []

    def _is_lower_level(self, row: int, above: int) -> bool:
        """A second row of names has words only where the row above is blank, merged, or begins a group."""
        texts, over = self._texts(row), self.rows[above]
        columns = [column for column, text in enumerate(texts) if text]
        if not columns or self._counts(row) == (0, 0) or self._counts(row)[0] or self._units(row, over):
            return False
        merged = {c for m in self.sheet.merged if m.top <= above <= m.bottom for c in range(m.left, m.right + 1)}
        is_open = merged | self._open_columns(row, above)
        return all(column in is_open for column in columns) and any(not over[column] for column in columns)

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

    def _spread(self, row: int, below: Sequence[str] | None) -> list[str]:
        """Repeat a group's name over each of its columns: those merged, else the named ones to its right."""
        texts = list(self.rows[row])
        wide = [m for m in self.sheet.merged if m.top <= row <= m.bottom and m.right > m.left]
        for merged in wide:
            for column in range(merged.left, min(merged.right, len(texts) - 1) + 1):
                texts[column] = self.rows[merged.top][merged.left]
        if below is None or wide or _unmerged_is_complete(texts, below):
            return texts
        group = ""
        for column, text in enumerate(texts):
            if text:
                group = text if below[column] else ""
            elif below[column]:
                texts[column] = group
            else:
                group = ""
        return texts


def _header(
    levels: Sequence[int],
    row: int | None,
    texts: Sequence[str],
    units: Mapping[int, str],
    *,
    is_comment: bool = False,
) -> HeaderRows:
    return HeaderRows(
        levels=tuple(levels),
        unit_row=None if is_comment else row,
        comment_row=row if is_comment else None,
        headers=tuple(texts),
        units=tuple(units.get(column) for column in range(len(texts))),
    )


def _unmerged_is_complete(texts: Sequence[str], below: Sequence[str]) -> bool:
    """A row with a cell over every cell below has no groups to spread."""
    return all(text for text, under in zip(texts, below, strict=True) if under)
