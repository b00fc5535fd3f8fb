"""A run of DSC, DTA or TG as its program: stretches with name, rate and gas, and what is known of mass and sign.

Heat 1 carries the history of the specimen; a heating after a cooling is heat 2. Sees one reading; invents neither a
mass, nor a sign, nor a calibration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from loop.values import Frozen
from services.preprocessing.conversions import converted
from services.preprocessing.errors import ProgramError, UnitError
from services.preprocessing.heat_and_mass import Exo, exo_up, heat_flow_per_gram, is_per_gram, mass_percent
from services.preprocessing.program_parts import GasSwitch, Stretch, gas_of, named, stretches_of, switched
from services.records.curve import Curve
from services.records.reading import Amount, Facts, Reading

__all__ = [
    "Exo",
    "GasSwitch",
    "Program",
    "Stretch",
    "ThermalMethod",
    "exo_up",
    "heat_flow_per_gram",
    "mass_percent",
    "program_of",
]

_ZERO_CELSIUS_K = 273.15
_EXO = re.compile(r"\b(?P<what>exo|endo)(?:therm\w*)?\W{0,4}(?:is\W)?(?P<way>up|down|oben|unten|↑|↓|上|下)", re.I)
_UPWARD = ("up", "oben", "↑", "上")
_OF_GAS = re.compile(r"gas|atmos|雰囲気", re.I)
_NOT_A_NAME = re.compile(r"flow|fluss|rate|débit|流量", re.I)


class ThermalMethod(Frozen):
    """What a laboratory knows of its thermal analysis and files do not say. What a file says of its gas goes first."""

    exo: Literal["as the file says", "exo up", "exo down"] = Field(
        default="as the file says", description="Which way heat given off points."
    )
    gas: str = Field(default="", description="Gas at the start, where files are silent.")
    switches: tuple[GasSwitch, ...] = Field(default=(), description="Where the gas changes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What an instrument did, and what is known of the run.

    `mass` is what the file states, be it 0; `notes` say what is not known: mass, sign, gas, time.
    """

    modality: str
    stretches: tuple[Stretch, ...]
    exo: Exo
    mass: Amount | None
    notes: tuple[str, ...]

    def stretch(self, name: str) -> Stretch:
        """Return a stretch by its name.

        Raises
        ------
        ProgramError
            If there is none; the message lists those there are.
        """
        for stretch in self.stretches:
            if stretch.name == name:
                return stretch
        raise ProgramError(
            f"there is no {name!r} in the program; there are {', '.join(s.name for s in self.stretches)}"
        )

    @property
    def gas_switches(self) -> tuple[tuple[int, str, str], ...]:
        """Points at which one gas follows another, with both."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return tuple((after.start, before.gas, after.gas) for before, after in pairs if before.gas != after.gas)


def program_of(reading: Reading, method: ThermalMethod, *, curve: int = 0) -> Program:
    """Read the program out of a reading: stretches that its file names stay; others are found along the temperature.

    Parameters
    ----------
    curve
        Which of the reading's curves.

    Raises
    ------
    ProgramError
        If the reading has no such curve.
    UnitError
        If time or temperature stand in a unit that is none.
    """
    if not 0 <= curve < len(reading.curves):
        raise ProgramError(f"{reading.label or 'the reading'} has {len(reading.curves)} curves, none numbered {curve}")
    run = reading.curves[curve]
    notes: list[str] = []
    minutes, celsius = _minutes(run), _celsius(run)
    if celsius is None:
        notes.append("no temperature was recorded: the program is not known")
    if minutes is None:
        notes.append("no time with a unit was recorded: rates are not known")
    exo, of_exo = _exo(reading.facts, method)
    mass, of_mass = _mass(reading.facts)
    if "heat_flow" in run.quantities or "delta_temperature" in run.quantities:
        notes += [of_exo] if of_exo else []
    if "heat_flow" in run.quantities and not is_per_gram(run.channel("heat_flow").unit):
        notes += [of_mass] if of_mass else []
    gas = gas_of(
        text for name, text in reading.facts.texts.items() if _OF_GAS.search(name) and not _NOT_A_NAME.search(name)
    )
    raw = stretches_of(run, minutes, celsius, gas or method.gas)
    for switch in method.switches:
        after = switched(raw, switch, minutes, celsius)
        if after is None:
            notes.append(f"the run does not come to the switch to {switch.gas}")
        raw = after or raw
    if "temperature" in run.quantities and not run.channel("temperature").unit:
        notes.append("the unit of temperature is not stated: °C is taken")
    if not any(stretch.gas for stretch in raw):
        notes.append("the gas is not stated")
    return Program(modality=reading.modality, stretches=named(raw), exo=exo, mass=mass, notes=tuple(notes))


def _minutes(curve: Curve) -> np.ndarray | None:
    if "time" not in curve.quantities or not curve.channel("time").unit:
        return None
    channel = curve.channel("time")
    return np.asarray(converted(channel.values, channel.unit, "time") / 60.0)


def _celsius(curve: Curve) -> np.ndarray | None:
    channel = next((curve.channel(q) for q in ("temperature", "program_temperature") if q in curve.quantities), None)
    if channel is None:
        return None
    if channel.unit not in ("°C", "K", ""):
        raise UnitError(f"a temperature is in °C or K, got {channel.unit!r}")
    is_there = np.isfinite(channel.values)
    if not is_there.any():
        return None
    places = np.arange(len(channel))
    values = np.interp(places, places[is_there], channel.values[is_there])
    return np.asarray(values - _ZERO_CELSIUS_K if channel.unit == "K" else values)


def _exo(facts: Facts, method: ThermalMethod) -> tuple[Exo, str]:
    if method.exo != "as the file says":
        return method.exo, ""
    said = set()
    for name, text in facts.texts.items():
        for match in _EXO.finditer(f"{name} {text}"):
            is_up = match["way"].casefold() in _UPWARD
            said.add(is_up == (match["what"].casefold() == "exo"))
    if len(said) == 1:
        return ("exo up" if said.pop() else "exo down"), ""
    if said:
        return "unknown", "the file says both exo up and exo down"
    return "unknown", "it is not stated whether exo is up or down"


def _mass(facts: Facts) -> tuple[Amount | None, str]:
    mass = facts.conditions.get("mass")
    if mass is None:
        return None, "no mass is stated: nothing per gram"
    return mass, "" if mass.value > 0 else f"the mass is stated as {mass}: nothing per gram"
