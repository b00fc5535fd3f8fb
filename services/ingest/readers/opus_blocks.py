"""Blocks of a Bruker OPUS file: its directory, its lists of parameters, its numbers. Knows no quantities.

`brukeropus` reads the header and the directory. Its readers of blocks are not used: they take what is there of a block
that ends too early, and a damaged length in a list of parameters keeps them going for ever.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from services.ingest.readers.libraries import library

__all__ = ["Block", "Parameter", "Spectrum", "blocks_of", "spectra_of"]

Parameter = int | float | str

_STATUS = 1
_HISTORY = (0, 0, 0, 0, 0, 5)
_DIRECTORY = 13
_WHOLE, _REAL = 0, 1
_FEWEST_POINTS = 2


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the file: its six-figure type, where it starts, its bytes."""

    kind: tuple[int, int, int, int, int, int]
    start: int
    data: bytes

    @property
    def is_numbers(self) -> bool:
        """Whether it holds one row of numbers: no parameters, directory, series, compound information or report."""
        return self.kind[2] == 0 and self.kind[3] not in (0, _DIRECTORY) and self.kind[5] == 0

    @property
    def is_series(self) -> bool:
        """Whether it holds many rows of numbers, or numbers in a compact form."""
        return self.kind[2] == 0 and self.kind[3] not in (0, _DIRECTORY) and self.kind[5] in (2, 4)

    @property
    def is_history(self) -> bool:
        """Whether it tells how the file was made."""
        return self.kind == _HISTORY

    @property
    def is_parameters(self) -> bool:
        """Whether it holds parameters, of whatever."""
        return self.kind[2] > 0

    @property
    def is_status(self) -> bool:
        """Whether its parameters describe a block of numbers."""
        return self.kind[2] == _STATUS

    @property
    def is_of_reference(self) -> bool:
        """Whether it belongs to the measurement of the background."""
        return self.kind[1] == 2

    def parameters(self) -> dict[str, Parameter]:
        """Return the parameters by their three letters.

        Raises
        ------
        ValueError
            If the list is broken, or has no end; says at which byte.
        """
        found: dict[str, Parameter] = {}
        at = 0
        while at + 3 <= len(self.data):
            name = self.data[at : at + 3].decode("latin-1")
            if name == "END":
                return found
            if at + 8 > len(self.data) or not name.isalnum() or name != name.upper() or self.data[at + 3]:
                break
            kind, n_words = struct.unpack_from("<HH", self.data, at + 4)
            value = self.data[at + 8 : at + 8 + 2 * n_words]
            if len(value) < 2 * n_words or name in found:
                break
            if kind == _WHOLE and n_words == 2:
                found[name] = int(struct.unpack("<i", value)[0])
            elif kind == _REAL and n_words == 4:
                found[name] = float(struct.unpack("<d", value)[0])
            elif 2 <= kind <= 4:
                found[name] = value.partition(b"\0")[0].decode("latin-1")
            else:
                break
            at += 8 + 2 * n_words
        raise ValueError(f"byte {self.start + at}: the list of parameters is broken")


@dataclass(frozen=True, slots=True)
class Spectrum:
    """A row of numbers with the parameters that describe it."""

    block: Block
    status: dict[str, Parameter]
    x: np.ndarray
    y: np.ndarray

    def number(self, name: str) -> float:
        """Return a parameter that is a number."""
        return _number(self.status, name, self.block.start)


def blocks_of(data: bytes, name: str) -> tuple[list[Block], int]:
    """Return the blocks of a file in the order of its directory, and how many it says there are.

    Raises
    ------
    ValueError
        If a block lies outside of the file, or in another one; says where.
    """
    parse: Any = library("brukeropus.file.parse", "brukeropus", name)
    if len(data) < 24:
        raise ValueError(f"it has {len(data)} bytes, less than its header")
    _, start, most, n_said = parse.parse_header(data)
    if not (24 <= start <= len(data) - 12 and most > 0):
        raise ValueError(f"byte 12: the directory cannot begin at {start}")
    blocks = []
    for kind, size, at in parse.parse_directory(data[start : start + 12 * min(most, len(data) // 12)]):
        if size < 0 or at < 24 or at + size > len(data):
            raise ValueError(f"the block {kind} should lie at bytes {at} to {at + size} of {len(data)}")
        blocks.append(Block(kind, at, data[at : at + size]))
    ordered = sorted(blocks, key=lambda block: block.start)
    for one, other in pairwise(ordered):
        if one.start + len(one.data) > other.start:
            raise ValueError(f"the blocks {one.kind} and {other.kind} overlap at byte {other.start}")
    return blocks, n_said


def spectra_of(blocks: list[Block]) -> list[Spectrum]:
    """Return each block of numbers with its status block; those of one type are paired by their extremes, then order.

    Raises
    ------
    ValueError
        If numbers have no status, a status has no numbers, or the status cannot be that of its numbers.
    """
    statuses = [(block, block.parameters()) for block in blocks if block.is_status]
    found = []
    for block in sorted((b for b in blocks if b.is_numbers), key=lambda b: b.start):
        kind = (*block.kind[:2], *block.kind[3:])
        fitting = [s for s in statuses if (*s[0].kind[:2], *s[0].kind[3:]) == kind]
        if not fitting:
            raise ValueError(f"byte {block.start}: nothing says what the numbers of the block {block.kind} are")
        chosen = fitting[0] if len(fitting) == 1 else next((s for s in fitting if _is_of(block, s[1])), fitting[0])
        statuses.remove(chosen)
        found.append(_spectrum(block, chosen[1]))
    return found


def _is_of(block: Block, status: dict[str, Parameter]) -> bool:
    try:
        spectrum = _spectrum(block, status)
    except ValueError:
        return False
    said = np.array([spectrum.number("MNY"), spectrum.number("MXY")])
    held = np.array([spectrum.y.min(), spectrum.y.max()])
    return bool(np.allclose(said, held, rtol=1e-6, atol=1e-6 * float(np.abs(said).max())))


def _spectrum(block: Block, status: dict[str, Parameter]) -> Spectrum:
    n, kind = status.get("NPT"), status.get("DPF", 1)
    if not isinstance(n, int) or not _FEWEST_POINTS <= n <= len(block.data) // 4:
        raise ValueError(f"byte {block.start}: {n!r} points cannot lie in a block of {len(block.data)} bytes")
    if kind not in (1, 2):
        raise ValueError(f"byte {block.start}: numbers of the format {kind!r} are not read")
    raw = np.frombuffer(block.data, "<f4" if kind == 1 else "<i4", n)
    if kind == 1 and not np.isfinite(raw).all():
        raise ValueError(f"byte {block.start}: point {int(np.argmin(np.isfinite(raw)))} is no finite number")
    first, last, factor = (_number(status, name, block.start) for name in ("FXV", "LXV", "CSF"))
    return Spectrum(block, status, np.linspace(first, last, n), raw.astype(np.float64) * factor)


def _number(status: dict[str, Parameter], name: str, start: int) -> float:
    value = status.get(name)
    if isinstance(value, str) or value is None or not isfinite(value):
        raise ValueError(f"byte {start}: the parameter {name} of these numbers is {value!r}")
    return float(value)
