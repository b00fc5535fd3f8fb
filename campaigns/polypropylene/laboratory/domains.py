"""Fillers and rubber as particles, by mixing and viscosity.

Sources: break-up of agglomerates with mixing, Manas-Zloczower & Feke, Int. Polym. Process. 2 (1988) 185; size of rubber
drops by viscosity ratio and shear, S. Wu, Polym. Eng. Sci. 27 (1987) 335, and coalescence with content, Sundararaj &
Macosko, Macromolecules 28 (1995) 2647.
"""

from __future__ import annotations

import math

from campaigns.polypropylene.laboratory.structure import Chains, Composition, Domains

__all__ = ["domains_of", "mixing"]


def mixing(*, speed: float, passes: int, melt: float) -> float:
    """Return the mixing that a compound has had, relative to one pass at 300 /min and 210 °C."""
    return math.pow(passes, 0.8) * (speed / 300) * math.exp(-(melt - 210) / 120)


def domains_of(composition: Composition, chains: Chains, *, energy: float, speed: float, viscosity: float) -> Domains:
    """Return how fillers and rubber lie dispersed.

    Parameters
    ----------
    energy
        Mixing, as `mixing` gives it.
    speed
        Of the screw, 1/min.
    viscosity
        Of the elastomer, relative to a polypropylene of 300 kg/mol.
    """
    filler = composition.inorganic
    agglomerated = min(0.7, 0.34 * math.exp(-1.3 * energy) * (1 + 6 * filler))
    ratio = viscosity / (chains.mw / 300) ** 3.4
    drop = 0.42 * max(ratio, 1 / ratio) ** 0.55 * (300 / speed) ** 0.4 * (1 + 2.5 * composition.rubber)
    return Domains(
        talc_size=4.2 * math.exp(-0.05 * (energy - 1)),
        calcite_size=2.1,
        rubber_size=min(4.0, max(0.2, drop)),
        spread=1.7,
        agglomerated=agglomerated,
        talc_orientation=min(0.95, 0.55 + 0.25 * (1 - agglomerated)),
    )
