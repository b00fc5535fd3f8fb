"""Programs of thermal analysis: stretches, rates, gases and signs are found or said to be unknown; no mass, no J/g."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.errors import NoMassError, ProgramError, UncalibratedError, UnitError
from services.preprocessing.programs import (
    GasSwitch,
    ThermalMethod,
    exo_up,
    heat_flow_per_gram,
    mass_percent,
    program_of,
)
from services.preprocessing.stretches import parts_of
from services.records.curve import Channel, Curve, Segment
from services.records.reading import Amount, Facts, Reading
from tests.services.ingest.files import SHARED

METHOD = ThermalMethod()


def run(steps, *, dt=1.0, start=25.0, noise=0.0, settle=0.0, seed=0):
    """Time in s and temperature in °C of (K/min, minutes) steps, and the points at which steps begin."""
    rates = np.concatenate([np.full(round(minutes * 60 / dt), float(rate)) for rate, minutes in steps])
    bounds = np.cumsum([0] + [round(minutes * 60 / dt) for _, minutes in steps])
    if settle:  # the furnace follows its program with a lag, s
        follow = np.empty_like(rates)
        now = 0.0
        for k, rate in enumerate(rates):
            now += (rate - now) * dt / settle
            follow[k] = now
        rates = follow
    time = np.arange(len(rates)) * dt
    temperature = start + np.concatenate([[0], np.cumsum(rates[:-1])]) * dt / 60
    return time, temperature + noise * np.random.default_rng(seed).normal(size=len(time)), bounds


def reading(time, temperature, *, texts=None, conditions=None, heat="mW", unit="°C", segments=(), modality="DSC"):
    return Reading(
        modality=modality,
        facts=Facts(texts=texts or {}, conditions=conditions or {}),
        curves=(
            Curve(
                axis=Channel("time", "s", time),
                channels=(
                    Channel("temperature", unit, temperature),
                    Channel("heat_flow", heat, np.sin(time / 300) + 2.0),
                ),
                segments=segments,
            ),
        ),
    )


HEAT_COOL_HEAT = ((0, 5), (10, 18), (0, 5), (-10, 18), (0, 5), (10, 18))


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from([1.5, 5.0, 10.0, 20.0, 40.0]),
    cooling=st.sampled_from([2.0, 10.0, 20.0]),
    noise=st.sampled_from([0.0, 0.01, 0.05, 0.2]),
    dt=st.sampled_from([0.5, 1.0, 3.0]),
    settle=st.sampled_from([0.0, 10.0]),
    seed=st.integers(0, 999),
)
def test_a_planted_program_is_found_whatever_its_noise(rate, cooling, noise, dt, settle, seed):
    """Hold, heat, hold, cool, hold, heat over 180 K: every stretch, its rate within 2 %, its bounds within a minute."""
    steps = ((0, 6), (rate, 180 / rate), (0, 6), (-cooling, 180 / cooling), (0, 6), (rate, 180 / rate))
    time, temperature, bounds = run(steps, dt=dt, noise=noise, settle=settle, seed=seed)
    program = program_of(reading(time, temperature), METHOD)
    assert [s.name for s in program.stretches] == [
        "isothermal",
        "heat 1",
        "isothermal 2",
        "cool",
        "isothermal 3",
        "heat 2",
    ]
    for stretch, (planted, _), bound in zip(program.stretches, steps, bounds, strict=False):
        assert stretch.rate_k_per_min == pytest.approx(planted, abs=0.15 if not planted else 0.02 * abs(planted) + 0.02)
        assert abs(time[stretch.start] - bound * dt) <= 60 + 0.005 * time[-1]


def test_stretches_follow_each_other_without_a_gap():
    """Every point belongs to one."""
    time, temperature, _ = run(HEAT_COOL_HEAT, noise=0.05)
    stretches = program_of(reading(time, temperature), METHOD).stretches
    assert [s.start for s in stretches] == [0, *(s.stop for s in stretches[:-1])]
    assert stretches[-1].stop == len(time)


def test_a_first_cooling_does_not_make_the_heating_behind_it_a_second():
    """Cool, heat, cool, heat: heat 1 is the first heating; after a hold alone a heating goes on."""
    time, temperature, _ = run(((-10, 8), (10, 20), (-10, 20), (10, 20)))
    names = [s.name for s in program_of(reading(time, temperature), METHOD).stretches]
    assert names == ["cool", "heat 1", "cool 2", "heat 2"]
    time, temperature, _ = run(((10, 10), (0, 10), (10, 10)))
    names = [s.name for s in program_of(reading(time, temperature), METHOD).stretches]
    assert names == ["heat 1", "isothermal", "heat 1, part 2"]


def test_an_isothermal_run_is_one_stretch():
    """As of an oxidation induction time: no ramp is made of noise and drift."""
    time, temperature, _ = run(((0.01, 60),), noise=0.05, start=200)
    (stretch,) = program_of(reading(time, temperature), METHOD).stretches
    assert (stretch.name, stretch.first_celsius) == ("isothermal", pytest.approx(200, abs=0.3))


def test_kelvin_and_minutes_change_nothing():
    """The same run in other units is the same program."""
    time, temperature, _ = run(HEAT_COOL_HEAT, noise=0.02)
    usual = program_of(reading(time, temperature), METHOD)
    curve = reading(time, temperature).curves[0]
    other = Curve(
        axis=Channel("time", "min", time / 60),
        channels=(Channel("temperature", "K", temperature + 273.15), curve.channel("heat_flow")),
    )
    again = program_of(Reading(modality="DSC", curves=(other,)), METHOD)
    for one, two in zip(usual.stretches, again.stretches, strict=True):
        assert (one.name, one.start, one.stop) == (two.name, two.start, two.stop)
        assert one.rate_k_per_min == pytest.approx(two.rate_k_per_min)
        assert one.first_celsius == pytest.approx(two.first_celsius)


def test_without_time_rates_are_not_known_and_it_is_said():
    """Points alone still tell heating from cooling."""
    _, temperature, _ = run(((10, 20), (-10, 20)), noise=0.02)
    curve = Curve(
        axis=Channel("point", "", np.arange(1.0, len(temperature) + 1)),
        channels=(Channel("temperature", "°C", temperature), Channel("heat_flow", "mW", temperature)),
    )
    program = program_of(Reading(curves=(curve,)), METHOD)
    assert [(s.name, s.rate_k_per_min) for s in program.stretches] == [("heat 1", None), ("cool", None)]
    assert any("rates are not known" in note for note in program.notes)


def test_segments_that_a_file_marks_are_kept():
    """With its own rates and gases; a segment of no kind gets the one its ends speak of."""
    time, temperature, bounds = run(((10, 20), (-10, 20), (10, 20)))
    segments = (
        Segment(kind="heat", start=0, stop=int(bounds[1]), name="Segment 1: N2", rate_K_per_min=10.0),
        Segment(kind="other", start=int(bounds[1]), stop=int(bounds[2]), name="Segment 2"),
        Segment(kind="heat", start=int(bounds[2]), stop=int(bounds[3]), gas="air"),
    )
    program = program_of(reading(time, temperature, segments=segments), METHOD)
    assert [(s.name, s.gas) for s in program.stretches] == [("heat 1", "N2"), ("cool", "N2"), ("heat 2", "air")]
    assert [s.rate_k_per_min for s in program.stretches] == [10, pytest.approx(-10), pytest.approx(10)]
    assert program.gas_switches == ((int(bounds[2]), "N2", "air"),)
    assert program.stretch("heat 2").start == bounds[2]
    with pytest.raises(ProgramError, match=r"heat 3.*heat 1, cool, heat 2"):
        program.stretch("heat 3")


@pytest.mark.parametrize("switch", [GasSwitch(gas="air", at_celsius=225), GasSwitch(gas="air", at_min=20)])
def test_a_switch_of_gas_parts_the_ramp_it_falls_into(switch):
    """As carbon black needs one: nitrogen before, air behind, on one ramp."""
    time, temperature, _ = run(((10, 60),))
    method = ThermalMethod(gas="N2", switches=(switch,))
    program = program_of(reading(time, temperature, modality="TG"), method)
    assert [(s.name, s.gas) for s in program.stretches] == [("heat 1", "N2"), ("heat 1, part 2", "air")]
    assert program.gas_switches == ((1200, "N2", "air"),)
    assert program.stretches[1].first_celsius == pytest.approx(225)


def test_a_switch_that_the_run_never_reaches_is_told():
    """It ended before."""
    time, temperature, _ = run(((10, 20),))
    method = ThermalMethod(gas="N2", switches=(GasSwitch(gas="air", at_celsius=700),))
    program = program_of(reading(time, temperature), method)
    assert {s.gas for s in program.stretches} == {"N2"}
    assert "the run does not come to the switch to air" in program.notes
    with pytest.raises(ValueError, match="either at_min or at_celsius"):
        GasSwitch(gas="air")


@pytest.mark.parametrize(
    ("texts", "exo"),
    [
        ({"Exotherm": "Up"}, "exo up"),
        ({"Signal": "heat flow, exo down"}, "exo down"),
        ({"Comment": "^endo up"}, "exo down"),
        ({"Anzeige": "Exotherm unten"}, "exo down"),
        ({"Comment": "exo up", "Note": "endo up"}, "unknown"),
        ({"Comment": "first heat"}, "unknown"),
    ],
)
def test_which_way_heat_points_is_read_or_unknown(texts, exo):
    """Unknown stays unknown and says so; a declared sign is taken; nothing is turned without one."""
    time, temperature, _ = run(((10, 20),))
    program = program_of(reading(time, temperature, texts=texts), METHOD)
    assert program.exo == exo
    assert any("exo" in note for note in program.notes) == (exo == "unknown")
    assert program_of(reading(time, temperature, texts=texts), ThermalMethod(exo="exo up")).exo == "exo up"
    flow = np.array([1.0, -2.0])
    if exo == "unknown":
        with pytest.raises(ProgramError, match="not known"):
            exo_up(flow, program.exo)
    else:
        assert exo_up(flow, program.exo).tolist() == ([1, -2] if exo == "exo up" else [-1, 2])


@pytest.mark.parametrize("text", ["N2", "Nitrogen 50 ml/min", "Stickstoff", "窒素"])
def test_the_gas_of_the_header_is_read(text):
    """Its name, not its flow; words that hold letters of a gas are none."""
    time, temperature, _ = run(((10, 20),))
    program = program_of(reading(time, temperature, texts={"Purge gas": text, "Gas flow": "air 50"}), METHOD)
    assert {s.gas for s in program.stretches} == {"N2"}
    nothing = program_of(reading(time, temperature, texts={"Gas": "Arbitrary chair"}), METHOD)
    assert {s.gas for s in nothing.stretches} == {""}
    assert "the gas is not stated" in nothing.notes


@pytest.mark.parametrize(
    ("mass", "told"),
    [(None, "no mass is stated"), (Amount(0, "mg"), "0 mg"), (Amount(-3, "mg"), "-3 mg"), (Amount(5, "mg", "<"), "<5")],
)
def test_no_mass_no_joule_per_gram(mass, told):
    """Nothing, nought, less than nought and a bound are no mass."""
    time, temperature, _ = run(((10, 20),))
    with pytest.raises(NoMassError, match=rf"{told}.*no mass, no J/g"):
        heat_flow_per_gram(reading(time, temperature).curves[0], mass)


@pytest.mark.parametrize(("unit", "factor"), [("mW", 1e-3), ("W", 1.0), ("μW", 1e-6), ("µW", 1e-6)])
@pytest.mark.parametrize("mass", [Amount(5, "mg"), Amount(0.005, "g"), Amount(5000, "μg")])
def test_watts_per_gram(unit, factor, mass):
    """Heat flow over mass; a file's own W/g needs none."""
    time, temperature, _ = run(((10, 20),))
    curve = reading(time, temperature, heat=unit).curves[0]
    expected = curve.channel("heat_flow").values * factor / 0.005
    np.testing.assert_allclose(heat_flow_per_gram(curve, mass), expected, rtol=1e-12)
    for own in ("W/g", "mW/mg"):
        per_gram = reading(time, temperature, heat=own).curves[0]
        np.testing.assert_array_equal(heat_flow_per_gram(per_gram, None), per_gram.channel("heat_flow").values)
        assert not any("mass" in note for note in program_of(reading(time, temperature, heat=own), METHOD).notes)


