"""What a moulded compound is, inside: all that instruments and tests of the virtual laboratory may draw on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chains", "Composition", "Crystals", "Domains", "Hidden", "Structure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Mass shares of the compound, summing to 1 (additives of a tenth of a per cent among them).

    Attributes
    ----------
    pp
        Polypropylene chains of every origin, without the rubber of a block copolymer.
    pe
        Polyethylene that can crystallise: contamination of recyclate, of block copolymer, carrier of masterbatch.
    rubber
        Ethylene–propylene rubber of block copolymer, and ethylene–octene elastomer.
    rubber_ethylene
        Mass share of ethylene *within* the rubber, 0 to 1; no part of the sum.
    """

    pp: float
    pe: float
    rubber: float
    rubber_ethylene: float
    talc: float
    calcite: float
    titania: float
    carbon_black: float
    antioxidant: float
    nucleating_agent: float

    @property
    def total_ethylene(self) -> float:
        """Mass share of ethylene in the compound, whatever it is part of."""
        return self.pe + self.rubber * self.rubber_ethylene

    @property
    def inorganic(self) -> float:
        """Mass share of minerals: what ash is made of."""
        return self.talc + self.calcite + self.titania


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """The polypropylene chains.

    Attributes
    ----------
    mw
        Mass-average molar mass, kg/mol.
    dispersity
        Mw / Mn of a log-normal distribution (Wesslau).
    defects
        Mole share of ethylene units that interrupt the polypropylene chains, 0 to 0.02.
    carbonyl, hydroxyl
        Oxidation products, mmol per kg of compound.
    """

    mw: float
    dispersity: float
    defects: float
    carbonyl: float
    hydroxyl: float

    @property
    def mn(self) -> float:
        """Number-average molar mass, kg/mol."""
        return self.mw / self.dispersity


@dataclass(frozen=True, slots=True, kw_only=True)
class Crystals:
    """The crystals of one layer, skin or core.

    Attributes
    ----------
    pp
        Crystalline mass share of the polypropylene.
    pe
        Crystalline mass share of the polyethylene that can crystallise.
    beta, gamma
        Shares of the β and γ phase in the crystalline polypropylene; the rest is α.
    size_110, size_040
        Lateral crystallite sizes of the α phase perpendicular to (110) and (040), nm.
    orientation
        0 (none) to 1: how far the b axis of α crystals stands normal to the surface, so that 040 grows and 110 shrinks.
    """

    pp: float
    pe: float
    beta: float
    gamma: float
    size_110: float
    size_040: float
    orientation: float

    @property
    def alpha(self) -> float:
        """Share of the α phase in the crystalline polypropylene."""
        return 1.0 - self.beta - self.gamma


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains:
    """Fillers and rubber as dispersed particles.

    Attributes
    ----------
    talc_size, calcite_size, rubber_size
        Median equivalent diameters, µm; rubber is number-average.
    spread
        Geometric standard deviation of each log-normal size distribution.
    agglomerated
        Mass share of filler in agglomerates rather than as single particles.
    talc_orientation
        0 (random) to 1: platelets parallel to the surface, so that 00l lines grow.
    """

    talc_size: float
    calcite_size: float
    rubber_size: float
    spread: float
    agglomerated: float
    talc_orientation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What no instrument of the laboratory sees: standard normal, independent of formulation and processing."""

    weld_line: float
    gels: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """One moulded compound.

    Attributes
    ----------
    skin, core
        ATR and WAXS see the skin, DSC both by their shares.
    skin_share
        Of the cross-section, 0 to 1.
    nucleation
        How well foreign surfaces nucleate polypropylene, 0 (not at all) to 1.
    age_h
        Hours between moulding and test.
    """

    composition: Composition
    chains: Chains
    skin: Crystals
    core: Crystals
    skin_share: float
    domains: Domains
    nucleation: float
    hidden: Hidden
    age_h: float

    @property
    def bulk_crystallinity(self) -> float:
        """Crystalline mass share of the polypropylene, skin and core together."""
        return self.skin_share * self.skin.pp + (1 - self.skin_share) * self.core.pp
