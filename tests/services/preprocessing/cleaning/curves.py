"""Curves of known shape on their way through a chain."""

from __future__ import annotations

import numpy as np

from services.preprocessing.cleaning.signal import Signal
from services.records.curve import Channel, Curve, Segment
from services.records.reading import Amount, Facts, Reading


def signal(
    x,
    y,
    *,
    axis=("wavenumber", "cm-1"),
    of=("absorbance", ""),
    others=(),
    segments=(),
    conditions=None,
    texts=None,
    modality="FTIR",
):
    """A signal of one channel, with `others` (quantity, unit, values) carried along."""
    channels = (Channel(*of, y), *(Channel(*other) for other in others))
    curve = Curve(axis=Channel(*axis, x), channels=channels, segments=segments)
    facts = Facts(conditions=conditions or {}, texts=texts or {})
    return Signal(curve=curve, of=of[0], reading=Reading(modality=modality, curves=(curve,), facts=facts))


def bell(x, place, fwhm, height=1.0):
    """A Gaussian."""
    return height * np.exp(-4 * np.log(2) * ((np.asarray(x) - place) / fwhm) ** 2)


def run(*, heat="mW", mass="4 mg", sign="exo up", temperature="°C", time="s"):
    """A DSC run: hold, heat, hold, cool, with a melting that points as `sign` says, an endotherm of 10 mW."""
    minutes = np.arange(0, 50, 1 / 30)
    celsius = np.interp(minutes, [0, 5, 25, 30, 50], [30, 30, 230, 230, 30])
    flow = bell(minutes, 18, 1.0, 10.0) * (-1 if sign == "exo up" else 1)
    seconds = minutes * {"s": 60.0, "min": 1.0}[time]
    value, unit = mass.split()
    return signal(
        seconds,
        flow,
        axis=("time", time),
        of=("heat_flow", heat),
        others=(("temperature", temperature, celsius + (273.15 if temperature == "K" else 0.0)),),
        conditions={"mass": Amount(float(value), unit)},
        texts={"Sign": sign} if sign else {},
        modality="DSC",
    )


SEGMENTS = (
    Segment(kind="heat", start=0, stop=120, name="heat 1"),
    Segment(kind="cool", start=120, stop=300, name="cool"),
)
