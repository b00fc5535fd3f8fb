"""Tables into a campaign: candidates, past results, result sheets that come back. Refused whole, with every fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from loop.definition import Definition
from loop.observations import TargetValue
from loop.older_plans import read_as_made, settable
from loop.state import CampaignState, ProposalRecord
from loop.strays import Stray, stray
from loop.values import Formulation, Setting
from services.campaign.errors import SheetError
from services.campaign.sheet_cells import (
    column_of,
    faults_of_targets,
    foreign_units,
    is_there,
    missing_columns,
    read_formulation,
    read_remark,
    read_replicate,
    read_target,
    unused_ingredients,
)
from services.campaign.sheet_columns import AWAITING, PROPOSAL, find_column, name_column
from services.records.table import Table

__all__ = [
    "ImportedRow",
    "ReturnedRow",
    "SheetReading",
    "StrayRow",
    "candidate_rows",
    "read_past_results",
    "read_result_sheet",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One past specimen: its formulation, its results, where it stood, and what its owner calls it."""

    formulation: Mapping[str, Setting]
    targets: Mapping[str, TargetValue]
    source: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """What came back of one specimen on a result sheet: results, or a remark, or both."""

    proposal_id: str
    replicate: int
    as_made: Mapping[str, Setting]
    targets: Mapping[str, TargetValue]
    remark: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayRow:
    """A filled-in row, counted from 0, that fits no proposal as it stands: why, and what may be meant."""

    index: int
    proposal: str
    where: str
    stray: Stray

    def __str__(self) -> str:
        return f"{self.where}: {self.stray.reason} ({self.stray.suggestion})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReading:
    """What a result sheet says: rows to book, and rows that wait for a person."""

    rows: tuple[ReturnedRow, ...]
    strays: tuple[StrayRow, ...]


_TO_BE_MADE = frozenset({"approved", "edited"})
"""Steps after which a laboratory may have made a proposal, whatever became of it since."""


def candidate_rows(table: Table, definition_knobs: Mapping[str, object]) -> list[dict[str, Setting]]:
    """Read a table of candidates: one formulation a row, columns named as the parameters.

    Raises
    ------
    SheetError
        If a parameter has no column, or a cell has no value.
    """
    faults = missing_columns(table, list(definition_knobs))
    rows: list[dict[str, Setting]] = []
    for index in range(table.n_rows if not faults else 0):
        row: dict[str, Setting] = {}
        for name in definition_knobs:
            column = column_of(table, name)
            value = column.cells[index].value
            if value is None:
                faults.append(
                    f"{table.address(index, column)}: a candidate needs a value, got {column.cells[index].text!r}"
                )
            else:
                row[name] = value
        rows.append(row)
    if faults:
        raise SheetError(table.source, faults)
    return rows


def read_past_results(
    definition: Definition, table: Table, *, columns: Mapping[str, str] | None = None
) -> list[ImportedRow]:
    """Read specimens that were made before, or elsewhere.

    Parameters
    ----------
    columns
        Name of the table's column by parameter or target, where they differ. A column under a group's heading is
        found by its own name too. Targets without a column are not measured; parameters need one.

    Raises
    ------
    SheetError
        With every cell that cannot be read; none of the rows is returned then.
    """
    wanted_names = (*definition.knobs, *definition.measured_targets)
    names = {name: _resolved(table, (columns or {}).get(name, name)) for name in wanted_names}
    faults = missing_columns(table, [names[name] for name in definition.knobs])
    present = [name for name in definition.measured_targets if is_there(table, names[name])]
    if not present:
        wanted = ", ".join(names[name] for name in definition.measured_targets)
        faults.append(f"no column holds a target; looked for {wanted} among {', '.join(table.names)}")
    faults += foreign_units(definition, table, {n: called for n, called in names.items() if is_there(table, called)})
    if faults:
        raise SheetError(table.source, faults)
    rows, called = [], name_column(table, names.values())
    for index in range(table.n_rows):
        blanks = unused_ingredients(definition, table, index, names)
        formulation, wrong = read_formulation(definition.knobs, table, index, names, blanks=blanks)
        wrong += (spoilt := faults_of_targets(table, index, [names[name] for name in present]))
        faults += wrong
        readable = [] if spoilt else present
        targets = {name: value for name in readable if (value := read_target(table, index, names[name])) is not None}
        place = table.address(index, table.columns[0]).split(",")[0]
        own = "" if called is None else called.cells[index].text.strip()
        source = f"{table.source}, {place}"
        rows.append(ImportedRow(formulation=formulation, targets=targets, source=source, name=own))
    if faults:
        raise SheetError(table.source, faults)
    return [row for row in rows if row.targets]


