"""Ways in which files go wrong: bytes in, spoilt bytes out. Knows formats only as far as damage has to know them.

`faults` says which of them may befall which file, and what a person should be told.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable

import numpy as np

__all__ = [
    "Spoiler",
    "by_lines",
    "cut",
    "cut_in_a_number",
    "damaged_inside",
    "doubled",
    "exchanged",
    "locked_workbook",
    "lost",
    "lying",
    "program",
    "word_document",
]

Spoiler = Callable[[bytes, np.random.Generator], bytes]

_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")
_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """Break a file off somewhere: a full disk, a lost connection."""
    return data[: int(len(data) * rng.uniform(0.3, 0.9))]


def cut_in_a_number(data: bytes, rng: np.random.Generator) -> bytes:
    """Break a text off between two digits of a cell that all of its lines hold."""
    at = int(len(data) * rng.uniform(0.3, 0.9))
    step = 2 if data.startswith(_TWO_BYTES) else 1
    at -= at % step
    while not (data[at : at + 1].isdigit() and data[at - step : at - step + 1].isdigit()):
        at += step
    return data[:at]


def by_lines(spoil: Callable[[list[str], int], list[str]]) -> Spoiler:
    """Spoil a text by its lines, at one well among its numbers, whatever its encoding and its line ends."""

    def spoilt(data: bytes, rng: np.random.Generator) -> bytes:
        encoding = "utf-16" if data.startswith(_TWO_BYTES) else "latin-1"  # of single bytes each stays as it is
        lines = _LINE.findall(data.decode(encoding))
        at = int(rng.integers(len(lines) // 3, 2 * len(lines) // 3))
        return "".join(spoil(lines, at)).encode(encoding)

    return spoilt


def lost(lines: list[str], at: int) -> list[str]:
    """Leave out seven lines."""
    return lines[:at] + lines[at + 7 :]


def doubled(lines: list[str], at: int) -> list[str]:
    """Write five lines twice."""
    return lines[: at + 5] + lines[at:]


def exchanged(lines: list[str], at: int) -> list[str]:
    """Exchange twenty lines with the twenty before."""
    return [*lines[: at - 20], *lines[at : at + 20], *lines[at - 20 : at], *lines[at + 20 :]]


def damaged_inside(data: bytes, rng: np.random.Generator) -> bytes:
    """Overwrite 200 bytes in the second quarter: a bad block."""
    at = int(rng.integers(len(data) // 4, len(data) // 2))
    return data[:at] + rng.bytes(200) + data[at + 200 :]


def lying(pattern: bytes) -> Spoiler:
    """Change the count that a header states; `pattern` has what stands before it, and its digits, as groups."""

    def spoilt(data: bytes, rng: np.random.Generator) -> bytes:
        def other(match: re.Match[bytes]) -> bytes:
            return match[1] + str(int(match[2]) + int(rng.choice([-100, -1, 1, 50]))).encode()

        return re.sub(pattern, other, data, count=1)

    return spoilt


def word_document() -> bytes:
    """Return a text document as a word processor packs it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (
            ("[Content_Types].xml", '<?xml version="1.0"?><Types/>'),
            ("word/document.xml", '<?xml version="1.0"?><document>Report of the week</document>'),
        ):
            packed.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def program(rng: np.random.Generator) -> bytes:
    """Return what begins as a program for Windows does."""
    return b"MZ\x90\0" + struct.pack("<60x") + b"PE\0\0" + rng.bytes(4000)


def locked_workbook(rng: np.random.Generator) -> bytes:
    """Return what a workbook behind a password looks like."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + rng.bytes(3000)
