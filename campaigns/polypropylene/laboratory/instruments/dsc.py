"""Differential scanning calorimetry: -50 to 220 °C, back, and up again at 10 K/min in nitrogen, 4 to 8 mg.

The first heating melts what moulding made, skin and core by their shares; the second what the compound makes of itself
on cooling at a rate that is known. Melting stands in `melting`, crystallisation in `crystallisation`, the instrument
in `calorimeter`. Peaks are no bells: populations of thicknesses through Gibbs and Thomson, Nakamura's equation on
cooling, both smeared by the time constant of the pan and shifted by its lag.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory.instruments.calorimeter import heat_capacity, measured, mounted
from campaigns.polypropylene.laboratory.instruments.crystallisation import (
    PE_CRYSTALLISATION,
    crystallisation_temperature,
    share_crystallised,
)
from campaigns.polypropylene.laboratory.instruments.melting import (
    FUSION,
    Population,
    enthalpy,
    moulded,
    recrystallised,
    share_molten,
    solidified,
)
from campaigns.polypropylene.laboratory.instruments.portion import portion_of
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.facts import decimals, facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.thermal import Stretch, write_run

__all__ = ["Program", "cooling_flow", "dsc", "heating_flow", "melting_enthalpy", "program", "settled"]

_LOW, _HIGH, _HOLD_MIN = -50.0, 220.0, 3.0
_RATE = 10.0
_NAMES = ("heat 1", "isothermal", "cool", "isothermal", "heat 2")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Time in min and temperature in °C of the sensor, shape (n,), and the first point of each stretch."""

    minutes: np.ndarray
    celsius: np.ndarray
    rates: tuple[float, ...]
    bounds: tuple[int, ...]


def program(every_s: float = 1.0) -> Program:
    """Return heat 1, a hold, cool, a hold and heat 2, at 10 K/min."""
    ramp = (_HIGH - _LOW) / _RATE
    ends = np.cumsum([0.0, ramp, _HOLD_MIN, ramp, _HOLD_MIN, ramp])
    minutes = np.arange(0.0, ends[-1] + 1e-9, every_s / 60)
    celsius = np.interp(minutes, ends, [_LOW, _HIGH, _HIGH, _LOW, _LOW, _HIGH])
    bounds = (*(int(i) for i in np.searchsorted(minutes, ends[:-1] - 1e-9)), len(minutes))
    return Program(minutes=minutes, celsius=celsius, rates=(_RATE, 0.0, -_RATE, 0.0, _RATE), bounds=bounds)


def melting_enthalpy(structure: Structure, *phases: str, heating: int = 1) -> float:
    """Return what melting takes up, J per g of the specimen: α, β and γ unless other phases are named.

    Parameters
    ----------
    heating
        The first, which melts the moulding, or the second.
    """
    lamellae = moulded(structure) if heating == 1 else settled(structure)
    return enthalpy(lamellae, *(phases or ("alpha", "beta", "gamma")))


def settled(structure: Structure) -> tuple[Population, ...]:
    """Return the lamellae of a compound cooled at 10 K/min."""
    return solidified(structure, crystallisation_temperature(structure))


def heating_flow(
    structure: Structure, lamellae: tuple[Population, ...], celsius: np.ndarray, minutes: np.ndarray, rate: float
) -> np.ndarray:
    """Return the heat flow of a heating in W/g, shape (n,), given off upwards: heat capacity, melting, β to α.

    Parameters
    ----------
    celsius, minutes
        True temperature of the specimen, and time, even steps.
    rate
        K/min.
    """
    taken = np.zeros(len(celsius))
    crystalline = np.zeros(len(celsius))
    for population in lamellae:
        molten = share_molten(population, celsius)
        taken += population.mass * population.fusion * molten
        crystalline += population.mass * (1 - molten)
        if population.phase == "beta" and population.mass > 0:
            anew = recrystallised(molten - molten[0], celsius, minutes)
            again = anew * share_molten(_of_alpha(lamellae), celsius)
            taken += population.mass * FUSION["alpha"] * (again - anew)
            crystalline += population.mass * (anew - again)
    polymer = 1 - structure.composition.inorganic - structure.composition.carbon_black
    capacity = heat_capacity(structure, celsius, crystalline / polymer)
    return np.asarray(-_per_second(taken, minutes) - capacity * rate / 60)


