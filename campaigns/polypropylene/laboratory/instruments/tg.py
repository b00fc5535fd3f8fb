"""Thermogravimetry: 30 to 900 °C and ten minutes there, in nitrogen up to 650 °C, then in air so that carbon burns.

Every component loses mass by a kinetic equation along the true temperature of the specimen. Polymers break at random
places: conversion (1 - exp(-θ))² with θ the integral of the rate constant, the closed form of the random scission
model with L = 2 of Sánchez-Jiménez, Pérez-Maqueda, Perejón & Criado, Polym. Degrad. Stab. 95 (2010) 733. Activation
energies lie within those of Peterson, Vyazovkin & Wight, Macromol. Chem. Phys. 202 (2001) 775 (polypropylene and
polyethylene in nitrogen); talc loses its water by first order, Ward, Thermochim. Acta 13 (1975) 7; calcite shrinks as
a disc that is eaten from its rim (declared, as are all peak temperatures). What is lost is stoichiometry: CaCO3 43.97
%, talc 4.75 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from campaigns.polypropylene.laboratory.instruments.portion import portion_of
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.facts import decimals, facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.thermal import Stretch, write_run

__all__ = ["CALCITE_LOSS", "TALC_LOSS", "Run", "mass_left", "program", "tg"]

CALCITE_LOSS = 44.009 / 100.086
"""CO2 of CaCO3, share of mass."""
TALC_LOSS = 18.015 / 379.26
"""H2O of Mg3Si4O10(OH)2, share of mass."""

_R = 8.314e-3  # kJ/(mol K)
_ZERO = 273.15
_RATE = 20.0  # K/min, to which the peak temperatures below belong
_SWITCH, _TOP, _HOLD_MIN = 650.0, 900.0, 10.0
_FURNACE_MIN = 0.3  # the furnace follows its program
_PURGE_MIN = 0.5  # and the new gas drives out the old one
_CHAR = 0.0015  # of the polymer, left in nitrogen (declared)
_BURNING, _OF_BURNING = 0.7, 150.0  # 1/min at 650 °C in air, kJ/mol (declared)

_TEMPERATURE_DRIFT, _TEMPERATURE_OF_MOUNTING = 0.5, 0.4  # K, standard deviations
_GAIN_DRIFT = 0.001
_BUOYANCY, _CREEP, _NOISE = 0.006, 0.002, 0.0007  # mg: left after the blank run, per hour, and from point to point


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Time in min and furnace temperature in °C of a run, shape (n,), and the first points in air and of the hold."""

    minutes: np.ndarray
    celsius: np.ndarray
    air: int
    hold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One loss: a share of the specimen that goes, the temperature of its greatest rate at 20 K/min, and its law."""

    lost: float
    peak: float
    activation: float
    law: Law


@dataclass(frozen=True, slots=True)
class Law:
    """Conversion over θ, the integral of the rate constant, and the θ at which the rate is greatest."""

    conversion: Callable[[np.ndarray], np.ndarray]
    at_peak: float


_SCISSION = Law(lambda theta: np.square(-np.expm1(-theta)), 1.445)
_FIRST_ORDER = Law(lambda theta: -np.expm1(-theta), 1.0)
_SHRINKING_DISC = Law(lambda theta: 1 - np.square(np.maximum(1 - theta, 0.0)), 0.5)


def program(rate: float = _RATE, every_s: float = 1.0) -> Run:
    """Return a run as the furnace follows its program: 30 to 900 °C at `rate` in K/min, then ten minutes' hold."""
    minutes = np.arange(0.0, (_TOP - 30) / rate + _HOLD_MIN, every_s / 60)
    wanted = np.minimum(30 + rate * minutes, _TOP)
    keep = math.exp(-every_s / 60 / _FURNACE_MIN)
    celsius = 30 + np.asarray(lfilter([1 - keep], [1, -keep], wanted - 30))
    return Run(
        minutes=minutes,
        celsius=celsius,
        air=int(np.argmax(celsius >= _SWITCH)),
        hold=int(np.argmax(minutes >= (_TOP - 30) / rate)),
    )


def mass_left(structure: Structure, run: Run, *, offset: float = 0.0) -> np.ndarray:
    """Return the mass left as a share of the first, shape (n,): without balance, buoyancy or noise.

    Parameters
    ----------
    offset
        By how much the specimen is hotter than the sensor, K.
    """
    kelvin = run.celsius + offset + _ZERO
    left = np.ones(len(kelvin))
    for step in _steps(structure):
        if step.lost > 0:
            rate = _rate(step) * np.exp(-step.activation / _R * (1 / kelvin - 1 / (step.peak + _ZERO)))
            left -= step.lost * step.law.conversion(_integral(rate, run.minutes))
    composition = structure.composition
    coal = composition.carbon_black + _CHAR * (composition.pp + composition.pe + composition.rubber)
    since = np.maximum(run.minutes - run.minutes[run.air], 0.0)
    burning = _BURNING * np.exp(-_OF_BURNING / _R * (1 / kelvin - 1 / (_SWITCH + _ZERO)))
    theta = _integral(burning * -np.expm1(-since / _PURGE_MIN), run.minutes)
    return np.asarray(left - coal * (1 - np.maximum(1 - theta, 0.0) ** 3))


