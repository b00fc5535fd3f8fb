"""Files as people keep them, made for one test each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from services.records.table import Table

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(
    folder: Path,
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    merged: Mapping[str, Sequence[str]] | None = None,
    formats: Mapping[str, str] | None = None,
    name: str = "table.xlsx",
) -> Path:
    """A workbook of sheets given as rows; `formats` are number formats by "sheet!cell"."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cells in (merged or {}).get(title, ()):
            sheet.merge_cells(cells)
    for place, number_format in (formats or {}).items():
        title, _, cell = place.partition("!")
        book[title][cell].number_format = number_format
    path = folder / name
    book.save(path)
    return path


def values(table: Table, name: str) -> list[float | str | None]:
    return [cell.value for cell in table.column(name).cells]


def notes(table: Table) -> str:
    return "\n".join(map(str, table.notes))
