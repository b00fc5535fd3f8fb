"""A row of results that fits no proposal as it stands, kept cell by cell until a person says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from loop.observations import State
from loop.values import Frozen, fingerprint
from services.records.table import Cell, Column, Table

__all__ = ["HeldCell", "HeldResult", "held_row"]

_SHOWN_DIGITS = 12


class HeldCell(Frozen):
    """One cell of the row, with the column that it stood in."""

    column: str
    unit: str = ""
    kind: Literal["number", "text"] = "number"
    value: float | str | None = None
    state: State = State.MEASURED
    limit: float | None = None
    text: str = ""
    sd: float | None = None
    reason: str = ""


class HeldResult(Frozen):
    """A row that waits: what it says, why it was not booked, what may be meant.

    `id` follows from what the row says, so that the same row waits once, whatever file it comes in.
    """

    id: str
    campaign: str
    proposal: str
    source: str
    reason: str
    suggestion: str
    cells: tuple[HeldCell, ...]

    def table(self, *, proposal_column: str, proposal: str) -> Table:
        """Lay the row out as a table again, under another proposal's id."""
        columns = []
        for place, cell in enumerate(self.cells, start=1):
            kept = Cell(
                value=cell.value, state=cell.state, limit=cell.limit, text=cell.text, sd=cell.sd, reason=cell.reason
            )
            if cell.column == proposal_column:
                kept = Cell(value=proposal, text=proposal)
            kind: Literal["number", "text"] = "text" if cell.column == proposal_column else cell.kind
            columns.append(Column(name=cell.column, unit=cell.unit, kind=kind, cells=(kept,), position=place))
        return Table(source=self.source, columns=tuple(columns))


def held_row(
    table: Table, index: int, *, campaign: str, proposal: str, source: str, reason: str, suggestion: str
) -> HeldResult:
    """Keep one row of a table, counted from 0."""
    cells = _cells(table.columns, index)
    said = [cell.model_dump(mode="json") for cell in cells]
    return HeldResult(
        id=f"H-{fingerprint([proposal, said])[:_SHOWN_DIGITS].upper()}",
        campaign=campaign,
        proposal=proposal,
        source=source,
        reason=reason,
        suggestion=suggestion,
        cells=cells,
    )


def _cells(columns: Sequence[Column], index: int) -> tuple[HeldCell, ...]:
    found: list[HeldCell] = []
    for column in columns:
        cell = column.cells[index]
        kept: dict[str, Any] = {
            "column": column.name,
            "unit": column.unit,
            "kind": column.kind,
            "value": cell.value,
            "state": cell.state,
            "limit": cell.limit,
            "text": cell.text,
            "sd": cell.sd,
            "reason": cell.reason,
        }
        found.append(HeldCell.model_validate(kept))
    return tuple(found)
