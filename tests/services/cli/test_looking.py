"""Find measurements and look at them, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ingest.files import png, ras
from services.campaign.wiring import open_service
from services.ingest.tables import read_table
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.measured import take_in


@pytest.fixture
def measured(known_films):
    """Films with a diffractogram of one, and a micrograph that waits."""
    with open_service(known_films.folder) as opened:
        store, blobs = SqlMeasurements(opened.database), Blobs(opened.workspace.folder / "blobs")
        for name, content, told in (
            ("scan.ras", ras(300), {"campaign": "PP01", "specimen": "PP01-X0003"}),
            ("micro.png", png(), {"waits_because": "nothing names a specimen", "suggestion": "meguri inbox"}),
        ):
            path = known_films.folder / name
            path.write_bytes(content)
            take_in(path, blobs, store, **told)
    return known_films


def test_measurements_are_found_by_a_target_of_their_specimen(measured):
    """A row each with what was asked for; the count and the way on beside it."""
    done = measured("find", "strength > 10 MPa and modality = WAXS")
    assert "strength [MPa]" in done.stdout
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("M-")]
    assert row.split()[1:3] == ["WAXS", "PP01-X0003"]
    assert row.endswith("scan.ras")
    assert "1 of 2 measurements" in done.stderr
    assert f"next: meguri show {row.split()[0]}\n" in done.stderr


def test_of_what_is_missing_nobody_can_tell(measured):
    """Neither it nor its negation is found, and that is said; asking for it alone finds it."""
    for question in ("strength > 10", "not strength > 10"):
        assert "of 1 nobody can tell: something of strength is missing" in measured("find", question).stderr
    assert "micro.png" in measured("find", "specimen is missing").stdout
    assert "did you mean WAXS?" in measured("find", "modality", "=", "WAXR").stderr


def test_a_wrong_question_is_pointed_at(measured):
    done = measured("find", "strenght > 10", code=1)
    assert "letter 1: nothing is called 'strenght' (did you mean strength?)" in done.stderr
    assert done.stderr.splitlines()[-2:] == ["  strenght > 10", "  ^^^^^^^^"]


def test_what_is_found_is_printed_as_json_and_written_as_tables(measured):
    """CSV, Excel and Parquet hold what the JSON says; nothing is written over."""
    view = measured.json("find", "strength > 10 or specimen is missing")
    assert [one["values"]["target.strength"] for one in view["found"]].count(None) == 1
    for suffix in (".csv", ".xlsx", ".parquet"):
        path = measured.folder / f"found{suffix}"
        assert measured("find", "strength > 10 or specimen is missing", "--save", str(path)).stdout.strip() == str(path)
        table = read_table(path)
        assert [cell.value for cell in table.column("id").cells] == [one["id"] for one in view["found"]]
        assert sorted(map(str, table.column("strength").numbers)) == sorted(
            str(one["values"]["target.strength"]) for one in view["found"]
        )
        assert table.column("strength").unit == "MPa"
        assert "is there already" in measured("find", "strength > 10", "--save", str(path), code=1).stderr
    assert "nothing was found" in measured("find", "id = x", "--save", "none.csv", code=1).stderr


def test_a_measurement_is_shown_in_short_and_in_pictures(measured):
    """Whose it is, what its file says and holds; the files' paths on stdout."""
    id_ = measured.json("find", "modality = WAXS")["found"][0]["id"]
    done = measured("show", id_)
    for said in ("WAXS", "of PP01-X0003, kept", "300 points", "two_theta", "operator Sato", "holds what it says"):
        assert said in done.stdout, said
    reports = measured.folder / "reports"
    assert done.stdout.splitlines()[-2:] == [f"{reports / id_}.shown.html", f"{reports / id_}.shown.png"]
    assert sorted(path.name for path in reports.iterdir()) == [f"{id_}.shown.html", f"{id_}.shown.png"]
    view = measured.json("show", "PP01-X0003", "--save", str(measured.folder / "slides"))
    assert [one["id"] for one in view["measurements"]] == [id_]
    assert Path(view["page"]).parent == measured.folder / "slides"
    assert Path(view["picture"]).is_file()


def test_a_file_is_shown_without_a_workspace(shell):
    """It lands in the current folder beside the file, which stays; a file that cannot be read says why."""
    raw = shell.folder / "micro.png"
    raw.write_bytes(png())
    done = shell("show", "micro.png")
    assert "not taken in" in done.stdout
    assert "160 × 120 pixels, 0.5 µm a pixel" in done.stdout
    assert "next: meguri ingest micro.png" in done.stderr
    assert raw.read_bytes() == png()
    assert (shell.folder / "micro.png.shown.png").is_file()
    (shell.folder / "notes.txt").write_text("remember the milk", encoding="utf-8")
    assert "no reader knows this format" in shell("show", "notes.txt", code=1).stderr
    assert "no workspace" in shell("show", "M-3FA91C07B2D4-01", code=1).stderr
