"""Read a campaign's journal and write to it: decide on the newest state, and decide anew where somebody wrote first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from loop import commands
from loop.errors import JournalConflictError
from loop.events import Entry, Event, ProposalDispatched
from loop.ids import CampaignId
from loop.journal import extend, fold
from loop.orders import WorkOrder, work_order
from loop.ports import Clock, Journal
from loop.state import CampaignState
from services.campaign.errors import CampaignError

__all__ = ["Ledger"]

log = logging.getLogger(__name__)

_TRIES = 5
"""How often a change is decided anew when somebody else wrote first."""


class Ledger:
    """The journal with a clock and a hand that writes.

    Parameters
    ----------
    journal
        Where facts are kept.
    clock
        Tells the time of every fact.
    actor
        Who is acting: written beside every fact.
    known
        What was read before, by campaign: only what came since is read then. Kept up to date.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        actor: str,
        known: dict[CampaignId, CampaignState] | None = None,
    ) -> None:
        self._journal, self.clock, self.actor, self._known = journal, clock, actor, known

    def campaigns(self) -> list[CampaignId]:
        """List the campaigns that there are."""
        return self._journal.campaigns()

    def entries(self, campaign: str) -> list[Entry]:
        """Return every fact about a campaign, in order.

        Raises
        ------
        CampaignError
            If there is none of that name; the message lists those there are.
        """
        entries = self._journal.read(CampaignId(campaign))
        if not entries:
            known = ", ".join(self.campaigns()) or "none yet"
            raise CampaignError(f"there is no campaign {campaign!r}; there are {known}")
        return entries

    def state(self, campaign: str) -> CampaignState:
        """Fold a campaign's facts; CampaignError where there is none of that name."""
        name = CampaignId(campaign)
        before = self._known.get(name) if self._known is not None else None
        if before is None:
            state = fold(name, self.entries(campaign))
        else:
            since = self._journal.read(name, after=before.seq)
            state = fold(name, since, before) if since else before
        if self._known is not None:
            self._known[name] = state
        return state

    def change(self, campaign: str, decide: Callable[[CampaignState], Sequence[Event]]) -> CampaignState:
        """Decide on the newest state and write what was decided with all that follows; the state after.

        Raises
        ------
        CampaignError
            If there is no such campaign.
        JournalConflictError
            If others kept writing in between.
        """
        for _ in range(_TRIES):
            state = self.state(campaign)
            events = decide(state)
            if not events:
                return state
            try:
                return self._write(state.campaign, state, events)
            except JournalConflictError:
                log.info("decision overtaken", extra={"campaign": campaign})
        raise JournalConflictError(f"{campaign}: others kept writing; try again")

    def begin(self, campaign: CampaignId, events: Sequence[Event]) -> CampaignState:
        """Write the first facts of a campaign; JournalConflictError where it has some."""
        return self._write(campaign, None, events)

    def _write(self, campaign: CampaignId, state: CampaignState | None, events: Sequence[Event]) -> CampaignState:
        """Write events and what follows from them, in one go; JournalConflictError where somebody wrote first."""
        at = self.clock.now()
        after = extend(campaign, state, events, actor=self.actor, at=at)
        following = commands.consequences(state, after)
        written = [*events, *following]
        seq = 0 if state is None else state.seq
        orders = _orders(after, written)
        self._journal.append(campaign, written, actor=self.actor, at=at, expected_seq=seq, orders=orders)
        for event in written:
            log.info("event written", extra={"campaign": campaign, "kind": event.kind})
        return extend(campaign, after, following, actor=self.actor, at=at)


def _orders(state: CampaignState, events: Sequence[Event]) -> list[WorkOrder]:
    """Write the work orders that go with some events, each with every proposal that it was named for."""
    sent: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event, ProposalDispatched) and event.order:
            sent.setdefault(event.order, []).append(event.proposal_id)
    return [work_order(state, order, proposals) for order, proposals in sent.items()]
