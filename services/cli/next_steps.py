"""What to do next in a campaign, as commands that can be pasted."""

from __future__ import annotations

from loop.budget import is_spent
from loop.definition import Definition
from loop.proposal import AT_THE_LABORATORY, ProposalState
from loop.state import CampaignState
from services.campaign.viewing import stop_advice
from services.campaign.views import StatusView
from services.cli.printing import quoted

__all__ = ["next_in"]

_MANUAL = "manual"


def next_in(state: CampaignState, view: StatusView | None = None) -> list[str]:
    """Return the command that brings a campaign on, then other ways.

    Parameters
    ----------
    view
        Where the campaign stands with what waits outside its journal; left out, only the journal counts.
    """
    steps = _by_itself(state, _by_hand(state))
    if view is not None and (view.n_held or view.n_measurements_waiting):
        steps = ["meguri inbox", *steps]
    if state.course != "running":
        steps = [f"meguri resume {state.campaign}", *steps]
    return steps


def _by_hand(state: CampaignState) -> list[str]:
    campaign, open_ones = state.campaign, state.open_proposals
    proposed = _in(state, ProposalState.PROPOSED)
    awaiting = [r.proposal.id for r in open_ones if r.state is ProposalState.APPROVED or r.state in AT_THE_LABORATORY]
    failed = _in(state, ProposalState.FAILED)
    if proposed:
        return [
            f"meguri approve {campaign}",
            f"meguri edit {proposed[0]} NAME=VALUE --reason TEXT",
            f"meguri skip {proposed[0]} --reason TEXT",
        ]
    again = [
        step
        for which in failed[:1]
        for step in (
            f"meguri send {which} --reason TEXT",
            f"meguri record {which} TARGET=VALUE",
            f"meguri record {which} --abandoned --reason TEXT",
        )
    ]
    if awaiting:
        targets = " ".join(f"{quoted(name)}=VALUE" for name in state.definition.measured_targets)
        return [*again, f"meguri export {campaign} --what results", f"meguri record {awaiting[0]} {targets}"]
    if again:
        return again
    if not state.specimens:
        return [f"meguri import {campaign} TABLE", f"meguri propose {campaign}"]
    report = f"meguri report {campaign} --open"
    if is_spent(state):
        return [report, "meguri revise DEFINITION.yaml  # with a larger budget"]
    steps = [f"meguri propose {campaign}", report]
    return steps[::-1] if stop_advice(state) else steps


def _by_itself(state: CampaignState, steps: list[str]) -> list[str]:
    """Add how the campaign goes on by itself: before the ways by hand where its definition or its work orders say so.

    Approving is for a person where the schedule says so, and whatever is spent goes on no further.
    """
    waits_for_a_person = bool(_in(state, ProposalState.PROPOSED)) and state.definition.schedule.approval == "by_hand"
    if state.course != "running" or waits_for_a_person or (stop_advice(state) and not state.open_proposals):
        return steps
    if _goes_by_itself(state.definition):
        return ["meguri run", *steps]
    is_with_orders = any(record.state in AT_THE_LABORATORY for record in state.open_proposals) and state.last_order
    tick = f"meguri tick {state.campaign}"
    return [tick, *steps] if is_with_orders else [*steps, tick] if state.open_proposals else steps


def _goes_by_itself(definition: Definition) -> bool:
    """Say whether a definition asks for anything to happen without people."""
    schedule = definition.schedule
    by_schedule = schedule.approval == "automatic" or schedule.every is not None or schedule.cron is not None
    return by_schedule or definition.lab.name != _MANUAL


def _in(state: CampaignState, which: ProposalState) -> list[str]:
    return [record.proposal.id for record in state.open_proposals if record.state is which]
