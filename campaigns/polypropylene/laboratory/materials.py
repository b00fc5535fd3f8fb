"""What the ingredients are: resins, lots of recyclate, fillers, with the values declared for this laboratory.

Molar masses, contents and lots are invented within the ranges that are usual for the trade; densities, ideal enthalpies
and stoichiometry are those of the literature (Brandrup, Immergut & Grulke, Polymer Handbook, 4th ed.; Rothon,
Particulate-Filled Polymer Composites, 2nd ed.).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BLOCK_PP", "DENSITY", "ELASTOMER", "HOMO_PP", "LOTS", "MASTERBATCH_BLACK", "Elastomer", "Lot", "Resin"]

DENSITY: Mapping[str, float] = {
    "pp crystalline": 0.946,
    "pp amorphous": 0.872,
    "pe": 0.950,
    "rubber": 0.868,
    "talc": 2.75,
    "calcite": 2.71,
    "titania": 4.23,
    "carbon_black": 1.80,
    "additive": 1.10,
}
"""g/cm³ at 23 °C; the amorphous part as it lies between crystals (declared so that a moulding has 0.905)."""

MASTERBATCH_BLACK = 0.40
"""Mass share of carbon black in the black masterbatch; the rest is polyethylene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resin:
    """A virgin polypropylene: molar mass in kg/mol, shares of mass, defects in mole share."""

    mw: float
    dispersity: float
    defects: float = 0.0
    rubber: float = 0.0
    rubber_ethylene: float = 0.0
    pe: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Elastomer:
    """An ethylene–octene elastomer: mass share of ethylene, viscosity relative to a polypropylene of 300 kg/mol."""

    ethylene: float
    viscosity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot of recycled polypropylene: what sorting and a first life left in it.

    Shares of mass; carbonyl and hydroxyl in mmol/kg; molar mass in kg/mol. `hydroperoxide` is relative: how readily it
    breaks down further. `antioxidant` is what its first life left.
    """

    mw: float
    dispersity: float
    pe: float
    rubber: float
    rubber_ethylene: float
    talc: float
    calcite: float
    titania: float
    carbon_black: float
    carbonyl: float
    hydroxyl: float
    hydroperoxide: float
    antioxidant: float
    defects: float


HOMO_PP = Resin(mw=340.0, dispersity=5.0)
BLOCK_PP = Resin(mw=290.0, dispersity=5.6, defects=0.002, rubber=0.14, rubber_ethylene=0.50, pe=0.02)
ELASTOMER = Elastomer(ethylene=0.62, viscosity=0.6)

LOTS: Mapping[str, Lot] = {
    "R-2026-07": Lot(  # crates and caps, well sorted
        mw=245.0,
        dispersity=4.6,
        pe=0.035,
        rubber=0.030,
        rubber_ethylene=0.50,
        talc=0.006,
        calcite=0.008,
        titania=0.006,
        carbon_black=0.002,
        carbonyl=9.0,
        hydroxyl=7.0,
        hydroperoxide=0.5,
        antioxidant=0.0004,
        defects=0.004,
    ),
    "R-2026-10": Lot(  # household packaging: films and lids, much polyethylene
        mw=230.0,
        dispersity=4.9,
        pe=0.105,
        rubber=0.020,
        rubber_ethylene=0.45,
        talc=0.004,
        calcite=0.022,
        titania=0.010,
        carbon_black=0.004,
        carbonyl=16.0,
        hydroxyl=12.0,
        hydroperoxide=1.0,
        antioxidant=0.0001,
        defects=0.008,
    ),
    "R-2026-11": Lot(  # car parts: filled, black, aged by heat and light
        mw=205.0,
        dispersity=4.2,
        pe=0.030,
        rubber=0.075,
        rubber_ethylene=0.52,
        talc=0.045,
        calcite=0.004,
        titania=0.002,
        carbon_black=0.009,
        carbonyl=30.0,
        hydroxyl=22.0,
        hydroperoxide=1.8,
        antioxidant=0.0,
        defects=0.003,
    ),
}