def read_result_sheet(state: CampaignState, table: Table, rows: Collection[int] | None = None) -> SheetReading:
    """Read a filled-in result sheet; rows with neither a result nor a remark are passed over.

    Parameters
    ----------
    rows
        Which rows to read, counted from 0; all where left out.

    Returns
    -------
    What can be booked; beside it the rows whose proposal is unknown, of another campaign, or takes no result any more.

    Raises
    ------
    SheetError
        With every fault and its cell: a row without an id, a value that cannot be read, a row whose formulation is
        that of another proposal. Nothing is returned then, so nothing can be booked on the wrong formulation.
    """
    faults = missing_columns(table, [PROPOSAL])
    if faults:
        raise SheetError(table.source, faults)
    definition, found, strays = state.definition, list[ReturnedRow](), list[StrayRow]()
    present = [name for name in definition.measured_targets if is_there(table, name)]
    faults += foreign_units(definition, table, {n: n for n in (*definition.knobs, *present) if is_there(table, n)})
    for index in range(table.n_rows) if rows is None else sorted(rows):
        column = column_of(table, PROPOSAL)
        named, where = column.cells[index].value, table.address(index, column)
        spoilt = faults_of_targets(table, index, present)
        targets = {n: v for n in present if (v := read_target(table, index, n)) is not None} if not spoilt else {}
        remark = read_remark(table, index)
        if not targets and not spoilt and not remark.strip("-–— "):
            continue
        if named is None:
            faults += [*spoilt, f"{where}: a row that is filled in needs its proposal's id"]
            continue
        proposal = str(named).strip()
        stray_here = stray(state, proposal)
        if stray_here is not None:
            meant = _of_same_plan(state, table, index)
            if meant is not None:
                stray_here = replace(stray_here, suggestion=f"its formulation is that of {meant}: book it there")
            strays.append(StrayRow(index=index, proposal=proposal, where=where, stray=stray_here))
            continue
        faults += spoilt
        record = state.proposal(proposal)
        knobs = settable(state, record)
        names = {name: name for name in knobs if _says(table, index, name, record.planned)}
        made, wrong = read_formulation(knobs, table, index, names, default=record.planned)
        faults += wrong
        other = _whose_plan(state, record, made)
        if other is not None:
            faults.append(
                f"{where}: {named} stands beside the formulation of {other}; one of the two is wrong: correct the id, "
                "or the amounts as made"
            )
        found.append(
            ReturnedRow(
                proposal_id=record.proposal.id,
                replicate=read_replicate(table, index, faults),
                as_made={name: made[name] for name in names if name in made},
                targets=targets,
                remark=remark,
                source=f"{table.source}, {where.split(',')[0]}",
            )
        )
    if faults:
        raise SheetError(table.source, [*faults, *map(str, strays)])
    return SheetReading(rows=tuple(found), strays=tuple(strays))


def _of_same_plan(state: CampaignState, table: Table, index: int) -> str | None:
    """Name the proposal that waits for results and whose plan is exactly the formulation in a row."""
    for record in state.proposals.values():
        if record.state not in AWAITING:
            continue
        knobs = settable(state, record)
        if not all(is_there(table, name) for name in record.planned):
            continue
        made, wrong = read_formulation(knobs, table, index, {name: name for name in knobs if is_there(table, name)})
        if not wrong and _is_as(made, record.planned):
            return record.proposal.id
    return None


def _says(table: Table, index: int, name: str, planned: Formulation) -> bool:
    """Say whether a row tells of a parameter; a blank cell does not where the plan knows no such parameter."""
    if not is_there(table, name):
        return False
    cell = column_of(table, name).cells[index]
    return name in planned or cell.value is not None or bool(cell.text.strip("-–— "))


def _whose_plan(state: CampaignState, record: ProposalRecord, made: Formulation) -> str | None:
    """Name the other proposal that was to be made and whose plan is exactly what stands in the row, its own is not."""
    read = read_as_made(state, record, made)
    if _is_as(read, record.planned):
        return None
    for other in state.proposals.values():
        is_other = other.proposal.id != record.proposal.id and any(step.step in _TO_BE_MADE for step in other.history)
        if is_other and _is_as(read, other.planned):
            return other.proposal.id
    return None


def _is_as(made: Formulation, planned: Formulation) -> bool:
    return all(name in made and made[name] == value for name, value in planned.items())


def _resolved(table: Table, name: str) -> str:
    column = find_column(table, name)
    return name if column is None else column.name
