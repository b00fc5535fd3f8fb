"""What may run under all lines of a curve, without a model: where a search begins, never where it ends."""

from __future__ import annotations

import numpy as np

from services.preprocessing.peakfit.problem import Problem

__all__ = ["grounds"]

_FEWEST = 5
_ROUNDS = 30


def grounds(problem: Problem) -> tuple[np.ndarray, ...]:
    """Return where a baseline may run, on the finest grid, shape (n,) each.

    Clipped from above (SNIP) where all peaks point up: Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396; Morháč &
    Matoušek, Appl. Spectrosc. 62 (2008) 91. Where some may point down: a straight line through both ends, and one that
    most points lie near.
    """
    if len(problem.signs) == 2:
        return _through_ends(problem), _near_most(problem)
    from pybaselines import Baseline

    finest = problem.levels[0]
    half = max(int(0.75 * problem.broad / finest.step), _FEWEST)
    half = min(half, (len(finest.x) - 1) // 2)
    smooth = max(int(0.2 * problem.narrowest / finest.step), 2)
    clipped, _ = Baseline(finest.x).snip(
        finest.y, max_half_window=half, decreasing=True, smooth_half_window=smooth, filter_order=2
    )
    return (np.asarray(clipped),)


def _through_ends(problem: Problem) -> np.ndarray:
    finest = problem.levels[0]
    n = max(len(finest.x) // 40, 3)
    left, right = float(np.median(finest.y[:n])), float(np.median(finest.y[-n:]))
    return np.linspace(left, right, len(finest.x))


def _near_most(problem: Problem) -> np.ndarray:
    """Fit a line by iterated weights that forget what lies far off (Cauchy)."""
    finest = problem.levels[0]
    rows = problem.polynomials(finest, 2)
    off = finest.y - np.median(finest.y)
    fitted = np.zeros(len(off))
    for _ in range(_ROUNDS):
        scale = max(1.5 * float(np.median(np.abs(off))), 1e-12)
        weighted = rows / (1 + (off / scale) ** 2)
        fitted = np.linalg.solve(weighted @ rows.T + 1e-9 * np.eye(len(rows)), weighted @ finest.y) @ rows
        off = finest.y - fitted
    return np.asarray(fitted)
