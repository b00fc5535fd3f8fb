"""Read a table of results as people keep it, from CSV, Excel or Parquet, into cells with states and addresses."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from services.ingest.columns import finish
from services.ingest.decimal_marks import AmbiguousMarkError, decide_mark
from services.ingest.delimited import DelimitedError, read_delimited
from services.ingest.draft_column import DraftColumn
from services.ingest.encodings import decode
from services.ingest.errors import FormatError, UnreadableTable
from services.ingest.headers import BETWEEN_LEVELS, name_columns
from services.ingest.layout import Layout, LayoutError, find_layout
from services.ingest.numerals import DecimalMark
from services.ingest.parquet import read_parquet
from services.ingest.sheet import Sheet
from services.ingest.workbook import WorkbookError, open_workbook
from services.records.table import Column, Note, Table

__all__ = ["MAX_BYTES", "read_table", "table_of"]

MAX_BYTES = 50 * 1024 * 1024
_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_SAY_MARK = "say which mark is decimal: decimal='.' or decimal=','"
_SAY_LAYOUT = "a table needs one header row with a row for each specimen under it"
_SAY_SAVE = "open it in Excel or LibreOffice and save it as .xlsx"


def read_table(
    path: Path | str,
    *,
    sheet: str | None = None,
    detection_limits: Mapping[str, float] | None = None,
    decimal: DecimalMark | None = None,
    numbers: Collection[str] = (),
) -> Table:
    """Read the one table of a file.

    Parameters
    ----------
    path
        CSV, TSV or other delimited text in UTF-8, UTF-16, Shift-JIS or Latin-1, an Excel workbook (.xlsx, .xlsm), or
        Parquet; told apart by content, not by suffix. At most 50 MB.
    sheet
        The sheet to read. Without it the workbook's only sheet with a table is read.
    detection_limits
        A limit for each column whose ``n.d.`` means "below this", in the column's unit, by column name or header.
        An ``n.d.`` without one is *not measured*, with the reason saying so.
    decimal
        The decimal mark, where the file leaves it open.
    numbers
        Names or headers of columns that hold numbers, however many of their cells hold words; names that no column
        has are passed over. Under a group's heading the column's own name will do.

    Returns
    -------
    The table. What was skipped, filled or decided on the way stands in its `notes`, with the address. Numbers that a
    spreadsheet shows as a percentage are multiplied by 100 and have the unit %.

    Raises
    ------
    UnreadableTable
        If the file is no table, holds several, or can be read in two ways.
    """
    path = Path(path)
    return table_of(
        path, _bytes_of(path), sheet=sheet, detection_limits=detection_limits, decimal=decimal, numbers=numbers
    )


def table_of(
    path: Path,
    data: bytes,
    *,
    sheet: str | None = None,
    detection_limits: Mapping[str, float] | None = None,
    decimal: DecimalMark | None = None,
    numbers: Collection[str] = (),
) -> Table:
    """Read the one table of a file's bytes, as `read_table` does; `path` names it in messages and is not opened.

    Raises
    ------
    UnreadableTable
        If the file is no table, holds several, or can be read in two ways.
    """
    try:
        if data.startswith(_PARQUET):
            return read_parquet(data, path.name)
        return _table_of(path, data, sheet, _Wishes(detection_limits or {}, decimal, frozenset(numbers)))
    except AmbiguousMarkError as error:
        raise UnreadableTable(path, str(error), _SAY_MARK) from error
    except UnicodeError as error:
        raise UnreadableTable(path, f"its text cannot be decoded: {error}", "save it as UTF-8") from error
    except DelimitedError as error:
        raise UnreadableTable(path, str(error), "save it as CSV with one header row") from error
    except LayoutError as error:
        raise UnreadableTable(path, str(error), _SAY_LAYOUT) from error
    except WorkbookError as error:
        raise UnreadableTable(path, f"not a readable workbook: {error}", _SAY_SAVE) from error
    except FormatError as error:
        raise UnreadableTable(path, f"not a readable Parquet file: {error}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableTable(path, "it is no file")
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read as a table"
            raise UnreadableTable(path, size)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(path, f"it cannot be opened: {error.strerror or error}") from error
    if not data.strip():
        raise UnreadableTable(path, "the file is empty")
    if data.startswith(_OLE):
        raise UnreadableTable(
            path, "an old .xls workbook, or one with a password", "save it as .xlsx without a password"
        )
    return data


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What whoever asks for a table knows of its cells."""

    limits: Mapping[str, float]
    decimal: DecimalMark | None
    numbers: frozenset[str]


def _table_of(path: Path, data: bytes, wanted: str | None, wishes: _Wishes) -> Table:
    if data.startswith(_ZIP):
        sheet, layout = _choose_sheet(path, data, wanted)
    else:
        if wanted is not None:
            raise UnreadableTable(path, f"text has no sheets, so none is called {wanted!r}")
        text, encoding = decode(data)
        if text.lstrip()[:1] in ("<", "{") or text.startswith("%PDF"):
            raise UnreadableTable(path, "it is no table", "CSV, Excel (.xlsx) and Parquet are read")
        sheet = read_delimited(text)
        layout = find_layout(sheet)
        return _build(path, sheet, layout, wishes, f"{encoding}, {sheet.read_as}")
    return _build(path, sheet, layout, wishes, sheet.read_as)


