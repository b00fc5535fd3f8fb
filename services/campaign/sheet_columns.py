"""What all that reads or writes sheets agrees on: the names of columns, and which proposals stand on a sheet."""

from __future__ import annotations

import unicodedata

from loop.proposal import ProposalState
from services.ingest.headers import BETWEEN_LEVELS
from services.records.table import Column, Table

__all__ = ["AWAITING", "N_SUFFIX", "PROPOSAL", "REPLICATE", "SD_SUFFIX", "find_column"]

SD_SUFFIX, N_SUFFIX = " sd", " n"
"""What stands behind a target's name in the headers of its spread and of its count of tests."""

PROPOSAL, REPLICATE = "proposal", "replicate"
"""Headers of the columns that say which specimen a row is."""

AWAITING = frozenset(
    {ProposalState.APPROVED, ProposalState.DISPATCHED, ProposalState.RUNNING, ProposalState.PARTLY_MEASURED}
)
"""States in which results may come in: what result and recipe sheets list."""


def find_column(table: Table, name: str) -> Column | None:
    """Find a column by its name or header, else by what stands under a group's heading where no other shares it."""
    for column in table.columns:
        if name == column.name or (column.header and name == column.header):
            return table.column(name)
    under = [column for column in table.columns if column.name.rpartition(BETWEEN_LEVELS)[2] == name]
    return under[0] if len(under) == 1 else None


def find_column(table: Table, name: str) -> Column | None:
    """Find the column that a name means: by its name or header as written, else but for case, width and spaces.

    Returns
    -------
    None where there is no such column, or more than one that could be meant.
    """
    exact = [column for column in table.columns if name in (column.name, column.header)]
    if exact:
        return exact[0]
    wanted = _plain(name)
    near = [column for column in table.columns if wanted in (_plain(column.name), _plain(column.header))]
    return near[0] if len(near) == 1 else None


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").split())
