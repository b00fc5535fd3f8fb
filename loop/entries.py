"""Turn events into journal entries: the checks that every journal makes before it writes. Keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from loop.errors import JournalConflictError, JournalError
from loop.events import Entry, Event, read_event
from loop.ids import CampaignId, is_safe

__all__ = ["conflict", "entries_behind"]


def entries_behind(
    campaign: CampaignId, events: Sequence[Event], *, actor: str, at: datetime, expected_seq: int
) -> list[Entry]:
    """Number events behind entry `expected_seq`, as they will be read back.

    Each event goes once through its written form, so that what cannot be read back as it was is never written.

    Parameters
    ----------
    at
        Aware; kept in UTC.
    expected_seq
        Number of the campaign's last entry, 0 before the first.

    Raises
    ------
    JournalError
        If the campaign id is not safe, the actor is nobody, the moment has no time zone, `expected_seq` is
        negative, or an event cannot be read back as it was.
    """
    if not is_safe(campaign):
        raise JournalError(f"{campaign!r} is not a campaign id: capitals, digits and inner hyphens, as in PP01")
    if not actor.strip() or not actor.isprintable():
        raise JournalError(f"{campaign}: an entry says who acted, got actor {actor!r}")
    if at.utcoffset() is None:
        raise JournalError(f"{campaign}: an entry's moment needs a time zone, got {at.isoformat()}")
    if expected_seq < 0:
        raise JournalError(f"{campaign}: entries count from 1, so expected_seq is at least 0, got {expected_seq}")
    moment = at.astimezone(UTC)
    return [
        Entry(seq=seq, at=moment, actor=actor, event=_as_read(campaign, seq, event))
        for seq, event in enumerate(events, start=expected_seq + 1)
    ]


def conflict(campaign: CampaignId, *, expected_seq: int, last_seq: int) -> JournalConflictError:
    """Return the error of somebody who wants to write behind an entry that is not the last."""
    return JournalConflictError(
        f"{campaign}: wanted to write behind entry {expected_seq}, but the last one is {last_seq}; "
        "read again, then decide again"
    )


def _as_read(campaign: CampaignId, seq: int, event: Event) -> Event:
    try:
        written = json.dumps(event.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        read = read_event(json.loads(written.encode()))
    except ValueError as error:  # also what pydantic says of a value, and Python of a text that is no Unicode
        raise JournalError(f"{campaign}: entry {seq} of kind {event.kind!r} could not be read back: {error}") from error
    if read != event:
        raise JournalError(
            f"{campaign}: entry {seq} of kind {event.kind!r} would come back as something else; "
            "its values may be texts, finite numbers, true, false, null, lists and mappings of them"
        )
    return read
