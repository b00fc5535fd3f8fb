"""The peaks of a curve, by the classical sequential fit: what the chain calls."""

from __future__ import annotations

import numpy as np

from services.preprocessing.errors import PreprocessingError
from services.preprocessing.peakfit.outcome import outcome_of
from services.preprocessing.peakfit.problem import problem_of
from services.preprocessing.peakfit.search import rivals_of, searched
from services.preprocessing.peakfit.settings import PeakSettings
from services.records.peaks import PeakFit

__all__ = ["PeakFitError", "fit_peaks"]

_FEWEST_POINTS = 24


class PeakFitError(PreprocessingError):
    """The peaks of a curve cannot be fitted."""


def fit_peaks(x: np.ndarray, y: np.ndarray, settings: PeakSettings) -> PeakFit:
    """Fit all peaks between `settings.low` and `settings.high`.

    Parameters
    ----------
    x, y
        Shape (n,) each; x rises; points at which y is not finite are left out.

    Raises
    ------
    PeakFitError
        If fewer than 24 points lie in the region, or all of them are alike.
    """
    inside = np.isfinite(x) & np.isfinite(y)
    inside[1:] &= np.diff(x) > 0
    if settings.low is not None:
        inside &= x >= settings.low
    if settings.high is not None:
        inside &= x <= settings.high
    x, y = np.ascontiguousarray(x[inside], float), np.ascontiguousarray(y[inside], float)
    if len(x) < _FEWEST_POINTS:
        raise PeakFitError(f"{settings.name}: {len(x)} points lie in the region; at least {_FEWEST_POINTS} are wanted")
    if not np.ptp(y) > 0:
        raise PeakFitError(f"{settings.name}: all {len(x)} values are {y[0]:g}: there is no peak")
    problem, standing = searched(problem_of(x, y, settings))
    return outcome_of(problem, standing, rivals_of(problem, standing))
