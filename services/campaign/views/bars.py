"""Results of tensile bars, one by one and together."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from loop.observations import State
from loop.values import Frozen

__all__ = ["BarQuantityView", "BarSummaryView", "BarView", "BarsView"]


class BarQuantityView(Frozen):
    """One number of a bar."""

    unit: str
    value: float | None = Field(description="The limit where `state` is above_range; null where there is none.")
    stderr: float | None = Field(description="Standard error from the curve's own scatter; null where it has none.")
    state: State
    reason: str = Field(description="Why it is a limit, or is not there.")


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
