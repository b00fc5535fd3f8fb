"""Bars put together: censored values are never averaged, order does not matter, what is left out is told."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.observations import State
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.errors import PreprocessingError
from services.preprocessing.tensile import TensileMethod, evaluate_bar, summarise
from services.preprocessing.tensile.censored import kaplan_meier_median, lognormal_median
from tests.services.preprocessing.tensile.planted import AREA, COMPLIANCE, FULL, GRIPS, Bar, exported

METHOD = TensileMethod()


def bars(*planted):
    return [evaluate_bar(exported(bar.but(label=str(k), seed=k), FULL), METHOD) for k, bar in enumerate(planted, 1)]


MIXED = (
    Bar(noise=0.02),
    Bar(noise=0.02, modulus=1450, breaks_at=2.2),
    Bar(noise=0.02, breaks_at=0.12),
    Bar(noise=0.02, breaks=False, breaks_at=4.0),
    Bar(noise=0.02, slip_at=0.02, breaks_at=2.5),
    Bar(noise=0.02, yield_stress=33, breaks=False, breaks_at=4.0),
)


def written(found):
    """Bars below each other as a machine writes them, in German."""
    text = "Zugversuch PP-6\n"
    for bar in found:
        time, strain, stress = bar.rows()
        travel = strain * GRIPS + COMPLIANCE * stress * AREA
        text += f"\nProbe {bar.label}\nProbenbreite: 10,0 mm\nProbendicke: 4,0 mm\nEinspannlänge: 115 mm\n"
        text += "Zeit (s);Dehnung (%);Standardkraft (N);Traversenweg (mm)\n"
        for row in zip(time, 100 * strain, stress * AREA, travel, strict=True):
            text += ";".join(f"{v:.6f}" for v in row).replace(".", ",") + "\n"
    return text.encode("latin-1")


def test_bars_of_a_file_are_what_was_planted():
    """Written, read, evaluated, put together: the same numbers as without the file."""
    planted = [bar.but(label=str(k), seed=k) for k, bar in enumerate(MIXED[:3], 1)]
    readings = read_source(Source("zug.csv", written(planted))).readings
    assert [r.label for r in readings] == ["1", "2", "3"]
    summary = summarise([evaluate_bar(r, METHOD) for r in readings], METHOD)
    direct = summarise([evaluate_bar(exported(bar, FULL), METHOD) for bar in planted], METHOD)
    for name, found in summary.quantities.items():
        assert found.n == direct.quantities[name].n == 3
        assert found.mean == pytest.approx(direct.quantities[name].mean, rel=1e-4)
    for name, censored in summary.censored.items():
        assert censored.median.value == pytest.approx(direct.censored[name].median.value, rel=1e-4)
    assert summary.share_necked == direct.share_necked == pytest.approx(2 / 3)
    assert summary.left_out == ()


def test_mean_median_sd_and_count():
    """Strength and modulus of all bars but those left out, by the plain formulas."""
    found = bars(*MIXED)
    summary = summarise(found, METHOD)
    moduli = [bar["modulus"].value for bar in found]
    assert summary.quantities["modulus"].n == 6
    assert summary.quantities["modulus"].mean == pytest.approx(np.mean(moduli))
    assert summary.quantities["modulus"].sd == pytest.approx(np.std(moduli, ddof=1))
    assert summary.quantities["modulus"].median == pytest.approx(np.median(moduli))
    assert summary.quantities["yield_strain"].n == 5
    assert summary.share_necked == pytest.approx(5 / 6)
    assert (summary.n_bars, summary.edition) == (6, METHOD.edition)


def test_what_was_left_out_is_told_with_its_reason():
    """The bar that slipped: its strains and energies, not its strength."""
    summary = summarise(bars(*MIXED), METHOD)
    assert {(out.bar, out.quantity) for out in summary.left_out} == {
        ("5", name) for name in ("yield_strain", "elongation_at_break", "energy_to_break", "energy_per_volume")
    }
    assert all(out.reason.startswith("slip: ") for out in summary.left_out)
    keeping = TensileMethod(leaves_out=())
    assert summarise(bars(*MIXED), keeping).left_out == ()
    assert summarise(bars(*MIXED), keeping).censored["elongation_at_break"].n == 6


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_bars_changes_nothing(seed):
    """To the last bit."""
    found = bars(*MIXED)
    shuffled = random.Random(seed).sample(found, len(found))
    assert summarise(shuffled, METHOD) == summarise(found, METHOD)


def test_limits_are_counted_and_never_averaged():
    """Two of five unbroken: no mean of logarithms, a median by Kaplan and Meier; raising the limits leaves it there."""
    elongation = summarise(bars(*MIXED), METHOD).censored["elongation_at_break"]
    assert (elongation.n, elongation.n_censored) == (5, 2)
    assert elongation.mean_of_log is elongation.geometric_mean is None
    assert elongation.median.value == pytest.approx(300, rel=0.01)
    assert elongation.lognormal_median is not None
    longer = tuple(bar if bar.breaks else bar.but(breaks_at=6.0) for bar in MIXED)
    assert summarise(bars(*longer), METHOD).censored["elongation_at_break"].median == elongation.median


def test_bars_that_mostly_pass_the_end_give_a_limit():
    """One of four broke: the median lies above, and nothing pretends to know it."""
    unbroken = Bar(breaks=False, breaks_at=4.0)
    elongation = summarise(bars(Bar(), unbroken, unbroken, unbroken), METHOD).censored["elongation_at_break"]
    assert elongation.median.state is State.ABOVE_RANGE
    assert elongation.median.value == pytest.approx(400, rel=0.01)
    assert "1 of 4" in elongation.median.reason
    assert elongation.lognormal_median is None


def test_bars_that_all_broke_have_logarithms():
    """Geometric mean and median are those of the values."""
    found = bars(Bar(), Bar(breaks_at=2.0), Bar(breaks_at=1.0))
    elongation = summarise(found, METHOD).censored["elongation_at_break"]
    values = [bar["elongation_at_break"].value for bar in found]
    assert elongation.geometric_mean == pytest.approx(np.exp(np.mean(np.log(values))))
    assert elongation.lognormal_median == pytest.approx(elongation.geometric_mean)
    assert elongation.median.value == pytest.approx(np.median(values))
    assert elongation.n_censored == 0


def test_a_bar_that_broke_before_the_others_is_told():
    """Before yield, where the others yielded; far weaker, where none does; it counts unless the method says no."""
    found = bars(Bar(), Bar(), Bar(), Bar(breaks_at=0.02))
    summary = summarise(found, METHOD)
    ((label, why),) = summary.early
    assert label == "4"
    assert "3 of 3 others yielded" in why
    assert summary.quantities["strength"].n == 4
    strict = TensileMethod(leaves_out=("early break",))
    assert summarise(found, strict).quantities["strength"].n == 3
    brittle = bars(*[Bar(breaks_at=0.05)] * 4, Bar(breaks_at=0.008))
    assert [label for label, _ in summarise(brittle, METHOD).early] == ["5"]
    assert summarise(bars(Bar(), Bar(breaks_at=0.02)), METHOD).early == ()


def test_no_bars_at_all_say_nothing():
    """Counts of nought, nothing invented."""
    summary = summarise([], METHOD)
    assert summary.share_necked is None
    assert summary.quantities["modulus"].n == 0
    assert summary.quantities["modulus"].mean is None
    assert summary.censored["elongation_at_break"].median.state is State.ABSENT


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1, 1000), min_size=1, max_size=25))
def test_kaplan_meier_without_limits_is_the_lower_median(values):
    """The smallest value that half have not passed."""
    assert kaplan_meier_median(values, []) == sorted(values)[(len(values) - 1) // 2]


def test_kaplan_meier_of_a_worked_example():
    """6, 6, 6, 7, 10, 13, 16, 22, 23 with limits 6 9 10 11 17 19 20 25 32 32 34 35: median 23 (Freireich 1963)."""
    assert kaplan_meier_median([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]) == 23


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_a_planted_log_normal_comes_back_through_censoring(share):
    """Median 200 %, sd of the logarithm 0.4: 4000 bars, up to six of ten unbroken."""
    drawn = 200 * np.exp(0.4 * np.random.default_rng(5).normal(size=4000))
    limit = np.quantile(drawn, 1 - share)
    law = lognormal_median(drawn[drawn <= limit].tolist(), [float(limit)] * int((drawn > limit).sum()))
    assert law.median == pytest.approx(200, rel=0.03)
    assert law.sd_of_log == pytest.approx(0.4, rel=0.05)


def test_a_log_normal_needs_values_above_zero_and_two_of_them():
    """No law of one value; none of a negative elongation."""
    assert lognormal_median([5.0], [9.0, 9.0]) is None
    assert lognormal_median([5.0, 5.0], []) is None
    with pytest.raises(PreprocessingError, match="-1"):
        lognormal_median([5.0, -1.0], [])
