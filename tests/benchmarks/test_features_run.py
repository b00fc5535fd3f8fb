"""The benchmark of features measures again as it says, and its tables say what single measurements said."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.features.remeasuring import Measured, files_of, measured, tasks
from benchmarks.features.summary import as_markdown, catalogued, exactness
from benchmarks.features.truth import QUANTITIES, Quantity
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.specimens import specimens
from services.records.derived import Derived
from services.records.feature import Feature

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


def told(specimen, time, *features, instrument="TG"):
    """Return a measurement that gave some features."""
    derived = Derived(measurement="M", recipe="0" * 64, modality=instrument, features=features)
    structure = next(specimens(1, LaboratoryChoice(seed=3))).structure
    return Measured(specimen=specimen, instrument=instrument, time=time, structure=structure, derived=derived)


def share(value):
    return Feature(name="share", unit="%", value=value, stderr=0.1)


def quantity(true, bar, **more):
    def value(features):
        return features["share"].value if "share" in features else None

    return Quantity(name="share", modality="TG", unit="%", bar=bar, value=value, true=lambda _: true, **more)


def test_every_measurement_has_its_own_noise_and_the_last_its_own_session():
    """Two of three are of one session; numbers differ in all; made again they are the same bytes."""
    choice = LaboratoryChoice(seed=5)
    made = next(specimens(2, choice))
    tables = [files_of(made, "GPC", time, 3, choice)[-1].data for time in range(3)]
    rows = [next(csv.reader([table.decode("utf-8-sig").splitlines()[1]], delimiter=";")) for table in tables]
    sessions, masses = zip(*((row[2], row[6]) for row in rows), strict=True)
    assert sessions[0] == sessions[1] != sessions[2]
    assert len(set(masses)) == 3
    assert files_of(made, "GPC", 1, 3, choice)[-1].data == tables[1]


def test_exactness_is_what_one_counts_by_hand():
    """Errors of 1, 1, -1 and 3 of 10: bias 1, rms √3, three quarters within 2; as shares of what is true tenfold.

    Bias and scatter (√(8/3)) each have to be within the bar.
    """
    found = [told(f"S{k // 2}", k % 2, share(10 + off)) for k, off in enumerate((1, 1, -1, 3))]
    found.append(told("S1", 2))
    [one] = exactness(found, [quantity(10, 2)])
    assert (one.n_specimens, one.n, one.n_missing) == (2, 4, 1)
    assert (one.bias, one.largest, one.within, one.is_held) == (1, 3, 0.75, True)
    assert one.rms == pytest.approx(np.sqrt(3))
    assert one.again == pytest.approx(2.0)
    assert one.scatter == pytest.approx(np.sqrt(8 / 3))
    assert [exactness(found, [quantity(true, bar)])[0].is_held for true, bar in ((10, 1.6), (8, 2))] == [False, False]
    [relative] = exactness(found, [quantity(10, 30, is_relative=True)])
    assert (relative.bias, relative.largest, relative.is_held) == (pytest.approx(10), pytest.approx(30), True)
    [mean] = exactness(found, [quantity(10, 2, is_mean=True)])
    assert (mean.n, mean.bias, mean.largest, mean.is_held) == (2, 1, 1, True)
    assert exactness(found, [quantity(10, 2, smallest=11)]) == []


def test_the_catalogue_is_of_specimens_not_of_files():
    """Three specimens twice each."""
    found = [told(f"S{k}", time, share(k + 0.01 * time)) for k in range(3) for time in range(2)]
    [one] = catalogued(found)
    assert (one.n_specimens, one.trust.n_specimens, one.trust.n_values) == (3, 3, 6)
    assert one.trust.icc > 0.99
    assert "unjudged" not in as_markdown([], catalogued(found)).splitlines()[-1]


def test_quantities_name_features_that_there_are():
    """Of a specimen measured by the cheap instruments every quantity is told."""
    found = measured(tasks(1, 1, 5, ["TG", "GPC", "microscopy"])[0])
    names = {one.quantity for one in exactness(found)}
    wanted = {one.name for one in QUANTITIES if one.modality in ("TG", "GPC") or "rubber" in one.name}
    assert wanted <= names


def test_the_benchmark_writes_its_tables(tmp_path):
    """Three specimens twice by one cheap instrument, from the command line."""
    script = ROOT / "benchmarks" / "features" / "run.py"
    command = [sys.executable, str(script), "--specimens", "3", "--times", "2", "--seed", "5", "--instruments", "GPC"]
    run = subprocess.run(
        [*command, "--out", str(tmp_path)], capture_output=True, text=True, cwd=ROOT, env=ONE_THREAD, check=True
    )
    assert "| Mw (GPC) | ± 5 % of it | 6 |" in run.stdout
    assert "3 of 3 specimens" in run.stderr
    assert (tmp_path / "features.md").read_text(encoding="utf-8") == run.stdout
    with (tmp_path / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        assert {row["name"]: row["n_values"] for row in csv.DictReader(file)}["Mw"] == "6"
    with (tmp_path / "exactness.csv").open(encoding="utf-8", newline="") as file:
        assert [row["quantity"] for row in csv.DictReader(file)] == ["Mw (GPC)"]
