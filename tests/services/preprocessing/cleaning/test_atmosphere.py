"""Carbon dioxide goes and is said to go; water vapour goes only where somebody knows its spectrum."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from services.preprocessing.cleaning.atmosphere import Atmosphere
from services.preprocessing.cleaning.errors import AxisError
from tests.services.preprocessing.cleaning.curves import bell, signal

X = np.arange(600.0, 4000.0, 2.0)
SPECIMEN = 0.02 + bell(X, 1460, 15, 0.3) + bell(X, 1717, 25, 0.02) + bell(X, 2920, 30, 0.8)
RNG = np.random.default_rng(1)
VAPOUR = sum(bell(X, place, 5, height) for place, height in zip(
    [*np.arange(1400, 1880, 17.3), *np.arange(3560, 3880, 14.1)], RNG.uniform(0.2, 1, 60), strict=False
))  # fmt: skip
CARBON_DIOXIDE = bell(X, 2335, 20, 0.05) + bell(X, 2362, 20, 0.06)


def test_carbon_dioxide_becomes_a_line_and_nothing_else_changes():
    """The note says from where to where."""
    after = Atmosphere(step="atmosphere").apply(signal(X, SPECIMEN + CARBON_DIOXIDE))
    assert np.abs(after.y - SPECIMEN).max() < 2e-3
    outside = (X < 2280) | (X > 2400)
    assert np.array_equal(after.y[outside], (SPECIMEN + CARBON_DIOXIDE)[outside])
    assert after.notes == ("2280 to 2400 cm-1 is a line between both sides: carbon dioxide of the air was there",)


def test_water_stays_where_nobody_knows_its_spectrum():
    """Guessing would eat carbonyl."""
    after = Atmosphere(step="atmosphere", carbon_dioxide=None).apply(signal(X, SPECIMEN + 0.01 * VAPOUR))
    assert np.array_equal(after.y, SPECIMEN + 0.01 * VAPOUR)


@pytest.mark.parametrize("amount", [0.01, -0.004, 0.0])
def test_water_goes_where_its_spectrum_is_given(amount):
    """Whatever its amount and sign; the carbonyl band is left within 3 % of its height."""
    template = tuple(zip(X.tolist(), VAPOUR.tolist(), strict=True))
    noise = RNG.normal(0, 5e-5, len(X))
    after = Atmosphere(step="atmosphere", vapour=template).apply(signal(X, SPECIMEN + amount * VAPOUR + noise))
    carbonyl = (X > 1650) & (X < 1780)
    assert np.abs(after.y - SPECIMEN)[carbonyl].max() < 0.03 * 0.02
    assert "of its spectrum" in after.notes[0]


def test_what_ends_beside_carbon_dioxide_keeps_it_and_says_so():
    """There is nothing to draw a line to."""
    short = X < 2350
    after = Atmosphere(step="atmosphere").apply(signal(X[short], SPECIMEN[short]))
    assert "stays: the spectrum ends beside it" in after.notes[0]
    assert Atmosphere(step="atmosphere").apply(signal(X[:500], SPECIMEN[:500])).notes == ()


def test_air_absorbs_over_wavenumbers():
    """A diffractogram is refused."""
    with pytest.raises(AxisError, match="air absorbs over wavenumber, the axis is two_theta"):
        Atmosphere(step="atmosphere").apply(signal(X, SPECIMEN, axis=("two_theta", "°")))
    with pytest.raises(ValidationError, match="rising in wavenumber"):
        Atmosphere(step="atmosphere", vapour=((1500.0, 1.0),))
