"""Result sheets from the inbox: every row is booked where it belongs, what fits no proposal waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from loop.counting import counted
from loop.errors import ProposalError
from loop.ids import CampaignId, campaign_of
from loop.ports import Clock
from loop.proposal import ProposalState
from loop.strays import stray_of_nobody
from services.campaign.ports import HeldResults
from services.campaign.service import CampaignService
from services.campaign.sheet_cells import column_of
from services.campaign.sheet_columns import PROPOSAL, find_column, numeric_columns
from services.campaign.sheets_in import StrayRow, read_result_sheet
from services.campaign.stray_rows import held_rows
from services.records.table import Table

__all__ = ["SHEET_SUFFIXES", "SheetPost"]

_TEXTS = frozenset({".csv", ".tsv", ".txt"})
_HEAD_BYTES = 2**16
SHEET_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})


def _may_be_one(path: Path) -> bool:
    """Say by the first lines of a text whether it can name proposals: spectra need not be read as tables."""
    if path.suffix.lower() not in _TEXTS:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return PROPOSAL.encode() in head.replace(b"\0", b"").lower()  # without zeros UTF-16 reads as plain letters


class SheetPost:
    """Books result sheets.

    Parameters
    ----------
    service
        Books results, under the lease of whoever empties the inbox.
    held
        Where rows wait that fit no proposal.
    clock
        Tells when they came.
    read_table
        Reads a file as a table; columns named in its second argument hold numbers.
    """

    def __init__(
        self,
        *,
        service: CampaignService,
        held: HeldResults,
        clock: Clock,
        read_table: Callable[[Path, set[str]], Table],
    ) -> None:
        self._service, self._held, self._clock, self._read_table = service, held, clock, read_table

    def table(self, path: Path) -> Table | None:
        """Read a result sheet with the columns of its campaigns as numbers; None where no column names a proposal.

        Raises
        ------
        UnreadableTable
            If it is no table.
        """
        if path.suffix.lower() not in SHEET_SUFFIXES or path.is_symlink() or not _may_be_one(path):
            return None
        table = self._read_table(path, set())
        if find_column(table, PROPOSAL) is None:
            return None
        numbers = set[str]()
        for campaign in self._by_campaign(table):
            if campaign is not None:
                numbers |= numeric_columns(self._service.state(campaign).definition)
        return self._read_table(path, numbers)

    def _by_campaign(self, table: Table) -> dict[CampaignId | None, list[int]]:
        """Sort filled rows by campaign; None for those of a campaign that is not there."""
        known = self._service.campaigns()
        column, found = column_of(table, PROPOSAL), dict[CampaignId | None, list[int]]()
        for index in range(table.n_rows):
            named = str(column.cells[index].value or "").strip()
            try:
                campaign: CampaignId | None = campaign_of(named)
            except ProposalError:
                campaign = known[0] if len(known) == 1 else None
            found.setdefault(campaign if campaign in known else None, []).append(index)
        return found

    def book(self, table: Table, told: list[str]) -> None:
        """Book every row where it belongs, and say so in `told`; nothing where a cell of any campaign is wrong.

        Raises
        ------
        SheetError, LoopError
            If a cell is wrong; `told` says what was booked before it showed.
        """
        rows = self._by_campaign(table)
        strays = held_rows("", table, self._of_nobody(table, rows.pop(None, [])))
        held = [stray.id for stray in strays]
        for campaign, indices in rows.items():
            if campaign is not None:
                reading = read_result_sheet(self._service.state(campaign), table, indices)
                held += [stray.id for stray in held_rows(campaign, table, reading.strays)]
        for campaign, indices in rows.items():
            if campaign is None:
                continue
            before = self._service.state(campaign)
            after = self._service.import_results(campaign, table, rows=indices)
            if after.seq == before.seq:
                told.append(f"nothing new of {campaign}")
                continue
            n_new = sum(before.specimens.get(s) != record for s, record in after.specimens.items())
            told.append(f"{counted(n_new, 'new result')} of {campaign}" if n_new else f"remarks of {campaign}")
        self._held.hold(strays, at=self._clock.now())
        n_waiting = self._held.n_waiting(held)
        if n_waiting:
            told.append(f"{counted(n_waiting, 'row fits', 'rows fit')} no proposal (meguri inbox)")
        if len(held) > n_waiting:
            told.append(f"{counted(len(held) - n_waiting, 'row')} settled before")

    def _of_nobody(self, table: Table, rows: list[int]) -> list[StrayRow]:
        if not rows:
            return []
        column = column_of(table, PROPOSAL)
        known = [str(campaign) for campaign in self._service.campaigns()]
        open_ones = [record for campaign in known for record in self._service.state(campaign).open_proposals]
        waiting = [record.proposal.id for record in open_ones if record.state is not ProposalState.PROPOSED]
        strays = []
        for index in rows:
            named = str(column.cells[index].value or "").strip()
            others = [c.cells[index] for c in table.columns if c is not column]
            if named or any(cell.value is not None for cell in others):
                where = table.address(index, column)
                strays.append(
                    StrayRow(index=index, proposal=named, where=where, stray=stray_of_nobody(named, known, waiting))
                )
        return strays
