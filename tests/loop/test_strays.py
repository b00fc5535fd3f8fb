"""A result that cannot be booked is told why, and what may be meant; what can be booked is no stray."""

from __future__ import annotations

import pytest

from loop import commands
from loop.strays import stray, stray_of_nobody
from tests.loop.campaigns import begun, proposals, value
from tests.loop.going import after

FIRST, SECOND, THIRD = "T1-C001-01", "T1-C001-02", "T1-C001-03"


@pytest.fixture
def state():
    """Three proposals: one approved, one waiting for approval, one skipped."""
    some = [{"temperature": 180.0 + 20 * i, "catalyst": "A"} for i in range(3)]
    state = after(begun(), [proposals(1, some)])
    state = after(state, commands.approve(state, [FIRST]))
    return after(state, commands.skip(state, THIRD, reason="no granules"))


def test_what_can_be_booked_is_no_stray(state):
    assert stray(state, FIRST) is None
    measured = after(state, commands.record(state, FIRST, {"yield": value(50.0)}))
    assert stray(measured, FIRST) is None


@pytest.mark.parametrize(
    ("named", "reason", "suggestion"),
    [
        (SECOND, "is not approved", f"meguri approve {SECOND}"),
        (THIRD, "was skipped on 2026-05-04 by tester: no granules", "a specimen that nobody proposed"),
        ("T2-C001-01", "is a proposal of T2, not of T1", "book it there"),
        ("T1-C001-09", "T1 has no proposal T1-C001-09", f"did you mean {FIRST}?"),
        ("T1-C0O1-01", "is not a proposal id", f"did you mean {FIRST}?"),
        ("t1-c001-01", "is not a proposal id", f"did you mean {FIRST}?"),
        ("sample 7", "is not a proposal id", f"waiting for results are {FIRST}"),
    ],
)
def test_a_stray_says_why_and_what_may_be_meant(state, named, reason, suggestion):
    found = stray(state, named)
    assert found is not None
    assert reason in found.reason
    assert suggestion in found.suggestion


def test_no_proposal_is_suggested_where_several_are_equally_near():
    """A wrong guess would book a result on the wrong formulation: all that wait are listed."""
    state = after(begun(), [proposals()])
    state = after(state, commands.approve(state, [FIRST, SECOND]))
    found = stray(state, "T1-C001-09")
    assert found is not None
    assert found.suggestion == f"say which proposal is meant; waiting for results are {FIRST}, {SECOND}"


def test_what_is_of_no_campaign_is_told_which_there_are():
    """And the one proposal of any campaign that was nearly written."""
    nobodys = stray_of_nobody("TI-C001-01", ["T1"], [FIRST, SECOND])
    assert nobodys.reason == "there is no campaign TI"
    assert nobodys.suggestion == f"did you mean {FIRST}?"
    assert stray_of_nobody("X9-C001-01", ["T1", "T2"]).suggestion.endswith("campaigns are T1, T2")
    assert stray_of_nobody("", ["T1"]).reason == "no proposal is named"