def test_a_temperature_difference_has_no_enthalpy():
    """DTA without a calibration; nor has a curve without heat, nor a unit that is none."""
    time = np.arange(60.0)
    axis = Channel("time", "s", time)
    dta = Curve(axis=axis, channels=(Channel("temperature", "°C", time), Channel("delta_temperature", "µV", time)))
    with pytest.raises(UncalibratedError, match=r"µV.*without calibration no enthalpy"):
        heat_flow_per_gram(dta, Amount(5, "mg"))
    with pytest.raises(ProgramError, match="there is no heat flow"):
        heat_flow_per_gram(Curve(axis=axis, channels=(Channel("mass", "mg", time),)), Amount(5, "mg"))
    odd = Curve(axis=axis, channels=(Channel("heat_flow", "V", time),))
    with pytest.raises(UnitError, match="V"):
        heat_flow_per_gram(odd, Amount(5, "mg"))


@given(st.floats(0.5, 100), st.sampled_from(["mg", "g", ""]))
def test_mass_is_in_per_cent_of_its_start(start, unit):
    """Whatever its unit; a file's own per cent stay."""
    shape = np.linspace(1, 0.2, 30)
    axis = Channel("time", "min", np.arange(30.0))
    found = mass_percent(Curve(axis=axis, channels=(Channel("mass", unit, start * shape),)))
    np.testing.assert_allclose(found, 100 * shape)
    own = Curve(axis=axis, channels=(Channel("mass", "%", 99.5 * shape),))
    np.testing.assert_array_equal(mass_percent(own), 99.5 * shape)


