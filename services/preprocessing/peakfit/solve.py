"""Fit all numbers of a pattern together: bounded Levenberg-Marquardt with analytic derivatives and priors.

Nocedal & Wright, Numerical Optimization, 2nd ed., 10.3; the damping scales with the diagonal (Marquardt).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from services.preprocessing.errors import PreprocessingError
from services.preprocessing.peakfit.pattern import Layout, Pattern, Prior
from services.preprocessing.peakfit.profiles import KINDS, N_NUMBERS, add_component

__all__ = ["Fit", "FitError", "fit"]

_WIDEST = 2.0
"""Widths of components reach to this part of the axis."""


class FitError(PreprocessingError):
    """A pattern cannot be fitted to what is given."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fit:
    """A pattern as fitted.

    Attributes
    ----------
    chi_square
        Sum of squared residuals over their noise.
    cost
        The same with what the priors add.
    covariance
        Of the free numbers in the order of `Layout`, by the curvature at the end; not inflated.
    is_converged
        False where the iterations ran out first.
    """

    pattern: Pattern
    chi_square: float
    cost: float
    covariance: np.ndarray
    n_iterations: int
    is_converged: bool

    def stderr(self, k: int) -> np.ndarray:
        """Return the standard errors of a component's five numbers, shape (5,); NaN for what is not free."""
        layout = Layout(tuple(c.kind for c in self.pattern.components), len(self.pattern.baseline))
        found = np.full(layout.free.shape, np.nan)
        found[layout.free] = np.sqrt(np.maximum(np.diag(self.covariance)[layout.n_baseline :], 0.0))
        return np.asarray(found[k])


def fit(
    x: np.ndarray,
    y: np.ndarray,
    noise: np.ndarray,
    start: Pattern,
    *,
    priors: Sequence[Prior] | None = None,
    most_iterations: int = 60,
    tolerance: float = 1e-7,
) -> Fit:
    """Fit a pattern to a curve.

    Parameters
    ----------
    x, y
        The curve, shape (n,) each.
    noise
        Standard deviation of each point, shape (n,).
    start
        Where the search begins; which components there are does not change.
    priors
        One for each component; weak ones where left out.
    tolerance
        Relative decrease of the cost below which the search ends.

    Raises
    ------
    FitError
        If there are fewer points than free numbers, or something is not finite.
    """
    kinds = tuple(component.kind for component in start.components)
    layout = Layout(kinds, len(start.baseline))
    if len(x) < layout.size:
        raise FitError(f"{len(x)} points cannot determine {layout.size} numbers")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (noise > 0).all()):
        raise FitError("a curve to be fitted has finite values and a noise above 0 at every point")
    codes = np.array([KINDS[kind] for kind in kinds], np.int64)
    polynomials = np.polynomial.chebyshev.chebvander(
        2 * (x - start.first) / (start.last - start.first) - 1, max(layout.n_baseline - 1, 0)
    ).T[: layout.n_baseline]
    mean, precision = layout.spread(priors or [Prior()] * len(kinds))
    low, high = _bounds(layout, start, x)
    still = np.array([c.numbers for c in start.components]).reshape(-1, N_NUMBERS)
    at = np.clip(layout.pack(start), low, high)
    weight = 1.0 / noise

    def residuals(vector: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        numbers = still.copy()
        numbers[layout.free] = vector[layout.n_baseline :]
        total, slopes = _value_and_slopes(codes, numbers, layout.free, x, layout.size - layout.n_baseline)
        total += vector[: layout.n_baseline] @ polynomials
        jacobian = np.concatenate([polynomials, slopes]) * weight
        off = (y - total) * weight
        return off, jacobian, float(off @ off + precision @ (vector - mean) ** 2)

    off, jacobian, cost = residuals(at)
    damping, is_converged, n_iterations = 1e-3, False, 0
    curvature = jacobian @ jacobian.T + np.diag(precision)
    while n_iterations < most_iterations and not is_converged:
        n_iterations += 1
        pull = jacobian @ off - precision * (at - mean)
        is_held = ((at <= low) & (pull < 0)) | ((at >= high) & (pull > 0))
        free = ~is_held
        scale = np.diag(curvature)[free] + 1e-30
        step = np.zeros(len(at))
        try:
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)] + np.diag(damping * scale), pull[free])
        except np.linalg.LinAlgError:
            damping *= 10
            continue
        tried = np.clip(at + step, low, high)
        off_there, jacobian_there, cost_there = residuals(tried)
        if cost_there <= cost:
            is_converged = cost - cost_there <= tolerance * cost
            at, off, jacobian, cost = tried, off_there, jacobian_there, cost_there
            curvature = jacobian @ jacobian.T + np.diag(precision)
            damping = max(damping / 6, 1e-12)
        else:
            damping *= 5
            is_converged = damping > 1e10
    return Fit(
        pattern=layout.unpack(at, start),
        chi_square=float(off @ off),
        cost=cost,
        covariance=_inverse(curvature),
        n_iterations=n_iterations,
        is_converged=is_converged,
    )


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _value_and_slopes(
    codes: np.ndarray, numbers: np.ndarray, free: np.ndarray, x: np.ndarray, n_free: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of all components, shape (n,), and its derivatives by their free numbers, shape (n_free, n)."""
    total, slopes = np.zeros(len(x)), np.empty((n_free, len(x)))
    own = np.empty((5, len(x)))
    row = 0
    for k in range(len(codes)):
        add_component(codes[k], numbers[k], x, total, own)
        for j in range(5):
            if free[k, j]:
                slopes[row] = own[j]
                row += 1
    return total, slopes


def _bounds(layout: Layout, start: Pattern, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each number may go: signs of heights stay, places lie near the axis, widths have sense on it."""
    span, step = float(x[-1] - x[0]), float(np.median(np.diff(x)))
    low, high = [], []
    for component in start.components:
        is_peak = component.kind not in ("step", "decay")
        heights = (0.0, np.inf) if component.height >= 0 else (-np.inf, 0.0)
        low.append([heights[0] if is_peak else -np.inf, x[0] - 0.1 * span, np.log(0.5 * step), -6.0, -1.2])
        high.append([heights[1] if is_peak else np.inf, x[-1] + 0.1 * span, np.log(_WIDEST * span), 6.0, 1.2])
    nothing = np.full(layout.n_baseline, np.inf)
    lows = np.array(low, float).reshape(-1, N_NUMBERS)[layout.free]
    highs = np.array(high, float).reshape(-1, N_NUMBERS)[layout.free]
    return np.concatenate([-nothing, lows]), np.concatenate([nothing, highs])


def _inverse(curvature: np.ndarray) -> np.ndarray:
    """Invert a curvature, scaled by its diagonal first: heights and places differ by powers of ten."""
    scale = 1 / np.sqrt(np.maximum(np.diag(curvature), 1e-300))
    scaled = curvature * scale[:, None] * scale
    return np.asarray(np.linalg.pinv(scaled, hermitian=True) * scale[:, None] * scale)
