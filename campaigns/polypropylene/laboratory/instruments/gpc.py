"""Size exclusion chromatography in 1,2,4-trichlorobenzene at 150 °C; what does not dissolve is filtered off.

Molar masses of each polymer are log-normal (Wesslau, Makromol. Chem. 20 (1956) 111). They leave the columns by their
hydrodynamic volume, [η] M (Grubisic, Rempp & Benoit, J. Polym. Sci. B 5 (1967) 753), with the constants of Mark and
Houwink that are usual for polyethylene, polypropylene and polystyrene (Sun, Brant, Chance & Graessley, Macromolecules
34 (2001) 6812). The calibration curve, band broadening, solvent peaks and all drifts are declared. The evaluation
takes everything for polypropylene and does not correct for broadening, as usual: polyethylene in it seems heavier than
it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.amounts import amount, write_amounts
from campaigns.polypropylene.laboratory.writing.facts import decimals, facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.text import Habits, delimited_text

__all__ = ["MARK_HOUWINK", "Averages", "Distribution", "chromatogram", "distribution_of", "gpc", "mass_distribution"]

MARK_HOUWINK = {"polystyrene": (1.75e-4, 0.670), "polypropylene": (2.288e-4, 0.705), "polyethylene": (5.79e-4, 0.695)}
"""K in dL/g and a, in trichlorobenzene."""

_STEP_ML, _FIRST_ML, _LAST_ML = 0.02, 9.0, 33.0
_CENTRE, _CURVE = 20.0, (5.30, -0.300, 0.0, -0.0010)  # log M of polystyrene over mL from the centre
_PE, _RUBBER = (140.0, 6.0), (190.0, 2.6)  # Mw in kg/mol and dispersity (declared)
_SIGMA_ML, _TAIL_ML = 0.13, 0.10  # band broadening: an exponential tail on a normal spread
_FLOW_DRIFT, _FLOW_OF_RUN = 0.0008, 0.0006  # relative, left after correction by the marker
_GAIN_DRIFT, _BASE_DRIFT = 0.03, 0.06  # relative; mV over the run
_NOISE = 0.012  # mV
_MV_PER_MG = 130.0  # area in mV mL of a milligram
_SOLVENT_ML = (29.2, 30.3)  # additives and marker, water
_LIMITS = (2.4, 7.2)  # log M between which the distribution is told
_SLICE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """Number, mass and z averages and the mass at the peak, g/mol."""

    mn: float
    mw: float
    mz: float
    mp: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """dw/dlogM over log M (M in g/mol), shape (n,), its integral, and its averages."""

    log_mass: np.ndarray
    share: np.ndarray
    cumulative: np.ndarray
    averages: Averages


def mass_distribution(structure: Structure, log_mass: np.ndarray) -> np.ndarray:
    """Return dw/dlogM of what dissolves over apparent log M, shape (n,): as the columns part it, before broadening.

    Parameters
    ----------
    log_mass
        Logarithm of the molar mass that a polypropylene of that hydrodynamic volume has, g/mol.
    """
    composition, chains = structure.composition, structure.chains
    soluble = composition.pp + composition.pe + composition.rubber
    ethylene = composition.rubber_ethylene
    parts = (
        (composition.pp, chains.mw, chains.dispersity, 0.0),
        (composition.pe, *_PE, 1.0),
        (composition.rubber, *_RUBBER, ethylene),
    )
    found = np.zeros(len(log_mass))
    for mass, mw, dispersity, of_ethylene in parts:
        if mass > 0:
            own, slope = _own_mass(log_mass, of_ethylene)
            found += mass / soluble * _lognormal(own, mw, dispersity) * slope
    return found


def chromatogram(structure: Structure, *, flow: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return retention volume in mL and the detector's signal in mV for a milligram, broadened, without noise.

    Parameters
    ----------
    flow
        True flow over the nominal one: faster flow brings everything out earlier.
    """
    volume = np.arange(_FIRST_ML, _LAST_ML, _STEP_ML)
    log_mass, slope = _calibrated(volume * flow)
    signal = mass_distribution(structure, log_mass) * np.abs(slope) * flow * _MV_PER_MG
    additives = 4000 * structure.composition.antioxidant + 3.0
    for place, area in zip(_SOLVENT_ML, (additives, -5.0), strict=True):
        signal[round((place / flow - _FIRST_ML) / _STEP_ML)] += area / _STEP_ML
    return volume, _broadened(signal)


