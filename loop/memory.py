"""A journal in memory, for backtests and tests: every promise of a stored one, but gone at exit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from loop.entries import conflict, entries_behind
from loop.events import Entry, Event
from loop.ids import CampaignId
from loop.orders import WorkOrder

__all__ = ["MemoryJournal"]


class MemoryJournal:
    """Keeps entries in lists, one a campaign; safe between threads."""

    def __init__(self) -> None:
        self._entries: dict[CampaignId, list[Entry]] = {}
        self._one_writer = threading.Lock()
        self.orders: list[WorkOrder] = []

    def campaigns(self) -> list[CampaignId]:
        """List the campaigns that have at least one entry, in alphabetical order."""
        return sorted(self._entries)

    def read(self, campaign: CampaignId, *, after: int = 0) -> list[Entry]:
        """Return a campaign's entries with ``seq > after``, in order; empty where there are none."""
        return self._entries.get(campaign, [])[max(after, 0) :]

    def append(
        self,
        campaign: CampaignId,
        events: Sequence[Event],
        *,
        actor: str,
        at: datetime,
        expected_seq: int,
        orders: Sequence[WorkOrder] = (),
    ) -> list[Entry]:
        """Write events behind entry `expected_seq`, all or none, and return them as entries.

        Raises
        ------
        JournalConflictError
            If the campaign's last entry is not `expected_seq` any more.
        JournalError
            If an event could not be read back, or who and when are not said.
        """
        entries = entries_behind(campaign, events, actor=actor, at=at, expected_seq=expected_seq)
        with self._one_writer:
            last_seq = len(self._entries.get(campaign, []))
            if last_seq != expected_seq:
                raise conflict(campaign, expected_seq=expected_seq, last_seq=last_seq)
            if entries:
                self._entries[campaign] = [*self._entries.get(campaign, []), *entries]
                self.orders += orders
        return entries
