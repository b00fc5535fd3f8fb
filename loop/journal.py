"""State is the fold of events: the only reading of a journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from loop.building import Building
from loop.errors import JournalError, TransitionError
from loop.events import DefinitionAdopted, Entry, Event
from loop.folding import apply
from loop.ids import CampaignId
from loop.state import CampaignState

__all__ = ["extend", "fold"]


def fold(campaign: CampaignId, entries: Iterable[Entry], start: CampaignState | None = None) -> CampaignState:
    """Read a journal from its first entry to its last into the state that it tells of.

    Parameters
    ----------
    start
        What the entries before came to, where they were read already.

    Raises
    ------
    JournalError
        If the journal is empty, has a gap, does not begin with a definition, or holds an event that does not fit the
        state before it; the message names the entry.
    """
    reading = Building(campaign, start)
    for entry in entries:
        _take(reading, entry)
    return reading.state()


def extend(
    campaign: CampaignId, state: CampaignState | None, events: Sequence[Event], *, actor: str, at: datetime
) -> CampaignState:
    """Read on from a state, None before the first event, as if the events stood behind it in the journal."""
    reading = Building(campaign, state)
    for event in events:
        _take(reading, Entry(seq=reading.seq + 1, at=at, actor=actor, event=event))
    return reading.state()


def _take(reading: Building, entry: Entry) -> None:
    """Let an entry happen, if it is the next one."""
    campaign = reading.campaign
    if entry.seq != reading.seq + 1:
        raise JournalError(f"{campaign}: entry {reading.seq + 1} is missing; the next one found is {entry.seq}")
    if reading.seq == 0 and not isinstance(entry.event, DefinitionAdopted):
        raise JournalError(f"{campaign}: a campaign begins with its definition, not with {entry.event.kind}")
    try:
        apply(reading, entry)
    except TransitionError:
        raise
    except (KeyError, ValueError) as error:
        raise JournalError(f"{campaign}: entry {entry.seq} ({entry.event.kind}): {error}") from error
    reading.seq, reading.at = entry.seq, entry.at
