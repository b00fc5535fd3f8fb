"""Melt flow by ISO 1133-1 at 230 °C and 2.16 kg, three cuts, as text; density by ISO 1183-1, three pieces, in Excel."""

from __future__ import annotations

import numpy as np

from campaigns.polypropylene.laboratory.behaviour import SCATTER, Properties
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.writing.facts import habits_for
from campaigns.polypropylene.laboratory.writing.text import delimited_text
from campaigns.polypropylene.laboratory.writing.workbook import workbook

__all__ = ["cuts_of", "density", "melt_flow"]

_N = 3
_DENSITY_SD = 0.0006  # g/cm³
_TOLD = ("Instrument", "Operator", "Date")


def melt_flow(piece: Piece, properties: Properties) -> LabFile:
    """Measure the melt flow rate of three cuts."""
    return _table(piece, "MFR (g/10 min)", cuts_of(piece, properties), "%.2f", name="mfr", modality="MFR")


def cuts_of(piece: Piece, properties: Properties) -> np.ndarray:
    """Return the melt flow rates of three cuts, g/10 min, shape (3,)."""
    drift = 1 + 0.01 * piece.session.gain
    return np.asarray(properties.melt_flow * drift * np.exp(SCATTER["melt_flow"][0] * piece.rng.standard_normal(_N)))


def density(piece: Piece, properties: Properties) -> LabFile:
    """Measure the density of three pieces; a person keeps it in a workbook."""
    values = properties.density + _DENSITY_SD * piece.rng.standard_normal(_N)
    told = (piece.session.instrument, piece.session.operator, piece.at.date())
    rows = [(f"{piece.label} {number}", round(float(v), 4), *told) for number, v in enumerate(values, start=1)]
    data = workbook("Density", ("Sample", "Density (g/cm³)", *_TOLD), rows, piece.at)
    return LabFile(name=f"{piece.label} density.xlsx", modality="density", labels=(piece.label,), data=data)


def _table(piece: Piece, header: str, values: np.ndarray, form: str, *, name: str, modality: str) -> LabFile:
    habits = habits_for(piece.session.instrument)
    cells = [(form % value).replace(".", habits.decimal) for value in values]
    labels = [f"{piece.label} {number}" for number in range(1, _N + 1)]
    told = ([word] * _N for word in (piece.session.instrument, piece.session.operator, f"{piece.at:%Y-%m-%d}"))
    names = ("Sample", header, *_TOLD)
    data = delimited_text((), [names], [labels, cells, *told], ("%s",) * len(names), habits)
    return LabFile(name=f"{piece.label} {name}.csv", modality=modality, labels=(piece.label,), data=data)
