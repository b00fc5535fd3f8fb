"""Scalars that a control specimen is followed by: its amounts, or the strongest peaks and the area of its curve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.signal import find_peaks

from services.curation.quality.alignment import drawn_on
from services.curation.quality.signal import Signal, signal_of
from services.records.reading import Reading

__all__ = ["Characteristic", "Landmark", "characteristics", "landmarks"]

_GRID = 2048
_N_PEAKS = 2
_PROMINENT = 0.1
_WINDOW = 0.02
_STEPS = ("mass",)
"""Signals that fall by steps: their peaks are those of the slope."""


class Characteristic(NamedTuple):
    """One scalar of one measurement."""

    value: float
    unit: str


class Landmark(NamedTuple):
    """Where a peak of the control specimen is looked for, in units of the axis."""

    name: str
    low: float
    high: float


def landmarks(reading: Reading) -> tuple[Landmark, ...]:
    """Find where the strongest peaks of a control specimen stand, in the order of the axis; none without a curve."""
    signal = signal_of(reading)
    if signal is None or _is_pull(signal):
        return ()
    grid, values = _drawn(signal)
    tops, seen = find_peaks(values, prominence=_PROMINENT * float(np.ptp(values)), width=2)
    strongest = sorted(np.argsort(-seen["prominences"], kind="stable")[:_N_PEAKS], key=lambda i: int(tops[i]))
    found = []
    for number, index in enumerate(strongest, start=1):
        half = max(_WINDOW * signal.span, float(seen["widths"][index]) * (grid[1] - grid[0]))
        middle = float(grid[tops[index]])
        found.append(Landmark(f"peak {number}", middle - half, middle + half))
    return tuple(found)


def characteristics(reading: Reading, marks: tuple[Landmark, ...]) -> dict[str, Characteristic]:
    """Return the scalars of a measurement: position and height of each peak, total area, and its amounts.

    Of a tensile curve they are stress and strain of its first maximum, and the area up to there.
    """
    found = {name: Characteristic(a.value, a.unit) for name, a in reading.amounts.items() if not a.limit}
    signal = signal_of(reading)
    if signal is None:
        return found
    if _is_pull(signal):
        found[f"highest {signal.quantity}"] = Characteristic(float(signal.y[-1]), signal.unit)
        found[f"{signal.axis_quantity} at it"] = Characteristic(float(signal.x[-1]), signal.axis_unit)
        return found
    grid, values = _drawn(signal)
    for mark in marks:
        inside = (grid >= mark.low) & (grid <= mark.high)
        if np.count_nonzero(inside) < 3:
            continue
        x, y = grid[inside], values[inside]
        above = y - np.linspace(y[0], y[-1], len(y))
        top = float(above.max())
        upper = np.clip(above - top / 2, 0.0, None)
        if top > 0:
            found[f"{mark.name} position"] = Characteristic(float(upper @ x / upper.sum()), signal.axis_unit)
            found[f"{mark.name} height"] = Characteristic(top, signal.unit)
    above = signal.y - np.interp(signal.x, signal.x[[0, -1]], _ends(signal.y))
    found["area"] = Characteristic(float(np.trapezoid(above, signal.x)), f"{signal.unit} {signal.axis_unit}".strip())
    return found


def _is_pull(signal: Signal) -> bool:
    return signal.quantity in ("stress", "force")


def _drawn(signal: Signal) -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(signal.x[0], signal.x[-1], _GRID)
    values = drawn_on(grid, signal)
    if signal.quantity in _STEPS:
        values = -np.gradient(values, grid)
        values = np.convolve(values, np.hanning(41) / np.hanning(41).sum(), mode="same")
        values[:41], values[-41:] = values[41], values[-42]
    return grid, values


def _ends(values: np.ndarray) -> tuple[float, float]:
    n = max(1, len(values) // 50)
    return float(np.median(values[:n])), float(np.median(values[-n:]))
