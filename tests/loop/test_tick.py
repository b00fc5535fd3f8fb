"""What is due for a campaign follows from its state alone: one thing at a time, never twice, and at last rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop import commands
from loop.proposal import ProposalState
from loop.tick import Approve, Ask, Dispatch, GiveUp, Propose, Refit, Wait, due
from tests.loop.campaigns import NOW, proposals, value
from tests.loop.going import ASKING, AUTOMATIC, after, carried_out, failed, going, later, measured, rested

FIRST, SECOND = "T1-C001-01", "T1-C001-02"


def out(schedule, **changes):
    """A campaign whose first two formulations are at the laboratory."""
    state = carried_out(going(schedule, **changes), Propose(2))
    state = after(state, commands.approve(state, [FIRST, SECOND]))
    return after(state, commands.dispatch(state, [FIRST, SECOND]))


# ---------------------------------------------------------------------- the way of a cycle
def test_a_cycle_goes_its_way_one_step_at_a_time():
    """Proposed, approved, sent; once everything is in, learned from, and the next one begins."""
    state, done, waits = rested(going(AUTOMATIC))
    assert done == [Propose(2), Approve((FIRST, SECOND)), Dispatch((FIRST, SECOND))]
    assert waits.why == f"results of {FIRST}, {SECOND}"
    _, done, _ = rested(measured(state))
    assert done[:2] == [Refit(1), Propose(2)]


def test_the_same_state_has_the_same_due_whoever_asks_and_however_often():
    """Nothing is decided by asking."""
    for state in (going(AUTOMATIC), out(AUTOMATIC), measured(out(AUTOMATIC)), failed(out(ASKING), FIRST)):
        assert due(state, NOW) == due(state, NOW)


def test_people_approve_where_the_schedule_says_so():
    """What is proposed waits for them, and what they approved is sent."""
    state, done, waits = rested(going(ASKING))
    assert done == [Propose(2)]
    assert waits.why == f"{FIRST}, {SECOND}: to be approved (meguri approve T1)"
    state = after(state, commands.approve(state, [SECOND]))
    assert due(state, NOW) == Dispatch((SECOND,))


def test_what_was_approved_by_hand_is_sent_once():
    """Sent, it is waited for; it is not sent again while its time is not over."""
    state, done, _ = rested(out(AUTOMATIC), later(minutes=59))
    assert done == []
    assert [record.n_sent for record in state.open_proposals] == [1, 1]


def test_the_model_learns_before_anything_else_is_done():
    """Even before a person is asked."""
    state = measured(out({**ASKING}, budget={"specimens": 2}))
    _, done, waits = rested(state)
    assert done[0] == Refit(1)
    assert isinstance(done[1], Ask)
    assert waits.why == "the budget is spent"


def test_a_cycle_is_learned_from_once():
    """A correction makes no second fit of it; but what it makes stale ends its cycle, which is learned from."""
    spent, _, _ = rested(measured(out(ASKING, budget={"cycles": 1})))
    assert rested(corrected(spent))[1] == []
    state, _, _ = rested(measured(out(ASKING)))
    assert rested(corrected(state))[1] == [Refit(2), Propose(2)]


def corrected(state):
    return after(state, commands.correct(state, f"{FIRST}-S1", "yield", value(51.0), reason="misread"))


# ---------------------------------------------------------------------- failures and losses
def test_a_failed_formulation_is_sent_again_until_its_attempts_are_over():
    """Twice in all; then it is given up, with the reason."""
    state = failed(out(AUTOMATIC), FIRST)
    assert due(state, NOW) == Dispatch((FIRST,))
    state = failed(carried_out(state, Dispatch((FIRST,))), FIRST)
    assert due(state, NOW) == GiveUp(FIRST, "failed after 2 attempts")
    state, _, _ = rested(state)
    assert state.proposal(FIRST).state is ProposalState.ABANDONED


def test_an_overdue_formulation_counts_as_lost():
    """After its time it is sent again, marked as lost; then given up because no result came."""
    state, hour = out(AUTOMATIC), later(hours=1, minutes=1)
    assert due(state, later(hours=1)) == Wait(f"results of {FIRST}, {SECOND}")
    assert due(state, hour) == Dispatch((FIRST, SECOND), (FIRST, SECOND))
    state = carried_out(state, Dispatch((FIRST, SECOND), (FIRST, SECOND)), hour)
    assert due(state, hour) == Wait(f"results of {FIRST}, {SECOND}")
    assert due(state, later(hours=2, minutes=2)) == GiveUp(FIRST, "no result came after 2 attempts")


def test_a_result_that_comes_in_between_ends_the_waiting():
    """Nothing is sent again that was measured."""
    state = out(AUTOMATIC)
    state = after(state, commands.record(state, FIRST, {"yield": value(50.0)}))
    assert due(state, later(hours=2)) == Dispatch((SECOND,), (SECOND,))


def test_a_person_is_asked_where_giving_up_is_theirs():
    """Once for each failure, with the commands that answer; sent again, it may fail and be asked about again."""
    state = failed(out(ASKING), FIRST)
    work = due(state, NOW)
    assert isinstance(work, Ask)
    assert work.question.question == f"{FIRST} failed after 1 attempt: it broke. Again, or give it up?"
    assert f"meguri send {FIRST}" in work.question.suggestion
    state = carried_out(state, work)
    waits = due(state, NOW)
    assert isinstance(waits, Wait)
    assert waits.why.startswith(f"an answer: {FIRST} failed")
    again = failed(after(state, commands.dispatch(state, [FIRST])), FIRST)
    second = due(again, NOW)
    assert isinstance(second, Ask)
    assert second.question.matter != work.question.matter


def test_a_partly_measured_formulation_is_not_sent_again():
    """What is there would be made twice: a person decides, or it is given up."""
    two = {"targets": {"yield": {"unit": "%", "goal": "maximise"}, "haze": {"unit": "%", "goal": "minimise"}}}
    for schedule, kind in ((AUTOMATIC, GiveUp), (ASKING, Ask)):
        state = out(schedule, **two, objective={"kind": "pareto"})
        for which in (FIRST, SECOND):
            state = after(state, commands.record(state, which, {"yield": value(50.0)}))
        assert state.proposal(FIRST).state is ProposalState.PARTLY_MEASURED
        assert isinstance(due(state, later(hours=2)), kind)


# ---------------------------------------------------------------------- the end, and rest
def test_no_more_is_proposed_than_the_budget_allows():
    """The last cycle is smaller; then a person is asked once, and nothing is proposed."""
    state = measured(out(AUTOMATIC, budget={"specimens": 3}))
    state, done, _ = rested(state)
    assert Propose(1) in done
    state, done, waits = rested(measured(state))
    assert [type(work) for work in done] == [Refit, Ask]
    assert waits.why == "the budget is spent"
    assert rested(state)[1] == []


def test_a_budget_of_cycles_ends_a_campaign_too():
    """As one of formulations does."""
    _, done, waits = rested(measured(out(AUTOMATIC, budget={"cycles": 1})))
    assert [type(work) for work in done] == [Refit, Ask]
    assert waits.why == "the budget is spent"


def test_what_was_skipped_gives_its_place_back():
    """A formulation that never went to the laboratory does not count against the budget; one that did counts."""
    state = after(going(AUTOMATIC, budget={"specimens": 2}), [proposals()])
    state = after(state, commands.skip(state, FIRST, reason="too sticky"))
    state = after(state, commands.approve(state, [SECOND]))
    state = after(state, commands.dispatch(state, [SECOND]))
    state = after(state, commands.abandon(state, SECOND, reason="no time"))
    assert Propose(1) in rested(state)[1]


@pytest.mark.parametrize("make", [going, out, lambda s: measured(out(s)), lambda s: failed(out(s), FIRST)])
def test_a_paused_campaign_does_nothing(make):
    """Whatever there is to do; resumed, it does that."""
    state = make(AUTOMATIC)
    wanted = due(state, NOW)
    paused = after(state, commands.change_course(state, "paused", reason="holiday"))
    assert due(paused, later(days=99)) == Wait("paused (holiday); meguri resume T1 lets it go on")
    assert due(after(paused, commands.change_course(paused, "running", reason="")), NOW) == wanted


def test_a_draining_campaign_takes_in_and_learns_and_asks_for_nothing():
    """What is out may come in; nothing is proposed, approved or sent, not even again."""
    state = out(AUTOMATIC)
    draining = after(state, commands.change_course(state, "draining", reason="summer"))
    assert isinstance(due(draining, later(hours=9)), Wait)
    state, done, waits = rested(measured(draining))
    assert done == [Refit(1)]
    assert waits.why == "drained (summer): everything is in"


def test_who_waits_for_an_answer_waits_for_the_others_too():
    """One failed as often as it may, the other is at the laboratory: both are named."""
    state = failed(out({**ASKING, "attempts": 1}), FIRST)
    _, done, waits = rested(state)
    assert [type(work) for work in done] == [Ask]
    assert waits.why.startswith(f"an answer: {FIRST} failed")
    assert waits.why.endswith(f"; and results of {SECOND}")


def test_a_drained_campaign_is_drained_though_some_were_never_sent():
    """What is proposed, approved or failed stays as it is; only what is at the laboratory is waited for."""
    state = carried_out(going(ASKING), Propose(2))
    state = after(state, commands.approve(state, [SECOND]))
    state = after(state, commands.change_course(state, "draining", reason="summer"))
    assert due(state, NOW) == Wait(f"drained (summer): everything is in; {FIRST}, {SECOND} not sent")
    state = carried_out(going(ASKING), Propose(2))
    state = after(state, commands.approve(state, [FIRST]))
    state = after(state, commands.dispatch(state, [FIRST]))
    state = after(state, commands.change_course(state, "draining", reason="summer"))
    assert due(state, NOW) == Wait(f"results of {FIRST}")


# ---------------------------------------------------------------------- whatever happens
HAPPENINGS = ("work", "measured", "failed", "skipped", "abandoned", "paused", "resumed", "drained", "hour")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 7)), max_size=40),
    st.sampled_from([AUTOMATIC, ASKING]),
)
def test_whatever_happens_the_laws_of_the_tick_hold(happenings, schedule):
    """Never proposed while something is open, never asked twice, never sent too often, nothing while it rests."""
    state, hours, asked = going(schedule, budget={"specimens": 8}), 0, []
    for what, which in happenings:
        now = later(hours=hours)
        open_ones = [record.proposal.id for record in state.open_proposals]
        one = open_ones[which % len(open_ones)] if open_ones else None
        match what:
            case "hour":
                hours += 2
            case "paused" | "resumed" | "drained":
                course = {"paused": "paused", "resumed": "running", "drained": "draining"}[what]
                state = after(state, commands.change_course(state, course, reason="so"), now)
            case "work":
                work = due(state, now)
                assert state.course == "running" or isinstance(work, Wait | Refit | Ask)
                assert state.course != "paused" or isinstance(work, Wait)
                if isinstance(work, Wait):
                    continue
                if isinstance(work, Propose):
                    assert not state.open_proposals
                if isinstance(work, Ask):
                    asked.append(work.question.matter)
                    assert len(asked) == len(set(asked))
                state = carried_out(state, work, now)
            case _ if one is not None:
                state = happened(state, what, one, now)
        assert all(record.n_sent <= 2 for record in state.proposals.values())
        assert sum(record.n_sent > 0 for record in state.proposals.values()) <= 8
    rested(state, later(hours=hours))


def happened(state, what, which, now):
    """What people or the laboratory did to one formulation, where it can be done to it."""
    stands = state.proposal(which).state
    is_out = stands in (ProposalState.DISPATCHED, ProposalState.RUNNING)
    if what == "measured" and (is_out or stands is ProposalState.APPROVED):
        return after(state, commands.record(state, which, {"yield": value(50.0)}), now)
    if what == "failed" and is_out:
        return failed(state, which, at=now)
    if what == "skipped" and stands is ProposalState.PROPOSED:
        return after(state, commands.skip(state, which, reason="so"), now)
    if what == "abandoned" and is_out:
        return after(state, commands.abandon(state, which, reason="so"), now)
    return state
