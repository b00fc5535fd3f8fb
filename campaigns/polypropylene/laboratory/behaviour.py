"""What a compound shows: the properties its structure gives, turned down by the dial towards what nobody sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from campaigns.polypropylene.laboratory import relations
from campaigns.polypropylene.laboratory.structure import Hidden, Structure

__all__ = ["REFERENCE", "SCATTER", "Properties", "Spread", "properties_of", "structural_properties"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What one moulded compound would show if tested without error.

    Attributes
    ----------
    modulus, yield_strength
        MPa.
    yield_strain, necking_probability
        0 to 1: strain at yield, and share of bars that neck.
    elongation_necked, elongation_brittle
        Median nominal strain at break of bars that neck and that do not, %.
    impact_23, impact_cold
        Notched Charpy impact strength at 23 and -30 °C, kJ/m².
    melt_flow
        g/10 min at 230 °C and 2.16 kg.
    density
        g/cm³ at 23 °C.
    """

    modulus: float
    yield_strength: float
    yield_strain: float
    necking_probability: float
    elongation_necked: float
    elongation_brittle: float
    impact_23: float
    impact_cold: float
    melt_flow: float
    density: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and standard deviation of a property over many compounds, of its logarithm or logit."""

    mean: float
    sd: float
    scale: str = "log"


REFERENCE: Mapping[str, Spread] = {
    "modulus": Spread(mean=7.45, sd=0.307),
    "yield_strength": Spread(mean=3.365, sd=0.151),
    "necking_probability": Spread(mean=1.17, sd=1.94, scale="logit"),
    "elongation_necked": Spread(mean=5.105, sd=0.538),
    "impact_23": Spread(mean=1.65, sd=0.739),
    "impact_cold": Spread(mean=0.487, sd=0.459),
}
"""Of the properties that structure gives, over the formulations that the definition allows: a test keeps it true."""

SCATTER: Mapping[str, tuple[float, int]] = {
    "modulus": (0.015, 5),
    "yield_strength": (0.008, 5),
    "impact_23": (0.07, 10),
    "melt_flow": (0.03, 3),
}
"""Relative standard deviation of a single test, and how many tests make a result."""

_UNSEEN: Mapping[str, tuple[float, float]] = {
    "modulus": (0.8, -0.6),
    "yield_strength": (-0.8, -0.6),
    "necking_probability": (-0.6, -0.8),
    "elongation_necked": (-0.6, -0.8),
    "impact_23": (-0.28, -0.96),
    "impact_cold": (-0.28, -0.96),
}
"""How weld line and gels move each property, as a unit vector."""


def structural_properties(structure: Structure) -> Properties:
    """Return the properties that structure gives, as `relations` declare them."""
    share, impact = relations.necking_probability(structure), relations.impact_strength(structure)
    return Properties(
        modulus=relations.tensile_modulus(structure),
        yield_strength=relations.yield_strength(structure),
        yield_strain=relations.yield_strain(structure),
        necking_probability=share,
        elongation_necked=30 + 260 * share * math.sqrt(structure.chains.mw / 300),
        elongation_brittle=3 + 25 * share + 0.4 * impact,
        impact_23=impact,
        impact_cold=relations.impact_strength(structure, cold=True),
        melt_flow=relations.melt_flow(structure),
        density=relations.density(structure),
    )


def properties_of(structure: Structure, *, dial: float) -> Properties:
    """Return what a compound shows.

    Parameters
    ----------
    dial
        Share of each property's variance that measured structure carries, 0 to 1, on the property's scale (logarithm,
        or logit of a share). The rest follows weld line and gels. Melt flow and density know no weld line: structure
        carries them whatever the dial says.
    """
    if not 0 <= dial <= 1:
        raise ValueError(f"the dial stands between 0 and 1, got {dial:g}")
    plain = structural_properties(structure)
    turned = {f.name: getattr(plain, f.name) for f in fields(plain)}
    for name, direction in _UNSEEN.items():
        spread = REFERENCE[name]
        seen = (_forward(turned[name], spread.scale) - spread.mean) / spread.sd
        mixed = math.sqrt(dial) * seen + math.sqrt(1 - dial) * _unseen(structure.hidden, direction)
        turned[name] = _back(spread.mean + spread.sd * mixed, spread.scale)
    return Properties(**turned)


def _unseen(hidden: Hidden, direction: tuple[float, float]) -> float:
    return direction[0] * hidden.weld_line + direction[1] * hidden.gels


def _forward(value: float, scale: str) -> float:
    return math.log(value) if scale == "log" else math.log(value / (1 - value))


def _back(value: float, scale: str) -> float:
    return math.exp(value) if scale == "log" else 1 / (1 + math.exp(-value))
