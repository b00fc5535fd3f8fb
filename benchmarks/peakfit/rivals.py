"""Fitters side by side, each as its users would use it: a curve in, lines with standard errors out.

None is told the truth but the oracle. The others know of a curve what `Curve.settings` declares: the profile of the
technique, how noise comes about, how wide a line may be, whether peaks may point down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.optimize import least_squares

from benchmarks.peakfit.apparent import Found, candidates, noise_of
from benchmarks.peakfit.curves import Curve
from benchmarks.peakfit.matching import Line
from benchmarks.peakfit.others import fit_with_empeaks, fit_with_lmfit
from benchmarks.peakfit.shapes import Floats, Planted
from services.preprocessing.peakfit.pattern import Component, Pattern
from services.preprocessing.peakfit.sequential import fit_peaks
from services.preprocessing.peakfit.solve import fit

__all__ = ["FITTERS", "find_peaks_and_fit", "oracle", "ours"]


def ours(curve: Curve) -> Found:
    """The sequential fit as a chain calls it."""
    done = fit_peaks(curve.x, curve.y, curve.settings)
    return Found(
        lines=[Line(position=p.position.value, fwhm=p.fwhm.value, area=p.area.value) for p in done.lines],
        stderr=[p.position.stderr for p in done.lines],
        model=done.model,
    )


def find_peaks_and_fit(curve: Curve) -> Found:
    """Remove an arPLS baseline, point at maxima of the smoothed curve, fit pseudo-Voigts to all of them together."""
    flat, seen = candidates(curve)
    if not len(seen):
        return Found(lines=[], stderr=[], model=curve.y - flat)
    x, noise = curve.x, noise_of(curve)
    step, broad = float(x[1] - x[0]), float(curve.settings.broad or x[-1] - x[0])
    ln_width = np.log(np.clip(seen[:, 2], 2.1 * step, 0.9 * broad))
    start = np.column_stack([seen[:, :2], ln_width, np.full(len(seen), 0.5)])
    reach, is_up, nought = 0.5 * np.exp(ln_width), seen[:, 0] >= 0, np.zeros(len(seen))
    low = np.column_stack([np.where(is_up, 0, -np.inf), seen[:, 1] - reach, nought + np.log(2 * step), nought])
    high = np.column_stack([np.where(is_up, np.inf, 0), seen[:, 1] + reach, nought + np.log(broad), nought + 1])
    done = least_squares(
        lambda q: (_pseudo_voigts(q, x)[0] - flat) / noise,
        start.ravel(),
        jac=lambda q: _pseudo_voigts(q, x)[1] / noise[:, None],
        bounds=(low.ravel(), high.ravel()),
        x_scale="jac",
        max_nfev=40,
    )
    scatter = max(2 * done.cost / max(len(x) - done.x.size, 1), 1.0)
    covariance = np.linalg.pinv(done.jac.T @ done.jac) * scatter
    errors = np.sqrt(np.maximum(np.diag(covariance), 0)).reshape(-1, 4)[:, 1]
    lines = [
        Planted(kind="pseudo-Voigt", height=h, place=p, width=float(np.exp(w)), lorentzian=eta).line
        for h, p, w, eta in done.x.reshape(-1, 4)
    ]
    model = curve.y - flat + _pseudo_voigts(done.x, x)[0]
    return Found(lines=lines, stderr=[float(e) for e in errors], model=model)


def oracle(curve: Curve) -> Found:
    """Start our own optimiser at the truth: all components, the true degree of the baseline, the true noise."""
    parts = tuple(_component(one) for one in (*curve.peaks, *curve.broad, *curve.ground))
    base = tuple(float(c) for c in np.polynomial.chebyshev.poly2cheb(curve.baseline.coef))
    start = Pattern(components=parts, baseline=base, first=float(curve.x[0]), last=float(curve.x[-1]))
    done = fit(curve.x, curve.y, curve.noise_sd * curve.correlation, start)
    n_lines = len(curve.peaks)
    return Found(
        lines=[_planted(one).line for one in done.pattern.components[:n_lines]],
        stderr=[float(done.stderr(k)[1]) for k in range(n_lines)],
        model=done.pattern.value(curve.x),
    )


FITTERS: Mapping[str, Callable[[Curve], Found]] = {
    "ours": ours,
    "find_peaks": find_peaks_and_fit,
    "lmfit": fit_with_lmfit,
    "empeaks": fit_with_empeaks,
    "oracle": oracle,
}


def _pseudo_voigts(numbers: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return a sum of pseudo-Voigts and its slopes, shape (n,) and (n, 4k), for rows height, place, ln width, share."""
    h, p, w, eta = numbers.reshape(-1, 4).T
    u = 2 * (x[:, None] - p) / np.exp(w)
    low, bell = 1 / (1 + u**2), np.exp(-np.log(2) * u**2)
    shape = eta * low + (1 - eta) * bell
    falling = h * (eta * 2 * u * low**2 + (1 - eta) * 2 * np.log(2) * u * bell)
    slopes = np.stack([shape, falling * 2 / np.exp(w), falling * u, h * (low - bell)], axis=-1)
    return shape @ h, slopes.reshape(len(x), -1)


def _component(one: Planted) -> Component:
    share = float(np.clip(one.lorentzian, 0.02, 0.98))
    return Component(
        kind=one.kind,
        height=one.height,
        place=one.place,
        ln_width=float(np.log(one.width)),
        shape=float(np.log(share / (1 - share))),
        asymmetry=one.asymmetry,
    )


def _planted(one: Component) -> Planted:
    if one.kind == "split pseudo-Voigt":
        raise ValueError("no curve of the benchmark has split pseudo-Voigts")
    return Planted(
        kind=one.kind,
        height=one.height,
        place=one.place,
        width=float(np.exp(one.ln_width)),
        lorentzian=float(1 / (1 + np.exp(-one.shape))),
        asymmetry=one.asymmetry,
    )
