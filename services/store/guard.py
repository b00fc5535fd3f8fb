"""The guard of a campaign: who holds it is the only one to write to it until the transaction ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from loop.ids import CampaignId
from services.store.tables import CampaignRow

__all__ = ["take_campaign"]


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
