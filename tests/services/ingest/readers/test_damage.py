"""Damaged files are found out: the share that is published is the share that there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ingest.damage import CAUGHT, KINDS, run
from benchmarks.ingest.files import FILES
from services.ingest.readers import readers
from tests.services.ingest.readers.harness import RAW

ROOT = Path(__file__).resolve().parents[4]
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}

LEAST = {
    "jcamp": 0.97,
    "ras": 0.97,
    "xrdml": 0.95,
    "wdf": 0.90,
    "opus": 0.98,
    "spc": 0.80,
    "perkinelmer_ascii": 0.90,
}
NEEDS_REAL = ("opus", "perkinelmer_ascii")


@pytest.mark.parametrize("reader", LEAST)
def test_damage_is_caught(reader):
    """Of 250 damaged files that are refused or hold other data, this share is refused, told or doubted."""
    if reader in NEEDS_REAL and not RAW.is_dir():
        pytest.skip("needs the real files in shared/data/raw beside the checkout")
    tally = run(reader, 250, seed=11)
    assert sum(map(tally.total, CAUGHT)) > 100
    assert tally.caught >= LEAST[reader]


def test_blocks_lost_in_the_one_line_of_a_diffractogram_are_caught():
    """An XRDML file does not say how many counts it holds; where they were joined, the curve jumps."""
    tally = run("xrdml", 250, seed=11, by_blocks=True)
    assert tally.caught >= 0.90


def test_a_tiff_tells_everything_but_two_of_its_blocks_exchanged():
    """Its end, its strips and its tags have to fit each other; no format without checksums knows more of pixels."""
    tally = run("image", 250, seed=11, files=".tif")
    for kind in ("truncated", "lost", "doubled"):
        assert tally.counts[kind]["missed"] == 0
    assert tally.counts["number"]["missed"] <= 2


def test_every_damage_to_a_png_is_caught():
    """Every chunk has its checksum."""
    tally = run("image", 200, seed=5, files=".png")
    assert tally.total("refused") + tally.total("told") > 150
    assert tally.total("missed") == 0


@pytest.mark.parametrize("reader", ["jcamp", "ras", "xrdml", "opus"])
@pytest.mark.parametrize("kind", ["truncated", "doubled"])
def test_what_is_cut_off_or_doubled_never_passes(reader, kind):
    """Formats with a count, or a frame, miss none."""
    if reader in NEEDS_REAL and not RAW.is_dir():
        pytest.skip("needs the real files in shared/data/raw beside the checkout")
    assert run(reader, 100, seed=3).counts[kind]["missed"] == 0


def test_the_benchmark_prints_a_row_for_each_damage_and_one_for_all():
    """As the page of formats says, in processes of their own."""
    script = ROOT / "benchmarks" / "ingest" / "damage.py"
    command = [sys.executable, str(script), "--reader", "ras", "--n", "10"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=ONE_THREAD, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[1] for row in rows] == ["damage", *KINDS, "all"]
    assert sum(map(int, rows[-1][2:7])) == 10


def test_the_page_of_formats_names_every_reader_and_says_which_are_unproven():
    """A row for each, unproven where no real file was read."""
    text = (ROOT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    cells = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")
    ]
    rows = {row[1]: row[3] for row in cells if len(row) == 4}
    for reader in readers():
        if reader.name in FILES:
            assert ("unproven" in rows[reader.name].split(";")[0]) == (not reader.proven_on)
