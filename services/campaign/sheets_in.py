"""Tables into a campaign: candidates, past results, result sheets that come back. Refused whole, with every fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loop.definition import Definition
from loop.errors import LoopError
from loop.observations import State, TargetValue
from loop.space.parameters import Categorical
from loop.space.space import SearchSpace
from loop.state import CampaignState, ProposalRecord
from loop.values import Setting
from services.campaign.errors import SheetError
from services.campaign.sheet_columns import AWAITING, N_SUFFIX, PROPOSAL, REPLICATE, SD_SUFFIX, find_column
from services.records.table import Column, Table

__all__ = ["ImportedRow", "ReturnedRow", "candidate_rows", "read_past_results", "read_result_sheet"]

_BEGINS_AS_NUMBER = re.compile(r"\s*[+\-−~≈]?\s*\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One past specimen: its formulation, its results and where it stood."""

    formulation: Mapping[str, Setting]
    targets: Mapping[str, TargetValue]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """One specimen's results as they came back on a result sheet."""

    proposal_id: str
    replicate: int
    as_made: Mapping[str, Setting]
    targets: Mapping[str, TargetValue]
    source: str


def candidate_rows(table: Table, definition_knobs: Mapping[str, object]) -> list[dict[str, Setting]]:
    """Read a table of candidates: one formulation a row, columns named as the parameters.

    Raises
    ------
    SheetError
        If a parameter has no column, or a cell has no value.
    """
    faults = _missing_columns(table, list(definition_knobs))
    rows: list[dict[str, Setting]] = []
    for index in range(table.n_rows if not faults else 0):
        row: dict[str, Setting] = {}
        for name in definition_knobs:
            column = _column(table, name)
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
    faults = _missing_columns(table, [names[name] for name in definition.knobs])
    present = [name for name in definition.measured_targets if _there(table, names[name])]
    if not present:
        wanted = ", ".join(names[name] for name in definition.measured_targets)
        faults.append(f"no column holds a target; looked for {wanted} among {', '.join(table.names)}")
    if faults:
        raise SheetError(table.source, faults)
    space = definition.space()
    rows = []
    for index in range(table.n_rows):
        formulation, wrong = _formulation(space, table, index, names, blanks=_unused(definition, table, index, names))
        faults += wrong
        targets = {name: value for name in present if (value := _target_value(table, index, names[name])) is not None}
        place = table.address(index, table.columns[0]).split(",")[0]
        rows.append(ImportedRow(formulation=formulation, targets=targets, source=f"{table.source}, {place}"))
    if faults:
        raise SheetError(table.source, faults)
    return [row for row in rows if row.targets]


def read_result_sheet(state: CampaignState, table: Table) -> list[ReturnedRow]:
    """Read a filled-in result sheet; rows without any result are passed over.

    Raises
    ------
    SheetError
        With every fault and its cell: an unknown proposal, a value that cannot be read, a row whose formulation is
        that of another proposal. Nothing is returned then, so nothing can be booked on the wrong formulation.
    """
    faults = _missing_columns(table, [PROPOSAL])
    if faults:
        raise SheetError(table.source, faults)
    definition, rows = state.definition, []
    space = definition.space()
    present = [name for name in definition.measured_targets if _there(table, name)]
    names = {name: name for name in definition.knobs if _there(table, name)}
    for index in range(table.n_rows):
        column = _column(table, PROPOSAL)
        named, where = column.cells[index].value, table.address(index, column)
        targets = {n: v for n in present if (v := _target_value(table, index, n)) is not None}
        if not targets:
            continue
        faults += _spoilt_numbers(table, index, present)
        if named is None:
            faults.append(f"{where}: results without a proposal id")
            continue
        try:
            record = state.proposal(str(named).strip())
        except LoopError as error:
            faults.append(f"{where}: {error}")
            continue
        made, wrong = _formulation(space, table, index, {**names}, default=record.planned)
        faults += wrong
        other = _whose_plan(state, record, made, space)
        if other is not None:
            faults.append(
                f"{where}: {named} stands beside the formulation of {other}; one of the two is wrong: correct the id, "
                "or the amounts as made"
            )
        rows.append(
            ReturnedRow(
                proposal_id=record.proposal.id,
                replicate=_replicate(table, index, faults),
                as_made=made,
                targets=targets,
                source=f"{table.source}, {where.split(',')[0]}",
            )
        )
    if faults:
        raise SheetError(table.source, faults)
    return rows


