"""Profiles are what their sources say: derivatives by finite differences, areas by quadrature, widths at half."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.preprocessing.peakfit.profiles import FREE, KINDS, add_component, area_of, width_of

X = np.linspace(5.0, 45.0, 801)
numbers = st.tuples(
    st.floats(-3, 3).filter(lambda h: abs(h) > 0.1),
    st.floats(15, 35),
    st.floats(-1.5, 1.2),
    st.floats(-3, 3),
    st.floats(-0.9, 0.9).filter(lambda a: abs(a) > 1e-4 or a == 0),
).map(np.array)


def value(kind: str, q: np.ndarray, x: np.ndarray = X) -> np.ndarray:
    total, slopes = np.zeros(len(x)), np.empty((5, len(x)))
    add_component(KINDS[kind], q, x, 0, len(x), total, slopes)
    return total


@pytest.mark.parametrize("kind", KINDS)
@given(q=numbers)
@settings(max_examples=25, deadline=None)
def test_derivatives_are_those_of_finite_differences(kind, q):
    """By each number that the kind has; by the others they vanish."""
    slopes = np.empty((5, len(X)))
    add_component(KINDS[kind], q, X, 0, len(X), np.zeros(len(X)), slopes)
    for k, is_free in enumerate(FREE[kind]):
        step = np.zeros(5)
        step[k] = 1e-6
        around = (value(kind, q + step) - value(kind, q - step)) / 2e-6
        away = np.abs(X - q[1]) > 0.02  # a split profile has a kink in its second derivative there
        if is_free:
            assert slopes[k][away] == pytest.approx(around[away], abs=2e-5 * max(1.0, np.abs(around).max()))
        elif not (kind == "decay" and k == 1):
            assert np.abs(around).max() < 1e-8


@pytest.mark.parametrize("kind", ["pseudo-Voigt", "split pseudo-Voigt", "doublet", "Fraser-Suzuki"])
@given(q=numbers)
@settings(max_examples=12, deadline=None)
def test_areas_and_widths_are_those_of_the_curve(kind, q):
    """By quadrature far into the tails, and where the curve crosses half of its height."""
    q = q.copy()
    q[2] = min(q[2], 0.0)
    if kind == "doublet":
        q[2] = 0.0  # its two parts lie close together then
    x = (
        np.linspace(q[1] - 3000.0, q[1] + 3000.0, 1_200_001)
        if kind != "doublet"
        else np.linspace(-3000, 3000, 1_200_001)
    )
    curve = value(kind, q, x)
    assert np.trapezoid(curve, x) == pytest.approx(area_of(kind, q), rel=3e-3)
    x = np.linspace(q[1] - 3.0, q[1] + 3.0, 60_001)
    curve = value(kind, q, x)
    above = x[np.abs(curve) >= np.abs(q[0]) / 2]
    if kind != "doublet":
        assert above[-1] - above[0] == pytest.approx(width_of(kind, q), abs=0.012)


def test_kalpha2_stands_0_043_degrees_beside_kalpha1_at_17():
    """A fixed doublet: half as high, shifted by Bragg's law."""
    x = np.linspace(16.8, 17.2, 40001)
    curve = value("doublet", np.array([1.0, 17.0, np.log(0.004), -3.0, 0.0]), x)
    second = x[(x > 17.02)][curve[x > 17.02].argmax()]
    assert second - 17.0 == pytest.approx(0.0426, abs=0.0005)
    assert curve[x > 17.02].max() == pytest.approx(0.5, abs=0.01)
