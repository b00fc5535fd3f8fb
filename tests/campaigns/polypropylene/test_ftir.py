"""Infrared spectra: bands where tables have them, growing with what they come from, read back as they were written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.bands import INFRARED
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


def test_talc_and_calcite_have_their_bands():
    """Talc 3676, 1017, 669; calcite 1420, 874, 712, 1795; strong ones lean to lower wavenumbers."""
    for more, places in (({"talc": 0.2}, (3676, 1017, 669)), ({"calcite": 0.2}, (1420, 874, 712, 1795))):
        added = absorbance(compound(**more)) - absorbance(compound()) * 0.9
        for place in places:
            near = np.flatnonzero(np.abs(WAVENUMBERS - place) <= 20)
            assert -14 <= WAVENUMBERS[near[added[near].argmax()]] - place <= 4


def test_an_antioxidant_reads_as_carbonyl():
    """Its ester near 1741 lies in the window of the index: 0.3 % of it reads as some mmol/kg of oxidation."""
    plain = area(compound(), 1650, 1850)
    stabilised = area(compound(antioxidant=0.003), 1650, 1850)
    oxidised = area(with_chains(compound(), carbonyl=10.0), 1650, 1850)
    assert plain < stabilised < oxidised


def test_light_gets_deeper_at_long_wavelengths():
    """For one absorption coefficient, strength × wavenumber, a band at 973 shows twice as strong as one at 2838."""
    calm = absorbance(compound())
    at_low, at_high = (float(calm[np.abs(WAVENUMBERS - place) < 8].max()) for place in (973, 2838))
    of = {band.place: band.strength for band in INFRARED["pp"]}
    assert at_low / (973 * of[973]) > 2 * at_high / (2838 * of[2838])


@pytest.mark.parametrize(("more", "low", "high"), [({"titania": 0.02}, 500, 700), ({"carbon_black": 0.02}, 1800, 2600)])
def test_titania_rises_below_700_and_carbon_black_everywhere(more, low, high):
    """Where nothing else of polypropylene stands."""
    there = (low < WAVENUMBERS) & (high > WAVENUMBERS)
    assert np.median(absorbance(compound(**more))[there]) > np.median(absorbance(compound())[there]) + 5e-4


def test_resolution_is_4_wavenumbers():
    """The sharpest band, talc's hydroxyl of 5 cm⁻¹, comes out wider than it is, and not by twice."""
    added = absorbance(compound(talc=0.2)) - absorbance(compound())
    near = np.abs(WAVENUMBERS - 3676) < 30
    x = np.linspace(3656, 3696, 4001)
    fine = np.interp(x, WAVENUMBERS[near][::-1], added[near][::-1])
    assert 5.5 < (fine > fine.max() / 2).sum() * 0.01 < 9.5


def test_measured_again_a_piece_differs_by_contact_and_noise_only():
    """A factor of some per cent over the bands, and the same bytes from the same generator."""
    first, again, other = (ftir(piece(compound(), "FT-IR", seed=seed)) for seed in (1, 1, 2))
    assert first == again
    one, two = (reading_of(file).curves[0].channels[0].values for file in (first, other))
    bands = one > 0.04
    ratio = two[bands] / one[bands]
    assert 0.6 < ratio.mean() < 1.6
    assert ratio.std() < 0.03