def distribution_of(volume: np.ndarray, signal: np.ndarray) -> Distribution:
    """Evaluate a chromatogram as the instrument's program does: baseline, calibration, dw/dlogM and averages.

    Parameters
    ----------
    volume
        Retention volume in mL, shape (n,).
    signal
        In mV, shape (n,); the baseline is a line through the ends of the polymer's range.
    """
    log_mass, slope = _calibrated(volume)
    inside = (log_mass >= _LIMITS[0]) & (log_mass <= _LIMITS[1])
    first, last = int(np.argmax(inside)), int(len(inside) - np.argmax(inside[::-1]))
    reach = 25
    ends = np.array([volume[first : first + reach].mean(), volume[last - reach : last].mean()])
    levels = np.array([signal[first : first + reach].mean(), signal[last - reach : last].mean()])
    net = (signal - np.interp(volume, ends, levels))[first:last] / np.abs(slope[first:last])
    grid = np.arange(_LIMITS[0], _LIMITS[1] + 1e-9, _SLICE)
    share = np.interp(grid, log_mass[first:last][::-1], net[::-1])
    share = _without_ends(share)
    share = share / (share.sum() * _SLICE)
    mass = 10.0**grid
    weight = share * _SLICE
    mn, mw = 1 / float((weight / mass).sum()), float((weight * mass).sum())
    mz = float((weight * mass**2).sum()) / mw
    averages = Averages(mn=mn, mw=mw, mz=mz, mp=float(mass[int(np.argmax(share))]))
    return Distribution(log_mass=grid, share=share, cumulative=np.cumsum(weight), averages=averages)


def gpc(piece: Piece) -> tuple[LabFile, ...]:
    """Measure a piece: chromatogram, distribution, and a table with its averages."""
    rng, session = piece.rng, piece.session
    flow = 1 + _FLOW_DRIFT * session.shift + float(rng.normal(0, _FLOW_OF_RUN))
    composition = piece.structure.composition
    dissolved = float(rng.normal(0.30, 0.004)) * (composition.pp + composition.pe + composition.rubber)  # mg
    volume, signal = chromatogram(piece.structure, flow=flow)
    x = (volume - _FIRST_ML) / (_LAST_ML - _FIRST_ML)
    bent = _BASE_DRIFT * (session.tilt + float(rng.normal(0, 0.5))) * (x + 0.3 * float(rng.normal(0, 1)) * x * (1 - x))
    signal = (1 + _GAIN_DRIFT * session.gain) * dissolved * signal + bent + rng.normal(0, _NOISE, len(volume))
    found = distribution_of(volume, signal)
    habits = habits_for(session.instrument)
    preamble = (*facts_of(piece), *_method(habits))
    return (
        _chromatogram_file(piece, preamble, volume, signal, habits),
        _distribution_file(piece, preamble, found, habits),
        _averages_file(piece, found.averages, habits),
    )


def _method(habits: Habits) -> tuple[str, ...]:
    told = {
        name: (decimals(1e4 * k, "%.3f", habits), decimals(a, "%.3f", habits)) for name, (k, a) in MARK_HOUWINK.items()
    }
    return (
        "Eluent: 1,2,4-trichlorobenzene with 300 ppm butylated hydroxytoluene",
        "Columns: 3 x mixed B, 10 µm",
        f"Flow rate: {decimals(1.0, '%.2f', habits)} ml/min",
        "Oven: 150 °C",
        "Standards: narrow polystyrenes, 580 to 6870000 g/mol, universal calibration to polypropylene",
        *(f"Mark-Houwink {name}: K = {k} E-4 dL/g, a = {a}" for name, (k, a) in told.items() if name != "polyethylene"),
    )


def _chromatogram_file(
    piece: Piece, preamble: tuple[str, ...], volume: np.ndarray, signal: np.ndarray, habits: Habits
) -> LabFile:
    header = (("Retention volume (mL)", "RI signal (mV)"),)
    data = delimited_text((*preamble, ""), header, (volume, signal), ("%.3f", "%.4f"), habits)
    return LabFile(name=f"{piece.label} gpc trace.csv", modality="GPC", labels=(piece.label,), data=data)


def _distribution_file(piece: Piece, preamble: tuple[str, ...], found: Distribution, habits: Habits) -> LabFile:
    averages = found.averages
    told = (
        f"Mn: {averages.mn:.0f} g/mol",
        f"Mw: {averages.mw:.0f} g/mol",
        f"Mz: {averages.mz:.0f} g/mol",
        f"Dispersity: {decimals(averages.mw / averages.mn, '%.2f', habits)}",
    )
    header = (("log M", "dw/dlogM", "Cumulative"),)
    columns = (found.log_mass, found.share, found.cumulative)
    data = delimited_text((*preamble, *told, ""), header, columns, ("%.2f", "%.5f", "%.5f"), habits)
    return LabFile(name=f"{piece.label} gpc distribution.csv", modality="GPC", labels=(piece.label,), data=data)


