"""Write, move and remove files so that a crash at any instant leaves each wholly there or not at all.

A new content is written beside its place, flushed to the disk, and renamed; then the folder is flushed. Every write
names what it is: the crash points of this process are named after it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from services.disk.crash_points import crash_point
from services.disk.errors import DiskError

__all__ = [
    "append_line",
    "borrowed_file",
    "claimed_folder",
    "discard",
    "discard_empty_folder",
    "discard_folder",
    "keep_folder",
    "move_aside",
    "place_folder",
    "write_new",
    "write_stream",
    "write_whole",
]


def write_whole(path: Path, content: bytes, what: str = "file") -> Path:
    """Write a file, replacing one that is there in one step; its folder is made where missing.

    Raises
    ------
    DiskError
        If it cannot be written; what was there before is as it was.
    """
    return write_stream(path, lambda file: _write_all(file, content), what)


def write_stream(
    path: Path,
    fill: Callable[[BinaryIO], None],
    what: str = "file",
    *,
    check: Callable[[Path], None] = lambda _: None,
) -> Path:
    """Write a file that need not fit into memory, replacing one that is there in one step.

    Parameters
    ----------
    fill
        Writes the content, piece by piece; it may seek.
    check
        Looks at the whole content on the disk before it takes its place; where it raises, nothing does.

    Raises
    ------
    DiskError
        If it cannot be written; what was there before is as it was.
    """
    with _plain_errors(path, "cannot be written"):
        part = _written_beside(path, fill, what)
        try:
            check(part)
            with crash_point(f"rename {what}"):
                part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent, what)
    return path


def write_new(path: Path, content: bytes, what: str = "file") -> Path:
    """Write a file that is not there yet.

    Raises
    ------
    FileExistsError
        If something of that name is there; it is left as it is.
    DiskError
        If it cannot be written.
    """
    if path.exists():
        raise FileExistsError(path)
    return write_whole(path, content, what)


@contextmanager
def borrowed_file(fill: Callable[[BinaryIO], None], suffix: str) -> Iterator[Path]:
    """Write a content to a file of the system's temporary folder, for as long as somebody needs it as a file."""
    with tempfile.NamedTemporaryFile(prefix="meguri-", suffix=suffix) as file:
        with _plain_errors(Path(file.name), "cannot be written"):
            fill(cast(BinaryIO, file))
            file.flush()
        yield Path(file.name)


def append_line(path: Path, line: str, what: str = "line") -> None:
    """Add one line to a file, made where missing, and flush it to the disk.

    Raises
    ------
    DiskError
        If it cannot be written.
    """
    with _plain_errors(path, "cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with crash_point(f"append {what}"), path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def move_aside(path: Path, folder: Path, what: str = "file") -> Path:
    """Move a file into a folder of the same disk; where one of its name is there, it gets a number.

    Raises
    ------
    DiskError
        If it cannot be moved; it stays where it was.
    """
    with _plain_errors(path, f"cannot be moved to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        target = _free_name(folder, path.name)
        with crash_point(f"rename {what}"):
            path.rename(target)
        _flush_folder(folder, what)
        _flush_folder(path.parent, what)
    return target


def discard(path: Path, what: str = "file") -> None:
    """Remove a file, if it is there.

    Raises
    ------
    DiskError
        If it cannot be removed.
    """
    with _plain_errors(path, "cannot be removed"), crash_point(f"remove {what}"):
        path.unlink(missing_ok=True)


def keep_folder(path: Path) -> Path:
    """Make a folder where there is none.

    Raises
    ------
    DiskError
        If it cannot be made.
    """
    with _plain_errors(path, "cannot be made"):
        path.mkdir(parents=True, exist_ok=True)
    return path


def discard_empty_folder(path: Path, what: str = "folder") -> bool:
    """Remove a folder if there is nothing in it; say whether it is gone."""
    try:
        with crash_point(f"remove {what}"):
            path.rmdir()
    except OSError:
        return not path.exists()
    return True


def place_folder(folder: Path, to: Path, what: str = "folder") -> Path:
    """Let a folder that is complete take its place, in one step; an empty folder may be there.

    Raises
    ------
    DiskError
        If it cannot be moved, or something is there; it stays where it was.
    """
    with _plain_errors(to, "cannot be made"):
        _flush_folder(folder, what)
        with crash_point(f"rename {what}"):
            folder.rename(to)
        _flush_folder(to.parent, what)
    return to


def discard_folder(path: Path, what: str = "folder") -> None:
    """Remove a folder with all that is in it, if it is there.

    Raises
    ------
    DiskError
        If it cannot be removed.
    """
    with _plain_errors(path, "cannot be removed"), crash_point(f"remove {what}"):
        if path.exists():
            shutil.rmtree(path)


@contextmanager
def claimed_folder(path: Path) -> Iterator[Path]:
    """Make a folder and keep it for this process alone, as long as others ask by this function too.

    Raises
    ------
    DiskError
        If it cannot be made, or another process has it.
    """
    keep_folder(path)
    with _plain_errors(path, "cannot be kept"):
        handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DiskError(path, "another process works in it") from error
        yield path
    finally:
        os.close(handle)


def _write_all(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def _written_beside(path: Path, fill: Callable[[BinaryIO], None], what: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            with crash_point(f"fsync {what}"):
                os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)  # a temporary file is private; this one is as open as any other new file
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _flush_folder(folder: Path, what: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        with crash_point(f"fsync folder of {what}"):
            os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(folder: Path, name: str) -> Path:
    wanted, number = folder / name, 1
    while wanted.exists():
        number += 1
        wanted = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return wanted


@contextmanager
def _plain_errors(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(path, f"{what}: {error.strerror or error}") from error
