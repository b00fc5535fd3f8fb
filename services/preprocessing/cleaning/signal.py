"""A curve on its way through a chain, and what every step is. Values; knows no step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar, final

import numpy as np
from pydantic import Field

from loop.values import Frozen
from services.preprocessing.cleaning.errors import ChannelError, CleaningError, EmptyCurveError
from services.records.curve import Channel, Curve
from services.records.reading import Reading

__all__ = [
    "Signal",
    "Step",
    "cut",
    "finite_runs",
    "mean_spacing",
    "replace_curve",
    "stretches_in",
    "values_of",
    "wanted_channel",
]

_Error = TypeVar("_Error", bound=CleaningError)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Signal:
    """A curve with the channel that is being cleaned, the reading it is of, and what was noted so far.

    Parameters
    ----------
    of
        Quantity of that channel; all others are carried along.
    number
        Which of the reading's curves it was.
    """

    curve: Curve
    of: str
    reading: Reading
    number: int = 0
    notes: tuple[str, ...] = ()

    @property
    def x(self) -> np.ndarray:
        """The axis, shape (n,)."""
        return self.curve.axis.values

    @property
    def y(self) -> np.ndarray:
        """The channel that is being cleaned, shape (n,); not-a-number where a value is missing."""
        return self.curve.channel(self.of).values

    @property
    def name(self) -> str:
        """What to call it in messages: which curve of which reading, and its channel."""
        words = (self.reading.modality, self.reading.label, self.curve.name)
        return f"{' '.join(word for word in words if word) or 'curve'} ({self.of})"

    def fault(self, kind: type[_Error], step: str, message: str) -> _Error:
        """Make the error that a step raises on this curve."""
        return kind(f"{step}: {self.name}: {message}")

    def at(self, place: float) -> str:
        """Write a place of the axis with its unit."""
        return f"{place:.6g} {self.curve.axis.unit}".rstrip()

    def noted(self, *notes: str) -> Signal:
        """Return the same with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def valued(self, values: np.ndarray, *, quantity: str | None = None, unit: str | None = None) -> Signal:
        """Return the same with other values of its channel, and another name or unit where one is given."""
        old = self.curve.channel(self.of)
        quantity = old.quantity if quantity is None else quantity
        new = Channel(quantity, old.unit if unit is None else unit, values)
        channels = tuple(new if channel.quantity == self.of else channel for channel in self.curve.channels)
        return replace(self, curve=replace_curve(self.curve, channels=channels), of=quantity)


class Step(Frozen, ABC):
    """What is set of one cleaning step. `version` counts up whenever its code gives other numbers.

    A step `takes_axis` where it can work on the axis as on a channel.
    """

    version: ClassVar[int] = 1
    takes_axis: ClassVar[bool] = False

    of: str = Field(
        default="",
        description="Channel it works on, where it is not the chain's own; a curve without it passes as it is.",
    )

    @abstractmethod
    def treat(self, signal: Signal) -> Signal:
        """Return the curve behind this step, done on the channel that the signal names; `apply` is what chains call."""

    @final
    def apply(self, signal: Signal) -> Signal:
        """Return the curve behind this step.

        Raises
        ------
        CleaningError
            If it cannot be done; names the step, the curve, and what would be right.
        """
        if not self.of or self.of == signal.of:
            return self.treat(signal)
        if self.of not in signal.curve.quantities:
            return signal
        if self.of == signal.curve.axis.quantity and not self.takes_axis:
            raise signal.fault(ChannelError, type(self).__name__, f"{self.of} is the axis; a step works on a channel")
        return replace(self.treat(replace(signal, of=self.of)), of=signal.of)


def replace_curve(
    curve: Curve,
    *,
    axis: Channel | None = None,
    channels: tuple[Channel, ...] | None = None,
) -> Curve:
    """Return a curve with other channels over as many points; segments and name stay."""
    return Curve(
        axis=curve.axis if axis is None else axis,
        channels=curve.channels if channels is None else channels,
        segments=curve.segments,
        was_reversed=curve.was_reversed,
        name=curve.name,
    )


def cut(curve: Curve, start: int, stop: int) -> Curve:
    """Return points `start` up to and without `stop`, with the segments that lie there."""
    segments = tuple(
        replace(s, start=max(s.start, start) - start, stop=min(s.stop, stop) - start)
        for s in curve.segments
        if max(s.start, start) < min(s.stop, stop)
    )
    axis, *channels = (Channel(c.quantity, c.unit, c.values[start:stop]) for c in (curve.axis, *curve.channels))
    return Curve(
        axis=axis, channels=tuple(channels), segments=segments, was_reversed=curve.was_reversed, name=curve.name
    )


def stretches_in(curve: Curve) -> Iterator[slice]:
    """Yield the segments of a curve and what lies between them, in order; all of it where there are none."""
    done = 0
    for segment in curve.segments:
        if done < segment.start:
            yield slice(done, segment.start)
        yield slice(segment.start, segment.stop)
        done = segment.stop
    if done < len(curve):
        yield slice(done, len(curve))


def finite_runs(signal: Signal) -> Iterator[slice]:
    """Yield the runs of points that have values, none over the bounds of a segment."""
    is_there = np.isfinite(signal.y)
    for stretch in stretches_in(signal.curve):
        places = np.flatnonzero(is_there[stretch]) + stretch.start
        for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
            if len(run):
                yield slice(int(run[0]), int(run[-1]) + 1)


def mean_spacing(signal: Signal, step: str, x: np.ndarray | None = None) -> float:
    """Return the median distance between neighbouring places.

    Raises
    ------
    EmptyCurveError
        If no two places differ.
    """
    apart = np.abs(np.diff(signal.x if x is None else x))
    apart = apart[np.isfinite(apart) & (apart > 0)]
    if not len(apart):
        raise signal.fault(EmptyCurveError, step, "all points stand at one place")
    return float(np.median(apart))


def values_of(signal: Signal, step: str, *, fewest: int = 2) -> np.ndarray:
    """Return where values are, shape (n,), booleans.

    Raises
    ------
    EmptyCurveError
        If they are fewer than wanted.
    """
    is_there = np.isfinite(signal.y)
    if int(is_there.sum()) < fewest:
        raise signal.fault(
            EmptyCurveError, step, f"{int(is_there.sum())} of {len(is_there)} values are numbers; {fewest} are wanted"
        )
    return np.asarray(is_there)


def wanted_channel(signal: Signal, step: str, quantity: str) -> Channel:
    """Return the axis or a channel by its quantity.

    Raises
    ------
    ChannelError
        If there is none; lists those there are.
    """
    if quantity not in signal.curve.quantities:
        there = ", ".join(signal.curve.quantities)
        raise signal.fault(ChannelError, step, f"there is no {quantity!r}; there are {there}")
    return signal.curve.channel(quantity)
