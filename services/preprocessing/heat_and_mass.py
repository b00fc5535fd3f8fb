"""Heat flow per gram, its sign, and mass in per cent: given only where mass, sign and calibration are known. Pure."""

from __future__ import annotations

from typing import Literal

import numpy as np

from services.preprocessing.conversions import converted
from services.preprocessing.errors import NoMassError, ProgramError, UncalibratedError, UnitError
from services.records.curve import Curve
from services.records.reading import Amount

__all__ = ["Exo", "exo_up", "heat_flow_per_gram", "is_per_gram", "mass_percent", "starting_mass"]

Exo = Literal["exo up", "exo down", "unknown"]
"""Which way heat that the specimen gives off points in the curve."""

_PER_GRAM = ("W/g", "mW/mg", "kW/kg", "J/(g·s)")
_SETTLING_S, _SETTLING_K, _FEWEST_SETTLING = 60.0, 2.0, 10
_CLEARLY = 5.0
_WATTS = {"W": 1.0, "mW": 1e-3, "μW": 1e-6, "uW": 1e-6}


def is_per_gram(unit: str) -> bool:
    """Say whether a unit of heat flow is per gram already."""
    return _plain(unit) in _PER_GRAM


def heat_flow_per_gram(curve: Curve, mass: Amount | None) -> np.ndarray:
    """Return heat flow in W/g, shape (n,), with the sign of the file.

    Parameters
    ----------
    mass
        Of the specimen; not needed where the file's own unit is per gram.

    Raises
    ------
    NoMassError
        If no mass is stated, or it is not above zero: no mass, no J/g.
    UncalibratedError
        If there is a temperature difference only: DTA without calibration has no enthalpy.
    ProgramError
        If there is no heat flow at all.
    UnitError
        If the heat flow stands in a unit that is none.
    """
    if "heat_flow" not in curve.quantities:
        if "delta_temperature" in curve.quantities:
            unit = curve.channel("delta_temperature").unit or "no unit"
            raise UncalibratedError(
                f"a temperature difference in {unit} is no heat flow: without calibration no enthalpy"
            )
        raise ProgramError(f"there is no heat flow; there are {', '.join(curve.quantities)}")
    channel = curve.channel("heat_flow")
    unit = _plain(channel.unit)
    if unit in _PER_GRAM:
        return channel.values.copy()
    if unit not in _WATTS:
        raise UnitError(f"{channel.unit or 'no unit'!r} is no unit of heat flow; known are {', '.join(_WATTS)} and W/g")
    if mass is None:
        raise NoMassError(f"no mass is stated for a heat flow in {channel.unit}: no mass, no J/g")
    if not mass.value > 0 or mass.limit:
        raise NoMassError(f"the mass is stated as {mass}: no mass, no J/g")
    return channel.values * (_WATTS[unit] / converted(mass.value, mass.unit, "mass"))


def exo_up(heat_flow: np.ndarray, exo: Exo) -> np.ndarray:
    """Return heat flow with heat that is given off pointing upwards.

    Raises
    ------
    ProgramError
        If it is not known which way it points: a melting would be taken for a crystallisation.
    """
    if exo == "unknown":
        raise ProgramError("it is not known whether exo is up or down: declare it for the instrument")
    return heat_flow if exo == "exo up" else -heat_flow


def mass_percent(curve: Curve) -> np.ndarray:
    """Return mass in % of the mass that the run begins with, shape (n,); a file's own % stay as they are.

    Raises
    ------
    ProgramError
        If there is no mass.
    NoMassError
        If that mass is not above zero.
    """
    if "mass" not in curve.quantities:
        raise ProgramError(f"there is no mass; there are {', '.join(curve.quantities)}")
    channel = curve.channel("mass")
    if channel.unit == "%":
        return channel.values.copy()
    start = starting_mass(curve)
    if not start > 0:
        first = f"{start:g} {channel.unit}".rstrip() if np.isfinite(start) else "not a number"
        raise NoMassError(f"the run begins at a mass of {first}: no mass, no %")
    return np.asarray(100.0 * channel.values / start)


def starting_mass(curve: Curve) -> float:
    """Return the first mass of a run, or the one that the balance settles at; not a number where there is none.

    A balance swings when the furnace closes. Within the first minute and 2 K, the first mass gives way to the median of
    the second half if it is off that by five times what that half moves and scatters; a specimen that dries goes on.
    """
    mass = curve.channel("mass").values
    there = np.flatnonzero(np.isfinite(mass))
    if not len(there):
        return float("nan")
    first = float(mass[there[0]])
    axis, heated = curve.axis, curve.channel("temperature").values if "temperature" in curve.quantities else None
    if axis.quantity != "time" or not axis.unit:
        return first
    seconds = converted(axis.values[there], axis.unit, "time")
    early = seconds <= seconds[0] + _SETTLING_S
    if heated is not None:
        early &= ~(np.abs(heated[there] - heated[there[0]]) > _SETTLING_K)
    n_early = len(there) if early.all() else int(np.argmin(early))
    begins = mass[there[:n_early]]
    if len(begins) < _FEWEST_SETTLING:
        return first
    later = begins[len(begins) // 2 :]
    third, fourth = (float(np.median(part)) for part in np.array_split(later, 2))
    restless = max(abs(fourth - third), float(np.std(later)))
    settled = float(np.median(later))
    return settled if abs(first - settled) > _CLEARLY * restless else first


def _plain(unit: str) -> str:
    return unit.replace(" ", "").replace("µ", "μ").replace("*", "·")
