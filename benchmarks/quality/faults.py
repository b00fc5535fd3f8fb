"""Groups of replicates, histories of a control and sessions: clean, or with one planted fault each. Seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.quality.planted import (
    AXES,
    MODALITIES,
    Mounting,
    Specimen,
    measure,
    mounting,
    numbers_of,
    reading_of,
    specimen,
)
from services.curation.quality.control import ControlChart
from services.curation.quality.drift import session_drift
from services.curation.quality.replicates import replicate_doubts
from services.curation.quality.spikes import spikes
from services.records.doubt import Doubt
from services.records.reading import Amount, Reading

KINDS = ("spikes", "duplicate", "outlier", "control out of its chart", "session drift")
COPIES = ("same", "scaled", "shifted", "rounded", "drawn anew", "turned around")


def group(modality: str, n: int, rng: np.random.Generator) -> tuple[Specimen, list[Reading]]:
    """Measure a specimen n times, each mounted anew."""
    thing = specimen(modality, rng)
    return thing, [measure(thing, mounting(modality, rng), rng) for _ in range(n)]


def doubts_of_group(readings: list[Reading]) -> list[tuple[int, Doubt]]:
    """Judge a group as ingest does: each by itself for spikes, then beside the others."""
    found = [(i, d) for i, r in enumerate(readings) for c in r.curves for d in spikes(c, r.modality)]
    beside = replicate_doubts({f"M-{i:03d}": reading for i, reading in enumerate(readings)})
    return found + [(int(name[2:]), doubt) for name, doubts in beside.items() for doubt in doubts]


def with_spike(reading: Reading, rng: np.random.Generator) -> Reading:
    """Add a spike of one to three points, at least 25 times the noise and 5 % of the range."""
    x, y = numbers_of(reading)
    stop = int(np.argmax(y)) if reading.modality == "tensile" else len(y)
    at = int(rng.integers(20, max(21, stop - 20)))
    noise = 1.4826 * float(np.median(np.abs(np.diff(y[max(0, at - 40) : at + 40])))) / np.sqrt(2)
    height = max(rng.uniform(0.05, 0.5) * float(np.ptp(y)), 25 * noise)
    sign = -1 if reading.modality not in ("Raman", "WAXS") and rng.random() < 0.5 else 1
    for place, share in enumerate(([1.0], [1.0, 0.5], [0.5, 1.0, 0.5])[int(rng.integers(0, 3))]):
        y[at + place] += sign * share * height
    return reading_of(reading.modality, x, y)


def copied(reading: Reading, how: str, rng: np.random.Generator) -> Reading:
    """Make a copy that is no repeat."""
    if reading.modality == "amounts":
        return Reading(modality="amounts", amounts=dict(reading.amounts))
    x, y = numbers_of(reading)
    noise = 1.4826 * float(np.median(np.abs(np.diff(y)))) / np.sqrt(2)
    match how:
        case "scaled":
            y = y * rng.uniform(0.5, 2)
        case "shifted":
            x = x + rng.uniform(0.3, 3) * (x[1] - x[0])
        case "rounded":
            step = 10.0 ** np.floor(np.log10(max(noise, 1e-4 * float(np.ptp(y)))))
            y = np.round(y / step) * step
        case "drawn anew":
            even = np.linspace(x[0], x[-1], int(len(x) * rng.uniform(0.6, 1.3)))
            x, y = even, np.interp(even, x, y)
        case "turned around":
            y = y[::-1].copy()
    return reading_of(reading.modality, x, y)


def outlying(thing: Specimen, rng: np.random.Generator) -> Reading:
    """Measure another specimen, or the same one wrongly."""
    modality = thing.modality
    usual = mounting(modality, rng)
    if modality == "amounts":
        reading = measure(thing, usual, rng)
        wrong = str(rng.choice(list(reading.amounts)))
        by = {"density": 0.03, "MFR": 0.6, "ash": 0.6, "Charpy": 1.2}[wrong]
        amount = reading.amounts[wrong]
        value = amount.value * (1 + by * rng.choice([-0.7, 1.0]))
        return Reading(modality="amounts", amounts={**reading.amounts, wrong: Amount(float(value), amount.unit)})
    if modality == "tensile":
        values = dict(thing.values)
        values["yield"] *= float(rng.choice([0.5, 1.8]))
        return measure(replace(thing, values=values), usual, rng)
    if rng.random() < 0.5:
        return measure(specimen(modality, rng), usual, rng)
    _, _, low, high, *_ = AXES[modality]
    return measure(
        thing, replace(usual, shift=float(rng.choice([-1, 1]) * rng.uniform(0.018, 0.028)) * (high - low)), rng
    )


def planted(kind: str, modality: str, rng: np.random.Generator) -> bool:
    """Plant one fault, and say whether it is found where it is, for what it is."""
    n = int(rng.integers(3, 7))
    thing, readings = group(modality, n, rng)
    bad = int(rng.integers(0, n))
    match kind:
        case "spikes":
            spoilt = with_spike(readings[bad], rng)
            return bool(spikes(spoilt.curves[0], modality))
        case "duplicate":
            source = (bad + 1) % n
            readings[bad] = copied(readings[source], str(rng.choice(COPIES)), rng)
        case "outlier":
            readings[bad] = outlying(thing, rng)
        case "control out of its chart":
            history, judged = control(thing, int(rng.integers(8, 21)), rng, drifted=True)
            return bool(ControlChart().judge(history, judged).doubts)
        case "session drift":
            sessions, bad_session = sessions_of(thing, int(rng.integers(4, 9)), rng, drifted=True)
            found = session_drift(sessions)
            return bool(found[bad_session]) and not any(d for name, d in found.items() if name != bad_session)
    found_kinds = {(index, doubt.kind) for index, doubt in doubts_of_group(readings)}
    return (bad, kind) in found_kinds


def steady(modality: str, rng: np.random.Generator) -> Mounting:
    """Mount a control specimen: with more care than another."""
    usual = mounting(modality, rng)
    if modality in ("tensile", "amounts"):
        return usual
    _, _, low, high, *_ = AXES[modality]
    scale = float(np.exp(rng.normal(0, 0.003 if modality == "TG" else 0.02)))
    shift = float(rng.normal(0, 0.0003)) * (high - low)
    return replace(usual, shift=shift, scale=scale, offset=usual.offset / 3, slope=usual.slope / 3, bow=usual.bow / 3)


def control(thing: Specimen, n: int, rng: np.random.Generator, *, drifted: bool) -> tuple[list[Reading], Reading]:
    """Measure a control n times and once more; the last one wrongly, where it is drifted."""
    history = [measure(thing, steady(thing.modality, rng), rng) for _ in range(n)]
    return history, _off(thing, rng) if drifted else measure(thing, steady(thing.modality, rng), rng)


def sessions_of(
    thing: Specimen, n: int, rng: np.random.Generator, *, drifted: bool
) -> tuple[dict[str, list[Reading]], str]:
    """Measure a control in n sessions, once to three times each; the last session is drifted, or none."""
    sessions = {
        f"day {i + 1}": [measure(thing, steady(thing.modality, rng), rng) for _ in range(rng.integers(1, 4))]
        for i in range(n - 1)
    }
    last = f"day {n}"
    sessions[last] = [_off(thing, rng) if drifted else measure(thing, steady(thing.modality, rng), rng)]
    return sessions, last


def _off(thing: Specimen, rng: np.random.Generator) -> Reading:
    usual, modality = steady(thing.modality, rng), thing.modality
    if modality == "amounts":
        reading = measure(thing, usual, rng)
        wrong = {n: Amount(a.value * float(rng.choice([0.4, 2.2])), a.unit) for n, a in reading.amounts.items()}
        return Reading(modality="amounts", amounts=wrong)
    if modality == "tensile" or rng.random() < 0.4:
        by = 1.12 if modality == "TG" else 1.5
        return measure(thing, replace(usual, scale=usual.scale * float(rng.choice([1 / by, by]))), rng)
    _, _, low, high, *_ = AXES[modality]
    return measure(thing, replace(usual, shift=float(rng.choice([-1, 1])) * 0.01 * (high - low)), rng)


def clean_groups(n: int, rng: np.random.Generator) -> Iterator[tuple[str, list[tuple[int, Doubt]]]]:
    """Judge n clean groups of two to six replicates, one modality after the other."""
    for i in range(n):
        modality = MODALITIES[i % len(MODALITIES)]
        _, readings = group(modality, int(rng.integers(2, 7)), rng)
        yield modality, doubts_of_group(readings)
