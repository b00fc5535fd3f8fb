"""Enthalpies and temperatures of planted peaks; what cannot be said per gram is refused with its reason."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from loop.observations import State
from services.features.heat import Heat
from services.features.induction import Induction
from tests.services.features.making import GAUSSIAN, by_name, gaussian, thermal

RATE = 10.0
MELTING = {"name": "melting", "from": 70, "to": 190, "way": "endo", "give": ["peak", "onset", "endset", "enthalpy"]}
PE = {"name": "PE melting", "from": 95, "to": 145, "way": "endo", "baseline": "rubber band", "crystal_enthalpy": 293}


def joules(height, fwhm):
    """Return J/g of a Gaussian peak in W/g over °C at the rate of heating."""
    return GAUSSIAN * height * fwhm / RATE * 60


def run(*, pp=1.5, pe=0.2, noise=0.0, unit="W/g", quantity="heat_flow", cooling=False):
    """Return a heating with polyethylene at 127 and polypropylene at 165 °C on a sloping baseline, or its mirror."""
    minutes = np.arange(0, 27, 1 / 60)
    celsius = -50 + RATE * minutes
    flow = -0.2 - 0.001 * celsius - gaussian(celsius, 127, pe, 8) - gaussian(celsius, 165, pp, 8)
    flow = flow + noise * np.random.default_rng(0).standard_normal(len(minutes))
    segment = ("heat", 0, len(minutes), "heat 1", "N2")
    if cooling:
        celsius, flow = celsius[::-1], -flow[::-1]
        segment = ("cool", 0, len(minutes), "cool", "N2")
    return thermal(minutes, celsius, [(quantity, unit, flow)], [segment])


def heat(*transitions, stretch="heat 1"):
    """Return an extraction of transitions."""
    return Heat.model_validate({"stretch": stretch, "transitions": list(transitions)})


def test_two_meltings_are_told_apart():
    """Polyethylene over a rubber band; polypropylene is the rest of the whole."""
    found = by_name(heat({**MELTING, "minus": ["PE melting"], "crystal_enthalpy": 207}, PE).features(run(noise=1e-4)))
    assert found["heat 1 PE melting enthalpy"].value == pytest.approx(joules(0.2, 8), rel=0.02)
    assert found["heat 1 melting enthalpy"].value == pytest.approx(joules(1.5, 8), rel=0.01)
    assert found["heat 1 melting crystalline share"].value == pytest.approx(100 * joules(1.5, 8) / 207, rel=0.01)
    assert found["heat 1 melting peak"].value == pytest.approx(165, abs=0.05)


def test_tangents_meet_the_baseline_as_those_of_a_gaussian():
    """The steepest tangent of a Gaussian meets its foot two standard deviations from its middle."""
    found = by_name(heat(MELTING).features(run(pe=0.0)))
    sd = 8 / 2.3548
    assert found["heat 1 melting onset"].value == pytest.approx(165 - 2 * sd, abs=0.1)
    assert found["heat 1 melting endset"].value == pytest.approx(165 + 2 * sd, abs=0.1)


def test_cooling_is_taken_as_heating_is():
    """A crystallisation on a falling temperature has the same numbers with the other sign."""
    settings = {**MELTING, "name": "crystallisation", "way": "exo"}
    found = by_name(heat(settings, stretch="cool").features(run(pe=0.0, cooling=True)))
    assert found["cool crystallisation enthalpy"].value == pytest.approx(joules(1.5, 8), rel=0.01)
    assert found["cool crystallisation onset"].value == pytest.approx(165 + 2 * 8 / 2.3548, abs=0.1)


def test_crystallinity_goes_by_the_mass_of_that_polymer():
    """Divide by the polymer's mass fraction, not by the specimen."""
    settings = {**MELTING, "crystal_enthalpy": 207, "mass_fraction": 0.8}
    found = by_name(heat(settings).features(run(pe=0.0)))
    share, of_polymer = found["heat 1 melting crystalline share"], found["heat 1 melting crystallinity"]
    assert of_polymer.value == pytest.approx(share.value / 0.8)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"unit": "mW"}, "mW, not W/g"),
        ({"unit": "µV", "quantity": "delta_temperature"}, "no calibration"),
        ({"quantity": "heat_flow_of_unknown_sign"}, "exo is up or down"),
    ],
)
def test_nothing_per_gram_without_mass_calibration_or_sign(made, says):
    """No mass, no J/g; a temperature difference has no enthalpy; of no sign, nothing."""
    found = by_name(heat({**MELTING, "crystal_enthalpy": 207}).features(run(**made)))
    assert found["heat 1 melting enthalpy"].value is None
    assert says in found["heat 1 melting enthalpy"].reason
    assert found["heat 1 melting crystalline share"].value is None
    assert (found["heat 1 melting peak"].value is None) == ("sign" in made.get("quantity", ""))


