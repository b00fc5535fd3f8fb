"""The stretches of a program in a curve: by a column's numbers, by marked lines, or by the sign of a rate. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from services.records.curve import Segment, SegmentKind

__all__ = ["by_bounds", "by_rate", "kind_between"]

_HOLD_SHARE = 0.02
_FEWEST = 5
_S_PER = {"s": 60.0, "min": 1.0, "h": 1 / 60, "ms": 60000.0}
"""Units of time in a minute."""


def kind_between(first: float, last: float, least: float) -> SegmentKind:
    """Tell a stretch's kind by where a temperature begins and ends."""
    if abs(last - first) <= least:
        return "isothermal"
    return "heat" if last > first else "cool"


def by_bounds(
    bounds: Sequence[int], names: Sequence[str], rates: Sequence[float | None], temperature: np.ndarray | None
) -> tuple[Segment, ...]:
    """Make segments that begin at points and run to the next, or to the end.

    Parameters
    ----------
    bounds
        First point of each, and the number of points at the end.
    temperature
        Shape (n,), by which the kind is told; None where there is none: then they are of no kind that is known.
    """
    found: list[Segment] = []
    for start, stop, name, rate in zip(bounds, bounds[1:], names, rates, strict=False):
        if stop <= start:
            continue
        kind = _named(name)
        if kind is None:
            kind = "other" if temperature is None else kind_between(temperature[start], temperature[stop - 1], 1.0)
        signed = rate if rate is None or kind != "cool" else -abs(rate)
        found.append(Segment(kind=kind, start=start, stop=stop, name=name, rate_K_per_min=signed))
    return tuple(found)


def _named(name: str) -> SegmentKind | None:
    plain = name.casefold()
    for pattern, kind in (("cool|abkühl|refroid|冷却|降温", "cool"), ("isotherm|iso |equilib|等温", "isothermal")):
        if re.search(pattern, plain):
            return kind  # type: ignore[return-value]  # the words stand two lines above
    return None


def by_rate(
    x: np.ndarray, value: np.ndarray, unit: str, least: float, kinds: tuple[SegmentKind, ...]
) -> tuple[Segment, ...]:
    """Part a curve where a value turns from rising to holding to falling.

    Parameters
    ----------
    x
        Time in `unit`, shape (n,); for any other unit the rate is one a point, and only its sign counts.
    value
        What rises and falls, shape (n,).
    least
        Slower than this, in the value's unit a minute, it holds.
    kinds
        Words for rising, falling and holding.
    """
    n = len(x)
    if n < 2 * _FEWEST:
        return ()
    half = max(2, min(50, n // 200))
    low, high = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half, n - 1)
    run, rise = x[high] - x[low], value[high] - value[low]
    if unit in _S_PER:
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(run > 0, rise / run * _S_PER[unit], 0.0)
        level = np.where(rate > least, 1, np.where(rate < -least, -1, 0))
    else:
        slack = _HOLD_SHARE * float(np.ptp(value)) / max(n / (2 * half), 1)
        level = np.where(rise > slack, 1, np.where(rise < -slack, -1, 0))
    edges = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), n]
    parts: list[list[int]] = []
    for start, stop in pairwise(edges):
        is_short = stop - start < max(_FEWEST, n // 100)
        if parts and (is_short or parts[-1][2] == level[start]):
            parts[-1][1] = stop
        else:
            parts.append([start, stop, int(level[start])])
    merged: list[list[int]] = []
    for part in parts:
        if merged and (merged[-1][2] == part[2] or merged[-1][1] - merged[-1][0] < max(_FEWEST, n // 100)):
            merged[-1] = [merged[-1][0], part[1], part[2]]
        else:
            merged.append(part)
    up, down, hold = kinds
    words = {1: up, -1: down, 0: hold}
    return tuple(Segment(kind=words[level_], start=start, stop=stop) for start, stop, level_ in merged)
