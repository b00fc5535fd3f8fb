"""Polypropylene chains: blended, then cut and oxidised in the extruder.

Sources: chain scission by temperature, shear and passes, narrowing the distribution towards a dispersity of 2, as in
González-González, Neira-Velázquez & Angulo-Sánchez, Polym. Degrad. Stab. 60 (1998) 33, and Canevarolo, Polym. Degrad.
Stab. 70 (2000) 71; antioxidants that hold it back until they are used up, as in Zweifel, Maier & Schiller, Plastics
Additives Handbook, 6th ed., ch. 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from campaigns.polypropylene.laboratory.structure import Chains

__all__ = ["blend", "degrade"]

_SCISSION = 0.07  # scissions a chain and pass at 210 °C, 300 /min, without antioxidant or hydroperoxide
_ACTIVATION_K = 7200.0  # effective activation temperature of scission, K (60 kJ/mol)
_REFERENCE_K = 483.15
_HALVING = 0.0006  # mass share of antioxidant that halves scission
_CONSUMED = 0.20  # share of antioxidant used up in a pass at reference conditions


def blend(parts: Mapping[tuple[float, float, float], float], *, carbonyl: float, hydroxyl: float) -> Chains:
    """Blend resins: masses by (Mw in kg/mol, dispersity, defects); moments add by mass; oxidation is given."""
    total = sum(parts.values())
    mw = sum(mass * mw for (mw, _, _), mass in parts.items()) / total
    mn = total / sum(mass * dispersity / mw for (mw, dispersity, _), mass in parts.items())
    defects = sum(mass * defects for (_, _, defects), mass in parts.items()) / total
    return Chains(mw=mw, dispersity=mw / mn, defects=defects, carbonyl=carbonyl, hydroxyl=hydroxyl)


def degrade(
    chains: Chains,
    *,
    melt: float,
    speed: float,
    passes: int,
    antioxidant: float,
    hydroperoxide: float,
    residence: float = 1.0,
) -> tuple[Chains, float]:
    """Send chains through the extruder; return them as they leave it, and the antioxidant left (mass share).

    Parameters
    ----------
    melt, speed, passes
        °C, 1/min, and how often.
    antioxidant
        Mass share at the start.
    hydroperoxide
        Relative; what recyclate brings that starts oxidation.
    residence
        Relative; how long it stayed, and how moist it was.
    """
    heat = math.exp(_ACTIVATION_K * (1 / _REFERENCE_K - 1 / (melt + 273.15)))
    load = passes * heat * (speed / 300) ** 0.8 * residence
    cuts = _SCISSION * load * (1 + 2 * hydroperoxide) / (1 + antioxidant / _HALVING)
    mn = chains.mn / (1 + cuts)
    dispersity = 2 + (chains.dispersity - 2) / (1 + cuts)
    degraded = replace(
        chains,
        mw=mn * dispersity,
        dispersity=dispersity,
        carbonyl=chains.carbonyl + 22 * cuts,
        hydroxyl=chains.hydroxyl + 15 * cuts,
    )
    return degraded, antioxidant * math.exp(-_CONSUMED * load * (0.6 + hydroperoxide))
