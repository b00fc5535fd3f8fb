"""Which profiles there are: a workspace's own first, those of other distributions, the shipped ones."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from services.ingest.errors import IngestError
from services.ingest.profiles.profile import Profile, ProfileError, read_profile

__all__ = ["GROUP", "Catalogue", "Entry", "catalogue"]

GROUP = "meguri.profiles"
"""Entry points of this group give the text of a profile, or a callable that does."""

_MOST_FILES = 500
_MOST_BYTES = 1_000_000


class Entry(NamedTuple):
    """A profile, where it comes from, and its text; `is_own` says that it is the workspace's."""

    profile: Profile
    origin: str
    text: str
    is_own: bool = False


class Catalogue(NamedTuple):
    """Every profile, and what is wrong with those that cannot be used."""

    entries: tuple[Entry, ...]
    errors: tuple[IngestError, ...] = ()

    def named(self, name: str) -> Entry:
        """Return the profile of a name; the workspace's own where several have it.

        Raises
        ------
        IngestError
            If there is none, or it cannot be used; the message says which there are.
        """
        found = next((entry for entry in self.entries if entry.profile.profile == name), None)
        if found is not None:
            return found
        broken = [str(error) for error in self.errors]
        there = ", ".join(dict.fromkeys(entry.profile.profile for entry in self.entries))
        raise IngestError("\n".join([f"there is no profile {name!r}; there are {there}", *broken]))


def catalogue(folder: Path | None = None) -> Catalogue:
    """Return every profile; `folder` holds the workspace's own, as ``*.yaml``."""
    own, errors = _own(folder)
    foreign, more = _foreign()
    return Catalogue((*own, *foreign, *_shipped()), (*errors, *more))


@cache
def _shipped() -> tuple[Entry, ...]:
    folder = files(__package__).joinpath("shipped")
    found = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            text = path.read_text(encoding="utf-8")
            found.append(Entry(read_profile(text, file_name=path.name), "shipped", text))
    return tuple(found)


@cache
def _foreign() -> tuple[tuple[Entry, ...], tuple[IngestError, ...]]:
    found: list[Entry] = []
    errors: list[IngestError] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            loaded = point.load()
            text = str(loaded() if callable(loaded) else loaded)
            found.append(Entry(read_profile(text, file_name=point.value), point.value, text))
        except ProfileError as error:
            errors.append(error)
        except Exception as error:  # somebody else's code may raise anything
            errors.append(IngestError(f"the profile {point.name!r} ({point.value}) cannot be loaded: {error}"))
    return tuple(found), tuple(errors)


def _own(folder: Path | None) -> tuple[tuple[Entry, ...], tuple[IngestError, ...]]:
    if folder is None or not folder.is_dir():
        return (), ()
    found: list[Entry] = []
    errors: list[IngestError] = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])[:_MOST_FILES]:
        try:
            status = path.stat()
            entry = _entry(path, status.st_mtime_ns, status.st_size)
        except ProfileError as error:
            errors.append(error)
        except (OSError, UnicodeError) as error:
            errors.append(IngestError(f"{path.name}: cannot be read: {error}"))
        else:
            found.append(entry)
    return tuple(found), tuple(errors)


@lru_cache(maxsize=256)
def _entry(path: Path, _changed: int, size: int) -> Entry:
    if size > _MOST_BYTES:
        raise IngestError(f"{path.name}: has {size} bytes; a profile has at most {_MOST_BYTES}")
    text = path.read_text(encoding="utf-8-sig")
    return Entry(read_profile(text, file_name=path.name), path.name, text, is_own=True)