def cooling_flow(
    structure: Structure, lamellae: tuple[Population, ...], celsius: np.ndarray, minutes: np.ndarray, rate: float
) -> np.ndarray:
    """Return the heat flow of a cooling in W/g, shape (n,), given off upwards; `rate` in K/min, below 0."""
    pp = share_crystallised("pp", crystallisation_temperature(structure), celsius, minutes)
    pe = share_crystallised("pe", PE_CRYSTALLISATION, celsius, minutes)
    given = np.zeros(len(celsius))
    crystalline = np.zeros(len(celsius))
    for population in lamellae:
        if population.phase == "rubber":
            share = 1 - share_molten(population, celsius + 15)
        else:
            share = pe if population.phase == "pe" else pp
        given += population.mass * population.fusion * share
        crystalline += population.mass * share
    polymer = 1 - structure.composition.inorganic - structure.composition.carbon_black
    capacity = heat_capacity(structure, celsius, crystalline / polymer)
    return np.asarray(_per_second(given, minutes) - capacity * rate / 60)


def dsc(piece: Piece) -> LabFile:
    """Measure a piece: heat 1, cool, heat 2, the stretches below each other in one text."""
    rng, session = piece.rng, piece.session
    pan = mounted(piece)
    structure = portion_of(piece.structure, pan.mass_mg, rng)
    run = program()
    behind = np.repeat(np.array(run.rates) / _RATE * pan.lag, np.diff(run.bounds))
    true = run.celsius - pan.offset - behind
    after = settled(structure)
    flow = np.zeros(len(true))
    for number, (a, b) in enumerate(zip(run.bounds[:-1], run.bounds[1:], strict=True)):
        along = (true[a:b], run.minutes[a:b], run.rates[number])
        if number == 0:
            flow[a:b] = heating_flow(structure, moulded(structure), *along)
        elif number == 2:
            flow[a:b] = cooling_flow(structure, after, *along)
        elif number == 4:
            flow[a:b] = heating_flow(structure, after, *along)
    every_s = 60 * float(run.minutes[1])
    signal = measured(flow, run.celsius, every_s, pan, rng)
    shown = run.celsius + rng.normal(0, 0.004, len(signal))
    habits = habits_for(session.instrument)
    stretches = [
        Stretch(name=_told(number, _NAMES[number]), columns=(60 * run.minutes[a:b], shown[a:b], signal[a:b]))
        for number, (a, b) in enumerate(zip(run.bounds[:-1], run.bounds[1:], strict=True))
    ]
    preamble = (
        *facts_of(piece),
        f"Sample mass: {decimals(pan.mass_mg, '%.3f', habits)} mg",
        f"Heating rate: {_RATE:g} K/min",
        "Pan: aluminium 40 µl, pierced",
        "Purge gas: nitrogen",
        "Gas flow: 50 ml/min",
        "Sign: exo up",
    )
    data = write_run(
        preamble, ("Time (s)", "Temperature (°C)", "Heat Flow (mW)"), stretches, ("%.0f", "%.3f", "%.5f"), habits
    )
    return LabFile(name=f"{piece.label} dsc.txt", modality="DSC", labels=(piece.label,), data=data)


def _told(number: int, name: str) -> str:
    ends = (f"{_LOW:g} to {_HIGH:g} °C", f"{_HIGH:g} °C", f"{_HIGH:g} to {_LOW:g} °C", f"{_LOW:g} °C")
    return f"{name}, {ends[number % 4]}" if "iso" in name else f"{name}, {ends[number % 4]} at {_RATE:g} K/min"


def _of_alpha(lamellae: tuple[Population, ...]) -> Population:
    """Return what β becomes: α of the thickest lamellae there are, all much alike."""
    main = max((p for p in lamellae if p.phase == "alpha"), key=lambda p: p.thickness)
    return Population(
        phase="alpha",
        mass=0.0,
        fusion=main.fusion,
        equilibrium=main.equilibrium,
        length=main.length,
        thickness=1.06 * main.thickness,
        spread=0.07,
    )


def _per_second(heat: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Return the rate of a heat in J/g so that its sum over the run is the heat: W/g."""
    return np.asarray(np.diff(heat, prepend=heat[0]) / (60 * (minutes[1] - minutes[0])))
