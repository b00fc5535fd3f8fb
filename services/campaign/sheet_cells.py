"""Read the cells of one row: a formulation, a target's value, a replicate's number. What is wrong gets its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loop.definition import Definition
from loop.observations import State, TargetValue
from loop.space.parameters import Categorical, Parameter
from loop.values import Setting
from services.campaign.sheet_columns import N_SUFFIX, REMARKS, REPLICATE, SD_SUFFIX, find_column
from services.campaign.slips import slips_in
from services.records.table import Column, Table

__all__ = [
    "column_of",
    "faults_of_targets",
    "foreign_units",
    "is_there",
    "missing_columns",
    "read_formulation",
    "read_remark",
    "read_replicate",
    "read_target",
    "unused_ingredients",
]


def read_formulation(
    parameters: Mapping[str, Parameter],
    table: Table,
    index: int,
    names: Mapping[str, str],
    default: Mapping[str, Setting] | None = None,
    blanks: Mapping[str, float] | None = None,
) -> tuple[dict[str, Setting], list[str]]:
    """Read the parameters of one row; blanks are as planned where there is a plan, else as `blanks` says.

    Parameters
    ----------
    names
        Name of the table's column by parameter; parameters left out are as `default` has them.

    Returns
    -------
    What could be read, and a sentence for each cell that could not.
    """
    made: dict[str, Setting] = {**(default or {}), **(blanks or {})}
    faults = []
    for name, parameter in parameters.items():
        if name not in names:
            continue
        column = column_of(table, names[name])
        cell, where = column.cells[index], table.address(index, column)
        if cell.value is None:
            if cell.reason or name not in made:  # a reason is what nobody could read: it is not "as planned"
                wanted = "a value" if isinstance(parameter, Categorical) or not cell.reason else "a number"
                faults.append(f"{where}: {name} needs {wanted}, got {cell.text!r}")
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


def foreign_units(definition: Definition, table: Table, names: Mapping[str, str]) -> list[str]:
    """Name the columns whose unit is not that of their parameter or target; nothing is converted.

    Parameters
    ----------
    names
        Name of the table's column by parameter or target. Where either names no unit, they are taken to agree.
    """
    from services.ingest.units import same_unit  # not above: with it come all readers of files

    found = []
    for name, called in names.items():
        own = definition.targets[name].unit if name in definition.targets else definition.unit_of(name)
        theirs = column_of(table, called).unit
        if own and theirs and not same_unit(own, theirs):
            found.append(
                f"column {called!r} is in {theirs}, but {name} is in {own}; nothing is converted: convert the column, "
                "or correct the unit over it"
            )
    return found


def unused_ingredients(definition: Definition, table: Table, index: int, names: Mapping[str, str]) -> dict[str, float]:
    """Return 0 for each ingredient whose cell is empty, where the others fill the whole: no dose of it would fit."""
    mixture = definition.ingredients
    if mixture is None:
        return {}
    cells = {name: column_of(table, names[name]).cells[index] for name in mixture.components}
    empty = [name for name, cell in cells.items() if cell.value is None and not cell.text.strip("-–— ")]
    numbers = [cell.number for name, cell in cells.items() if name not in empty]
    known = [number for number in numbers if number is not None]
    if not empty or len(known) < len(numbers):
        return {}
    left = abs(mixture.total - sum(known))
    return dict.fromkeys(empty, 0.0) if left < min(mixture.components[name].step for name in empty) / 2 else {}


def read_target(table: Table, index: int, name: str) -> TargetValue | None:
    """Read one target; None where the cell is blank and says nothing. Look for `faults_of_targets` first."""
    cell = column_of(table, name).cells[index]
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


def faults_of_targets(table: Table, index: int, names: Sequence[str]) -> list[str]:
    """Name the cells of one row that were meant as a result, a spread or a count and are none."""
    faults = slips_in(table, [column_of(table, name) for name in names], [index])
    for name in names:
        faults += _fault_beside(table, index, name + SD_SUFFIX, "a standard deviation is a number >= 0, or empty")
        faults += _fault_beside(table, index, name + N_SUFFIX, "a count of tests is 1, 2, …, or empty", is_count=True)
    return faults


def _fault_beside(table: Table, index: int, name: str, right: str, *, is_count: bool = False) -> list[str]:
    if not is_there(table, name):
        return []
    column = column_of(table, name)
    cell, number = column.cells[index], column.cells[index].number
    if number is None:
        is_wrong = cell.state.is_censored or bool(slips_in(table, [column], [index]))
    else:
        is_wrong = number < 1 or number != round(number) if is_count else number < 0
    return [f"{table.address(index, column)}: {right}, got {cell.text!r}"] if is_wrong else []


def _beside(table: Table, index: int, name: str) -> float | None:
    return column_of(table, name).cells[index].number if is_there(table, name) else None


def read_replicate(table: Table, index: int, faults: list[str]) -> int:
    """Read which specimen of its proposal a row is; 1 where the table has no such column."""
    if not is_there(table, REPLICATE):
        return 1
    column = column_of(table, REPLICATE)
    number = column.cells[index].number
    if number is None or number != round(number) or number < 1:
        faults.append(f"{table.address(index, column)}: replicate must be 1, 2, …, got {column.cells[index].text!r}")
        return 1
    return round(number)


def read_remark(table: Table, index: int) -> str:
    """Read what somebody noticed, word for word; empty where nothing stands there or the table has no such column."""
    if not is_there(table, REMARKS):
        return ""
    cell = column_of(table, REMARKS).cells[index]
    return cell.value if isinstance(cell.value, str) else cell.text


def missing_columns(table: Table, wanted: Sequence[str]) -> list[str]:
    """Say of each name that no column has it."""
    return [
        f"there is no column {name!r}; there are {', '.join(table.names)}"
        for name in wanted
        if not is_there(table, name)
    ]


def is_there(table: Table, name: str) -> bool:
    """Say whether a column goes by a name."""
    return find_column(table, name) is not None


def column_of(table: Table, name: str) -> Column:
    """Return the column that a name means; the table's own error where there is none."""
    return find_column(table, name) or table.column(name)
