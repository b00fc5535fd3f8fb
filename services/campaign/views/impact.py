"""Results of impact bars, one by one and together by their type of break."""

from __future__ import annotations

from pydantic import Field

from loop.values import Frozen
from services.campaign.views.determined import BarQuantityView

__all__ = ["ImpactBarView", "ImpactGroupView", "ImpactTypeView", "ImpactView"]


class ImpactBarView(Frozen):
    """One bar."""

    bar: str
    file: str
    measurement: str = Field(description="Id of its measurement; empty where its file was not taken in.")
    break_type: str = Field(description="C complete, H hinge, P partial, N no break; or not stated.")
    strength: BarQuantityView


class ImpactTypeView(Frozen):
    """Bars that broke in one way; bars that did not break have no numbers."""

    break_type: str
    n: int
    share: float = Field(description="Of all bars of the group, 0 to 1.")
    mean: float | None = Field(description="kJ/m².")
    median: float | None
    sd: float | None


class ImpactGroupView(Frozen):
    """Bars of one notch at one temperature."""

    notch: str
    temperature_celsius: float | None
    n: int
    by_type: tuple[ImpactTypeView, ...] = Field(description="The most frequent type first; no mean is made over types.")
    notes: tuple[str, ...] = Field(description="What a reader should know.")


class ImpactView(Frozen):
    """Impact bars of a specimen, a proposal, a measurement or a file."""

    edition: str
    bars: tuple[ImpactBarView, ...]
    groups: tuple[ImpactGroupView, ...]
    left_out: tuple[str, ...] = Field(description="Bars that do not count, and why.")
