"""Oxidation induction: the more antioxidant is left the later, the more oxidised the sooner."""

from __future__ import annotations

import math

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.oit import induction_time, oit, oxidised
from services.preprocessing.programs import ThermalMethod, program_of
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of, with_chains


def onset(seed: int, antioxidant: float) -> float:
    """When the flow leaves its baseline by a tenth of its greatest height, min after oxygen came."""
    reading = reading_of(oit(piece(compound(antioxidant=antioxidant), "DSC", seed=seed)))
    oxygen = program_of(reading, ThermalMethod()).stretches[-1]
    minutes = reading.curves[0].axis.values[oxygen.start :] / 60
    flow = reading.curves[0].channel("heat_flow").values[oxygen.start :]
    base = np.median(flow[: len(flow) // 4])
    return float(minutes[int(np.argmax(flow - base > 0.1 * (flow.max() - base)))] - minutes[0])


def test_antioxidant_delays_oxidation_in_near_proportion():
    """About a minute without, half an hour with 0.1 %, an hour with 0.2 %."""
    times = [induction_time(compound(antioxidant=share)) for share in (0.0, 0.0005, 0.001, 0.002)]
    assert times == sorted(times)
    assert times[0] < 3
    assert times[2] == pytest.approx(30, rel=0.15)
    assert times[3] / times[2] == pytest.approx(2, rel=0.1)


def test_oxidised_groups_shorten_it():
    """Carbonyl tells of antioxidant that is used up faster, hydroxyl of peroxides to begin on."""
    sound = induction_time(compound(antioxidant=0.001))
    assert induction_time(with_chains(compound(antioxidant=0.001), carbonyl=25.0)) < 0.8 * sound
    assert induction_time(with_chains(compound(), hydroxyl=15.0)) < induction_time(compound())


def test_what_holds_longer_than_oxygen_flows_has_no_onset():
    """Half a per cent: nothing within a hundred minutes, and the file ends there."""
    assert induction_time(compound(antioxidant=0.005)) == math.inf
    reading = reading_of(oit(piece(compound(antioxidant=0.005), "DSC")))
    assert reading.curves[0].axis.values[-1] == pytest.approx(60 * 113, abs=5)


def test_oxidation_only_goes_on():
    """From a little to all."""
    done = oxidised(compound(antioxidant=0.0005), np.arange(0, 60, 0.05))
    assert (np.diff(done) >= 0).all()
    assert done[0] < 0.05
    assert done[-1] > 0.99


@pytest.mark.parametrize("antioxidant", [0.0004, 0.001])
def test_the_file_shows_the_onset(antioxidant):
    """Within 10 % or half a minute of what follows from structure, in repeats too."""
    for seed in (1, 2):
        expected = induction_time(compound(antioxidant=antioxidant))
        assert onset(seed, antioxidant) == pytest.approx(expected, rel=0.1, abs=0.5)


@pytest.mark.parametrize("instrument", of_all_habits("DSC"))
def test_meguri_reads_the_change_of_gas(instrument):
    """Up in nitrogen, five minutes in nitrogen, then oxygen; no replicate of a DSC run, as its temperature is said."""
    reading = reading_of(oit(piece(compound(antioxidant=0.0005), instrument, drifts=True)))
    assert reading.modality == "DSC"
    stretches = program_of(reading, ThermalMethod()).stretches
    assert [(s.kind, s.gas) for s in stretches] == [("heat", "N2"), ("isothermal", "N2"), ("isothermal", "O2")]
    assert reading.facts.conditions["temperature"].value == 200
    assert "heating_rate" not in reading.facts.conditions
