"""A curve runs one way, all its channels are as long as it, and nobody writes to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.records.curve import Channel, Curve, CurveError, Segment, curve_along

WAVENUMBER = Channel("wavenumber", "cm-1", np.array([400.0, 402.0, 404.0]))
ABSORBANCE = Channel("absorbance", "", np.array([0.1, np.nan, 0.3]))


@given(arrays(np.float64, st.integers(2, 20), elements=st.floats(-1e9, 1e9), unique=True), st.booleans())
def test_a_file_that_descends_is_turned_around_with_all_its_channels(x, descends):
    """Each point keeps its values; the curve says that it was turned."""
    x = np.sort(x)[::-1] if descends else np.sort(x)
    curve = curve_along(Channel("time", "s", x), Channel("mass", "mg", 2 * x), Channel("gas flow", "ml/min", x - 1))
    assert curve.was_reversed == descends
    np.testing.assert_array_equal(curve.axis.values, np.sort(x))
    np.testing.assert_array_equal(curve.channel("mass").values, 2 * curve.axis.values)
    np.testing.assert_array_equal(curve.channel("gas flow").values, curve.axis.values - 1)


def test_what_contradicts_itself_is_no_curve():
    """With the quantity and the point."""
    for wrong, said in [
        (lambda: Channel("x", "", np.zeros((2, 2))), "one row is wanted"),
        (lambda: Channel("", "s", np.zeros(2)), "name of its quantity"),
        (lambda: Curve(axis=WAVENUMBER, channels=()), "at least one channel"),
        (lambda: Curve(axis=WAVENUMBER, channels=(Channel("y", "", np.zeros(2)),)), "y has 2 values for 3 points"),
        (lambda: Curve(axis=WAVENUMBER, channels=(ABSORBANCE, ABSORBANCE)), "of another quantity"),
        (lambda: curve_along(Channel("t", "s", np.array([0.0, 2, 1, 3])), ABSORBANCE), "t falls after point 1: 2 to 1"),
        (lambda: curve_along(Channel("t", "s", np.array([0.0, np.nan])), ABSORBANCE), "point 1 is no finite number"),
        (lambda: curve_along(Channel("t", "s", np.zeros(1)), ABSORBANCE), "at least 2 points"),
        (lambda: Segment(kind="heat", start=5, stop=5), "no stretch"),
        (
            lambda: (
                WAVENUMBER and curve_along(WAVENUMBER, ABSORBANCE, segments=(Segment(kind="heat", start=1, stop=4),))
            ),
            "of 3",
        ),
        (lambda: curve_along(WAVENUMBER, ABSORBANCE).channel("mass"), "there are wavenumber, absorbance"),
    ]:
        with pytest.raises(CurveError, match=said):
            wrong()


def test_nobody_writes_to_a_curve():
    """Not through it, and not through the array that it was made of."""
    given_values = np.array([1.0, 2.0])
    channel = Channel("mass", "mg", given_values)
    given_values[0] = 9
    assert channel.values[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        channel.values[0] = 9


def test_curves_are_equal_where_all_their_numbers_are():
    """Missing values too; another unit is another curve."""
    assert curve_along(WAVENUMBER, ABSORBANCE) == curve_along(WAVENUMBER, ABSORBANCE)
    other = Channel("absorbance", "a.u.", ABSORBANCE.values)
    assert curve_along(WAVENUMBER, ABSORBANCE) != curve_along(WAVENUMBER, other)