def test_a_balance_that_swings_at_first_is_waited_for():
    """The first reading is 2 % off, as when a furnace closes: per cent are those of the mass it settles at."""
    seconds = np.arange(0.0, 600.0, 2.0)
    celsius = 25 + np.clip(seconds - 20, 0, None) / 3
    mass = np.where(celsius < 150, 5.0, 1.0)
    mass[:3] = [5.12, 5.08, 4.93]
    channels = (Channel("temperature", "°C", celsius), Channel("mass", "mg", mass))
    curve = Curve(axis=Channel("time", "s", seconds), channels=channels)
    np.testing.assert_allclose(mass_percent(curve)[[4, 50, -1]], [100, 100, 20])


def test_what_dries_from_the_first_point_on_is_not_waited_for():
    """A coarse run, or one that loses mass as it begins, has its first mass as 100 %."""
    celsius = 25 + 5.0 * np.arange(60)
    mass = np.linspace(5, 4, 60)
    axis, heated = Channel("time", "s", 30.0 * np.arange(60)), Channel("temperature", "°C", celsius)
    found = mass_percent(Curve(axis=axis, channels=(heated, Channel("mass", "mg", mass))))
    np.testing.assert_allclose(found, 20 * mass)
    still = Channel("temperature", "°C", np.full(60, 25.0))
    drying = mass_percent(
        Curve(axis=Channel("time", "s", np.arange(60.0)), channels=(still, Channel("mass", "g", mass)))
    )
    np.testing.assert_allclose(drying, 20 * mass)