def _choose_sheet(path: Path, data: bytes, wanted: str | None) -> tuple[Sheet, Layout]:
    book = open_workbook(data)
    every = (*book.names, *book.hidden)
    if wanted is not None:
        if wanted not in every:
            raise UnreadableTable(path, f"it has no sheet {wanted!r}", f"its sheets are {_quoted(every)}")
        sheet = book.sheet(wanted)
        return sheet, find_layout(sheet)
    found: list[tuple[Sheet, Layout]] = []
    faults: dict[str, str] = {}
    for name in book.names:
        sheet = book.sheet(name)
        try:
            found.append((sheet, find_layout(sheet)))
        except LayoutError as error:
            faults[name] = str(error)
    if len(found) == 1:
        sheet, layout = found[0]
        hidden = dict.fromkeys(book.hidden, "hidden")
        passed = tuple(Note(name, f"sheet not read: {fault}") for name, fault in {**faults, **hidden}.items())
        return replace(sheet, notes=sheet.notes + passed), layout
    if found:
        names = [sheet.name for sheet, _ in found]
        raise UnreadableTable(path, f"{len(names)} sheets hold a table", f"ask for one of {_quoted(names)}")
    if len(faults) == 1:
        raise LayoutError(next(iter(faults.values())))
    told = "; ".join(f"{name!r}: {fault}" for name, fault in faults.items())
    raise UnreadableTable(path, "no sheet holds a table", told or "it has no visible sheet of cells")


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(map(repr, names))


def _build(path: Path, sheet: Sheet, layout: Layout, wishes: _Wishes, read_as: str) -> Table:
    limits, decimal = wishes.limits, wishes.decimal
    drafts = [
        replace(draft, must_be_numbers=not wishes.numbers.isdisjoint(_names_of(draft)))
        for draft in _drafts(path, sheet, layout)
    ]
    unknown = [name for name in limits if not any(name in (d.name, d.header) for d in drafts)]
    if unknown:
        known = ", ".join(d.name for d in drafts)
        raise UnreadableTable(
            path, f"a detection limit is given for {unknown[0]!r}, no column of it", f"it has {known}"
        )
    numeric = [draft for draft in drafts if not draft.is_words]
    is_open = any(draft.is_open for draft in numeric)
    elsewhere = sum((draft.evidence for draft in numeric), Counter[str]()) if is_open else Counter[str]()
    is_japanese = any(_JAPANESE.search("".join(layout.rows[row])) for row in layout.header_rows)
    columns: list[Column] = []
    notes = [*sheet.notes, *layout.notes]
    marks: set[str] = set()
    for draft in drafts:
        mark: DecimalMark = decimal or "."
        if decimal is None and is_open and not draft.is_words:
            mark, reason = decide_mark(draft, elsewhere, is_japanese)
            if reason:
                place = sheet.address(layout.header_rows[-1], draft.position - sheet.first_column, draft.name)
                notes.append(Note(place, reason))
        column, column_notes = finish(draft, mark, limits.get(draft.name, limits.get(draft.header)))
        marks.add(mark)
        columns.append(column)
        notes.extend(column_notes)
    return Table(
        source=path.name,
        sheet=sheet.name,
        columns=tuple(columns),
        header_rows=tuple(sheet.row_numbers[row] for row in layout.header_rows),
        row_numbers=tuple(sheet.row_numbers[row] for row in layout.data_rows),
        notes=tuple(notes),
        read_as=read_as + (", decimal comma" if "," in marks else ""),
        row_word=sheet.row_word,
    )


def _names_of(draft: DraftColumn) -> tuple[str, ...]:
    return draft.name, draft.header, draft.name.rpartition(BETWEEN_LEVELS)[2]


def _drafts(path: Path, sheet: Sheet, layout: Layout) -> list[DraftColumn]:
    named = name_columns(layout.headers, layout.units)
    columns = list(zip(*(layout.rows[row] for row in layout.data_rows), strict=True))
    typed: dict[int, dict[int, float]] = {}
    percents: dict[int, set[int]] = {}
    place = {row: index for index, row in enumerate(layout.data_rows)}
    for (row, column), value in layout.typed.items():
        if row in place:
            typed.setdefault(column, {})[place[row]] = value
    for row, column in sheet.percents:
        if row in place:
            percents.setdefault(column, set()).add(place[row])
    uncomputed = sorted(cell for cell in sheet.uncomputed if cell[0] in place and cell[1] in layout.columns)
    if uncomputed:
        row, column = uncomputed[0]
        raise UnreadableTable(
            path,
            f"{sheet.address(row, column)} holds a formula that was saved without its value"
            + (f", as do {len(uncomputed) - 1} more cells" if len(uncomputed) > 1 else ""),
            "open the workbook in Excel or LibreOffice, let it compute, and save it",
        )
    return [
        DraftColumn(
            name=name,
            header=header,
            unit=unit,
            position=column + sheet.first_column,
            is_first=index == 0,
            texts=columns[column],
            address=partial(_address, sheet, layout.data_rows, column, name),
            typed=typed.get(column, {}),
            percents=frozenset(percents.get(column, ())),
        )
        for index, (column, header, (name, unit)) in enumerate(zip(layout.columns, layout.headers, named, strict=True))
    ]


def _address(sheet: Sheet, rows: tuple[int, ...], column: int, name: str, index: int) -> str:
    return sheet.address(rows[index], column, name)
