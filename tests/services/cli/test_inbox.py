"""What waits in the inbox, from the command line: listed with what may be meant, settled once."""

from __future__ import annotations

import os
import time

import pytest

from tests.services.campaign.intake.files import ftir


@pytest.fixture
def waiting(films):
    """Two films approved; an inbox with a stray, a fault, and something else; one turn was taken."""
    films("propose")
    films("approve")
    planned = films.json("propose")["proposals"][0]["planned"]
    row = f"PP01-C009-01,{planned['temperature']},{planned['screw']},30.5,smelled\n"
    put(films, "stray.csv", "proposal,temperature,screw,strength,remarks\n" + row)
    put(films, "bad.csv", "proposal,strength\nPP01-C001-01,3o\n")
    put(films, "spectrum.csv", ftir().decode())
    films("tick")
    put(films, "late.csv", "proposal,strength\n")
    return films


def put(shell, name: str, text: str) -> None:
    path = shell.folder / "inbox" / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 60,) * 2)


def only(shell) -> str:
    (held,) = shell.json("inbox")["held"]
    return str(held["id"])


def test_an_empty_inbox_says_so(films):
    assert "nothing waits" in films("inbox").stderr
    assert films.json("inbox") == {"held": [], "refused": [], "measurements": [], "lying": [], "settled": []}


def test_everything_that_waits_is_listed_with_its_reason(waiting):
    """The row that fits nothing, the file that was refused, the measurement of nobody, the file still to be read."""
    view = waiting.json("inbox")
    assert view["held"][0]["proposal"] == "PP01-C009-01"
    assert view["held"][0]["row"]["strength"] == "30.5"
    assert view["refused"][0]["file"] == "bad.csv"
    assert "'3o' is no number" in view["refused"][0]["reason"]
    assert view["lying"] == ["late.csv"]
    [measurement] = view["measurements"]
    assert (measurement["file"], measurement["modality"]) == ("spectrum.csv", "FTIR")
    text = waiting("inbox").stdout
    for said in (
        "says strength 30.5",
        "not booked: PP01 has no proposal PP01-C009-01",
        "its formulation is that of PP01-C001-01: book it there",
        "refused: bad.csv",
        "lying in inbox/: late.csv",
        "spectrum.csv: absorbance over wavenumber, 60 points",
        "nothing names its specimen",
    ):
        assert said in text


def test_the_next_step_names_the_proposal_that_is_meant(waiting):
    """It can be pasted, and settles the result; the status speaks of it until then."""
    assert "1 result fits no proposal and waits; meguri inbox" in waiting("status").stdout
    assert "1 file was refused by the inbox" in waiting("status").stdout
    assert "next: meguri inbox\n" in waiting("status").stderr
    held = only(waiting)
    assert f"next: meguri inbox book {held} PP01-C001-01\n" in waiting("inbox").stderr
    done = waiting("inbox", "book", held.lower(), "pp01-c001-01")
    assert f"{held} booked on PP01-C001-01, which is measured" in done.stderr
    assert waiting.json("inbox")["held"] == []
    assert waiting.json("status")["n_held"] == 0
    assert "(stray.csv, line 2)" in waiting("log").stdout


def test_a_result_is_settled_once(waiting):
    """Afterwards none of that id waits."""
    held = only(waiting)
    assert "which is measured" in waiting("inbox", "book", held, "PP01-C001-01").stderr
    for words in (["book", held, "PP01-C001-02"], ["specimen", held], ["drop", held, "--reason", "again"]):
        assert f"no result '{held}' waits" in waiting("inbox", *words, code=1).stderr
    assert waiting.json("status")["n_specimens"] == 1


def test_a_result_becomes_a_specimen_that_nobody_proposed(waiting):
    held = only(waiting)
    assert f"{held} taken in as PP01-X0001" in waiting("inbox", "specimen", held).stderr
    assert waiting.json("status")["n_imported"] == 1


def test_what_was_settled_can_be_looked_up(waiting):
    """Who made what of it, and when; also after it does not wait any more."""
    (held, *_) = waiting.json("inbox")["held"]
    waiting("inbox", "drop", held["id"], "--reason", "a trial run")
    assert held["id"] not in waiting("inbox").stdout
    text = waiting("inbox", "--settled").stdout
    assert held["id"] in text
    assert "dropped: a trial run" in text
    (settled,) = waiting.json("inbox", "--settled")["settled"]
    assert (settled["held"]["id"], settled["settlement"]) == (held["id"], "dropped: a trial run")
    assert waiting.json("inbox")["settled"] == []


def test_dropping_takes_a_reason(waiting):
    held = only(waiting)
    assert "Missing option '--reason'" in waiting("inbox", "drop", held, code=2).stderr
    assert f"{held} dropped" in waiting("inbox", "drop", held, "--reason", "a test").stderr
    assert waiting.json("inbox")["held"] == []


def test_a_refused_file_comes_again_mended(waiting):
    """It is booked; what was refused goes when a person takes it away."""
    put(waiting, "bad.csv", "proposal,strength\nPP01-C001-01,30\n")
    assert "bad.csv: 1 new result of PP01" in waiting("tick").stderr
    refused = waiting.folder / "inbox" / "refused"
    (refused / "bad.csv").unlink()
    assert [found["file"] for found in waiting.json("inbox")["refused"]] == ["late.csv"]
    (refused / "late.csv").unlink()
    assert waiting.json("status")["n_refused_files"] == 0