def test_a_run_that_begins_without_mass_has_no_per_cent():
    """A pan that was not tared right; a curve without any mass."""
    axis = Channel("time", "min", np.arange(30.0))
    with pytest.raises(NoMassError, match="0 mg"):
        mass_percent(Curve(axis=axis, channels=(Channel("mass", "mg", np.arange(30.0)),)))
    with pytest.raises(ProgramError, match="there is no mass"):
        mass_percent(Curve(axis=axis, channels=(Channel("heat_flow", "mW", np.arange(30.0)),)))


def test_a_reading_without_the_curve_asked_for_is_refused():
    """Nor is a temperature in Fahrenheit guessed at."""
    time, temperature, _ = run(((10, 20),))
    with pytest.raises(ProgramError, match="1 curves, none numbered 1"):
        program_of(reading(time, temperature), METHOD, curve=1)
    with pytest.raises(UnitError, match="°F"):
        program_of(reading(time, temperature, unit="°F"), METHOD)


def test_missing_temperatures_are_bridged_and_too_few_points_are_no_program():
    """A gap of some rows changes no stretch; ten rows are of no kind unless their ends say it."""
    time, temperature, _ = run(((10, 20), (-10, 20)))
    holey = temperature.copy()
    holey[300:320] = np.nan
    whole, bridged = (program_of(reading(time, values), METHOD).stretches for values in (temperature, holey))
    assert [(s.name, s.start, s.stop) for s in bridged] == [(s.name, s.start, s.stop) for s in whole]
    short = program_of(reading(time[:10], temperature[:10] * np.arange(1, 11)), METHOD).stretches
    assert [s.name for s in short] == ["heat 1"]
    assert parts_of(time[:10], temperature[:10]) == ()


