"""Write a table where a person opens it: CSV, Excel or Parquet, chosen by the suffix.

What is written here is read back as the same cells, states, limits, spreads and units by `services.ingest.tables`.
A file is wholly there or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from loop.observations import State
from services.disk import DiskError, write_whole
from services.ingest.cells import NOT_DETECTED_REASON, read_cell_text
from services.ingest.errors import FormatError, UnwritableTable
from services.ingest.headers import DIMENSIONLESS, name_columns, split_header
from services.ingest.parquet import write_parquet
from services.records.table import Cell, Column, Table, column_letter

__all__ = ["csv_bytes", "write_table"]

_FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "'")
_WIDEST, _NARROWEST = 40, 9
_SHEET_NAME = "results"
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys(r"[]:*?/\\", "_"))


def write_table(table: Table, path: Path | str) -> Path:
    """Write a table to ``.csv`` (UTF-8 with a byte-order mark, which Excel needs), ``.xlsx`` or ``.parquet``.

    Returns
    -------
    The path written to. An existing file is replaced in one step.

    Raises
    ------
    UnwritableTable
        If the suffix is another one, the table has no columns, a text holds control characters that Excel forbids, or
        the folder cannot be written to.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnwritableTable(path, f"tables are not written as {path.suffix or 'a file without suffix'}", _SUFFIXES)
    if not table.columns:
        raise UnwritableTable(path, "the table has no columns")
    try:
        return write_whole(path, writer(table), "table")
    except DiskError as error:
        raise UnwritableTable(path, f"it {error.reason}") from error
    except FormatError as error:
        raise UnwritableTable(path, str(error), "write .csv instead") from error


def csv_bytes(table: Table) -> bytes:
    """Lay a table out as CSV: the same table gives the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    named = [_header(column) for column in table.columns]
    if name_columns(named, [None] * len(named)) == [(column.name, column.unit) for column in table.columns]:
        writer.writerow(map(_harmless, named))
    else:
        writer.writerow([_harmless(column.name) for column in table.columns])
        writer.writerow(_unit_row(table))
    for row in zip(*(column.cells for column in table.columns), strict=True):
        texts = [_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        writer.writerow(map(_harmless, texts) if any(texts) else ["-", *texts[1:]])
    return out.getvalue().encode("utf-8-sig")


def _header(column: Column) -> str:
    """Write name and unit so that they are read apart again; ``[-]`` keeps brackets in a name from being a unit."""
    if column.unit:
        return f"{column.name} [{column.unit}]"
    return column.name if split_header(column.name) == (column.name, "") else f"{column.name} [{DIMENSIONLESS}]"


def _unit_row(table: Table) -> list[str]:
    return [f"[{column.unit or DIMENSIONLESS}]" for column in table.columns]


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: an apostrophe, which reading takes away again."""
    if text.startswith(_FORMULA_STARTERS) and read_cell_text(text).kind in ("text", "missing") and len(text) > 1:
        return f"'{text}"
    return text


def _text(cell: Cell, column: Column) -> str:
    """Write a cell so that it reads back as itself."""
    if isinstance(cell.value, str):
        return cell.value
    if cell.value is not None:
        return _number(cell.value) + ("" if cell.sd is None else f" ± {_number(cell.sd)}")
    if cell.limit is not None:
        return ("<" if cell.state is State.BELOW_DETECTION else ">") + _number(cell.limit)
    if column.kind == "number":
        reading = read_cell_text(cell.text)
        is_told_again = reading.kind == "missing" and (reading.state, reading.reason) == (cell.state, cell.reason)
        if is_told_again or (reading.kind == "not_detected" and cell.reason == NOT_DETECTED_REASON):
            return cell.text
    if cell.state is State.NOT_MEASURED and not cell.reason:
        return ""
    return f"{cell.state.value.replace('_', ' ')}: {cell.reason}".strip()


def _number(value: float) -> str:
    """Write a number with as many digits as it takes to read the same one back."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _xlsx(table: Table) -> bytes:
    _check_letters(table)
    book = Workbook(write_only=True)
    title = (table.sheet or _SHEET_NAME).translate(_NOT_IN_SHEET_NAMES)[:31]
    sheet = book.create_sheet(title)
    names = [column.name for column in table.columns]
    has_units = name_columns(names, [None] * len(names)) != [(c.name, c.unit) for c in table.columns]
    for column_number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[column_letter(column_number)].width = _width(column)
    sheet.freeze_panes = "A3" if has_units else "A2"
    sheet.append([_heading(sheet, column.name, is_unit=False) for column in table.columns])
    if has_units:
        sheet.append([_heading(sheet, unit, is_unit=True) for unit in _unit_row(table)])
    for row in zip(*(column.cells for column in table.columns), strict=True):
        cells = [_excel_cell(sheet, cell, column) for cell, column in zip(row, table.columns, strict=True)]
        sheet.append(cells if any(cell is not None for cell in cells) else ["-"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(sheet: WriteOnlyWorksheet, text: str, *, is_unit: bool) -> ExcelCell:
    cell = _words(sheet, text)
    cell.font = Font(italic=True, color="555555") if is_unit else Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="F0F0F0")
    cell.alignment = Alignment(vertical="center", wrap_text=not is_unit)
    return cell


def _excel_cell(sheet: WriteOnlyWorksheet, cell: Cell, column: Column) -> ExcelCell | float | None:
    """Write plain numbers as numbers and everything else as text, ids too, so that Excel leaves them alone."""
    if isinstance(cell.value, float) and cell.sd is None:
        return cell.value if float(f"{cell.value:.16g}") == cell.value else _all_digits(sheet, cell.value)
    text = _text(cell, column)
    return _words(sheet, text) if text else None


def _all_digits(sheet: WriteOnlyWorksheet, value: float) -> ExcelCell:
    """Write a number that needs 17 digits; openpyxl rounds numbers to 16, but leaves text that it is told is one."""
    cell = WriteOnlyCell(sheet, value=repr(value))
    cell.data_type = "n"
    return cell


def _check_letters(table: Table) -> None:
    """Refuse control characters, which no workbook may hold."""
    for column in table.columns:
        if ILLEGAL_CHARACTERS_RE.search(column.name + column.unit):
            raise FormatError(f"Excel takes no control characters, as in the name {column.name!r}")
        for row, cell in enumerate(column.cells):
            if cell.value.__class__ is not float and ILLEGAL_CHARACTERS_RE.search(_text(cell, column)):
                place = table.address(row, column)
                raise FormatError(f"Excel takes no control characters, as in {_text(cell, column)!r} at {place}")


def _words(sheet: WriteOnlyWorksheet, text: str) -> ExcelCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # also where it begins with "=": a text, no formula
    cell.number_format = "@"
    return cell


def _width(column: Column) -> float:
    """Choose a width from the header and the first cells; Japanese letters take two places."""
    texts = [column.name, column.unit, *(_text(cell, column) for cell in column.cells[:50])]
    widest = max(sum(1 if letter.isascii() else 2 for letter in text) for text in texts)
    return float(min(max(widest + 2, _NARROWEST), _WIDEST))


_WRITERS: Mapping[str, Callable[[Table], bytes]] = {".csv": csv_bytes, ".xlsx": _xlsx, ".parquet": write_parquet}
_SUFFIXES = f"use one of {', '.join(_WRITERS)}"
