"""Cut a curve to a range of its axis, or carry it onto an even grid."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from services.preprocessing.cleaning.errors import AxisError, EmptyCurveError
from services.preprocessing.cleaning.signal import Signal, Step, cut, mean_spacing
from services.records.curve import Channel, Curve, Segment

__all__ = ["Grid", "Range"]

_FEWEST_POINTS = 2
_MOST_POINTS = 1_000_000
_COARSER = 1.01


class Range(Step):
    """Keep the points between two places of the axis, both included."""

    version: ClassVar[int] = 1

    step: Literal["range"] = Field(description="Which step this is.")
    low: float | None = Field(default=None, alias="from", description="Where it begins; the curve's first point.")
    high: float | None = Field(default=None, alias="to", description="Where it ends; the curve's last point.")

    @model_validator(mode="after")
    def _rises(self) -> Range:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"from {self.low:g} to {self.high:g} is no stretch of an axis")
        if self.low is None and self.high is None:
            raise ValueError("a range has a from, a to, or both")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return what lies inside; where the axis does not reach so far, that is noted.

        Raises
        ------
        AxisError
            If fewer than two points lie inside; says what the axis has.
        """
        x, axis = signal.x, signal.curve.axis
        low = x[0] if self.low is None else self.low
        high = x[-1] if self.high is None else self.high
        start, stop = int(np.searchsorted(x, low, "left")), int(np.searchsorted(x, high, "right"))
        if stop - start < _FEWEST_POINTS:
            raise signal.fault(
                AxisError,
                "range",
                f"{max(stop - start, 0)} points lie from {low:g} to {high:g}; "
                f"{axis.quantity} goes from {x[0]:g} to {signal.at(float(x[-1]))}",
            )
        spare = mean_spacing(signal, "range")
        notes = []
        if low < x[0] - spare:
            notes.append(f"{axis.quantity} begins at {signal.at(float(x[0]))}, the range at {low:g}")
        if high > x[-1] + spare:
            notes.append(f"{axis.quantity} ends at {signal.at(float(x[-1]))}, the range at {high:g}")
        return replace(signal, curve=cut(signal.curve, start, stop)).noted(*notes)


class Grid(Step):
    """Carry a curve onto an even grid: by lines between points, or, where it is coarser, by the mean around each place.

    A grid by distance stands at multiples of it, so that curves of several instruments come to stand on one.
    """

    version: ClassVar[int] = 1

    step: Literal["grid"] = Field(description="Which step this is.")
    by: float | None = Field(default=None, gt=0, description="Distance between places, in units of the axis.")
    points: int | None = Field(default=None, ge=2, le=_MOST_POINTS, description="Or how many places.")
    low: float | None = Field(default=None, alias="from", description="First place; the curve's own.")
    high: float | None = Field(default=None, alias="to", description="Last place; the curve's own.")

    @model_validator(mode="after")
    def _is_one_grid(self) -> Grid:
        if (self.by is None) == (self.points is None):
            raise ValueError("a grid is either by a distance or of a number of points")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"from {self.low:g} to {self.high:g} is no stretch of an axis")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return all channels on the grid; a place beside a missing value has none.

        Raises
        ------
        AxisError
            If the grid reaches beyond the axis, or holds fewer than two places or more than a million.
        """
        x = signal.x
        places = self._places(signal)
        usual = mean_spacing(signal, "grid")
        wide = float(places[1] - places[0])
        averaged = wide > _COARSER * usual
        channels = tuple(
            Channel(c.quantity, c.unit, _onto(places, x, c.values, wide if averaged else 0.0))
            for c in signal.curve.channels
        )
        segments = _moved(signal.curve.segments, x, places)
        curve = Curve(
            axis=Channel(signal.curve.axis.quantity, signal.curve.axis.unit, places),
            channels=channels,
            segments=segments,
            was_reversed=signal.curve.was_reversed,
            name=signal.curve.name,
        )
        how = "means over each step" if averaged else "lines between points"
        notes = [f"carried from {len(x)} to {len(places)} places {signal.at(wide)} apart, by {how}"]
        if len(segments) < len(signal.curve.segments):
            notes.append(f"{len(signal.curve.segments) - len(segments)} segments hold no place of the grid")
        return replace(signal, curve=curve).noted(*notes)

    def _places(self, signal: Signal) -> np.ndarray:
        x, axis = signal.x, signal.curve.axis
        low = float(x[0]) if self.low is None else self.low
        high = float(x[-1]) if self.high is None else self.high
        spare = 1e-9 * max(abs(x[0]), abs(x[-1]), 1e-300)
        if low < x[0] - spare or high > x[-1] + spare:
            raise signal.fault(
                AxisError,
                "grid",
                f"it goes from {low:g} to {high:g}; {axis.quantity} from {x[0]:g} to {signal.at(float(x[-1]))}",
            )
        places: np.ndarray
        if self.points is not None:
            places = np.linspace(low, high, self.points)
        else:
            by = self.by or 1.0
            first, last = int(np.ceil(low / by - 1e-9)), int(np.floor(high / by + 1e-9))
            if not _FEWEST_POINTS <= last - first + 1 <= _MOST_POINTS:
                raise signal.fault(
                    AxisError, "grid", f"{max(last - first + 1, 0)} places {by:g} apart from {low:g} to {high:g}"
                )
            places = by * np.arange(first, last + 1)
        if not places[-1] > places[0]:
            raise signal.fault(EmptyCurveError, "grid", "all points stand at one place")
        return np.asarray(np.clip(places, x[0], x[-1]))


def _onto(places: np.ndarray, x: np.ndarray, y: np.ndarray, wide: float) -> np.ndarray:
    """Carry values to places: by lines where `wide` is 0, else by the mean of those lines `wide` around each place."""
    is_there = np.isfinite(y)
    if not is_there.any():
        return np.full(len(places), np.nan)
    missing = np.interp(places, x, (~is_there).astype(float))
    filled = y if is_there.all() else np.interp(x, x[is_there], y[is_there])
    if wide == 0.0:
        values = np.interp(places, x, filled)
    else:
        whole = np.concatenate([[0.0], np.cumsum(np.diff(x) * (filled[1:] + filled[:-1]) / 2)])
        half = np.minimum(wide / 2, np.minimum(places - x[0], x[-1] - places))  # at the ends too as much on both sides
        low, high = places - half, places + half
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (_integral(high, x, filled, whole) - _integral(low, x, filled, whole)) / (high - low)
        values = np.where(half > 1e-6 * wide, mean, np.interp(places, x, filled))
        lost = np.concatenate([[0.0], np.cumsum(np.diff(x) * ~(is_there[1:] & is_there[:-1]))])
        missing = np.interp(high, x, lost) - np.interp(low, x, lost)
    return np.asarray(np.where(missing > 1e-12, np.nan, values))


def _integral(at: np.ndarray, x: np.ndarray, y: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the integral of the lines between points, from the first point to each place."""
    left = np.clip(np.searchsorted(x, at, "right") - 1, 0, len(x) - 1)
    return np.asarray(whole[left] + (at - x[left]) * (y[left] + np.interp(at, x, y)) / 2)


def _moved(segments: tuple[Segment, ...], x: np.ndarray, places: np.ndarray) -> tuple[Segment, ...]:
    """Return the segments that hold places of a grid, at those."""
    found = []
    for segment in segments:
        start = int(np.searchsorted(places, x[segment.start], "left"))
        stop = len(places) if segment.stop == len(x) else int(np.searchsorted(places, x[segment.stop], "left"))
        if start < stop:
            found.append(replace(segment, start=start, stop=stop))
    return tuple(found)
