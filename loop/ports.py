"""What the loop needs of the outside world. The wiring fills these; nothing here knows how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from loop.events import Entry, Event
from loop.ids import CampaignId

__all__ = ["Clock", "Journal"]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Journal(Protocol):
    """The append-only truth about campaigns."""

    def campaigns(self) -> list[CampaignId]:
        """List the campaigns that have at least one entry, in alphabetical order."""
        ...

    def read(self, campaign: CampaignId, *, after: int = 0) -> list[Entry]:
        """Return a campaign's entries with ``seq > after``, in order; empty where there are none."""
        ...

    def append(
        self, campaign: CampaignId, events: Sequence[Event], *, actor: str, at: datetime, expected_seq: int
    ) -> list[Entry]:
        """Write events behind entry `expected_seq`, all or none, and return them as entries.

        Raises
        ------
        JournalConflictError
            If the campaign's last entry is not `expected_seq` any more: somebody wrote in between.
        """
        ...
