"""Measurements become features, from the command line: once each, again when the recipe changes, with what moved."""

from __future__ import annotations

import pytest

from tests.services.campaign.intake.files import ftir, waxs
from tests.services.campaign.tiny import TINY

CHAINS = """
chains:
  FTIR:
    curve: {axis: wavenumber, of: absorbance}
    features:
      - kind: windows
        bands: [{name: methylene, from: 1300, to: 1600}]
  WAXS:
    curve: {axis: two_theta, of: intensity}
    peaks: [{name: lines, from: 10, to: 30, noise: counts}]
    features:
      - {kind: peaks}
      - kind: lines
        fit: lines
        lines: [{name: 040, at: 16.9, within: 0.5}]
        give: [position]
"""


@pytest.fixture
def lab(shell):
    """Two films approved under declared chains, and a file of each taken in."""
    (shell.folder / "films.yaml").write_text(TINY + CHAINS.replace("name: 040", 'name: "040"'), encoding="utf-8")
    shell("init")
    shell("start", "films.yaml")
    shell("propose")
    shell("approve")
    folder = shell.folder / "data"
    folder.mkdir()
    (folder / "PP01-C001-01-S1 ftir.csv").write_bytes(ftir(n=600))
    (folder / "PP01-C001-02-S1.xy").write_bytes(waxs())
    shell("ingest", "data")
    return shell


def test_measurements_are_processed_once(lab):
    """Then nothing is left to do, and a new file alone is done."""
    first = lab.json("process", "--jobs", "1")
    assert (first["n_measurements"], first["n_done_before"], first["faults"]) == (2, 0, [])
    again = lab.json("process", "--jobs", "1")
    assert (again["n_measurements"], again["n_done_before"]) == (0, 2)
    (lab.folder / "data" / "PP01-C001-01-S1 second.csv").write_bytes(ftir(7, n=600))
    lab("ingest", "data")
    assert lab.json("process", "--jobs", "1")["n_measurements"] == 1


def test_features_are_listed_with_their_errors(lab):
    """The line that was planted at 16.9 is found there, within its error."""
    lab("process", "--jobs", "1")
    [line] = lab.json("features", "pp01-c001-02-s1")["features"]
    assert line["name"] == "040 position"
    assert abs(line["value"] - 16.9) < 4 * line["stderr"] < 0.1
    assert line["unit"] == "°"
    shown = lab("features", "PP01-C001-02-S1").stdout
    assert "040 position" in shown
    assert "16.9" in shown
    assert lab.json("features", "PP01-C001-02-S1", "--modality", "FT-IR")["features"] == []


def test_fits_are_drawn_where_they_are_asked_for(lab):
    """The page then holds the fit and its residuals; without --fits it takes no time for them."""
    plain = (lab.folder / lab.json("show", "PP01-C001-02-S1")["page"]).read_text(encoding="utf-8")
    fitted = (lab.folder / lab.json("show", "PP01-C001-02-S1", "--fits")["page"]).read_text(encoding="utf-8")
    assert "left over" not in plain
    assert "WAXS \u00b7 lines" in fitted or "WAXS · lines" in fitted
    assert "left over" in fitted


def test_what_is_not_processed_yet_is_said(lab):
    """With the verb that does it."""
    told = lab("features", "PP01-C001-01-S1")
    assert "1 not processed yet" in told.stderr
    assert "next: meguri process" in told.stderr


def test_another_recipe_is_gone_through_anew_and_says_what_moved(lab):
    """Only the modality whose chain changed; how many specimens moved, by more than one standard error."""
    lab("process", "--jobs", "1")
    text = (lab.folder / "films.yaml").read_text(encoding="utf-8")
    (lab.folder / "films.yaml").write_text(text.replace("to: 1600", "to: 1500"), encoding="utf-8")
    lab("revise", "films.yaml", "--reason", "another window")
    told = lab.json("process", "--jobs", "1")
    assert told["n_measurements"] == 1
    assert told["faults"] == []
    [moved] = told["moved"]
    assert (moved["modality"], moved["name"], moved["n"], moved["n_moved"]) == ("FTIR", "methylene", 1, 1)


def test_two_processes_give_what_one_gives(lab):
    """To the last digit."""
    lab("process", "--jobs", "2")
    together = lab.json("features", "PP01-C001-02-S1")
    text = (lab.folder / "films.yaml").read_text(encoding="utf-8")
    (lab.folder / "films.yaml").write_text(text.replace("within: 0.5", "within: 0.4"), encoding="utf-8")
    lab("revise", "films.yaml", "--reason", "another window")
    lab("process", "--jobs", "1")
    alone = lab.json("features", "PP01-C001-02-S1")
    assert [(f["name"], f["value"], f["stderr"]) for f in together["features"]] == [
        (f["name"], f["value"], f["stderr"]) for f in alone["features"]
    ]


def test_a_wrong_chain_is_found_when_the_definition_is_read(lab):
    """With its line."""
    text = (lab.folder / "films.yaml").read_text(encoding="utf-8")
    (lab.folder / "films.yaml").write_text(text.replace("kind: windows", "kind: windoes"), encoding="utf-8")
    told = lab("validate", "films.yaml", code=1)
    assert "windoes" in told.stdout + told.stderr
