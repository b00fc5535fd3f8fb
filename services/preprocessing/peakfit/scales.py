"""Where something of a given width stands out of a curve: matched filters over many widths.

Each filter is a bell without its mean and slope over three widths, so that a background that is straight over them is
not seen (Turin, IRE Trans. Inf. Theory 6 (1960) 311; scale space: Du, Kibbe & Lin, Bioinformatics 22 (2006) 2059).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numba
import numpy as np
from scipy.signal import fftconvolve, find_peaks

__all__ = ["Outstanding", "apparent", "outstanding", "response"]

_RATIO = 1.5
_PROMINENT = 0.75
_SHORT = 100
_LN2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Something that stands out: where, how wide (FWHM), how high, and by how many standard deviations of the noise."""

    place: float
    width: float
    height: float
    score: float


def response(whitened: np.ndarray, bins: float) -> np.ndarray:
    """Return, at each point, by how many standard deviations a bell of so many bins FWHM stands out, shape (n,)."""
    template, norm = _template(bins)
    if len(template) < _SHORT:
        return np.asarray(_correlated(np.ascontiguousarray(whitened), template, 1 / norm))
    padded = np.pad(whitened, len(template) // 2, mode="edge")
    return np.asarray(fftconvolve(padded, template[::-1], mode="valid") / norm)


@numba.njit(cache=True, fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
def _correlated(values: np.ndarray, template: np.ndarray, factor: float) -> np.ndarray:
    """Return the sum of a template, at each point, times what lies under it; values go on beyond the ends as there."""
    n, reach = len(values), len(template) // 2
    found = np.empty(n)
    for i in range(n):
        total = 0.0
        low, high = max(reach - i, 0), min(len(template), n + reach - i)
        for j in range(low, high):
            total += template[j] * values[i - reach + j]
        for j in range(low):
            total += template[j] * values[0]
        for j in range(high, len(template)):
            total += template[j] * values[n - 1]
        found[i] = total * factor
    return found


def outstanding(
    x: np.ndarray,
    residual: np.ndarray,
    weight: np.ndarray,
    widths: np.ndarray,
    *,
    least: float,
    signs: tuple[int, ...] = (1,),
    most: int = 12,
) -> list[Outstanding]:
    """Return what stands out of a residual most, best first; of what overlaps, the best width at the best place.

    Parameters
    ----------
    x, residual, weight
        Shape (n,) each; x evenly spaced but for small faults; weight is 1 / noise.
    widths
        FWHM to look for, in units of x.
    least
        Score below which nothing is told.
    """
    step = float(x[-1] - x[0]) / (len(x) - 1)
    found: list[Outstanding] = []
    whitened = residual * weight
    for width in widths:
        bins = width / step
        if 3 * bins + 3 > len(x):
            continue
        score = response(whitened, bins)
        _, norm = _template(bins)
        for sign in signs:
            tops = _maxima(score, sign, least)
            found += [
                Outstanding(float(x[i]), float(width), float(score[i] / norm / weight[i]), float(sign * score[i]))
                for i in tops
            ]
    found.sort(key=lambda one: -one.score)
    kept: list[Outstanding] = []
    for one in found:
        if all(abs(one.place - other.place) > 0.6 * max(one.width, other.width) for other in kept):
            kept.append(one)
        if len(kept) == most:
            break
    return kept


def apparent(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, widths: np.ndarray, *, least: float, signs: tuple[int, ...] = (1,)
) -> list[Outstanding]:
    """Return the peaks that anybody would point at: of what stands out at several widths, the narrow ones first.

    So two neighbours are two, though one wide bell over both of them would stand out more. The width told is that at
    which the place stands out most, no wider than the distance to its neighbours allows. `least` is the score below
    which nothing is told.
    """
    step = float(x[-1] - x[0]) / (len(x) - 1)
    widths = np.array([w for w in widths if 3 * w / step + 3 <= len(x)])
    scores = [response(y * weight, width / step) for width in widths]
    norms = [_template(width / step)[1] for width in widths]
    found: list[Outstanding] = []
    for sign in signs:
        places: list[int] = []
        for width, score in zip(widths, scores, strict=True):
            tops, _ = find_peaks(sign * score, height=least, prominence=_PROMINENT * least)
            places += [int(i) for i in tops if all(abs(i - j) * step > 0.6 * width for j in places)]
        places.sort()
        for n, i in enumerate(places):
            gaps = [abs(i - j) * step for j in (*places[max(n - 1, 0) : n], *places[n + 1 : n + 2])]
            room = max(1.5 * min(gaps, default=np.inf), widths[0])
            best = max((k for k in range(len(widths)) if widths[k] <= room), key=lambda k: sign * scores[k][i])
            height = float(scores[best][i] / norms[best] / weight[i])
            found.append(Outstanding(float(x[i]), float(widths[best]), height, float(sign * scores[best][i])))
    return [one for one in found if one.score > 0]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _maxima(score: np.ndarray, sign: int, least: float) -> np.ndarray:
    """Return where a score, times a sign, is highest among its neighbours and above the least."""
    found, n = np.empty(len(score), np.int64), 0
    for i in range(1, len(score) - 1):
        here = sign * score[i]
        if here > least and here >= sign * score[i - 1] and here > sign * score[i + 1]:
            found[n] = i
            n += 1
    return found[:n]


@lru_cache(maxsize=256)
def _template(bins: float) -> tuple[np.ndarray, float]:
    """Return the filter for a bell of so many bins FWHM, and its norm."""
    reach = max(int(np.ceil(1.5 * bins)), 2)
    u = np.arange(-reach, reach + 1) / bins
    bell = np.exp(-4 * _LN2 * u * u)
    bell -= bell.mean()
    return bell, float(np.linalg.norm(bell))
