"""Results that fit no proposal, kept cell by cell for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence

from loop.orders import LabReport
from loop.state import CampaignState
from services.campaign.sheet_columns import N_SUFFIX, PROPOSAL, REMARKS, REPLICATE
from services.campaign.sheets_in import StrayRow
from services.records.held import HeldResult, held_row
from services.records.table import Cell, Column, ColumnKind, Table

__all__ = ["held_report", "held_rows"]


def held_rows(campaign: str, table: Table, strays: Sequence[StrayRow]) -> list[HeldResult]:
    """Keep the stray rows of a sheet, each with its place."""
    return [
        held_row(
            table,
            row.index,
            campaign=campaign,
            proposal=row.proposal,
            source=f"{table.source}, {row.where.split(',')[0]}",
            reason=row.stray.reason,
            suggestion=row.stray.suggestion,
        )
        for row in strays
    ]


def held_report(state: CampaignState, report: LabReport, reason: str, suggestion: str) -> HeldResult:
    """Keep a laboratory's report as the row of a sheet."""
    units = {name: target.unit for name, target in state.definition.targets.items()}
    columns = [
        Column(name=PROPOSAL, kind="text", cells=(Cell(value=report.proposal_id, text=report.proposal_id),)),
        Column(name=REPLICATE, cells=(Cell(value=float(report.replicate)),)),
    ]
    for name, made in report.as_made.items():
        kind: ColumnKind = "text" if isinstance(made, str) else "number"
        cell = Cell(value=made, text=made) if isinstance(made, str) else Cell(value=float(made))
        columns.append(Column(name=name, unit=state.versions.unit_of(name), kind=kind, cells=(cell,)))
    for name, value in report.targets.items():
        if value.mean is not None:
            cell = Cell(value=value.mean, sd=value.sd)
        elif value.limit is not None:
            cell = Cell(state=value.state, limit=value.limit)
        else:
            cell = Cell.missing(value.reason, value.state)
        columns.append(Column(name=name, unit=units.get(name, ""), cells=(cell,)))
        if value.mean is not None and value.n != 1:
            columns.append(Column(name=name + N_SUFFIX, cells=(Cell(value=float(value.n)),)))
    if report.reason:
        columns.append(Column(name=REMARKS, kind="text", cells=(Cell(value=report.reason, text=report.reason),)))
    table = Table(source=report.source or report.id, columns=tuple(columns))
    return held_row(
        table,
        0,
        campaign=state.campaign,
        proposal=report.proposal_id,
        source=table.source,
        reason=reason,
        suggestion=suggestion,
    )
