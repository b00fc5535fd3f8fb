"""What of a reading is held against its replicates: one signal along one axis, cut to the part that repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.records.reading import Reading

__all__ = ["Signal", "signal_of"]

_FIRST = ("mass", "heat_flow", "absorbance", "transmittance", "reflectance", "intensity", "stress", "force")
_NEVER = ("time", "temperature", "point", "index")
_LOADS, _STRAINS = ("stress", "force"), ("strain", "nominal_strain", "extension", "elongation", "travel")
_FEWEST = 20
_SOFTENED = 0.02
"""A yield point is a first maximum that the stress falls below by this share of the highest."""
_SMOOTHED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One signal, finite everywhere: axis and values of shape (n,), with the quantities they are of."""

    quantity: str
    unit: str
    axis_quantity: str
    axis_unit: str
    x: np.ndarray
    y: np.ndarray

    @property
    def span(self) -> float:
        """Length of the axis, in its unit."""
        return float(self.x[-1] - self.x[0])


def signal_of(reading: Reading, *, is_whole: bool = False) -> Signal | None:
    """Choose the signal of a reading: of the first curve that has one, what the modality is about.

    Of a tensile curve it is stress over strain up to yield; `is_whole` leaves it whole, along its own axis. None where
    there is no curve, or none with 20 finite points.
    """
    for curve in reading.curves:
        by_name = {channel.quantity: channel for channel in curve.channels if channel.quantity not in _NEVER}
        if not by_name:
            continue
        wanted = next((name for name in _FIRST if name in by_name), next(iter(by_name)))
        axis, channel = curve.axis, by_name[wanted]
        is_pull = not is_whole and wanted in _LOADS and reading.modality in ("", "tensile")
        if is_pull:
            axis = next((by_name[name] for name in _STRAINS if name in by_name), axis)
        x, y = axis.values, channel.values
        kept = np.isfinite(x) & np.isfinite(y)
        x, y = x[kept], y[kept]
        if is_pull and len(y) >= _FEWEST:
            x, y = _up_to_yield(x, y)
        if len(y) >= _FEWEST and x[-1] > x[0]:
            return Signal(channel.quantity, channel.unit, axis.quantity, axis.unit, x, y)
    return None


def _up_to_yield(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut a tensile curve at its first maximum, made to rise along its axis; bars differ by nature beyond it."""
    kernel = np.ones(_SMOOTHED) / _SMOOTHED
    calm = np.convolve(np.pad(y, _SMOOTHED // 2, mode="edge"), kernel, mode="valid")
    soft = np.flatnonzero(calm < np.maximum.accumulate(calm) - _SOFTENED * calm.max())
    stop = int(np.argmax(y[: soft[0]] if len(soft) else y)) + 1
    rising = np.concatenate([[True], x[1:stop] > np.maximum.accumulate(x[: stop - 1])])
    return x[:stop][rising], y[:stop][rising]
