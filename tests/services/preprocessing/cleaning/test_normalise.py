"""Normalising takes out what the instrument put in, and refuses to divide by nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.preprocessing.cleaning.errors import AxisError, EmptyCurveError
from services.preprocessing.cleaning.normalise import Normalise
from tests.services.preprocessing.cleaning.curves import bell, signal

X = np.linspace(600, 1800, 601)
Y = bell(X, 1000, 20, 2.0) + bell(X, 1460, 30) + 0.1
METHODS = [{"method": m} for m in ("maximum", "area", "SNV", "vector")] + [{"method": "band", "from": 1400, "to": 1520}]


def normalise(**settings):
    return Normalise.model_validate({"step": "normalise", **settings})


@settings(max_examples=30, deadline=None)
@given(factor=st.floats(1e-4, 1e4), how=st.sampled_from(METHODS))
def test_a_thicker_specimen_gives_the_same_curve(factor, how):
    """Whatever it is divided by."""
    one, other = (normalise(**how).apply(signal(X, k * Y)) for k in (1.0, factor))
    assert np.allclose(one.y, other.y)
    assert one.curve.channel("absorbance").unit == ""


def test_each_is_what_its_name_says():
    """Maximum 1, area 1, mean 0 and deviation 1, length 1, band above its chord 1."""
    maximum, area, snv, vector, band = (normalise(**how).apply(signal(X, Y)).y for how in METHODS)
    assert maximum.max() == pytest.approx(1)
    assert np.trapezoid(area, X) == pytest.approx(1)
    assert (snv.mean(), snv.std()) == (pytest.approx(0, abs=1e-12), pytest.approx(1))
    assert np.linalg.norm(vector) == pytest.approx(1)
    inside = (X >= 1400) & (X <= 1520)
    chord = np.interp(X[inside], (1400, 1520), (band[inside][0], band[inside][-1]))
    assert np.trapezoid(band[inside] - chord, X[inside]) == pytest.approx(1)


def test_the_band_of_reference_does_not_see_what_lies_under_it():
    """A slope under the band changes nothing of what is divided by."""
    flat, sloped = (normalise(**METHODS[-1]).apply(signal(X, Y + k * X)).notes[0] for k in (0.0, 1e-3))
    assert flat == sloped


def test_missing_values_are_left_out():
    """And stay missing."""
    y = Y.copy()
    y[[3, 400]] = np.nan
    after = normalise(method="vector").apply(signal(X, y))
    assert np.nansum(after.y**2) == pytest.approx(1)
    assert np.isnan(after.y).sum() == 2


@pytest.mark.parametrize("how", METHODS)
def test_nothing_is_divided_by_nothing(how):
    """A flat or a negative curve is refused."""
    with pytest.raises(EmptyCurveError, match="above zero is wanted"):
        normalise(**how).apply(signal(X, np.zeros(len(X))))


def test_a_band_beside_the_axis_is_refused():
    """With what the axis has."""
    with pytest.raises(AxisError, match="0 points lie in the band from 2700 to 2750; wavenumber goes from 600 to 1800"):
        normalise(method="band", **{"from": 2700, "to": 2750}).apply(signal(X, Y))
    with pytest.raises(ValidationError, match="a reference band has a from and a to"):
        normalise(method="band")
    with pytest.raises(ValidationError, match="a reference band has a from and a to"):
        normalise(method="area", **{"from": 1, "to": 2})
