"""Read one file in this process: choose its reader, read, and hold what was read against what the file says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.ingest.errors import IngestError, UnreadableFile
from services.ingest.readers import Reader, Source, reader_of, readers
from services.ingest.readers.profiles import PREFIX, NamedProfileReader
from services.records.curve import CurveError
from services.records.reading import Reading, ReadingError

__all__ = ["ReadFile", "Refusal", "read_here", "read_source"]

_MOST_CLAIMS_TOLD = 3
_NO_TEXTS = ("image", "hdf5", "opus", "wdf")
_TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".asc", ".xy", ".jdx", ".dx", ".xrdml", ".ras", ".xls", ".xlsx")
"""A picture under such a name is the screen instead of the table: somebody exported the wrong thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What a file holds, and which reader read it."""

    reader: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a file is not read, as it comes out of the process that tried."""

    reason: str
    hint: str = ""


def read_here(path: str, name: str, reader: str, profiles: str) -> ReadFile | Refusal:
    """Read a file, in a process made for it; whatever goes wrong comes back as the reason.

    Parameters
    ----------
    path
        Where its bytes lie.
    name
        What it was called where it came from.
    reader
        Name of the reader; empty where the content says.
    profiles
        Folder of the workspace's own profiles; empty where there is none.
    """
    try:
        return read_source(Source(name, Path(path).read_bytes(), Path(profiles) if profiles else None), reader)
    except UnreadableFile as error:
        return Refusal(reason=error.reason, hint=error.hint)
    except MemoryError:
        return Refusal(reason="it takes more memory than a file may", hint="the file is damaged, or made to do harm")
    except RecursionError:
        return Refusal(reason="it is nested too deeply", hint="the file is damaged, or made to do harm")
    except (CurveError, ReadingError) as error:
        return Refusal(reason=f"what it holds contradicts itself: {error}", hint="export it again")
    except Exception as error:  # the sandbox's edge: a damaged file may make a reader raise anything
        return Refusal(reason=f"it is damaged ({type(error).__name__}: {error})", hint="export it again")


def read_source(source: Source, reader: str = "") -> ReadFile:
    """Read a file's bytes with the reader named, or the one that knows them, and check what it says of itself.

    Raises
    ------
    UnreadableFile
        If no reader knows it, it is not of the format, or holds something else than it says.
    """
    chosen = _named(reader) if reader else reader_of(source)
    if not reader and chosen.name in _NO_TEXTS and source.suffix in _TEXT_SUFFIXES:
        reason = f"its name ({source.suffix}) says a table or a text, it is a {chosen.title} file"
        raise UnreadableFile(source.name, reason, "name it as what it is, or export what was meant")
    readings = chosen.read(source)
    if not readings:
        raise UnreadableFile(source.name, f"as {chosen.title} it holds nothing")
    _believe(source.name, readings)
    return ReadFile(reader=chosen.name, readings=tuple(readings))


def _named(name: str) -> Reader:
    if name.startswith(PREFIX):
        return NamedProfileReader(name.removeprefix(PREFIX))
    found = {reader.name: reader for reader in readers()}
    if name not in found:
        raise IngestError(f"there is no reader {name!r}; there are {', '.join(found)}")
    return found[name]


def _believe(name: str, readings: tuple[Reading, ...]) -> None:
    """Refuse a file that does not hold what it says."""
    broken = [claim for reading in readings for claim in reading.broken_claims]
    if broken:
        told = "; ".join(str(claim) for claim in broken[:_MOST_CLAIMS_TOLD])
        more = f"; and {len(broken) - _MOST_CLAIMS_TOLD} more" if len(broken) > _MOST_CLAIMS_TOLD else ""
        raise UnreadableFile(name, f"it does not hold what it says: {told}{more}", "it is damaged: export it again")
