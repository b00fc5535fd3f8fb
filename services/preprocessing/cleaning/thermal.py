"""A run of DSC, DTA or TG as that of any laboratory: minutes, °C, exo up, W/g, per cent; stretches by name."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from services.preprocessing.cleaning.errors import AxisError, ChannelError
from services.preprocessing.cleaning.signal import Signal, Step
from services.preprocessing.conversions import converted
from services.preprocessing.errors import NoMassError, ProgramError, UnitError
from services.preprocessing.heat_and_mass import starting_mass
from services.preprocessing.programs import (
    Program,
    ThermalMethod,
    exo_up,
    heat_flow_per_gram,
    mass_percent,
    program_of,
)
from services.records.curve import Channel, Curve, Segment

__all__ = ["UNKNOWN_SIGN", "ThermalProgram"]

UNKNOWN_SIGN = "_of_unknown_sign"
"""What the name of a heat flow ends in where nobody says which way exo points: nothing takes it for one that does."""
_ZERO_CELSIUS_K = 273.15
_HEAT = ("heat_flow", "delta_temperature")
_WHOLE, _ALIKE = 100.0, 1e-6


class ThermalProgram(Step):
    """Read the program of a thermal analysis and bring its channels to common units.

    Time in min is the axis (the file's own where there is no time), `temperature` in °C, `heat_flow` exo up in W/g, or
    in the unit of the file where nothing can be said per gram, `mass` in per cent of what the run begins with, once the
    balance has settled. Stretches become segments with name, rate and gas.
    """

    version: ClassVar[int] = 2

    step: Literal["program"] = Field(description="Which step this is.")
    method: ThermalMethod = Field(
        default=ThermalMethod(), description="What the laboratory knows and files do not say."
    )

    def treat(self, signal: Signal) -> Signal:
        """Return the run. It comes first in a chain: stretches are found in the curve as it was read.

        Raises
        ------
        AxisError
            If the curve was cut or carried onto a grid before.
        ChannelError
            If time or temperature stand in a unit that is none.
        """
        run = signal.curve
        source = signal.reading.curves[signal.number]
        if len(source) != len(run) or not np.array_equal(source.axis.values, run.axis.values):
            raise signal.fault(AxisError, "program", "it was cut before: a program is read from a whole run")
        curves = signal.reading.curves
        reading = replace(signal.reading, curves=(*curves[: signal.number], run, *curves[signal.number + 1 :]))
        try:
            program = program_of(reading, self.method, curve=signal.number)
        except (ProgramError, UnitError) as error:
            raise signal.fault(ChannelError, "program", str(error)) from error
        notes = list(program.notes)
        channels = [_converted(channel, notes) for channel in (run.axis, *run.channels)]
        of = signal.of
        for place, channel in enumerate(channels):
            if channel.quantity in _HEAT:
                channels[place] = _heat(run, channel, program, notes)
            elif channel.quantity == "mass":
                channels[place] = _mass(run, notes)
            if channel.quantity == signal.of:
                of = channels[place].quantity
        axis, *others = channels
        time = next((c for c in others if c.quantity == "time"), None)
        if axis.quantity != "time" and time is not None and _rises(time.values):
            axis, others = time, [axis, *(c for c in others if c is not time)]
        elif axis.quantity != "time":
            notes.append(f"no time was recorded: the axis is {axis.quantity}")
        segments = tuple(
            Segment(
                kind=stretch.kind,
                start=stretch.start,
                stop=stretch.stop,
                name=stretch.name,
                rate_K_per_min=stretch.rate_k_per_min,
                gas=stretch.gas,
            )
            for stretch in program.stretches
        )
        curve = Curve(
            axis=axis, channels=tuple(others), segments=segments, was_reversed=run.was_reversed, name=run.name
        )
        return replace(signal, curve=curve, of=of).noted(*dict.fromkeys(notes))


def _rises(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all() and (np.diff(values) >= 0).all())


def _converted(channel: Channel, notes: list[str]) -> Channel:
    """Return time in min and temperatures in °C; a gap in a temperature is bridged."""
    if channel.quantity == "time" and channel.unit:
        return Channel("time", "min", converted(channel.values, channel.unit, "time") / 60.0)
    if channel.quantity in ("temperature", "program_temperature") and channel.unit in ("°C", "K", ""):
        values = channel.values - (_ZERO_CELSIUS_K if channel.unit == "K" else 0.0)
        is_there = np.isfinite(values)
        if is_there.any() and not is_there.all():
            places = np.arange(len(values))
            values = np.interp(places, places[is_there], values[is_there])
            notes.append(f"{int((~is_there).sum())} missing values of {channel.quantity} were bridged by lines")
        return Channel(channel.quantity, "°C", values)
    return channel


def _heat(run: Curve, channel: Channel, program: Program, notes: list[str]) -> Channel:
    """Return heat flow per gram and exo up as far as that is known; its name says where the sign is not."""
    values, unit = channel.values, channel.unit
    if channel.quantity == "heat_flow":
        try:
            values, unit = heat_flow_per_gram(run, program.mass), "W/g"
        except (NoMassError, UnitError) as error:
            notes.append(str(error))
    else:
        notes.append(
            f"a temperature difference in {unit or 'no unit'} is no heat flow: without calibration no enthalpy"
        )
    if program.exo == "unknown":
        notes.append(f"the sign of {channel.quantity} is as in the file: declare exo for the instrument")
        return Channel(channel.quantity + UNKNOWN_SIGN, unit, values)
    return Channel(channel.quantity, unit, exo_up(values, program.exo))


def _mass(run: Curve, notes: list[str]) -> Channel:
    """Return mass in per cent of what it begins with; as it is where that is none."""
    try:
        percent = mass_percent(run)
        known = percent[np.isfinite(percent)]
        unit = run.channel("mass").unit
        if unit != "%" and abs(known[0] - _WHOLE) > _ALIKE:
            said = f"{starting_mass(run):.4g} {unit}".rstrip()
            notes.append(f"the balance begins at {known[0]:.1f} % of the mass that it settles at, {said}")
        return Channel("mass", "%", percent)
    except NoMassError as error:
        notes.append(str(error))
        return run.channel("mass")
