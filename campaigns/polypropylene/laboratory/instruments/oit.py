"""Oxidation induction time: up to 200 °C in nitrogen, five minutes there, then oxygen until the specimen burns away.

The program is that of ISO 11357-6. Antioxidant is used up at an even rate, faster the more oxidised the specimen
already is, and holds back a chain reaction that begins on the peroxides that are there: dX/dt = k X (1 - X) / (1 +
A(t) / A0), whose solution is a logistic over the integral of its rate; its products go on to burn slowly. The time to
onset is near proportional to the antioxidant left, as Zweifel, Maier & Schiller, Plastics Additives Handbook, 6th ed.,
ch. 1, show; the constants are declared: half an hour for 0.1 %, about a minute without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from campaigns.polypropylene.laboratory.instruments.calorimeter import measured, mounted
from campaigns.polypropylene.laboratory.instruments.dsc import heating_flow
from campaigns.polypropylene.laboratory.instruments.melting import moulded
from campaigns.polypropylene.laboratory.instruments.portion import portion_of
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.facts import decimals, facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.thermal import Stretch, write_run

__all__ = ["OitProgram", "induction_time", "oit", "oit_program", "oxidised"]

_START, _ISOTHERM, _RATE = 40.0, 200.0, 20.0
_BEFORE_MIN, _LONGEST_MIN, _AFTER_MIN = 5.0, 100.0, 3.0
_CHAIN = 1.6  # 1/min
_HOLDS_BACK = 1e-5  # mass share of antioxidant that halves the chain reaction
_USED = 3.2e-5  # mass share used up in a minute
_BEGUN = 0.012  # X where oxygen comes
_HEAT, _SLOW_HEAT, _SLOW = 250.0, 600.0, 0.30  # J/g of the chain reaction, and of what its products go on to, 1/min
_GAS_STEP, _PURGE_MIN = 0.06, 0.3  # mW; min
_ONSET = 0.10  # X on the tangent's foot: about where the flow leaves the baseline


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OitProgram:
    """Time in min and temperature in °C, shape (n,); the first points of the hold and of oxygen."""

    minutes: np.ndarray
    celsius: np.ndarray
    hold: int
    oxygen: int


def oit_program(longest_min: float = _LONGEST_MIN, every_s: float = 2.0) -> OitProgram:
    """Return the program: `longest_min` is how long oxygen flows at most."""
    ramp = (_ISOTHERM - _START) / _RATE
    minutes = np.arange(0.0, ramp + _BEFORE_MIN + longest_min, every_s / 60)
    celsius = np.minimum(_START + _RATE * minutes, _ISOTHERM)
    return OitProgram(
        minutes=minutes,
        celsius=celsius,
        hold=int(np.searchsorted(minutes, ramp)),
        oxygen=int(np.searchsorted(minutes, ramp + _BEFORE_MIN)),
    )


def oxidised(structure: Structure, minutes: np.ndarray) -> np.ndarray:
    """Return how far oxidation has come, 0 to 1, shape (n,), over the time in oxygen at 200 °C, min, from 0 on."""
    chains = structure.chains
    used = _USED * (1 + 0.02 * chains.carbonyl)
    left = np.maximum(structure.composition.antioxidant - used * minutes, 0.0)
    rate = _CHAIN / (1 + left / _HOLDS_BACK)
    grown = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(minutes))])
    begun = _BEGUN * (1 + 0.06 * chains.hydroxyl)
    return np.asarray(1 / (1 + (1 / begun - 1) * np.exp(-np.minimum(grown, 60.0))))


def induction_time(structure: Structure) -> float:
    """Return when oxidation sets in at 200 °C, min; infinity where it does not while oxygen flows."""
    minutes = np.arange(0.0, _LONGEST_MIN, 0.02)
    done = oxidised(structure, minutes)
    return float(minutes[int(np.argmax(done >= _ONSET))]) if done[-1] >= _ONSET else math.inf


def oit(piece: Piece) -> LabFile:
    """Measure a piece until some minutes behind its onset, or a hundred minutes at most; 5 mg in an open pan."""
    rng, session = piece.rng, piece.session
    pan = mounted(piece, lightest=4.7, heaviest=5.3)
    structure = portion_of(piece.structure, pan.mass_mg, rng)
    run = oit_program()
    hotter = -pan.offset + float(rng.normal(0, 0.05))
    oxygen_min = run.minutes[run.oxygen :] - run.minutes[run.oxygen]
    as_fast = math.exp(0.07 * hotter + float(rng.normal(0, 0.005)))  # K, and how the surface lies open to the gas
    done = oxidised(structure, oxygen_min * as_fast)
    end = int(np.argmax(done > 0.97)) if done[-1] > 0.97 else len(done)
    stop = min(run.oxygen + end + int(30 * _AFTER_MIN), len(run.minutes))
    flow = np.zeros(len(run.minutes))
    true = run.celsius[: run.hold] + hotter - 2 * pan.lag
    flow[: run.hold] = heating_flow(structure, moulded(structure), true, run.minutes[: run.hold], _RATE)
    organic = 1 - structure.composition.inorganic - structure.composition.carbon_black
    every_min = float(run.minutes[1])
    keep = math.exp(-_SLOW * every_min)
    given = _HEAT * done + _SLOW_HEAT * lfilter([1 - keep], [1, -keep], done)
    flow[run.oxygen :] += organic * np.diff(given, prepend=given[0]) / (60 * every_min)
    signal = measured(flow, run.celsius, 60 * every_min, pan, rng)
    signal[run.oxygen :] += float(rng.normal(_GAS_STEP, 0.3 * _GAS_STEP)) * -np.expm1(-oxygen_min / _PURGE_MIN)
    shown = run.celsius + rng.normal(0, 0.004, len(signal))
    habits = habits_for(session.instrument)
    bounds = (0, run.hold, run.oxygen, stop)
    names = (
        f"heat, {_START:g} to {_ISOTHERM:g} °C at {_RATE:g} K/min, nitrogen",
        f"isothermal, {_ISOTHERM:g} °C, {_BEFORE_MIN:g} min, nitrogen",
        f"isothermal, {_ISOTHERM:g} °C, oxygen",
    )
    stretches = [
        Stretch(name=name, columns=(60 * run.minutes[a:b], shown[a:b], signal[a:b]))
        for name, a, b in zip(names, bounds[:-1], bounds[1:], strict=True)
    ]
    preamble = (
        *facts_of(piece),
        "Method: OIT, ISO 11357-6",
        f"Sample mass: {decimals(pan.mass_mg, '%.3f', habits)} mg",
        f"Test temperature: {_ISOTHERM:g} °C",
        "Pan: aluminium 40 µl, open",
        "Purge gas: nitrogen",
        "Gas flow: 50 ml/min",
        "Sign: exo up",
    )
    data = write_run(
        preamble, ("Time (s)", "Temperature (°C)", "Heat Flow (mW)"), stretches, ("%.0f", "%.3f", "%.5f"), habits
    )
    return LabFile(name=f"{piece.label} oit.txt", modality="DSC", labels=(piece.label,), data=data)
