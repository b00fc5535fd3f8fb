"""Clean files of a laboratory are read and not held up; spoilt ones are held, for what is wrong with them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ingest.faults import CAMPAIGN, FAULTS, write_faults
from benchmarks.ingest.files import png
from benchmarks.ingest.laboratory import KINDS, clean_files, waxs_files, write_clean
from benchmarks.ingest.run import Result, read_clean, read_faults
from services.ingest.errors import UnreadableFile
from services.ingest.linking import ids_in
from services.ingest.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(2) as here:
        yield here


def test_the_laboratory_is_the_same_for_the_same_seed():
    """And another for another; every kind is there."""
    first, again, other = (clean_files(len(KINDS), seed) for seed in (1, 1, 2))
    named = [(file.name, file.data) for file in first if file.suffix != ".xlsx"]  # a workbook keeps the time
    assert named == [(file.name, file.data) for file in again if file.suffix != ".xlsx"]
    assert [file.data for file in first] != [file.data for file in other]
    assert {ids_in(file.name, ["PP01"])[0] for file in first} == {"PP01-C001-01-S1"}


def test_clean_files_are_not_held_up(sandbox, tmp_path):
    """Three of each kind, with the blemishes that chance gives them."""
    result = Result()
    read_clean(sandbox, write_clean(tmp_path, 3 * len(KINDS), seed=5), result)
    assert result.n_clean == 3 * len(KINDS)
    assert result.clean_held == {}


def test_every_fault_that_one_file_shows_is_held_for_what_it_is(sandbox, tmp_path):
    """Two of each."""
    result = Result()
    planted = write_faults(tmp_path, 2 * len(FAULTS), seed=6)
    read_faults(sandbox, planted, result)
    assert result.passed == []
    assert result.wrong_reason == {}
    assert set(result.held) == set(FAULTS) - set(CAMPAIGN)
    assert {one.kind for one in planted if one.needs_campaign} == set(CAMPAIGN)


def test_diffractograms_have_9500_points(sandbox, tmp_path):
    """In each of the three formats."""
    for _, read in sandbox.read_all(waxs_files(tmp_path, 3)):
        assert not isinstance(read, UnreadableFile)
        assert [len(curve) for curve in read.readings[0].curves] == [9500]
        assert np.isclose(read.readings[0].curves[0].axis.values[-1], 99.99)


def test_a_picture_under_the_name_of_a_table_is_refused(sandbox, tmp_path):
    """The screen was exported instead of the numbers; under its own name it is a micrograph."""
    for suffix, is_read in ((".png", True), (".csv", False), (".xlsx", False)):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(png())
        if is_read:
            assert sandbox.read(path).reader == "image"
        else:
            with pytest.raises(UnreadableFile, match=rf"its name \({suffix}\) says a table"):
                sandbox.read(path)


def test_the_script_says_what_became_of_the_files():
    """As the page of formats says."""
    script = ROOT / "benchmarks" / "ingest" / "run.py"
    command = [sys.executable, str(script), "--clean", "4", "--faults", "4", "--waxs", "2"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "clean files held: 0 of 4" in done.stdout
    assert "2 diffractograms of 9500 points" in done.stdout
