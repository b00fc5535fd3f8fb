"""The virtual thermobalance: what is lost, where, in which gas, and what meguri reads of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.polypropylene.laboratory.instruments.tg import CALCITE_LOSS, TALC_LOSS, mass_left, program, tg
from services.preprocessing.programs import ThermalMethod, program_of
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of, with_chains

RUN = program()


def at(celsius: float, left: np.ndarray) -> float:
    """The mass left where the furnace first comes to a temperature."""
    return float(left[int(np.argmax(RUN.celsius >= celsius))])


def fastest(left: np.ndarray, run=RUN) -> float:
    """The temperature of the greatest loss in nitrogen."""
    return float(run.celsius[int(np.argmin(np.diff(left[: run.air])))])


def test_losses_are_stoichiometry():
    """Calcite 43.97 %, leaving CaO x 0.560; talc 4.75 %."""
    assert pytest.approx(43.97, abs=0.01) == 100 * CALCITE_LOSS
    assert pytest.approx(0.560, abs=0.001) == 1 - CALCITE_LOSS
    assert pytest.approx(4.75, abs=0.01) == 100 * TALC_LOSS


def test_calcite_becomes_lime_between_650_and_800():
    """A fifth of calcite: 8.79 % are lost, nearly all there; 11.2 % of lime stay."""
    left, without = mass_left(compound(calcite=0.2), RUN), mass_left(compound(), RUN)
    coal = without[RUN.air] * 0.8  # of the polymer, burnt in air as well
    lost = at(640, left) - at(800, left) - coal
    assert lost == pytest.approx(0.2 * 0.4397, rel=0.06)
    assert left[-1] == pytest.approx(0.2 * 0.5603, abs=1e-4)


def test_talc_loses_its_water_only_above_800():
    """A fifth of talc: 0.95 % of the specimen, not a twentieth of that below 800 °C, all of it at the end."""
    left = mass_left(compound(talc=0.2), RUN)
    assert at(800, left) == pytest.approx(0.2, abs=0.05 * 0.2 * 0.0475)
    assert left[-1] == pytest.approx(0.2 * (1 - 0.0475), abs=1e-5)


def test_titania_stays():
    """It is what ash holds at the end."""
    assert mass_left(compound(titania=0.03), RUN)[-1] == pytest.approx(0.03, abs=1e-6)


def test_carbon_black_stays_in_nitrogen_and_burns_in_air():
    """The step behind the switch is the carbon black and a little coke of the polymer."""
    left = mass_left(compound(carbon_black=0.02), RUN)
    assert left[RUN.air - 1] - left[-1] == pytest.approx(0.02, abs=0.002)
    assert at(600, left) > 0.02


def test_polypropylene_goes_near_455_and_polyethylene_later():
    """At 20 K/min in nitrogen; at 10 K/min sooner."""
    pp, pe = mass_left(compound(), RUN), mass_left(compound(pe=0.9), RUN)
    assert fastest(pp) == pytest.approx(455, abs=5)
    assert fastest(pe) > fastest(pp) + 15
    slow = program(10.0)
    assert 5 < fastest(pp) - fastest(mass_left(compound(), slow), slow) < 20


@pytest.mark.parametrize(
    "worse",
    [
        with_chains(compound(antioxidant=0.001), carbonyl=20.0),
        with_chains(compound(antioxidant=0.001), mw=150.0),
        compound(),
    ],
    ids=["oxidised", "short chains", "no antioxidant"],
)
def test_what_is_degraded_goes_sooner(worse):
    """Five per cent are lost at a lower temperature."""
    sound = mass_left(compound(antioxidant=0.001), RUN)
    assert np.argmax(mass_left(worse, RUN) < 0.95) < np.argmax(sound < 0.95)


@settings(max_examples=15, deadline=None)
@given(
    st.floats(0, 0.2), st.floats(0, 0.2), st.floats(0, 0.03), st.floats(0, 0.03), st.floats(0, 0.2), st.floats(0, 0.2)
)
def test_mass_never_grows_and_minerals_remain(talc, calcite, titania, carbon_black, pe, rubber):
    """Whatever is in it: from 1 down to what the minerals leave."""
    structure = compound(talc=talc, calcite=calcite, titania=titania, carbon_black=carbon_black, pe=pe, rubber=rubber)
    left = mass_left(structure, RUN)
    assert left[0] == pytest.approx(1, abs=1e-9)
    assert (np.diff(left) <= 1e-12).all()
    assert left[-1] == pytest.approx(talc * (1 - TALC_LOSS) + calcite * (1 - CALCITE_LOSS) + titania, abs=1e-5)


@pytest.mark.parametrize("instrument", of_all_habits("TG"))
def test_meguri_reads_the_run_with_its_gases(instrument):
    """Whatever the habits of the export: a ramp in nitrogen, a ramp in air, a hold in air."""
    reading = reading_of(tg(piece(compound(talc=0.2, carbon_black=0.01), instrument, drifts=True)))
    assert reading.modality == "TG"
    assert reading.facts.instrument == instrument
    assert reading.facts.session == f"{instrument}-2026-W31"
    assert 8 <= reading.facts.conditions["mass"].value <= 12
    stretches = program_of(reading, ThermalMethod()).stretches
    assert [(s.kind, s.gas) for s in stretches] == [("heat", "N2"), ("heat", "air"), ("isothermal", "air")]
    assert stretches[0].rate_k_per_min == pytest.approx(20, abs=0.1)
    mass = reading.curves[0].channel("mass")
    assert mass.unit == "%"
    assert mass.values[0] == pytest.approx(100, abs=0.3)
    assert mass.values[-1] == pytest.approx(20 * 0.9525, abs=0.6)


def test_a_second_run_differs_by_mounting_and_noise():
    """And the same generator gives the same bytes."""
    first, again, other = (tg(piece(compound(talc=0.2), "TG", seed=seed)) for seed in (1, 1, 2))
    assert first == again
    one, two = (reading_of(file).curves[0].channel("mass").values for file in (first, other))
    assert 0 < np.abs(one - two)[:1500].max() < 10
    assert one[-1] == pytest.approx(two[-1], abs=0.5)
