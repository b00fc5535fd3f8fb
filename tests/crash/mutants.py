"""Workers that break one promise each, to see that its breach is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from sqlalchemy import text

from loop.lease import Lease
from loop.orders import WorkOrder
from services.store import SqlHeldResults, SqlJournal, SqlLeases, SqlOutbox
from services.store.engine import writing
from services.store.guard import LeaseGuard

MUTANTS = ("no guard", "no unique key", "no outbox")


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """Let this process break a promise; none where the name is empty."""
    match name:
        case "":
            yield
        case "no guard":
            with (
                mock.patch.object(LeaseGuard, "hold", return_value=None),
                mock.patch.object(SqlLeases, "renew", _renewed),
            ):
                yield
        case "no unique key":
            with mock.patch.object(SqlHeldResults, "hold", _held_without_key):
                yield
        case "no outbox":
            with (
                mock.patch.object(SqlJournal, "append", _append_without_outbox(SqlJournal.append)),
                mock.patch.object(SqlOutbox, "undelivered", _taken_from_memory),
                mock.patch.object(SqlOutbox, "deliver", _delivered_unnoted),
            ):
                yield
        case _:
            raise ValueError(f"there is no mutant {name!r}; there are {', '.join(MUTANTS)}")


_in_memory: list[WorkOrder] = []


def _renewed(_self: SqlLeases, lease: Lease, *, now: datetime, until: datetime) -> Lease:
    return lease


def _append_without_outbox(append: Callable[..., Any]) -> Callable[..., Any]:
    """Write the events alone and keep the orders in mind, as somebody would who sends after saving."""

    def events_alone(self: SqlJournal, *args: Any, orders: Sequence[WorkOrder] = (), **named: Any) -> Any:
        entries = append(self, *args, **named)
        _in_memory.extend(orders)
        return entries

    return events_alone


def _taken_from_memory(_self: SqlOutbox, _campaign: str) -> list[WorkOrder]:
    taken, _in_memory[:] = list(_in_memory), []
    return taken


def _delivered_unnoted(
    _self: SqlOutbox, order: WorkOrder, hand_over: Callable[[WorkOrder], None], *, at: datetime
) -> bool:
    hand_over(order)
    return True


def _held_without_key(self: SqlHeldResults, results: Sequence[Any], *, at: datetime) -> int:
    """Keep every row that comes, as a table without the natural key would."""
    with writing(self._engine, "held result") as connection:
        for number, result in enumerate(results):
            n = connection.execute(text("SELECT count(*) FROM held_result")).scalar_one()
            connection.execute(
                text(
                    "INSERT INTO held_result (id, campaign, received_at, source, proposal, reason, suggestion, "
                    "payload, settled_at, settled_by, settlement) "
                    "VALUES (:id, :c, :at, :s, :p, :r, :g, :payload, NULL, '', '')"
                ),
                {
                    "id": f"{result.id}-{n}-{number}",
                    "c": result.campaign,
                    "at": at.replace(tzinfo=None),
                    "s": result.source,
                    "p": result.proposal,
                    "r": result.reason,
                    "g": result.suggestion,
                    "payload": result.model_dump_json(),
                },
            )
    return len(results)
