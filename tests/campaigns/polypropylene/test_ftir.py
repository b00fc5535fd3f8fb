"""Infrared spectra: bands where tables have them, growing with what they come from, read back as they were written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.ftir import WAVENUMBERS, absorbance, ftir
from tests.campaigns.polypropylene.analysed import compound, piece, reading_of, with_chains


def area(structure, low: float, high: float) -> float:
    """Absorbance × cm⁻¹ over a straight line between two wavenumbers."""
    spectrum = absorbance(structure)
    inside = (low <= WAVENUMBERS) & (high >= WAVENUMBERS)
    x, y = WAVENUMBERS[inside][::-1], spectrum[inside][::-1]
    return float(np.trapezoid(y - np.interp(x, [x[0], x[-1]], [y[0], y[-1]]), x))


@pytest.mark.parametrize("place", [2951, 2917, 2838, 1456, 1376, 1167, 998, 973, 841, 809])
def test_polypropylene_has_its_bands(place):
    """A maximum within 4 cm⁻¹ of each."""
    spectrum = absorbance(compound())
    near = np.flatnonzero(np.abs(WAVENUMBERS - place) <= 10)
    assert abs(WAVENUMBERS[near[spectrum[near].argmax()]] - place) <= 4


def test_bands_lean_to_lower_wavenumbers_the_stronger_they_are():
    """As they do under a crystal: the refractive index changes with them."""
    spectrum = absorbance(compound(talc=0.3))
    near = np.flatnonzero(np.abs(WAVENUMBERS - 1017) <= 30)
    assert WAVENUMBERS[near[spectrum[near].argmax()]] < 1017


def test_the_carbonyl_index_follows_carbonyl():
    """Area under band of 1850 to 1650 over that of 1500 to 1420."""
    plain = compound()
    index = [
        area(with_chains(plain, carbonyl=c), 1650, 1850) / area(with_chains(plain, carbonyl=c), 1420, 1500)
        for c in (2.0, 10.0, 30.0)
    ]
    assert index[0] < 0.4 * index[1] < 0.4 * 0.6 * index[2]


def test_calcite_and_talc_spoil_the_windows_that_they_are_known_to_spoil():
    """Calcite near 1420 and talc near 1017 swamp what stands there; talc's OH is sharp, that of oxidation broad."""
    assert area(compound(calcite=0.2), 1420, 1500) != pytest.approx(area(compound(), 1420, 1500), rel=0.2)
    assert area(compound(talc=0.2), 950, 1060) > 5 * area(compound(), 950, 1060)
    assert area(compound(talc=0.2), 3660, 3690) > 20 * abs(area(compound(), 3660, 3690))


def test_regularity_bands_follow_the_crystals_of_the_skin():
    """998 over 973."""
    plain = compound()
    ordered = replace(plain, skin=replace(plain.skin, pp=0.6))
    assert area(ordered, 988, 1008) / area(ordered, 960, 985) > 1.25 * area(plain, 988, 1008) / area(plain, 960, 985)


def test_polyethylene_shows_beside_720():
    """The more of it, the stronger."""
    shown = [area(compound(pe=pe), 700, 745) for pe in (0.0, 0.03, 0.10)]
    assert shown[0] < 0.5 * shown[1] < 0.25 * shown[2]


@pytest.mark.parametrize("instrument", [f"FT-IR-{n}" for n in range(8)])
def test_every_packed_form_is_read_back(instrument):
    """1801 points from 4000 to 400 cm⁻¹, of its specimen."""
    reading = reading_of(ftir(piece(compound(pe=0.05), instrument, drifts=True)))
    (curve,) = reading.curves
    assert reading.modality == "FTIR"
    assert (len(curve.axis), curve.axis.values[0], curve.axis.values[-1]) == (1801, 400.0, 4000.0)
    assert 0.05 < curve.channels[0].values.max() < 0.6
