"""How long a scale bar is and what it says; how an image is made small enough to send. Pure."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image as Pillow

__all__ = ["NO_SCALE", "ScaleBar", "scale_bar", "shrunk"]

NO_SCALE = "no scale: the file does not say how large a pixel is"
_SHARE = 0.25
"""The bar is at most this share of the image's width."""
_MOST_PIXELS = 1600

ScaleBar = tuple[float, str]
"""Length in µm, and what is written over it."""


def scale_bar(width_um: float) -> ScaleBar:
    """Choose a bar of 1, 2 or 5 times a power of ten for an image so wide."""
    most = width_um * _SHARE
    power = 10.0 ** math.floor(math.log10(most))
    length = max(step * power for step in (1, 2, 5) if step * power <= most)
    for factor, unit in ((1000.0, "mm"), (1.0, "µm"), (0.001, "nm")):
        if length >= factor:
            return length, f"{length / factor:g} {unit}"
    return length, f"{length:g} µm"


def shrunk(pixels: np.ndarray) -> Pillow.Image:
    """Return an image no longer than a screen is wide."""
    image = Pillow.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
    return image
