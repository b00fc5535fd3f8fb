"""What all that reads or writes sheets agrees on: the names of columns, and which proposals stand on a sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from loop.definition import Definition
from loop.proposal import AT_THE_LABORATORY, ProposalState
from loop.space.parameters import Categorical
from services.records.table import Column, Table

__all__ = [
    "AWAITING",
    "N_SUFFIX",
    "PROPOSAL",
    "REMARKS",
    "REPLICATE",
    "SD_SUFFIX",
    "find_column",
    "name_column",
    "numeric_columns",
]

SD_SUFFIX, N_SUFFIX = " sd", " n"
"""What stands behind a target's name in the headers of its spread and of its count of tests."""

PROPOSAL, REPLICATE = "proposal", "replicate"
"""Headers of the columns that say which specimen a row is."""

REMARKS = "remarks"
"""Header of the column for what somebody noticed."""

AWAITING = AT_THE_LABORATORY | {ProposalState.APPROVED}
"""States in which results may come in: what result and recipe sheets list."""


def find_column(table: Table, name: str) -> Column | None:
    """Find a column by its name or header, else by what stands under a group's heading where no other shares it."""
    for column in table.columns:
        if name == column.name or (column.header and name == column.header):
            return table.column(name)
    from services.ingest.headers import BETWEEN_LEVELS  # not above: with it come all readers of files

    under = [column for column in table.columns if column.name.rpartition(BETWEEN_LEVELS)[2] == name]
    return under[0] if len(under) == 1 else None


def name_column(table: Table, used: Collection[str]) -> Column | None:
    """Find the column in which people name their specimens: headed as such, another name on every row.

    Parameters
    ----------
    used
        Names of columns that hold something else.
    """
    from services.ingest.clues import is_id_name  # not above: with it come all readers of files

    for column in table.columns:
        texts = [cell.text.strip() for cell in column.cells]
        is_free = column.name not in used and column.header not in used
        if is_free and is_id_name(column.name) and all(texts) and len(set(texts)) == len(texts):
            return column
    return None


def numeric_columns(definition: Definition, columns: Mapping[str, str] | None = None) -> set[str]:
    """Name the columns that a definition knows to hold numbers: parameters but choices, targets, spreads and counts.

    Parameters
    ----------
    columns
        Name of the table's column by parameter or target, where they differ.
    """
    called = columns or {}
    knobs = [name for name, parameter in definition.knobs.items() if not isinstance(parameter, Categorical)]
    targets = [called.get(name, name) for name in definition.measured_targets]
    beside = [name + suffix for name in targets for suffix in (SD_SUFFIX, N_SUFFIX)]
    return {*(called.get(name, name) for name in knobs), *targets, *beside}
