"""Crystallinity and phases of a diffractogram whose lines and halo are planted."""

from __future__ import annotations

from math import cos, radians

import numpy as np
import pytest

from loop.observations import State
from services.features.crystallinity import Crystallinity
from services.records.reading import Amount
from tests.services.features.making import GAUSSIAN, by_name, fit_with, gaussian, peak, spectrum

X = np.arange(5.0, 40.0, 0.02)
ALPHA = {"α 110": (14.1, 900.0), "α 040": (16.9, 800.0), "α 130": (18.5, 500.0)}
BETA, GAMMA, PE, TALC = (16.1, 300.0), (20.05, 200.0), (24.0, 60.0), (18.95, 1000.0)
HALO = 5000.0


def measured(*lines, talc=False):
    """Return a diffractogram of lines, 0.4 wide, talc half as wide, on a halo and a ground of 20."""
    places = [*ALPHA.values(), *lines]
    found = [peak(place, height, 0.4) for place, height in places] + ([peak(*TALC, 0.2)] if talc else [])
    y = 20 + gaussian(X, 17, HALO / (GAUSSIAN * 6), 6)
    for line in found:
        y = y + gaussian(X, line.position.value, line.height.value, line.fwhm.value)
    fits = {"pattern": fit_with(X, found, noise=5.0, y=y)}
    of, axis = ("intensity", "counts"), ("two_theta", "°")
    return spectrum(X, y, axis=axis, of=of, fits=fits, conditions={"wavelength": Amount(1.5406, "Å")})


def named(name, at):
    """Return a named line."""
    return {"name": name, "at": at, "within": 0.3}


def extraction():
    """Return what is taken of filled polypropylene."""
    alpha = [named(name, at) for name, (at, _) in ALPHA.items()]
    return Crystallinity.model_validate(
        {
            "fillers": [[18.8, 19.1]],
            "others": [{"name": "PE", "window": [23.7, 24.3], "all_over_line": 4}],
            "indices": [
                {"name": "k_beta", "over": named("β 110", 16.1), "others": alpha},
                {"name": "gamma index", "over": named("γ 117", 20.05), "others": alpha[2:]},
            ],
            "sizes": [{"name": "crystallite_size_040", "line": named("α 040", 16.9), "instrument_width": 0.1}],
        }
    )


def area(height, fwhm=0.4):
    """Return the area of a planted line."""
    return GAUSSIAN * height * fwhm


@pytest.mark.parametrize("talc", [False, True])
def test_crystallinity_is_lines_over_all_without_fillers(talc):
    """Lines of the polymer over lines and halo; a filler's line changes nothing."""
    found = by_name(extraction().features(measured(talc=talc)))["PP crystallinity"]
    lines = sum(area(height) for _, height in ALPHA.values())
    assert found.value == pytest.approx(100 * lines / (lines + HALO), abs=0.5)


def test_a_second_polymer_is_told_by_its_lone_line():
    """Its other lines lie under those of the first, which gets that much less."""
    found = by_name(extraction().features(measured(PE, (21.6, 3 * PE[1]))))
    lines = sum(area(height) for _, height in ALPHA.values())
    whole = lines + 4 * area(PE[1]) + HALO
    assert found["PE crystalline share"].value == pytest.approx(100 * 4 * area(PE[1]) / whole, abs=0.1)
    assert found["PP crystallinity"].value == pytest.approx(100 * lines / (lines + HALO), abs=0.5)


def test_a_second_polymer_that_is_not_there_is_below_detection():
    """Its limit comes from the noise at its place."""
    found = by_name(extraction().features(measured()))["PE crystalline share"]
    assert found.state is State.BELOW_DETECTION
    assert 0 < found.limit < 1


def test_indices_go_by_heights():
    """Turner-Jones' k_beta among α and β; γ over itself and 130; below detection without its line."""
    found = by_name(extraction().features(measured(BETA, GAMMA)))
    assert found["k_beta"].value == pytest.approx(300 / (300 + 900 + 800 + 500))
    assert found["gamma index"].value == pytest.approx(200 / 700)
    without = by_name(extraction().features(measured()))["k_beta"]
    assert without.state is State.BELOW_DETECTION
    assert 0 < without.limit < 0.01


def test_an_index_without_its_reference_is_not_measured():
    """No α 130, no γ index: a filler may have hidden it."""
    settings = extraction().model_copy(update={"indices": extraction().indices[1:]})
    fit = fit_with(X, [peak(20.05, 200.0, 0.4)])
    found = by_name(settings.features(spectrum(X, np.ones(len(X)), fits={"pattern": fit})))["gamma index"]
    assert found.state is State.NOT_MEASURED
    assert "α 130" in found.reason


def test_size_follows_from_scherrer_without_the_instrument():
    """K λ / (β cos θ), the instrument's width taken off in squares."""
    found = by_name(extraction().features(measured()))["crystallite_size_040"]
    breadth = radians(np.sqrt(0.4**2 - 0.1**2))
    assert found.value == pytest.approx(0.9 * 0.15406 / (breadth * cos(radians(16.9 / 2))), rel=1e-3)


def test_without_a_fit_every_name_has_its_reason():
    """Nothing is worked out of a curve that was not fitted."""
    found = extraction().features(spectrum(X, np.ones(len(X))))
    assert len(found) == 5
    assert all("peak fit" in feature.reason for feature in found)
