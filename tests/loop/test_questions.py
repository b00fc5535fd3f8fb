"""People are asked what only they can decide, in words and with commands that answer; the matter stays the same."""

from __future__ import annotations

from datetime import timedelta

from loop import commands
from loop.questions import is_overdue, questions
from tests.loop.campaigns import NOW, proposals, value
from tests.loop.going import ASKING, AUTOMATIC, after, failed, going, later

FIRST, SECOND = "T1-C001-01", "T1-C001-02"


def out(schedule=ASKING, **changes):
    """Two formulations at the laboratory."""
    state = after(going(schedule, **changes), [proposals()])
    state = after(state, commands.approve(state, [FIRST, SECOND]))
    return after(state, commands.dispatch(state, [FIRST, SECOND]))


def test_nothing_is_asked_while_all_goes_well():
    assert questions(out(), NOW) == []


def test_a_failure_is_asked_about_until_it_is_answered():
    """The same matter however often one asks; gone once it is sent again or given up."""
    state = failed(out(), FIRST)
    (first,), (second,) = questions(state, NOW), questions(state, later(minutes=59))
    assert first == second
    assert questions(after(state, commands.dispatch(state, [FIRST])), NOW) == []
    assert questions(after(state, commands.abandon(state, FIRST, reason="enough")), NOW) == []


def test_an_overdue_formulation_is_asked_about():
    """After the campaign's patience, not before; what came in is not."""
    state, patience = out(), timedelta(hours=1)
    record = state.proposal(FIRST)
    assert not is_overdue(state, record, NOW + patience)
    assert is_overdue(state, record, NOW + patience + timedelta(seconds=1))
    state = after(state, commands.record(state, FIRST, {"yield": value(50.0)}))
    assert [question.matter for question in questions(state, later(hours=2))] == [f"overdue {SECOND} 1"]


def test_nobody_is_asked_what_the_schedule_decides():
    """Given up by itself, or tried again first."""
    assert questions(failed(out(AUTOMATIC), FIRST), NOW) == []
    patient = {**ASKING, "attempts": 2}
    state = failed(out(patient), FIRST)
    assert questions(state, NOW) == []
    again = failed(after(state, commands.dispatch(state, [FIRST])), FIRST)
    assert [question.matter for question in questions(again, NOW)] == [f"failed {FIRST} 2"]


def test_a_spent_budget_is_asked_about_once_everything_is_in():
    """What is open is waited for first."""
    state = out(budget={"specimens": 2})
    assert questions(state, NOW) == []
    for which in (FIRST, SECOND):
        state = after(state, commands.record(state, which, {"yield": value(50.0)}))
    assert [question.matter for question in questions(state, NOW)] == ["budget of 2 specimens"]
