"""The journal in a database: guarded appends, plain reads. The `loop.ports.Journal` of a workspace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Text, cast, insert, select, update
from sqlmodel import col

from loop.entries import conflict, entries_behind
from loop.events import Entry, Event, read_event
from loop.ids import CampaignId
from loop.orders import WorkOrder
from services.store.engine import reading, writing
from services.store.errors import UnreadableEntryError
from services.store.guard import Guard, take_campaign
from services.store.outbox import write_orders
from services.store.tables import CampaignRow, JournalEntryRow

__all__ = ["SqlJournal"]


class SqlJournal:
    """Append-only entries of every campaign, on SQLite or PostgreSQL; safe between threads and processes.

    Parameters
    ----------
    engine
        As `services.store.open_database` returned it.
    under
        What every transaction is to be written under: a worker's lease, a settlement; people write without one.
    """

    def __init__(self, engine: Engine, under: Guard | None = None) -> None:
        self._engine, self._under = engine, under

    def campaigns(self) -> list[CampaignId]:
        """List the campaigns that have at least one entry, in alphabetical order."""
        written = select(col(CampaignRow.id)).where(col(CampaignRow.last_seq) > 0)
        with reading(self._engine) as connection:
            return sorted(CampaignId(name) for name in connection.execute(written).scalars())

    def read(self, campaign: CampaignId, *, after: int = 0) -> list[Entry]:
        """Return a campaign's entries with ``seq > after``, in order; empty where there are none.

        Raises
        ------
        UnreadableEntryError
            If an entry holds no event of a kind known here.
        DatabaseAccessError
            If the database cannot be reached.
        """
        row = JournalEntryRow
        wanted = (
            select(col(row.seq), col(row.at), col(row.actor), col(row.kind), cast(col(row.payload), Text))
            .where(col(row.campaign) == campaign, col(row.seq) > after)
            .order_by(col(row.seq))
        )
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
        return [
            Entry(seq=seq, at=at, actor=actor, event=_event(campaign, seq, kind, payload))
            for seq, at, actor, kind, payload in found
        ]

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
        """Write events behind entry `expected_seq`, with the work orders that follow from them, in one transaction.

        All or none; the events are returned as entries.

        Raises
        ------
        JournalConflictError
            If the campaign's last entry is not `expected_seq` any more: somebody wrote in between.
        LeaseLostError, UnknownHeldResultError
            If this journal writes under a lease or a settlement, and somebody else has it by now.
        JournalError
            If an event could not be read back, or who and when are not said.
        DatabaseAccessError
            If the database cannot be reached, stays locked, or refuses.
        """
        entries = entries_behind(campaign, events, actor=actor, at=at, expected_seq=expected_seq)
        with writing(self._engine, "journal") as connection:
            last_seq = take_campaign(connection, campaign, at=at)
            if self._under is not None:
                self._under.hold(connection)
            if last_seq != expected_seq:
                raise conflict(campaign, expected_seq=expected_seq, last_seq=last_seq)
            _write(connection, campaign, entries)
            write_orders(connection, orders, at=at)
        return entries


def _write(connection: Connection, campaign: CampaignId, entries: Sequence[Entry]) -> None:
    """Write entries and count them, inside the guard."""
    if not entries:
        return
    rows = [
        {
            "campaign": campaign,
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "kind": entry.event.kind,
            "payload": entry.event.model_dump(mode="json"),
        }
        for entry in entries
    ]
    connection.execute(insert(JournalEntryRow), rows)
    counted = update(CampaignRow).where(col(CampaignRow.id) == campaign).values(last_seq=entries[-1].seq)
    connection.execute(counted)


def _event(campaign: CampaignId, seq: int, kind: str, payload: str) -> Event:
    try:
        event = read_event(json.loads(payload))
    except (ValidationError, ValueError) as error:
        raise UnreadableEntryError(campaign, seq, kind, str(error)) from error
    if event.kind != kind:
        raise UnreadableEntryError(campaign, seq, kind, f"its payload is of kind {event.kind!r}")
    return event
