"""Centre of values of which some are only known to lie above a limit. Pure; order of the values does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, log

import numpy as np

from services.preprocessing.errors import PreprocessingError

__all__ = ["LogNormal", "kaplan_meier_median", "lognormal_median"]

_FEWEST_MEASURED = 2
_SMALLEST_SD = 1e-6
_MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal law fitted by likelihood: median in the values' unit; sd of the natural logarithm."""

    median: float
    sd_of_log: float


def kaplan_meier_median(values: Sequence[float], limits: Sequence[float]) -> float | None:
    """Return the smallest value by which half of all have ended; None where fewer than half are known to have.

    Parameters
    ----------
    values
        Measured, > 0.
    limits
        What the others are known to have passed: right-censored. One equal to a value counts as beyond it.

    References
    ----------
    Kaplan & Meier, J. Am. Stat. Assoc. 53 (1958) 457.
    """
    survival = 1.0
    for value in sorted(set(values)):
        at_risk = sum(v >= value for v in values) + sum(limit >= value for limit in limits)
        survival *= 1.0 - sum(v == value for v in values) / at_risk
        if survival <= 0.5 + 1e-12:
            return float(value)
    return None


def lognormal_median(values: Sequence[float], limits: Sequence[float]) -> LogNormal | None:
    """Fit a log-normal law by censored likelihood; None where fewer than two different values were measured.

    Raises
    ------
    PreprocessingError
        If a value or a limit is not above zero, or the fit does not settle.

    References
    ----------
    Expectation and maximisation for a censored normal law: Dempster, Laird & Rubin, J. R. Stat. Soc. B 39 (1977) 1.
    """
    from scipy.special import log_ndtr

    wrong = next((v for v in (*values, *limits) if not v > 0), None)
    if wrong is not None:
        raise PreprocessingError(f"a log-normal law has values above zero, got {wrong!r}")
    seen, bounds = np.log(sorted(values)), np.log(sorted(limits))
    if len(seen) < _FEWEST_MEASURED or not np.ptp(seen) > 0:
        return None
    n = len(seen) + len(bounds)
    mean = fsum(seen) / len(seen)
    sd = max(float(np.sqrt(fsum((seen - mean) ** 2) / len(seen))), _SMALLEST_SD)
    if not len(bounds):
        return LogNormal(median=exp(mean), sd_of_log=sd)

    def negative(at: np.ndarray) -> float:
        spread = exp(at[1])
        inside = fsum(0.5 * ((seen - at[0]) / spread) ** 2) + len(seen) * at[1]
        return float(inside - fsum(log_ndtr((at[0] - bounds) / spread)))

    from scipy.optimize import minimize

    fit = minimize(
        negative,
        np.array([mean, log(sd)]),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": _MOST_STEPS},
    )
    if not fit.success:
        raise PreprocessingError(f"the log-normal law of {n} values, {len(bounds)} of them limits, does not settle")
    return LogNormal(median=exp(float(fit.x[0])), sd_of_log=exp(float(fit.x[1])))
