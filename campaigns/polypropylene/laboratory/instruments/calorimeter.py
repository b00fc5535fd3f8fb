"""A heat-flux calorimeter: what it adds to the heat flow of a specimen. DSC and OIT share it.

Heat flow is in mW, heat given off upwards. Sizes are declared within what makers state: temperature ±0.3 K and enthalpy
±0.8 % from session to session, a time constant of some seconds that grows with the mass in the pan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from campaigns.polypropylene.laboratory.piece import Piece
from campaigns.polypropylene.laboratory.structure import Structure

__all__ = ["Mounted", "heat_capacity", "measured", "mounted"]

_TEMPERATURE_DRIFT, _GAIN_DRIFT = 0.3, 0.008
_SLOPE, _CURVE, _OFFSET = 0.06, 0.03, 0.05  # mW over half of the range from -50 to 220 °C
_NOISE = 0.0015  # mW
_OF_PAN = 0.15  # K of lag at 10 K/min, by how flat a pan lies
_GLASS, _GLASS_WIDTH, _GLASS_STEP = -6.0, 5.0, 0.40  # °C, K, J/(g K) of amorphous polypropylene


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """A pan in its place.

    `lag` in K at 10 K/min and `settling` in s are those of pan and specimen; `offset` in K is by how much the sensor
    shows too much; `baseline` in mW are offset, slope, curvature and cubic part over the range.
    """

    mass_mg: float
    lag: float
    settling: float
    offset: float
    gain: float
    baseline: tuple[float, float, float, float]


def mounted(piece: Piece, *, lightest: float = 4.0, heaviest: float = 8.0) -> Mounted:
    """Put a piece into a pan and the pan into its place: mass in mg."""
    rng, session = piece.rng, piece.session
    mass = float(rng.uniform(lightest, heaviest))
    offset, slope, curve, cubic = rng.normal(0, 0.4, 4)
    return Mounted(
        mass_mg=mass,
        lag=0.25 + 0.06 * mass + abs(float(rng.normal(0, _OF_PAN))),
        settling=2.5 + 0.35 * mass,
        offset=_TEMPERATURE_DRIFT * session.shift,
        gain=1 + _GAIN_DRIFT * session.gain,
        baseline=(
            _OFFSET * float(offset),
            _SLOPE * (session.tilt + float(slope)),
            _CURVE * (1 + float(curve)),
            0.5 * _CURVE * float(cubic),
        ),
    )


def measured(
    flow: np.ndarray, celsius: np.ndarray, seconds: float, pan: Mounted, rng: np.random.Generator
) -> np.ndarray:
    """Return the signal in mW, shape (n,), of a heat flow in W/g: smeared, scaled, on a baseline, noisy."""
    keep = math.exp(-seconds / pan.settling)
    smeared = lfilter([1 - keep], [1, -keep], flow * pan.mass_mg)
    x = (celsius - 85) / 135
    a, b, c, d = pan.baseline
    base = a + b * x + c * x**2 + d * x**3
    return np.asarray(pan.gain * smeared + base + rng.normal(0, _NOISE, len(flow)))


def heat_capacity(structure: Structure, celsius: np.ndarray, crystalline: np.ndarray) -> np.ndarray:
    """Return the specific heat capacity, J/(g K), shape (n,): minerals and polymer, glass, crystal and melt.

    That of polypropylene after Gaur & Wunderlich, J. Phys. Chem. Ref. Data 10 (1981) 1051, as straight lines; every
    polymer counts as such, minerals as 0.85 J/(g K) at 25 °C.

    Parameters
    ----------
    crystalline
        Share of the polymer that is crystalline, shape (n,).
    """
    minerals = structure.composition.inorganic + structure.composition.carbon_black
    solid = 1.63 + 0.0064 * (celsius - 27)
    melt = 2.10 + 0.0036 * (celsius - 27)
    frozen = 0.5 * (1 - np.tanh((celsius - _GLASS) / _GLASS_WIDTH))
    amorphous = melt - _GLASS_STEP * frozen
    polymer = crystalline * solid + (1 - crystalline) * amorphous
    return np.asarray((1 - minerals) * polymer + minerals * (0.85 + 0.0009 * (celsius - 25)))
