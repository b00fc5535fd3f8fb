"""What the loop needs of the outside world. The wiring fills these; nothing here knows how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from loop.events import Entry, Event
from loop.ids import CampaignId
from loop.lease import Lease
from loop.orders import LabReport, WorkOrder

__all__ = ["Clock", "Journal", "Lab", "Leases", "Outbox"]


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
        self,
        campaign: CampaignId,
        events: Sequence[Event],
        *,
        actor: str,
        at: datetime,
        expected_seq: int,
        orders: Sequence[WorkOrder] = (),
    ) -> list[Entry]:
        """Write events behind entry `expected_seq` and the work orders that follow from them, all or none.

        Returns
        -------
        The events as entries.

        Raises
        ------
        JournalConflictError
            If the campaign's last entry is not `expected_seq` any more: somebody wrote in between.
        LeaseLostError
            If the journal writes under a lease, and somebody else holds it by now.
        """
        ...


class Leases(Protocol):
    """Who may work on what. Safety never rests on clocks: who lost a lease is known by its token."""

    def take(
        self,
        name: str,
        *,
        holder: str,
        now: datetime,
        until: datetime,
        due: datetime | None = None,
        dead: Callable[[str], bool] = lambda _: False,
    ) -> Lease | None:
        """Take a lease that is free or over; None where somebody holds it, or what was `due` is done already."""
        ...

    def renew(self, lease: Lease, *, now: datetime, until: datetime) -> Lease:
        """Hold a lease for longer.

        Raises
        ------
        LeaseLostError
            If somebody else took it, or it is over.
        """
        ...

    def release(self, lease: Lease, *, now: datetime, done_until: datetime | None = None) -> None:
        """Give a lease back and note what is done. Does nothing where it was lost."""
        ...


class Outbox(Protocol):
    """Work orders that have to reach the laboratory."""

    def undelivered(self, campaign: CampaignId) -> list[WorkOrder]:
        """List what has not left yet, in order."""
        ...

    def deliver(self, order: WorkOrder, hand_over: Callable[[WorkOrder], None], *, at: datetime) -> bool:
        """Hand an order over and note it, unless it is noted already.

        Killed in between, it is handed over again: `hand_over` must do nothing new for an order that it knows.

        Returns
        -------
        Whether it was handed over now.

        Raises
        ------
        LeaseLostError
            If the outbox works under a lease, and somebody else holds it by now.
        """
        ...


class Lab(Protocol):
    """Makes and measures what it is asked for, in its own time. Knows an order by its id."""

    def accept(self, order: WorkOrder, at: datetime) -> None:
        """Take a work order; one that it has already is left as it is."""
        ...

    def reports(self, now: datetime) -> list[LabReport]:
        """Return what is finished and not acknowledged, in an order of its own that never changes."""
        ...

    def acknowledge(self, reports: Sequence[LabReport]) -> None:
        """Learn that reports are written down; they are not returned again."""
        ...
