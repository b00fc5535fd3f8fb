"""Smoothing and derivatives are exact for what their polynomials can follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.preprocessing.cleaning.errors import AxisError, ChannelError, EmptyCurveError
from services.preprocessing.cleaning.local_polynomials import Derivative, Smooth
from services.records.curve import Segment
from tests.services.preprocessing.cleaning.curves import bell, signal

X = np.linspace(100, 400, 301)


def smooth(**settings):
    return Smooth.model_validate({"step": "smooth", **settings})


def derivative(**settings):
    return Derivative.model_validate({"step": "derivative", **settings})


@settings(max_examples=40, deadline=None)
@given(st.tuples(*(st.floats(-2, 2) for _ in range(4))), st.floats(6, 40))
def test_a_cubic_is_its_own_smooth_and_has_its_own_derivatives(coefficients, window):
    """At every point, the ends too."""
    cubic = np.polynomial.Polynomial(coefficients, domain=[100, 400])
    before = signal(X, cubic(X))
    assert np.allclose(smooth(window=window).apply(before).y, cubic(X), atol=1e-9)
    for order in (1, 2):
        after = derivative(order=order, window=window).apply(before)
        assert np.allclose(after.y, cubic.deriv(order)(X), atol=1e-8)
        assert after.of == f"absorbance_derivative_{order}"
        assert after.curve.channel("absorbance") == before.curve.channel("absorbance")


@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_on_an_uneven_axis_are_by_the_axis(order):
    """Pixels of a Raman spectrograph draw closer by a third from one end to the other."""
    x = 200 + 3.2 * np.arange(900) - 0.0006 * np.arange(900) ** 2
    truth = np.cos(x / 50) / 50 if order == 1 else -np.sin(x / 50) / 2500
    after = derivative(order=order, window=40).apply(signal(x, np.sin(x / 50)))
    assert np.abs(after.y - truth)[20:-20].max() < 0.02 * np.abs(truth).max()


def test_smoothing_takes_noise_and_says_what_it_is_for():
    """Whittaker as well as Savitzky-Golay."""
    truth = bell(X, 250, 60)
    y = truth + np.random.default_rng(1).normal(0, 0.05, len(X))
    for step in (smooth(window=25), smooth(method="Whittaker", stiffness=1e3)):
        after = step.apply(signal(X, y))
        assert np.std(after.y - truth) < 0.4 * np.std(y - truth)
        assert after.notes[0].startswith("smoothed: for detection and pictures")


def test_whittaker_is_the_solution_of_its_normal_equations():
    """(I + s D'D) z = y, worked out densely."""
    y = np.random.default_rng(2).normal(size=40)
    D = np.diff(np.eye(40), 2, axis=0)
    z = np.linalg.solve(np.eye(40) + 7.0 * D.T @ D, y)
    assert np.allclose(smooth(method="Whittaker", stiffness=7.0).apply(signal(np.arange(40.0), y)).y, z)


def test_nothing_is_smoothed_across_a_gap_or_the_bound_of_a_segment():
    """A step between two segments stays a step."""
    y = np.where(np.arange(301) < 120, 1.0, 9.0)
    segments = (Segment(kind="heat", start=0, stop=120), Segment(kind="cool", start=120, stop=301))
    assert np.allclose(smooth(window=20).apply(signal(X, y, segments=segments)).y, y)
    jumping = np.concatenate([X[:120], X[120:] + 50])
    assert np.allclose(smooth(window=20).apply(signal(jumping, y)).y, y)
    y[130:133] = np.nan
    after = smooth(window=20).apply(signal(X, y, segments=segments))
    assert np.array_equal(np.isnan(after.y), np.isnan(y))
    assert "1 stretches shorter than the window stayed as they were" in after.notes


def test_a_derivative_by_temperature_has_no_value_where_it_stands_still():
    """Heating at 10, holding, cooling at 20 K/min: mass against temperature, in %/°C."""
    minutes = np.linspace(0, 40, 2401)
    celsius = np.interp(minutes, [0, 20, 30, 40], [30, 230, 230, 30])
    mass = 100 - 0.05 * celsius
    segments = tuple(
        Segment(kind=kind, start=start, stop=stop)
        for kind, start, stop in (("heat", 0, 1200), ("isothermal", 1200, 1800), ("cool", 1800, 2401))
    )
    after = derivative(window=5, degree=2, along="temperature").apply(
        signal(minutes, mass, axis=("time", "min"), of=("mass", "%"), others=(("temperature", "°C", celsius),),
               segments=segments)
    )  # fmt: skip
    assert np.allclose(after.y[10:1190], -0.05)
    assert np.allclose(after.y[1820:2390], -0.05)
    assert np.isnan(after.y[1200:1800]).all()
    assert after.curve.channel("mass_derivative_1").unit == "%/°C"
    with pytest.raises(ChannelError, match="there is no 'pressure'; there are time, mass, temperature"):
        derivative(window=5, along="pressure").apply(
            signal(minutes, mass, axis=("time", "min"), of=("mass", "%"), others=(("temperature", "°C", celsius),))
        )


def test_a_window_may_widen_to_what_its_polynomial_wants():
    """Points 5 °C apart in a window of 8: as wide as a polynomial needs, and said so; fine points keep their window."""
    minutes = np.linspace(0, 60, 121)
    for celsius, wide in ((20 + 10 * minutes, 20), (20 + 0.5 * minutes, 8)):
        coarse = signal(
            minutes,
            100 - 0.2 * celsius,
            axis=("time", "min"),
            of=("mass", "%"),
            others=(("temperature", "°C", celsius),),
        )
        after = derivative(window=8, degree=2, along="temperature", widen=True).apply(coarse)
        assert np.allclose(after.y, -0.2)
        assert f"over {wide} °C" in after.notes[-1]
        assert ("not over 8 °C" in after.notes[-1]) == (wide > 8)
    with pytest.raises(AxisError, match="20 °C or wider"):
        derivative(window=8, degree=2, along="temperature").apply(
            signal(minutes, minutes, axis=("time", "min"), others=(("temperature", "°C", 20 + 10 * minutes),))
        )


def test_windows_that_do_not_fit_are_refused_with_what_would():
    """Too narrow for the polynomial, too wide for the curve, or of the wrong method."""
    with pytest.raises(AxisError, match=r"holds 3 points 1 cm-1 apart; a polynomial of degree 3 wants 5: 5 cm-1"):
        smooth(window=2.5).apply(signal(X, X))
    with pytest.raises(EmptyCurveError, match="no stretch is as wide as the window, 900 cm-1"):
        derivative(window=900).apply(signal(X, X))
    with pytest.raises(ValidationError, match="Savitzky-Golay takes a window, Whittaker a stiffness"):
        smooth(method="Whittaker", window=5)
    with pytest.raises(ValidationError, match="a polynomial of degree 1 has no derivative of order 2"):
        derivative(order=2, degree=1, window=5)
