"""Everything that can go wrong while data comes in or goes out as files, as small named types under one root."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FormatError", "IngestError", "UnreadableFile", "UnreadableTable", "UnwritableTable"]


class IngestError(Exception):
    """Root of every error raised on purpose while reading or writing files."""


class UnreadableFile(IngestError):  # noqa: N818 - reads as what happened, and stands in the command line's messages
    """A file of an instrument cannot be read, or is not to be believed; says which, why, and what would help."""

    def __init__(self, path: Path | str, reason: str, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        self.hint = hint
        super().__init__(f"{self.path.name}: {reason}" + (f" ({hint})" if hint else ""))

    def __reduce__(self) -> tuple[type[UnreadableFile], tuple[str, str, str]]:
        return UnreadableFile, (str(self.path), self.reason, self.hint)


class UnreadableTable(IngestError):  # noqa: N818 - reads as what happened, and stands in the command line's messages
    """A file cannot be read as one table; says which file, why, and what would help."""

    def __init__(self, path: Path | str, reason: str, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        self.hint = hint
        super().__init__(f"{self.path.name}: {reason}" + (f" ({hint})" if hint else ""))


class UnwritableTable(IngestError):  # noqa: N818 - the twin of UnreadableTable
    """A table cannot be written as asked; says where to, why, and what would help."""

    def __init__(self, path: Path | str, reason: str, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        self.hint = hint
        super().__init__(f"{self.path.name}: {reason}" + (f" ({hint})" if hint else ""))


class FormatError(IngestError):
    """A file format cannot hold what it was given, or does not hold what it promises."""
