"""A budget is spent by what went to the laboratory, once, whoever counts."""

from __future__ import annotations

import pytest

from loop import commands
from loop.budget import budget_use, is_spent
from tests.loop.campaigns import proposals, value
from tests.loop.going import ASKING, after, going
from tests.loop.written import WrittenCampaign

FIRST, SECOND = "T1-C001-01", "T1-C001-02"


def test_what_the_laboratory_began_with_is_spent():
    """Measured and failed are spent, approved and proposed wait, skipped costs nothing."""
    raw = {
        "schema": 1,
        "campaign": "PT01",
        "parameters": {"x": {"kind": "continuous", "low": 0, "high": 10, "step": 0.1}},
        "targets": {"strength": {"goal": "maximise", "unit": "MPa"}},
        "budget": {"specimens": 10, "cycles": 4},
    }
    c = WrittenCampaign(raw)
    c.known({"x": 9.0}, strength=1)
    measured, failed, approved, _, skipped = c.propose([{"x": float(i)} for i in range(1, 6)])
    c.write(commands.approve(c.state, [failed, approved]))
    c.write(commands.skip(c.state, skipped, reason="too sticky"))
    c.measure(measured, strength=3)
    c.write(commands.fail(c.state, failed, reason="hopper bridged"))
    use = budget_use(c.state)
    assert (use.n_begun, use.n_waiting, use.n_cycles) == (2, 2, 1)
    assert (use.formulations_left, use.formulations_to_ask_for, use.cycles_left) == (8, 6, 3)


@pytest.mark.parametrize("end", ["open", "measured", "failed", "abandoned"])
def test_what_was_sent_stays_spent_whatever_comes_of_it(end):
    """Also where nothing came of it: a laboratory that loses everything must not be sent orders for ever."""
    state = after(going(ASKING, budget={"specimens": 3}), [proposals()])
    assert (budget_use(state).formulations_left, budget_use(state).formulations_to_ask_for) == (3, 1)
    state = after(state, commands.approve(state, [FIRST, SECOND]))
    state = after(state, commands.dispatch(state, [FIRST, SECOND]))
    for which in (FIRST, SECOND):
        if end == "measured":
            state = after(state, commands.record(state, which, {"yield": value(50.0)}))
        elif end == "failed":
            state = after(state, commands.fail(state, which, reason="stuck"))
        elif end == "abandoned":
            state = after(state, commands.abandon(state, which, reason="lost"))
    use = budget_use(state)
    assert (use.n_begun, use.n_waiting, use.formulations_left, use.formulations_to_ask_for) == (2, 0, 1, 1)


def test_what_is_not_wanted_any_more_before_it_is_sent_costs_nothing():
    state = after(going(ASKING, budget={"specimens": 2}), [proposals()])
    assert budget_use(state).formulations_to_ask_for == 0
    state = after(state, commands.skip(state, FIRST, reason="too sticky"))
    assert budget_use(state).formulations_to_ask_for == 1


def test_what_is_spent_is_spent_by_formulations_or_by_cycles():
    """Open proposals count; without a budget nothing ever is."""
    assert not is_spent(going(ASKING, budget={"specimens": 2}))
    assert is_spent(after(going(ASKING, budget={"specimens": 2}), [proposals()]))
    assert is_spent(after(going(ASKING, budget={"cycles": 1}), [proposals()]))
    assert not is_spent(after(going(ASKING), [proposals()]))


def test_without_a_budget_nothing_is_counted_down():
    use = budget_use(after(going(ASKING), [proposals()]))
    assert (use.formulations_left, use.formulations_to_ask_for, use.cycles_left) == (None, None, None)
