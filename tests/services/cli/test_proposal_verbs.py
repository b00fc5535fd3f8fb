"""Propose, approve, edit, skip: what is asked is what happens, and it can be read at 100 columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from services.cli import proposals
from tests.services.campaign.tiny import BLEND

WIDE = """\
schema: 1
campaign: ADHESIVE-01
parameters:
{parameters}
targets:
  peel strength after ageing: {{unit: N/25mm, goal: maximise}}
  viscosity: {{unit: mPa·s, goal: minimise}}
objective: {{kind: pareto}}
policy: {{batch: 6, initial: {{count: 6}}}}
"""


def test_propose_shows_the_same_proposals_again(films):
    """Ids, settings and reasons on stdout; asked twice, word for word the same."""
    first = films("propose")
    assert "PP01-C001-01" in first.stdout
    assert "initial design" in first.stdout
    assert "2 new, 2 open" in first.stderr
    assert "next: meguri approve PP01" in first.stderr
    again = films("propose")
    assert again.stdout == first.stdout
    assert "0 new, 2 open" in again.stderr


def test_propose_as_json_holds_everything(known_films):
    """Plan, prediction, reason and place of each proposal."""
    view = known_films.json("propose", "--count", "1")
    [proposal] = view["proposals"]
    assert (view["campaign"], view["cycle"], proposal["id"]) == ("PP01", 1, "PP01-C001-01")
    assert set(proposal["planned"]) == {"temperature", "screw"}
    assert set(proposal["predicted"]["strength"]) == {"mean", "sd"}
    assert (proposal["origin"], proposal["state"], proposal["proposed"]) == ("model", "proposed", None)


def test_many_parameters_are_readable_at_100_columns(shell, write):
    """Fourteen parameters, six proposals, long names: nothing wider than the page, no id cut, no value lost."""
    knobs = "\n".join(
        f"  {name}: {{kind: continuous, unit: phr, low: 0, high: {k + 1}, step: 0.25}}"
        for k, name in enumerate(f"component number {n:02d}" for n in range(14))
    )
    write("wide.yaml", WIDE.format(parameters=knobs))
    shell("init")
    shell("start", "wide.yaml")
    text = shell("propose").stdout
    assert max(map(cell_len, text.splitlines())) <= 100
    view = shell.json("propose")
    assert len(view["proposals"]) == 6
    for proposal in view["proposals"]:
        assert proposal["id"] in text
        for value in proposal["planned"].values():
            assert f"{value:g}" in text
    assert max(map(cell_len, shell("status").stdout.splitlines())) <= 100


def test_approve_one_then_the_rest(films):
    """By id, by campaign, by nothing at all; what waits for nobody is said."""
    films("propose", "--count", "3")
    assert "approved PP01-C001-02" in films("approve", "PP01-C001-02").stderr
    assert films.states() == {"PP01-C001-01": "proposed", "PP01-C001-02": "approved", "PP01-C001-03": "proposed"}
    films("approve", "PP01", "pp01-c001-01")
    films("approve")
    assert set(films.states().values()) == {"approved"}
    assert "no proposal that waits" in films("approve").stderr


def test_skip_needs_a_reason_and_remembers_a_lesson(films):
    """With --lesson the model keeps away from it."""
    films("propose")
    films("skip", "PP01-C001-01", "--reason", "the bag is empty", "--lesson")
    assert films.states() == {"PP01-C001-02": "proposed"}
    event = films.json("log")["entries"][-1]
    assert event["event"]["is_lesson"] is True
    assert event["text"] == "PP01-C001-01 skipped, as a lesson for the model: the bag is empty"


def test_an_edit_shows_what_it_comes_to_and_books_after_a_yes(known_films):
    """Parameters and predictions before and after; a no leaves everything as it was."""
    shell = known_films
    planned = shell.json("propose")["proposals"][0]["planned"]
    wanted = 185 if planned["temperature"] != 185 else 190
    words = ["edit", "PP01-C001-01", f"temperature={wanted}", "--reason", "the die is cold"]
    done = shell(*words, code=1, typed="n\n")
    assert "as proposed" in done.stdout
    assert "strength expected" in done.stdout
    assert "keeps every rule" in done.stdout
    assert shell.states()["PP01-C001-01"] == "proposed"
    shell(*words, typed="y\n")
    edited = shell.json("status")["open_proposals"][0]
    assert edited["planned"]["temperature"] == wanted
    assert edited["proposed"]["temperature"] == planned["temperature"]
    assert edited["state"] == "approved"


def test_a_dry_run_books_nothing_and_names_every_broken_rule(films):
    """Also as JSON, for a program that edits live; a safety rule is named as one."""
    films("propose")
    seq = films.json("status")["seq"]
    done = films("edit", "PP01-C001-01", "temperature=240", "--dry-run")
    assert "breaks [safety] not too hot" in done.stdout
    view = films.json("edit", "PP01-C001-01", "Temperature=240 °C", "--dry-run")
    assert view["breaks_safety"] is True
    assert view["planned"]["temperature"] == 240
    assert len(view["violations"]) == 1
    assert films.json("status")["seq"] == seq


def test_broken_rules_are_refused_before_anybody_is_asked(films):
    """A bound gives way to --anyway; a safety rule never does."""
    films("propose")
    outside = ["edit", "PP01-C001-01", "temperature=170", "--reason", "colder"]
    done = films(*outside, code=1)
    assert "(--anyway)" in done.stderr
    assert "edit and approve it?" not in done.stderr
    films("edit", "PP01-C001-02", "temperature=240", "--reason", "hotter", "--anyway", "--yes", code=1)
    films(*outside, "--anyway", "--yes")
    assert films.states()["PP01-C001-01"] == "approved"


def test_nearest_keeps_a_mixture_whole(shell, write):
    """One amount changed: the others move as little as needed, and the hint says so without being asked."""
    write("blend.yaml", BLEND)
    shell("init")
    shell("start", "blend.yaml")
    planned = shell.json("propose")["proposals"][0]["planned"]
    talc = 12.5 if planned["talc"] != 12.5 else 13
    done = shell("edit", "BLEND-C001-01", f"talc={talc}", "--dry-run")
    assert "sum of ingredients = 100" in done.stdout
    assert "add --nearest" in done.stderr
    shell("edit", "BLEND-C001-01", f"talc={talc}", "--nearest", "--reason", "one bag", "--yes")
    edited = shell.json("status")["open_proposals"][0]["planned"]
    assert edited["talc"] == talc
    assert edited["speed"] == planned["speed"]
    assert edited["PP"] + edited["talc"] + edited["oil"] == pytest.approx(100)


def test_an_edit_asks_for_values_where_none_are_given(known_films, monkeypatch):
    """One after the other, each shown at once; a mistake is said and asked again; Enter ends it."""
    known_films("propose")
    monkeypatch.setattr(proposals, "is_person_there", lambda: True)
    typed = "temperatur=200\ntemperature=200\nscrew=slow\n\ny\n"
    done = known_films("edit", "PP01-C001-01", "--reason", "by hand", typed=typed)
    assert "did you mean 'temperature'?" in done.stderr
    assert known_films.json("status")["open_proposals"][0]["planned"] == {"temperature": 200, "screw": "slow"}


def test_an_edit_of_nothing_is_wrong_use(films):
    """No value and nobody to ask."""
    films("propose")
    films("edit", "PP01-C001-01", "--reason", "x", code=2)
    films("edit", "PP01-C001-01", "temperature=200", code=2)


def test_the_reason_of_an_edited_proposal_says_so(known_films):
    """Who edited it and why, what is expected now; the old reason as that of what was proposed. So in the report."""
    known_films("propose")
    known_films("edit", "PP01-C001-01", "temperature=185", "--reason", "the die is cold", "--yes")
    shown = {p["id"]: p for p in known_films.json("propose")["proposals"]}["PP01-C001-01"]
    assert shown["reason"].startswith("edited by suzuki after the reasons were written (the die is cold); ")
    assert f"; now expected: strength {shown['predicted']['strength']['mean']:.1f} ± " in shown["reason"]
    assert "; as first proposed: strength " in shown["reason"]
    page = Path(known_films.json("report")["file"]).read_text(encoding="utf-8")
    assert "edited by suzuki after the reasons were written" in page


def test_nothing_spins_where_nobody_watches(known_films, monkeypatch):
    """Forced colours make no terminal of a pipe: one line says that it takes its time."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    said = known_films("propose").stderr
    assert said.count("proposing for PP01 from 6 specimens …") == 1
    assert "\x1b[?25l" not in said  # the cursor is hidden only while something spins
