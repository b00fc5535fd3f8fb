"""Match fitted peaks to true ones, one to one, and score them. Knows nothing of fitters nor of generators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

REACH = 0.5  # FWHM of the true peak
AREA_TOLERANCE = 0.30
WIDTH_FACTOR = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A peak, true or fitted; position and FWHM in axis units, area signed."""

    position: float
    fwhm: float
    area: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Hits, good hits (area and FWHM right too), false peaks and misses of one curve."""

    hits: int
    good: int
    false: int
    missed: int

    def f1(self, *, good: bool = False) -> float:
        """F1, or F1q with `good`: a hit that is not good is both a false peak and a miss; 1 where nothing was due."""
        right = self.good if good else self.hits
        total = 2 * self.hits + self.false + self.missed
        return 2 * right / total if total else 1.0


def match(truth: list[Line], found: list[Line]) -> list[tuple[int, int]]:
    """Pair true with fitted peaks of the same sign within 0.5 true FWHM: most pairs first, then nearest."""
    if not truth or not found:
        return []
    gap = np.array(
        [[abs(f.position - t.position) / t.fwhm if f.area * t.area > 0 else np.inf for f in found] for t in truth]
    )
    far = 10.0 * (len(truth) + len(found))
    rows, columns = linear_sum_assignment(np.where(gap <= REACH, gap, far))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if gap[i, j] <= REACH]


def score(truth: list[Line], detectable: list[bool], found: list[Line]) -> Counts:
    """Count one curve; matches to peaks that are not detectable are neither reward nor fault."""
    pairs = match(truth, found)
    due = [(i, j) for i, j in pairs if detectable[i]]
    good = sum(
        abs(found[j].area / truth[i].area - 1) <= AREA_TOLERANCE
        and 1 / WIDTH_FACTOR <= found[j].fwhm / truth[i].fwhm <= WIDTH_FACTOR
        for i, j in due
    )
    return Counts(hits=len(due), good=good, false=len(found) - len(pairs), missed=sum(detectable) - len(due))
