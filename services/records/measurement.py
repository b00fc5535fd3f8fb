"""One act of one instrument on one specimen, as it is kept: whose it is, what it holds, what is doubted. Values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from loop.values import Frozen
from services.records.piece import Piece
from services.records.reading import Reading

__all__ = [
    "Content",
    "Decision",
    "Judgement",
    "KeptFile",
    "Measurement",
    "content_of",
    "fingerprint_of",
    "measurement_id",
]

_SHOWN_DIGITS = 12
_TELLING_POINTS = 20

Judgement = Literal["kept", "doubted", "excluded"]
"""Whether it may train anything: kept; waiting for a person because something looks wrong; left out by one."""


class KeptFile(Frozen):
    """A raw file that was taken in. `hash` is the SHA-256 of its bytes; `name` is what it was called the first time.

    `refusal` and `hint` say why it cannot be read; empty where it was.
    """

    hash: str
    size: int
    name: str
    received_at: datetime
    reader: str = ""
    refusal: str = ""
    hint: str = ""


class Content(Frozen):
    """What a measurement holds, in short: quantity, unit, number of points, lowest and highest of each channel."""

    curves: tuple[tuple[tuple[str, str, int, float | None, float | None], ...], ...] = ()
    images: tuple[tuple[int, ...], ...] = ()
    amounts: Mapping[str, str] = {}

    @property
    def is_telling(self) -> bool:
        """True where there are so many numbers that the same ones twice are no chance: a curve or an image."""
        return bool(self.images) or any(
            n_points >= _TELLING_POINTS for curve in self.curves for _, _, n_points, *_ in curve
        )


class Measurement(Frozen):
    """One measurement. `id` follows from its file's bytes and its place in it.

    Parameters
    ----------
    number
        Which of the readings of its file, from 1.
    campaign, proposal, specimen
        Whose it is; all empty while it waits.
    waits_because, suggestion
        Why nobody can tell whose it is, and what may be meant; empty where it is linked.
    doubts
        What looks wrong, as kind and message.
    piece
        Which test piece of the specimen, and what is known of it.
    fingerprint
        Of the numbers alone, as read: two files of other bytes that hold the same numbers have the same.
    facts
        What the file says of the measurement: texts and conditions.
    reviewed
        Digest of those that it was looked at beside; empty before the first time.
    """

    id: str
    file: str
    number: int
    label: str = ""
    modality: str = ""
    campaign: str = ""
    proposal: str = ""
    specimen: str = ""
    waits_because: str = ""
    suggestion: str = ""
    judgement: Judgement = "kept"
    doubts: tuple[tuple[str, str], ...] = ()
    instrument: str = ""
    operator: str = ""
    session: str = ""
    measured_at: str = ""
    piece: Piece = Piece()
    content: Content = Content()
    fingerprint: str = ""
    facts: Mapping[str, Any] = {}
    reviewed: str = ""

    @property
    def is_linked(self) -> bool:
        """True where it is known whose it is."""
        return bool(self.proposal or self.specimen)


class Decision(Frozen):
    """What a person, a check or a declared policy decided on a measurement. Decisions are added, never changed."""

    measurement: str
    number: int
    at: datetime
    actor: str
    what: Literal["linked", "read anew", "doubted", "kept", "excluded"]
    to: str = ""
    reason: str = ""


def measurement_id(file: str, number: int) -> str:
    """Name the `number`-th reading of a file, as in ``M-3FA91C07B2D4-01``."""
    return f"M-{file[:_SHOWN_DIGITS].upper()}-{number:02d}"


def fingerprint_of(reading: Reading) -> str:
    """Return a hash of the numbers of a reading, 64 hexadecimal digits: curves, images and amounts, nothing else."""
    digest = hashlib.sha256()
    for curve in reading.curves:
        for channel in (curve.axis, *curve.channels):
            digest.update(f"{channel.quantity} {channel.unit} {len(channel)} ".encode())
            digest.update(channel.values.tobytes())
    for image in reading.images:
        digest.update(f"image {image.pixels.shape} {image.pixels.dtype.str} ".encode())
        digest.update(image.pixels.tobytes())
    for name, amount in reading.amounts.items():
        digest.update(f"{name} {amount} {amount.value!r} ".encode())
    return digest.hexdigest()


def content_of(reading: Reading) -> Content:
    """Say in short what a reading holds."""
    import numpy as np

    def told(values: np.ndarray) -> tuple[float | None, float | None]:
        finite = values[np.isfinite(values)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (None, None)

    return Content(
        curves=tuple(
            tuple((c.quantity, c.unit, len(c), *told(c.values)) for c in (curve.axis, *curve.channels))
            for curve in reading.curves
        ),
        images=tuple(tuple(int(n) for n in image.pixels.shape) for image in reading.images),
        amounts={name: str(amount) for name, amount in reading.amounts.items()},
    )
