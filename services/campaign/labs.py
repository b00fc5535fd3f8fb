"""Laboratories by name: people with sheets, or a virtual one that an entry point brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path

from loop.definition import Definition
from loop.hints import did_you_mean
from loop.observations import State
from loop.orders import AskedColumn, LabReport, WorkOrder
from loop.ports import Lab
from services.campaign.errors import CampaignError
from services.campaign.sheet_columns import N_SUFFIX, PROPOSAL, REMARKS, REPLICATE, SD_SUFFIX
from services.disk import write_whole
from services.ingest.write_tables import csv_bytes
from services.records.table import Cell, Column, Table

__all__ = ["ENTRY_POINTS", "MANUAL", "LabMaker", "LabPlaces", "ManualLab", "lab_names", "open_lab", "order_sheet"]

ENTRY_POINTS = "meguri.labs"
MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPlaces:
    """Where a laboratory meets the workspace.

    Attributes
    ----------
    outbox
        Where work orders for people go.
    inbox
        Where files and sheets of results are put.
    folder
        Where a laboratory keeps its own things.
    """

    outbox: Path
    inbox: Path
    folder: Path


LabMaker = Callable[[Definition, LabPlaces], Lab]
"""Opens a laboratory for a campaign."""


class ManualLab:
    """People with sheets: a work order becomes a sheet in the outbox, results come back through the inbox.

    Parameters
    ----------
    outbox
        Folder that the sheets are put into.
    """

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def accept(self, order: WorkOrder, at: datetime) -> None:
        """Put the sheet of an order into the outbox, in one step; one that is there already is written again the same.

        Raises
        ------
        DiskError
            If it cannot be written.
        """
        del at
        write_whole(self._outbox / f"{order.id}.csv", csv_bytes(order_sheet(order)), "work order")

    def reports(self, now: datetime) -> list[LabReport]:
        """Return nothing: what people send comes through the inbox."""
        del now
        return []

    def acknowledge(self, reports: Sequence[LabReport]) -> None:
        """Do nothing: there is nothing to acknowledge."""


def order_sheet(order: WorkOrder) -> Table:
    """Lay out a work order as the sheet to fill in: a row a specimen, its formulation, blanks for its results."""
    rows = [(line, replicate) for line in order.lines for replicate in range(1, line.replicates + 1)]
    columns = [
        _texts("order", [order.id for _ in rows]),
        _texts(PROPOSAL, [line.proposal_id for line, _ in rows]),
        _numbers(REPLICATE, [float(replicate) for _, replicate in rows]),
        _numbers("attempt", [float(line.attempt) for line, _ in rows]),
        _texts("block", [line.block for line, _ in rows]),
        _numbers("run order", [float(line.run_order) for line, _ in rows]),
        *(_settings(asked, [line.formulation.get(asked.name) for line, _ in rows]) for asked in order.parameters),
    ]
    for target in order.targets:
        columns += [
            _blank(target.name, target.unit, len(rows)),
            _blank(target.name + SD_SUFFIX, target.unit, len(rows)),
            _blank(target.name + N_SUFFIX, "", len(rows)),
        ]
    columns.append(_texts(REMARKS, ["" for _ in rows]))
    placed = [
        Column(name=c.name, unit=c.unit, kind=c.kind, cells=c.cells, position=k) for k, c in enumerate(columns, start=1)
    ]
    return Table(source=f"work order {order.id}", columns=tuple(placed))


def lab_names() -> tuple[str, ...]:
    """List the laboratories that can be named in a definition."""
    return MANUAL, *sorted(point.name for point in entry_points(group=ENTRY_POINTS))


def open_lab(definition: Definition, places: LabPlaces) -> Lab:
    """Open the laboratory that a definition names.

    Raises
    ------
    CampaignError
        If there is none of that name; the message lists those there are.
    """
    name = definition.lab.name
    if name == MANUAL:
        return ManualLab(places.outbox)
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            made: LabMaker = point.load()
            return made(definition, places)
    hint = did_you_mean(name, lab_names())
    raise CampaignError(
        f"{definition.campaign}: no laboratory {name!r}; there are {', '.join(lab_names())} {hint}".strip()
    )


def _settings(asked: AskedColumn, values: Sequence[float | str | None]) -> Column:
    cells = [
        Cell.missing() if v is None else Cell(value=str(v) if asked.is_choice else float(v), text=str(v))
        for v in values
    ]
    return Column(name=asked.name, unit=asked.unit, kind="text" if asked.is_choice else "number", cells=tuple(cells))


def _texts(name: str, values: Sequence[str]) -> Column:
    return Column(name=name, kind="text", cells=tuple(Cell(value=v, text=v) if v else Cell.missing() for v in values))


def _numbers(name: str, values: Sequence[float]) -> Column:
    return Column(name=name, cells=tuple(Cell(value=v) for v in values))


def _blank(name: str, unit: str, n: int) -> Column:
    return Column(name=name, unit=unit, cells=(Cell.missing(state=State.NOT_MEASURED),) * n)
