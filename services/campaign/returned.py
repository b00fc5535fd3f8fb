"""Book the rows of a result sheet one after the other, each in view of those before it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from loop import commands
from loop.events import Event
from loop.journal import extend
from loop.remarks import remark
from loop.state import CampaignState
from services.campaign.sheets_in import ReturnedRow

__all__ = ["events_of_rows"]


def events_of_rows(state: CampaignState, rows: Iterable[ReturnedRow], *, actor: str, at: datetime) -> list[Event]:
    """Turn rows into events; none for what is known already."""
    events = list[Event]()
    for row in rows:
        which, replicate, source = row.proposal_id, row.replicate, row.source
        more: list[Event] = []
        if row.targets:
            more += commands.record(state, which, row.targets, replicate=replicate, as_made=row.as_made, source=source)
        more += remark(state, which, row.remark, replicate=replicate, source=source)
        state = extend(state.campaign, state, more, actor=actor, at=at)
        events += more
    return events
