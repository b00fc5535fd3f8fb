"""Runs of any laboratory come to the same units and stretches; what is not known is not made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from services.preprocessing.cleaning.axis import Range
from services.preprocessing.cleaning.errors import AxisError, ChannelError
from services.preprocessing.cleaning.thermal import UNKNOWN_SIGN, ThermalProgram
from services.preprocessing.programs import ThermalMethod
from services.records.curve import Channel, Curve
from tests.services.preprocessing.cleaning.curves import run, signal

PROGRAM = ThermalProgram(step="program")


@pytest.mark.parametrize("time", ["s", "min"])
@pytest.mark.parametrize("temperature", ["°C", "K"])
@pytest.mark.parametrize("sign", ["exo up", "exo down"])
def test_a_run_is_the_same_however_it_was_written(time, temperature, sign):
    """Minutes, °C, exo up, W/g: a melting of 10 mW on 4 mg is -2.5 W/g."""
    after = PROGRAM.apply(run(time=time, temperature=temperature, sign=sign))
    assert (after.curve.axis.quantity, after.curve.axis.unit) == ("time", "min")
    assert after.x[-1] == pytest.approx(50, abs=0.1)
    assert after.curve.channel("temperature").values.max() == pytest.approx(230)
    assert after.y.min() == pytest.approx(-2.5, rel=1e-3)
    assert after.curve.channel("heat_flow").unit == "W/g"
    assert [s.name for s in after.curve.segments] == ["isothermal", "heat 1", "isothermal 2", "cool"]
    assert after.curve.segments[1].rate_K_per_min == pytest.approx(10, rel=1e-3)


def test_without_a_mass_heat_flow_keeps_its_unit():
    """No mass, no W/g; the note says so."""
    after = PROGRAM.apply(run(mass="0 mg"))
    assert after.curve.channel("heat_flow").unit == "mW"
    assert after.y.min() == pytest.approx(-10, rel=1e-3)
    assert "the mass is stated as 0 mg: no mass, no J/g" in after.notes


def test_without_a_sign_no_channel_is_called_heat_flow():
    """So that a melting is not taken for a crystallisation; declared, it is known."""
    after = PROGRAM.apply(run(sign=""))
    assert after.of == "heat_flow" + UNKNOWN_SIGN
    assert "heat_flow" not in after.curve.quantities
    declared = ThermalProgram(step="program", method=ThermalMethod(exo="exo down"))
    assert declared.apply(run(sign="")).of == "heat_flow"


def test_mass_is_in_per_cent_of_the_first():
    """Of a TG over time, in mg."""
    minutes = np.linspace(0, 30, 901)
    celsius = 30 + 20 * minutes
    mass = 8.0 - 3.0 / (1 + np.exp(-(celsius - 400) / 10))
    before = signal(
        minutes,
        mass,
        axis=("time", "min"),
        of=("mass", "mg"),
        others=(("temperature", "°C", celsius),),
        modality="TG",
    )
    after = PROGRAM.apply(before)
    assert after.curve.channel("mass").unit == "%"
    assert after.y[0] == pytest.approx(100)
    assert after.y[-1] == pytest.approx(62.5, abs=0.1)


def test_a_run_over_temperature_without_a_time_says_so():
    """The axis stays; it is °C."""
    celsius = np.linspace(300, 500, 401)
    before = signal(celsius, celsius, axis=("temperature", "K"), of=("heat_flow", "W/g"), texts={"Sign": "exo up"})
    after = PROGRAM.apply(before)
    assert after.x[0] == pytest.approx(26.85)
    assert "no time was recorded: the axis is temperature" in after.notes
    assert [s.name for s in after.curve.segments] == ["heat 1"]


def test_a_temperature_with_gaps_is_bridged():
    """And told; heat flow keeps its own gaps."""
    before = run()
    celsius = before.curve.channel("temperature").values.copy()
    celsius[400:410] = np.nan
    flow = before.y.copy()
    flow[700] = np.nan
    curve = Curve(
        axis=before.curve.axis, channels=(Channel("heat_flow", "mW", flow), Channel("temperature", "°C", celsius))
    )
    after = PROGRAM.apply(replace(before, curve=curve, reading=replace(before.reading, curves=(curve,))))
    assert np.isfinite(after.curve.channel("temperature").values).all()
    assert np.flatnonzero(np.isnan(after.y)).tolist() == [700]
    assert "10 missing values of temperature were bridged by lines" in after.notes


def test_a_program_is_read_from_a_whole_run():
    """Not from one that was cut."""
    cut = Range.model_validate({"step": "range", "to": 1000}).apply(run())
    with pytest.raises(AxisError, match="it was cut before"):
        PROGRAM.apply(cut)


def test_a_temperature_in_another_unit_is_refused():
    """With the step and the curve."""
    with pytest.raises(ChannelError, match=r"program: DSC \(heat_flow\): a temperature is in °C or K, got '°F'"):
        PROGRAM.apply(run(temperature="°F"))
