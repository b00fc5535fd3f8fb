"""Which readers there are, and which of them knows a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from services.ingest.errors import IngestError, UnreadableFile
from services.ingest.readers.base import Reader, Source

__all__ = ["GROUP", "reader_of", "readers"]

GROUP = "meguri.readers"

_SHIPPED: tuple[str, ...] = (
    "opus",
    "wdf",
    "hdf5",
    "image",
    "xrdml",
    "ras",
    "jcamp",
    "spc",
    "perkinelmer_ascii",
    "profiles",
)
"""Modules of this package with a `READER`, in the order in which they are asked: the surest of its own first."""


@lru_cache(maxsize=1)
def readers() -> tuple[Reader, ...]:
    """Return every reader: those of other distributions first, by name, then the shipped ones.

    Raises
    ------
    IngestError
        If a reader of another distribution cannot be loaded, is none, or two have one name.
    """
    found = [*map(_loaded, sorted(entry_points(group=GROUP), key=lambda entry: entry.name)), *_shipped()]
    names = [reader.name for reader in found]
    for name in names:
        if names.count(name) > 1:
            raise IngestError(f"two readers are called {name!r}; uninstall one of them")
    return tuple(found)


def reader_of(source: Source) -> Reader:
    """Return the first reader that knows a file.

    Raises
    ------
    UnreadableFile
        If none does.
    """
    for reader in readers():
        if reader.knows(source):
            return reader
    raise UnreadableFile(
        source.name,
        "no reader knows this format" if source.data else "the file is empty",
        "for delimited text, let meguri profile guess draft a profile of it" if source.data else "export it again",
    )


def _shipped() -> Iterator[Reader]:
    for module in _SHIPPED:
        reader: Reader = import_module(f"services.ingest.readers.{module}").READER
        yield reader


def _loaded(entry: EntryPoint) -> Reader:
    try:
        reader = entry.load()
    except Exception as error:
        raise IngestError(f"the reader {entry.name!r} ({entry.value}) cannot be loaded: {error}") from error
    if not isinstance(reader, Reader):
        raise IngestError(f"{entry.value} of the group {GROUP} is no reader: it lacks name, title, knows or read")
    return reader
