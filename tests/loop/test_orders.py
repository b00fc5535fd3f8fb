"""A work order says all that the laboratory needs to know, and keeps saying it whatever is changed later."""

from __future__ import annotations

import pytest

from loop import commands
from loop.errors import ProposalError
from loop.orders import WorkOrder, next_order_id, work_order
from tests.loop.campaigns import begun, definition, proposals
from tests.loop.going import after, failed

FIRST, SECOND = "T1-C001-01", "T1-C001-02"


@pytest.fixture
def approved():
    """Two approved proposals with two specimens each."""
    state = after(begun(definition()), [proposals(replicates=2)])
    return after(state, commands.approve(state, [FIRST, SECOND]))


def test_an_order_names_what_to_set_and_what_to_measure(approved):
    """Parameters with units, choices marked, targets, a line for each proposal in run order."""
    order = work_order(approved, "T1-W0001", [SECOND, FIRST])
    assert [(a.name, a.unit, a.is_choice) for a in order.parameters] == [
        ("temperature", "°C", False),
        ("catalyst", "", True),
    ]
    assert [(a.name, a.unit) for a in order.targets] == [("yield", "%")]
    assert [(line.proposal_id, line.replicates, line.attempt) for line in order.lines] == [
        (FIRST, 2, 1),
        (SECOND, 2, 1),
    ]
    assert order.lines[1].formulation == {"temperature": 220.0, "catalyst": "B"}


def test_orders_are_numbered_without_gaps(approved):
    """The next one follows from the journal."""
    assert next_order_id(approved) == "T1-W0001"
    sent = after(approved, commands.dispatch(approved, [FIRST]))
    assert (sent.last_order, next_order_id(sent)) == ("T1-W0001", "T1-W0002")
    assert work_order(sent, next_order_id(sent), [SECOND]).number == 2


def test_sent_again_the_attempt_is_counted(approved):
    sent = failed(after(approved, commands.dispatch(approved, [FIRST])), FIRST)
    again = after(sent, commands.dispatch(sent, [FIRST]))
    assert work_order(again, again.last_order, [FIRST]).lines[0].attempt == 2


def test_an_order_survives_being_written_down(approved):
    """As JSON and back it is the same value."""
    order = work_order(approved, "T1-W0001", [FIRST])
    assert WorkOrder.model_validate_json(order.model_dump_json()) == order


def test_what_is_no_order_is_named(approved):
    order = work_order(approved, "T1-0001", [FIRST])
    with pytest.raises(ProposalError, match="one looks like PP01-W0007"):
        _ = order.number
