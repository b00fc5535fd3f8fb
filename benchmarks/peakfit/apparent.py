"""What find_peaks points at, after arPLS and smoothing: the starts of those rivals that have none of their own."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from pybaselines import Baseline
from scipy.signal import find_peaks, peak_widths, savgol_filter

from benchmarks.peakfit.curves import Curve
from benchmarks.peakfit.matching import Line
from benchmarks.peakfit.shapes import Floats
from services.preprocessing.peakfit.noise import noise_of_counts, white_noise

__all__ = ["Found", "candidates", "noise_of"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """What a fitter says: lines, standard errors of their positions (NaN where it has none), its curve if any."""

    lines: list[Line]
    stderr: list[float]
    model: Floats | None = None


# What a user would choose for a technique, tuned on seeds 7000 to 7100: widths on the axis of the smoothing window and
# of what arPLS takes for baseline; least prominence in standard deviations and as a share of the curve's height.
_SMOOTHING = {"WAXS": 0.25, "FT-IR": 6.0, "thermal": 4.0}
_STIFFNESS = {"WAXS": 4.0, "FT-IR": 500.0, "thermal": 120.0}
_PROMINENCE = 5.0
_LEAST_SHARE = {"WAXS": 0.01, "FT-IR": 0.005, "thermal": 0.03}


def noise_of(curve: Curve) -> Floats:
    """Return the noise that a user would estimate, shape (n,)."""
    if curve.settings.noise == "counts":
        return noise_of_counts(curve.y)
    return np.full(len(curve.y), white_noise(curve.y))


def candidates(curve: Curve) -> tuple[Floats, Floats]:
    """Return the curve without its arPLS baseline, and (height, place, width) of each apparent peak, shape (k, 3)."""
    x, y = curve.x, curve.y
    step = float(x[1] - x[0])
    noise = noise_of(curve)
    cut = _STIFFNESS[curve.family] / step
    baseline, _ = Baseline(x).arpls(y, lam=(cut / (2 * np.pi)) ** 4)
    flat = np.asarray(y - baseline, float)
    window = max(round(_SMOOTHING[curve.family] / step) | 1, 5)
    smooth = savgol_filter(flat, window, 2)
    quieter = noise * np.sqrt(9 / (4 * window))  # of a quadratic Savitzky-Golay window
    rows = []
    for sign in (1.0, -1.0) if curve.settings.signs == "both" else (1.0,):
        scaled = sign * smooth / quieter
        least = max(_PROMINENCE, _LEAST_SHARE[curve.family] * float(np.ptp(scaled)))
        places, _ = find_peaks(scaled, prominence=least, height=least)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a maximum over its noise may be none of the curve
            widths = peak_widths(sign * smooth, places, rel_height=0.5)[0] * step
        rows += [(flat[p], x[p], max(w, 2 * step)) for p, w in zip(places, widths, strict=True)]
    return flat, np.array(sorted(rows, key=lambda row: row[1]), float).reshape(-1, 3)
