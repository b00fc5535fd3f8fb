"""The virtual calorimeter: its files give enthalpies back, phases melt where they do, cooling follows nucleation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.crystallisation import (
    crystallisation_temperature,
    share_crystallised,
)
from campaigns.polypropylene.laboratory.instruments.dsc import (
    cooling_flow,
    dsc,
    heating_flow,
    melting_enthalpy,
    program,
    settled,
)
from campaigns.polypropylene.laboratory.instruments.melting import FUSION, moulded, recrystallised, share_molten
from campaigns.polypropylene.laboratory.structure import Structure
from services.preprocessing.programs import ThermalMethod, heat_flow_per_gram, program_of
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of, with_chains

MINUTES = np.arange(0, 27, 1 / 60)
UP = -50 + 10 * MINUTES


def without_heat_capacity(structure: Structure) -> np.ndarray:
    """The heat flow of a first heating over what the same takes that cannot melt, W/g."""
    return heating_flow(structure, moulded(structure), UP, MINUTES, 10.0) - heating_flow(
        structure, (), UP, MINUTES, 10.0
    )


def peak(flow: np.ndarray, celsius: np.ndarray, low: float, high: float) -> float:
    """Where most heat is taken up between two temperatures."""
    within = (celsius > low) & (celsius < high)
    return float(celsius[within][int(np.argmin(flow[within]))])


def area(minutes: np.ndarray, celsius: np.ndarray, flow: np.ndarray, low: float, high: float) -> float:
    """The heat of a peak over a straight line between two temperatures, J/g."""
    within = (celsius > low) & (celsius < high)
    t, y = 60 * minutes[within], flow[within]
    line = np.interp(t, [t[10], t[-10]], [y[:20].mean(), y[-20:].mean()])
    return float(np.trapezoid(y - line, t))


def test_enthalpies_of_fusion_are_those_of_the_literature():
    """207 J/g for α, 293 J/g for polyethylene, β between 170 and 195."""
    assert FUSION["alpha"] == 207
    assert FUSION["pe"] == 293
    assert 170 <= FUSION["beta"] <= 195


def test_enthalpy_is_crystallinity_times_207_times_the_share_of_polypropylene():
    """Of α alone, skin and core by their shares; filler takes its part."""
    pure = compound(talc=0.2)
    pure = replace(pure, skin=replace(pure.skin, gamma=0.0), core=replace(pure.core, gamma=0.0))
    assert melting_enthalpy(pure) == pytest.approx(207 * 0.8 * (0.25 * 0.42 + 0.75 * 0.48))


@pytest.mark.parametrize("beta", [0.0, 0.25])
@pytest.mark.parametrize("talc", [0.0, 0.25])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_file_gives_the_enthalpies_back(beta, talc, seed):
    """Within 3 % of what the structure holds, both heatings; β that turns to α adds and takes the same."""
    structure = compound(beta=beta, talc=talc)
    reading = reading_of(dsc(piece(structure, "DSC", seed=seed)))
    run = program_of(reading, ThermalMethod())
    curve = reading.curves[0]
    flow = heat_flow_per_gram(curve, run.mass)
    minutes, celsius = curve.axis.values / 60, curve.channel("temperature").values
    for name, heating in (("heat 1", 1), ("heat 2", 2)):
        s = run.stretch(name)
        part = slice(s.start, s.stop)
        found = -area(minutes[part], celsius[part], flow[part], 80, 180)
        assert found == pytest.approx(melting_enthalpy(structure, heating=heating), rel=0.03)


def test_alpha_melts_between_160_and_168():
    """Whatever the mould and the nucleation of a homopolymer."""
    for size in (12.0, 16.0):
        for nucleation in (0.0, 0.95):
            structure = compound(nucleation=nucleation)
            structure = replace(structure, core=replace(structure.core, size_110=size))
            assert 160 <= peak(without_heat_capacity(structure), UP, 100, 180) <= 168


def test_beta_melts_near_150():
    """Beside the same without β."""
    plain, beta = (without_heat_capacity(compound(beta=b)) for b in (0.0, 0.4))
    assert peak(beta - plain, UP, 140, 158) == pytest.approx(150, abs=3)


def test_molten_beta_crystallises_anew_the_less_the_faster_it_is_heated():
    """Half of it or so at 10 K/min, less at 40 K/min; it only grows."""
    beta = next(p for p in moulded(compound(beta=0.4)) if p.phase == "beta")
    shares = []
    for rate in (10.0, 40.0):
        minutes = np.arange(0, 220 / rate, 1 / 60)
        anew = recrystallised(share_molten(beta, 10 + rate * minutes), 10 + rate * minutes, minutes)
        assert (np.diff(anew) >= 0).all()
        shares.append(float(anew[-1]))
    assert 0.3 < shares[0] < 0.8
    assert shares[1] < 0.6 * shares[0]


def test_gamma_is_a_shoulder_below_alpha():
    """At 148 to 158 °C, and α the lower the more the chains are interrupted."""
    more = compound()
    more = replace(more, core=replace(more.core, gamma=0.2))
    extra = without_heat_capacity(more) - without_heat_capacity(compound())
    assert 148 <= peak(extra, UP, 120, 175) <= 158
    interrupted = with_chains(compound(), defects=0.01)
    lower = peak(without_heat_capacity(compound()), UP, 100, 180) - peak(
        without_heat_capacity(interrupted), UP, 100, 180
    )
    assert 2 < lower < 6


def test_polyethylene_melts_between_120_and_130():
    """With 293 J/g of its crystalline part."""
    structure = compound(pe=0.1)
    assert 120 <= peak(without_heat_capacity(structure), UP, 100, 135) <= 130
    assert melting_enthalpy(structure, "pe") == pytest.approx(0.1 * 0.55 * 293)


def test_nucleation_raises_the_crystallisation_temperature():
    """From 111 to 130 °C at 10 K/min, and the peak is found there."""
    down, places = UP[::-1], []
    for nucleation in (0.0, 0.3, 0.6, 0.95):
        structure = compound(nucleation=nucleation)
        flow = cooling_flow(structure, settled(structure), down, MINUTES, -10.0)
        places.append(float(down[int(np.argmax(flow))]))
        assert places[-1] == pytest.approx(crystallisation_temperature(structure), abs=1)
    assert places == sorted(places)
    assert places[0] == pytest.approx(111, abs=1)
    assert places[-1] == pytest.approx(130, abs=1.5)


@pytest.mark.parametrize("nucleation", [0.0, 0.9])
def test_what_crystallises_is_what_melts_again(nucleation):
    """The heat of the peak on cooling is that of the second heating, but for a tail that goes on below."""
    structure = compound(nucleation=nucleation)
    flow = cooling_flow(structure, settled(structure), UP[::-1], MINUTES, -10.0)
    heat = melting_enthalpy(structure, heating=2)
    assert area(MINUTES, UP[::-1], flow, 60, 150) == pytest.approx(heat, rel=0.04)
    done = share_crystallised("pp", crystallisation_temperature(structure), UP[::-1], MINUTES)
    assert (np.diff(done) >= 0).all()
    assert done[-1] == pytest.approx(1, abs=1e-3)


def test_melting_only_goes_on():
    """Every population from nothing to all, the thicker the hotter."""
    for population in moulded(compound(pe=0.1, rubber=0.1, beta=0.2)):
        molten = share_molten(population, np.linspace(-50, 220, 500))
        assert (np.diff(molten) >= 0).all()
        assert molten[0] < 0.01
        assert molten[-1] == pytest.approx(1)
        thicker = share_molten(replace(population, thickness=1.1 * population.thickness), np.linspace(-50, 220, 500))
        assert (thicker <= molten + 1e-12).all()


@pytest.mark.parametrize("instrument", of_all_habits("DSC"))
def test_meguri_reads_heat_cool_heat(instrument):
    """Whatever the habits of the export: five stretches at 10 K/min in nitrogen, exo up, with a mass."""
    reading = reading_of(dsc(piece(compound(talc=0.1), instrument, drifts=True)))
    assert reading.modality == "DSC"
    run = program_of(reading, ThermalMethod())
    assert [s.name for s in run.stretches] == ["heat 1", "isothermal", "cool", "isothermal 2", "heat 2"]
    assert run.stretch("cool").rate_k_per_min == pytest.approx(-10, abs=0.05)
    assert {s.gas for s in run.stretches} == {"N2"}
    assert run.exo == "exo up"
    assert run.mass is not None
    assert 4 <= run.mass.value <= 8
    assert run.notes == ()


def test_a_session_moves_temperature_and_enthalpy_a_little():
    """Two sessions apart by five standard deviations: 1.5 K and 4 %, no more."""
    found = []
    for way in (-2.5, 2.5):
        one = piece(compound(), "DSC")
        one = replace(one, session=replace(one.session, shift=way, gain=way))
        curve = reading_of(dsc(one)).curves[0]
        second = slice(program().bounds[4], None)
        celsius, flow = curve.channel("temperature").values[second], curve.channel("heat_flow").values[second]
        found.append((peak(flow, celsius, 140, 180), area(curve.axis.values[second] / 60, celsius, flow, 100, 180)))
    assert found[1][0] - found[0][0] == pytest.approx(1.5, abs=0.3)
    assert found[1][1] / found[0][1] == pytest.approx(1.04, abs=0.01)
