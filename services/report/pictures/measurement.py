"""What to draw of measurements, by modality, as the field draws them: `panels_of` describes, others draw.

Wavenumbers of infrared run from high on the left, Raman shifts from low; thermograms run over temperature, programs
over time; bars of one tensile test stand in one picture. What no rule knows is drawn over its axis with its units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.records.curve import Channel, Curve
from services.records.reading import Reading
from services.report.pictures.amounts import amount_panels
from services.report.pictures.axis_words import axis_label, quantity_words
from services.report.pictures.panels import Axis, Line, Lines, Panel, Photo
from services.report.pictures.programs import is_program, runs_of

__all__ = ["Drawn", "panels_of"]

_MOST_LINES = 240
_THERMAL = frozenset({"mass", "mass_loss", "mass_rate", "heat_flow", "delta_temperature", "heat_capacity"})
_STRETCHES = ("strain", "nominal_strain", "extension", "crosshead")
_PULLS = ("stress", "force")
_BEGINNING_PERCENT = 10.0
_NOT_DRAWN = frozenset({"index", "segment"})
"""Channels that count and measure nothing."""
_NO_MODALITY = "modality not said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A reading to draw, and what it is called beside others; empty where it is alone."""

    reading: Reading
    name: str = ""
    modality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stroke:
    """One line and the picture that it belongs to."""

    modality: str
    x: Axis
    y: Axis
    line: Line
    over: str
    curve: Curve
    second: tuple[Axis, Line] | None = None
    note: str = ""
    is_strain_percent: bool = False


def panels_of(drawn: Sequence[Drawn]) -> tuple[Panel, ...]:
    """Describe the pictures of some measurements: what has the same axes stands in one."""
    strokes: dict[tuple[object, ...], list[_Stroke]] = {}
    photos = list[Panel]()
    for one in drawn:
        modality = one.modality or one.reading.modality
        for curve in one.reading.curves:
            name = " · ".join(part for part in (one.name, curve.name if len(one.reading.curves) > 1 else "") if part)
            for stroke in _strokes(curve, modality, name, one.reading):
                strokes.setdefault((stroke.modality, stroke.x, stroke.y, stroke.over), []).append(stroke)
        photos += [_photo(one, modality, number) for number in range(len(one.reading.images))]
    amounts = amount_panels([(one.name, one.modality or one.reading.modality, one.reading.amounts) for one in drawn])
    drawn_lines = [panel for own in strokes.values() for panel in _with_beginning(_panel(own), own[0])]
    return (*drawn_lines, *photos, *amounts)


def _panel(strokes: Sequence[_Stroke]) -> Lines:
    first, shown = strokes[0], strokes[:_MOST_LINES]
    seconds = {id(stroke.second[1].x): stroke.second[1] for stroke in shown if stroke.second is not None}
    more = len(strokes) - len(shown)
    notes = dict.fromkeys(stroke.note for stroke in shown if stroke.note)
    told = [*notes, f"the first {len(shown)} of {len(strokes)} are drawn"] if more else list(notes)
    return Lines(
        title=f"{first.modality or _NO_MODALITY}: {first.over}",
        x=first.x,
        y=first.y,
        lines=(*_told_apart(shown), *seconds.values()),
        second=first.second[0] if first.second is not None else None,
        note="; ".join(told),
    )


def _with_beginning(whole: Lines, stroke: _Stroke) -> Iterator[Lines]:
    """Show where bars are drawn out what they do before: slope and yield point."""
    yield whole
    if not stroke.is_strain_percent or max(np.nanmax(line.x) for line in whole.lines) < 3 * _BEGINNING_PERCENT:
        return
    near = []
    for line in whole.lines:
        is_near = ~(line.x > _BEGINNING_PERCENT)
        near.append(replace(line, x=line.x[is_near], y=line.y[is_near]))
    yield replace(whole, title=f"{whole.title}, up to {_BEGINNING_PERCENT:g} %", lines=tuple(near))


def _told_apart(strokes: Sequence[_Stroke]) -> Iterator[Line]:
    """Yield the lines of a picture; colours that mean a stretch of a program are kept where it shows one program."""
    is_one = len({id(stroke.curve) for stroke in strokes}) == 1
    for stroke in strokes:
        yield stroke.line if is_one else replace(stroke.line, colour="")


