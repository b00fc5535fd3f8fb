"""Write results down and show them beside what was expected."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from loop.ids import campaign_of, campaign_of_specimen, specimen_id
from loop.older_plans import settable
from loop.sentences import said
from loop.state import CampaignState
from loop.teaching import silent
from services.campaign.service import CampaignService
from services.cli.assignments import read_settings, read_targets
from services.cli.pages import recorded_page
from services.cli.printing import say, show

__all__ = ["correct_values", "record_outcome", "record_values"]


def record_values(
    service: CampaignService, proposal: str, values: Sequence[str], *, made: Sequence[str], replicate: int, source: str
) -> CampaignState:
    """Record results of one specimen of a proposal."""
    before = service.state(campaign_of(proposal))
    targets = read_targets(values, before.definition)
    as_made = read_settings(made, settable(before, before.proposal(proposal)))
    state = service.record(proposal, targets, replicate=replicate, as_made=as_made or None, source=source)
    known = state.proposal(proposal)
    which = specimen_id(known.proposal.id, replicate)
    show(recorded_page(state, which, targets, known.predicted))
    for one in silent(state):
        if one.specimen_id == which and one.is_unreadable:
            say(f"{which} does not teach the model: {one.reason}", style="yellow", wrap=True)
    return state


def record_outcome(service: CampaignService, proposal: str, outcome: str, *, reason: str) -> CampaignState:
    """Record that a proposal failed, cannot be made, or is given up."""
    match outcome:
        case "failed":
            return service.fail(proposal, reason=reason)
        case "infeasible":
            return service.mark_infeasible(proposal, reason=reason)
    return service.abandon(proposal, reason=reason)


def correct_values(service: CampaignService, specimen: str, texts: Sequence[str], *, reason: str) -> CampaignState:
    """Replace one result of a specimen, or what it was made of."""
    campaign = campaign_of_specimen(specimen)
    before = service.state(campaign)
    seen = before.specimen(specimen).observation
    knobs = before.definition.knobs
    if seen.proposal_id is not None:
        knobs = settable(before, before.proposal(seen.proposal_id))
    if all(any(text.startswith(f"{name}=") for name in knobs) for text in texts):
        new = read_settings(texts, knobs)
        state = service.correct_made(campaign, specimen, new, reason=reason)
        for name, value in new.items():
            say(f"{specimen}: made with {name} {said(value)}, not {said(seen.as_made.get(name))}")
    elif len(texts) == 1:
        [(target, result)] = read_targets(texts, before.definition).items()
        state = service.correct(campaign, specimen, target, result, reason=reason)
        say(f"{specimen}: {target} corrected from {said(seen.targets.get(target))} to {said(result)}")
    else:
        raise typer.BadParameter("one result at a time; several parameters together, where it was made otherwise")
    marked = [p for p, record in state.proposals.items() if specimen in record.corrected_since]
    if marked:
        say(f"predictions that rested on it stay, and are marked: {', '.join(marked)}")
    return state
