"""Places of a TG run and the mass there: at a temperature, where the rate is least, where air comes, at the ends."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np

from services.features.thermal_run import ThermalRun, local_means, local_slopes

__all__ = ["Place", "half_width", "level_at", "point_at", "short_of_nothing"]

Place = float | tuple[float, float] | Literal["start", "end", "air"]
"""°C along the heating; or two of them, where the rate is least in between; or an end; or where air comes."""

_SHARED_NOISE = 4.0
"""Points of a balance that count as one: its noise has a memory of some points."""
_FEWEST_POINTS = 2


def half_width(run: ThermalRun, kelvin: float) -> int:
    """Return how many points lie on either side within half of a width in K, along the first heating."""
    heating = next((s for s in run.segments if s.kind == "heat"), None)
    if heating is None or heating.stop - heating.start < _FEWEST_POINTS:
        return 5
    span = abs(float(run.celsius[heating.stop - 1] - run.celsius[heating.start]))
    return max(2, round(0.5 * kelvin / max(span / (heating.stop - heating.start), 1e-9)))


def point_at(run: ThermalRun, place: Place, half: int) -> int | str:
    """Return the point that a place means, or why there is none."""
    n = len(run.minutes)
    if place == "start":
        return 0
    if place == "end":
        return n - 1
    if place == "air":
        at = run.air_from
        return at if at is not None else "the gas does not change to air"
    if isinstance(place, tuple):
        low, high = (_first_at(run, celsius) for celsius in place)
        if low is None or high is None or high - low < _FEWEST_POINTS:
            return f"the run has no {place[0]:g} to {place[1]:g} °C"
        rate = np.abs(local_slopes(run.minutes[low:high], run.signal[low:high], 2 * half))
        return low + int(np.argmin(rate))
    at = _first_at(run, float(place))
    return at if at is not None else f"the run does not come to {float(place):g} °C"


def level_at(run: ThermalRun, point: int, half: int) -> tuple[float, float]:
    """Return the mass at a point, read off a line through its neighbours, and its standard error."""
    first, last = max(0, point - half), min(len(run.minutes), point + half + 1)
    if point in (0, len(run.minutes) - 1):
        first, last = max(0, point - 2 * half), min(len(run.minutes), point + 2 * half + 1)
    level = float(local_means(run.signal[first:last], last - first)[0])
    return level, run.noise / sqrt(max((last - first) / _SHARED_NOISE, 1.0))


def short_of_nothing(run: ThermalRun, half: int) -> float:
    """Return by how much a run comes to less than nothing, else 0: its balance is off by that much at least."""
    return max(0.0, -float(local_means(run.signal, 2 * half).min()))


def _first_at(run: ThermalRun, celsius: float) -> int | None:
    there = np.flatnonzero(run.celsius >= celsius)
    return int(there[0]) if len(there) and run.celsius[0] < celsius else None
