"""The outbox in a database: work orders written with their events, handed over once each, noted when they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Text, cast, insert, select, update
from sqlmodel import col

from loop.ids import CampaignId
from loop.orders import WorkOrder
from services.disk import crash_point
from services.store.engine import reading, writing
from services.store.guard import LeaseGuard, take_campaign
from services.store.tables import WorkOrderRow

__all__ = ["OrderRecord", "SqlOutbox", "write_orders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """A work order, when it was made, and when it was handed over, None before."""

    order: WorkOrder
    made_at: datetime
    delivered_at: datetime | None


class SqlOutbox:
    """The work orders of every campaign, on SQLite or PostgreSQL.

    Parameters
    ----------
    engine
        As `services.store.open_database` returned it.
    under
        The lease of whoever hands orders over; without one anybody may.
    """

    def __init__(self, engine: Engine, under: LeaseGuard | None = None) -> None:
        self._engine, self._under = engine, under

    def undelivered(self, campaign: CampaignId) -> list[WorkOrder]:
        """List what has not left yet, in order."""
        return [record.order for record in self.records(campaign) if record.delivered_at is None]

    def deliver(self, order: WorkOrder, hand_over: Callable[[WorkOrder], None], *, at: datetime) -> bool:
        """Hand an order over and note it, unless it is noted already; say whether it was handed over now.

        The campaign is kept from everybody else in between, so that nobody who lost the lease hands anything over.

        Raises
        ------
        LeaseLostError
            If somebody else holds the lease by now; nothing is handed over then.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        row = WorkOrderRow
        with writing(self._engine, "delivery") as connection:
            take_campaign(connection, CampaignId(order.campaign), at=at)
            if self._under is not None:
                self._under.hold(connection)
            delivered = connection.execute(select(col(row.delivered_at)).where(col(row.id) == order.id)).scalar_one()
            if delivered is not None:
                return False
            with crash_point("deliver work order"):
                hand_over(order)
            connection.execute(update(row).where(col(row.id) == order.id).values(delivered_at=at))
        return True

    def records(self, campaign: CampaignId) -> list[OrderRecord]:
        """List every work order of a campaign, in order."""
        row = WorkOrderRow
        wanted = (
            select(cast(col(row.payload), Text), col(row.made_at), col(row.delivered_at))
            .where(col(row.campaign) == campaign)
            .order_by(col(row.number))
        )
        with reading(self._engine) as connection:
            return [
                OrderRecord(
                    order=WorkOrder.model_validate(json.loads(payload)), made_at=made_at, delivered_at=delivered_at
                )
                for payload, made_at, delivered_at in connection.execute(wanted)
            ]


def write_orders(connection: Connection, orders: Sequence[WorkOrder], *, at: datetime) -> None:
    """Put work orders into the outbox, in the transaction of the events that they follow from."""
    if not orders:
        return
    rows = [
        {
            "id": order.id,
            "campaign": order.campaign,
            "number": order.number,
            "made_at": at,
            "payload": order.model_dump(mode="json"),
            "delivered_at": None,
        }
        for order in orders
    ]
    connection.execute(insert(WorkOrderRow), rows)
