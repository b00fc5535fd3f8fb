"""Old data stay: what was made under one version of the definition teaches under the next, as far as that is honest."""

import numpy as np
import pytest

from loop.agent import forecast, propose_batch
from loop.errors import DefinitionError
from loop.proposal import Origin
from loop.revision import revision_notes
from loop.situation import situation
from loop.teaching import silent
from tests.loop.campaigns import NOW
from tests.loop.revised import BLEND, MADE, changed, known_blends, revised


def seen_by_model(state):
    return situation(state, state.definition.space())


def test_a_dropped_condition_is_ignored_and_everything_else_still_teaches():
    """The die is no parameter any more: its values stay in the ledger, the model learns from the rest."""
    after = revised(known_blends(), changed(lambda d: d["parameters"].pop("die")))
    here = seen_by_model(after)
    assert silent(after) == []
    assert len(here.evidence.rows) == len(MADE)
    assert here.evidence.is_of_space.all()
    assert [s.observation.as_made["die"] for s in after.specimens.values()] == [one["die"] for one in MADE]
    assert {p.origin for p in propose_batch(after, count=2, at=NOW).proposals} == {Origin.MODEL}


def test_specimens_that_differed_only_in_what_was_dropped_are_one_formulation_now():
    twin = {**MADE[0], "die": "oval"}
    after = revised(known_blends([*MADE, twin]), changed(lambda d: d["parameters"].pop("die")))
    assert len(seen_by_model(after).evidence.rows) == len(MADE)


def test_a_new_ingredient_was_absent_before():
    """No old specimen held chalk: zero is true, so all teach and the best so far keeps its computed cost."""
    chalk = {"low": 0, "high": 30, "step": 1}

    def change(d):
        d["ingredients"]["components"]["chalk"] = chalk
        d["targets"]["cost"]["source"]["expression"] = "(PP + 2*talc + 3*oil + 0.5*chalk) / 100"

    after = revised(known_blends(), changed(change))
    here = seen_by_model(after)
    assert silent(after) == []
    chalk_column = list(here.encoding.parameters).index("chalk")
    assert here.evidence.rows[:, chalk_column].tolist() == [0.0] * len(MADE)
    assert here.evidence.values["cost"][1] == pytest.approx(1.2)
    assert {p.origin for p in propose_batch(after, count=2, at=NOW).proposals} == {Origin.MODEL}


@pytest.mark.parametrize(
    ("name", "parameter", "was"),
    [
        ("cooling", {"kind": "categorical", "levels": ["air", "water"]}, "air"),
        ("pressure", {"kind": "continuous", "low": 5, "high": 10}, 2.0),
        ("passes", {"kind": "discrete", "values": [1, 2, 4]}, 1.0),
    ],
)
def test_a_new_condition_teaches_where_the_definition_says_what_it_was(name, parameter, was):
    """With a value before, all teach; without one, none does, and the reason names the field."""

    def with_it(**more):
        return changed(lambda d: d["parameters"].update({name: {**parameter, **more}}))

    blind = revised(known_blends(), with_it())
    told = revised(known_blends(), with_it(value_before=was))
    assert len(silent(blind)) == len(MADE)
    assert all(s.is_unreadable and name in s.reason and "value_before" in s.reason for s in silent(blind))
    assert silent(told) == []
    assert all(made[name] == was for made in seen_by_model(told).evidence.made)
    assert {p.origin for p in propose_batch(told, count=2, at=NOW).proposals} == {Origin.MODEL}


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ({"kind": "categorical", "levels": ["air", "water"], "value_before": "oil"}, "'oil' is no level"),
        ({"kind": "continuous", "low": 1, "high": 9, "scale": "log", "value_before": 0}, "value_before > 0"),
        ({"kind": "discrete", "values": [1, 9], "scale": "log", "value_before": -1}, "value_before > 0"),
    ],
)
def test_a_value_before_that_the_parameter_cannot_hold_is_refused(parameter, message):
    with pytest.raises(DefinitionError, match=message):
        changed(lambda d: d["parameters"].update(cooling=parameter))


