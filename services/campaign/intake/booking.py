"""Turn what a file holds into measurements: whose each is, what looks wrong, what stands of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from services.campaign.intake.arrival import Arrival
from services.campaign.intake.rules import Rules
from services.curation.quality.spikes import spikes
from services.ingest.doubts import Plausible, doubts_of
from services.ingest.linking import Link, Naming
from services.ingest.reading import ReadFile
from services.records.doubt import Doubt, DoubtKind
from services.records.measurement import Measurement, content_of, fingerprint_of, measurement_id
from services.records.piece import Piece
from services.records.reading import Facts, Reading

__all__ = ["doubted", "linked", "measurements_in", "namings", "owner", "printable"]

_MOST_TEXTS, _LONGEST_TEXT = 300, 1000
"""What is kept of a header: the file itself is kept whole."""


def measurements_in(read: ReadFile, arrival: Arrival, hash_: str, rules: Rules) -> tuple[Measurement, ...]:
    """Make the measurements of a file that was read, in the order of its readings."""
    return tuple(
        _measurement(reading, number, arrival, hash_, rules) for number, reading in enumerate(read.readings, start=1)
    )


def namings(arrival: Arrival, facts: Facts, label: str = "") -> Iterator[Naming]:
    """List every place that may name the specimen of a reading: a person first, the file's name last."""
    if arrival.specimen:
        yield Naming("--specimen", arrival.specimen)
    if arrival.said is not None and arrival.said.specimen:
        yield Naming(f"the manifest ({arrival.said.where})", arrival.said.specimen)
    if facts.specimen:
        yield Naming("its header", facts.specimen)
    if label:
        yield Naming("its label", label)
    yield Naming("its name", arrival.name)


def linked(measurement: Measurement, whose: Link) -> Measurement:
    """Return a measurement that belongs to somebody."""
    told = {"campaign": whose.campaign, "proposal": whose.proposal, "specimen": whose.specimen}
    return measurement.model_copy(update={**told, "waits_because": "", "suggestion": ""})


def doubted(measurement: Measurement, kind: DoubtKind, message: str) -> Measurement:
    """Return a measurement with one doubt more; one that was excluded stays so."""
    judgement = "excluded" if measurement.judgement == "excluded" else "doubted"
    doubts = (*measurement.doubts, (kind, message))
    return measurement.model_copy(update={"doubts": doubts, "judgement": judgement})


def owner(measurement: Measurement) -> str:
    """Name whose a measurement is, for people."""
    return measurement.specimen or measurement.proposal or "nobody yet"


def printable(text: str) -> str:
    """Return a text that every database and terminal takes: bytes that are none, and control characters, replaced."""
    whole = text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in whole)[:_LONGEST_TEXT].strip()


def _measurement(reading: Reading, number: int, arrival: Arrival, hash_: str, rules: Rules) -> Measurement:
    facts, said = reading.facts, arrival.said
    whose = rules.names.whose(namings(arrival, facts, reading.label))
    modality = printable((said.modality if said is not None else "") or reading.modality)
    campaign = whose.campaign if isinstance(whose, Link) else ""
    seen = _doubts(replace(reading, modality=modality), rules.plausible(campaign))
    doubts = tuple((doubt.kind, doubt.message) for doubt in seen)
    measurement = Measurement(
        id=measurement_id(hash_, number),
        file=hash_,
        number=number,
        label=printable(reading.label),
        modality=modality,
        judgement="doubted" if doubts else "kept",
        doubts=doubts,
        instrument=printable(facts.instrument or (said.instrument if said is not None else "")),
        operator=printable(facts.operator or (said.operator if said is not None else "")),
        session=printable(facts.session or (said.session if said is not None else "")),
        measured_at=facts.measured_at.isoformat() if facts.measured_at is not None else "",
        content=content_of(reading),
        fingerprint=fingerprint_of(reading),
        facts=_facts(facts, reading.notes),
        piece=said.piece if said is not None else Piece(),
    )
    if isinstance(whose, Link):
        return linked(measurement, whose)
    return measurement.model_copy(update={"waits_because": whose.reason, "suggestion": whose.suggestion})


def _doubts(reading: Reading, known: Mapping[str, Plausible]) -> list[Doubt]:
    """List what looks wrong in a reading by itself; a jump that is a spike's is told as the spike alone."""
    spiky = list(chain.from_iterable(spikes(curve, reading.modality) for curve in reading.curves))
    about = {doubt.about for doubt in spiky}
    others = doubts_of(reading, known)
    return [d for d in others if not (d.kind == "break in the curve" and d.about in about)] + spiky


def _facts(facts: Facts, notes: tuple[str, ...]) -> dict[str, object]:
    return {
        "specimen": printable(facts.specimen),
        "conditions": {printable(name): str(amount) for name, amount in facts.conditions.items()},
        "texts": {printable(k): printable(v) for k, v in list(facts.texts.items())[:_MOST_TEXTS]},
        "notes": [printable(note) for note in notes[:_MOST_TEXTS]],
    }
