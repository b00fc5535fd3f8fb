"""Turn amounts and channels into the few units that results are worked out in: N, mm, MPa, s, g, J, shares. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np

from services.preprocessing.errors import UnitError

__all__ = ["Dimension", "converted", "factor_of"]

Dimension = Literal["force", "length", "stress", "share", "time", "mass", "energy", "speed", "energy per area"]
"""What is measured: in N, mm, MPa, mm/mm, s, g, J, mm/min, kJ/m2."""

_Numbers = TypeVar("_Numbers", float, np.ndarray)

_LENGTHS = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "μm": 1e-3, "um": 1e-3, "in": 25.4, "inch": 25.4}
_FACTORS: Mapping[Dimension, Mapping[str, float]] = {
    "force": {"N": 1.0, "kN": 1e3, "mN": 1e-3, "kgf": 9.80665, "gf": 9.80665e-3, "lbf": 4.4482216152605},
    "length": _LENGTHS,
    "stress": {
        "MPa": 1.0,
        "N/mm2": 1.0,
        "kPa": 1e-3,
        "Pa": 1e-6,
        "GPa": 1e3,
        "psi": 6.894757293168e-3,
        "kgf/mm2": 9.80665,
        "kgf/cm2": 9.80665e-2,
    },
    "share": {"": 1.0, "%": 0.01, "mm/mm": 1.0, "m/m": 1.0, "in/in": 1.0, "-": 1.0, "1": 1.0, "μm/m": 1e-6, "‰": 1e-3},
    "time": {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 1e-3},
    "mass": {"g": 1.0, "mg": 1e-3, "μg": 1e-6, "ug": 1e-6, "kg": 1e3},
    "energy": {"J": 1.0, "mJ": 1e-3, "kJ": 1e3, "N·m": 1.0, "Nm": 1.0, "kgf·cm": 9.80665e-2},
    "speed": {"mm/min": 1.0, "mm/s": 60.0, "cm/min": 10.0, "m/min": 1e3, "in/min": 25.4},
    "energy per area": {"kJ/m2": 1.0, "J/m2": 1e-3, "J/cm2": 10.0, "mJ/mm2": 1.0, "J/mm2": 1e3, "N/mm": 1.0},
}


def factor_of(unit: str, dimension: Dimension) -> float:
    """Return what a number in `unit` is multiplied by.

    Raises
    ------
    UnitError
        If the unit is none of that dimension; the message lists those that are.
    """
    plain = unicodedata.normalize("NFKC", unit).replace(" ", "").replace("^", "").replace("µ", "μ").replace("⋅", "·")
    known = _FACTORS[dimension]
    if plain not in known:
        listed = ", ".join(name or "none" for name in known)
        raise UnitError(f"{unit or 'no unit'!r} is no unit of {dimension}; known are {listed}")
    return known[plain]


def converted(numbers: _Numbers, unit: str, dimension: Dimension) -> _Numbers:
    """Return a number, or an array of any shape, in the unit that results of that dimension stand in.

    Raises
    ------
    UnitError
        As `factor_of`.
    """
    factor = factor_of(unit, dimension)
    return numbers if factor == 1.0 else numbers * factor
