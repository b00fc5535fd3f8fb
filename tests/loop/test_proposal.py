"""Only the transition table changes a proposal's state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import TransitionError
from loop.ids import ProposalId
from loop.proposal import OPEN_STATES, ProposalState, next_state

STEPS = ["approved", "edited", "skipped", "staled", "dispatched", "started", "measured_in_part", "measured", "closed",
         "failed", "infeasible", "abandoned"]  # fmt: skip
ENDS = {
    ProposalState.SKIPPED,
    ProposalState.STALE,
    ProposalState.CLOSED,
    ProposalState.INFEASIBLE,
    ProposalState.ABANDONED,
}


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_no_walk_leaves_an_end_or_reaches_results_unapproved(steps):
    """Whatever is tried: what is over stays over, and nothing is measured that nobody approved."""
    state, trail = ProposalState.PROPOSED, [ProposalState.PROPOSED]
    for step in steps:
        try:
            new = next_state(ProposalId("T1-C001-01"), state, step)
        except TransitionError:
            continue
        assert state not in ENDS
        state = new
        trail.append(state)
    if {ProposalState.MEASURED, ProposalState.PARTLY_MEASURED} & set(trail):
        assert ProposalState.APPROVED in trail


def test_a_misfit_says_what_would_fit():
    with pytest.raises(
        TransitionError, match=r"T1-C001-01 is proposed: it cannot be measured; what fits is approved, edited"
    ):
        next_state(ProposalId("T1-C001-01"), ProposalState.PROPOSED, "measured")


def test_every_state_is_open_over_or_measured():
    assert OPEN_STATES | ENDS | {ProposalState.MEASURED} == set(ProposalState)
