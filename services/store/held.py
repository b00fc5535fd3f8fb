"""Results that wait for a person, in a database. The same one waits once; what was settled stays readable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Text, cast, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from services.records.held import HeldResult
from services.store.engine import reading, writing
from services.store.errors import UnknownHeldResultError
from services.store.guard import LeaseGuard
from services.store.tables import HeldResultRow

__all__ = ["HeldRecord", "Settlement", "SqlHeldResults"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """A result that waited or waits, when it came, and how it was settled, empty while it waits."""

    result: HeldResult
    received_at: datetime
    settled_at: datetime | None
    settled_by: str
    settlement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a waiting result is settled, by whom and when. What is written under it settles the result, once."""

    held: str
    by: str
    at: datetime
    words: str

    def hold(self, connection: Connection) -> None:
        """Settle the result in this transaction.

        Raises
        ------
        UnknownHeldResultError
            If none of that id waits: another settlement came first.
        """
        row = HeldResultRow
        settled = (
            update(row)
            .where(col(row.id) == self.held, col(row.settled_at).is_(None))
            .values(settled_at=self.at, settled_by=self.by, settlement=self.words)
            .returning(col(row.id))
        )
        if connection.execute(settled).scalar_one_or_none() is None:
            waiting = select(col(row.id)).where(col(row.settled_at).is_(None)).order_by(col(row.received_at))
            raise UnknownHeldResultError(self.held, list(connection.execute(waiting).scalars()))


class SqlHeldResults:
    """The waiting results of a workspace, on SQLite or PostgreSQL.

    Parameters
    ----------
    engine
        As `services.store.open_database` returned it.
    under
        The lease of the worker that writes; people write without one.
    """

    def __init__(self, engine: Engine, under: LeaseGuard | None = None) -> None:
        self._engine, self._under = engine, under

    def hold(self, results: Sequence[HeldResult], *, at: datetime) -> int:
        """Keep results for a person; those known already, waiting or settled, are left as they are.

        Returns
        -------
        How many are new.

        Raises
        ------
        LeaseLostError
            If somebody else holds the worker's lease by now.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        if not results:
            return 0
        with writing(self._engine, "held result") as connection:
            if self._under is not None:
                self._under.hold(connection)
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            n_new = 0
            for result in results:
                row = insert(HeldResultRow).values(
                    id=result.id,
                    campaign=result.campaign,
                    received_at=at,
                    source=result.source,
                    proposal=result.proposal,
                    reason=result.reason,
                    suggestion=result.suggestion,
                    payload=result.model_dump(mode="json"),
                    settled_at=None,
                    settled_by="",
                    settlement="",
                )
                new = row.on_conflict_do_nothing().returning(col(HeldResultRow.id))
                n_new += connection.execute(new).scalar_one_or_none() is not None
        return n_new

    def records(self, *, waiting_only: bool = False) -> list[HeldRecord]:
        """List results in the order in which they came."""
        row = HeldResultRow
        wanted = select(
            cast(col(row.payload), Text),
            col(row.received_at),
            col(row.settled_at),
            col(row.settled_by),
            col(row.settlement),
        ).order_by(col(row.received_at), col(row.id))
        if waiting_only:
            wanted = wanted.where(col(row.settled_at).is_(None))
        with reading(self._engine) as connection:
            return [
                HeldRecord(
                    result=HeldResult.model_validate(json.loads(payload)),
                    received_at=received_at,
                    settled_at=settled_at,
                    settled_by=settled_by,
                    settlement=settlement,
                )
                for payload, received_at, settled_at, settled_by, settlement in connection.execute(wanted)
            ]

    def n_waiting(self, ids: Sequence[str]) -> int:
        """Count those of some results that wait for a person; others are settled, or never came."""
        row = HeldResultRow
        wanted = select(func.count()).select_from(row).where(col(row.id).in_(ids), col(row.settled_at).is_(None))
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one()

    def settle(self, settlement: Settlement) -> None:
        """Note how a waiting result was settled, and by whom.

        Raises
        ------
        UnknownHeldResultError
            If none of that id waits.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        with writing(self._engine, "settlement") as connection:
            settlement.hold(connection)
