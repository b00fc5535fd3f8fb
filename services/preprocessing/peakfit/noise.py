"""How much a curve scatters from point to point: of counts by their own law, else by differences over several lags."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

__all__ = ["noise_of_counts", "smoothed_by", "white_noise"]

_LAGS = (1, 2, 3, 4, 5)
_STEADY = 1.12
"""Where the next lag shows no more than so many times the scatter of this one, this one is believed."""
_MOST_SMOOTHED = 5.0
"""No instrument smooths so much that neighbours show less than a fifth of the noise."""
_BLOCK = 24
_QUIET = 0.3
_QUIET_SHARE = 0.71
"""Which part of the true mean square the 0.3 quantile of means over 24 fourth differences of white noise is."""


def white_noise(y: np.ndarray) -> float:
    """Return the standard deviation of a curve's noise.

    Fourth differences over a lag hold seventy variances of white noise and next to nothing of what is smooth over the
    lag. Smoothed by an instrument, noise shows too little over short lags; narrow peaks show too much over long ones.
    So the shortest lag is believed from which on there is no more, and where there is more and more, or so much more
    that peaks must be in it, the very shortest; of each the quieter stretches of the curve, where fewer peaks are.

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
        if following <= _STEADY * one and one <= _MOST_SMOOTHED * found[0]:
            return max(one, least)
    return max(found[0], least)


def smoothed_by(y: np.ndarray) -> float:
    """Return by how much, at most, neighbours share their noise: its scatter over three points against `white_noise`.

    Where narrow peaks stand everywhere that is too much; to begin with, better so than too little.
    """
    found = [_over(y, lag) for lag in (1, 2, 3) if len(y) > 4 * lag + 8]
    return max(max(found) / white_noise(y), 1.0)


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
    """Return the scatter of fourth differences in the quieter stretches of a curve, where peaks add least to it."""
    n = len(y) - 4 * lag
    parts = [weight * y[k * lag : k * lag + n] for k, weight in enumerate((1.0, -4.0, 6.0, -4.0, 1.0))]
    differences = np.sum(parts, axis=0)
    first = np.arange(0, max(n - _BLOCK + 1, 1), _BLOCK)
    squares = np.add.reduceat(differences**2, first) / np.diff(np.append(first, n))
    mean = np.quantile(squares, _QUIET) / _QUIET_SHARE if len(squares) > 3 else squares.mean()
    return float(np.sqrt(mean / 70.0))
