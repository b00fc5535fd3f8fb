"""How tensile bars are tested and evaluated, as a definition declares it. A value.

Where the rules come from: modulus between 0.05 and 0.25 % strain by chord or regression, prestress of at most 0.05 %
strain (a stress of modulus/2000) for the modulus and of 1 % of the stress that is determined, nominal strain by method
A or B, strength at the first maximum since the edition of 2012: ISO 527-1:2012 and :2019, clauses 3, 9.4 and 10, after
Instron's guide to ISO 527-2; not checked against the standard's own text. Toe compensation: ASTM D638, Annex A1.1 to
A1.3, checked. What a neck is, and by how much stress must fall after a maximum, no standard says: own rules.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from loop.values import Frozen

__all__ = ["Edition", "FlagKind", "StrainSource", "TensileMethod"]

Edition = Literal["ISO 527-1:1993", "ISO 527-1:2012", "ISO 527-1:2019"]
StrainSource = Literal["by channel", "extensometer", "optical", "strain gauge", "crosshead"]
FlagKind = Literal[
    "slip",
    "early break",
    "break not seen",
    "prestress",
    "few points",
    "modulus refused",
    "unit suspected",
    "stress contradicts force",
    "other speed",
    "strain after yield",
]
"""What a person should know of a bar before its numbers are believed."""


class TensileMethod(Frozen):
    """A tensile test of plastics: what the machine did, and by which rules its curve is evaluated."""

    edition: Edition = Field(
        default="ISO 527-1:2019",
        description="Until 1993 strength was the greatest stress of the test; since 2012 it is the first maximum.",
    )
    speed_mm_per_min: float | None = Field(default=None, gt=0, description="Speed of the test, mm/min.")
    modulus_speed_mm_per_min: float | None = Field(
        default=None, gt=0, description="Speed while the modulus is measured, mm/min, where it is another."
    )
    strain_source: StrainSource = Field(
        default="by channel",
        description=(
            "What measured strain and extension. By channel: a channel of strain is taken as measured on the bar, one "
            "of extension in mm is not, for many machines call their crosshead travel so."
        ),
    )
    gauge_length_mm: float | None = Field(
        default=None, gt=0, description="Gauge length of the extensometer, mm; none: as the file says."
    )
    grip_distance_mm: float | None = Field(
        default=None, gt=0, description="Distance of the grips at the start, mm (ISO 527-2 type 1A: 115)."
    )
    modulus_from: float = Field(default=0.0005, ge=0, description="Lower end of the modulus window, strain in mm/mm.")
    modulus_to: float = Field(default=0.0025, gt=0, description="Upper end of the modulus window, strain in mm/mm.")
    modulus_by: Literal["regression", "chord"] = Field(
        default="regression", description="Slope of a line through all points of the window, or between its ends."
    )
    fewest_points: int = Field(default=5, ge=3, description="Fewer points in the window give no modulus.")
    most_prestrain: float = Field(
        default=0.0005, gt=0, description="Prestress for the modulus: at most this strain times the modulus."
    )
    most_prestress: float = Field(default=0.01, gt=0, description="Prestress for strength: at most this share of it.")
    toe: Literal["none", "ASTM D638 Annex A1"] = Field(
        default="none",
        description="Whether zero strain is moved to where the steepest line of the curve meets zero stress.",
    )
    yield_drop: float = Field(
        default=0.005, gt=0, lt=1, description="A maximum counts when stress falls by this share of it afterwards."
    )
    necking_drop: float = Field(
        default=0.05, gt=0, lt=1, description="A bar necked where stress fell by this share after yield ..."
    )
    necking_strain: float = Field(
        default=0.05, gt=0, description="... and it went on by at least this strain after yield, mm/mm, unbroken."
    )
    travel_limit_mm: float | None = Field(
        default=None,
        gt=0,
        description="Crosshead travel at which the machine stops: a bar that reaches it is unbroken.",
    )
    leaves_out: tuple[FlagKind, ...] = Field(
        default=("slip", "prestress", "unit suspected", "stress contradicts force"),
        description="Flags for which a number that they touch does not count in means; the rest is told only.",
    )

    @model_validator(mode="after")
    def _has_a_window(self) -> TensileMethod:
        if not self.modulus_from < self.modulus_to:
            raise ValueError(f"the modulus window runs from {self.modulus_from:g} to {self.modulus_to:g}: it is empty")
        return self

    @property
    def changes_speed(self) -> bool:
        """True where the machine goes on faster after the modulus window."""
        return self.modulus_speed_mm_per_min is not None and self.modulus_speed_mm_per_min != self.speed_mm_per_min
