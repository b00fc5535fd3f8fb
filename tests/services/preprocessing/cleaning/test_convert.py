"""Conversions are those of the textbook, and nothing is converted on a guess."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from services.preprocessing.cleaning.convert import Convert
from services.preprocessing.cleaning.errors import AxisError, ChannelError
from services.records.reading import Amount
from tests.services.preprocessing.cleaning.curves import signal

X = np.linspace(10, 40, 301)
ABSORBANCE = Convert(step="convert", to="absorbance")
COPPER = Convert(step="convert", to="Cu Kα")


@pytest.mark.parametrize(("unit", "factor"), [("%", 100.0), ("", 1.0), ("%T", 100.0)])
@pytest.mark.parametrize("quantity", ["transmittance", "reflectance"])
def test_what_is_let_through_becomes_absorbance(quantity, unit, factor):
    """-log10 of the share, in % or as a share; a reflectance is called apparent."""
    absorbance = 0.1 + np.sin(X) ** 2
    after = ABSORBANCE.apply(signal(X, factor * 10**-absorbance, of=(quantity, unit)))
    assert after.of == "absorbance"
    assert np.allclose(after.y, absorbance)
    assert ("apparent" in after.notes[0]) == (quantity == "reflectance")


def test_per_cent_that_nobody_called_per_cent_are_refused():
    """A share goes up to 1."""
    with pytest.raises(ChannelError, match=r"it goes up to 98 without a unit; a transmittance is a share up to 1"):
        ABSORBANCE.apply(signal(X, np.full(301, 98.0), of=("transmittance", "")))


def test_absorbance_stays_and_the_unnamed_is_noted():
    """Twice converted is once converted."""
    before = signal(X, np.sin(X))
    assert ABSORBANCE.apply(before) is before
    named = ABSORBANCE.apply(signal(X, np.sin(X), of=("intensity", "")))
    assert named.notes == ("intensity was taken for absorbance: the file does not say what it is",)


def test_where_no_light_comes_through_there_is_no_absorbance():
    """Not infinity, and said so."""
    y = np.full(301, 0.5)
    y[7] = 0.0
    y[8] = -0.01
    after = ABSORBANCE.apply(signal(X, y, of=("transmittance", "")))
    assert np.isnan(after.y[[7, 8]]).all()
    assert "2 points let no light through and have no absorbance" in after.notes


def diffraction(x, wavelength=None, axis=("two_theta", "°")):
    conditions = {"wavelength": wavelength} if wavelength else {}
    return signal(x, np.sin(x), axis=axis, of=("intensity", "counts"), conditions=conditions)


def test_lines_of_another_radiation_come_to_where_copper_has_them():
    """Silicon 111, d = 3.1356 Å: 28.44° with Cu Kα1, 36.3° with Co Kα1 and 13.0° with Mo Kα1; nm or Å."""
    for wavelength, unit in ((1.788996, "Å"), (0.0709319, "nm")):
        angstrom = wavelength * (10 if unit == "nm" else 1)
        there = 2 * np.degrees(np.arcsin(angstrom / (2 * 3.1356)))
        after = COPPER.apply(diffraction(np.linspace(there - 1, there + 1, 201), Amount(wavelength, unit)))
        assert after.x[100] == pytest.approx(28.442, abs=2e-3)
        assert "Bragg" in after.notes[0]


def test_what_copper_cannot_reach_is_left_out():
    """Molybdenum sees smaller distances than copper does."""
    after = COPPER.apply(diffraction(np.linspace(5, 60, 551), Amount(0.70932, "Å")))
    assert after.x[-1] < 180
    assert "points lie beyond its reach" in after.notes[0]


def test_q_becomes_two_theta():
    """q = 4π sin θ / λ."""
    two_theta = np.linspace(5, 40, 101)
    q = 4 * np.pi * np.sin(np.radians(two_theta / 2)) / 0.1540593
    after = COPPER.apply(diffraction(q, axis=("scattering_vector", "nm-1")))
    assert np.allclose(after.x, two_theta)
    assert after.curve.axis.quantity == "two_theta"


def test_copper_stays_copper():
    """Kα1 or the mean of both; where no wavelength is stated it is taken, and said."""
    for angstrom in (1.5406, 1.54056, 1.5418):
        before = diffraction(X, Amount(angstrom, "Å"))
        assert COPPER.apply(before) is before
    assert COPPER.apply(diffraction(X)).notes == ("no wavelength is stated: Cu Kα is taken",)
    declared = Convert(step="convert", to="Cu Kα", wavelength_angstrom=1.788996).apply(diffraction(X))
    assert declared.x[-1] < X[-1]
    with pytest.raises(AxisError, match="an axis is two_theta or scattering_vector, got wavenumber"):
        COPPER.apply(signal(X, X))


def test_units_go_over_by_their_factors():
    """Of the channel or of the axis."""
    before = signal(60 * X, X, axis=("time", "s"), of=("mass", "mg"))
    minutes = Convert(step="convert", to="min", of="time").apply(before)
    assert np.allclose(minutes.x, X)
    assert (minutes.of, minutes.curve.axis.unit) == ("mass", "min")
    assert np.array_equal(minutes.y, X)
    grams = Convert(step="convert", to="g").apply(before)
    assert np.allclose(grams.y, X / 1000)
    assert grams.curve.channel("mass").unit == "g"
    with pytest.raises(ChannelError, match="'mg' cannot be turned into MPa"):
        Convert(step="convert", to="MPa").apply(before)
    with pytest.raises(ValidationError, match="known are absorbance"):
        Convert(step="convert", to="cubits")
