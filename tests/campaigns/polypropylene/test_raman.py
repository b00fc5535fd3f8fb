"""Raman spectra: bands of what is there, fluorescence of what is oxidised, and files as they are exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.raman import SHIFTS, raman, scattered
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of, with_chains


def height(structure, place: float) -> float:
    near = np.abs(SHIFTS - place) <= 6
    return float(scattered(structure)[near].max())


@pytest.mark.parametrize("place", [398, 809, 841, 973, 1152, 1330, 1460, 2883])
def test_polypropylene_has_its_bands(place):
    """A maximum within 6 cm⁻¹ of each."""
    spectrum = scattered(compound())
    near = np.flatnonzero(np.abs(SHIFTS - place) <= 14)
    assert abs(SHIFTS[near[spectrum[near].argmax()]] - place) <= 6


def test_809_grows_over_841_with_crystallinity():
    """The pair by which the crystalline share is read."""
    plain = compound()
    ordered = replace(plain, skin=replace(plain.skin, pp=0.6))
    assert height(ordered, 809) / height(ordered, 841) > 1.15 * height(plain, 809) / height(plain, 841)


@pytest.mark.parametrize(("more", "place"), [({"calcite": 0.2}, 1086), ({"talc": 0.2}, 677), ({"pe": 0.1}, 1296)])
def test_what_a_compound_holds_shows(more, place):
    """Calcite at 1086, talc at 677, polyethylene at 1296."""
    assert height(compound(**more), place) > 1.5 * height(compound(), place)


def test_oxidised_material_glows_and_carbon_black_swallows_light():
    """Fluorescence under the bands grows with carbonyl; all of it fades with carbon black."""

    def counts(structure) -> np.ndarray:
        return reading_of(raman(piece(structure, "Raman", seed=5))).curves[0].channels[0].values

    plain = compound()
    glows = counts(with_chains(plain, carbonyl=40.0))
    assert np.median(glows[SHIFTS < 800]) > 3 * np.median(counts(plain)[SHIFTS < 800])
    assert np.median(counts(compound(carbon_black=0.01))) < 0.8 * np.median(counts(plain))


@pytest.mark.parametrize("instrument", of_all_habits("Raman"))
def test_every_habit_of_writing_is_read_back(instrument):
    """1501 points from 200 to 3200 cm⁻¹, of its specimen."""
    reading = reading_of(raman(piece(compound(), instrument, seed=5)))
    (curve,) = reading.curves
    assert reading.modality == "Raman"
    assert (len(curve.axis), curve.axis.values[0], curve.axis.values[-1]) == (1501, 200.0, 3200.0)
