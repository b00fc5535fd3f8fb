"""Nothing is proposed that the shelf cannot supply."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from loop import commands
from loop.definition import read_definition
from loop.stock import available_kg
from tests.loop.campaigns import begun, proposals, then

TODAY = date(2026, 5, 4)


def compound(**talc):
    return read_definition(
        {
            "schema": 1,
            "campaign": "T1",
            "ingredients": {
                "batch_kg": 2,
                "components": {"PP": {"low": 40, "high": 100}, "talc": {"low": 0, "high": 40, **talc}},
            },
            "targets": {"yield": {"goal": "maximise"}},
            "policy": {"initial": {"count": 4}},
        }
    )


PLANS = [{"PP": 80.0, "talc": 20.0}, {"PP": 70.0, "talc": 30.0}]


def test_stock_is_what_was_declared_less_what_is_approved_divided_over_the_batch():
    state = then(begun(compound(stock_kg=3.0)), [proposals(1, PLANS)])
    assert available_kg(state, count=1, today=TODAY) == {"talc": 3.0}
    state = then(state, commands.approve(state, ["T1-C001-02"]))
    assert available_kg(state, count=2, today=TODAY)["talc"] == pytest.approx((3.0 - 0.3 * 2) / 2)


def test_expired_lots_do_not_count():
    lots = {"old": {"stock_kg": 5, "expires": "2026-05-03"}, "new": {"stock_kg": 2}}
    assert available_kg(begun(compound(lots=lots)), count=1, today=TODAY) == {"talc": 2.0}


def test_masterbatch_stock_counts_as_masterbatch():
    state = begun(compound(stock_kg=1.0, masterbatch={"active": 50, "carrier": "PP"}))
    space = state.definition.space(available_kg=available_kg(state, count=1, today=TODAY))
    row = space.nearest(space.to_rows([{"PP": 60.0, "talc": 40.0}])[0])
    assert space.to_formulation(row)["talc"] == pytest.approx(25.0)  # 1 kg of 50 % in a 2 kg batch


def test_a_space_with_little_stock_proposes_little():
    state = begun(compound(stock_kg=0.4))
    space = state.definition.space(available_kg=available_kg(state, count=4, today=TODAY))
    assert space.to_formulation(space.nearest(np.array([60.0, 40.0])))["talc"] == pytest.approx(5.0)


def test_proposals_leave_the_shelf_enough_for_the_whole_batch():
    """The initial design respects the stock too."""
    from loop.agent import propose_batch

    state = begun(compound(stock_kg=0.4))
    made = propose_batch(state, count=4, at=datetime(2026, 5, 4, tzinfo=UTC))
    used = sum(p.formulation["talc"] / 100 * 2 for p in made.proposals)
    assert len(made.proposals) == 4
    assert used <= 0.4 + 1e-9
