"""Crystals of skin and core, by nucleation, cooling, shear and chain defects.

Sources: nucleation by talc and organic agents that saturates with dose, Beck, J. Appl. Polym. Sci. 11 (1967) 673, and
Ferrage et al., J. Mater. Sci. 37 (2002) 1561; β phase from shear, suppressed by α nucleation, Varga, J. Macromol. Sci.
Phys. B41 (2002) 1121; γ phase from chain defects, Brückner, Meille, Petraccone & Pirozzi, Prog. Polym. Sci. 16 (1991)
361; skin and core of mouldings, Fujiyama & Wakino, J. Appl. Polym. Sci. 35 (1988) 29; 040 texture of filled mouldings,
Rybnikář, J. Appl. Polym. Sci. 38 (1989) 1479.
"""

from __future__ import annotations

import math

from campaigns.polypropylene.laboratory.structure import Chains, Composition, Crystals

__all__ = ["core_of", "nucleation", "skin_of", "skin_share"]


def nucleation(composition: Composition, *, agglomerated: float) -> float:
    """Return how well foreign surfaces nucleate, 0 to 1: each saturates with its dose and they act side by side."""
    organic = 1 - math.exp(-composition.nucleating_agent / 0.0006)
    talc = 0.55 * (1 - math.exp(-composition.talc * (1 - agglomerated) / 0.03))
    carbon = 0.20 * (1 - math.exp(-composition.carbon_black / 0.005))
    return 1 - (1 - 0.95 * organic) * (1 - talc) * (1 - carbon)


def core_of(chains: Chains, *, nucleated: float, mould: float, speed: float, cooling: float = 0.0) -> Crystals:
    """Return the crystals of the slowly cooled core. `mould` in °C, `speed` in 1/min; `cooling` varies it (normal)."""
    pp = 0.47 + 0.045 * nucleated + 0.05 * math.log10(300 / chains.mw) + 0.0006 * (mould - 40) - 5.0 * chains.defects
    pp += 0.008 * cooling
    beta = 0.05 * (1 - nucleated) * (speed / 300) ** 0.5
    return Crystals(
        pp=pp,
        pe=0.55,
        beta=beta,
        gamma=min(0.25, 0.015 + 9.0 * chains.defects + 0.0004 * (mould - 20)),
        size_110=12.0 + 0.06 * (mould - 20) + 2.0 * nucleated + 0.5 * cooling,
        size_040=16.0 + 0.09 * (mould - 20) + 4.0 * nucleated + 0.7 * cooling,
        orientation=0.05,
    )


def skin_of(
    core: Crystals, chains: Chains, *, nucleated: float, mould: float, speed: float, talc: float, shear: float = 0.0
) -> Crystals:
    """Return the crystals of the quickly cooled, sheared skin.

    `talc` is its mass share in the compound; `shear` varies how strongly the skin was sheared (standard normal).
    """
    hot = (mould - 20) / 60
    melt_memory = min(1.5, chains.mw / 300) * math.exp(0.2 * shear)
    beta = core.beta + 0.16 * (1 - nucleated) ** 1.5 * melt_memory * (speed / 300) ** 0.3
    orientation = 0.10 + 0.25 * melt_memory * (1 - 0.4 * hot) + 0.45 * (1 - math.exp(-talc / 0.08))
    return Crystals(
        pp=core.pp - 0.06 + 0.03 * hot,
        pe=core.pe - 0.05,
        beta=min(0.4, beta),
        gamma=0.8 * core.gamma,
        size_110=core.size_110 - 2.0,
        size_040=core.size_040 - 2.5,
        orientation=min(0.95, orientation),
    )


def skin_share(chains: Chains, *, melt: float, mould: float, shear: float = 0.0) -> float:
    """Return the share of the cross-section that is skin: thick from cold moulds, cool melts and long chains."""
    cold = 0.14 + 0.15 * (80 - mould) / 60 + 0.08 * (250 - melt) / 60
    return min(0.6, cold * math.sqrt(chains.mw / 300) * math.exp(0.1 * shear))
