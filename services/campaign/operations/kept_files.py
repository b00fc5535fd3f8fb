"""The files of a workspace that belong into a backup, read while others write to them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["AFTER_THE_ROWS", "BEFORE_THE_ROWS", "Found", "Look", "chunks", "found_in"]

BEFORE_THE_ROWS = ("inbox", "outbox", "laboratory", "profiles", "reports")
"""Folders read before the database. A result is booked first and its file moved then: the rows may know a file that
lies in the inbox still, which is taken in again without being booked twice; the other way round it would be lost."""
AFTER_THE_ROWS = ("blobs",)
"""Folders read after the database: what is kept there never changes, and is there before a row names it."""

CHUNK = 1 << 20
_STEADY_BYTES = 4 << 20
"""Up to this size a file that changed while it was read is read again."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A file, by its path counted from the workspace's folder; or why it cannot be kept."""

    name: str
    path: Path
    refusal: str = ""


@dataclass(slots=True)
class Look:
    """What reading a file told: whether it changed meanwhile, or was gone."""

    has_changed: bool = False
    is_gone: bool = False
    refusal: str = ""


def found_in(workspace: Path, folders: Sequence[str]) -> Iterator[Found]:
    """Walk folders; the files of each come before its inner folders are looked into, so that none that moves is missed.

    What is half-written (``.part``) is passed over: whoever wrote it will write it again.
    """
    for name in folders:
        yield from _below(workspace, workspace / name)


def _below(workspace: Path, folder: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name) if folder.is_dir() else []
    except OSError as error:
        yield Found(str(folder.relative_to(workspace)), folder, error.strerror or str(error))
        return
    inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    for entry in entries:
        path = Path(entry.path)
        name = path.relative_to(workspace).as_posix()
        if entry in inner or (entry.name.startswith(".") and entry.name.endswith(".part")):
            continue
        yield Found(_printable(name), path, _refusal(path, name))
    for entry in inner:
        yield from _below(workspace, Path(entry.path))


def _refusal(path: Path, name: str) -> str:
    """Say why a thing cannot be kept, empty where it can."""
    if _printable(name) != name:
        return "its name is no text"
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return "a link that leads nowhere" if path.is_symlink() else ""
    except OSError as error:
        return error.strerror or str(error)
    return "" if stat.S_ISREG(kind) else "no plain file"


def _printable(name: str) -> str:
    return name.encode(errors="surrogateescape").decode(errors="replace")


def chunks(path: Path, look: Look) -> Iterator[bytes]:
    """Yield the content of a file piece by piece; `look` tells afterwards how that went. Nothing where it is gone."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size <= _STEADY_BYTES:
                yield _steady(file, look)
            else:
                yield from _streamed(file, look)
    except FileNotFoundError:
        look.is_gone = True
    except OSError as error:
        look.refusal = error.strerror or str(error)


def _steady(file: BinaryIO, look: Look) -> bytes:
    for _ in range(_TRIES):
        before = _state(file)
        file.seek(0)
        content = file.read()
        look.has_changed = _state(file) != before or len(content) != before[0]
        if not look.has_changed:
            break
    return content


def _streamed(file: BinaryIO, look: Look) -> Iterator[bytes]:
    before = _state(file)
    left = before[0]
    while left and (piece := file.read(min(CHUNK, left))):
        left -= len(piece)
        yield piece
    look.has_changed = _state(file) != before


def _state(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns
