"""What a new version of a definition means for what is there already: data, units, plans on their way. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from loop.counting import counted, some_of
from loop.definition import Definition
from loop.older_plans import broken_rules
from loop.state import CampaignState
from loop.teaching import silent, taught

__all__ = ["revision_notes"]


def revision_notes(state: CampaignState) -> list[str]:
    """Say what a person should know who has just given a campaign its newest version; nothing for the first.

    Which specimens teach nothing more and why, which teach though they hold what the space has no more, what is read
    otherwise now, and which open plans break a rule in force.
    """
    if len(state.definitions) < 2:
        return []
    before, now = (record.definition for record in state.definitions[-2:])
    return [*_unheard(state), *_outside(state), *_read_otherwise(before, now), *_broken_plans(state)]


def _unheard(state: CampaignState) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for one in silent(state):
        if one.is_unreadable:
            reasons.setdefault(one.reason, []).append(one.specimen_id)
    for reason, names in reasons.items():
        verb = "does" if len(names) == 1 else "do"
        yield f"{counted(len(names), 'specimen')} {verb} not teach the model: {reason}: {some_of(names)}"


def _outside(state: CampaignState) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for one in taught(state.definition, state.versions, state.observations):
        for name, value in one.reading.former.items():
            what = f"{name} {value}" if isinstance(value, str) else name
            holders.setdefault(what, []).append(one.observation.specimen_id)
    for what, names in holders.items():
        verb = "holds" if len(names) == 1 else "hold"
        told = f"{counted(len(names), 'specimen')} {verb} {what}, which is not in the space any more"
        yield f"{told}: known as what they are, they still teach: {some_of(names)}"


def _read_otherwise(before: Definition, now: Definition) -> Iterator[str]:
    for name in now.knobs:
        was, is_ = before.unit_of(name), now.unit_of(name)
        if name in before.knobs and was != is_:
            yield f"{name} was in {was or 'no unit'} and is in {is_ or 'no unit'}: older values are read as they stand"
    if before.ingredients and now.ingredients and before.ingredients.total != now.ingredients.total:
        totals = f"{before.ingredients.total:g} and now to {now.ingredients.total:g}"
        yield f"shares summed to {totals}: older ones are read as they stand"


def _broken_plans(state: CampaignState) -> Iterator[str]:
    for record in state.open_proposals:
        broken = broken_rules(state, record)
        if broken:
            yield (
                f"{record.proposal.id}, {record.state.value.replace('_', ' ')} under version {record.space_version}, "
                f"goes on as planned but breaks {'; '.join(map(str, broken))}: edit or skip it where that matters"
            )
