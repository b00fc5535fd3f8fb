"""How far a feature may be trusted: whether it comes out again when its specimens are measured again. Pure.

Of a feature's scatter one part is between specimens, which is what a model may learn from, and one part between
measurements of one and the same specimen. The intraclass correlation is the share of the first: ICC(1,1) of the one-way
random-effects model (Shrout & Fleiss, Psychol. Bull. 86 (1979) 420). It is a statement on a feature *among these
specimens*: the more alike they are, the lower it is.

All measurements of one specimen count as measured again, whether they were made within a day or in another session of
the instrument: the drift between sessions is in it where several sessions are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from typing import Literal

import numpy as np

from loop.values import Frozen

__all__ = ["CONFIDENCE", "FEWEST_SPECIMENS", "TRUSTED", "Repeat", "Trust", "Verdict", "trust_of"]

TRUSTED = 0.9
"""Features of a lower ICC are untrustworthy: more than a tenth of their variance is that of measuring."""
FEWEST_SPECIMENS = 5
"""With fewer specimens that were measured again nothing is judged."""
CONFIDENCE = 0.95
"""Of the interval of the ICC."""

_SAME = 1e-24
"""Mean squares below this share of the squared mean are those of rounding."""

Repeat = tuple[float | None, float | None]
"""Value and standard error of one measurement; a value of None is missing, an error of None is not known."""
Verdict = Literal["trustworthy", "untrustworthy", "unjudged"]


class Trust(Frozen):
    """What re-measurements say of one feature.

    Parameters
    ----------
    n_specimens
        How many specimens have two values or more: all figures are of these.
    n_values
        How many values they have.
    n_missing
        How many measurements, of any specimen, gave no value.
    icc, icc_low, icc_high
        ICC(1,1) and its interval; None where fewer than two specimens have two values, or all values are the same.
    scatter
        Standard deviation between measurements of one specimen, pooled, in the feature's unit.
    stderr
        Median of the standard errors that came with those values; None where none did.
    birge
        How many times larger the scatter is than the standard errors say, 1 where they are honest: √(χ²/(N − k)) of
        values against the mean of their specimen, by its mean squared standard error (Birge, Phys. Rev. 40 (1932) 207);
        None where no errors came.
    verdict
        Untrustworthy where the ICC is below `TRUSTED`; unjudged with fewer than `FEWEST_SPECIMENS` specimens.
    """

    n_specimens: int
    n_values: int
    n_missing: int
    icc: float | None = None
    icc_low: float | None = None
    icc_high: float | None = None
    scatter: float | None = None
    stderr: float | None = None
    birge: float | None = None
    verdict: Verdict = "unjudged"


def trust_of(specimens: Mapping[str, Sequence[Repeat]]) -> Trust:
    """Judge one feature by its values on specimens that were measured more than once.

    Parameters
    ----------
    specimens
        By specimen, what each of its measurements gave, in any order. Specimens with one value, and values that are
        missing or not finite, are left out.

    Notes
    -----
    With mean squares MSB between and MSW within k specimens of n_i values, N in all,
    ICC = (MSB − MSW) / (MSB + (n0 − 1) MSW) with n0 = (N − Σ n_i²/N)/(k − 1). It may come out negative. The interval is
    that of the F distribution with k − 1 and N − k degrees of freedom: exact for equal n_i, an approximation
    otherwise (as Thomas & Hultquist, Ann. Stat. 6 (1978) 582, with n0 where they have the harmonic mean).
    """
    found = {name: _known(readings) for name, readings in specimens.items()}
    n_missing = sum(len(readings) for readings in specimens.values()) - sum(len(known) for known in found.values())
    again = [known for known in found.values() if len(known) > 1]
    sizes = np.array([len(known) for known in again], dtype=float)
    k, total = len(again), float(sizes.sum())
    counted = Trust(n_specimens=k, n_values=int(total), n_missing=n_missing)
    if not k:
        return counted
    groups = [np.array([value for value, _ in known]) for known in again]
    means = np.array([values.mean() for values in groups])
    grand = float(sizes @ means / total)
    within = sum(float(((values - mean) ** 2).sum()) for values, mean in zip(groups, means, strict=True)) / (total - k)
    stderrs = [stderr for known in again for _, stderr in known if stderr is not None and isfinite(stderr)]
    errors = float(np.median(stderrs)) if stderrs else None
    scattered = counted.model_copy(update={"scatter": sqrt(within), "stderr": errors, "birge": _birge(again)})
    if k < 2:
        return scattered
    between = float(sizes @ (means - grand) ** 2) / (k - 1)
    smallest = _SAME * max(float(np.mean([np.mean(values**2) for values in groups])), 1e-300)
    if between <= smallest and within <= smallest:
        return scattered  # all values are the same
    n0 = (total - float((sizes**2).sum()) / total) / (k - 1)
    icc, low, high = _with_interval(between, within, k, total, n0)
    verdict: Verdict = "unjudged" if k < FEWEST_SPECIMENS else "trustworthy" if icc >= TRUSTED else "untrustworthy"
    return scattered.model_copy(update={"icc": icc, "icc_low": low, "icc_high": high, "verdict": verdict})


def _with_interval(between: float, within: float, k: int, total: float, n0: float) -> tuple[float, float, float]:
    """Return the ICC and the ends of its interval."""
    if within <= 0:
        return 1.0, 1.0, 1.0
    from scipy.stats import f  # where it is needed

    tail = (1 - CONFIDENCE) / 2
    ratio, above, below = between / within, k - 1, total - k

    def share(over: float) -> float:
        return float((over - 1) / (over + n0 - 1))

    return share(ratio), share(ratio / f.isf(tail, above, below)), share(ratio / f.ppf(tail, above, below))


def _birge(again: Sequence[Sequence[tuple[float, float | None]]]) -> float | None:
    """Return the Birge ratio of all specimens whose every value came with an error above 0."""
    squares, n_free = 0.0, 0
    for known in again:
        errors = [stderr for _, stderr in known if stderr is not None and isfinite(stderr) and stderr > 0]
        if len(errors) == len(known):
            values = np.array([value for value, _ in known])
            squares += float(((values - values.mean()) ** 2).sum()) / float(np.mean(np.square(errors)))
            n_free += len(known) - 1
    return sqrt(squares / n_free) if n_free else None


def _known(readings: Sequence[Repeat]) -> list[tuple[float, float | None]]:
    return [(value, stderr) for value, stderr in readings if value is not None and isfinite(value)]
