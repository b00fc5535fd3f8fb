"""Notched Charpy impact of ten bars by ISO 179-1/1eA at 23 °C, each with its type of break.

Which way a bar breaks follows its strength (declared): below about 12 kJ/m² completely, then with a hinge, above about
25 partially, and far above it does not break and has no value. Single bars scatter by 7 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory.behaviour import SCATTER, Properties
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.writing.facts import habits_for
from campaigns.polypropylene.laboratory.writing.text import delimited_text

__all__ = ["N_BARS", "ImpactBar", "charpy", "impact_bars"]

N_BARS = 10
_TYPES = ((12.0, "C"), (25.0, "H"), (45.0, "P"))
_WIDTH_MM, _THICKNESS_MM = 8.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactBar:
    """One bar: strength in kJ/m², which a bar of type N has not; remaining width and thickness in mm."""

    strength: float | None
    kind: str
    width: float
    thickness: float


def impact_bars(properties: Properties, rng: np.random.Generator) -> list[ImpactBar]:
    """Strike ten bars of a compound."""
    return [_struck(properties.impact_23, rng) for _ in range(N_BARS)]


def charpy(piece: Piece, properties: Properties) -> LabFile:
    """Test ten bars of a specimen: a table with a bar a row."""
    session = piece.session
    bars, habits = impact_bars(properties, piece.rng), habits_for(session.instrument)

    def cells(values: list[float | None], form: str) -> list[str]:
        return ["" if value is None else (form % value).replace(".", habits.decimal) for value in values]

    columns = [
        [f"{piece.label} {number}" for number in range(1, N_BARS + 1)],
        cells([bar.width for bar in bars], "%.2f"),
        cells([bar.thickness for bar in bars], "%.2f"),
        cells([bar.strength for bar in bars], "%.2f"),
        [bar.kind for bar in bars],
        ["A"] * N_BARS,
        cells([23.0] * N_BARS, "%.1f"),
        *(
            [told] * N_BARS
            for told in (session.instrument, session.id, session.operator, f"{piece.at:%Y-%m-%d %H:%M:%S}")
        ),
    ]
    names = (
        "Specimen",
        "Remaining width (mm)",
        "Thickness (mm)",
        "Impact strength (kJ/m²)",
        "Type of break",
        "Notch",
        "Temperature (°C)",
        "Instrument",
        "Session",
        "Operator",
        "Date",
    )
    data = delimited_text((), [names], columns, ["%s"] * len(columns), habits)
    return LabFile(name=f"{piece.label} charpy.csv", modality="charpy", labels=(piece.label,), data=data)


def _struck(strength: float, rng: np.random.Generator) -> ImpactBar:
    found = strength * float(np.exp(SCATTER["impact_23"][0] * rng.standard_normal()))
    kind = next((name for limit, name in _TYPES if found < limit * float(np.exp(0.1 * rng.standard_normal()))), "N")
    return ImpactBar(
        strength=None if kind == "N" else found,
        kind=kind,
        width=_WIDTH_MM + float(rng.normal(0, 0.03)),
        thickness=_THICKNESS_MM + float(rng.normal(0, 0.03)),
    )
