"""The folder into which people and machines put files: what lies there, whether it is whole, where it is put aside."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.disk import discard_empty_folder, move_aside, write_whole

__all__ = [
    "REFUSED",
    "TAKEN",
    "FileLook",
    "InboxFolder",
    "InboxMemory",
    "lying_files",
    "reason_of",
    "refused_files",
    "seconds_to_rest",
]

TAKEN, REFUSED = "taken", "refused"
"""Folders of the inbox in which files end up."""

_REST_S = 3.0
"""A file whose content did not change for so long is whole."""
_REASON = ".reason.txt"
"""What stands behind the name of a refused file in the name of the note that says why."""
_RUBBISH = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file looked at one time, to see whether it grows; `told` is what was said of it since."""

    size: int
    changed_ns: int
    told: str = ""


def lying_files(inbox: Path) -> list[Path]:
    """List the files of an inbox and of the folders in it, in alphabetical order; hidden ones are passed over."""
    return list(_below(inbox, inbox))


def refused_files(inbox: Path) -> list[Path]:
    """List the files that were put aside because they cannot be taken in, in alphabetical order."""
    folder = inbox / REFUSED
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [path for path in found if (path.is_symlink() or path.is_file()) and not path.name.endswith(_REASON)]


def reason_of(refused: Path) -> str:
    """Say why a file was put aside, in the words of the note beside it; empty where there is none any more."""
    try:
        note = refused.with_name(refused.name + _REASON).read_text(encoding="utf-8")
    except OSError:
        return ""
    return note.partition("\n\n")[2].rpartition("\n\n")[0]


def seconds_to_rest(inbox: Path) -> float:
    """Say how long it takes until no file of an inbox has changed just now; 0 where none has."""
    ages = [time.time() - look.changed_ns / 1e9 for path in lying_files(inbox) if (look := _look(path)) is not None]
    return max((min(_REST_S - age, _REST_S) for age in ages if age <= _REST_S), default=0.0)


@dataclass(slots=True)
class InboxMemory:
    """What whoever empties an inbox remembers from look to look: files by name, and whether all was looked at once."""

    looks: dict[str, FileLook] = field(default_factory=dict)
    has_reviewed: bool = False


class InboxFolder:
    """An inbox as somebody sees it who looks again and again.

    Parameters
    ----------
    folder
        The inbox.
    memory
        How each file looked before; kept up to date.
    """

    def __init__(self, folder: Path, memory: InboxMemory) -> None:
        self.folder, self._looks = folder, memory.looks

    def resting(self) -> list[Path]:
        """List the files that are whole: they look as they did the last time, or did not change for a while."""
        return [path for path in lying_files(self.folder) if self._rests(path)]

    def name(self, path: Path) -> str:
        """Name a file from the inbox, with ``/`` between folders."""
        return path.relative_to(self.folder).as_posix()

    def has_news(self, path: Path, told: str) -> bool:
        """Say whether this was not told of a file yet since it changed; from now on it is."""
        look = self._looks[self.name(path)]
        self._looks[self.name(path)] = replace(look, told=told)
        return look.told != told

    def take(self, path: Path) -> None:
        """Put a file aside that was taken in.

        Raises
        ------
        DiskError
            If it cannot be moved; it stays.
        """
        self._move(path, TAKEN)

    def refuse(self, path: Path, reason: str) -> None:
        """Put a file aside that cannot be taken in, with a note beside it that says why.

        Raises
        ------
        DiskError
            If it cannot be moved; it stays.
        """
        note = f"{path.name} was not taken in.\n\n{reason}\n\nMend it and put it into the inbox again.\n"
        place = self.folder / REFUSED / self.name(path)
        write_whole(place.with_name(f"{path.name}{_REASON}"), note.encode(), "reason")
        self._move(path, REFUSED)

    def _move(self, path: Path, where: str) -> None:
        name = self.name(path)
        move_aside(path, (self.folder / where / name).parent, "inbox file")
        self._looks.pop(name, None)
        for folder in path.parents:
            if folder == self.folder or not discard_empty_folder(folder, "inbox folder"):
                break

    def _rests(self, path: Path) -> bool:
        look = _look(path)
        if look is None:
            return False
        name = self.name(path)
        before = self._looks.get(name)
        is_same = before is not None and replace(before, told="") == look
        if not is_same:
            self._looks[name] = look
        return is_same or time.time() - look.changed_ns / 1e9 > _REST_S


def _below(folder: Path, inbox: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "~")) or entry.name.lower() in _RUBBISH:
            continue
        if entry.is_dir(follow_symlinks=False):
            if folder != inbox or entry.name not in (TAKEN, REFUSED):
                yield from _below(path, inbox)
        elif entry.is_symlink() or entry.is_file():
            yield path


def _look(path: Path) -> FileLook | None:
    """Look at a file itself, not where it may lead; None where it is gone since the folder was listed."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return FileLook(found.st_size, found.st_mtime_ns)
