"""A vibration whose frequency wanders: its width, its dispersion, and that it is neither Gaussian nor Lorentzian."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.polypropylene.laboratory.instruments.oscillators import absorbed, susceptibility

AXIS = np.arange(0.0, 8000.0, 0.25)


@settings(max_examples=20, deadline=None)
@given(st.floats(400, 3600), st.floats(4, 80))
def test_a_line_has_the_place_height_and_width_that_it_was_given(place, width):
    """Full width at half height."""
    axis = place + np.linspace(-2 * width, 2 * width, 8001)
    line = absorbed(axis, place, width)
    assert line.max() == pytest.approx(1, abs=1e-3)
    assert axis[line.argmax()] == pytest.approx(place, abs=width / 500)
    assert (line > 0.5).mean() * 4 * width == pytest.approx(width, rel=0.01)


def test_its_feet_lie_between_those_of_gauss_and_lorentz():
    """Two and four widths from its middle."""
    for away in (2.0, 4.0):
        gauss, lorentz = 2.0 ** -((2 * away) ** 2), 1 / (1 + (2 * away) ** 2)
        assert 2 * gauss < float(absorbed(np.array([1000.0 + 10 * away]), 1000.0, 10.0)[0]) < 0.5 * lorentz


@pytest.mark.parametrize(("place", "width"), [(1017.0, 24.0), (2917.0, 19.0)])
def test_dispersion_belongs_to_absorption(place, width):
    """Kramers and Kronig: the real part at rest is the integral of absorption over frequency."""
    answer = susceptibility(AXIS, place, width)
    at_rest = 2 / np.pi * np.trapezoid(answer.imag[1:] / AXIS[1:], AXIS[1:])
    assert answer.real[0] == pytest.approx(at_rest, rel=0.01)
    assert answer.imag.min() > -1e-9
