"""The few milligrams that thermal analysis takes: no portion has exactly the filler of the whole."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from campaigns.polypropylene.laboratory.structure import Structure

__all__ = ["portion_of"]

_SPREAD, _OF_AGGLOMERATES = 0.003, 0.03
"""Relative standard deviation of the filler share of 10 mg, and what agglomerates add to it (declared)."""


def portion_of(structure: Structure, mass_mg: float, rng: np.random.Generator) -> Structure:
    """Cut a portion out of a specimen: its filler share differs, the more so the smaller it is and the worse dispersed.

    Parameters
    ----------
    mass_mg
        Of the portion; the spread goes with the root of its reciprocal.
    """
    spread = (_SPREAD + _OF_AGGLOMERATES * structure.domains.agglomerated) * math.sqrt(10 / mass_mg)
    whole = structure.composition
    factor = min(float(np.exp(rng.normal(0, spread))), 0.95 / max(whole.inorganic, 1e-9))
    rest = (1 - factor * whole.inorganic) / (1 - whole.inorganic)
    return replace(
        structure,
        composition=replace(
            whole,
            pp=whole.pp * rest,
            pe=whole.pe * rest,
            rubber=whole.rubber * rest,
            carbon_black=whole.carbon_black * rest,
            antioxidant=whole.antioxidant * rest,
            nucleating_agent=whole.nucleating_agent * rest,
            talc=whole.talc * factor,
            calcite=whole.calcite * factor,
            titania=whole.titania * factor,
        ),
    )
