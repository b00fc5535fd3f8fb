"""What one target can be learned from: known rows, in an order of their own, and what a limit says of a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import truncnorm

from loop.errors import SurrogateError
from loop.surrogates.base import TrainingData

__all__ = ["KnownRows", "from_model_scale", "known_rows", "values_beyond"]

_LARGEST_LOG_VARIANCE = 1e6
"""Of a natural logarithm: four hundred decades each way are as good as no value."""

_LARGEST_LOG = 700.0
"""Natural logarithm of the largest prediction, just below that of the largest number there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRows:
    """Rows that know a target: X (n, d); y, variance and censored (n,), on the scale that the model works on.

    Censored rows hold the limit in ``y``; variance is NaN where unknown.
    """

    X: np.ndarray
    y: np.ndarray
    variance: np.ndarray
    censored: np.ndarray

    def only(self, chosen: np.ndarray) -> KnownRows:
        """Keep the rows where `chosen` (n,) is true."""
        return KnownRows(
            X=self.X[chosen], y=self.y[chosen], variance=self.variance[chosen], censored=self.censored[chosen]
        )


def known_rows(data: TrainingData, target: str) -> KnownRows:
    """Gather what is known of one target, sorted by value, so that the order of arrival cannot change what is learned.

    Raises
    ------
    SurrogateError
        If nothing is known of the target, or X or a variance is not a number where the target is known, or a logarithm
        is asked of a value not above zero.
    """
    told = data.targets[target]
    known = told.known
    if not known.any():
        raise SurrogateError(f"{target}: no measured value to learn from")
    X, y, variance, censored = data.X[known], told.mean[known], told.variance[known], told.censored[known]
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(data.X) & known[:, None])[0]
        raise SurrogateError(f"{target}: row {row} of X is not finite in {data.columns[column].parameter!r}")
    if (variance < 0).any() or np.isinf(variance).any():
        wrong = variance[(variance < 0) | np.isinf(variance)][0]
        raise SurrogateError(f"{target}: a variance is >= 0 and finite, or NaN where unknown; got {wrong!r}")
    if told.is_log:
        if not (y > 0).all():
            raise SurrogateError(f"{target}: a target on a log scale has values > 0, got {y.min():g}")
        y, variance = np.log(y), _relative(variance, y)
    order = np.lexsort([np.nan_to_num(variance, nan=-1.0), censored, y, *X.T[::-1]])
    return KnownRows(X=X[order], y=y[order], variance=variance[order], censored=censored[order].astype(int))


def _relative(variance: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the variance of the logarithm of y > 0, at most so large that nothing is known."""
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        plain, careful = variance / y**2, (np.sqrt(variance) / y) ** 2
        found = np.where((y**2 > 0) & np.isfinite(plain), plain, careful)
    return np.where(np.isnan(variance), np.nan, np.minimum(np.nan_to_num(found, posinf=np.inf), _LARGEST_LOG_VARIANCE))


def values_beyond(
    mean: np.ndarray, variance: np.ndarray, limit: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of normal values known to lie below (side -1) or above (side +1) a limit; all (n,).

    References
    ----------
    Moments of the truncated normal: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994) 10.1.
    """
    sd = np.sqrt(variance)
    standard = side * (limit - mean) / sd  # mirrored, so that the value always lies above
    expected, spread = truncnorm.stats(np.minimum(standard, 30.0), np.inf, moments="mv")
    beyond = np.where(standard > 30.0, limit, mean + side * sd * expected)
    return beyond, np.where(standard > 30.0, 0.0, variance * spread)


def from_model_scale(mean: np.ndarray, variance: np.ndarray, *, is_log: bool) -> tuple[np.ndarray, np.ndarray]:
    """Turn mean and variance of a model's output into mean and sd in the target's unit (of a log-normal for a log).

    What would be beyond the largest number there is becomes about that number.
    """
    if not is_log:
        return mean, np.sqrt(variance)
    with np.errstate(over="ignore", invalid="ignore"):
        centre = np.exp(mean + variance / 2)
        sd = centre * np.sqrt(np.expm1(variance))
        is_safe = np.isfinite(centre) & np.isfinite(sd)
        largest = np.exp(np.minimum(mean + variance / 2, _LARGEST_LOG))
        widest = np.exp(np.minimum(mean + variance, _LARGEST_LOG))  # expm1(v) is exp(v) where it matters
    return np.where(is_safe, centre, largest), np.where(is_safe, sd, widest)
