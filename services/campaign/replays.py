"""Make logged cycles again from what was known at the time, and compare them bit for bit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loop.agent import propose_batch
from loop.errors import ProposalError
from loop.events import Entry, ProposalsMade
from loop.ids import CampaignId
from loop.journal import fold
from loop.rungs import skipped

__all__ = ["Replay", "replays"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A logged cycle made again from what its journal says it followed from."""

    cycle: int
    is_same: bool
    differences: tuple[str, ...]


def replays(campaign: CampaignId, entries: Sequence[Entry], *, cycle: int | None = None) -> list[Replay]:
    """Make every logged cycle again, or one of them.

    Raises
    ------
    ProposalError
        If there is no such cycle.
    """
    found = []
    for entry in entries:
        event = entry.event
        if not isinstance(event, ProposalsMade) or (cycle is not None and event.cycle != cycle):
            continue
        ladder_from, because = skipped(event.rungs)
        again = propose_batch(
            fold(campaign, entries[: event.seen_seq]),
            count=event.count,
            at=entry.at,
            ladder_from=ladder_from,
            because=because,
        )
        found.append(Replay(cycle=event.cycle, is_same=again == event, differences=tuple(_differences(event, again))))
    if cycle is not None and not found:
        raise ProposalError(f"{campaign} has no cycle {cycle}")
    return found


def _differences(logged: ProposalsMade, again: ProposalsMade) -> list[str]:
    """Name what a replay gave otherwise than the log."""
    before, after = logged.model_dump(mode="json"), again.model_dump(mode="json")
    found = [name for name in before if name != "proposals" and before[name] != after[name]]
    for old, new in zip(before["proposals"], after["proposals"], strict=False):
        found += [f"{old['id']}.{name}" for name in old if old[name] != new[name]]
    shorter, longer = sorted((before["proposals"], after["proposals"]), key=len)
    return found + [proposal["id"] for proposal in longer[len(shorter) :]]
