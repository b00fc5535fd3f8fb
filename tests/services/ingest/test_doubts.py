"""What looks wrong in a curve is named, with its numbers; a clean one of any modality raises no doubt."""

from __future__ import annotations

import numpy as np
import pytest

from services.ingest.doubts import Plausible, doubts_of, plausible
from services.records.curve import Channel, curve_along
from services.records.reading import Amount, Reading

X = np.linspace(5, 100, 9500)
LINES = 1000 * np.exp(-(((X - 17) / 0.3) ** 2)) + 400 * np.exp(-(((X - 22) / 2) ** 2))


def waxs(y, x=X, unit="°"):
    return Reading(
        modality="WAXS", curves=(curve_along(Channel("two_theta", unit, x), Channel("intensity", "counts", y)),)
    )


def counted(seed=0, background=50.0):
    return np.random.default_rng(seed).poisson(LINES + background).astype(float)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("background", [0.0, 1.0, 50.0])
def test_clean_counts_raise_no_doubt(seed, background):
    """Also where few counts make many points equal."""
    assert doubts_of(waxs(counted(seed, background))) == ()


@pytest.mark.parametrize(
    ("reading", "kind", "said"),
    [
        (waxs(np.full(9500, 7.0)), "flat", "intensity is 7 at every one of 9500 points"),
        (waxs(np.minimum(counted(), 300)), "saturated", "stand at the top, 300 counts"),
        (waxs(counted(), X * 4), "axis out of range", "two_theta runs from 20 to 400 °; -5 to 180 can be"),
        (waxs(-counted()), "value out of range", "intensity runs from"),
    ],
)
def test_a_fault_is_named_with_its_numbers(reading, kind, said):
    (doubt,) = doubts_of(reading)
    assert doubt.kind == kind
    assert said in doubt.message


def test_a_unit_that_cannot_be_is_suspected_with_the_one_that_fits():
    """Transmittance in % called a share."""
    x, y = np.linspace(400, 4000, 100), np.linspace(20, 95, 100)
    curve = curve_along(Channel("wavenumber", "cm-1", x), Channel("transmittance", "", y))
    (doubt,) = doubts_of(Reading(modality="FTIR", curves=(curve,)))
    assert (doubt.kind, doubt.about) == ("unit suspected", "transmittance")
    assert doubt.message.endswith("that would fit %")


def test_a_plateau_that_is_no_detectors_end_is_none():
    """Mass before anything is lost, rounded; a step that stays; a baseline of zeros."""
    temperature = np.linspace(30, 800, 500)
    mass = np.round(10 - 9 / (1 + np.exp(-(temperature - 450) / 10)), 2)
    curve = curve_along(Channel("temperature", "°C", temperature), Channel("mass", "mg", mass))
    assert doubts_of(Reading(modality="TG", curves=(curve,))) == ()
    assert doubts_of(waxs(np.where(X < 80, 100.0, 0.0))) == ()


def test_what_is_not_known_is_not_judged():
    """A modality of one's own, an unknown unit, missing values; with ranges of its own it is."""
    curve = curve_along(Channel("frequency", "kHz", X), Channel("amplitude", "V", np.where(X > 50, np.nan, LINES)))
    assert doubts_of(Reading(modality="acoustic", curves=(curve,))) == ()
    known = {"acoustic": Plausible(ranges={"frequency": {"kHz": (0, 50)}, "velocity": {"m/s": (1, 9000)}})}
    reading = Reading(modality="acoustic", curves=(curve,), amounts={"velocity": Amount(0.2, "m/s")})
    assert [doubt.kind for doubt in doubts_of(reading, known)] == ["axis out of range", "value out of range"]


def test_ranges_are_ranges():
    for modality, holds in plausible().items():
        for quantity, by_unit in holds.ranges.items():
            for unit, (low, high) in by_unit.items():
                assert low < high, (modality, quantity, unit)
        assert set(holds.saturates) <= set(holds.ranges) | {"intensity"}
