"""Show what was looked at: as the shape that is printed, and as the leaves of the page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from services.campaign.looking.gather import Seen
from services.campaign.looking.programs import program_lines
from services.campaign.views.looking import (
    ChannelView,
    CurveView,
    DecisionView,
    ImageView,
    SegmentView,
    ShownMeasurementView,
)
from services.records.curve import Channel, Curve
from services.records.measurement import Measurement
from services.records.reading import Reading
from services.report.measurement_page import Fact, Leaf
from services.report.pictures.axis_words import quantity_words, unit_words
from services.report.tables import Cell, Head, Table, number, words

__all__ = ["heading", "leaf_of", "shown"]

_MOST_LISTED = 200


def shown(seen: Seen) -> ShownMeasurementView:
    """Show one measurement."""
    kept = seen.measurement or Measurement(id="", file=seen.hash, number=seen.number)
    reading = seen.reading
    return ShownMeasurementView(
        id=kept.id,
        file=seen.file,
        hash=seen.hash,
        reader=seen.reader,
        number=seen.number,
        label=seen.label,
        modality=seen.modality,
        campaign=kept.campaign,
        proposal=kept.proposal,
        specimen=kept.specimen,
        waits_because=kept.waits_because,
        suggestion=kept.suggestion,
        judgement=seen.measurement.judgement if seen.measurement is not None else None,
        doubts=seen.doubts,
        decisions=tuple(
            DecisionView(at=one.at, actor=one.actor, what=one.what, to=one.to, reason=one.reason)
            for one in seen.decisions
        ),
        said=_said(reading, kept),
        piece=dict(_piece(kept)),
        conditions=_texts(reading.facts.conditions) if reading is not None else _mapping(kept.facts.get("conditions")),
        amounts=_texts(reading.amounts) if reading is not None else dict(kept.content.amounts),
        curves=tuple(_curve(curve) for curve in reading.curves) if reading is not None else (),
        program=program_lines(reading) if reading is not None else (),
        images=tuple(
            ImageView(
                name=image.name,
                rows=image.pixels.shape[0],
                columns=image.pixels.shape[1],
                um_per_pixel=image.um_per_pixel,
            )
            for image in (reading.images if reading is not None else ())
        ),
        claims=tuple(f"{claim.kind} of {claim.about}" for claim in (reading.claims if reading is not None else ())),
        notes=reading.notes if reading is not None else (),
        unreadable=seen.fault,
    )


def heading(view: ShownMeasurementView) -> str:
    """Name a measurement: its modality, its label, its id."""
    return " · ".join(filter(None, (view.modality or "modality not said", view.label, view.id)))


def leaf_of(view: ShownMeasurementView, seen: Seen) -> Leaf:
    """Lay a measurement out for the page."""
    texts = seen.reading.facts.texts if seen.reading is not None else {}
    tables = [("", _channels(view))] if view.curves else []
    if view.amounts:
        rows = [(words(quantity_words(name, view.modality)), words(text)) for name, text in view.amounts.items()]
        tables.append(("Amounts", Table.of((Head("name"), Head("amount")), rows[:_MOST_LISTED])))
    return Leaf(
        heading=heading(view),
        facts=tuple(_facts(view)),
        tables=tuple(tables),
        claims=view.claims,
        fields=tuple((name, str(text)) for name, text in texts.items()),
    )


def _facts(view: ShownMeasurementView) -> Iterator[Fact]:
    yield Fact("file", f"{view.file} (SHA-256 {view.hash[:12]}…, read as {view.reader})")
    if view.unreadable:
        yield Fact("cannot be read", view.unreadable, is_bad=True)
    if view.judgement is None:
        yield Fact("taken in", "not yet")
    else:
        whose = view.specimen or view.proposal
        waits = f"waits: {view.waits_because}" + (f" ({view.suggestion})" if view.suggestion else "")
        yield Fact("specimen", whose or waits, is_bad=not whose)
        yield Fact("judgement", view.judgement, is_bad=view.judgement != "kept")
    for doubt in view.doubts:
        yield Fact("doubt", doubt, is_bad=True)
    for one in view.decisions:
        to = f" to {one.to}" if one.to else ""
        yield Fact("decided", f"{one.at:%Y-%m-%d %H:%M} {one.actor}: {one.what}{to}; {one.reason}".rstrip("; "))
    for name, text in {**view.said, **view.piece, **view.conditions}.items():
        yield Fact(quantity_words(name), text)
    if view.program:
        yield Fact("program", "\n".join(view.program))
    for image in view.images:
        scale = f"{image.um_per_pixel:g} µm a pixel" if image.um_per_pixel else "no scale"
        yield Fact("image", f"{image.columns} × {image.rows} pixels, {scale}")
    for note in view.notes:
        yield Fact("note", note)


def _channels(view: ShownMeasurementView) -> Table:
    heads = ("curve", "quantity", "unit", "points", "first", "last", "smallest", "largest")
    looks = ("", "", "", *["number"] * 5)
    is_named = any(curve.name or curve.was_reversed for curve in view.curves)
    rows: list[tuple[Cell, ...]] = []
    ruled: list[int] = []
    for curve in view.curves:
        ruled.append(len(rows))
        for place, channel in enumerate(curve.channels):
            numbers = (channel.first, channel.last, channel.smallest, channel.largest)
            turned = "turned around: its file descends" if curve.was_reversed else ""
            name = ", ".join(filter(None, (curve.name, turned))) if place == 0 else ""
            rows.append(
                (
                    *((words(name),) if is_named else ()),
                    words(quantity_words(channel.quantity, view.modality)),
                    words(unit_words(channel.unit) or "–"),
                    number(str(channel.n_points)),
                    *(number("–" if value is None else f"{value:.7g}") for value in numbers),
                )
            )
    named = [Head(text, look=look) for text, look in zip(heads, looks, strict=True)]
    return Table.of(named if is_named else named[1:], rows[:_MOST_LISTED], ruled=ruled[1:])


def _curve(curve: Curve) -> CurveView:
    return CurveView(
        name=curve.name,
        channels=tuple(_channel(channel) for channel in (curve.axis, *curve.channels)),
        segments=tuple(
            SegmentView(
                kind=segment.kind,
                name=segment.name,
                start=segment.start,
                stop=segment.stop,
                rate_K_per_min=segment.rate_K_per_min,
                gas=segment.gas,
            )
            for segment in curve.segments
        ),
        was_reversed=curve.was_reversed,
    )


def _channel(channel: Channel) -> ChannelView:
    values = channel.values
    finite = values[np.isfinite(values)]
    return ChannelView(
        quantity=channel.quantity,
        unit=channel.unit,
        n_points=len(values),
        first=_finite(values[0]),
        last=_finite(values[-1]),
        smallest=float(finite.min()) if len(finite) else None,
        largest=float(finite.max()) if len(finite) else None,
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _said(reading: Reading | None, kept: Measurement) -> dict[str, str]:
    """List what the file says of itself; what was written down of it where it cannot be read."""
    if reading is None:
        told = {
            "file_says_specimen": str(kept.facts.get("specimen") or ""),
            "instrument": kept.instrument,
            "operator": kept.operator,
            "session": kept.session,
            "measured": kept.measured_at,
        }
    else:
        facts = reading.facts
        told = {
            "file_says_specimen": facts.specimen,
            "instrument": facts.instrument or kept.instrument,
            "operator": facts.operator or kept.operator,
            "session": facts.session or kept.session,
            "measured": facts.measured_at.isoformat(sep=" ") if facts.measured_at else kept.measured_at,
        }
    return {name: text for name, text in told.items() if text}


def _piece(kept: Measurement) -> Iterator[tuple[str, str]]:
    piece = kept.piece
    for name, text in (
        ("batch", piece.batch),
        ("moulding_run", piece.moulding_run),
        ("bar", piece.bar),
        ("moulded_on", piece.moulded_on.isoformat() if piece.moulded_on is not None else ""),
        ("conditioning", piece.conditioning),
    ):
        if text:
            yield name, text


def _texts(amounts: Mapping[str, object]) -> dict[str, str]:
    return {name: str(amount) for name, amount in amounts.items()}


def _mapping(told: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in told.items()} if isinstance(told, Mapping) else {}
