"""Look and check: status, log, report, replay."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loop.ids import CampaignId
from services.store import SqlJournal, open_database
from tests.services.campaign.tiny import TINY, begun, measured, run_cycle


def test_status_says_where_a_campaign_stands(known_films):
    """Data, the best so far, what is open and what is expected of it."""
    known_films("propose")
    text = known_films("status").stdout
    assert text.startswith("PP01  Films\n")
    assert "6 specimens (6 imported, 0 made from proposals)" in text
    assert "best so far" in text
    assert "2 proposed" in text
    view = known_films.json("status")
    assert view["best"][0]["specimen"] == "PP01-X0003"
    assert view["best"][0]["formulation"] == {"temperature": 200, "screw": "slow"}
    assert (view["n_specimens"], view["cycle"], view["n_proposals"]) == (6, 1, {"proposed": 2})
    assert view["advice"] == ""


def test_status_lists_campaigns_where_there_are_several(films, write):
    """Without a name: a line each; with one: that one. A verb that needs one asks which."""
    write("other.yaml", TINY.replace("PP01", "PP02"))
    films("start", "other.yaml")
    assert [c["campaign"] for c in films.json("status")["campaigns"]] == ["PP01", "PP02"]
    assert "PP02" in films("status").stdout
    assert films.json("status", "pp02")["campaign"] == "PP02"
    assert "say which campaign: PP01, PP02" in films("propose", code=2).stderr
    films("approve", "PP02")


def test_status_counts_limits_and_budget_and_advises(shell, write):
    """Specimens within limits, formulations of the budget, and why to think of stopping."""
    limited = TINY.replace("goal: maximise,", "goal: maximise, limits: {at_least: 30},") + "budget: {specimens: 1}\n"
    write("films.yaml", limited)
    shell("init")
    shell("start", "films.yaml")
    assert "none within all yet" in shell("status").stdout
    shell("propose")
    shell("approve")
    shell("record", "PP01-C001-01", "strength=35")
    text = shell("status").stdout
    assert "specimens within limits: strength 1; first within all: PP01-C001-01-S1" in text
    assert "1 of 1 formulation of the budget begun" in text
    assert "the budget of 1 formulation is spent" in text
    assert "meguri propose" not in text
    assert "meguri revise DEFINITION.yaml" in text + shell("status").stderr
    assert "raise it in the definition" in shell("propose", code=1).stderr


def test_status_shows_a_limit_where_the_best_has_no_number(shell, write):
    """`<0.1` is what is known of it: no dash."""
    specks = "  specks: {unit: 1/m2, goal: limits, limits: {at_most: 2}}\n"
    write("films.yaml", TINY.replace("policy:", specks + "objective: {kind: single}\npolicy:"))
    shell("init")
    shell("start", "films.yaml")
    shell("propose")
    shell("approve")
    shell("record", "PP01-C001-01", "strength=35", "specks=<0.1")
    assert "< 0.1" in shell("status").stdout


def test_the_log_tells_everything_and_can_begin_later(known_films):
    """In words and as JSON; from a number, a day or a moment on."""
    known_films("propose")
    known_films("approve", "--reason", "fine")
    text = known_films("log").stdout
    for said in ("campaign begun with definition version 1", "PP01-X0001 taken in from past.csv", "approved: fine"):
        assert said in text
    view = known_films.json("log", "--since", "9")
    assert [e["seq"] for e in view["entries"]] == [9, 10]
    assert {e["actor"] for e in view["entries"]} == {"suzuki"}
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert known_films.json("log", "--since", tomorrow)["entries"] == []
    assert len(known_films.json("log", "--since", "2020-01-01T10:30")["entries"]) == 10
    known_films("log", "--since", "yesterday", code=2)


def test_the_report_is_one_file_and_pictures_where_asked(known_films):
    """In reports/ by itself; in a folder of one's own with pictures."""
    path = known_films.json("report")["file"]
    assert path == str(known_films.folder / "reports" / "PP01.html")
    assert "PP01-X0003" in Path(path).read_text(encoding="utf-8")
    known_films("report", "--save", "slides")
    assert {p.suffix for p in (known_films.folder / "slides").iterdir()} == {".html", ".png", ".svg"}


def test_replay_makes_every_cycle_again(known_films):
    """The same bit for bit: exit code 0; one cycle alone, or all."""
    known_films("propose", "--count", "1")
    known_films("propose", "--count", "2")
    done = known_films("replay")
    assert "2 cycles, the same bit for bit" in done.stderr
    view = known_films.json("replay", "--cycle", "2")
    assert view == {
        "campaign": "PP01",
        "is_same": True,
        "cycles": [{"cycle": 2, "is_same": True, "differences": []}],
    }
    assert "no cycle 7" in known_films("replay", "--cycle", "7", code=1).stderr


def test_a_replay_that_differs_is_exit_code_one(films):
    """A journal in which a result was forged: the cycle that followed from it is named."""
    source = begun(SqlJournal(open_database("sqlite:///source.db")))
    run_cycle(source)
    run_cycle(source)
    source.propose("PP01")
    forged = SqlJournal(open_database(f"sqlite:///{films.folder / 'meguri.db'}"))
    [first] = forged.read(CampaignId("PP01"))
    assert first.event.kind == "definition_adopted"
    for entry in source.log("PP01")[1:]:
        event = entry.event
        if event.kind == "result_recorded" and event.proposal_id == "PP01-C001-01":
            event = event.model_copy(update={"targets": {"strength": measured(99)}})
        forged.append(CampaignId("PP01"), [event], actor="mallory", at=entry.at, expected_seq=entry.seq - 1)
    done = films("replay", code=1)
    assert "not every cycle came out the same" in done.stderr
    assert "data_hash" in done.stdout
    assert [c["is_same"] for c in json.loads(films("replay", "--json", code=1).stdout)["cycles"]] == [
        True,
        False,
        False,
    ]
