"""Noise of a curve, as standard errors of areas and heights need it. Pure."""

from __future__ import annotations

import numpy as np

from services.records.curve import Channel

__all__ = ["noise_of", "noise_of_channel"]

_MAD_TO_SD = 1.4826
_SECOND_DIFFERENCE = np.sqrt(6.0)
_LAGS = (1, 2, 4)
_FEWEST_POINTS = 16


def noise_of(values: np.ndarray) -> float:
    """Estimate the standard deviation of one point, in the unit of the values.

    Second differences leave noise and take away what is smooth (Rice, Ann. Stat. 12 (1984) 1215, here of second order);
    their median absolute deviation leaves out lines. The largest of lags 1, 2 and 4 is taken, so that noise which
    neighbours share (zero filling, smoothing) is not taken for less. 0 for fewer than 16 points.
    """
    finite = values[np.isfinite(values)]
    if len(finite) < _FEWEST_POINTS:
        return 0.0
    found = [0.0]
    for lag in _LAGS:
        second = finite[2 * lag :] - 2 * finite[lag:-lag] + finite[: -2 * lag]
        found.append(_MAD_TO_SD * float(np.median(np.abs(second - np.median(second)))) / float(_SECOND_DIFFERENCE))
    return max(found)


def noise_of_channel(channel: Channel) -> np.ndarray:
    """Return the standard deviation of each point, shape (n,): by Poisson's law for counts, else the same at each."""
    if channel.unit == "counts":
        around = np.convolve(np.nan_to_num(channel.values), np.full(5, 0.2), mode="same")
        return np.asarray(np.sqrt(np.maximum(around, 1.0)))
    return np.full(len(channel), noise_of(channel.values))
