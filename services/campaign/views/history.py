"""What happened in a campaign, checked definitions, and cycles made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from loop.errors import Fault
from loop.values import Frozen

__all__ = ["EntryView", "FaultView", "LogView", "ReplayView", "ReplaysView", "ValidationView"]


class EntryView(Frozen):
    """One line of the journal: in words, and as it is written."""

    seq: int
    at: datetime
    actor: str
    text: str
    event: Mapping[str, Any]


class LogView(Frozen):
    """What happened in a campaign, in order."""

    campaign: str
    entries: tuple[EntryView, ...]


class FaultView(Frozen):
    """One thing wrong with a definition, or one thing to look at."""

    file: str
    line: int | None
    field: str
    message: str
    hint: str

    @classmethod
    def of(cls, fault: Fault) -> FaultView:
        """Show a fault."""
        return cls(file=fault.file, line=fault.line, field=fault.field, message=fault.message, hint=fault.hint)

    def __str__(self) -> str:
        return str(Fault(field=self.field, message=self.message, hint=self.hint, line=self.line, file=self.file))


class ValidationView(Frozen):
    """What checking a definition found."""

    file: str
    is_valid: bool
    campaign: str | None
    faults: tuple[FaultView, ...]
    warnings: tuple[FaultView, ...]


class ReplayView(Frozen):
    """One logged cycle made again."""

    cycle: int
    is_same: bool
    differences: tuple[str, ...] = Field(description="Field of each proposal that came out otherwise.")


class ReplaysView(Frozen):
    """Logged cycles made again."""

    campaign: str
    is_same: bool
    cycles: tuple[ReplayView, ...]