def test_a_level_named_by_a_number_may_be_the_value_before():
    of = changed(lambda d: d["parameters"].update(line={"kind": "categorical", "levels": [1, 2], "value_before": 2}))
    assert of.parameters["line"].value_before == "2"


def test_values_outside_a_narrower_range_and_of_removed_levels_still_teach():
    """True data stay true: the old die has a column of its own, which no candidate fills."""

    def change(d):
        d["parameters"]["speed"].update(low=200)
        d["parameters"]["die"]["levels"] = ["oval", "flat"]

    after = revised(known_blends(), changed(change))
    here = seen_by_model(after)
    assert silent(after) == []
    assert [one["die"] for one in here.evidence.made] == [one["die"] for one in MADE]
    assert len(np.unique(here.evidence.data.X, axis=0)) == len(MADE)
    made = propose_batch(after, count=3, at=NOW)
    assert {p.origin for p in made.proposals} == {Origin.MODEL}
    for proposal in made.proposals:
        assert proposal.formulation["die"] != "round"
        assert proposal.formulation["speed"] >= 200


def test_a_dropped_ingredient_teaches_as_what_it_was_and_is_never_proposed():
    """Specimens with oil keep their oil: they are told from those without, and nobody has to beat them."""

    def change(d):
        del d["ingredients"]["components"]["oil"]
        d["targets"]["cost"]["source"]["expression"] = "(PP + 2*talc) / 100"

    after = revised(known_blends(), changed(change))
    here = seen_by_model(after)
    assert silent(after) == []
    assert here.evidence.is_of_space.tolist() == [one["oil"] == 0 for one in MADE]
    assert here.evidence.rows[:, -1].tolist() == [one["oil"] for one in MADE]
    assert here.evidence.values["cost"][3] == pytest.approx(1.2)  # the old expression knew what oil costs
    made = propose_batch(after, count=2, at=NOW)
    assert {p.origin for p in made.proposals} == {Origin.MODEL}
    for proposal in made.proposals:
        assert "oil" not in proposal.formulation
        assert proposal.formulation["PP"] + proposal.formulation["talc"] == 100


def test_what_old_specimens_taught_is_not_forgotten():
    """The effect of talc, learned from specimens most of which held oil, still tells stiff from soft."""
    after = revised(
        known_blends([one for one in MADE if one["oil"] or one["talc"] == 0]),
        changed(lambda d: (d["ingredients"]["components"].pop("oil"), d["targets"].pop("cost"))),
    )
    stiff, soft = (
        forecast(after, {"PP": 100.0 - talc, "talc": talc, "speed": 200.0, "die": "flat"}).predicted["modulus"].mean
        for talc in (40.0, 0.0)
    )
    assert stiff > soft + 0.2


def test_where_every_specimen_held_the_dropped_ingredient_the_model_still_chooses():
    made = [one for one in MADE if one["oil"]] + [{**MADE[4], "speed": 100.0}, {**MADE[5], "speed": 300.0}]
    made.append({**MADE[3], "speed": 280.0})
    after = revised(
        known_blends(made),
        changed(lambda d: (d["ingredients"]["components"].pop("oil"), d["targets"].pop("cost"))),
    )
    assert {p.origin for p in propose_batch(after, count=2, at=NOW).proposals} == {Origin.MODEL}


def test_shares_that_never_filled_the_whole_are_not_filled_up_with_zeros():
    """Talc was a plain number before there was a mixture: nothing says how much of the rest there was."""
    plain = {**BLEND, "parameters": {**BLEND["parameters"], "talc": {"kind": "continuous", "low": 0, "high": 40}}}
    plain = {k: v for k, v in plain.items() if k != "ingredients"} | {"targets": {"modulus": {"goal": "maximise"}}}
    from loop import commands
    from tests.loop.campaigns import begun, then, value

    state = begun(changed(lambda d: None, plain))
    row = ({"talc": 20.0, "speed": 100.0, "die": "flat"}, {"modulus": value(2.0)}, "row 1")
    state = revised(then(state, commands.import_specimens(state, [row])), changed(lambda d: None))
    [one] = silent(state)
    assert "sum to 20, not to 100" in one.reason
    assert "PP, oil" in one.reason


