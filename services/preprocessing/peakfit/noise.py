"""How much a curve scatters from point to point: of counts by their own law, else by differences over several lags."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import numpy as np

__all__ = ["noise_of_counts", "white_noise"]

_LAGS = (1, 2, 3, 4, 6)
_STEADY = 1.12
"""Where the estimate of the next lag is no larger than so many times this one, this one is taken."""
_MAD_TO_SD = 1.4826


def white_noise(y: np.ndarray) -> float:
    """Return the standard deviation of a curve's noise.

    Second differences over a lag hold six variances of white noise and next to nothing of what is smooth over the lag.
    Smoothed by an instrument, noise shows too little at the shortest lags; narrow peaks show too much at long ones. The
    shortest lag from which on the estimate does not grow is taken; the median over points leaves peaks out.

    Parameters
    ----------
    y
        Shape (n,), n at least 16.

    Returns
    -------
    In the unit of y; never 0: at least a millionth of the range, so that it can stand in a denominator.
    """
    found = [_over(y, lag) for lag in _LAGS if len(y) > 4 * lag + 8]
    least = 1e-6 * float(np.ptp(y)) or 1e-12
    for one, following in pairwise(found):
        if following <= _STEADY * one:
            return max(one, least)
    return max(min(found), least)


def noise_of_counts(counts: np.ndarray) -> np.ndarray:
    """Return the standard deviation of counts, shape (n,): Poisson's law about a running mean.

    Scaled counts (of a rate, of several scans) scatter by a factor more or less: it is taken from the data.
    """
    width = 9
    padded = np.pad(counts, width // 2, mode="edge")
    mean = np.maximum(np.convolve(padded, np.full(width, 1 / width), mode="valid"), 0.5)
    factor = white_noise(counts / np.sqrt(mean))
    return np.asarray(max(factor, 1e-3) * np.sqrt(mean))


def _over(y: np.ndarray, lag: int) -> float:
    differences = y[2 * lag :] - 2 * y[lag:-lag] + y[: -2 * lag]
    centred = np.abs(differences - np.median(differences))
    return _MAD_TO_SD * float(np.median(centred)) / sqrt(6.0)
