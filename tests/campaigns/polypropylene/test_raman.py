"""Raman spectra: bands of what is there, fluorescence of what is oxidised, and files as they are exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"calcite": 0.2}, 1086),
        ({"calcite": 0.2}, 282),
        ({"talc": 0.2}, 677),
        ({"talc": 0.2}, 362),
        ({"pe": 0.1}, 1296),
        ({"pe": 0.1}, 1062),
        ({"titania": 0.01}, 612),
        ({"carbon_black": 0.01}, 1590),
    ],
)
def test_what_a_compound_holds_shows(more, place):
    """Calcite, talc, polyethylene, rutile and carbon black, each at its own place: the more, the stronger."""
    half = {name: share / 2 for name, share in more.items()}
    none, some, much = (height(compound(**shares), place) for shares in ({}, half, more))
    assert none < some < much
    assert much > 1.4 * none


def test_lines_are_as_wide_as_band_and_slit_make_them():
    """1086 of calcite: 5 cm⁻¹ by itself, 6 to 8 through a slit of 5."""
    line = scattered(compound(calcite=0.3)) - scattered(compound()) * 0.87
    near = np.abs(SHIFTS - 1086) < 25
    x = np.linspace(1066, 1106, 4001)
    fine = np.interp(x, SHIFTS[near], line[near] - line[near].min())
    assert 6 < (fine > fine.max() / 2).sum() * 0.01 < 8


def test_the_axis_drifts_with_the_session():
    """A deviate of one moves every band by half a wavenumber, and mounting by less than that."""
    first = piece(compound(), "Raman", seed=5)
    moved = replace(first, session=replace(first.session, shift=2.0), rng=np.random.default_rng(5))

    def middle(one) -> float:
        counts = reading_of(raman(one)).curves[0].channels[0].values
        near = np.abs(SHIFTS - 2838) <= 8
        weights = counts[near] - counts[near].min()
        return float((SHIFTS[near] * weights).sum() / weights.sum())

    assert 0.3 < middle(moved) - middle(first) < 1.4


def test_cosmic_rays_strike_some_spectra_and_are_no_doubt():
    """Narrow, seldom, and nothing that a reader would doubt; measured again, they lie elsewhere or nowhere."""
    struck = []
    for seed in range(30):
        values = reading_of(raman(piece(compound(), "Raman", seed=seed))).curves[0].channels[0].values
        quiet = values[(SHIFTS > 1600) & (SHIFTS < 2600)]
        struck.append(quiet.max() > 2 * np.median(quiet))
    assert 1 <= sum(struck) <= 15


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 0.3), st.floats(0, 0.3), st.floats(0, 0.02), st.floats(0, 60), st.integers(0, 1000))
def test_counts_are_whole_and_never_negative(talc, calcite, carbon_black, carbonyl, seed):
    """Whatever is in it."""
    structure = with_chains(compound(talc=talc, calcite=calcite, carbon_black=carbon_black), carbonyl=carbonyl)
    values = reading_of(raman(piece(structure, "Raman", seed=seed, drifts=True))).curves[0].channels[0].values
    assert (values >= 0).all()
    assert np.array_equal(values, np.round(values))


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
