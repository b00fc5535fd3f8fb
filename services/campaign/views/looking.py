"""One measurement or several, as they are shown to somebody who looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from loop.values import Frozen
from services.records.curve import SegmentKind
from services.records.measurement import Judgement

__all__ = [
    "ChannelView",
    "CurveView",
    "DecisionView",
    "ImageView",
    "SegmentView",
    "ShownMeasurementView",
    "ShownView",
]


class ChannelView(Frozen):
    """Numbers of one quantity along a curve; null where none is finite."""

    quantity: str
    unit: str = Field(description="Empty for a number without one, and where the file says none.")
    n_points: int
    first: float | None
    last: float | None
    smallest: float | None
    largest: float | None


class SegmentView(Frozen):
    """A stretch of a program."""

    kind: SegmentKind
    name: str
    start: int = Field(description="First point, from 0.")
    stop: int = Field(description="The point behind the last.")
    rate_K_per_min: float | None = Field(description="Negative while cooling; null where the file does not say.")  # noqa: N815 - K is the unit
    gas: str


class CurveView(Frozen):
    """One curve."""

    name: str
    channels: tuple[ChannelView, ...] = Field(description="The axis first.")
    segments: tuple[SegmentView, ...]
    was_reversed: bool = Field(description="Whether its file descends along the axis.")


class ImageView(Frozen):
    """One image."""

    name: str
    rows: int
    columns: int
    um_per_pixel: float | None = Field(description="Side of a pixel, µm; null where the file does not say.")


class DecisionView(Frozen):
    """What a person, a check or a policy decided."""

    at: datetime
    actor: str
    what: str
    to: str = Field(description="What it was linked to; empty for other decisions.")
    reason: str


class ShownMeasurementView(Frozen):
    """One measurement."""

    id: str = Field(description="Empty where its file was not taken in.")
    file: str = Field(description="Name of its file.")
    hash: str = Field(description="SHA-256 of the file's bytes.")
    reader: str
    number: int = Field(description="Which of its file, from 1.")
    label: str
    modality: str = Field(description="Empty where the file may be of several.")
    campaign: str
    proposal: str
    specimen: str
    waits_because: str = Field(description="Why nobody can tell whose it is.")
    suggestion: str
    judgement: Judgement | None = Field(description="Whether it may train anything; null where it was not taken in.")
    doubts: tuple[str, ...] = Field(description="What looks wrong.")
    decisions: tuple[DecisionView, ...]
    said: Mapping[str, str] = Field(description="What the file says of itself.")
    piece: Mapping[str, str] = Field(description="What is known of the test piece.")
    conditions: Mapping[str, str]
    amounts: Mapping[str, str]
    curves: tuple[CurveView, ...]
    program: tuple[str, ...] = Field(
        description="Of a thermal analysis: its stretches, which way exo points, and what is not known; else empty."
    )
    images: tuple[ImageView, ...]
    claims: tuple[str, ...] = Field(description="What the file says of its content; all of it holds.")
    notes: tuple[str, ...] = Field(description="What was decided, filled or skipped while reading.")
    unreadable: str = Field(description="Why its kept file cannot be read any more; empty where it can.")


class ShownView(Frozen):
    """What was looked at, and the pictures of it."""

    what: str
    measurements: tuple[ShownMeasurementView, ...]
    page: str = Field(description="The page with pictures, HTML.")
    picture: str = Field(description="The pictures alone, PNG; empty where there is nothing to draw.")
