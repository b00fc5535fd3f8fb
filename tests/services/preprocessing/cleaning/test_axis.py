"""Ranges and grids keep what they are told to keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.preprocessing.cleaning.axis import Grid, Range
from services.preprocessing.cleaning.errors import AxisError
from tests.services.preprocessing.cleaning.curves import SEGMENTS, signal

X = np.linspace(5, 35, 301)


def cut(**settings):
    return Range.model_validate({"step": "range", **settings})


def grid(**settings):
    return Grid.model_validate({"step": "grid", **settings})


def test_a_range_keeps_both_ends_and_cuts_segments():
    """Segments are those of the points that are left."""
    before = signal(X, np.sin(X), others=(("weight", "g", X**2),), segments=SEGMENTS)
    after = cut(**{"from": 10, "to": 20}).apply(before)
    assert after.x[0] == pytest.approx(10)
    assert after.x[-1] == pytest.approx(20)
    assert np.array_equal(after.curve.channel("weight").values, after.x**2)
    assert [(s.name, s.start, s.stop) for s in after.curve.segments] == [("heat 1", 0, 70), ("cool", 70, 101)]
    assert after.notes == ()


def test_a_range_beyond_the_axis_says_what_the_axis_has():
    """Outside there is nothing: an error. Partly outside: a note."""
    before = signal(X, np.sin(X), axis=("two_theta", "°"))
    with pytest.raises(
        AxisError, match=r"range: FTIR \(absorbance\): 0 points lie from 40 to 50; two_theta goes from 5"
    ):
        cut(**{"from": 40, "to": 50}).apply(before)
    after = cut(**{"from": 30, "to": 40}).apply(before)
    assert after.notes == ("two_theta ends at 35 °, the range at 40",)
    assert len(after.x) == 51


@pytest.mark.parametrize(
    "wrong", [{}, {"from": 5, "to": 5}, {"from": 9, "to": 5}, {"from": float("nan")}, {"fro": 5}, {"to": "high"}]
)
def test_a_range_that_is_none_is_refused_at_birth(wrong):
    """Before any curve is seen."""
    with pytest.raises(ValidationError):
        cut(**wrong)


@settings(max_examples=60, deadline=None)
@given(by=st.floats(0.013, 3.0), slope=st.floats(-5, 5), seed=st.integers(0, 99))
def test_a_line_stays_the_same_line_on_any_grid(by, slope, seed):
    """Finer or coarser, on an uneven axis: places are multiples of the distance; means of a line lie on it."""
    x = np.sort(np.random.default_rng(seed).uniform(5, 35, 200))
    after = grid(by=by).apply(signal(x, 3 + slope * x))
    assert np.allclose(after.x / by, np.round(after.x / by))
    inside = (after.x > x[0] + by) & (after.x < x[-1] - by)
    assert np.allclose(after.y[inside], 3 + slope * after.x[inside])


def test_a_coarser_grid_averages_noise_away_and_keeps_the_area():
    """Ten points become one: the noise falls by the root of ten, the area stays."""
    x = np.linspace(0, 1000, 10_001)
    noise = np.random.default_rng(5).normal(size=len(x))
    before = signal(x, noise + np.exp(-(((x - 500) / 40) ** 2)) * 50)
    after = grid(by=1.0).apply(before)
    assert np.trapezoid(after.y, after.x) == pytest.approx(np.trapezoid(before.y, before.x), rel=2e-3)
    assert np.std(np.diff(after.y[:300])) / np.sqrt(2) == pytest.approx(10**-0.5, rel=0.15)
    assert after.notes == ("carried from 10001 to 1001 places 1 cm-1 apart, by means over each step",)


def test_two_instruments_come_to_stand_on_one_grid():
    """Curves over other places agree where both have the same truth."""
    curves = [grid(by=2.0).apply(signal(x, np.sin(x / 30))) for x in (np.arange(399.3, 900, 1.93), np.arange(400, 901))]
    one, other = curves
    shared = np.intersect1d(one.x, other.x)
    assert len(shared) > 240
    assert np.allclose(one.y[np.isin(one.x, shared)], other.y[np.isin(other.x, shared)], atol=2e-3)


@pytest.mark.parametrize("by", [0.05, 0.5])
def test_a_gap_stays_a_gap_on_a_grid(by):
    """No value is made where none was measured."""
    y = np.sin(X)
    y[(X > 14.95) & (X < 20.05)] = np.nan
    after = grid(by=by).apply(signal(X, y))
    assert np.isnan(after.y[(after.x >= 15) & (after.x <= 20)]).all()
    assert np.isfinite(after.y[(after.x < 14.5) | (after.x > 20.5)]).all()


def test_segments_move_with_the_grid():
    """They end where they ended on the axis."""
    before = signal(X, np.sin(X), segments=SEGMENTS)
    after = grid(points=61).apply(before)
    assert [(s.name, after.x[s.start]) for s in after.curve.segments] == [
        ("heat 1", pytest.approx(5)),
        ("cool", pytest.approx(17)),
    ]


def test_a_grid_beyond_the_axis_is_refused():
    """Nothing is made up outside."""
    with pytest.raises(AxisError, match=r"it goes from 5 to 40; wavenumber from 5 to 35 cm-1"):
        grid(by=1, to=40).apply(signal(X, X))
    with pytest.raises(AxisError, match="1 places 30 apart"):
        grid(by=30, **{"from": 6}).apply(signal(X, X))
    with pytest.raises(ValidationError, match="either by a distance or of a number"):
        grid()
