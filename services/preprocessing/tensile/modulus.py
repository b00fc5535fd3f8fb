"""Slopes at the beginning of a curve of stress: the modulus, and where a toe ends. Pure.

Modulus: ISO 527-1:2012, 10.3: chord or regression between 0.05 and 0.25 % strain. Toe: ASTM D638, Annex A1: the
steepest line, continued to zero stress, gives the zero of strain.
"""

from __future__ import annotations

import numpy as np

from services.preprocessing.determination import Determination, absent, measured
from services.preprocessing.tensile.method import TensileMethod

__all__ = ["modulus_of", "toe_offset"]

_UNIT = "MPa"
_WINDOW = 0.2
"""Width of the line, as a share of the way between 10 and 50 % of the greatest stress."""
_HIGHEST = 0.6
"""The steepest line is looked for below this share of the greatest stress."""
_FEWEST_ON_A_LINE = 5


def modulus_of(strain: np.ndarray, stress: np.ndarray, noise: float, method: TensileMethod) -> Determination:
    """Return the modulus in MPa with its standard error, or why there is none.

    Parameters
    ----------
    strain, stress
        mm/mm and MPa up to the first maximum or the break, shape (n,), in the order of the test.
    noise
        Standard deviation of the stress, MPa: for the error of a chord.
    """
    low, high = method.modulus_from, method.modulus_to
    window = f"the window of {100 * low:g} to {100 * high:g} % strain"
    if float(strain.max()) < high:
        return absent(_UNIT, f"strain ends at {100 * strain.max():.3g} %, before {window} does")
    first, last = int(np.argmax(strain >= low)), int(np.argmax(strain >= high))
    if first == 0 and strain[0] > low:
        return absent(_UNIT, f"strain begins at {100 * strain[0]:.3g} %, within {window}")
    inside = first + np.flatnonzero((strain[first : last + 1] >= low) & (strain[first : last + 1] <= high))
    n = len(inside)
    if n < method.fewest_points:
        return absent(_UNIT, f"{n} points in {window}; {method.fewest_points} are wanted")
    if method.modulus_by == "chord":
        path = np.arange(max(first - 1, 0), last + 1)
        x = np.maximum.accumulate(strain[path])
        ends = np.interp([low, high], x, stress[path])
        return measured(
            float(ends[1] - ends[0]) / (high - low), _UNIT, stderr=noise * np.sqrt(2.0) / (high - low), basis="chord"
        )
    x, y = strain[inside], stress[inside]
    run = x - x.mean()
    slope = float(run @ (y - y.mean())) / float(run @ run)
    rest = (y - y.mean()) - slope * run
    stderr = float(np.sqrt((rest @ rest) / (n - 2) / (run @ run)))
    return measured(slope, _UNIT, stderr=stderr, basis="regression")


def toe_offset(x: np.ndarray, stress: np.ndarray) -> float:
    """Return the way at which the steepest line of the curve meets zero stress, in units of `x`; 0 where none is found.

    Parameters
    ----------
    x
        Strain or travel up to the first maximum or the break, shape (n,).

    References
    ----------
    ASTM D638, Annex A1.2 (a linear region) and A1.3 (tangent at the inflection).
    """
    top = float(stress.max())
    near, far = int(np.argmax(stress >= 0.1 * top)), int(np.argmax(stress >= 0.5 * top))
    width = _WINDOW * float(x[far] - x[near])
    last = int(np.argmax(stress >= _HIGHEST * top))
    if width <= 0 or last < _FEWEST_ON_A_LINE:
        return 0.0
    way = np.maximum.accumulate(x[: last + 1])
    starts = np.arange(last + 1)
    stops = np.searchsorted(way, way + width, side="right")
    is_line = (stops - starts >= _FEWEST_ON_A_LINE) & (stops <= last)
    if not is_line.any():
        return 0.0
    u, s = x[: last + 1] - x[: last + 1].mean(), stress[: last + 1]
    sums = [np.concatenate([[0.0], np.cumsum(term)]) for term in (u, s, u * u, u * s)]
    n = (stops - starts).astype(float)
    su, ss, suu, sus = (total[stops] - total[starts] for total in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (sus - su * ss / n) / (suu - su * su / n)
    slope[~is_line | ~np.isfinite(slope)] = -np.inf
    best = int(np.argmax(slope))
    if not slope[best] > 0:
        return 0.0
    meets = su[best] / n[best] - ss[best] / n[best] / slope[best]
    return float(meets + x[: last + 1].mean())
