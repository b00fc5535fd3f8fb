"""What a file of an instrument holds, once read: curves, images and numbers, with all that it says of itself.

Values; reads no file. A reader gives a `Reading` for each specimen or test piece of a file. What the file claims of its
content stands beside what was found there, so that a file that lies is found out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Literal

import numpy as np

from services.records.curve import Curve

__all__ = ["Amount", "Claim", "ClaimKind", "Facts", "Image", "Reading", "ReadingError"]

ClaimKind = Literal["points", "first", "last", "step", "smallest", "largest", "checksum", "order", "unit", "size"]


class ReadingError(ValueError):
    """A reading contradicts itself."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, empty where it has none; `limit` says that it is a bound: the value lies beyond it."""

    value: float
    unit: str = ""
    limit: Literal["", "<", ">"] = ""

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            raise ReadingError(f"an amount is a finite number, got {self.value!r} {self.unit}".rstrip())

    def __str__(self) -> str:
        return f"{self.limit}{self.value:g} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a file says of its own content, and what was found.

    Parameters
    ----------
    kind
        What it speaks of: number of points, first or last value of the axis, its step, extremes, a checksum, the order
        of its lines, a unit, a size in bytes.
    about
        The quantity, or the place in the file.
    said, found
        Numbers to compare, or words.
    tolerance
        By how much numbers may differ: rounding in the file's own digits, no more.
    """

    kind: ClaimKind
    about: str
    said: float | str
    found: float | str
    tolerance: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the file keeps its word."""
        if isinstance(self.said, str) or isinstance(self.found, str):
            return self.said == self.found
        return abs(self.said - self.found) <= self.tolerance

    def __str__(self) -> str:
        return f"{self.kind} of {self.about}: the file says {_shown(self.said)}, it holds {_shown(self.found)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says of the measurement, as far as it does. Texts as they stand there; empty where it is silent.

    Parameters
    ----------
    specimen
        What the file calls the specimen: a name, an id, a remark.
    measured_at
        When, as the instrument's clock had it; without a zone where the file names none.
    conditions
        Numbers that it was measured under, by quantity: heating rate, wavelength, speed, mass.
    texts
        Every field of the header that the reader understood as a field, by its name in the file.
    """

    specimen: str = ""
    instrument: str = ""
    operator: str = ""
    session: str = ""
    measured_at: datetime | None = None
    conditions: Mapping[str, Amount] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Image:
    """A picture with its scale.

    Parameters
    ----------
    pixels
        Shape (rows, columns) or (rows, columns, colours), unsigned integers or floats as the file has them.
    um_per_pixel
        Length of a pixel's side, µm; None where the file does not say: then nothing can be measured in it.
    """

    pixels: np.ndarray
    um_per_pixel: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim not in (2, 3) or 0 in self.pixels.shape:
            raise ReadingError(f"an image has rows and columns, got shape {self.pixels.shape}")
        if self.um_per_pixel is not None and not 0 < self.um_per_pixel < float("inf"):
            raise ReadingError(f"the side of a pixel is a positive length, got {self.um_per_pixel!r} µm")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """What a file holds of one specimen or test piece.

    Parameters
    ----------
    modality
        Kind of analysis or test, as a definition names it (``FTIR``, ``TG``); empty where the file may be of several.
    curves, images, amounts
        What was measured; at least one of anything.
    facts
        What the file says of the measurement.
    claims
        What it says of its content, each with what was found.
    notes
        What was decided, filled or skipped while reading, for people, with the place.
    label
        Which of several readings of one file this is: name of the bar, sheet, column or row; empty where it is alone.
    """

    modality: str = ""
    curves: tuple[Curve, ...] = ()
    images: tuple[Image, ...] = ()
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        if not (self.curves or self.images or self.amounts):
            raise ReadingError(f"{self.label or 'a reading'} holds neither a curve nor an image nor a number")

    @property
    def broken_claims(self) -> tuple[Claim, ...]:
        """What the file says of itself and does not hold."""
        return tuple(claim for claim in self.claims if not claim.holds)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
