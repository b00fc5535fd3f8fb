"""What can go wrong in a use case, beyond what loop and store already say."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "CampaignError",
    "DraftError",
    "SheetError",
    "TemplateError",
    "WorkspaceError",
]


class CampaignError(Exception):
    """Root of every error that a use case raises on purpose."""


class WorkspaceError(CampaignError):
    """There is no workspace here, there is one already, or its settings cannot be read."""


class DraftError(CampaignError):
    """No definition can be guessed from a table; the message says what is missing."""


class TemplateError(CampaignError):
    """There is no template of that name, or it cannot be loaded."""


class SheetError(CampaignError):
    """A table cannot be taken in; `faults` lists every reason with its cell. Nothing of it was booked."""

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        self.source, self.faults = source, tuple(faults)
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{source}: nothing was taken in, because\n{listed}")
