"""One peak of a thermal signal between two temperatures: baseline, area, top, and tangents. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np

from services.features.thermal_run import ThermalRun, local_means, local_slopes

__all__ = ["ThermalPeak", "peak_between", "rubber_band"]

_ANCHOR_K = 2.0
"""Over how many K the ends of a baseline are averaged."""
_FEWEST_POINTS = 12
_SURE = 3.0
_TOP = 0.9
_UNSEEN_K = 8.0
"""Width that a peak is taken to have that is not seen."""
_SECONDS = 60.0

_Known = tuple[float, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalPeak:
    """What stands over a baseline, pointing up.

    `peak`, `onset` and `endset` are temperatures in °C with standard errors, `area` is in the unit of the signal times
    seconds (J/g of W/g). `limit` is the area that would just have been seen; `why_not` says why it was not.
    """

    unit: str
    is_there: bool
    why_not: str
    limit: float
    area: tuple[float, float]
    peak: _Known
    onset: _Known
    endset: _Known


def peak_between(
    run: ThermalRun,
    points: np.ndarray,
    limits: tuple[float, float],
    *,
    is_up: bool,
    is_rubber_band: bool,
    kelvin: float,
) -> ThermalPeak | str:
    """Take the peak among some points of a run, or say why it cannot be taken.

    Parameters
    ----------
    points
        Of one stretch, in the order of time.
    limits
        Lower and upper temperature, °C.
    kelvin
        Width over which slopes are taken.
    """
    low, high = limits
    celsius = run.celsius[points]
    if not (celsius.min() <= low and celsius.max() >= high):
        return f"it goes from {celsius.min():.0f} to {celsius.max():.0f} °C, {low:g} to {high:g} °C are wanted"
    inside = points[(celsius >= low) & (celsius <= high)]
    if len(inside) < _FEWEST_POINTS:
        return f"{len(inside)} points lie between {low:g} and {high:g} °C"
    t, celsius = run.minutes[inside], run.celsius[inside]
    signal = run.signal[inside] if is_up else -run.signal[inside]
    per_kelvin = len(inside) / (high - low)
    half = max(1, round(0.5 * kelvin * per_kelvin))
    smooth = local_means(signal, half)
    noise = run.noise / sqrt(2 * half + 1)
    if is_rubber_band:
        baseline = rubber_band(celsius, smooth)
        k = int(np.argmax(smooth - baseline))
        touching = np.flatnonzero(smooth - baseline <= 0)
        first, last = touching[touching <= k].max(initial=0), touching[touching >= k].min(initial=len(t) - 1)
        of_baseline = noise
    else:
        n_anchor = max(2, round(_ANCHOR_K * per_kelvin))
        ends = (slice(None, n_anchor), slice(-n_anchor, None))
        at = [float(celsius[end].mean()) for end in ends]
        levels = [float(signal[end].mean()) for end in ends]
        baseline = levels[0] + (celsius - at[0]) * (levels[1] - levels[0]) / (at[1] - at[0])
        k, first, last = int(np.argmax(smooth - baseline)), 0, len(t) - 1
        of_baseline = run.noise / sqrt(2 * n_anchor)
    net = (smooth - baseline)[first : last + 1]
    t, celsius, k = t[first : last + 1], celsius[first : last + 1], k - int(first)
    step = float(np.ptp(run.minutes[inside])) / len(inside) * _SECONDS
    area = float(np.trapezoid(net, t)) * _SECONDS
    error = hypot(run.noise * sqrt(len(net)) * step, of_baseline * len(net) * step)
    limit = _SURE * hypot(run.noise * sqrt(_UNSEEN_K * per_kelvin) * step, of_baseline * _UNSEEN_K * per_kelvin * step)
    is_there = len(net) >= _FEWEST_POINTS and net[k] > _SURE * noise and area > max(_SURE * error, limit)
    nowhere: _Known = (float("nan"), None)
    return ThermalPeak(
        unit=run.unit,
        is_there=is_there,
        why_not="" if is_there else f"nothing stands out of the noise between {low:g} and {high:g} °C",
        limit=max(limit, _SURE * error, 1e-12),
        area=(area, error),
        peak=_top(celsius, net, k, noise) if is_there else nowhere,
        onset=_tangent(t, celsius, net, k, half, noise, behind=False) if is_there else nowhere,
        endset=_tangent(t, celsius, net, k, half, noise, behind=True) if is_there else nowhere,
    )


def rubber_band(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the lower convex hull of a curve at its own points, shape (n,): a band stretched along it from below.

    `x` only rises or only falls, but for its noise.
    """
    order = np.argsort(x, kind="stable")
    hull: list[int] = []
    for i in order.tolist():
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            if (x[b] - x[a]) * (y[i] - y[a]) > (y[b] - y[a]) * (x[i] - x[a]):
                break
            hull.pop()
        hull.append(i)
    return np.asarray(np.interp(x, x[hull], y[hull]))


def _top(celsius: np.ndarray, net: np.ndarray, k: int, noise: float) -> _Known:
    """Return where a parabola through the upper tenth has its top."""
    low = high = k
    while low > 0 and net[low - 1] >= _TOP * net[k]:
        low -= 1
    while high < len(net) - 1 and net[high + 1] >= _TOP * net[k]:
        high += 1
    x, y = celsius[low : high + 1], net[low : high + 1]
    if len(x) < 4 or not np.ptp(x) > 0:
        return float(celsius[k]), None
    wide = float(np.ptp(x))
    powers = np.vander((x - celsius[k]) / wide, 3, increasing=True)
    c, spread = np.linalg.lstsq(powers, y, rcond=None)[0], np.linalg.pinv(powers)
    if not c[2] < 0:
        return float(celsius[k]), None
    at = float(np.clip(-c[1] / (2 * c[2]), -0.5, 0.5))
    lean = -(spread[1] + 2 * at * spread[2]) / (2 * c[2])
    return float(celsius[k]) + wide * at, noise * wide * float(np.linalg.norm(lean))


def _tangent(
    t: np.ndarray, celsius: np.ndarray, net: np.ndarray, k: int, half: int, noise: float, *, behind: bool
) -> _Known:
    """Return where the steepest tangent before the top, or behind it, meets the baseline."""
    rate = local_slopes(t, net, half)
    side = slice(k, None) if behind else slice(None, k + 1)
    if len(rate[side]) < 3:
        return float("nan"), None
    steepest = int(np.argmin(rate[side]) + k if behind else np.argmax(rate[side]))
    if rate[steepest] == 0:
        return float("nan"), None
    at = t[steepest] - net[steepest] / rate[steepest]
    if not t[0] <= at <= t[-1]:
        return float("nan"), None
    per_minute = abs(float((celsius[-1] - celsius[0]) / (t[-1] - t[0])))
    return float(np.interp(at, t, celsius)), noise / abs(float(rate[steepest])) * per_minute
