"""Processed measurements made by hand, with planted numbers."""

from __future__ import annotations

import numpy as np

from services.records.curve import Channel, Curve, Segment
from services.records.peaks import Estimate, FittedPeak, PeakFit
from services.records.processed import Processed
from services.records.reading import Amount, Facts, Image, Reading

GAUSSIAN = 1.0644670194312262
"""Area of a Gaussian over height and FWHM."""


def gaussian(x, place, height, fwhm):
    """Return a Gaussian line."""
    return height * 0.5 ** (4 * ((x - place) / fwhm) ** 2)


def spectrum(x, y, *, noise=None, axis=("wavenumber", "cm-1"), of=("absorbance", ""), fits=None, conditions=None):
    """Return a processed curve of one channel."""
    curve = Curve(axis=Channel(*axis, x), channels=(Channel(*of, y),))
    reading = Reading(curves=(curve,), facts=Facts(conditions=conditions or {}))
    each = None if noise is None else np.full(len(x), noise)
    return Processed(reading=reading, clean=curve, fits=fits or {}, of=of[0], noise=each)


def peak(position, height, fwhm, *, area=None, stderr=0.01, is_broad=False, profile="pseudo-Voigt"):
    """Return a fitted peak whose errors are all the same share of its numbers."""
    area = GAUSSIAN * height * fwhm if area is None else area
    return FittedPeak(
        profile=profile,
        position=Estimate(position, stderr),
        fwhm=Estimate(fwhm, stderr * fwhm),
        height=Estimate(height, stderr * height),
        area=Estimate(area, stderr * area),
        asymmetry=Estimate(0.0, float("nan")),
        is_broad=is_broad,
        numbers=(position, height, fwhm, 0.0, 0.0),
    )


def fit_with(x, peaks, *, noise=1.0, y=None):
    """Return a fit that found these peaks."""
    y = np.zeros(len(x)) if y is None else y
    return PeakFit(
        x=x,
        y=y,
        noise=np.full(len(x), noise),
        peaks=tuple(sorted(peaks, key=lambda p: p.position.value)),
        background=np.zeros(len(x)),
        model=y,
        chi_square=float(len(x)),
        n_numbers=5 * len(peaks),
    )


def thermal(minutes, celsius, channels, segments):
    """Return a processed run; `segments` are (kind, start, stop, name, gas)."""
    curve = Curve(
        axis=Channel("time", "min", minutes),
        channels=(Channel("temperature", "°C", celsius), *(Channel(*channel) for channel in channels)),
        segments=tuple(Segment(kind=k, start=a, stop=b, name=n, gas=g) for k, a, b, n, g in segments),
    )
    return Processed(reading=Reading(curves=(curve,)), clean=curve, fits={}, of=channels[0][0])


def picture(pixels, um_per_pixel=0.1, texts=None):
    """Return a processed micrograph."""
    image = Image(pixels=pixels, um_per_pixel=um_per_pixel)
    return Processed(reading=Reading(images=(image,), facts=Facts(texts=texts or {})), clean=None, fits={})


def table(**amounts):
    """Return a processed table of amounts."""
    made = {name: amount if isinstance(amount, Amount) else Amount(*amount) for name, amount in amounts.items()}
    return Processed(reading=Reading(amounts=made), clean=None, fits={})


def by_name(features):
    """Return features by their names."""
    return {feature.name: feature for feature in features}
