"""Steps of mass, their temperatures, carbon and minerals come out of runs with planted losses."""

from __future__ import annotations

import numpy as np
import pytest

from loop.observations import State
from services.features.mass_loss import MassLoss
from tests.services.features.making import by_name, thermal

RATE = 20.0


def logistic(celsius, middle, width):
    """Return the share of a step that is gone."""
    return 1 / (1 + np.exp(-(celsius - middle) / width))


def run(*, polymer=80.0, carbon=1.0, dioxide=0.0, gas=("N2", "air"), noise=0.0, unit="%", stop=900.0):
    """Return a run to 900 °C with air from 650 °C on: polymer at 450, carbon at 665, CO2 at 750 °C."""
    minutes = np.arange(0, (stop - 30) / RATE, 1 / 60)
    celsius = 30 + RATE * minutes
    mass = 100 - polymer * logistic(celsius, 450, 8) - dioxide * logistic(celsius, 750, 16)
    burnt = np.clip((minutes - minutes[np.argmax(celsius >= 650)]) / 1.0, 0, 1) if stop > 650 else 0.0
    mass = mass - carbon * burnt + noise * np.random.default_rng(0).standard_normal(len(minutes))
    air = int(np.argmax(celsius >= 650)) if stop > 650 else len(minutes) - 1
    segments = (("heat", 0, air, "heat 1", gas[0]), ("heat", air, len(minutes), "heat 1, part 2", gas[1]))
    return thermal(minutes, celsius, [("mass", unit, mass)], segments)


def extraction(**more):
    """Return what is taken of a filled polymer."""
    step = {"name": "polymer", "from": 200, "to": [530, 640], "give": ["loss", "peak", "onset", "midpoint", "endset"]}
    return MassLoss.model_validate(
        {"steps": [step], "losses": [5], "residue": "residue", "minerals": {}, "blank_percent": 0, **more}
    )


def test_a_logistic_step_has_its_closed_form():
    """Loss, greatest rate and tangents of a logistic: onset and endset two widths away (ISO 11358-1)."""
    found = by_name(extraction(smoothing_kelvin=2).features(run()))
    assert found["polymer loss"].value == pytest.approx(80, abs=0.01)
    for what, wanted in (("peak", 450), ("midpoint", 450), ("onset", 450 - 16), ("endset", 450 + 16)):
        assert found[f"polymer {what}"].value == pytest.approx(wanted, abs=0.3), what
    assert found["temperature of 5 % loss"].value == pytest.approx(450 + 8 * np.log((5 / 80) / (1 - 5 / 80)), abs=0.3)


@pytest.mark.parametrize(("carbon", "dioxide"), [(0.0, 0.0), (1.5, 0.0), (0.0, 8.8), (1.5, 8.8), (2.0, 2.0)])
def test_minerals_are_what_is_left_without_carbon(carbon, dioxide):
    """Carbon and carbonate are told apart though one burns while the other decomposes."""
    found = by_name(extraction().features(run(carbon=carbon, dioxide=dioxide, noise=0.005)))
    assert found["inorganic share"].value == pytest.approx(20 - carbon, abs=0.12)
    assert found["carbon share"].value == pytest.approx(carbon, abs=0.12)
    assert found["calcite by TG"].value == pytest.approx(dioxide / 0.4397, abs=0.35)
    assert found["residue"].value == pytest.approx(20 - carbon - dioxide, abs=0.05)


def test_without_air_carbon_is_not_told_from_minerals():
    """A run in nitrogen alone has a residue, and no inorganic share."""
    found = by_name(extraction().features(run(gas=("N2", "N2"))))
    assert found["residue"].value is not None
    assert found["inorganic share"].value is None
    assert "never changes to air" in found["inorganic share"].reason


def test_in_air_from_the_start_there_is_no_carbon_share():
    """Where carbon burns with the polymer, minerals are what is left behind it."""
    found = by_name(extraction().features(run(carbon=0.0, gas=("air", "air"))))
    assert found["inorganic share"].value == pytest.approx(20, abs=0.05)
    assert "burns with the polymer" in found["carbon share"].reason


def test_a_run_that_ends_early_says_where():
    """What lies above the end of a run is not measured; a loss that never comes is above the range."""
    found = by_name(extraction().features(run(stop=400.0)))
    assert "530 to 640" in found["polymer loss"].reason
    assert found["inorganic share"].value is None
    assert found["temperature of 5 % loss"].state is State.ABOVE_RANGE
    assert found["temperature of 5 % loss"].limit == pytest.approx(400, abs=0.5)


def test_without_a_first_mass_there_are_no_per_cent():
    """A mass in mg that could not be made per cent gives reasons for every name."""
    found = extraction().features(run(unit="mg"))
    assert {feature.value for feature in found} == {None}
    assert len(found) == len(extraction().features(run()))
    assert all("per cent" in feature.reason for feature in found)


def test_what_a_blank_leaves_is_part_of_the_error():
    """Noise of a balance alone would promise micrograms that buoyancy takes away."""
    quiet = by_name(extraction().features(run(noise=0.001)))["inorganic share"].stderr
    honest = by_name(extraction(blank_percent=0.05).features(run(noise=0.001)))["inorganic share"].stderr
    assert quiet < 0.01 < 0.05 <= honest
