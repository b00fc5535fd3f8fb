"""What can go wrong between the house and a disk."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DiskError"]


class DiskError(Exception):
    """A file cannot be written, moved or removed: the disk is full, the folder read-only, or something is in its place.

    Nothing half-written is left where the file should be.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")