def _formulation(
    space: SearchSpace,
    table: Table,
    index: int,
    names: Mapping[str, str],
    default: Mapping[str, Setting] | None = None,
    blanks: Mapping[str, float] | None = None,
) -> tuple[dict[str, Setting], list[str]]:
    """Read the parameters of one row; blanks are as planned where there is a plan, else as `blanks` says."""
    made: dict[str, Setting] = {**(default or {}), **(blanks or {})}
    faults = []
    for name, parameter in space.parameters.items():
        if name not in names:
            continue
        column = _column(table, names[name])
        cell, where = column.cells[index], table.address(index, column)
        if cell.value is None:
            if name not in made:
                faults.append(f"{where}: {name} needs a value, got {cell.text!r}")
            continue
        value = cell.value
        if isinstance(parameter, Categorical):
            value = f"{value:g}" if isinstance(value, float) else value
            if value not in parameter.levels:
                faults.append(f"{where}: {value!r} is no level of {name}; levels are {', '.join(parameter.names)}")
                continue
        elif isinstance(value, str):
            faults.append(f"{where}: {name} needs a number, got {value!r}")
            continue
        made[name] = value
    return made, faults


def _unused(definition: Definition, table: Table, index: int, names: Mapping[str, str]) -> dict[str, float]:
    """Return 0 for each ingredient whose cell is empty, where the others fill the whole: no dose of it would fit."""
    mixture = definition.ingredients
    if mixture is None:
        return {}
    cells = {name: _column(table, names[name]).cells[index] for name in mixture.components}
    empty = [name for name, cell in cells.items() if cell.value is None and not cell.text.strip("-–— ")]
    numbers = [cell.number for name, cell in cells.items() if name not in empty]
    known = [number for number in numbers if number is not None]
    if not empty or len(known) < len(numbers):
        return {}
    left = abs(mixture.total - sum(known))
    return dict.fromkeys(empty, 0.0) if left < min(mixture.components[name].step for name in empty) / 2 else {}


def _target_value(table: Table, index: int, name: str) -> TargetValue | None:
    """Read one target; None where the cell is blank and says nothing."""
    cell = _column(table, name).cells[index]
    if cell.number is not None:
        sd = cell.sd if cell.sd is not None else _beside(table, index, name + SD_SUFFIX)
        count = _beside(table, index, name + N_SUFFIX)
        return TargetValue(mean=cell.number, sd=sd, n=1 if count is None else round(count))
    if cell.state.is_censored:
        return TargetValue(state=cell.state, limit=cell.limit, n=0, reason=cell.text)
    if cell.value is None and not cell.text.strip():
        return None
    state = cell.state if cell.state is not State.MEASURED else State.NOT_MEASURED
    return TargetValue(state=state, n=0, reason=cell.reason or cell.text)


def _spoilt_numbers(table: Table, index: int, names: Sequence[str]) -> list[str]:
    """Name the cells of a row that begin as a number but are none: a result mistyped, not a reason for its absence."""
    found = []
    for column in (_column(table, name) for name in names):
        cell = column.cells[index]
        is_known = cell.number is not None or cell.state.is_censored
        if not is_known and _BEGINS_AS_NUMBER.match(cell.text):
            place = table.address(index, column)
            found.append(f"{place}: {cell.text!r} is no number; write it as one, or say in words why there is none")
    return found


def _beside(table: Table, index: int, name: str) -> float | None:
    return _column(table, name).cells[index].number if _there(table, name) else None


def _replicate(table: Table, index: int, faults: list[str]) -> int:
    if not _there(table, REPLICATE):
        return 1
    column = _column(table, REPLICATE)
    number = column.cells[index].number
    if number is None or number != round(number) or number < 1:
        faults.append(f"{table.address(index, column)}: replicate must be 1, 2, …, got {column.cells[index].text!r}")
        return 1
    return round(number)


def _whose_plan(
    state: CampaignState, record: ProposalRecord, made: Mapping[str, Setting], space: SearchSpace
) -> str | None:
    """Name the other awaiting proposal whose plan is exactly what stands in the row, where its own is not."""
    row = space.to_rows([made])[0]
    if (row == space.to_rows([record.planned])[0]).all():
        return None
    for other in state.proposals.values():
        is_other = other.proposal.id != record.proposal.id and other.state in AWAITING
        if is_other and (row == space.to_rows([other.planned])[0]).all():
            return other.proposal.id
    return None


def _resolved(table: Table, name: str) -> str:
    column = find_column(table, name)
    return name if column is None else column.name


def _missing_columns(table: Table, wanted: Sequence[str]) -> list[str]:
    return [
        f"there is no column {name!r}; there are {', '.join(table.names)}" for name in wanted if not _there(table, name)
    ]


def _there(table: Table, name: str) -> bool:
    return find_column(table, name) is not None


def _column(table: Table, name: str) -> Column:
    """Return the column that a name means; the table's own error where there is none."""
    return find_column(table, name) or table.column(name)