def raw(name):
    path = SHARED / "raw" / name
    if not path.exists():
        pytest.skip(f"needs shared/data/raw/{name}")
    return read_source(Source(path.name, path.read_bytes())).readings[0]


@pytest.mark.shared_data
def test_a_real_calorimeter_run_without_a_mass():
    """1.5 K/min up to 449 °C, five minutes there, 2 K/min down; the file says 0 mg, so there is no J/g."""
    found = raw("AEM_210311.txt")
    program = program_of(found, METHOD)
    assert [s.name for s in program.stretches] == ["heat 1", "isothermal", "cool"]
    heat, hold, cool = program.stretches
    assert heat.rate_k_per_min == pytest.approx(1.5, abs=0.01)
    assert cool.rate_k_per_min == pytest.approx(-2.0, abs=0.01)
    assert (hold.first_celsius, hold.last_celsius) == (pytest.approx(449, abs=1), pytest.approx(449, abs=1))
    minutes = found.curves[0].axis.values[hold.stop] / 60 - found.curves[0].axis.values[hold.start] / 60
    assert minutes == pytest.approx(5, abs=0.5)
    assert program.exo == "unknown"
    assert "the mass is stated as 0 mg: nothing per gram" in program.notes
    with pytest.raises(NoMassError, match=r"0 mg.*no J/g"):
        heat_flow_per_gram(found.curves[0], program.mass)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("PMMA_DBI_Lund_DSC_N2_20K_1.csv", 20),
        ("PMMA_FSRI_DSC_N2_10K_1.csv", 10.4),
        ("PMMA_DBI_Lund_TGA_N2_20K_1.csv", 20),
        ("PMMA_DBI_Lund_TGA_N2_20K_2.csv", 20),
    ],
)
def test_real_runs_of_one_ramp(name, rate):
    """One heating at the rate of its file's name; heat flow per gram as it stands; mass begins at 100 %."""
    found = raw(name)
    program = program_of(found, METHOD)
    assert [s.name for s in program.stretches] == ["heat 1"]
    assert program.stretches[0].rate_k_per_min == pytest.approx(rate, abs=0.1)
    if found.modality == "TG":
        percent = mass_percent(found.curves[0])
        assert np.median(percent[5:25]) == pytest.approx(100, abs=0.2)
        assert abs(percent[-1]) < 2
    else:
        assert heat_flow_per_gram(found.curves[0], program.mass)[0] == found.curves[0].channel("heat_flow").values[0]


def test_a_method_is_one_value_in_yaml_and_back():
    """What a definition holds is what the evaluation gets."""
    method = ThermalMethod(gas="N2", exo="exo up", switches=(GasSwitch(gas="air", at_celsius=600),))
    assert ThermalMethod.model_validate(method.model_dump(mode="json")) == method
    assert replace(program_of(reading(*run(((10, 20),))[:2]), method), notes=()).exo == "exo up"
