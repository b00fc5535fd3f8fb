"""How the peaks of a modality are fitted, as a definition declares it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from loop.values import Frozen

__all__ = ["PeakSettings"]


class PeakSettings(Frozen):
    """One region of a curve, fitted as a whole.

    Places and widths are in units of the curve's axis.
    """

    name: str = Field(default="peaks", description="What this fit is called in features and pictures.")
    low: float | None = Field(default=None, alias="from", description="Where it begins; the curve's first point.")
    high: float | None = Field(default=None, alias="to", description="Where it ends; the curve's last point.")
    profile: Literal["pseudo-Voigt", "split pseudo-Voigt", "doublet", "Fraser-Suzuki"] = Field(
        default="pseudo-Voigt", description="Profile of a line; a doublet is Cu Kα1 and Kα2 over ° 2θ."
    )
    narrowest: float | None = Field(
        default=None, gt=0, description="No line is narrower (FWHM); 3 points where left out."
    )
    broad: float | None = Field(
        default=None, gt=0, description="No line is wider (FWHM); a sixth of the region where left out."
    )
    halos: int | None = Field(
        default=None,
        ge=0,
        description="How many amorphous halos, wider than `broad`, may lie under lines; 2 under doublets, else none.",
    )
    noise: Literal["white", "counts"] = Field(
        default="white", description="The same at every point, or that of counts, by Poisson's law."
    )
    misfit: float = Field(
        default=0.003,
        ge=0,
        le=0.2,
        description="By what share of its height a line may differ from its profile; counts as noise there.",
    )
    signs: Literal["up", "both"] = Field(default="up", description="Whether peaks may point down.")
    steps: bool = Field(default=False, description="Whether the baseline may rise or fall in a step.")
    baseline_degree: int = Field(default=3, ge=0, le=8, description="Highest degree of the Chebyshev baseline.")
    most_peaks: int = Field(default=60, ge=1, description="Never more peaks than this.")

    @property
    def most_halos(self) -> int:
        """How many halos there may be."""
        return (2 if self.profile == "doublet" else 0) if self.halos is None else self.halos

    @model_validator(mode="after")
    def _rises(self) -> PeakSettings:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"peaks {self.name!r}: from {self.low:g} to {self.high:g} is no stretch of the axis")
        return self
