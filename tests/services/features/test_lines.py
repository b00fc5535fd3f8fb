"""Named lines are found by their place; a line that is not there is below a limit, never 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.observations import State
from services.features.lines import Lines, Peaks
from tests.services.features.making import GAUSSIAN, by_name, fit_with, gaussian, peak, spectrum

X = np.arange(10.0, 30.0, 0.02)


def measured(*peaks, noise=1.0):
    """Return a diffractogram whose fit found these peaks."""
    fit = fit_with(X, peaks, noise=noise)
    return spectrum(X, np.zeros(len(X)), axis=("two_theta", "°"), of=("intensity", "counts"), fits={"lines": fit})


def lines(choose="nearest"):
    """Return an extraction of one line."""
    return Lines.model_validate({"lines": [{"name": "α 040", "at": 17, "within": 0.5, "choose": choose}]})


def test_a_line_gives_its_numbers_with_errors_and_units():
    """Position, height, width and area stand as fitted."""
    found = by_name(lines().features(measured(peak(16.9, 100.0, 0.4), peak(20, 50.0, 0.4))))
    assert found["α 040 position"].value == 16.9
    assert (found["α 040 area"].unit, found["α 040 fwhm"].unit) == ("counts·°", "°")
    assert found["α 040 height"].stderr == pytest.approx(1.0)


def test_a_line_that_is_not_there_is_below_detection():
    """Height and area are below three standard deviations, a position is absent."""
    found = by_name(lines().features(measured(peak(20, 50.0, 0.4), noise=2.0)))
    height = found["α 040 height"]
    assert height.state is State.BELOW_DETECTION
    assert 0 < height.limit < 6.0
    assert found["α 040 position"].state is State.ABSENT


def test_the_limit_is_three_standard_deviations_of_a_height():
    """Heights fitted to noise alone, by a line of that width, scatter by a third of the limit."""
    limit = by_name(lines().features(measured(peak(20, 50.0, 0.4), noise=2.0)))["α 040 height"].limit
    profile = gaussian(X, 17, 1.0, 0.4)
    noise = 2.0 * np.random.default_rng(0).standard_normal((400, len(X)))
    assert 3 * np.std(noise @ profile / (profile @ profile)) == pytest.approx(limit, rel=0.15)


def test_a_fit_that_does_not_reach_there_says_so():
    """A place outside of the fit is not measured, which is not the same as absent."""
    extraction = Lines.model_validate({"lines": [{"name": "far", "at": 45, "within": 0.5}], "give": ["height"]})
    found = extraction.features(measured(peak(20, 50.0, 0.4)))[0]
    assert found.state is State.NOT_MEASURED
    assert "10 to 29.98" in found.reason


def test_nearest_highest_and_merged_choose_as_they_say():
    """Of two lines in reach, the nearest or the highest; two that are one line are added."""
    near, high = peak(17.1, 10.0, 0.2), peak(16.7, 90.0, 0.2)
    assert by_name(lines().features(measured(near, high)))["α 040 position"].value == 17.1
    assert by_name(lines("highest").features(measured(near, high)))["α 040 position"].value == 16.7
    parts = peak(16.88, 60.0, 0.4), peak(16.92, 40.0, 0.4), peak(17.4, 10.0, 0.4)
    merged = by_name(lines("merged").features(measured(*parts)))
    assert merged["α 040 position"].value == pytest.approx(16.896)
    assert merged["α 040 height"].value == pytest.approx(100, rel=0.02)
    assert merged["α 040 area"].value == pytest.approx(100 * 0.4 * GAUSSIAN)
    assert merged["α 040 fwhm"].value == pytest.approx(0.4, rel=0.03)


def test_all_peaks_are_rows_and_no_columns():
    """Which peak is which is not for one specimen to say: rows along the axis, halos marked."""
    found = measured(peak(20, 50.0, 0.4), peak(17, 9.0, 6.0, is_broad=True))
    rows = Peaks().rows(found)
    assert Peaks().features(found) == ()
    assert [(row.number, row.position, row.is_broad) for row in rows] == [(1, 17, True), (2, 20, False)]
    assert rows[0].asymmetry_stderr is None
    assert len(Peaks(broad=False).rows(found)) == 1
    assert Peaks(fit="other").rows(found) == ()


def aligned(*names):
    """Return an extraction of two lines whose true places are 16.91 and 14.12, and of one that nothing is known of."""
    places = {"α 040": 16.91, "α 110": 14.12, "talc 002": 20.0}
    declared = [{"name": name, "at": at, "within": 0.5} for name, at in places.items()]
    return Lines.model_validate(
        {"lines": declared, "give": ["position"], "align": [one for one in declared if one["name"] in names]}
    )


@given(st.floats(-0.2, 0.2))
def test_the_zero_of_the_instrument_moves_no_position(shift):
    """All lines move together: their positions stay, the shift stands beside them, and both sum to what is seen."""
    places = (16.93, 14.10, 20.02)
    moved = measured(*(peak(at + shift, height, 0.4) for at, height in zip(places, (100, 50, 30), strict=True)))
    found = by_name(aligned("α 040", "α 110").features(moved))
    own = (100 * 0.02 - 50 * 0.02) / 150
    assert found["pattern shift"].value == pytest.approx(shift + own, abs=1e-12)
    assert found["pattern shift"].unit == "°"
    for name, at in zip(("α 040", "α 110", "talc 002"), places, strict=True):
        assert found[f"{name} position"].value == pytest.approx(at - own, abs=1e-12)


def test_the_error_of_an_aligned_position_knows_what_it_is_aligned_by():
    """As repeats with normal errors scatter; a line that is aligned by itself alone has no position."""
    rng = np.random.default_rng(0)
    errors = rng.normal(0, 0.01, (4000, 3))
    weights = np.array([100, 50, 0]) / 150
    seen = errors - (errors @ weights)[:, None]
    two = measured(peak(16.91, 100.0, 0.4), peak(14.12, 50.0, 0.4), peak(20.0, 30.0, 0.4))
    found = by_name(aligned("α 040", "α 110").features(two))
    for name, scatter in zip(("α 040", "α 110", "talc 002"), seen.std(axis=0), strict=True):
        assert found[f"{name} position"].stderr == pytest.approx(scatter, rel=0.05)
    assert found["pattern shift"].stderr == pytest.approx((errors @ weights).std(), rel=0.05)
    alone = by_name(aligned("α 040").features(two))
    assert alone["α 040 position"].state is State.NOT_MEASURED
    assert alone["talc 002 position"].stderr == pytest.approx(0.01 * np.sqrt(2))


def test_without_a_line_of_known_place_no_position_is_given():
    """A position that may be off by the height of the piece is none."""
    found = by_name(aligned("α 040").features(measured(peak(20.0, 30.0, 0.4))))
    for name in ("pattern shift", "talc 002 position"):
        assert found[name].state is State.NOT_MEASURED
        assert "none of the lines α 040 was found" in found[name].reason
