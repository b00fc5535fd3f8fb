"""Steps of mass, their temperatures, carbon and minerals come out of runs with planted losses."""

from __future__ import annotations

import numpy as np
import pytest

from loop.observations import State
from services.features.defaults import default_extractions
from services.features.extract import features_of
from services.features.mass_loss import MassLoss
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.chain import process
from services.preprocessing.default_chains import default_chain
from tests.services.features.making import by_name, thermal
from tests.services.ingest.files import SHARED

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


def parts(split, noise, seed):
    """Return a run whose polymer goes in two parts that overlap, 20 K apart, with so much of it in the first."""
    minutes = np.arange(0, 670 / RATE, 1 / 60)
    celsius = 30 + RATE * minutes
    mass = 100 - split * logistic(celsius, 375, 9) - (96 - split) * logistic(celsius, 395, 9)
    noisy = mass + noise * np.random.default_rng(seed).standard_normal(len(minutes))
    return (
        celsius,
        mass,
        thermal(minutes, celsius, [("mass", "%", noisy)], (("heat", 0, len(minutes), "heat 1", "N2"),)),
    )


@pytest.mark.parametrize("split", [48.0, 20.0])
def test_overlapping_parts_are_one_step_by_its_shares(split):
    """Where a tenth, a half, nine tenths of the step are gone does not depend on how parts would be told apart."""
    step = {"name": "polymer", "from": 200, "to": [530, 640], "give": ["loss", "T10", "T50", "T90"]}
    for seed in range(5):
        celsius, mass, processed = parts(split, 0.03, seed)
        found = by_name(MassLoss.model_validate({"steps": [step]}).features(processed))
        assert found["polymer loss"].value == pytest.approx(96, abs=2 * found["polymer loss"].stderr)
        for share in (10, 50, 90):
            true = float(np.interp(-(100 - 0.96 * share), -mass, celsius))
            feature = found[f"polymer T{share}"]
            assert feature.value == pytest.approx(true, abs=3 * feature.stderr + 0.1), (seed, share)
            assert feature.stderr < 0.5


def test_a_step_that_is_not_there_has_no_shares():
    """Nothing is lost: no temperature at which half of it is gone; without a run there is a reason for each name."""
    step = {"name": "polymer", "from": 200, "to": [530, 640], "give": ["T10", "T50", "T90"]}
    found = MassLoss.model_validate({"steps": [step]}).features(run(polymer=0.0, carbon=0.0, noise=0.01))
    assert [(feature.name, feature.unit) for feature in found] == [(f"polymer T{n}", "°C") for n in (10, 50, 90)]
    assert all("there is no step" in feature.reason for feature in found)


def test_a_balance_that_ends_below_nothing_says_how_far_it_is_off():
    """A residue of -1.2 % is nothing left and a balance off by as much: every mass shares that error."""
    sound, off = (by_name(extraction(blank_percent=0.05).features(run(polymer=p, carbon=0.0))) for p in (99.0, 101.2))
    assert sound["residue"].stderr < 0.1
    assert off["residue"].value == pytest.approx(-1.2, abs=0.05)
    for name in ("residue", "polymer loss"):
        assert off[name].stderr == pytest.approx(1.2, abs=0.1), name
        assert "below nothing" in off[name].recipe
        assert "below nothing" not in sound[name].recipe


@pytest.mark.shared_data
def test_two_real_runs_of_pmma_are_one_decomposition():
    """Lund, nitrogen, 20 K/min: the loss within its errors, every temperature of its course within 3 K of the other's.

    Their greatest rate is a flat top from 370 to 390 °C, which fits by parts of any size; shares of the loss do not.
    """
    one, other = (by_name(pmma(number)) for number in (1, 2))
    loss = [found["polymer loss"] for found in (one, other)]
    assert abs(loss[0].value - loss[1].value) < 2 * np.hypot(loss[0].stderr, loss[1].stderr)
    residue = [found["residue"] for found in (one, other)]
    assert all(abs(feature.value) < 2 * feature.stderr for feature in residue)
    for what in ("onset", "midpoint", "endset", "peak", "T10", "T50", "T90"):
        assert one[f"polymer {what}"].value == pytest.approx(other[f"polymer {what}"].value, abs=3), what


def pmma(number):
    """Return the features of a real run, by default chain and extractions, its rate not fitted; or skip."""
    path = SHARED / "raw" / f"PMMA_DBI_Lund_TGA_N2_20K_{number}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    reading = read_source(Source(path.name, path.read_bytes())).readings[0]
    chain = default_chain("TG").model_copy(update={"peaks": ()})
    return features_of(process(reading, chain, None), default_extractions("TG"))