def tg(piece: Piece, *, rate: float = _RATE) -> LabFile:
    """Measure a piece: 8 to 12 mg, at 20 K/min unless another rate is declared."""
    rng, session = piece.rng, piece.session
    weighed = float(rng.uniform(8, 12))
    run = program(rate)
    offset = _TEMPERATURE_DRIFT * session.shift + float(rng.normal(0, _TEMPERATURE_OF_MOUNTING))
    true = weighed * mass_left(portion_of(piece.structure, weighed, rng), run, offset=-offset)
    mass = (1 + _GAIN_DRIFT * session.gain) * true + _balance(run, session.tilt, rng)
    percent = 100 * mass / weighed
    celsius = run.celsius + rng.normal(0, 0.02, len(mass))
    habits = habits_for(session.instrument)
    told = f"{rate:g} K/min"
    names = (
        f"heat from 30 to {_SWITCH:g} °C at {told} in nitrogen",
        f"heat from {_SWITCH:g} to {_TOP:g} °C at {told} in air",
        f"isothermal at {_TOP:g} °C in air",
    )
    bounds = (0, run.air, run.hold, len(mass))
    stretches = [
        Stretch(name=name, columns=(run.minutes[a:b], celsius[a:b], percent[a:b]))
        for name, a, b in zip(names, bounds[:-1], bounds[1:], strict=True)
    ]
    preamble = (
        *facts_of(piece),
        f"Sample mass: {decimals(weighed, '%.3f', habits)} mg",
        f"Heating rate: {told}",
        "Crucible: alumina 70 µl, open",
        "Purge gas: nitrogen",
        "Gas flow: 50 ml/min",
        f"Switch: air from {_SWITCH:g} °C",
    )
    data = write_run(
        preamble, ("Time (min)", "Temperature (°C)", "Mass (%)"), stretches, ("%.4f", "%.3f", "%.4f"), habits
    )
    return LabFile(name=f"{piece.label} tg.txt", modality="TG", labels=(piece.label,), data=data)


def _steps(structure: Structure) -> tuple[_Step, ...]:
    """List what goes, and when.

    Oxidised groups are weak links where chains break first, short chains leave sooner, and without antioxidant traces
    of oxygen in the purge gas attack first (sizes declared).
    """
    composition, chains = structure.composition, structure.chains
    weak = min(0.25, 0.010 + 0.0025 * chains.carbonyl + 0.03 * math.exp(-composition.antioxidant / 0.0004))
    peak = 455 - 0.15 * chains.carbonyl + 9 * math.log10(chains.mw / 300)
    pp, burnt = composition.pp, 1 - _CHAR
    rubber = 458 + 20 * composition.rubber_ethylene
    calcite = 760 + 12 * math.log2(structure.domains.calcite_size / 2.1)
    return (
        _Step(lost=pp * burnt * weak, peak=peak - 50, activation=150.0, law=_SCISSION),
        _Step(lost=pp * burnt * (1 - weak), peak=peak, activation=235.0, law=_SCISSION),
        _Step(lost=composition.pe * burnt, peak=480.0, activation=250.0, law=_SCISSION),
        _Step(lost=composition.rubber * burnt, peak=rubber, activation=240.0, law=_SCISSION),
        _Step(lost=composition.antioxidant, peak=345.0, activation=110.0, law=_FIRST_ORDER),
        _Step(lost=composition.nucleating_agent, peak=390.0, activation=130.0, law=_FIRST_ORDER),
        _Step(lost=composition.calcite * CALCITE_LOSS, peak=calcite, activation=230.0, law=_SHRINKING_DISC),
        _Step(lost=composition.talc * TALC_LOSS, peak=905.0, activation=422.0, law=_FIRST_ORDER),
    )


def _rate(step: _Step) -> float:
    """Return the rate constant at the peak temperature, 1/min, that puts the greatest rate there at 20 K/min."""
    kelvin = step.peak + _ZERO
    slope = step.activation / (_R * kelvin**2)
    return step.law.at_peak * _RATE * slope / (1 - 2 * _R * kelvin / step.activation)


def _integral(rate: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Integrate along the run by trapezia; a step of a second is a third of a kelvin."""
    steps = 0.5 * (rate[1:] + rate[:-1]) * np.diff(minutes)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _balance(run: Run, tilt: float, rng: np.random.Generator) -> np.ndarray:
    """Return what the balance adds, mg: buoyancy left after the blank run, creep, the change of gas, and noise."""
    n, minutes = len(run.minutes), run.minutes
    hot = 1 - (30 + _ZERO) / (run.celsius + _ZERO)
    lifted = (_BUOYANCY * tilt + float(rng.normal(0, 0.3 * _BUOYANCY))) * hot
    since = np.maximum(minutes - minutes[run.air], 0.0)
    changed = float(rng.normal(0.002, 0.001)) * -np.expm1(-since / _PURGE_MIN)
    crept = float(rng.normal(0, _CREEP)) * minutes / 60
    shaken = lfilter([1.0], [1, -0.8], rng.normal(0, 0.6 * _NOISE, n)) + rng.normal(0, 0.5 * _NOISE, n)
    return np.asarray(lifted + changed + crept + shaken)