def test_the_initial_design_is_topped_up_and_does_not_begin_again():
    """Seven formulations are known and eight are asked for: one more of the design, then the model."""

    def change(d):
        d["parameters"]["cooling"] = {"kind": "categorical", "levels": ["air", "water"], "value_before": "air"}
        d["policy"]["initial"] = {"count": 8}

    after = revised(known_blends(), changed(change))
    origins = [p.origin for p in propose_batch(after, count=3, at=NOW).proposals]
    assert sorted(origins) == [Origin.INITIAL, Origin.MODEL, Origin.MODEL]


def test_what_was_made_before_is_not_made_again_in_new_words():
    """The design of the wider space leaves out what old specimens are in its words."""

    def change(d):
        d["parameters"] = {"cooling": {"kind": "categorical", "levels": ["air", "water"], "value_before": "air"}}
        d["ingredients"]["components"] = {"PP": {"low": 80, "high": 100, "step": 10}, "talc": {"high": 20, "step": 10}}
        del d["targets"]["cost"]

    known = [
        {"PP": 100.0 - talc, "talc": talc, "oil": 0.0, "speed": 100.0, "die": "flat"} for talc in (0.0, 10.0, 20.0)
    ]
    after = revised(known_blends(known), changed(change))
    made = propose_batch(after, count=3, at=NOW)
    assert {p.formulation["cooling"] for p in made.proposals} == {"water"}


def test_excluded_and_empty_specimens_say_why_they_do_not_teach():
    from loop import commands
    from loop.observations import State, TargetValue
    from tests.loop.campaigns import then

    state = known_blends()
    state = then(state, commands.exclude(state, "T1-X0001", reason="wet granulate"))
    lost = TargetValue(state=State.LOST, n=0)
    state = then(state, commands.import_specimens(state, [(MADE[0], {"modulus": lost}, "row 9")]))
    assert [(s.specimen_id, s.reason) for s in silent(state)] == [
        ("T1-X0001", "excluded: wet granulate"),
        ("T1-X0008", "no result of a target that is measured"),
    ]


def test_the_best_so_far_is_judged_with_what_older_versions_knew():
    """Cost counts the oil that a specimen held, and the chalk that it did not hold."""
    from loop.progress import specimen_rows

    def change(d):
        del d["ingredients"]["components"]["oil"]
        d["ingredients"]["components"]["chalk"] = {"high": 30, "step": 1}
        d["targets"]["cost"]["source"]["expression"] = "(PP + 2*talc + 0.5*chalk) / 100"

    rows = specimen_rows(revised(known_blends(), changed(change)))
    assert [row.values["cost"] for row in rows[:4]] == pytest.approx([1.0, 1.2, 1.4, 1.2])
    assert all(row.can_be_best for row in rows)


def test_what_a_revision_means_is_told():
    """Specimens that hold what is gone, units that changed, totals that changed."""

    def change(d):
        del d["ingredients"]["components"]["oil"], d["targets"]["cost"]
        d["parameters"]["die"]["levels"] = ["flat", "oval"]
        d["parameters"]["speed"]["unit"] = "1/s"
        d["ingredients"].update(total=200)
        d["ingredients"]["components"]["PP"]["high"] = 200

    assert revision_notes(known_blends()) == []
    notes = revision_notes(revised(known_blends(), changed(change)))
    held = "which is not in the space any more: known as what they are, they still teach"
    assert notes == [
        f"2 specimens hold die round, {held}: T1-X0002, T1-X0005",
        f"3 specimens hold oil, {held}: T1-X0004, T1-X0005, T1-X0006",
        "speed was in 1/min and is in 1/s: older values are read as they stand",
        "shares summed to 100 and now to 200: older ones are read as they stand",
    ]
