"""What looks wrong in a measurement, in words with the numbers. A value: whoever sees it decides nothing."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Doubt", "DoubtKind"]

DoubtKind = Literal[
    "axis out of range",
    "value out of range",
    "unit suspected",
    "flat",
    "saturated",
    "spikes",
    "break in the curve",
    "duplicate",
    "outlier",
    "control out of its chart",
    "session drift",
]


class Doubt(NamedTuple):
    """One thing that looks wrong: of which kind, in what, and in words with the numbers."""

    kind: DoubtKind
    about: str
    message: str
