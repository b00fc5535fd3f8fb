"""The guard of a campaign: who holds it is the only one to write to it until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from loop.ids import CampaignId
from loop.lease import Lease, lost
from loop.ports import Clock
from services.store.tables import CampaignRow, LeaseRow

__all__ = ["Guard", "LeaseGuard", "take_campaign"]


class Guard(Protocol):
    """What must hold for anything to be written; asked inside each transaction, and true until that ends."""

    def hold(self, connection: Connection) -> None:
        """Raise where it does not hold; then nothing of the transaction is written."""
        ...


def take_campaign(connection: Connection, campaign: CampaignId, *, at: datetime) -> int:
    """Lock a campaign's row until the transaction ends, made where it is not there yet.

    Parameters
    ----------
    connection
        Inside `services.store.engine.writing`: SQLite has no row locks and relies on its ``BEGIN IMMEDIATE``.
    at
        Aware; the moment the campaign begins if it is new.

    Returns
    -------
    Number of the campaign's last journal entry, 0 before the first.
    """
    locked = select(col(CampaignRow.last_seq)).where(col(CampaignRow.id) == campaign).with_for_update()
    last_seq = connection.execute(locked).scalar_one_or_none()
    if last_seq is None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        first = insert(CampaignRow).values(id=campaign, created_at=at, last_seq=0)
        connection.execute(first.on_conflict_do_nothing())  # another process may be as quick
        last_seq = connection.execute(locked).scalar_one()
    return last_seq


@dataclass(frozen=True, slots=True)
class LeaseGuard:
    """A worker's lease with the clock by which it may be over: what is written under it is refused afterwards."""

    lease: Lease
    clock: Clock

    def hold(self, connection: Connection) -> None:
        """Make sure that the lease is still its holder's and not over, and stays so until the transaction ends.

        Raises
        ------
        LeaseLostError
            If it was taken by somebody else, given back, or is over.
        """
        row = LeaseRow
        wanted = select(col(row.token), col(row.holder), col(row.expires_at)).where(col(row.name) == self.lease.name)
        found = connection.execute(wanted.with_for_update()).one_or_none()
        is_ours = found is not None and (found.token, found.holder) == (self.lease.token, self.lease.holder)
        if found is None or not is_ours or found.expires_at <= self.clock.now():
            raise lost(self.lease, found.holder if found is not None and not is_ours else None)
