"""Readings of every kind, computed here, and measurements made of them as they are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.records.curve import Channel, Curve, Segment, curve_along
from services.records.measurement import KeptFile, Measurement, content_of, fingerprint_of, measurement_id
from services.records.reading import Amount, Facts, Image, Reading
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hat(x: np.ndarray, centre: float, width: float, height: float = 1.0) -> np.ndarray:
    return height * np.exp(-(((x - centre) / width) ** 2))


def spectrum(quantity: str = "absorbance", unit: str = "", modality: str = "FTIR") -> Reading:
    """A spectrum whose file descends."""
    x = np.linspace(4000, 400, 901)
    y = Channel(quantity, unit, hat(x, 1720, 15) + 0.01)
    return Reading(modality=modality, curves=(curve_along(Channel("wavenumber", "cm-1", x), y),))


def along(
    modality: str, x: tuple[str, str, float, float], y: tuple[str, str], n: int = 500, label: str = ""
) -> Reading:
    """One hat over any axis."""
    quantity, unit, low, high = x
    axis = np.linspace(low, high, n)
    channel = Channel(*y, hat(axis, (low + high) / 2, (high - low) / 20, 100))
    return Reading(
        modality=modality, curves=(Curve(axis=Channel(quantity, unit, axis), channels=(channel,)),), label=label
    )


def program(modality: str, quantity: str, unit: str, *, texts: dict[str, str] | None = None) -> Reading:
    """Heat, hold, cool, heat again, at 10 K/min; over time."""
    parts = [np.linspace(30, 200, 171), np.full(20, 200.0), np.linspace(200, 30, 171), np.linspace(30, 200, 171)]
    stops = np.cumsum([len(part) for part in parts])
    kinds = [("heat", 10.0), ("isothermal", None), ("cool", -10.0), ("heat", 10.0)]
    segments = tuple(
        Segment(kind=kind, start=int(stop) - len(part), stop=int(stop), rate_K_per_min=rate)  # type: ignore[arg-type]
        for (kind, rate), part, stop in zip(kinds, parts, stops, strict=True)
    )
    temperature = np.concatenate(parts)
    time = np.arange(len(temperature)) * 0.1
    channels = (Channel("temperature", "°C", temperature), Channel(quantity, unit, hat(temperature, 160, 5)))
    curve = Curve(axis=Channel("time", "min", time), channels=channels, segments=segments)
    conditions = {"mass": Amount(5.1, "mg"), "heating_rate": Amount(10, "K/min")}
    return Reading(modality=modality, curves=(curve,), facts=Facts(conditions=conditions, texts=texts or {}))


def bar(number: int, elongation: float) -> Reading:
    """A tensile bar, in % and MPa."""
    strain = np.linspace(0, elongation, 300)
    channel = Channel("stress", "MPa", 30 * (1 - np.exp(-strain / 2)))
    curve = Curve(axis=Channel("strain", "%", strain), channels=(channel,))
    return Reading(modality="tensile", curves=(curve,), label=f"Bar {number}")


def amounts(modality: str, label: str = "", **values: Amount) -> Reading:
    return Reading(modality=modality, amounts=values, label=label)


def micrograph(um_per_pixel: float | None = 0.5) -> Reading:
    pixels = np.tile(np.arange(160, dtype=np.uint16) * 300, (120, 1))
    return Reading(modality="microscopy", images=(Image(pixels=pixels, um_per_pixel=um_per_pixel),))


def measurement_of(reading: Reading, hash_: str, number: int = 1, **told: object) -> Measurement:
    """A measurement as the intake writes it down."""
    facts = reading.facts
    conditions = {name: str(amount) for name, amount in facts.conditions.items()}
    made = {
        "id": measurement_id(hash_, number),
        "file": hash_,
        "number": number,
        "label": reading.label,
        "modality": reading.modality,
        "measured_at": facts.measured_at.isoformat() if facts.measured_at else "",
        "content": content_of(reading),
        "fingerprint": fingerprint_of(reading),
        "facts": {"specimen": facts.specimen, "conditions": conditions},
    }
    return Measurement.model_validate(made | told)


def take_in(path: Path, blobs: Blobs, store: SqlMeasurements, **told: object) -> list[Measurement]:
    """Keep a file's bytes and write down what it holds."""
    read = read_source(Source(path.name, path.read_bytes()))
    blob = blobs.keep(path)
    made = [measurement_of(reading, blob.hash, n, **told) for n, reading in enumerate(read.readings, start=1)]
    file = KeptFile(hash=blob.hash, size=blob.size, name=path.name, received_at=NOON, reader=read.reader)
    assert store.take_in(file, made)
    return made
