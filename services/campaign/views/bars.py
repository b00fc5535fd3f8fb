"""Results of tensile bars, one by one and together."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from loop.values import Frozen
from services.campaign.views.determined import BarQuantityView
from services.campaign.views.impact import ImpactView

__all__ = ["BarQuantityView", "BarSummaryView", "BarView", "BarsView"]


class BarView(Frozen):
    """One bar."""

    bar: str = Field(description="What its file calls it, else its number there.")
    file: str
    measurement: str = Field(description="Id of its measurement; empty where its file was not taken in.")
    quantities: Mapping[str, BarQuantityView]
    necked: bool | None = Field(description="Null where no elongation is known.")
    flags: tuple[str, ...] = Field(description="What a person should know before its numbers are believed.")


class BarSummaryView(Frozen):
    """What the bars say together of one quantity."""

    unit: str
    n: int = Field(description="Bars that count.")
    n_censored: int = Field(description="Of those, known by a limit only.")
    mean: float | None = Field(description="Null where none counts, or any is a limit.")
    median: float | None = Field(description="By Kaplan and Meier where some are limits; a limit itself if marked so.")
    is_median_a_limit: bool
    sd: float | None


class BarsView(Frozen):
    """The bars of a specimen, a proposal, a measurement or a file."""

    what: str
    edition: str = Field(description="Standard by which strength is defined.")
    modulus_by: str
    toe: str = Field(description="Compensation of the toe, or none.")
    bars: tuple[BarView, ...]
    summary: Mapping[str, BarSummaryView]
    share_necked: float | None = Field(description="Of the bars whose elongation is known.")
    left_out: tuple[str, ...] = Field(description="Bars and numbers that do not count, and why.")
    impact: ImpactView | None = Field(default=None, description="Impact bars beside them; null where there are none.")
