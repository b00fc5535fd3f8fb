"""The inbox: result sheets that people or machines put there are read, booked where they belong, and put aside.

A file is taken when it rests: what still grows waits. Booked first, moved afterwards: killed in between, it is read
again, and what is known is not booked twice. What cannot be read is put aside with its reason; nothing is thrown away.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loop.counting import counted
from loop.errors import LoopError, ProposalError
from loop.ids import CampaignId, campaign_of
from loop.ports import Clock
from loop.strays import stray_of_nobody
from services.campaign.errors import CampaignError, SheetError
from services.campaign.ports import HeldResults
from services.campaign.service import CampaignService
from services.campaign.sheet_columns import PROPOSAL, find_column, numeric_columns
from services.campaign.sheets_in import StrayRow
from services.campaign.stray_rows import held_rows
from services.disk import move_aside, write_whole
from services.ingest.errors import UnreadableTable
from services.records.table import Table

__all__ = ["REFUSED", "TAKEN", "FileLook", "Post"]

log = logging.getLogger(__name__)

TAKEN, REFUSED = "taken", "refused"
"""Folders of the inbox in which files end up."""

_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})
_REST_S = 3.0
"""A file whose content did not change for so long is whole."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file looked at one time, to see whether it grows."""

    size: int
    changed_ns: int


class Post:
    """Empties the inbox.

    Parameters
    ----------
    inbox
        The folder.
    service
        Books results, under the lease of whoever empties.
    held
        Where rows wait that fit no proposal.
    clock
        Tells when they came.
    read_table
        Reads a file as a table; columns named in its second argument hold numbers.
    looks
        How each file looked before, by name; kept up to date.
    """

    def __init__(
        self,
        inbox: Path,
        *,
        service: CampaignService,
        held: HeldResults,
        clock: Clock,
        read_table: Callable[[Path, set[str]], Table],
        looks: dict[str, FileLook],
    ) -> None:
        self._inbox, self._service, self._held, self._clock = inbox, service, held, clock
        self._read_table, self._looks = read_table, looks

    def collect(self) -> list[str]:
        """Take in every file that rests and is a result sheet; say what was done with each.

        Raises
        ------
        LeaseLostError
            If somebody else empties the inbox by now.
        StoreError, DiskError
            If something cannot be written; the file stays and is read again.
        """
        done = []
        for path in sorted(self._inbox.iterdir()) if self._inbox.is_dir() else []:
            if path.is_file() and not path.name.startswith((".", "~")) and path.suffix.lower() in _SUFFIXES:
                if not self._rests(path):
                    continue
                told = self._take(path)
                if told:
                    done.append(told)
                    log.info("inbox file taken", extra={"file": path.name, "what": told})
        return done

    def _rests(self, path: Path) -> bool:
        """Say whether a file is whole: it looks as it did the last time, or did not change for a while."""
        try:
            found = path.stat()
        except OSError:  # gone since the folder was listed
            return False
        look = FileLook(found.st_size, found.st_mtime_ns)
        is_same = self._looks.get(path.name) == look
        self._looks[path.name] = look
        return is_same or time.time() - found.st_mtime > _REST_S

    def _take(self, path: Path) -> str:
        """Book one file and put it aside; nothing is said of a file that is no result sheet."""
        try:
            table = self._table(path)
            if table is None:
                return ""
            told = self._booked(table)
        except (UnreadableTable, SheetError, CampaignError, LoopError) as error:
            if isinstance(error, LoopError) and not _is_about_the_file(error):
                raise
            return self._refused(path, str(error))
        move_aside(path, self._inbox / TAKEN, "inbox file")
        self._looks.pop(path.name, None)
        return f"{path.name}: {told}"

    def _table(self, path: Path) -> Table | None:
        """Read a result sheet with the columns of its campaigns as numbers; None where no column names a proposal."""
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
        column, found = table.column(PROPOSAL), dict[CampaignId | None, list[int]]()
        for index in range(table.n_rows):
            named = str(column.cells[index].value or "").strip()
            try:
                campaign: CampaignId | None = campaign_of(named)
            except ProposalError:
                campaign = known[0] if len(known) == 1 else None
            found.setdefault(campaign if campaign in known else None, []).append(index)
        return found

    def _booked(self, table: Table) -> str:
        rows = self._by_campaign(table)
        strays = self._of_nobody(table, rows.pop(None, []))
        told = []
        for campaign, indices in rows.items():
            if campaign is None:
                continue
            before = self._service.state(campaign)
            after = self._service.import_results(campaign, table, rows=indices)
            n_new = sum(before.specimens.get(s) != record for s, record in after.specimens.items())
            told.append(f"{campaign}: {counted(n_new, 'new result')}" if n_new else f"{campaign}: nothing new")
        self._held.hold(held_rows("", table, strays), at=self._clock.now())
        if strays:
            told.append(f"{counted(len(strays), 'row waits', 'rows wait')} for a person")
        return "; ".join(told) or "no row is filled in"

    def _of_nobody(self, table: Table, rows: list[int]) -> list[StrayRow]:
        column = table.column(PROPOSAL)
        known = [str(campaign) for campaign in self._service.campaigns()]
        strays = []
        for index in rows:
            named = str(column.cells[index].value or "").strip()
            others = [c.cells[index] for c in table.columns if c.name != PROPOSAL]
            if named or any(cell.value is not None for cell in others):
                where = table.address(index, column)
                strays.append(StrayRow(index=index, proposal=named, where=where, stray=stray_of_nobody(named, known)))
        return strays

    def _refused(self, path: Path, reason: str) -> str:
        """Put a file aside that cannot be taken in, with the reason beside it."""
        folder = self._inbox / REFUSED
        note = f"{path.name} was not taken in.\n\n{reason}\n\nMend it and put it into the inbox again.\n"
        write_whole(folder / f"{path.name}.reason.txt", note.encode(), "reason")
        move_aside(path, folder, "inbox file")
        self._looks.pop(path.name, None)
        log.warning("inbox file refused", extra={"file": path.name, "reason": reason})
        return f"{path.name} was refused: {reason}"


def _is_about_the_file(error: LoopError) -> bool:
    """Say whether an error is about what a file says, not about the journal or the database."""
    from loop.errors import JournalError

    return not isinstance(error, JournalError)
