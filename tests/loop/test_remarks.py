"""What somebody noticed about a specimen is a fact of its own: kept once, beside the results, never in the model."""

from __future__ import annotations

import pytest

from loop import commands
from loop.errors import ObservationError, ProposalError
from loop.remarks import known_remarks, remark
from tests.loop.campaigns import begun, proposals, then


@pytest.fixture
def state():
    """A campaign with open proposals."""
    return then(begun(), [proposals()])


def test_a_remark_is_kept_with_its_specimen_even_before_results(state):
    """Text, specimen and person; the data that a model learns from is as before."""
    first = next(iter(state.proposals))
    after = then(state, remark(state, first, "smelled burnt", source="results.xlsx, row 3"))
    [kept] = after.proposal(first).remarks
    assert (kept.specimen_id, kept.text, kept.source) == (f"{first}-S1", "smelled burnt", "results.xlsx, row 3")
    assert known_remarks(after, kept.specimen_id) == ("smelled burnt",)
    assert after.data_hash() == state.data_hash()
    assert commands.consequences(state, after) == []


def test_the_same_remark_is_kept_once(state):
    """A sheet that comes back says nothing new; what was added to it is new, and only that."""
    first = next(iter(state.proposals))
    after = then(state, remark(state, first, "smelled burnt"))
    assert remark(after, first, "  smelled  burnt ") == []
    [more] = remark(after, first, "smelled burnt; torque rose")
    assert more.text == "torque rose"
    twice = then(after, [more])
    assert remark(twice, first, "torque rose") == []
    assert remark(twice, first, "smelled burnt; torque rose") == []


def test_nothing_is_no_remark(state):
    """Blanks and dashes are empty cells; nothing is written."""
    first = next(iter(state.proposals))
    for text in ("", "  ", "-", "–"):
        assert remark(state, first, text) == []


def test_a_remark_belongs_to_a_specimen_that_can_be(state):
    """An unknown proposal or replicate is refused."""
    first = next(iter(state.proposals))
    with pytest.raises(ObservationError, match="no number 9"):
        remark(state, first, "odd", replicate=9)
    with pytest.raises(ProposalError, match="T9"):
        remark(state, "T9-C001-01", "odd")
