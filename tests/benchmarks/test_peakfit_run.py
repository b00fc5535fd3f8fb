"""The benchmark's tables say what single curves said, and NIST's problems are read as they are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.peakfit.nist import fit_own_model, read_certified, report_on_nist
from benchmarks.peakfit.summary import Outcome, as_markdown, summarised
from tests.services.ingest.files import SHARED


def outcome(level: str = "low", *, n_points: int = 600, good: int = 3, seconds: float = 0.1) -> Outcome:
    return Outcome(
        family="WAXS", level=level, n_points=n_points, seed=0, fitter="ours", hits=4, good=good, false=1, missed=3,
        covered=[True, True, False], ratios=[1.0, 1.2, 3.0], seconds=seconds, has_failed=False,
    )  # fmt: skip


def test_a_table_says_what_one_counts_by_hand():
    """Two curves of 4 hits, 3 or 4 good, 1 false, 3 missed: peaks pooled, the time of the middle, a slope of one."""
    found = [outcome(), outcome("high", n_points=1200, good=4, seconds=0.2)]
    row = summarised(found)[0]
    assert row["level"] == "all"
    assert row["precision"] == 8 / 10
    assert row["recall"] == 8 / 14
    assert row["f1"][0] == pytest.approx(16 / 24)
    assert row["f1q"][0] == pytest.approx(14 / 24)
    assert row["f1q"][1] <= row["f1q"][0] <= row["f1q"][2]
    assert row["count_error"] == 2.0
    assert row["coverage"] == pytest.approx(4 / 6)
    assert row["width_ratio"] == pytest.approx(1.2)
    assert row["seconds_median"] == pytest.approx(0.15)
    assert row["growth"] == pytest.approx(1.0)


def test_tables_have_a_row_for_each_level_and_a_dash_where_there_is_nothing():
    """A single size has no growth."""
    text = as_markdown(summarised([outcome(), outcome("high")]))
    assert [line.split("|")[2].strip() for line in text.splitlines() if line.startswith("| ours")] == [
        "all",
        "low",
        "high",
    ]
    assert text.splitlines()[-1] == "| WAXS | ours | 0.100 | – | 0 |"


@pytest.mark.shared_data
def test_certified_bells_of_nist_are_reached_and_found():
    """Numbers to eight digits with their model; both bells, and no other, with ours."""
    folder = SHARED / "curves"
    if not (folder / "NIST_Gauss1.dat").exists():
        pytest.skip("NIST_Gauss1.dat is not beside the checkout")
    problem = read_certified(folder / "NIST_Gauss1.dat")
    numbers, squares = fit_own_model(problem)
    np.testing.assert_allclose(numbers, problem.numbers, rtol=1e-8)
    assert squares == pytest.approx(problem.squares, rel=1e-9)
    rows = [line.split("|") for line in report_on_nist(folder).splitlines() if line.startswith("| Gauss")]
    assert [(row[4].strip(), row[5].strip()) for row in rows] == [("2 of 2", "0")] * 3
