"""Chunks of a PNG file: every one has a checksum. What Pillow does not check, and what it must not decode."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from services.records.reading import Claim

__all__ = ["MAGIC", "Png", "chunks_of"]

MAGIC = b"\x89PNG\r\n\x1a\n"
_METRE = 1
_MOST_TEXT = 65_536


@dataclass(frozen=True, slots=True)
class Png:
    """What the chunks say: size in pixels, pixels a metre along both sides, texts, checksums."""

    width: int
    height: int
    per_metre: tuple[int, int] | None
    texts: dict[str, str]
    claims: tuple[Claim, ...]


def chunks_of(data: bytes) -> Png:
    """Return what the chunks of a file say.

    Raises
    ------
    ValueError
        If a chunk is cut off, stands where it must not, or the end is missing; says at which byte.
    """
    at = len(MAGIC)
    names: list[bytes] = []
    texts: dict[str, str] = {}
    claims: list[Claim] = []
    width = height = 0
    per_metre = None
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError(f"byte {at}: a chunk is cut off")
        size, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + size > len(data):
            raise ValueError(f"byte {at}: the chunk {name!r} of {size} bytes is cut off")
        body = data[at + 8 : at + 8 + size]
        (said,) = struct.unpack_from(">I", data, at + 8 + size)
        found = zlib.crc32(body, zlib.crc32(name))
        claims.append(Claim(kind="checksum", about=f"the chunk {name!r} at byte {at}", said=said, found=found))
        if (name == b"IHDR") != (not names):
            raise ValueError(f"byte {at}: the chunk {name!r} stands at a wrong place")
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", body)
        elif name == b"pHYs" and size == 9 and body[8] == _METRE:
            per_metre = struct.unpack_from(">II", body)
        elif name == b"tEXt" and size < _MOST_TEXT:
            key, _, text = body.partition(b"\0")
            texts[key.decode("latin-1")] = text.decode("latin-1")
        names.append(name)
        at += 12 + size
        if name == b"IEND":
            break
    if names[-1:] != [b"IEND"]:
        raise ValueError("the end of the picture is missing")
    claims.append(Claim(kind="size", about="the file, by its end", said=at, found=len(data)))
    return Png(width, height, per_metre, texts, tuple(claims))
