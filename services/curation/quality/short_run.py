"""Limits from few numbers: how far the next one may lie, honest about how little few numbers know. Pure."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

__all__ = ["moving_range_sd", "moving_range_t", "pooled_limit"]

_D2 = 1.128379
"""Mean range of two normal numbers of sd 1: 2 / sqrt(pi)."""
_FREEDOM_PER_RANGE = 0.62
"""Overlapping ranges of two know less than as many numbers: degrees of freedom a range, about;
false alarms at n = 8, 12 and 30 are held against the declared ones by simulation in the tests."""


def moving_range_sd(values: np.ndarray) -> float:
    """Estimate the sd of numbers in order of time, shape (n,), by the mean of their moving ranges of two."""
    return float(np.mean(np.abs(np.diff(values)))) / _D2


def moving_range_t(n: int, false_alarms: float, n_mean: int = 1) -> float:
    """Return how many sd, estimated from moving ranges of n numbers, the mean of `n_mean` more may lie off theirs.

    With n growing this goes to the 3 of a Shewhart chart where `false_alarms` is 0.0027 (two-sided) and `n_mean` 1.

    References
    ----------
    Hillier, J. Qual. Technol. 1 (1969) 17: limits for a start-up stage of few numbers.
    """
    freedom = max(1.0, _FREEDOM_PER_RANGE * (n - 1))
    return float(stdtrit(freedom, 1 - false_alarms / 2)) * float(np.sqrt(1 / n_mean + 1 / n))


def pooled_limit(values: np.ndarray, usual_sd: float, weight: float, false_alarms: float) -> float:
    """Return how far the next number may lie off the mean of some, shape (n,), with a usual sd weighed in.

    `weight` counts the usual sd as so many degrees of freedom beside the n - 1 of the numbers themselves.
    """
    n = len(values)
    own = float(np.var(values, ddof=1)) if n > 1 else 0.0
    freedom = weight + n - 1
    pooled = (weight * usual_sd**2 + (n - 1) * own) / freedom
    return float(stdtrit(freedom, 1 - false_alarms / 2)) * float(np.sqrt(pooled * (1 + 1 / n)))
