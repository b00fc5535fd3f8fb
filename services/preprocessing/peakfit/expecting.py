"""Fit a curve again with lines that are expected of it: each with a place and a width known from elsewhere, roughly.

So a line keeps its place in a specimen where it hardly shows, and what other specimens say is never more than a prior:
normal about a mean, as sure as its standard deviation says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.preprocessing.peakfit.minimise import value_of
from services.preprocessing.peakfit.outcome import own_covariances, peak_of
from services.preprocessing.peakfit.pattern import Component, Pattern, Prior
from services.preprocessing.peakfit.profiles import KINDS, Kind, free_of
from services.preprocessing.peakfit.solve import FitError, fit
from services.records.peaks import Estimate, FittedPeak, PeakFit

__all__ = ["Expected", "fitted_expecting"]

_LEAST_SHARE = 1e-3
_WEAK = Prior()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A line that is expected.

    Attributes
    ----------
    position, fwhm
        Means and standard deviations of what is known before, in units of the axis; both standard deviations above 0.
    sign
        1 where it points up, -1 where it points down.
    """

    position: Estimate
    fwhm: Estimate
    sign: int = 1


def fitted_expecting(
    found: PeakFit, expected: Sequence[Expected], *, profile: Kind = "pseudo-Voigt"
) -> tuple[PeakFit, tuple[FittedPeak, ...]]:
    """Fit a curve again with expected lines instead of those found in it.

    Its halos stay, as numbers to be fitted; so does the background found, with a straight line free upon it.

    Parameters
    ----------
    found
        The curve with its noise, its halos and its background.
    expected
        The lines, in any order.
    profile
        Of all lines.

    Returns
    -------
    The fit, and what became of each expected line, in the order given.

    Raises
    ------
    FitError
        If a line is expected where the curve is not, is not known to some standard deviation, or there are fewer points
        than numbers.
    """
    _check(found, expected)
    halos = found.halos
    of_halos: Kind = "pseudo-Voigt"
    kinds = [profile] * len(expected) + [of_halos] * len(halos)
    codes = np.array([KINDS[kind] for kind in kinds], np.int64)
    rows = np.array(
        [
            *([1.0, one.position.value, np.log(one.fwhm.value), 0.0, 0.0] for one in expected),
            *(halo.numbers for halo in halos),
        ]
    ).reshape(-1, 5)
    target = found.y - found.background
    rows[: len(expected), 0] = _heights(found, codes, rows, len(expected), target, [one.sign for one in expected])
    priors = [*(_prior_of(one) for one in expected), *(_WEAK for _ in halos)]
    start = Pattern(
        components=tuple(Component.of(kind, row) for kind, row in zip(kinds, rows, strict=True)),
        baseline=(0.0, 0.0),
        first=float(found.x[0]),
        last=float(found.x[-1]),
    )
    done = fit(found.x, target, found.noise, start, priors=priors)
    free = free_of(codes)
    n_numbers = 2 + int(free.sum())
    per_degree = done.chi_square / max(len(found.x) - n_numbers, 1)
    own = own_covariances(done.covariance * max(per_degree, 1.0), free, 2)
    peaks = [
        peak_of(kind, component.numbers, covariance, is_broad=k >= len(expected))
        for k, (kind, component, covariance) in enumerate(zip(kinds, done.pattern.components, own, strict=True))
    ]
    background = found.background + done.pattern.background(found.x)
    again = PeakFit(
        x=found.x,
        y=found.y,
        noise=found.noise,
        peaks=tuple(sorted(peaks, key=lambda peak: peak.position.value)),
        background=background,
        model=found.background + done.pattern.value(found.x),
        chi_square=done.chi_square,
        n_numbers=n_numbers,
        warnings=() if done.is_converged else ("the fit of expected lines ended before it was at rest",),
    )
    return again, tuple(peaks[: len(expected)])


def _check(found: PeakFit, expected: Sequence[Expected]) -> None:
    if not expected:
        raise FitError("no line is expected: name at least one")
    first, last = float(found.x[0]), float(found.x[-1])
    for one in expected:
        at = one.position.value
        if not first <= at <= last:
            raise FitError(f"a line is expected at {at:g}, but the curve runs from {first:g} to {last:g}")
        if not (one.position.stderr > 0 and one.fwhm.stderr > 0 and one.fwhm.value > 0):
            raise FitError(f"the line expected at {at:g}: its width and both standard deviations are to be above 0")
        if one.sign not in (1, -1):
            raise FitError(f"the line expected at {at:g}: its sign is 1 or -1, not {one.sign}")


def _prior_of(one: Expected) -> Prior:
    of_width = one.fwhm.stderr / one.fwhm.value
    return Prior(
        mean=(0.0, one.position.value, float(np.log(one.fwhm.value)), 0.0, 0.0),
        sd=(np.inf, one.position.stderr, of_width, *_WEAK.sd[3:]),
    )


def _heights(
    found: PeakFit, codes: np.ndarray, rows: np.ndarray, n: int, target: np.ndarray, signs: Sequence[int]
) -> np.ndarray:
    """Return heights to begin with: least squares with signs kept, places and widths as expected."""
    from scipy.optimize import nnls

    left = target - value_of(codes[n:], rows[n:], found.x)
    units = np.array([value_of(codes[k : k + 1], rows[k : k + 1], found.x) * signs[k] for k in range(n)])
    heights, _ = nnls((units / found.noise).T, left / found.noise)
    least = _LEAST_SHARE * float(np.ptp(target))
    return np.asarray(np.maximum(heights, least) * np.array(signs))
