"""Crystallisation of the melt on cooling: growth that goes on as the temperature falls, by Nakamura's equation.

X = 1 - exp(-(∫K dt)^n), Nakamura, Watanabe, Katayama & Amano, J. Appl. Polym. Sci. 16 (1972) 1077, with the rate of
Hoffman and Lauritzen, exp(-U / R(T - T∞)) exp(-Kg / T ΔT f). Foreign surfaces raise the temperature of the greatest
rate from 111 °C to 130 °C, as good nucleating agents do (Beck, J. Appl. Polym. Sci. 11 (1967) 673); Kg, n, the part
that crystallises later between the lamellae, and the influence of chains are declared.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

from campaigns.polypropylene.laboratory.structure import Structure

__all__ = ["PE_CRYSTALLISATION", "crystallisation_temperature", "share_crystallised"]

PE_CRYSTALLISATION = 116.5
"""Where polyethylene out of recyclate crystallises fastest, °C (declared)."""

_ZERO = 273.15
_MOBILITY = 6270 / 8.314  # U over R, K
_LATER, _LATER_MIN = 0.14, 1.6  # share that crystallises between the lamellae, and how long that takes
_TOP = {"pp": 460.65, "pe": 414.65}
_KG = {"pp": 3.3e5, "pe": 1.0e5}
_GLASS = {"pp": 263.15, "pe": 220.0}
_N = {"pp": 3.0, "pe": 2.5}


def crystallisation_temperature(structure: Structure) -> float:
    """Return where polypropylene crystallises fastest when cooled at 10 K/min, °C, 111 to 130 by nucleation."""
    chains = structure.chains
    return 111 + 20 * structure.nucleation - 250 * chains.defects + 1.5 * math.log10(chains.mw / 300)


def share_crystallised(polymer: str, peak_celsius: float, celsius: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Return which share has crystallised along a cooling, shape (n,), 0 to 1.

    Parameters
    ----------
    polymer
        ``pp`` or ``pe``.
    peak_celsius
        Where the rate is greatest at 10 K/min.
    celsius, minutes
        Of the cooling, even steps of time.
    """
    kelvin = np.maximum(celsius + _ZERO, _GLASS[polymer] + 1)
    cooled = np.maximum(_TOP[polymer] - kelvin, 0.5)
    other = 2 * kelvin / (_TOP[polymer] + kelvin)
    mobile = -_MOBILITY / np.maximum(kelvin - _GLASS[polymer] + 20, 20.0)
    growth = np.exp(np.clip(mobile - _KG[polymer] / (kelvin * cooled * other), -200, 0))
    step = float(minutes[1] - minutes[0])
    grown = np.concatenate([[0.0], np.cumsum(0.5 * (growth[1:] + growth[:-1]) * step)])
    at_peak = float(np.interp(-peak_celsius, -celsius, grown))  # there the exponent is one: K grows as an exponential
    first = -np.expm1(-(np.minimum(grown / at_peak, 1e3) ** _N[polymer]))
    keep = math.exp(-step / _LATER_MIN)
    return np.asarray((1 - _LATER) * first + _LATER * lfilter([1 - keep], [1, -keep], first))
