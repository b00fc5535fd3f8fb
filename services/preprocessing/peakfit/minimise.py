"""The compiled heart: bounded Levenberg-Marquardt over all free numbers of components and a linear baseline.

Nocedal & Wright, Numerical Optimization, 2nd ed., 10.3; the damping scales with the diagonal (Marquardt).
"""

from __future__ import annotations

import numba
import numpy as np

from services.preprocessing.peakfit.profiles import add_component

__all__ = ["minimise", "value_and_slopes"]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def value_and_slopes(
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


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def minimise(
    codes: np.ndarray,
    numbers: np.ndarray,
    free: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    mean: np.ndarray,
    precision: np.ndarray,
    base: np.ndarray,
    polynomials: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    most_iterations: int,
    tolerance: float,
) -> tuple[np.ndarray, np.ndarray, float, float, np.ndarray, int, bool]:
    """Fit components, shape (k, 5) numbers, and baseline coefficients, shape (b,), to y.

    Parameters
    ----------
    codes
        Kinds, shape (k,).
    free
        Which numbers may move, shape (k, 5); likewise `low`, `high`, and `mean` and `precision` of the priors.
    polynomials
        What the baseline coefficients multiply, shape (b, n).
    weight
        1 / noise, shape (n,).

    Returns
    -------
    Numbers, coefficients, chi-square, cost (with the priors), curvature (baseline first), iterations, converged or not.
    """
    n_base, n_components = len(base), len(codes)
    size = n_base
    for k in range(n_components):
        for j in range(5):
            size += free[k, j]
    at, lows, highs = np.empty(size), np.full(size, -np.inf), np.full(size, np.inf)
    means, precisions = np.zeros(size), np.zeros(size)
    at[:n_base] = base
    row = n_base
    for k in range(n_components):
        for j in range(5):
            if free[k, j]:
                lows[row], highs[row] = low[k, j], high[k, j]
                at[row] = min(max(numbers[k, j], low[k, j]), high[k, j])
                means[row], precisions[row] = mean[k, j], precision[k, j]
                row += 1
    now = numbers.copy()
    off, jacobian, chi_square, cost = _look(
        codes, now, free, at, n_base, polynomials, x, y, weight, means, precisions, size
    )
    curvature = np.dot(jacobian, jacobian.T)
    for i in range(size):
        curvature[i, i] += precisions[i]
    damping, is_converged, n_iterations = 1e-3, False, 0
    while n_iterations < most_iterations and not is_converged:
        n_iterations += 1
        pull = np.dot(jacobian, off) - precisions * (at - means)
        scale = np.empty(size)
        for i in range(size):
            scale[i] = 1.0 / np.sqrt(curvature[i, i] + 1e-300)
        damped = np.empty((size, size))
        right = np.empty(size)
        for i in range(size):
            is_held = (at[i] <= lows[i] and pull[i] < 0) or (at[i] >= highs[i] and pull[i] > 0)
            right[i] = 0.0 if is_held else pull[i] * scale[i]
            for j in range(size):
                damped[i, j] = curvature[i, j] * scale[i] * scale[j]
            damped[i, i] = 1.0 + damping
            if is_held:
                damped[i, :] = 0.0
                damped[i, i] = 1.0
        step = np.linalg.solve(damped, right)
        tried = np.empty(size)
        for i in range(size):
            tried[i] = min(max(at[i] + step[i] * scale[i], lows[i]), highs[i])
        off_there, jacobian_there, chi_square_there, cost_there = _look(
            codes, now, free, tried, n_base, polynomials, x, y, weight, means, precisions, size
        )
        if cost_there <= cost:
            is_converged = cost - cost_there <= tolerance * cost
            at, off, jacobian, chi_square, cost = tried, off_there, jacobian_there, chi_square_there, cost_there
            curvature = np.dot(jacobian, jacobian.T)
            for i in range(size):
                curvature[i, i] += precisions[i]
            damping = max(damping / 6, 1e-12)
        else:
            damping *= 5
            is_converged = damping > 1e10
    _unpack(now, free, at, n_base)
    return now, at[:n_base].copy(), chi_square, cost, curvature, n_iterations, is_converged


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _unpack(numbers: np.ndarray, free: np.ndarray, at: np.ndarray, n_base: int) -> None:
    row = n_base
    for k in range(len(numbers)):
        for j in range(5):
            if free[k, j]:
                numbers[k, j] = at[row]
                row += 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _look(
    codes: np.ndarray,
    numbers: np.ndarray,
    free: np.ndarray,
    at: np.ndarray,
    n_base: int,
    polynomials: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    means: np.ndarray,
    precisions: np.ndarray,
    size: int,
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Return weighted residuals, weighted derivatives, chi-square and cost at a vector of free numbers."""
    _unpack(numbers, free, at, n_base)
    total, slopes = value_and_slopes(codes, numbers, free, x, size - n_base)
    jacobian = np.empty((size, len(x)))
    for b in range(n_base):
        for i in range(len(x)):
            total[i] += at[b] * polynomials[b, i]
            jacobian[b, i] = polynomials[b, i] * weight[i]
    for b in range(n_base, size):
        for i in range(len(x)):
            jacobian[b, i] = slopes[b - n_base, i] * weight[i]
    off = (y - total) * weight
    chi_square = np.dot(off, off)
    cost = chi_square
    for i in range(size):
        cost += precisions[i] * (at[i] - means[i]) ** 2
    return off, jacobian, chi_square, cost
