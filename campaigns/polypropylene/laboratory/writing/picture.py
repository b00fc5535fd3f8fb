"""A micrograph as a microscope writes it: grey bytes over a strip with a scale bar, in a TIFF that knows its scale."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import tifffile
from PIL import Image, ImageDraw, ImageFont

__all__ = ["STRIP_ROWS", "PictureFacts", "strip", "tiff"]

STRIP_ROWS = 60
_BARS_UM = (0.5, 1, 2, 5, 10, 20, 50, 100)
_CM_UM = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What a microscope writes beside its pixels; `pixel` is the side of one in µm, `said` are words of the strip."""

    pixel: float
    model: str
    operator: str
    at: datetime
    description: Mapping[str, str]
    said: tuple[str, ...]


def strip(columns: int, facts: PictureFacts) -> np.ndarray:
    """Return the strip under a picture: words, and a bar of a round length that fills up to a quarter of its width."""
    picture = Image.new("L", (columns, STRIP_ROWS), 0)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(16)
    length = max((bar for bar in _BARS_UM if bar <= 0.25 * columns * facts.pixel), default=_BARS_UM[0])
    n_pixels = round(length / facts.pixel)
    left = columns - n_pixels - 20
    draw.rectangle((left, 36, left + n_pixels - 1, 41), fill=255)
    draw.text((left + n_pixels / 2, 20), f"{length:g} um", fill=255, font=font, anchor="mm")
    half = (len(facts.said) + 1) // 2
    draw.text((16, 18), "   ".join(facts.said[:half]), fill=255, font=font, anchor="lm")
    draw.text((16, 42), "   ".join(facts.said[half:]), fill=255, font=font, anchor="lm")
    return np.asarray(picture)


def tiff(pixels: np.ndarray, facts: PictureFacts) -> bytes:
    """Return a TIFF of grey bytes, with its strip, its scale as pixels a centimetre, and who took it when of what."""
    whole = np.vstack([pixels, strip(pixels.shape[1], facts)])
    per_cm = _CM_UM / facts.pixel
    buffer = io.BytesIO()
    text = "\r\n".join(f"{name}: {value}" for name, value in facts.description.items())
    tifffile.imwrite(
        buffer,
        whole,
        photometric="minisblack",
        resolution=(per_cm, per_cm),
        resolutionunit="CENTIMETER",
        description=text,
        datetime=facts.at.replace(tzinfo=None),
        software="virtual laboratory",
        metadata=None,
        extratags=[
            (272, "s", 0, facts.model, True),  # Model
            (315, "s", 0, facts.operator, True),  # Artist
        ],
    )
    return buffer.getvalue()
