"""A processed thermal run as thermal extractions need it: time, temperature, stretches, local rates. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.features.noise import noise_of
from services.records.curve import Curve, Segment
from services.records.processed import Processed

__all__ = ["ThermalRun", "is_oxidation_run", "local_means", "local_slopes", "thermal_run"]

_OXIDISING = ("air", "O2")
_FEWEST_POINTS = 8


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ThermalRun:
    """Time in min, temperature in °C and one signal with the noise of a point, shape (n,) each, and the stretches."""

    minutes: np.ndarray
    celsius: np.ndarray
    signal: np.ndarray
    unit: str
    noise: float
    segments: tuple[Segment, ...]

    def points_of(self, stretch: str) -> np.ndarray:
        """Return the points of a stretch and of its further parts; empty where there is none of that name."""
        there = [s for s in self.segments if s.name == stretch or s.name.startswith(f"{stretch}, part ")]
        return np.concatenate([np.arange(s.start, s.stop) for s in there]) if there else np.empty(0, dtype=int)

    @property
    def air_from(self) -> int | None:
        """The first point in air or oxygen behind another gas; None where the gas never changes to it."""
        before = ""
        for segment in self.segments:
            if segment.gas in _OXIDISING and before and before not in _OXIDISING:
                return segment.start
            before = segment.gas or before
        return None

    @property
    def is_in_air_from_the_start(self) -> bool:
        """Whether the first gas that is known is air or oxygen."""
        return next((s.gas in _OXIDISING for s in self.segments if s.gas), False)


def thermal_run(processed: Processed, quantity: str) -> ThermalRun | str:
    """Return the run with one of its signals, or why there is none."""
    curve = processed.clean
    if curve is None:
        return "the measurement has no curve"
    if quantity not in curve.quantities:
        return f"there is no {quantity.replace('_', ' ')}; there are {', '.join(curve.quantities)}"
    if "temperature" not in curve.quantities:
        return "no temperature was recorded"
    if curve.axis.quantity != "time":
        return f"no time was recorded: the run lies over {curve.axis.quantity}"
    channel = curve.channel(quantity)
    known = np.isfinite(channel.values)
    if known.sum() < _FEWEST_POINTS:
        return f"{quantity.replace('_', ' ')} has {int(known.sum())} values"
    signal = np.interp(curve.axis.values, curve.axis.values[known], channel.values[known])
    return ThermalRun(
        minutes=curve.axis.values,
        celsius=curve.channel("temperature").values,
        signal=signal,
        unit=channel.unit,
        noise=noise_of(signal),
        segments=curve.segments,
    )


def is_oxidation_run(curve: Curve | None) -> bool:
    """Say whether a run waits for oxidation: held, it changes from another gas to oxygen or air (ISO 11357-6)."""
    if curve is None:
        return False
    pairs = zip(curve.segments, curve.segments[1:], strict=False)
    return any(
        after.kind == "isothermal" and after.gas in _OXIDISING and before.gas and before.gas not in _OXIDISING
        for before, after in pairs
    )


def local_means(values: np.ndarray, half: int) -> np.ndarray:
    """Return the mean of `half` points before, after and the point itself, shape (n,); fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first, last = _windows(len(values), half)
    return np.asarray((sums[last] - sums[first]) / (last - first))


def local_slopes(minutes: np.ndarray, values: np.ndarray, half: int) -> np.ndarray:
    """Return the slope of a line through `half` points on either side, per min, shape (n,)."""
    t, y = minutes - minutes.mean(), values - values.mean()
    mt, my = local_means(t, half), local_means(y, half)
    spread = local_means(t * t, half) - mt * mt
    return np.asarray((local_means(t * y, half) - mt * my) / np.maximum(spread, 1e-12))


def _windows(n: int, half: int) -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(n)
    return np.maximum(at - half, 0), np.minimum(at + half + 1, n)
