"""Fitters side by side, each as its users would use it: a curve in, lines with standard errors out.

None is told the truth but the oracle. All but the oracle know of a curve what `Curve.settings` declares: the profile of
the technique, whether peaks may point down, how noise comes about, how wide a line may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pybaselines import Baseline
from scipy.optimize import least_squares
from scipy.signal import find_peaks, peak_widths, savgol_filter

from benchmarks.peakfit.curves import Curve
from benchmarks.peakfit.matching import Line
from benchmarks.peakfit.shapes import Floats, Planted
from services.preprocessing.peakfit.noise import noise_of_counts, white_noise
from services.preprocessing.peakfit.pattern import Component, Pattern
from services.preprocessing.peakfit.solve import fit

__all__ = ["FITTERS", "Found"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """What a fitter says: lines, the standard error of each position (NaN where it has none), its curve if it has one."""

    lines: list[Line]
    stderr: list[float]
    model: Floats | None = None


# What a user would choose for a technique: smoothing window and baseline stiffness as widths on the axis.
_SMOOTHING = {"WAXS": 0.25, "FT-IR": 6.0, "thermal": 4.0}
_STIFFNESS = {"WAXS": 4.0, "FT-IR": 500.0, "thermal": 120.0}
_PROMINENCE = 5.0
_LEAST_SHARE = {"WAXS": 0.01, "FT-IR": 0.005, "thermal": 0.03}


def _noise(curve: Curve) -> Floats:
    if curve.settings.noise == "counts":
        return noise_of_counts(curve.y)
    return np.full(len(curve.y), white_noise(curve.y))


def _candidates(curve: Curve) -> tuple[Floats, Floats]:
    """Return the curve without its arPLS baseline, and (height, place, width) of each apparent peak, shape (k, 3)."""
    x, y = curve.x, curve.y
    step = float(x[1] - x[0])
    noise = _noise(curve)
    cut = _STIFFNESS[curve.family] / step
    baseline, _ = Baseline(x).arpls(y, lam=(cut / (2 * np.pi)) ** 4)
    flat = np.asarray(y - baseline, float)
    window = max(int(round(_SMOOTHING[curve.family] / step)) | 1, 5)
    smooth = savgol_filter(flat, window, 2)
    quieter = noise * np.sqrt(9 / (4 * window))  # of a quadratic Savitzky-Golay window
    rows = []
    for sign in (1.0, -1.0) if curve.settings.signs == "both" else (1.0,):
        scaled = sign * smooth / quieter
        least = max(_PROMINENCE, _LEAST_SHARE[curve.family] * float(np.ptp(scaled)))
        places, _ = find_peaks(scaled, prominence=least, height=least)
        widths = peak_widths(sign * smooth, places, rel_height=0.5)[0] * step
        rows += [(flat[p], x[p], max(w, 2 * step)) for p, w in zip(places, widths, strict=True)]
    return flat, np.array(sorted(rows, key=lambda row: row[1]), float).reshape(-1, 3)


def _pseudo_voigts(numbers: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return a sum of pseudo-Voigts and its slopes, shape (n,) and (n, 4k), for rows height, place, ln width, share."""
    h, p, w, eta = numbers.reshape(-1, 4).T
    u = 2 * (x[:, None] - p) / np.exp(w)
    low, bell = 1 / (1 + u**2), np.exp(-np.log(2) * u**2)
    shape = eta * low + (1 - eta) * bell
    falling = h * (eta * 2 * u * low**2 + (1 - eta) * 2 * np.log(2) * u * bell)
    slopes = np.stack([shape, falling * 2 / np.exp(w), falling * u, h * (low - bell)], axis=-1)
    return shape @ h, slopes.reshape(len(x), -1)


def find_peaks_and_fit(curve: Curve) -> Found:
    """Remove an arPLS baseline, point at maxima of the smoothed curve, fit pseudo-Voigts to all of them together."""
    flat, seen = _candidates(curve)
    if not len(seen):
        return Found(lines=[], stderr=[])
    x, noise = curve.x, _noise(curve)
    step, broad = float(x[1] - x[0]), float(curve.settings.broad or 0)
    start = np.column_stack(
        [seen[:, :2], np.log(np.clip(seen[:, 2], 2.1 * step, 0.9 * broad)), np.full(len(seen), 0.5)]
    )
    up = seen[:, 0] >= 0
    reach = 0.5 * np.exp(start[:, 2])
    low = np.column_stack([np.where(up, 0, -np.inf), start[:, 1] - reach, 0 * up + np.log(2 * step), 0 * up])
    high = np.column_stack([np.where(up, np.inf, 0), start[:, 1] + reach, 0 * up + np.log(broad), 0 * up + 1.0])
    done = least_squares(
        lambda q: (_pseudo_voigts(q, x)[0] - flat) / noise,
        start.ravel(),
        jac=lambda q: _pseudo_voigts(q, x)[1] / noise[:, None],
        bounds=(low.ravel(), high.ravel()),
        x_scale="jac",
        max_nfev=40,
    )
    curvature = done.jac.T @ done.jac
    scatter = max(2 * done.cost / max(len(x) - done.x.size, 1), 1.0)
    errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(curvature)) * scatter, 0)).reshape(-1, 4)[:, 1]
    rows = [Planted(kind="pseudo-Voigt", height=h, place=p, width=float(np.exp(w)), lorentzian=eta) for h, p, w, eta in done.x.reshape(-1, 4)]  # fmt: skip
    kept = [(row.line, float(error)) for row, error in zip(rows, errors, strict=True) if row.height]
    return Found(lines=[line for line, _ in kept], stderr=[error for _, error in kept], model=curve.y - flat + _pseudo_voigts(done.x, x)[0])  # fmt: skip


def oracle(curve: Curve) -> Found:
    """Start our own optimiser at the truth: all components, the true baseline, the true noise."""

    def component(one: Planted) -> Component:
        share = float(np.clip(one.lorentzian, 0.02, 0.98))
        return Component(
            kind=one.kind,
            height=one.height,
            place=one.place,
            ln_width=float(np.log(one.width)),
            shape=float(np.log(share / (1 - share))),
            asymmetry=one.asymmetry,
        )

    parts = [component(one) for one in (*curve.peaks, *curve.broad, *curve.ground)]
    base = np.polynomial.chebyshev.poly2cheb(curve.baseline.coef)
    start = Pattern(components=tuple(parts), baseline=tuple(base), first=float(curve.x[0]), last=float(curve.x[-1]))
    done = fit(curve.x, curve.y, curve.noise_sd * curve.correlation, start)
    lines, errors = [], []
    for k in range(len(curve.peaks)):
        found = done.pattern.components[k]
        one = Planted(
            kind=curve.peaks[k].kind,
            height=found.height,
            place=found.place,
            width=float(np.exp(found.ln_width)),
            lorentzian=float(1 / (1 + np.exp(-found.shape))),
            asymmetry=found.asymmetry,
        )
        lines.append(one.line)
        errors.append(float(done.stderr(k)[1]))
    return Found(lines=lines, stderr=errors, model=done.pattern.value(curve.x))


FITTERS: Mapping[str, Callable[[Curve], Found]] = {
    "find_peaks": find_peaks_and_fit,
    "oracle": oracle,
}