def _strokes(curve: Curve, modality: str, name: str, reading: Reading) -> Iterator[_Stroke]:
    """Choose what is drawn over what."""
    by_quantity = {channel.quantity: channel for channel in (curve.axis, *curve.channels)}
    if "temperature" in by_quantity and _THERMAL & set(by_quantity):
        yield from _thermal(curve, by_quantity, modality, name, reading)
        return
    stretch = next((by_quantity[one] for one in _STRETCHES if one in by_quantity), None)
    pull = next((by_quantity[one] for one in _PULLS if one in by_quantity), None)
    if stretch is not None and pull is not None:
        yield _stroke(curve, stretch, pull, modality, name)
        return
    for channel in curve.channels:
        if channel.quantity not in _NOT_DRAWN:
            yield _stroke(curve, curve.axis, channel, modality, name)


def _thermal(
    curve: Curve, by_quantity: Mapping[str, Channel], modality: str, name: str, reading: Reading
) -> Iterator[_Stroke]:
    """Draw over temperature; a program over time too, with the temperature beside it."""
    temperature, runs = by_quantity["temperature"], runs_of(curve)
    is_over_time = curve.axis.quantity == "time" and is_program(curve)
    for channel in (curve.axis, *curve.channels):
        if channel.quantity not in _THERMAL:
            continue
        is_heat = channel.quantity in ("heat_flow", "delta_temperature")
        note = exo_of(reading) if is_heat else ""
        if is_heat or not is_over_time:
            for run in runs:
                if run.is_over_temperature:
                    label = " · ".join(filter(None, (name, run.name if len(runs) > 1 else "")))
                    yield _stroke(curve, temperature, channel, modality, label, run.points, note, colour=run.colour)
        if is_over_time:
            told = Line(name="temperature", x=curve.axis.values, y=temperature.values, is_second=True)
            second = (Axis(label=axis_label(temperature.quantity, temperature.unit)), told)
            for run in runs:
                label = " · ".join(filter(None, (name, run.name if len(runs) > 1 else "")))
                yield _stroke(curve, curve.axis, channel, modality, label, run.points, note, second, run.colour)


def exo_of(reading: Reading) -> str:
    """Say which way a heat flow counts, in the file's own words."""
    for key, text in reading.facts.texts.items():
        if "exo" in key.casefold() or "endo" in key.casefold():
            return f"{key}: {text}"
        if any(word in text.casefold() for word in ("exo", "endo")) and len(text) < 60:
            return f"{key}: {text}"
    return "exo: not stated"


def _stroke(
    curve: Curve,
    x: Channel,
    y: Channel,
    modality: str,
    name: str,
    points: slice = slice(None),
    note: str = "",
    second: tuple[Axis, Line] | None = None,
    colour: str = "",
) -> _Stroke:
    is_infrared = x.quantity == "wavenumber" and modality != "Raman"
    over = f"{quantity_words(y.quantity, modality)} over {quantity_words(x.quantity, modality)}"
    return _Stroke(
        modality=modality,
        x=Axis(
            label=axis_label(x.quantity, x.unit, modality),
            is_reversed=is_infrared,
            is_log=x.quantity == "molar_mass" and bool(np.all(x.values > 0)),
        ),
        y=Axis(label=axis_label(y.quantity, y.unit, modality)),
        line=Line(name=name, x=x.values[points], y=y.values[points], colour=colour),
        over=over,
        curve=curve,
        second=second,
        note=note,
        is_strain_percent=x.quantity in ("strain", "nominal_strain") and x.unit == "%",
    )


def _photo(one: Drawn, modality: str, number: int) -> Photo:
    image = one.reading.images[number]
    names = [modality or _NO_MODALITY, one.name, image.name]
    if len(one.reading.images) > 1 and not image.name:
        names.append(f"image {number + 1}")
    return Photo(title=" · ".join(filter(None, names)), pixels=_bytes_of(image.pixels), um_per_pixel=image.um_per_pixel)


def _bytes_of(pixels: np.ndarray) -> np.ndarray:
    """Return an image as bytes: bytes as they are, others from their smallest to their largest value."""
    if pixels.ndim == 3:
        pixels = pixels[:, :, :3] if pixels.shape[2] >= 3 else pixels[:, :, 0]
    if pixels.dtype == np.uint8:
        return pixels
    numbers = pixels.astype(float)
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    scaled = (np.nan_to_num(numbers, nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    return np.asarray(np.round(255 * scaled), dtype=np.uint8)
