"""The reason of a proposal speaks of the formulation as planned now."""

from __future__ import annotations

from loop import commands
from loop.proposal import Prediction
from loop.reasons import reason_now
from tests.loop.campaigns import begun, proposals, then

PLAN = {"temperature": 190.0, "catalyst": "B"}


def edited(predicted, planned=PLAN):
    state = then(begun(), [proposals()])
    first = next(iter(state.proposals))
    events = commands.edit(state, first, planned, predicted=predicted, reason="the oven is slow")
    state = then(state, events)
    return reason_now(state, state.proposal(first))


def test_a_plan_as_proposed_keeps_its_reason():
    """Nobody touched it."""
    state = then(begun(), [proposals()])
    assert {reason_now(state, record) for record in state.proposals.values()} == {"by hand"}


def test_an_edited_plan_says_who_edited_it_and_what_is_expected_now():
    """The old reason is marked as written for what was proposed; the prediction is that of the edited plan."""
    said = edited({"yield": Prediction(mean=41.234, sd=2.5)})
    assert said.startswith("edited by tester after the reasons were written (the oven is slow); ")
    assert "now expected: yield 41.2 ± 2.5 %" in said
    assert said.endswith("as first proposed: by hand")


def test_where_nothing_was_known_no_prediction_is_made_up():
    """Before a model can learn, an edit has none."""
    assert "nothing was known yet to predict it from" in edited({})


def test_an_edit_back_to_the_proposal_is_none():
    """The reasons hold for it again."""
    assert edited({}, {"temperature": 200.0, "catalyst": "A"}) == "by hand"
