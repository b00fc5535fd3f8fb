"""What looks wrong in a reading by itself: out of range, in another unit, flat, cut off, broken. Pure; decides nothing.

Ranges of the modalities stand in ``plausible.yaml``; a modality, a quantity or a unit that is not there is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain

import numpy as np
import yaml
from pydantic import TypeAdapter

from loop.values import Frozen
from services.ingest.breaks import breaks_in
from services.records.curve import Channel, Curve
from services.records.doubt import Doubt, DoubtKind
from services.records.reading import Reading

__all__ = ["Plausible", "doubts_of", "plausible"]

_FEWEST_TO_JUDGE = 20
_FLAT = 1e-12
"""A channel whose values spread by less than this, relative to their size, holds no signal."""
_CUT_OFF = 5
"""Equal points in a row at the very top that a real peak does not have."""
_SHARE_BELOW = 0.5
"""A peak that is cut off stands well above most points: the middle one lies below this share of the range."""


class Plausible(Frozen):
    """What one modality can hold.

    `ranges` are lowest and highest by quantity and unit; `saturates` are quantities whose detector has an upper end;
    `continuous` are those that go on from point to point, without a jump.
    """

    ranges: Mapping[str, Mapping[str, tuple[float, float]]] = {}
    saturates: tuple[str, ...] = ()
    continuous: tuple[str, ...] = ()


@cache
def plausible() -> Mapping[str, Plausible]:
    """Return what the modalities known here can hold, by name."""
    text = files("services.ingest").joinpath("plausible.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Plausible]).validate_python(yaml.safe_load(text))


def doubts_of(reading: Reading, known: Mapping[str, Plausible] | None = None) -> tuple[Doubt, ...]:
    """List what looks wrong in a reading, worst first; empty where nothing does.

    Parameters
    ----------
    known
        What modalities can hold, where others than those of this project are to be judged.
    """
    modality = (plausible() if known is None else known).get(reading.modality, Plausible())
    found = chain.from_iterable(_of_curve(curve, modality) for curve in reading.curves)
    amounts = (
        _out_of_range(name, amount.unit, np.array([amount.value]), modality, is_axis=False)
        for name, amount in reading.amounts.items()
    )
    return tuple(found) + tuple(doubt for doubt in amounts if doubt is not None)


def _of_curve(curve: Curve, modality: Plausible) -> Iterator[Doubt]:
    for channel in (curve.axis, *curve.channels):
        is_axis = channel is curve.axis
        doubt = _out_of_range(channel.quantity, channel.unit, channel.values, modality, is_axis=is_axis)
        if doubt is not None:
            yield doubt
    if len(curve) < _FEWEST_TO_JUDGE:
        return
    if all(_is_flat(channel) for channel in curve.channels):
        names = ", ".join(channel.quantity for channel in curve.channels)
        level = np.nanmean(curve.channels[0].values) if np.isfinite(curve.channels[0].values).any() else np.nan
        yield Doubt("flat", names, f"{names} is {level:g} at every one of {len(curve)} points")
    for channel in curve.channels:
        cut_off = tuple(_cut_off(channel)) if channel.quantity in modality.saturates and not _is_flat(channel) else ()
        yield from cut_off
        if channel.quantity in modality.continuous and not cut_off:  # a curve that is cut off begins and ends in a jump
            yield from _broken(channel, curve.axis)


def _broken(channel: Channel, axis: Channel) -> Iterator[Doubt]:
    places = breaks_in(channel.values)
    if not len(places):
        return
    first = int(places[0])
    x, before, behind = axis.values[first], channel.values[first], channel.values[first + 1]
    more = f", and at {len(places) - 1} more places" if len(places) > 1 else ""
    told = f"{channel.quantity} jumps from {before:g} to {behind:g} at {axis.quantity} {x:g} {axis.unit}".rstrip()
    yield Doubt("break in the curve", channel.quantity, f"{told}, as nothing around it does{more}")


def _out_of_range(quantity: str, unit: str, values: np.ndarray, modality: Plausible, *, is_axis: bool) -> Doubt | None:
    ranges = modality.ranges.get(quantity, {})
    finite = values[np.isfinite(values)]
    if unit not in ranges or not len(finite):
        return None
    lowest, highest = float(finite.min()), float(finite.max())
    if _is_within(lowest, highest, ranges[unit]):
        return None
    told = f"{quantity} runs from {lowest:g} to {highest:g} {unit}".rstrip()
    others = [
        other for other, within in ranges.items() if within != ranges[unit] and _is_within(lowest, highest, within)
    ]
    if others:
        return Doubt(
            "unit suspected", quantity, f"{told}; that would fit {' or '.join(o or 'no unit' for o in others)}"
        )
    low, high = ranges[unit]
    kind: DoubtKind = "axis out of range" if is_axis else "value out of range"
    return Doubt(kind, quantity, f"{told}; {low:g} to {high:g} can be")


def _is_within(lowest: float, highest: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= lowest and highest <= bounds[1]


def _is_flat(channel: Channel) -> bool:
    finite = channel.values[np.isfinite(channel.values)]
    return not len(finite) or float(np.ptp(finite)) <= _FLAT * float(np.abs(finite).max())


def _cut_off(channel: Channel) -> Iterator[Doubt]:
    values = channel.values
    top, bottom = np.nanmax(values), np.nanmin(values)
    is_top = np.concatenate([[False], values == top, [False]])
    edges = np.flatnonzero(np.diff(is_top))
    longest = int(np.max(edges[1::2] - edges[::2]))
    if longest >= _CUT_OFF and np.nanmedian(values) < bottom + _SHARE_BELOW * (top - bottom):
        yield Doubt(
            "saturated",
            channel.quantity,
            f"{longest} points in a row stand at the top, {top:g} {channel.unit}".rstrip(),
        )
