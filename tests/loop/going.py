"""Work of a tick carried out on a state alone, and laboratories that do with it as they please."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from loop import commands
from loop.definition import Definition
from loop.events import Event
from loop.journal import extend
from loop.refit import unfitted
from loop.state import CampaignState
from loop.tick import Approve, Ask, Dispatch, GiveUp, Propose, Refit, Wait, Work, due
from tests.loop.campaigns import NOW, T1, begun, definition, proposals, value

AUTOMATIC: dict[str, Any] = {"approval": "automatic", "attempts": 2, "give_up": "abandon", "overdue": "1 h"}
ASKING: dict[str, Any] = {"approval": "by_hand", "overdue": "1 h"}


def going(schedule: dict[str, Any], **changes: Any) -> CampaignState:
    """A campaign that goes on by such a schedule, and has just begun."""
    of: Definition = definition(schedule=schedule, **changes)
    return begun(of)


def after(state: CampaignState, events: Sequence[Event], at: datetime = NOW) -> CampaignState:
    """The state after some events and all that follows from them by itself."""
    changed = extend(T1, state, events, actor="tester", at=at)
    return extend(T1, changed, commands.consequences(state, changed), actor="tester", at=at)


def carried_out(state: CampaignState, work: Work, at: datetime = NOW) -> CampaignState:
    """The state after a piece of work; what is proposed is what fits first."""
    match work:
        case Refit():
            return after(state, [unfitted(state)], at)
        case Ask(question=question):
            return after(state, commands.ask(state, question), at)
        case Approve(proposals=which):
            return after(state, commands.approve(state, which, reason="automatic"), at)
        case Dispatch(proposals=which, lost=lost):
            for one in lost:
                state = after(state, commands.fail(state, one, reason="no result came in time"), at)
            return after(state, commands.dispatch(state, which), at)
        case GiveUp(proposal=one, reason=reason):
            return after(state, commands.abandon(state, one, reason=reason), at)
        case Propose(count=count):
            made = [{"temperature": 180.0 + 5 * (state.seq % 13), "catalyst": "AB"[i % 2]} for i in range(count)]
            return after(state, [proposals(state.cycle + 1, made, seen_seq=state.seq)], at)


def rested(state: CampaignState, at: datetime = NOW, most: int = 20) -> tuple[CampaignState, list[Work], Wait]:
    """All that is due carried out: the state after, what was done, what is waited for."""
    done: list[Work] = []
    while not isinstance(work := due(state, at), Wait):
        assert len(done) < most, f"no rest: {done}"
        done.append(work)
        state = carried_out(state, work, at)
    return state, done, work


def failed(state: CampaignState, which: str, reason: str = "it broke", at: datetime = NOW) -> CampaignState:
    """The state after a formulation failed."""
    return after(state, commands.fail(state, which, reason=reason), at)


def measured(state: CampaignState, at: datetime = NOW) -> CampaignState:
    """The state after every approved formulation was made and measured."""
    for record in state.open_proposals:
        if record.state.value in ("approved", "dispatched", "running", "failed"):
            state = after(state, commands.record(state, record.proposal.id, {"yield": value(50.0)}), at)
    return state


def later(**by: float) -> datetime:
    """Some time after everything began."""
    return NOW + timedelta(**by)