def test_a_polymer_that_is_not_there_is_below_detection():
    """Without polyethylene its enthalpy has a limit, its peak is absent, and polypropylene loses nothing."""
    found = by_name(heat({**MELTING, "minus": ["PE melting"]}, PE).features(run(pe=0.0, noise=1e-3)))
    enthalpy = found["heat 1 PE melting enthalpy"]
    assert enthalpy.state is State.BELOW_DETECTION
    assert 0 < enthalpy.limit < 0.5
    assert found["heat 1 PE melting peak"].state is State.ABSENT
    assert found["heat 1 melting enthalpy"].value == pytest.approx(joules(1.5, 8), rel=0.01)


def test_a_stretch_or_a_temperature_that_is_not_there_is_told():
    """The reason lists the stretches there are, or how far they go."""
    assert "heat 1" in heat(MELTING, stretch="heat 2").features(run())[0].reason
    assert "-50 to 220" in heat({**MELTING, "to": 260}).features(run())[0].reason


def test_settings_that_contradict_themselves_are_refused():
    """A crystallinity needs an enthalpy; what is taken off exists."""
    with pytest.raises(ValidationError, match="crystal_enthalpy"):
        heat({**MELTING, "mass_fraction": 0.5})
    with pytest.raises(ValidationError, match="cannot be less"):
        heat({**MELTING, "minus": ["nothing"]})


def oxidation(onset, *, lasts=60.0, step=0.05):
    """Return an OIT run: nitrogen for 5 min at 200 °C, then oxygen with a ramp of heat from `onset` min on."""
    minutes = np.arange(0, 13 + lasts, 1 / 30)
    celsius = np.minimum(40 + 20 * minutes, 200.0)
    since = minutes - 13.0
    flow = 0.02 + step * (since >= 0) + 0.8 * np.clip(since - onset, 0, 2)
    flow = flow + 5e-4 * np.random.default_rng(0).standard_normal(len(minutes))
    bounds = [int(np.searchsorted(minutes, t)) for t in (8.0, 13.0)]
    segments = (
        ("heat", 0, bounds[0], "heat 1", "N2"),
        ("isothermal", bounds[0], bounds[1], "isothermal", "N2"),
        ("isothermal", bounds[1], len(minutes), "isothermal, part 2", "O2"),
    )
    return thermal(minutes, celsius, [("heat_flow", "W/g", flow)], segments)


@pytest.mark.parametrize("onset", [0.6, 3.0, 40.0])
def test_induction_ends_where_the_tangent_meets_the_baseline(onset):
    """From the change to oxygen on, whatever the step of the gas change."""
    found = by_name(Induction().features(oxidation(onset)))["oxidation induction time"]
    assert found.value == pytest.approx(onset, abs=0.15)
    assert found.unit == "min"


def test_an_oxidation_that_does_not_come_is_above_the_range():
    """The limit is how long oxygen flowed."""
    found = by_name(Induction().features(oxidation(99.0)))["oxidation induction time"]
    assert found.state is State.ABOVE_RANGE
    assert found.limit == pytest.approx(60, abs=0.1)


def test_melting_runs_and_oxidation_runs_keep_apart():
    """An OIT run is no repeat of a DSC run, nor the other way round: neither gives the other's features."""
    assert Induction().features(run()) == ()
    assert heat(MELTING).features(oxidation(3.0)) == ()
