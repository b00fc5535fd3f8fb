"""The manifest: a table beside files that says whose each is, for names and headers that do not. Pure but for reading.

One row a file; columns are found by their names, in any order. Only ``file`` is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath, PurePosixPath

from services.campaign.errors import SheetError
from services.records.piece import Piece
from services.records.table import Column, Table

__all__ = ["MANIFEST_COLUMNS", "ManifestRow", "is_manifest", "read_manifest"]

MANIFEST_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "file name", "filename", "datei"),
    "specimen": ("specimen", "proposal", "sample", "sample id", "specimen id", "probe"),
    "modality": ("modality", "method", "analysis"),
    "reader": ("reader", "profile"),
    "instrument": ("instrument",),
    "operator": ("operator",),
    "session": ("session", "run"),
    "batch": ("batch", "compound batch"),
    "moulding_run": ("moulding run", "moulding", "molding run"),
    "bar": ("bar", "piece", "test piece"),
    "moulded_on": ("moulded on", "moulded", "molded on", "moulding date", "date of moulding"),
    "conditioning": ("conditioning", "storage"),
}
"""What a row may say of its file, each with the names that its column may have."""

_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """What a manifest says of one file: empty where it is silent. `where` names its place, for messages."""

    file: str
    where: str
    specimen: str = ""
    modality: str = ""
    reader: str = ""
    instrument: str = ""
    operator: str = ""
    session: str = ""
    piece: Piece = field(default_factory=Piece)


def is_manifest(path: PurePath) -> bool:
    """Say by its name whether a file is a manifest: ``manifest.csv``, ``Manifest.xlsx``."""
    return path.stem.lower() == "manifest" and path.suffix.lower() in _SUFFIXES


def read_manifest(path: Path, read_table: Callable[[Path], Table]) -> dict[str, ManifestRow]:
    """Read a manifest: its rows by file, as it writes the name, with ``/`` between folders.

    Raises
    ------
    SheetError
        If it has no column of files, names one twice, or a day cannot be read; with line and value.
    UnreadableTable
        If it is no table.
    """
    table = read_table(path)
    columns = {name: _column(table, words) for name, words in MANIFEST_COLUMNS.items()}
    files = columns["file"]
    if files is None:
        raise SheetError(path.name, ["a manifest has a column 'file', and one of 'specimen'"])
    found: dict[str, ManifestRow] = {}
    faults: list[str] = []
    for index in range(table.n_rows):
        said = {name: _text(column, index) for name, column in columns.items() if column is not None}
        file, where = said["file"].replace("\\", "/"), f"{path.name}, {table.address(index, files)}"
        if not file:
            continue
        file = str(PurePosixPath(file))
        if file in found:
            faults.append(f"{where}: {file} stands there twice, in {found[file].where} too")
        try:
            found[file] = _row(said, file, where)
        except ValueError:
            faults.append(f"{where}: {said['moulded_on']!r} is no day; write it as 2026-05-31")
    if faults:
        raise SheetError(path.name, faults)
    return found


def _row(said: Mapping[str, str], file: str, where: str) -> ManifestRow:
    piece = Piece(
        batch=said.get("batch", ""),
        moulding_run=said.get("moulding_run", ""),
        bar=said.get("bar", ""),
        moulded_on=_day(said["moulded_on"]) if said.get("moulded_on") else None,
        conditioning=said.get("conditioning", ""),
    )
    names = ("specimen", "modality", "reader", "instrument", "operator", "session")
    return ManifestRow(file=file, where=where, piece=piece, **{name: said.get(name, "") for name in names})


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _column(table: Table, words: tuple[str, ...]) -> Column | None:
    named = {column.name.strip().lower().replace("_", " "): column for column in table.columns}
    return next((named[word] for word in words if word in named), None)


def _text(column: Column, index: int) -> str:
    cell = column.cells[index]
    if cell.text:
        return cell.text.strip()
    value = cell.value
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value).strip()
