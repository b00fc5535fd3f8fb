"""Leases in a database: taken, renewed and given back in one statement each, so that no two workers hold one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from loop.lease import Lease, lost
from services.store.engine import reading, writing
from services.store.tables import LeaseRow

__all__ = ["LONGEST", "LeaseRecord", "SqlLeases"]

LONGEST = timedelta(minutes=10)
"""No lease is given for longer: one that says so was written before a clock was set back, and is over."""

_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """What stands in the database about a lease; `holder` is empty where nobody has it."""

    name: str
    holder: str
    token: int
    expires_at: datetime
    done_until: datetime | None


class SqlLeases:
    """The leases of a database, on SQLite or PostgreSQL. Safe between threads, processes and machines.

    Safety rests on tokens, never on clocks; a clock that is wrong only makes a lease end too early or too late.

    Parameters
    ----------
    engine
        As `services.store.open_database` returned it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
        """Take a lease that nobody has, or that is over; its token is greater than all before.

        Parameters
        ----------
        until
            When it ends by itself, at most `LONGEST` from now.
        due
            What has to be done: None comes back where it was done before. What was done later than now was written
            before a clock was set back, and counts for nothing.
        dead
            Says of a holder whether it is gone for certain, so that nobody waits for its lease to end.

        Raises
        ------
        DatabaseAccessError
            If the database cannot be reached or refuses.
        ValueError
            If the lease would end before it begins, or last for longer than `LONGEST`.
        """
        if not now < until <= now + LONGEST:
            raise ValueError(f"a lease lasts for up to {LONGEST}, got {until - now}")
        row = LeaseRow
        is_free = [col(row.holder) == _NOBODY, col(row.expires_at) <= now, col(row.expires_at) > now + LONGEST]
        before = self.record(name)
        if before is not None and before.holder and dead(before.holder):
            is_free.append(and_(col(row.holder) == before.holder, col(row.token) == before.token))
        conditions = [col(row.name) == name, or_(*is_free)]
        if due is not None:
            conditions.append(or_(col(row.done_until).is_(None), col(row.done_until) < due, col(row.done_until) > now))
        taken = (
            update(row)
            .where(*conditions)
            .values(holder=holder, token=col(row.token) + 1, expires_at=until)
            .returning(col(row.token))
        )
        with writing(self._engine, "lease") as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            first = insert(row).values(name=name, token=0, holder=_NOBODY, expires_at=now)
            connection.execute(first.on_conflict_do_nothing())
            token = connection.execute(taken).scalar_one_or_none()
        return None if token is None else Lease(name=name, holder=holder, token=token, expires_at=until)

    def renew(self, lease: Lease, *, now: datetime, until: datetime) -> Lease:
        """Hold a lease for longer.

        Raises
        ------
        LeaseLostError
            If somebody else took it, it was given back, or it is over.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        with writing(self._engine, "lease") as connection:
            renewed = connection.execute(
                update(LeaseRow)
                .where(*_is(lease), col(LeaseRow.expires_at) > now)
                .values(expires_at=until)
                .returning(col(LeaseRow.token))
            ).scalar_one_or_none()
        if renewed is None:
            found = self.record(lease.name)
            raise lost(lease, found.holder if found and found.token != lease.token else None)
        return replace(lease, expires_at=until)

    def release(self, lease: Lease, *, now: datetime, done_until: datetime | None = None) -> None:
        """Give a lease back, and note until when all is done. Does nothing where it was lost.

        Raises
        ------
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        values: dict[str, object] = {"holder": _NOBODY, "expires_at": now}
        if done_until is not None:
            values["done_until"] = done_until
        with writing(self._engine, "lease") as connection:
            connection.execute(update(LeaseRow).where(*_is(lease)).values(values))

    def record(self, name: str) -> LeaseRecord | None:
        """Look one lease up; None where nobody ever had it."""
        return next(iter(self._records(col(LeaseRow.name) == name)), None)

    def records(self) -> list[LeaseRecord]:
        """List every lease that anybody ever had, by name."""
        return self._records()

    def _records(self, *which: ColumnElement[bool]) -> list[LeaseRecord]:
        row = LeaseRow
        wanted = (
            select(col(row.name), col(row.holder), col(row.token), col(row.expires_at), col(row.done_until))
            .where(*which)
            .order_by(col(row.name))
        )
        with reading(self._engine) as connection:
            return [
                LeaseRecord(name=name, holder=holder, token=token, expires_at=expires_at, done_until=done_until)
                for name, holder, token, expires_at, done_until in connection.execute(wanted)
            ]


def _is(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    row = LeaseRow
    return col(row.name) == lease.name, col(row.token) == lease.token, col(row.holder) == lease.holder
