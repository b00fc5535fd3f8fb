"""Files of instruments, from the command line: taken in, listed, linked, judged, checked."""

from __future__ import annotations

import os
import time

import pytest

from tests.services.campaign.intake.files import ftir, waxs


@pytest.fixture
def lab(films):
    """Two films approved, and a folder of files beside the workspace."""
    films("propose")
    films("approve")
    folder = films.folder / "data"
    folder.mkdir()
    (folder / "PP01-C001-01-S1 ftir.csv").write_bytes(ftir())
    (folder / "PP01-C001-02.xy").write_bytes(waxs())
    (folder / "friday.csv").write_bytes(ftir(2))
    return films


def plain(text: str) -> str:
    return " ".join(text.split())


def test_a_folder_is_taken_in_once_and_says_what_to_do_next(lab):
    """New, then known; the originals stay."""
    first = lab("ingest", "data")
    assert "3 files: 3 new, 0 known already" in first.stderr
    assert "1 measurement waits for a person to say whose" in first.stderr
    assert "next: meguri inbox\n" in first.stderr
    assert "FTIR of PP01-C001-01-S1" in first.stdout
    assert "3 files: 0 new, 3 known already" in lab("ingest", "data").stderr
    assert len(list((lab.folder / "data").iterdir())) == 3


def test_measurements_are_listed_by_what_is_wanted(lab):
    lab("ingest", "data")
    listed = lab.json("measurements")["measurements"]
    assert sorted(m["modality"] for m in listed) == ["FTIR", "FTIR", "WAXS"]
    [waits] = lab.json("measurements", "--which", "waiting")["measurements"]
    assert waits["file"] == "friday.csv"
    [of_one] = lab.json("measurements", "--specimen", "pp01-c001-02")["measurements"]
    assert of_one["modality"] == "WAXS"
    assert "intensity over two_theta, 400 points" in plain(lab("measurements").stdout)


def test_what_waits_is_linked_and_the_status_speaks_of_it_until_then(lab):
    lab("ingest", "data")
    assert "1 measurement waits for a person; meguri inbox" in lab("status").stdout
    [waits] = lab.json("inbox")["measurements"]
    assert f"next: meguri inbox link {waits['id']} SPECIMEN" in lab("inbox").stderr
    assert f"{waits['id']} belongs to PP01-C001-02" in lab("inbox", "link", waits["id"], "pp01-c001-02").stderr
    assert "nothing waits" in lab("inbox").stderr


def test_a_measurement_is_left_out_and_counts_again(lab):
    lab("ingest", "data")
    [one] = lab.json("measurements", "--specimen", "PP01-C001-02")["measurements"]
    assert "trains nothing" in lab("exclude", one["id"], "--reason", "a bubble").stderr
    assert [m["id"] for m in lab.json("measurements", "--which", "excluded")["measurements"]] == [one["id"]]
    assert "counts" in lab("keep", one["id"], "--reason", "no bubble").stderr
    assert lab.json("measurements", "--which", "excluded")["measurements"] == []


def test_what_cannot_be_read_is_told_with_its_reason_and_exit_code(lab):
    (lab.folder / "data" / "x.dat").write_bytes(b"\x00\x01nothing")
    told = lab("ingest", "data", code=1)
    assert "no reader knows this format" in told.stdout
    assert "4 files: 3 new, 0 known already, 1 refused" in told.stderr
    assert "x.dat cannot be read" in lab("measurements", "--which", "refused").stdout


def test_a_path_that_is_not_there_is_told(lab):
    assert "there is no such file or folder" in lab("ingest", "nowhere", code=1).stderr


def test_the_inbox_takes_files_and_folders_in_and_puts_them_aside(lab):
    """As an instrument's computer leaves them: a folder a day."""
    place = lab.folder / "inbox" / "monday"
    place.mkdir()
    for path in (lab.folder / "data").iterdir():
        moved = path.rename(place / path.name)
        os.utime(moved, (time.time() - 60,) * 2)
    told = lab("tick").stderr
    assert "monday/PP01-C001-02.xy: 1 measurement (WAXS) of PP01-C001-02" in told
    assert not place.exists()
    assert len(list((lab.folder / "inbox" / "taken" / "monday").iterdir())) == 3
    assert len(lab.json("measurements")["measurements"]) == 3


def test_kept_files_are_checked(lab):
    lab("ingest", "data")
    assert "3 kept files" in lab("fsck").stderr
    [path, *_] = sorted((lab.folder / "blobs").glob("*/*"))
    data = bytearray(path.read_bytes())
    data[7] ^= 4
    path.write_bytes(bytes(data))
    found = lab("fsck", code=1)
    assert "kept files are damaged" in found.stderr
    assert "its bytes have changed" in plain(found.stdout)
    assert "right would be: meguri ingest" in plain(found.stdout)
