"""Synthetic curves are what their truth says, the same every time, and no harder for who knows it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from benchmarks.peakfit.curves import FAMILIES, LEVELS, curve
from benchmarks.peakfit.matching import AREA_TOLERANCE, Counts, score
from benchmarks.peakfit.rivals import find_peaks_and_fit, oracle
from benchmarks.peakfit.shapes import Planted
from services.preprocessing.peakfit.pattern import Component, Pattern

KINDS = ("pseudo-Voigt", "doublet", "Fraser-Suzuki", "step", "decay")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_four_give_the_same_bits(family):
    """A curve depends on nothing but family, seed, level and number of points; another seed gives another."""
    one, other = (curve(family, 5000, "medium", 600) for _ in range(2))
    assert_array_equal(one.y, other.y)
    assert one.lines == other.lines
    assert curve(family, 5001, "medium", 600).lines != one.lines


@pytest.mark.parametrize("family", FAMILIES)
def test_the_truth_sums_to_the_curve_without_noise(family):
    """Planted peaks, halos, steps, decays and baseline are all there is."""
    one = curve(family, 5002, "low", 1200)
    total = one.baseline(np.linspace(-1, 1, 1200))
    for part in (*one.peaks, *one.broad, *one.ground):
        total = total + part.value(one.x)
    assert_allclose(one.clean, total, rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_noise_is_as_large_as_it_says(family):
    """Residuals over their sd have variance one; levels rise, and what can be seen falls."""
    seen = []
    for level in LEVELS:
        one = curve(family, 5003, level, 9500)
        assert np.std((one.y - one.clean) / one.noise_sd) == pytest.approx(1.0, abs=0.03)
        seen.append(one.d_eff)
    assert (seen[0] > seen[1]).all()
    assert (seen[1] > seen[2]).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_perfect_answer_scores_one(family):
    """The truth against itself: all detectable lines hit and good, none false, none missed."""
    one = curve(family, 5004, "high", 600)
    n_due = sum(one.detectable)
    assert score(one.lines, one.detectable, one.lines) == Counts(hits=n_due, good=n_due, false=0, missed=0)


def test_a_sixth_of_thermal_curves_has_peaks_that_point_down():
    """And no other family has any."""
    share = np.mean([any(p.height < 0 for p in curve("thermal", seed, "low", 600).peaks) for seed in range(5000, 5150)])
    assert 0.08 < share < 0.26
    for family in ("WAXS", "FT-IR"):
        assert all(p.height > 0 for seed in range(5000, 5010) for p in curve(family, seed, "low", 600).peaks)


@pytest.mark.parametrize("kind", KINDS)
def test_planted_shapes_are_those_that_are_fitted(kind):
    """Written twice, apart from each other: the same values, widths and areas."""
    x = np.linspace(10.0, 40.0, 60001)
    one = Planted(kind=kind, height=3.0, place=24.0, width=0.7, lorentzian=0.4, asymmetry=0.25)
    part = Component(kind=kind, height=3.0, place=24.0, ln_width=np.log(0.7), shape=np.log(0.4 / 0.6), asymmetry=0.25)
    fitted = Pattern(components=(part,), baseline=(), first=10.0, last=40.0)
    if kind == "decay":
        x = x[x > 20]
    assert_allclose(one.value(x), fitted.value(x), rtol=1e-6, atol=1e-5)
    if kind not in ("step", "decay"):
        values = one.value(x)
        assert one.area == pytest.approx(np.trapezoid(values, x), rel=0.03)
        if kind != "doublet":
            above = x[values > 1.5]
            assert one.fwhm == pytest.approx(above[-1] - above[0], abs=2e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_who_starts_at_the_truth_stays_there(family):
    """The oracle finds nearly every detectable line with its area; plain find_peaks finds most, well or not."""
    one = curve(family, 5005, "low", 1200)
    found = oracle(one)
    counts = score(one.lines, one.detectable, found.lines)
    assert counts.f1() > 0.95
    assert counts.f1(good=True) > 0.85
    assert len(found.stderr) == len(one.peaks)
    plain = score(one.lines, one.detectable, find_peaks_and_fit(one).lines)
    assert 0.4 < plain.f1() < 1.0
    assert plain.good < counts.good
    assert AREA_TOLERANCE == 0.3
