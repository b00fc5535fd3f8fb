"""Turns, what comes in and waits, files that were written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from loop.observations import State
from loop.values import Frozen
from services.campaign.views.measurements import MeasurementView
from services.records.held import HeldCell, HeldResult

__all__ = ["HeldView", "InboxView", "RefusedView", "SettledView", "TurnView", "WrittenView"]


class TurnView(Frozen):
    """What one turn of a campaign came to."""

    campaign: str
    steps: tuple[str, ...] = Field(description="What was done, in words, in order.")
    waits_for: str
    is_taken: bool = Field(description="False where another worker is at it.")


class HeldView(Frozen):
    """A result that waits for a person."""

    id: str
    received_at: datetime
    source: str
    proposal: str = Field(description="The proposal that it names.")
    reason: str = Field(description="Why it was not booked.")
    suggestion: str
    row: Mapping[str, str] = Field(description="What it says, by column.")

    @classmethod
    def of(cls, held: HeldResult, received_at: datetime) -> HeldView:
        """Show a waiting result."""
        row = {cell.column: _shown_cell(cell) for cell in held.cells if _shown_cell(cell)}
        return cls(
            id=held.id,
            received_at=received_at,
            source=held.source,
            proposal=held.proposal,
            reason=held.reason,
            suggestion=held.suggestion,
            row=row,
        )


class SettledView(Frozen):
    """A result that waited, and what a person made of it."""

    held: HeldView
    settled_at: datetime
    settled_by: str
    settlement: str


class RefusedView(Frozen):
    """A file that could not be taken in."""

    file: str
    reason: str


class InboxView(Frozen):
    """What waits in the inbox."""

    held: tuple[HeldView, ...] = Field(description="Results that wait for a person.")
    refused: tuple[RefusedView, ...] = Field(description="Files put aside until somebody mends them.")
    measurements: tuple[MeasurementView, ...] = Field(
        default=(), description="Measurements that wait: of nobody yet, or looking wrong."
    )
    lying: tuple[str, ...] = Field(description="Files that the next turn looks at.")
    settled: tuple[SettledView, ...] = Field(default=(), description="Results that waited, where those are asked for.")


class WrittenView(Frozen):
    """A file that was written."""

    campaign: str
    what: str
    file: str


def _shown_cell(cell: HeldCell) -> str:
    """Write a cell for people: its value or limit, else its own text."""
    if cell.value is not None:
        return f"{cell.value:g}" if isinstance(cell.value, float) else cell.value
    return cell.text if cell.limit is None else f"{'<' if cell.state is State.BELOW_DETECTION else '>'}{cell.limit:g}"
