"""Check a zipped workbook before anything parses it: its unpacked size, and that its XML declares no document type.

The office formats forbid a document type declaration (ECMA-376-2, 9.1.4); entity bombs and external entities need one.
"""

from __future__ import annotations

import zipfile
from typing import BinaryIO
from xml.parsers import expat

__all__ = ["MAX_UNPACKED_BYTES", "ArchiveError", "check_archive"]

MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MAX_MEMBERS = 10_000
MAX_RATIO = 300
"""Unpacked over packed size; spreadsheets reach some 10 to 100."""
_SMALL = 20 * 1024 * 1024
_CHUNK = 1 << 20
_ENCRYPTED = 0x1


class ArchiveError(ValueError):
    """An archive is too large unpacked, encrypted, or holds XML that no workbook may hold."""


def check_archive(file: BinaryIO) -> None:
    """Unpack every member once, counting, and look at the head of each XML part.

    Raises
    ------
    ArchiveError
        If the archive declares or holds more than `MAX_UNPACKED_BYTES`, is packed tighter than `MAX_RATIO`, is
        encrypted, or holds XML with a document type declaration.
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError
        If it is damaged or packed by a method that is not known.
    """
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        declared = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members)
        if len(members) > MAX_MEMBERS:
            raise ArchiveError(f"{len(members)} files inside, at most {MAX_MEMBERS} are read")
        _check_size(declared, packed)
        actual = 0
        for member in members:
            if member.flag_bits & _ENCRYPTED:
                raise ArchiveError("it is protected by a password")
            is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
            guard = _PrologueGuard() if is_xml else None
            with archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    actual += len(chunk)
                    _check_size(actual, packed)
                    if guard is not None:
                        guard.look_at(chunk, member.filename)


def _check_size(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED_BYTES:
        raise ArchiveError(f"more than {MAX_UNPACKED_BYTES // 2**20} MB unpacked")
    if unpacked > _SMALL and unpacked > MAX_RATIO * max(packed, 1):
        raise ArchiveError(f"unpacks to more than {MAX_RATIO} times its size")


class _PrologueGuard:
    """Read XML up to its first element; a document type can only stand before that."""

    def __init__(self) -> None:
        self._is_done = False
        self._has_doctype = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._element

    def look_at(self, chunk: bytes, member: str) -> None:
        if self._is_done:
            return
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            if not self._has_doctype and not self._is_done:
                raise ArchiveError(f"{member} is not well-formed: {error}") from error
        if self._has_doctype:
            raise ArchiveError(f"{member} declares a document type, which no workbook may")

    def _doctype(self, *_: object) -> None:
        self._has_doctype = True
        self._stop()

    def _element(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        self._is_done = True
        self._parser.StartDoctypeDeclHandler = None
        self._parser.StartElementHandler = None