def _averages_file(piece: Piece, averages: Averages, habits: Habits) -> LabFile:
    names = (
        "Sample",
        "Instrument",
        "Session",
        "Operator",
        "Date",
        "Mn (g/mol)",
        "Mw (g/mol)",
        "Mz (g/mol)",
        "Mp (g/mol)",
    )
    words = (
        piece.label,
        piece.session.instrument,
        piece.session.id,
        piece.session.operator,
        f"{piece.at:%Y-%m-%d %H:%M:%S}",
    )
    masses = (averages.mn, averages.mw, averages.mz, averages.mp)
    row = (*words, *(amount(mass, "%.0f") for mass in masses), amount(averages.mw / averages.mn, "%.2f"))
    data = write_amounts((*names, "Dispersity"), (row,), habits)
    return LabFile(name=f"{piece.label} gpc averages.csv", modality="GPC", labels=(piece.label,), data=data)


def _calibrated(volume: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log M of polypropylene over retention volume in mL, and its slope, both shape (n,)."""
    x = volume - _CENTRE
    a, b, c, d = _CURVE
    polystyrene, slope = a + b * x + c * x**2 + d * x**3, b + 2 * c * x + 3 * d * x**2
    (k_ps, a_ps), (k_pp, a_pp) = MARK_HOUWINK["polystyrene"], MARK_HOUWINK["polypropylene"]
    ratio = (1 + a_ps) / (1 + a_pp)
    return ratio * polystyrene + math.log10(k_ps / k_pp) / (1 + a_pp), ratio * slope


def _own_mass(apparent: np.ndarray, ethylene: float) -> tuple[np.ndarray, float]:
    """Return log M of a chain of some ethylene share with the volume of a polypropylene, and its slope over that."""
    (k_pp, a_pp), (k_pe, a_pe) = MARK_HOUWINK["polypropylene"], MARK_HOUWINK["polyethylene"]
    log_k = (1 - ethylene) * math.log10(k_pp) + ethylene * math.log10(k_pe)
    power = (1 - ethylene) * a_pp + ethylene * a_pe
    slope = (1 + a_pp) / (1 + power)
    return slope * apparent + (math.log10(k_pp) - log_k) / (1 + power), slope


def _lognormal(log_mass: np.ndarray, mw: float, dispersity: float) -> np.ndarray:
    """Return dw/dlogM of a log-normal distribution: Mw in kg/mol, dispersity over 1."""
    spread = math.sqrt(math.log(dispersity)) / math.log(10)
    centre = math.log10(1000 * mw) - 0.5 * math.log10(dispersity)
    return np.asarray(np.exp(-0.5 * ((log_mass - centre) / spread) ** 2) / (spread * math.sqrt(2 * math.pi)))


def _broadened(signal: np.ndarray) -> np.ndarray:
    """Smear a signal by a normal spread with an exponential tail; its mean stays, as standards go the same way."""
    reach = np.arange(-1.2, 2.0 + _STEP_ML / 2, _STEP_ML)
    normal = np.exp(-0.5 * (reach / _SIGMA_ML) ** 2)
    tail = np.where(reach >= 0, np.exp(-np.maximum(reach, 0) / _TAIL_ML), 0.0)
    kernel = np.convolve(normal, tail)
    places = np.arange(len(kernel)) * _STEP_ML + 2 * reach[0]
    mean = float((kernel * places).sum() / kernel.sum())
    kernel = np.interp(reach + mean, places, kernel)
    smeared = np.convolve(signal, kernel / kernel.sum())
    before = round(-float(reach[0]) / _STEP_ML)
    return np.asarray(smeared[before : before + len(signal)])


def _without_ends(share: np.ndarray) -> np.ndarray:
    """Set what lies beyond the polymer to nothing: the program's limits are where the signal first falls below zero."""
    top = int(np.argmax(share))
    low, high = share[:top][::-1] <= 0, share[top:] <= 0
    cut = share.copy()
    if low.any():
        cut[: top - int(np.argmax(low))] = 0.0
    if high.any():
        cut[top + int(np.argmax(high)) :] = 0.0
    return cut
