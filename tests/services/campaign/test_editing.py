"""The nearest allowed edit keeps what was asked for, keeps every rule, and moves nothing without need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import FormulationError, SpaceError
from loop.memory import MemoryJournal
from services.campaign.editing import nearest_edit
from tests.services.campaign.tiny import BLEND, TINY, begun


@pytest.fixture(scope="module")
def blends():
    """A mixture campaign with one proposal."""
    service = begun(MemoryJournal(), BLEND)
    service.propose("BLEND")
    return service.state("BLEND")


@given(talc=st.integers(0, 60).map(lambda k: k / 2), oil=st.integers(0, 40).map(lambda k: k / 2) | st.none())
def test_a_changed_amount_is_kept_and_the_whole_stays_whole(blends, talc, oil):
    """Whatever amounts are asked for: kept to the digit, every rule kept, the process left alone."""
    changes = {"talc": talc} if oil is None else {"talc": talc, "oil": oil}
    found = nearest_edit(blends, "BLEND-C001-01", changes)
    assert {name: found[name] for name in changes} == changes
    assert blends.definition.space().violations(found) == []
    assert found["speed"] == blends.proposal("BLEND-C001-01").planned["speed"]


def test_an_allowed_edit_is_its_own_nearest(blends):
    """Asked for what is planned, nothing moves."""
    planned = dict(blends.proposal("BLEND-C001-01").planned)
    assert nearest_edit(blends, "BLEND-C001-01", {"talc": planned["talc"]}) == planned


def test_what_no_formulation_can_have_is_refused_with_the_rule(blends):
    """A value outside its own range, and one that no others go with."""
    with pytest.raises(FormulationError, match="talc: 31 is outside 0 to 30"):
        nearest_edit(blends, "BLEND-C001-01", {"talc": 31.0})
    with pytest.raises(SpaceError, match="no formulation meets all constraints"):
        nearest_edit(blends, "BLEND-C001-01", {"PP": 100.0, "talc": 10.0})


def test_levels_are_kept_too():
    """A choice that was asked for is held."""
    service = begun(MemoryJournal(), TINY)
    [first, _] = service.propose("PP01")
    other = "fast" if first.planned["screw"] == "slow" else "slow"
    found = nearest_edit(service.state("PP01"), first.proposal.id, {"screw": other})
    assert found == {**first.planned, "screw": other}
