"""From structure to properties: what a compound would show if measured without error, by declared relations.

Sources: stiffness of platelets and spheres in a matrix, Halpin & Kardos, Polym. Eng. Sci. 16 (1976) 344; softening by
rubber, Coran & Patel, J. Appl. Polym. Sci. 20 (1976) 3005; yield of filled polymers, Pukánszky, Composites 21 (1990)
255; brittle-tough transition at a critical distance between rubber particles, S. Wu, Polymer 26 (1985) 1855, and for
polypropylene Jancar, DiAnselmo, DiBenedetto & Kucera, Polymer 34 (1993) 1684; toughness by chain length, van der Wal,
Mulder, Thijs & Gaymans, Polymer 39 (1998) 5467; β phase, Varga, J. Macromol. Sci. Phys. B41 (2002) 1121; melt flow by
molar mass, Bremner, Rudin & Cook, J. Appl. Polym. Sci. 41 (1990) 1617. Constants are round, chosen within their range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from campaigns.polypropylene.laboratory.materials import DENSITY
from campaigns.polypropylene.laboratory.structure import Composition, Structure

__all__ = [
    "VolumeShares",
    "density",
    "impact_strength",
    "melt_flow",
    "necking_probability",
    "tensile_modulus",
    "volume_shares",
    "yield_strain",
    "yield_strength",
]

_TALC_MODULUS, _TALC_RATIO = 40_000.0, 9.0  # MPa as it acts, and aspect ratio of single platelets
_CALCITE_MODULUS, _CALCITE_RATIO = 35_000.0, 1.3
_LIGAMENT = 0.42  # critical distance between rubber particles in polypropylene, µm


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeShares:
    """Volume shares in the moulded compound."""

    polymer: float
    rubber: float
    talc: float
    spheres: float


def density(structure: Structure) -> float:
    """Return the density at 23 °C, g/cm³: volumes add up."""
    return 1 / sum(_volumes(structure).values())


def volume_shares(structure: Structure) -> VolumeShares:
    """Return what takes which share of the volume; calcite, titania and carbon black count as spheres."""
    volumes = _volumes(structure)
    total = sum(volumes.values())
    spheres = volumes["calcite"] + volumes["titania"] + volumes["carbon_black"]
    polymer = volumes["pp"] + volumes["pe"] + volumes["additive"]
    return VolumeShares(
        polymer=polymer / total, rubber=volumes["rubber"] / total, talc=volumes["talc"] / total, spheres=spheres / total
    )


def tensile_modulus(structure: Structure) -> float:
    """Return the tensile modulus, MPa: crystalline matrix, softened by rubber, stiffened by what is well dispersed."""
    volume, skin = volume_shares(structure), structure.skin_share
    beta = skin * structure.skin.beta + (1 - skin) * structure.core.beta
    orientation = skin * structure.skin.orientation
    matrix = 1500 + 7500 * (structure.bulk_crystallinity - 0.48)
    matrix *= (1 - 0.5 * beta) * (1 + 0.5 * orientation) * (1 - 0.9 * structure.composition.pe)
    matrix *= 1 + 0.03 * math.log10(structure.age_h / 168)
    soft = volume.rubber / (volume.rubber + volume.polymer)
    matrix *= math.pow(1 - soft, 2.1)
    single = 1 - structure.domains.agglomerated
    ratio = 1.5 + (_TALC_RATIO - 1.5) * single * (0.5 + 0.7 * structure.domains.talc_orientation)
    return _stiffened(
        _stiffened(matrix, volume.talc, _TALC_MODULUS, ratio), volume.spheres, _CALCITE_MODULUS, _CALCITE_RATIO
    )


def yield_strength(structure: Structure) -> float:
    """Return the yield stress, MPa."""
    volume = volume_shares(structure)
    beta = structure.skin_share * structure.skin.beta + (1 - structure.skin_share) * structure.core.beta
    matrix = 34.0 + 130.0 * (structure.bulk_crystallinity - 0.48)
    matrix *= (1 - 0.4 * beta) * (1 + 0.25 * structure.skin_share * structure.skin.orientation)
    matrix *= 1 + 0.02 * math.log10(structure.age_h / 168)
    soft = volume.rubber / (volume.rubber + volume.polymer)
    matrix *= math.pow(1 - soft, 1.6)
    bond_talc = 3.6 * (1 - 0.9 * structure.domains.agglomerated)
    bond_spheres = 1.8 * (1 - 0.9 * structure.domains.agglomerated)
    filler = volume.talc + volume.spheres
    load = (1 - filler) / (1 + 2.5 * filler) * math.exp(bond_talc * volume.talc + bond_spheres * volume.spheres)
    return matrix * load


def yield_strain(structure: Structure) -> float:
    """Return the strain at yield, 0.03 to 0.12: less with filler, more with rubber."""
    volume = volume_shares(structure)
    return 0.03 + 0.06 * math.exp(-9 * (volume.talc + volume.spheres)) * (1 + 1.2 * volume.rubber)


def necking_probability(structure: Structure) -> float:
    """Return the share of bars that would neck: long chains, little filler, few agglomerates, rubber and β phase."""
    volume = volume_shares(structure)
    filler = volume.talc + volume.spheres
    score = 2.0 + 5.0 * math.log(structure.chains.mw / 200) - 32 * filler + 10 * volume.rubber
    score += 6 * structure.skin.beta - 9 * structure.domains.agglomerated * (0.2 + 4 * filler)
    score -= 10 * max(0.0, structure.composition.pe - 0.3 * structure.composition.rubber)
    return 1 / (1 + math.exp(-score))


def impact_strength(structure: Structure, *, cold: bool = False) -> float:
    """Return the notched Charpy impact strength, kJ/m², at 23 °C, or at -30 °C if `cold`."""
    volume = volume_shares(structure)
    soft = volume.rubber / (volume.rubber + volume.polymer)
    gap = structure.domains.rubber_size * (math.pow(math.pi / (6 * max(soft, 0.005)), 1 / 3) - 1)
    width, gap_critical = (0.30, _LIGAMENT) if not cold else (0.25, 0.6 * _LIGAMENT)
    tough = 1 / (1 + math.exp(math.log(gap / gap_critical) / width))
    length = min(1.6, structure.chains.mw / 250)
    beta = structure.skin_share * structure.skin.beta + (1 - structure.skin_share) * structure.core.beta
    brittle = (0.9 + 1.9 * math.pow(length, 1.2)) * (0.6 if cold else 1.0) * (1 + 3.0 * beta) * (1 + 3.5 * soft)
    ductile = (7 if cold else 26) * math.pow(length, 1.2) * tough
    filler = volume.talc + 0.5 * volume.spheres
    flaw = math.exp(-7.0 * filler - 1.2 * structure.domains.agglomerated * (0.3 + 5 * filler))
    stiff = 1 - 1.3 * (structure.bulk_crystallinity - 0.48)
    apart = 1 - 2.5 * max(0.0, structure.composition.pe - 0.4 * structure.composition.rubber)
    return (brittle + ductile) * flaw * stiff * apart


def melt_flow(structure: Structure) -> float:
    """Return the melt mass-flow rate at 230 °C and 2.16 kg, g/10 min."""
    volume = volume_shares(structure)
    filler = volume.talc + volume.spheres
    plain = 12.0 * math.pow(300 / structure.chains.mw, 3.2) * math.pow(structure.chains.dispersity / 5, 0.4)
    return plain * math.exp(-2.8 * filler - 1.6 * volume.rubber)


def _stiffened(matrix: float, share: float, modulus: float, ratio: float) -> float:
    """Return the modulus of a filled matrix by Halpin and Tsai, MPa; `ratio` is the aspect ratio of the filler."""
    shape, stiffer = 2 * ratio, modulus / matrix
    eta = (stiffer - 1) / (stiffer + shape)
    return matrix * (1 + shape * eta * share) / (1 - eta * share)


def _volumes(structure: Structure) -> dict[str, float]:
    """Return cm³ of each part in a gram of compound."""
    made: Composition = structure.composition
    crystalline = structure.bulk_crystallinity
    return {
        "pp": made.pp * (crystalline / DENSITY["pp crystalline"] + (1 - crystalline) / DENSITY["pp amorphous"]),
        "pe": made.pe / DENSITY["pe"],
        "rubber": made.rubber / DENSITY["rubber"],
        "talc": made.talc / DENSITY["talc"],
        "calcite": made.calcite / DENSITY["calcite"],
        "titania": made.titania / DENSITY["titania"],
        "carbon_black": made.carbon_black / DENSITY["carbon_black"],
        "additive": (made.antioxidant + made.nucleating_agent) / DENSITY["additive"],
    }
