"""What a file holds, as its maker knows it, and how a reading is held against that."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from services.records.reading import Reading

__all__ = ["Export", "Piece", "wrong_in"]

Channels = Mapping[tuple[str, str], np.ndarray]
"""Values by quantity and unit; the unit is empty where the file says none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """One specimen, bar or run of a file.

    Parameters
    ----------
    specimen, label
        What the file calls it; None where nothing is asked.
    channels
        All columns of numbers that are measured; an index is none.
    amounts
        Value, unit and ``<`` where it is a limit, by quantity.
    n_segments
        Stretches of its program, None where nothing is asked.
    """

    specimen: str | None = None
    label: str | None = None
    channels: Channels = field(default_factory=dict)
    amounts: Mapping[str, tuple[float, str, str]] = field(default_factory=dict)
    conditions: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    n_segments: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Export:
    """A file with what it holds, in the layout that `imitates` tells; without pieces it has to be refused.

    `modality` is empty where its columns leave it open.
    """

    name: str
    imitates: str
    data: bytes
    modality: str
    pieces: Sequence[Piece]


def wrong_in(export: Export, readings: Sequence[Reading]) -> list[str]:
    """Say everything in which readings are not what the file holds; nothing where they are right."""
    found = []
    if len(readings) != len(export.pieces):
        found.append(f"{len(readings)} readings of {len(export.pieces)}")
    if {reading.modality for reading in readings} != {export.modality}:
        found.append(f"modality {readings[0].modality!r}, not {export.modality!r}")
    for k, (reading, piece) in enumerate(zip(readings, export.pieces, strict=False), start=1):
        found += [f"{k}: {what}" for what in _wrong(reading, piece)]
    return found


def _wrong(reading: Reading, piece: Piece) -> Iterator[str]:
    if piece.specimen is not None and reading.facts.specimen != piece.specimen:
        yield f"specimen {reading.facts.specimen!r}, not {piece.specimen!r}"
    if piece.label is not None and reading.label != piece.label:
        yield f"label {reading.label!r}, not {piece.label!r}"
    if piece.channels:
        yield from _wrong_curves(reading, piece)
    for quantity, (value, unit, limit) in piece.amounts.items():
        amount = reading.amounts.get(quantity)
        if amount is None:
            yield f"no {quantity} among {', '.join(reading.amounts)}"
        elif (amount.unit, amount.limit) != (unit, limit) or not np.isclose(amount.value, value, rtol=1e-9):
            yield f"{quantity} {amount}, not {limit}{value:g} {unit}"
    unsaid = sorted(set(reading.amounts) - set(piece.amounts)) if piece.amounts else []
    if unsaid:
        yield f"{', '.join(unsaid)}: not in the file"
    for quantity, (value, unit) in piece.conditions.items():
        said = reading.facts.conditions.get(quantity)
        if said is None or said.unit != unit or not np.isclose(said.value, value):
            yield f"{quantity} {said}, not {value:g} {unit}"


def _wrong_curves(reading: Reading, piece: Piece) -> Iterator[str]:
    if len(reading.curves) != 1:
        yield f"{len(reading.curves)} curves"
        return
    curve = reading.curves[0]
    there = {(c.quantity, c.unit): c.values for c in (curve.axis, *curve.channels)}
    if set(there) != set(piece.channels):
        yield f"{_listed(there)}, not {_listed(piece.channels)}"
    for key in sorted(set(there) & set(piece.channels)):
        read, true = there[key], piece.channels[key]
        if len(read) == len(true) > 1 and np.isfinite(read).all() and (read[0] > read[-1]) != (true[0] > true[-1]):
            read = read[::-1]  # a curve stands along its axis, whichever way the file has it
        if len(read) != len(true) or not (
            np.allclose(read, true, rtol=1e-9, atol=1e-12, equal_nan=True)
            or np.allclose(read[::-1], true, rtol=1e-9, atol=1e-12, equal_nan=True)
        ):
            yield (
                f"values of {key[0]}: {len(read)} from {read[0]:g} to {read[-1]:g}, not {len(true)} from "
                f"{true[0]:g} to {true[-1]:g}"
            )
    if piece.n_segments is not None and len(curve.segments) != piece.n_segments:
        yield f"{len(curve.segments)} segments, not {piece.n_segments}"


def _listed(channels: Channels) -> str:
    return ", ".join(f"{quantity} [{unit}]" if unit else quantity for quantity, unit in channels)
