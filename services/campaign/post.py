"""The inbox: result sheets that people or machines put there are read, booked where they belong, and put aside.

A file is taken when it rests: what still grows waits. Booked first, moved afterwards: killed in between, it is read
again, and what is known is not booked twice. What cannot be read is put aside with its reason, what is no result sheet
is left where it is; nothing is thrown away.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from loop.counting import counted
from loop.errors import JournalError, LoopError, ProposalError
from loop.ids import CampaignId, campaign_of
from loop.ports import Clock
from loop.proposal import ProposalState
from loop.strays import stray_of_nobody
from services.campaign.errors import CampaignError, SheetError
from services.campaign.ports import HeldResults
from services.campaign.service import CampaignService
from services.campaign.sheet_cells import column_of
from services.campaign.sheet_columns import PROPOSAL, find_column, numeric_columns
from services.campaign.sheets_in import StrayRow, read_result_sheet
from services.campaign.stray_rows import held_rows
from services.disk import move_aside, write_whole
from services.ingest.errors import UnreadableTable
from services.records.table import Table

__all__ = ["REFUSED", "TAKEN", "FileLook", "Post", "lying_files", "reason_of", "refused_files", "seconds_to_rest"]

log = logging.getLogger(__name__)

TAKEN, REFUSED = "taken", "refused"
"""Folders of the inbox in which files end up."""

_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})
_REST_S = 3.0
"""A file whose content did not change for so long is whole."""
_REASON = ".reason.txt"
"""What stands behind the name of a refused file in the name of the note that says why."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file looked at one time, to see whether it grows; `is_no_sheet` where it was read and is none of ours."""

    size: int
    changed_ns: int
    is_no_sheet: bool = False


def lying_files(inbox: Path) -> list[Path]:
    """List the files of an inbox that may be result sheets, in alphabetical order."""
    found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    return [p for p in found if p.suffix.lower() in _SUFFIXES and not p.name.startswith((".", "~")) and p.is_file()]


def refused_files(inbox: Path) -> list[Path]:
    """List the files that were put aside because they cannot be taken in, in alphabetical order."""
    folder = inbox / REFUSED
    return [p for p in sorted(folder.iterdir()) if not p.name.endswith(_REASON)] if folder.is_dir() else []


def reason_of(refused: Path) -> str:
    """Say why a file was put aside, in the words of the note beside it; empty where there is none any more."""
    try:
        note = refused.with_name(refused.name + _REASON).read_text(encoding="utf-8")
    except OSError:
        return ""
    return note.partition("\n\n")[2].rpartition("\n\n")[0]


def seconds_to_rest(inbox: Path) -> float:
    """Say how long it takes until no file of an inbox has changed just now; 0 where none has."""
    ages = [time.time() - look.changed_ns / 1e9 for path in lying_files(inbox) if (look := _look(path)) is not None]
    return max((min(_REST_S - age, _REST_S) for age in ages if age <= _REST_S), default=0.0)


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
        for path in lying_files(self._inbox):
            if self._rests(path):
                told = self._take(path)
                done.append(told)
                log.info("inbox file looked at", extra={"file": path.name, "what": told})
        return done

    def _rests(self, path: Path) -> bool:
        """Say whether a file is whole: it looks as it did the last time, or did not change for a while."""
        look = _look(path)
        if look is None:
            return False
        before = self._looks.get(path.name)
        is_same = before is not None and replace(before, is_no_sheet=False) == look
        if is_same and before is not None and before.is_no_sheet:
            return False
        self._looks[path.name] = look
        return is_same or time.time() - look.changed_ns / 1e9 > _REST_S

    def _take(self, path: Path) -> str:
        """Book one file and put it aside; one that is no result sheet is left, until it changes."""
        told = list[str]()
        try:
            table = self._table(path)
            if table is None:
                self._looks[path.name] = replace(self._looks[path.name], is_no_sheet=True)
                return f"{path.name} is left where it is: it has no column {PROPOSAL!r}"
            self._book(table, told)
        except JournalError:
            raise
        except (UnreadableTable, SheetError, CampaignError, LoopError) as error:
            return self._refused(path, str(error), told)
        move_aside(path, self._inbox / TAKEN, "inbox file")
        self._looks.pop(path.name, None)
        return f"{path.name}: {', '.join(told) or 'no row is filled in'}"

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
        column, found = column_of(table, PROPOSAL), dict[CampaignId | None, list[int]]()
        for index in range(table.n_rows):
            named = str(column.cells[index].value or "").strip()
            try:
                campaign: CampaignId | None = campaign_of(named)
            except ProposalError:
                campaign = known[0] if len(known) == 1 else None
            found.setdefault(campaign if campaign in known else None, []).append(index)
        return found

    def _book(self, table: Table, told: list[str]) -> None:
        """Book every row where it belongs, and say so in `told`; nothing where a cell of any campaign is wrong."""
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

    def _refused(self, path: Path, reason: str, told: list[str]) -> str:
        """Put a file aside that cannot be taken in, with the reason beside it, and what was booked before it showed."""
        folder = self._inbox / REFUSED
        booked = f"\n\nOf its other rows was taken in: {', '.join(told)}." if told else ""
        note = f"{path.name} was not taken in.\n\n{reason}{booked}\n\nMend it and put it into the inbox again.\n"
        write_whole(folder / f"{path.name}{_REASON}", note.encode(), "reason")
        move_aside(path, folder, "inbox file")
        self._looks.pop(path.name, None)
        log.warning("inbox file refused", extra={"file": path.name, "reason": reason})
        return f"{path.name} was refused: {reason.removeprefix(f'{path.name}: ')}"


def _look(path: Path) -> FileLook | None:
    """Look at a file; None where it is gone since the folder was listed."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileLook(found.st_size, found.st_mtime_ns)
