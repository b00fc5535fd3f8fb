"""Tables in Parquet: one plain column for each of ours, beside it only where needed ``.state .limit .sd .reason``.

Anybody's Parquet file is read; one written here says in its metadata which column belongs to which.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from loop.observations import State
from services.ingest.errors import FormatError
from services.ingest.sheet import MAX_CELLS
from services.records.table import Cell, Column, Table, TableError

__all__ = ["read_parquet", "write_parquet"]

_KEY = b"meguri.table"
MAX_UNPACKED_BYTES = 500 * 1024 * 1024


def write_parquet(table: Table) -> bytes:
    """Write a table; numbers as doubles, words as strings, units and kinds in the metadata."""
    arrays: dict[str, Any] = {}
    about: list[dict[str, str]] = []
    for column in table.columns:
        about.append({"name": column.name, "unit": column.unit, "kind": column.kind})
        kind = pa.float64() if column.kind == "number" else pa.string()
        arrays[column.name] = pa.array([cell.value for cell in column.cells], type=kind)
        beside: list[tuple[str, Sequence[Any], Any]] = [
            ("state", [None if _is_usual(c) else c.state.value for c in column.cells], pa.string()),
            ("limit", [c.limit for c in column.cells], pa.float64()),
            ("sd", [c.sd for c in column.cells], pa.float64()),
            ("reason", [c.reason or None for c in column.cells], pa.string()),
        ]
        for what, values, type_ in beside:
            if any(value is not None for value in values):
                arrays[_beside(column.name, what)] = pa.array(values, type=type_)
    if len(arrays) < len(table.columns):
        raise FormatError("a column's name ends like the name of another column's state")
    packed = pa.table(arrays).replace_schema_metadata({_KEY: json.dumps(about, ensure_ascii=False).encode()})
    out = io.BytesIO()
    pq.write_table(packed, out)
    return out.getvalue()


def read_parquet(data: bytes, source: str) -> Table:
    """Read a Parquet file's columns of numbers, words, dates (as text) and truth values (as text).

    Raises
    ------
    FormatError
        If it is damaged, unpacks to more than 500 MB, or has no rows or columns.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
        n_cells = file.metadata.num_rows * file.metadata.num_columns
        if n_cells > MAX_CELLS or sum(group.total_byte_size for group in groups) > MAX_UNPACKED_BYTES:
            raise FormatError(f"{n_cells} cells, more than a table that a person keeps")
        packed = file.read()
        metadata: Mapping[bytes, bytes] = packed.schema.metadata or {}
        values = {name: packed.column(name).to_pylist() for name in packed.column_names}
        known = json.loads(metadata[_KEY]) if _KEY in metadata else [{"name": name} for name in packed.column_names]
        columns = tuple(_column(entry, values, place + 1) for place, entry in enumerate(known))
        table = Table(source=source, columns=columns, header_rows=(), read_as="Parquet", row_word="row")
    except (pa.ArrowException, OSError, KeyError, TypeError, AttributeError, TableError, json.JSONDecodeError) as error:
        raise FormatError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    if not table.n_rows:
        raise FormatError("it has no rows")
    return table


def _column(entry: Mapping[str, str], values: Mapping[str, Sequence[Any]], position: int) -> Column:
    name = entry["name"]
    cells = values[name]
    states, limits, sds, reasons = (
        values.get(_beside(name, what), [None] * len(cells)) if "kind" in entry else [None] * len(cells)
        for what in ("state", "limit", "sd", "reason")
    )
    present = [v for v in cells if v is not None]
    is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)
    kind = entry.get("kind") or ("number" if is_number else "text")
    return Column(
        name=name,
        unit=entry.get("unit", ""),
        kind="number" if kind == "number" else "text",
        cells=tuple(map(_cell, cells, states, limits, sds, reasons)),
        position=position,
        header=name,
    )


def _cell(value: Any, state: str | None, limit: float | None, sd: float | None, reason: str | None) -> Cell:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return Cell(state=State(state or State.NOT_MEASURED), limit=limit, reason=reason or "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(float(value), sd=sd, text=f"{value:.15g}")
    return Cell(str(value), text=str(value))


def _is_usual(cell: Cell) -> bool:
    return cell.value is not None or (cell.state is State.NOT_MEASURED)


def _beside(name: str, what: str) -> str:
    return f"{name}.{what}"
