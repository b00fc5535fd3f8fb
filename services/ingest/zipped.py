"""Look into a zip that somebody sent, before anything of it is unpacked, and unpack its files one by one, counting.

An archive is a stranger's: it may name places outside its folder, hold links, or unpack to more than any disk holds.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from services.ingest.errors import UnreadableFile

__all__ = ["ZipArchive", "Zipped", "is_zip", "opened_zip"]

_MB = 2**20
_MOST_FILES = 10_000
_MOST_BYTES = 4096 * _MB
_MOST_OF_ONE = 256 * _MB
_MOST_RATIO = 300
_SMALL = 20 * _MB
_CHUNK = _MB
_END, _END_BYTES = b"PK\x05\x06", 22
_MOST_DIRECTORY_BYTES = 4 * _MB
"""Beyond this the list of an archive's files alone takes seconds to read."""
_ENCRYPTED = 0x1
_RUBBISH = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Zipped:
    """One file of an archive: its name there, with ``/`` between folders, and its size once unpacked."""

    name: str
    size: int


def is_zip(path: Path) -> bool:
    """Say by its name and first bytes whether a file is a zip of files; workbooks are zips too, of their own kind."""
    if path.suffix.lower() != ".zip":
        return False
    with path.open("rb") as file:
        return file.read(2) == b"PK"


class ZipArchive:
    """An archive that was looked over; made by `opened_zip`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self._infos = {info.filename: info for info in archive.infolist() if _is_wanted(info)}
        self.files = tuple(Zipped(name, info.file_size) for name, info in sorted(self._infos.items()))

    def copy(self, file: Zipped, to: BinaryIO) -> None:
        """Unpack one file into another.

        Raises
        ------
        UnreadableFile
            If it is damaged, or longer than it says.
        """
        try:
            with self._archive.open(self._infos[file.name]) as stream:
                n_bytes = 0
                while chunk := stream.read(_CHUNK):
                    n_bytes += len(chunk)
                    if n_bytes > file.size:
                        raise UnreadableFile(
                            self._path, f"{file.name} unpacks to more than the {file.size} bytes it says"
                        )
                    to.write(chunk)
        except _DAMAGED as error:
            raise UnreadableFile(self._path, f"{file.name} is damaged: {error}", "pack it again") from error


@contextmanager
def opened_zip(path: Path) -> Iterator[ZipArchive]:
    """Open an archive whose every file may be unpacked.

    Raises
    ------
    UnreadableFile
        If it is damaged or protected, holds too much, links, or names that lead out of its folder.
    """
    try:
        _check_directory(path)
        archive = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise UnreadableFile(path, f"it is no zip, or a damaged one: {error}", "pack it again") from error
    with archive:
        _check(path, archive.infolist())
        yield ZipArchive(path, archive)


def _check_directory(path: Path) -> None:
    """Refuse an archive whose list of files is too long to be read at all (APPNOTE 4.3.16)."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_BYTES - 0xFFFF))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_BYTES:
        raise zipfile.BadZipFile("its end is missing")
    n_bytes = int.from_bytes(tail[place + 12 : place + 16], "little")
    if n_bytes > _MOST_DIRECTORY_BYTES:
        raise UnreadableFile(path, f"it holds too many files; {_MOST_FILES} are taken at most", "send several")


def _check(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > _MOST_FILES:
        raise UnreadableFile(path, f"it holds {len(infos)} files; {_MOST_FILES} are taken at most", "send several")
    names = set[str]()
    for info in infos:
        name = info.filename
        if fault := _fault(info):
            raise UnreadableFile(path, f"{name!r} inside {fault}", "pack the files themselves, nothing else")
        if name in names:
            raise UnreadableFile(path, f"it holds {name!r} twice", "pack it again")
        names.add(name)
    unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if unpacked > _MOST_BYTES:
        raise UnreadableFile(path, f"it unpacks to {unpacked / _MB:.0f} MB; {_MOST_BYTES // _MB} MB are taken at most")
    if unpacked > _SMALL and unpacked > _MOST_RATIO * max(packed, 1):
        raise UnreadableFile(
            path, f"it unpacks to more than {_MOST_RATIO} times its size", "is it what it seems to be?"
        )


def _fault(info: zipfile.ZipInfo) -> str:
    """Say why one file must not be unpacked; empty where it may."""
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in info.filename or "\0" in info.orig_filename:
        return "leads out of its folder"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & _ENCRYPTED:
        return "is protected by a password"
    if info.file_size > _MOST_OF_ONE:
        return f"has {info.file_size / _MB:.0f} MB; {_MOST_OF_ONE // _MB} MB are read at most"
    return ""


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and not any(word in info.filename for word in _RUBBISH)
