"""A laboratory that looks results up: each row of a table is a formulation and what it showed."""

from __future__ import annotations

from collections.abc import Mapping

from loop.definition import Definition
from loop.observations import TargetValue
from loop.state import ProposalRecord
from loop.values import Setting
from services.campaign.sheets_in import read_past_results
from services.records.table import Table

__all__ = ["TableLaboratory"]


class TableLaboratory:
    """Answers from a table. Rows of one formulation answer in turn, replicate by replicate.

    Parameters
    ----------
    definition
        Says which columns are parameters and which are targets.
    table
        One row a formulation.
    """

    def __init__(self, definition: Definition, table: Table) -> None:
        self._space = definition.space()
        self._known: dict[tuple[Setting, ...], list[Mapping[str, TargetValue]]] = {}
        for row in read_past_results(definition, table):
            key = tuple(self._space.read(row.formulation).values())
            self._known.setdefault(key, []).append(row.targets)

    def measure(self, record: ProposalRecord, replicate: int) -> Mapping[str, TargetValue]:
        """Return what the table says of a proposal's formulation."""
        rows = self._known[tuple(self._space.read(record.planned).values())]
        return rows[(replicate - 1) % len(rows)]
