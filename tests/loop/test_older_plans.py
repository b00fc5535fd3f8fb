"""What was approved is made and recorded as it was approved, whatever became of the definition since."""

from datetime import date

import pytest

from loop import commands
from loop.errors import FormulationError
from loop.older_plans import broken_rules, changed_plan, definition_to_make, read_as_made
from loop.proposal import ProposalState
from loop.recipe import recipe_for
from tests.loop.campaigns import proposals, then, value
from tests.loop.revised import MADE, changed, known_blends, revised

FIRST, SECOND = "T1-C001-01", "T1-C001-02"
TODAY = date(2026, 5, 4)
PLANS = (MADE[1], {"PP": 85.0, "talc": 5.0, "oil": 10.0, "speed": 110.0, "die": "round"})


def approved():
    """Two approved proposals, one with oil."""
    state = known_blends()
    state = then(state, [proposals(formulations=PLANS, seen_seq=state.seq)])
    return then(state, commands.approve(state, [FIRST, SECOND]))


def cooling(d):
    d["parameters"]["cooling"] = {"kind": "categorical", "levels": ["air", "water"]}


def no_oil_no_die(d):
    del d["ingredients"]["components"]["oil"], d["parameters"]["die"], d["targets"]["cost"]


@pytest.mark.parametrize("change", [cooling, no_oil_no_die])
def test_an_approved_plan_is_recorded_under_its_own_version(change):
    """Nothing needs to be said of what it was not planned with, and nothing it was planned with is lost."""
    state = revised(approved(), changed(change))
    assert [r.proposal.id for r in state.open_proposals] == [FIRST, SECOND]
    for which, plan in zip((FIRST, SECOND), PLANS, strict=True):
        state = then(state, commands.record(state, which, {"modulus": value(2.0)}))
        assert state.proposals[which].state is ProposalState.MEASURED
        assert dict(state.specimens[f"{which}-S1"].observation.as_made) == plan


def test_what_a_new_parameter_was_may_be_said_with_the_result():
    state = revised(approved(), changed(cooling))
    state = then(state, commands.record(state, FIRST, {"modulus": value(2.0)}, as_made={"cooling": "water"}))
    assert state.specimens[f"{FIRST}-S1"].observation.as_made["cooling"] == "water"
    with pytest.raises(FormulationError, match="'steam' is no level"):
        read_as_made(state, state.proposals[SECOND], {"cooling": "steam"})
    with pytest.raises(FormulationError, match="unknown colour; the parameters are PP"):
        read_as_made(state, state.proposals[SECOND], {"colour": "red"})


def test_a_choice_takes_the_levels_of_both_versions():
    state = revised(approved(), changed(lambda d: d["parameters"]["die"].update(levels=["flat", "slit"])))
    record = state.proposals[FIRST]
    assert read_as_made(state, record)["die"] == "round"
    assert read_as_made(state, record, {"die": "slit"})["die"] == "slit"


@pytest.mark.parametrize("change", [cooling, no_oil_no_die])
def test_an_approved_plan_keeps_its_recipe(change):
    before = approved()
    after = revised(before, changed(change))
    for which in (FIRST, SECOND):
        record = after.proposals[which]
        recipe = recipe_for(definition_to_make(after, record), record.planned, today=TODAY)
        assert recipe == recipe_for(before.definition, record.planned, today=TODAY)


def test_a_recipe_draws_on_the_lots_that_are_there_now():
    """Stock is told by a new version: old plans are made from what is on the shelf, in batches of today's size."""

    def change(d):
        no_oil_no_die(d)
        d["ingredients"]["components"]["PP"]["lots"] = {"N-7": {"stock_kg": 50}}
        d["ingredients"]["batch_kg"] = 2

    state = revised(approved(), changed(change))
    record = state.proposals[SECOND]
    recipe = recipe_for(definition_to_make(state, record), record.planned, today=TODAY)
    assert {line.feeder: line.grams for line in recipe.lines} == {"PP": 1700.0, "talc": 100.0, "oil": 200.0}
    assert recipe.lines[0].lots == ("N-7 1700 g",)
    assert recipe.settings == {"speed": 110.0, "die": "round"}


def test_a_masterbatch_whose_carrier_the_plan_does_not_hold_is_not_used_for_it():
    """The new talc comes in wax, which the old plan knows nothing of: it is weighed as it was."""

    def change(d):
        d["ingredients"]["components"]["wax"] = {"high": 60, "step": 1}
        d["ingredients"]["components"]["talc"]["masterbatch"] = {"active": 50, "carrier": "wax"}

    state = revised(approved(), changed(change))
    record = state.proposals[FIRST]
    recipe = recipe_for(definition_to_make(state, record), record.planned, today=TODAY)
    assert {line.feeder: line.grams for line in recipe.lines} == {"PP": 800.0, "talc": 200.0}


def test_an_edit_is_made_under_the_definition_in_force():
    """What is a parameter now has to be said; the plan belongs to the newer version from then on."""
    state = revised(approved(), changed(cooling))
    record = state.proposals[FIRST]
    with pytest.raises(FormulationError, match="no value for cooling"):
        commands.edit(state, FIRST, changed_plan(state, record, {"speed": 210.0}), predicted={}, reason="slower")
    plan = changed_plan(state, record, {"speed": 210.0, "cooling": "water"})
    state = then(state, commands.edit(state, FIRST, plan, predicted={}, reason="slower"))
    assert state.proposals[FIRST].space_version == 2
    assert dict(state.proposals[FIRST].planned) == {**MADE[1], "speed": 210.0, "cooling": "water"}
    assert state.proposals[SECOND].space_version == 1


def test_an_edit_of_a_mixture_without_one_of_its_ingredients_has_to_fill_the_whole_again():
    state = revised(approved(), changed(no_oil_no_die))
    record = state.proposals[SECOND]
    with pytest.raises(FormulationError, match="sum of ingredients"):
        commands.edit(state, SECOND, changed_plan(state, record, {"speed": 150.0}), predicted={}, reason="slower")
    plan = changed_plan(state, record, {"PP": 95.0})
    [event] = commands.edit(state, SECOND, plan, predicted={}, reason="no oil")
    assert dict(event.planned) == {"PP": 95.0, "talc": 5.0, "speed": 110.0}


def test_rules_in_force_that_an_older_plan_breaks_are_told():
    def change(d):
        d["constraints"] = [
            {"kind": "forbid", "name": "no slow runs", "safety": True, "when": {"speed": {"below": 150}}},
        ]

    state = revised(approved(), changed(change))
    assert broken_rules(state, state.proposals[FIRST]) == []
    [broken] = broken_rules(state, state.proposals[SECOND])
    assert broken.is_safety
    assert "no slow runs" in str(broken)
