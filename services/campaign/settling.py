"""Settle results that wait for a person: booked where they belong, taken in as specimens of their own, or dropped."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from sqlalchemy import Engine as Database

from loop.errors import ProposalError
from loop.ids import campaign_of
from loop.ports import Clock
from loop.state import CampaignState
from services.campaign.errors import CampaignError
from services.campaign.service import CampaignService
from services.campaign.sheet_columns import PROPOSAL
from services.records.held import HeldResult
from services.records.table import Table
from services.store import Settlement, SqlHeldResults, SqlJournal, UnknownHeldResultError

__all__ = ["Settling"]

_PLACE = re.compile(r"(?P<file>.+), (?:(?P<word>line|row) (?P<line>\d+)|(?P<sheet>.+)![A-Z]+(?P<row>\d+))")
"""Where a row of a sheet stood, as its source says."""


class Settling:
    """What a person may do with a waiting result.

    Whatever is written of it settles it in the same transaction, so that two people cannot use one result twice.

    Parameters
    ----------
    database
        Of the workspace.
    clock
        Tells when they were settled.
    actor
        Who settles.
    """

    def __init__(self, database: Database, *, clock: Clock, actor: str) -> None:
        self._database, self._clock, self._actor = database, clock, actor
        self._held = SqlHeldResults(database)

    def book(self, held: str, proposal: str) -> CampaignState:
        """Book a waiting result on a proposal.

        Raises
        ------
        UnknownHeldResultError
            If none of that id waits.
        SheetError
            If it does not fit that proposal either.
        """
        waiting = self._waiting(held)
        settlement = self._settlement(held, f"booked on {proposal}")
        state = self._service(settlement).import_results(campaign_of(proposal), _table(waiting, proposal))
        self._settle_unwritten(settlement)
        return state

    def take_as_specimen(self, held: str, campaign: str | None) -> tuple[CampaignState, str]:
        """Take a waiting result in as a specimen that nobody proposed; return the state and the specimen's id.

        The id is empty where the campaign knew it already.

        Raises
        ------
        UnknownHeldResultError
            If none of that id waits.
        CampaignError, SheetError
            If no campaign is named or meant, or its row does not name every parameter.
        """
        waiting = self._waiting(held)
        name = campaign or waiting.campaign or self._named(waiting)
        settlement = self._settlement(held, f"taken in as a specimen of {name}")
        service = self._service(settlement)
        before = service.state(name)
        after, _ = service.import_specimens(name, _table(waiting, waiting.proposal or "-"))
        self._settle_unwritten(settlement)
        new = next((specimen for specimen in after.specimens if specimen not in before.specimens), "")
        return after, new

    def drop(self, held: str, reason: str) -> None:
        """Say that a waiting result is not wanted, and why.

        Raises
        ------
        UnknownHeldResultError
            If none of that id waits.
        CampaignError
            If no reason is given.
        """
        if not reason.strip():
            raise CampaignError("dropping a result needs a reason: the log has to make sense later")
        self._held.settle(self._settlement(held, f"dropped: {reason}"))

    def _waiting(self, held: str) -> HeldResult:
        waiting = {record.result.id: record.result for record in self._held.records(waiting_only=True)}
        if held not in waiting:
            raise UnknownHeldResultError(held, list(waiting))
        return waiting[held]

    def _named(self, waiting: HeldResult) -> str:
        """Name the campaign that a result is of where there is only one it can be."""
        known = SqlJournal(self._database).campaigns()
        try:
            named = campaign_of(waiting.proposal)
        except ProposalError:
            named = None
        if named in known:
            return str(named)
        if len(known) == 1:
            return known[0]
        raise CampaignError(f"{waiting.id}: say which campaign it is of: --campaign, one of {', '.join(known)}")

    def _settlement(self, held: str, words: str) -> Settlement:
        return Settlement(held=held, by=self._actor, at=self._clock.now(), words=words)

    def _service(self, settlement: Settlement) -> CampaignService:
        """Return a service that settles as it writes; it has no place for results to wait: a wrong choice is told."""
        journal = SqlJournal(self._database, settlement)
        return CampaignService(journal=journal, clock=self._clock, actor=self._actor)

    def _settle_unwritten(self, settlement: Settlement) -> None:
        """Settle what the campaign knew already, so that nothing was written."""
        settled = [record for record in self._held.records() if record.result.id == settlement.held]
        if [(record.settled_at, record.settlement) for record in settled] != [(settlement.at, settlement.words)]:
            self._held.settle(settlement)


def _table(waiting: HeldResult, proposal: str) -> Table:
    """Lay a waiting row out as the table that it came in, so that messages and the log name its place there."""
    table = waiting.table(proposal_column=PROPOSAL, proposal=proposal)
    place = _PLACE.fullmatch(waiting.source)
    if place is None:
        return table
    if place["sheet"]:
        sheet = place["sheet"].removeprefix("'").removesuffix("'").replace("''", "'")
        return replace(table, source=place["file"], sheet=sheet, row_numbers=(int(place["row"]),))
    word: Literal["line", "row"] = "row" if place["word"] == "row" else "line"
    return replace(table, source=place["file"], row_numbers=(int(place["line"]),), row_word=word)
