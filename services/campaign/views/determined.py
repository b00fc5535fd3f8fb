"""One number of a test piece, with its state."""

from __future__ import annotations

from pydantic import Field

from loop.observations import State
from loop.values import Frozen

__all__ = ["BarQuantityView"]


class BarQuantityView(Frozen):
    """One number of a bar."""

    unit: str
    value: float | None = Field(description="The limit where `state` is above_range; null where there is none.")
    stderr: float | None = Field(description="Standard error from the curve's own scatter; null where it has none.")
    state: State
    reason: str = Field(description="Why it is a limit, or is not there.")
