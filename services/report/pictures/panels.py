"""What a picture of a measurement shows, before anybody draws it: lines over an axis, bars, an image, a list. Values.

One description serves the page and the file for slides, so that both say the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.report.style import ACCENT, CONTRAST, GREY

__all__ = ["COLOURS", "Axis", "Bar", "Bars", "Line", "Lines", "Listing", "Panel", "Photo", "colours_of", "decade_below"]

COLOURS = (ACCENT, CONTRAST, "#009e73", "#cc79a7", "#e69f00", "#7f6bb3", GREY)
"""Told apart by every kind of eye, on light and on dark (Okabe and Ito 2008, but for the purple and the grey)."""
_RAMP = ("#0072b2", "#cc79a7", "#e69f00")
"""The ends and the middle of a row of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis: what stands on it with its unit, and which way it runs."""

    label: str
    is_reversed: bool = False
    is_log: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """One curve: shapes (n,) and (n,), in the order in which they were measured; not-a-number makes a gap.

    `is_second` draws it over the axis on the right, as what the instrument was told and not what it found. `colour` is
    that of what it means, where it means something.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    is_second: bool = False
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Curves over one axis; `second` is the axis on the right where a line needs it."""

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    second: Axis | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One amount; `is_limit` where only a bound is known, which `text` says."""

    name: str
    value: float
    text: str
    is_limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Amounts of one unit, from the top."""

    title: str
    x: Axis
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Photo:
    """An image, shape (rows, columns) or (rows, columns, 3) of bytes, and the side of a pixel where it is known."""

    title: str
    pixels: np.ndarray
    um_per_pixel: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Amounts that no axis joins: names and texts."""

    title: str
    rows: tuple[tuple[str, str], ...]
    note: str = field(default="")


Panel = Lines | Bars | Photo | Listing


def colours_of(lines: Sequence[Line]) -> list[str]:
    """Return a colour for each line: what it means, else told apart where few, in a row where many."""
    meant = [line.colour for line in lines]
    if all(meant):
        return meant
    n = len(lines)
    if n <= len(COLOURS):
        return list(COLOURS[:n])
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in _RAMP], float)
    places = np.linspace(0, len(_RAMP) - 1, n)
    mixed = np.column_stack([np.interp(places, range(len(_RAMP)), stops[:, i]) for i in range(3)])
    return ["#" + "".join(f"{round(level):02x}" for level in row) for row in mixed]


def decade_below(value: float) -> float:
    """Return the power of ten below a number, where a bar over a logarithm may begin."""
    power = 10.0 ** math.floor(math.log10(value))
    return power if power < value * 0.7 else power / 10
