"""A definition changes in a running campaign, as a person does it: what is said, and what goes on."""

import csv

import pytest

from tests.services.campaign.tiny import TINY

COOLED = TINY.replace("constraints:", "  cooling: {kind: categorical, levels: [air, water]}\nconstraints:")
ONE_SCREW = TINY.replace("  screw: {kind: categorical, levels: [slow, fast]}\n", "")


@pytest.fixture
def approved(known_films):
    """Six known films and two approved proposals."""
    known_films("propose")
    known_films("approve")
    return known_films


def first_open(shell):
    return next(iter(shell.states()))


def test_a_new_parameter_without_its_old_value_is_told_with_the_field_that_would_say_it(approved, write):
    """Revise, status and the result all say who teaches nothing and why; the field puts it right."""
    write("v2.yaml", COOLED)
    told = " ".join(approved("revise", "v2.yaml", "--reason", "a bath").stderr.split())
    assert "6 specimens do not teach the model" in told
    assert "parameters.cooling.value_before" in told
    status = approved.json("status")
    assert (status["n_specimens"], status["n_teaching"]) == (6, 0)
    assert {one["specimen"] for one in status["not_teaching"]} == {f"PP01-X000{k}" for k in range(1, 7)}
    page = approved("status").stdout
    assert "0 of 6 specimens teach the model" in page
    assert "PP01-X0004 and 2 more: no value of cooling" in page
    which = first_open(approved)
    assert "does not teach the model" in approved("record", which, "strength=33").stderr
    second = first_open(approved)
    assert "teach" not in approved("record", second, "strength=34", "--made", "cooling=water").stderr
    write("v3.yaml", COOLED.replace("levels: [air, water]", "levels: [air, water], value_before: air"))
    assert "teach" not in approved("revise", "v3.yaml", "--reason", "it was air").stderr
    assert approved.json("status")["n_teaching"] == 8
    assert "teach" not in approved("status").stdout
    assert {p["origin"] for p in approved.json("propose")["proposals"]} == {"model"}
    approved("replay")


@pytest.mark.parametrize("text", [COOLED, ONE_SCREW])
def test_everything_can_be_done_with_what_was_approved_before(approved, write, text):
    """Recipes, the sheet, the report, results and the export: none stumbles over the older plan."""
    write("v2.yaml", text)
    approved("revise", "v2.yaml", "--reason", "the line was rebuilt")
    assert set(approved.states().values()) == {"approved"}
    for what in ("recipes", "results"):
        approved("export", "--what", what, "--to", f"{what}.csv")
    recipes = (approved.folder / "recipes.csv").read_text(encoding="utf-8-sig")
    assert recipes.count(",screw,") == 2
    approved("report")
    planned = approved.json("status")["open_proposals"][0]["planned"]
    assert "screw" in approved("propose").stdout
    approved("record", first_open(approved), "strength=33")
    approved("record", first_open(approved), "strength=34")
    approved("export", "--to", "all.csv")
    with (approved.folder / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["specimen"]: row for row in csv.DictReader(file)}
    assert rows["PP01-C001-01-S1"]["screw"] == planned["screw"]
    assert rows["PP01-X0001"]["screw"] == "slow"
    approved("report")
    approved("propose")
    approved("replay")


def test_a_dropped_parameter_costs_no_specimen(approved, write):
    """The screw is no parameter any more: every film still teaches, and the model goes on."""
    write("v2.yaml", ONE_SCREW)
    assert "teach" not in approved("revise", "v2.yaml", "--reason", "one screw is left").stderr
    assert approved.json("status")["n_teaching"] == 6
    for which in approved.states():
        approved("skip", which, "--reason", "the old screw is gone")
    assert {p["origin"] for p in approved.json("propose")["proposals"]} == {"model"}


def test_an_open_plan_that_breaks_a_new_rule_is_named(approved, write):
    """What is approved goes on; that it breaks a rule of today is said, and an edit holds to today's rules."""
    hot = [p for p in approved.json("status")["open_proposals"] if p["planned"]["temperature"] >= 200]
    write("v2.yaml", TINY.replace("at_most: 235", "at_most: 195"))
    told = " ".join(approved("revise", "v2.yaml", "--reason", "it smokes").stderr.split())
    assert hot
    for proposal in hot:
        assert f"{proposal['id']}, approved under version 1, goes on as planned but breaks [safety] not too hot" in told
    refused = approved("edit", hot[0]["id"], "temperature=205", "--reason", "less", "--yes", code=1)
    assert "not too hot" in refused.stdout + refused.stderr


def test_units_that_change_are_told(approved, write):
    write("v2.yaml", TINY.replace("unit: °C", "unit: K"))
    told = " ".join(approved("revise", "v2.yaml", "--reason", "SI").stderr.split())
    assert "temperature was in °C and is in K: older values are read as they stand" in told
