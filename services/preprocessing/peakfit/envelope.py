"""What may run under all lines of a curve, without a model: where a search begins, never where it ends."""

from __future__ import annotations

import numpy as np

from services.preprocessing.peakfit.problem import Problem

__all__ = ["grounds"]

_FEWEST = 5
_ROUNDS = 30
_STEP_PLACES = 32
_STEP_WIDTHS = (15.0, 5.0)
_STEP_NOISES = 3.0
_STEP_SHARE = 0.01
_STEP_ROUNDS = 12


def grounds(problem: Problem) -> tuple[np.ndarray, ...]:
    """Return where a baseline may run, on the finest grid, shape (n,) each.

    Clipped from above (SNIP) where all peaks point up: Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396; Morháč &
    Matoušek, Appl. Spectrosc. 62 (2008) 91. Where some may point down: a straight line through both ends, and one that
    most points lie near.
    """
    if len(problem.signs) == 2:
        level = (_near_most(problem), _through_ends(problem))
        return (level[0], _with_step(problem), level[1]) if problem.settings.steps else level
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


def _with_step(problem: Problem) -> np.ndarray:
    """Return the slope with a step that most points lie near, of steps at many places.

    Most, that is by Cauchy's measure on a scale that shrinks from the whole range to some times the noise (graduated
    non-convexity: Blake & Zisserman, Visual Reconstruction, 1987).
    """
    finest, few = problem.levels[0], problem.levels[-1]
    places = np.linspace(few.x[0], few.x[-1], _STEP_PLACES + 2)[1:-1]
    middles, widths = (a.ravel() for a in np.meshgrid(places, problem.broad / np.array(_STEP_WIDTHS)))
    lines = problem.polynomials(few, 2)
    steps = 1 / (1 + np.exp(np.clip(-4 * (few.x - middles[:, None]) / widths[:, None], -500, 500)))
    rows = np.concatenate([np.broadcast_to(lines, (len(middles), *lines.shape)), steps[:, None]], axis=1)
    last = max(_STEP_NOISES / float(np.median(few.weight)), _STEP_SHARE * float(np.ptp(few.y)))
    off = np.broadcast_to(few.y - np.median(few.y), steps.shape)
    coefficients = np.zeros((len(middles), 3))
    for scale in np.geomspace(max(float(np.ptp(few.y)), 2 * last), last, _STEP_ROUNDS):
        weighted = rows / (1 + (off / scale) ** 2)[:, None]
        square = weighted @ rows.transpose(0, 2, 1) + 1e-9 * np.eye(3)
        coefficients = np.linalg.solve(square, (weighted @ few.y)[:, :, None])[:, :, 0]
        off = few.y - (coefficients[:, None] @ rows)[:, 0]
    best = int((1 / (1 + (off / last) ** 2)).sum(axis=1).argmax())
    step = 1 / (1 + np.exp(np.clip(-4 * (finest.x - middles[best]) / widths[best], -500, 500)))
    return np.asarray(coefficients[best, :2] @ problem.polynomials(finest, 2) + coefficients[best, 2] * step)
