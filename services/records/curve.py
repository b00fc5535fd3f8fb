"""What an instrument gives along an axis: channels of numbers with quantities and units. Values; reads no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

__all__ = ["Channel", "Curve", "CurveError", "Segment", "SegmentKind", "curve_along"]

SegmentKind = Literal["heat", "cool", "isothermal", "load", "hold", "unload", "other"]

_FEWEST_POINTS = 2


class CurveError(ValueError):
    """A channel, a curve or a segment contradicts itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """Numbers of one quantity, in one unit, in the order of the axis.

    Parameters
    ----------
    quantity
        What it is, in words of the modality: ``wavenumber``, ``two_theta``, ``temperature``, ``heat_flow``.
    unit
        As people write it: ``cm-1``, ``°``, ``°C``, ``mW``; empty for a number without one.
    values
        Shape (n,), float64, not to be written to; not-a-number where a value is missing.

    Raises
    ------
    CurveError
        If the values are not one row of numbers, or the quantity has no name.
    """

    quantity: str
    unit: str
    values: np.ndarray

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 1:
            raise CurveError(f"{self.quantity or 'a channel'}: values have shape {values.shape}; one row is wanted")
        if not self.quantity:
            raise CurveError("a channel needs the name of its quantity")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Channel):
            return NotImplemented
        is_named_alike = (self.quantity, self.unit) == (other.quantity, other.unit)
        return is_named_alike and np.array_equal(self.values, other.values, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]  # arrays have none


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a program: points `start` up to and without `stop`, and what the instrument did there.

    `rate_K_per_min` is signed: negative while cooling. None where the file does not say.
    """

    kind: SegmentKind
    start: int
    stop: int
    name: str = ""
    rate_K_per_min: float | None = None  # noqa: N815 - K is the unit
    gas: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise CurveError(f"segment {self.name or self.kind}: from point {self.start} to {self.stop} is no stretch")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Curve:
    """One or more channels along one axis that never falls.

    Parameters
    ----------
    axis
        At least two finite numbers, none smaller than the one before.
    channels
        At least one, each as long as the axis, each of another quantity.
    segments
        In order, without overlap; empty where there is no program.
    was_reversed
        True where the file descends along the axis: the numbers were turned around when they were read.
    name
        What the file calls it, where it holds several.

    Raises
    ------
    CurveError
        If that does not hold; says at which point.
    """

    axis: Channel
    channels: tuple[Channel, ...]
    segments: tuple[Segment, ...] = ()
    was_reversed: bool = False
    name: str = ""
    _by_quantity: Mapping[str, Channel] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        x, n = self.axis.values, len(self.axis)
        if n < _FEWEST_POINTS:
            raise CurveError(f"a curve has at least {_FEWEST_POINTS} points, got {n}")
        if not np.isfinite(x).all():
            raise CurveError(f"{self.axis.quantity}: point {int(np.argmin(np.isfinite(x)))} is no finite number")
        falls = np.flatnonzero(np.diff(x) < 0)
        if len(falls):
            raise CurveError(
                f"{self.axis.quantity} falls after point {falls[0]}: {x[falls[0]]:g} to {x[falls[0] + 1]:g}"
            )
        if not self.channels:
            raise CurveError("a curve has at least one channel beside its axis")
        names = [self.axis.quantity, *(channel.quantity for channel in self.channels)]
        if len(set(names)) < len(names):
            raise CurveError(f"each channel is of another quantity, got {', '.join(names)}")
        for channel in self.channels:
            if len(channel) != n:
                raise CurveError(f"{channel.quantity} has {len(channel)} values for {n} points")
        stops = [0, *(segment.stop for segment in self.segments)]
        for segment, before in zip(self.segments, stops, strict=False):
            if segment.start < before or segment.stop > n:
                raise CurveError(
                    f"segment {segment.name or segment.kind}: {segment.start} to {segment.stop} of {n} points"
                )
        object.__setattr__(self, "_by_quantity", {channel.quantity: channel for channel in (self.axis, *self.channels)})

    def __len__(self) -> int:
        return len(self.axis)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        mine = (self.axis, self.channels, self.segments, self.was_reversed, self.name)
        return mine == (other.axis, other.channels, other.segments, other.was_reversed, other.name)

    __hash__ = None  # type: ignore[assignment]  # arrays have none

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the axis and of the channels."""
        return tuple(self._by_quantity)

    def channel(self, quantity: str) -> Channel:
        """Return the axis or a channel by its quantity.

        Raises
        ------
        CurveError
            If there is none; the message lists those there are.
        """
        if quantity not in self._by_quantity:
            raise CurveError(f"there is no {quantity!r}; there are {', '.join(self._by_quantity)}")
        return self._by_quantity[quantity]


def curve_along(axis: Channel, *channels: Channel, segments: tuple[Segment, ...] = (), name: str = "") -> Curve:
    """Make a curve of channels as a file has them: one that descends along its axis is turned around.

    Raises
    ------
    CurveError
        If the axis neither only rises nor only falls, or as `Curve` says.
    """
    falls = len(axis) > 1 and axis.values[0] > axis.values[-1]
    if not falls:
        return Curve(axis=axis, channels=channels, segments=segments, name=name)
    if segments:
        raise CurveError(f"{axis.quantity} falls over a program; a program runs along its time")
    turned = [Channel(c.quantity, c.unit, c.values[::-1]) for c in (axis, *channels)]
    return Curve(axis=turned[0], channels=tuple(turned[1:]), was_reversed=True, name=name)
