"""What can go wrong in a use case, beyond what loop and store already say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "BackupError",
    "CampaignError",
    "DraftError",
    "RestoreError",
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


class BackupError(CampaignError):
    """A backup cannot be made, or is not what it was when it was made; `member` names the part, empty for the whole."""

    def __init__(self, path: Path, reason: str, member: str = "") -> None:
        self.path, self.member, self.reason = path, member, reason
        super().__init__(f"{path}: {member}: {reason}" if member else f"{path}: {reason}")


class RestoreError(CampaignError):
    """A backup cannot be restored there; what stood there is as it was."""
