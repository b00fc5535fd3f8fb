"""Files kept as they came, each under the hash of its bytes: the same bytes are kept once, whatever they are called."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from services.disk import DiskError, discard, write_stream

__all__ = ["Blob", "BlobFault", "Blobs"]

_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    """A kept file: SHA-256 of its bytes in hexadecimal, and their number."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class BlobFault:
    """Something in the folder of kept files that is not as it should be."""

    path: Path
    reason: str


class Blobs:
    """The kept files of a workspace.

    Parameters
    ----------
    folder
        Where they lie, in folders by the first two letters of their hashes; made where missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, path: Path) -> Blob:
        """Keep a file; where its bytes are kept already, nothing is written. A kept file that was damaged is mended.

        Raises
        ------
        DiskError
            If it cannot be read or written, or changes meanwhile; nothing half-written is left.
        """
        try:
            blob = _hashed(path)
            target = self.path(blob.hash)
            if not target.is_file() or _hashed(target) != blob:
                write_stream(target, lambda part: _copy(path, part), "blob", check=lambda part: _same(part, path, blob))
        except DiskError:
            raise
        except OSError as error:
            raise DiskError(path, f"cannot be read: {error.strerror or error}") from error
        return blob

    def keep_unpacked(self, fill: Callable[[BinaryIO], None]) -> Blob:
        """Keep what `fill` writes, as the content of a file that lies packed in another.

        Raises
        ------
        DiskError
            If it cannot be written; nothing half-written is left.
        """
        unpacked = self._folder / f".unpacked-{os.getpid()}-{threading.get_ident()}.part"
        try:
            return self.keep(write_stream(unpacked, fill, "unpacked file"))
        finally:
            discard(unpacked, "unpacked file")

    def path(self, hash_: str) -> Path:
        """Return where the file of a hash lies, or would lie."""
        if not _HASH.fullmatch(hash_):
            raise ValueError(f"a hash has 64 small hexadecimal digits, got {hash_!r}")
        return self._folder / hash_[:2] / hash_

    def hashes(self) -> Iterator[str]:
        """List what is kept, in order, by the names that files have; nothing is read."""
        for path in self._paths():
            if _is_in_its_place(path):
                yield path.name

    def check(self) -> Iterator[BlobFault | Blob]:
        """Read every kept file again, in order: each as it is, or what is wrong with it.

        Half-written files of interrupted writes (``.part``) are passed over.
        """
        for path in self._paths():
            if not _is_in_its_place(path):
                yield BlobFault(path, "it is no kept file: its name is no hash, or it lies in the wrong folder")
                continue
            try:
                blob = _hashed(path)
            except OSError as error:
                yield BlobFault(path, f"it cannot be read: {error.strerror or error}")
                continue
            yield (
                blob
                if blob.hash == path.name
                else BlobFault(path, f"its bytes have changed: their hash is {blob.hash}")
            )

    def _paths(self) -> Iterator[Path]:
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for folder in folders:
            inside = sorted(folder.iterdir()) if folder.is_dir() else [folder]
            yield from (path for path in inside if path.suffix != ".part")


def _is_in_its_place(path: Path) -> bool:
    return bool(_HASH.fullmatch(path.name)) and path.parent.name == path.name[:2] and path.is_file()


def _hashed(path: Path) -> Blob:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Blob(digest.hexdigest(), file.tell())


def _copy(path: Path, part: BinaryIO) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            part.write(chunk)


def _same(part: Path, origin: Path, wanted: Blob) -> None:
    if _hashed(part) != wanted:
        raise DiskError(origin, "changed while it was read; it is taken in once it rests")
