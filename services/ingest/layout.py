"""Find the table in a sheet: title lines, header rows, unit row, and which columns belong to it.

A sheet is read as a person reads it. Columns of numbers are found first; the table's body begins with the first row
that has numbers where numbers belong; what stands over them in words is the header. Everything left out is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.body import BodyRows, find_body
from services.ingest.header_rows import HeaderFinder, LayoutError
from services.ingest.sheet import MAX_CELLS, Sheet
from services.ingest.wording import normalise
from services.records.table import Note, column_letter

__all__ = ["Layout", "LayoutError", "find_layout"]

_COVERED = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table stands in its sheet; rows and columns count from 0."""

    rows: Sequence[Sequence[str]]
    header_rows: tuple[int, ...]
    data_rows: tuple[int, ...]
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    units: tuple[str | None, ...]
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
    finder = HeaderFinder(sheet, rows, filled)
    header = finder.header()
    titles = [row for row in filled if row < header.rows[0]]
    below = [row for row in filled if row > header.rows[-1]]
    found = find_body(sheet, rows, below, header.headers, finder.numeric, rows[header.levels[-1]])
    if found.second_table is not None:
        place = sheet.row_address(found.second_table)
        raise LayoutError(f"a second table starts at {place}; give each a sheet or file of its own")
    if not found.data:
        raise LayoutError("it has a header and no rows")
    width_notes = _check_widths(sheet, rows, header.rows, found.data)
    columns, headers, column_notes = _columns(sheet, rows, found.data, header.headers)
    return Layout(
        rows=rows,
        header_rows=header.rows,
        data_rows=tuple(found.data),
        columns=tuple(columns),
        headers=tuple(headers[c] for c in columns),
        units=tuple(header.units[c] for c in columns),
        typed=typed,
        notes=(
            *_row_notes(sheet, rows, titles, "above the header"),
            *_row_notes(sheet, rows, [] if header.comment_row is None else [header.comment_row], "under the header"),
            *column_notes,
            *width_notes,
            *found.notes,
            *_merge_notes(sheet, rows, found),
        ),
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


def _check_widths(
    sheet: Sheet, rows: Sequence[Sequence[str]], header: Sequence[int], data: Sequence[int]
) -> list[Note]:
    """Refuse lines with more cells than the header, whose cells may have slipped; note those with fewer."""
    if not sheet.widths:
        return []
    width = max(sheet.widths[row] for row in header)
    for row in data:
        if any(rows[row][width:]):
            n_cells = sheet.widths[row]
            raise LayoutError(f"{sheet.row_address(row)} has {n_cells} cells under a header of {width}")
    short = [row for row in data if sheet.widths[row] < width]
    if not short:
        return []
    more = f" (and {len(short) - 1} more lines)" if len(short) > 1 else ""
    said = f"{sheet.widths[short[0]]} of {width} cells{more}; those missing at the end count as not measured"
    return [Note(sheet.row_address(short[0]), said)]


def _columns(
    sheet: Sheet, rows: Sequence[Sequence[str]], data: Sequence[int], headers: Sequence[str]
) -> tuple[list[int], list[str], list[Note]]:
    """Choose the table's columns; give those without a name the letter of their place."""
    named = [column for column, header in enumerate(headers) if header]
    n_data = [sum(map(bool, texts)) for texts in zip(*(rows[row] for row in data), strict=True)]
    blank = [not header and not count for header, count in zip(headers, n_data, strict=True)]
    beside = {column for column, count in enumerate(n_data) if count and named and _stands_apart(column, named, blank)}
    busy = [column for column, count in enumerate(n_data) if count * 2 >= len(data) and column not in beside]
    if not named or sum(bool(headers[column]) for column in busy) < _COVERED * len(busy):
        raise LayoutError("no header row was found: most columns of numbers have no name above them")
    notes: list[Note] = []
    columns: list[int] = []
    texts = list(headers)
    for column, header in enumerate(headers):
        if header:
            columns.append(column)
            continue
        if not n_data[column]:
            continue
        address = sheet.address(next(row for row in data if rows[row][column]), column)
        if column in beside:
            notes.append(Note(address, f"stands beside the table, without a header: {n_data[column]} cells skipped"))
            continue
        texts[column] = f"column {column_letter(column + sheet.first_column)}"
        notes.append(Note(address, f"the column has no header; it is called {texts[column]!r}"))
        columns.append(column)
    return columns, texts, notes


def _stands_apart(column: int, named: Sequence[int], blank: Sequence[bool]) -> bool:
    """Say whether a column without a name is kept from the named ones by a column with nothing in it."""
    nearest = min(named, key=lambda other: abs(other - column))
    return any(blank[min(column, nearest) + 1 : max(column, nearest)])


def _row_notes(sheet: Sheet, rows: Sequence[Sequence[str]], which: Sequence[int], place: str) -> list[Note]:
    return [
        Note(sheet.row_address(row), f"{place}, skipped: " + " | ".join(normalise(t) for t in rows[row] if t))
        for row in which
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
