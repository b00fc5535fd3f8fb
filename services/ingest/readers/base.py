"""What a reader is: one file format, bytes in, readings out. New ones come by entry points, group `meguri.readers`.

A reader is asked in a process of its own with limits on time and memory, so it may be as simple as it likes: whatever
goes wrong in it, an exception of any kind or no end at all, becomes one `UnreadableFile` outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Protocol, runtime_checkable

from services.records.reading import Reading

__all__ = ["Reader", "Source"]


@dataclass(frozen=True)
class Source:
    """A file as bytes, with its name; readers never open anything themselves.

    `profiles` is the folder of the workspace's own profiles of delimited text, None where there is none.
    """

    name: str
    data: bytes
    profiles: Path | None = None

    @property
    def suffix(self) -> str:
        """The last suffix in small letters, with its dot; a hint, never a proof."""
        return PurePath(self.name).suffix.lower()

    @cached_property
    def head(self) -> bytes:
        """The first 4096 bytes: enough to know a format by."""
        return self.data[:4096]


@runtime_checkable
class Reader(Protocol):
    """Reads one format.

    `name` is the reader's own, in small letters; `title` is the format's, for people. `proven_on` names the origins of
    real files that it was proved on; empty where it was tried on files of our own only, and is called *unproven*.
    """

    name: str
    title: str
    proven_on: tuple[str, ...]

    def knows(self, source: Source) -> bool:
        """Say by its content whether a file is of this format; quick, and never an error."""
        ...

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read all that a file holds, a reading for each specimen or test piece; at least one.

        What the file says of its own content goes into `Reading.claims`, each with what was found. Nothing is guessed:
        what the file leaves open stays empty.

        Raises
        ------
        UnreadableFile
            If the file is not what it seems to be; says what is wrong, where (line or byte), and what would be right.
        """
        ...
