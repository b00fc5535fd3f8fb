"""From formulation and processing to structure: the hidden half of the virtual laboratory.

Every relation is declared with its source; constants are round and chosen within what the source shows. The parts stand
in `chains`, `crystals` and `domains`; this file mixes the ingredients and puts them together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from campaigns.polypropylene.laboratory.chains import blend, degrade
from campaigns.polypropylene.laboratory.circumstances import Circumstances, Variation
from campaigns.polypropylene.laboratory.crystals import core_of, nucleation, skin_of, skin_share
from campaigns.polypropylene.laboratory.domains import domains_of, mixing
from campaigns.polypropylene.laboratory.materials import BLOCK_PP, ELASTOMER, HOMO_PP, LOTS, MASTERBATCH_BLACK, Lot
from campaigns.polypropylene.laboratory.structure import Composition, Domains, Structure
from loop.values import Formulation

__all__ = ["FEEDERS", "Processing", "compound", "processing_of"]

FEEDERS = (
    "homo-PP",
    "block-PP",
    "recycled PP",
    "elastomer",
    "talc",
    "CaCO3",
    "antioxidant",
    "nucleating agent",
    "black masterbatch",
)
"""Ingredients of a formulation, per cent by mass, in the order of their feeders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """Conditions as they truly were: melt and mould temperature in °C, screw speed in 1/min, passes of the extruder."""

    melt: float
    mould: float
    speed: float
    passes: int


def processing_of(formulation: Formulation, made: Circumstances) -> Processing:
    """Return the conditions as they truly were."""
    return Processing(
        melt=float(formulation["melt temperature"]) + made.melt_offset,
        mould=float(formulation["mould temperature"]) + made.mould_offset,
        speed=float(formulation["screw speed"]),
        passes=int(float(formulation["passes"])),
    )


def compound(formulation: Formulation, made: Circumstances) -> Structure:
    """Make a formulation: dose, compound, mould, and return what came of it.

    Parameters
    ----------
    formulation
        Per cent by mass of each of `FEEDERS`; "melt temperature" and "mould temperature" in °C, "screw speed" in 1/min,
        "passes", and "recyclate lot", one of `materials.LOTS`.
    made
        How this specimen came about.

    Raises
    ------
    KeyError
        If the lot is not known, or something of the formulation is missing.
    """
    varied, how = made.variation, processing_of(formulation, made)
    lot = bag_of(LOTS[str(formulation["recyclate lot"])], varied)
    dosed = {name: float(formulation[name]) * f for name, f in zip(FEEDERS, made.dosing, strict=True)}
    share = {name: value / sum(dosed.values()) for name, value in dosed.items()}
    mixed = _mixed(share, lot)
    virgin, block, recycled = share["homo-PP"], share["block-PP"], share["recycled PP"]
    blended = blend(
        {
            (HOMO_PP.mw, HOMO_PP.dispersity, HOMO_PP.defects): virgin,
            (BLOCK_PP.mw, BLOCK_PP.dispersity, BLOCK_PP.defects): block * (1 - BLOCK_PP.rubber - BLOCK_PP.pe),
            (lot.mw, lot.dispersity, lot.defects): recycled,
        },
        carbonyl=recycled * lot.carbonyl,
        hydroxyl=recycled * lot.hydroxyl,
    )
    energy = mixing(speed=how.speed, passes=how.passes, melt=how.melt)
    chains, antioxidant = degrade(
        blended,
        melt=how.melt,
        speed=how.speed,
        passes=how.passes,
        antioxidant=mixed.antioxidant,
        hydroperoxide=recycled * lot.hydroperoxide,
        residence=math.exp(0.25 * varied.scission),
    )
    composition = _with_antioxidant(mixed, antioxidant)
    domains = domains_of(composition, chains, energy=energy, speed=how.speed, viscosity=ELASTOMER.viscosity)
    domains = _come_out(domains, varied)
    nucleated = nucleation(composition, agglomerated=domains.agglomerated)
    core = core_of(chains, nucleated=nucleated, mould=how.mould, speed=how.speed, cooling=varied.cooling)
    return Structure(
        composition=composition,
        chains=chains,
        skin=skin_of(
            core,
            chains,
            nucleated=nucleated,
            mould=how.mould,
            speed=how.speed,
            talc=composition.talc,
            shear=varied.shear,
        ),
        core=core,
        skin_share=skin_share(chains, melt=how.melt, mould=how.mould, shear=varied.shear),
        domains=domains,
        nucleation=nucleated,
        hidden=made.hidden,
        age_h=made.age_h,
    )


def _mixed(share: Mapping[str, float], lot: Lot) -> Composition:
    """Add up what every ingredient brings."""
    recycled, block, black = share["recycled PP"], share["block-PP"], share["black masterbatch"]
    rubber = share["elastomer"] + block * BLOCK_PP.rubber + recycled * lot.rubber
    ethylene = (
        share["elastomer"] * ELASTOMER.ethylene
        + block * BLOCK_PP.rubber * BLOCK_PP.rubber_ethylene
        + recycled * lot.rubber * lot.rubber_ethylene
    )
    pe = block * BLOCK_PP.pe + recycled * lot.pe + black * (1 - MASTERBATCH_BLACK)
    talc = share["talc"] + recycled * lot.talc
    calcite = share["CaCO3"] + recycled * lot.calcite
    titania = recycled * lot.titania
    carbon = black * MASTERBATCH_BLACK + recycled * lot.carbon_black
    antioxidant = share["antioxidant"] + recycled * lot.antioxidant
    nucleating = share["nucleating agent"]
    others = rubber + pe + talc + calcite + titania + carbon + antioxidant + nucleating
    return Composition(
        pp=1 - others,
        pe=pe,
        rubber=rubber,
        rubber_ethylene=ethylene / rubber if rubber > 0 else 0.0,
        talc=talc,
        calcite=calcite,
        titania=titania,
        carbon_black=carbon,
        antioxidant=antioxidant,
        nucleating_agent=nucleating,
    )


def bag_of(lot: Lot, varied: Variation) -> Lot:
    """Return one bag of a lot: recyclate differs from bag to bag (sizes declared)."""
    pe, oxidation = math.exp(0.20 * varied.bag_pe), math.exp(0.20 * varied.bag_oxidation)
    minerals, chains = math.exp(0.25 * varied.bag_minerals), math.exp(0.07 * varied.bag_chains)
    return replace(
        lot,
        mw=lot.mw * chains,
        pe=lot.pe * pe,
        talc=lot.talc * minerals,
        calcite=lot.calcite * minerals,
        titania=lot.titania * minerals,
        carbonyl=lot.carbonyl * oxidation,
        hydroxyl=lot.hydroxyl * oxidation,
        hydroperoxide=lot.hydroperoxide * oxidation,
    )


def _come_out(domains: Domains, varied: Variation) -> Domains:
    """Disperse a little better or worse than mixing alone says (sizes declared)."""
    return replace(
        domains,
        agglomerated=min(0.8, domains.agglomerated * math.exp(0.35 * varied.dispersion)),
        rubber_size=domains.rubber_size * math.exp(0.15 * varied.drops),
    )


def _with_antioxidant(mixed: Composition, left: float) -> Composition:
    """Return the composition after processing: antioxidant used up counts as polymer it has reacted with."""
    return replace(mixed, antioxidant=left, pp=mixed.pp + mixed.antioxidant - left)
