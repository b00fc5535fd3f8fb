"""The report of a campaign whose definition changed: nothing that is known falls off the page."""

from datetime import date

import pytest

from loop import commands
from loop.older_plans import definition_to_make
from loop.recipe import recipe_for
from services.report.headline import best_table
from services.report.ledger import silent_table, teaching_sentence
from services.report.page import build_report
from services.report.pictures.space import mixed, ternary_picture
from services.report.proposals import open_proposals
from services.report.sections import all_specimens
from tests.loop.campaigns import NOW, proposals, then
from tests.loop.revised import MADE, changed, known_blends, revised

PLANS = [{**MADE[3], "speed": 110.0}, {**MADE[5], "speed": 110.0}]


def approved():
    state = known_blends()
    state = then(state, [proposals(formulations=PLANS, seen_seq=state.seq)])
    return then(state, commands.approve(state, ["T1-C001-01", "T1-C001-02"]))


def chalk_and_cooling(d):
    d["ingredients"]["components"]["chalk"] = {"high": 20, "step": 1}
    d["parameters"]["cooling"] = {"kind": "categorical", "levels": ["air", "water"]}


def no_oil_no_die(d):
    del d["ingredients"]["components"]["oil"], d["parameters"]["die"], d["targets"]["cost"]


def recipes(state):
    return {
        r.proposal.id: recipe_for(definition_to_make(state, r), r.planned, today=date(2026, 5, 4))
        for r in state.open_proposals
    }


@pytest.mark.parametrize("change", [chalk_and_cooling, no_oil_no_die])
def test_open_plans_of_an_older_version_stand_there_whole(change):
    """Every value planned, with its unit, and what to weigh of each ingredient."""
    state = revised(approved(), changed(change))
    page = build_report(state, None, now=NOW, recipes=recipes(state), title="Blends")
    assert "T1-C001-02" in page
    one = open_proposals(state, recipes(state))[0]
    cells = {row[0].text: [cell.text for cell in row[1:3]] for row in one.sheet.rows}
    assert cells["PP (%)"] == ["90", "900"]
    assert cells["oil (%)"] == ["10", "100"]
    assert cells["die"] == ["flat", ""]
    assert [row[0].text for row in one.sheet.rows].index("batch") == 2


def test_what_is_no_parameter_any_more_is_listed_with_every_specimen():
    state = revised(approved(), changed(no_oil_no_die))
    heads = [(head.text, head.unit) for head in all_specimens(state).heads]
    assert ("oil", "%") in heads
    assert ("die", "") in heads
    assert any(row[0].text == "oil (%)" for row in best_table(revised(known_blends(MADE[3:6]), state.definition)).rows)


def test_the_triangle_holds_ingredients_of_every_version():
    """A specimen is where its shares are, those of an ingredient that is none any more and of a new one included."""
    without = revised(approved(), changed(no_oil_no_die))
    assert mixed(without) == ["PP", "talc", "oil"]
    shares = ternary_picture(without).data[0].meta["shares"]
    assert shares["oil"] == [one["oil"] for one in MADE]
    wider = revised(approved(), changed(chalk_and_cooling))
    assert ternary_picture(wider).data[0].meta["shares"]["chalk"] == [0.0] * len(MADE)
    assert len(ternary_picture(wider).data) == 2


def test_the_page_says_how_many_specimens_teach_and_why_the_others_do_not():
    blind = revised(approved(), changed(chalk_and_cooling))
    page = build_report(blind, None, now=NOW, recipes=recipes(blind), title="Blends")
    assert "0 of 7 specimens teach the model." in page
    [row] = silent_table(blind).rows
    assert row[0].text == "7"
    assert row[1].text.startswith("T1-X0001, T1-X0002, ")
    assert "parameters.cooling.value_before" in row[2].text
    whole = revised(approved(), changed(no_oil_no_die))
    assert silent_table(whole) is None
    assert teaching_sentence(whole) == "All 7 specimens teach the model."
