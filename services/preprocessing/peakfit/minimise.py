"""The compiled heart: bounded Levenberg-Marquardt over all free numbers of components and a linear baseline.

Nocedal & Wright, Numerical Optimization, 2nd ed., 10.3; the damping scales with the diagonal (Marquardt).
"""

from __future__ import annotations

import numba
import numpy as np

from services.preprocessing.peakfit.profiles import add_component, add_values, support_of

__all__ = ["minimise", "value_of"]

_FEWEST_STEPS = 4


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def value_of(codes: np.ndarray, numbers: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the sum of all components at places that rise, shape (n,)."""
    n = len(x)
    total, own = np.zeros(n), np.empty((5, n))
    for k in range(len(codes)):
        start, stop = support_of(codes[k], numbers[k], x)
        add_component(codes[k], numbers[k], x, start, stop, total, own)
        add_values(codes[k], numbers[k], x, 0, start, total)
        add_values(codes[k], numbers[k], x, stop, n, total)
    return total


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
    base_mean: np.ndarray,
    base_precision: np.ndarray,
    polynomials: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    most_iterations: int,
    tolerance: float,
    wanted: float = np.inf,
) -> tuple[np.ndarray, np.ndarray, float, float, np.ndarray, int, bool]:
    """Fit components, shape (k, 5) numbers, and baseline coefficients, shape (b,), to y.

    Parameters
    ----------
    codes
        Kinds, shape (k,).
    free
        Which numbers may move, shape (k, 5); likewise `low`, `high`, and `mean` and `precision` of the priors.
    base, base_mean, base_precision
        Baseline coefficients and their priors, shape (b,) each.
    polynomials
        What the baseline coefficients multiply, shape (b, n).
    weight
        1 / noise, shape (n,).
    wanted
        Cost above which nobody cares for the result: the fit ends early where its pace does not lead below.

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
    means[:n_base], precisions[:n_base] = base_mean, base_precision
    row = n_base
    for k in range(n_components):
        for j in range(5):
            if free[k, j]:
                lows[row], highs[row] = low[k, j], high[k, j]
                at[row] = min(max(numbers[k, j], low[k, j]), high[k, j])
                means[row], precisions[row] = mean[k, j], precision[k, j]
                row += 1
    now = numbers.copy()
    off, jacobian, starts, stops, chi_square, cost = _look(
        codes, now, free, at, n_base, polynomials, x, y, weight, means, precisions, size
    )
    curvature, pull = _lay_of_the_land(jacobian, starts, stops, off, precisions, means, at)
    damping, is_converged, n_iterations = 1e-3, False, 0
    while n_iterations < most_iterations and not is_converged:
        n_iterations += 1
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
        off, jacobian, starts, stops, chi_square_there, cost_there = _look(
            codes, now, free, tried, n_base, polynomials, x, y, weight, means, precisions, size
        )
        if cost_there <= cost:
            fall = cost - cost_there
            is_slow = n_iterations >= _FEWEST_STEPS and cost_there - wanted > (most_iterations - n_iterations) * fall
            is_converged = is_slow or fall <= tolerance * cost
            at, chi_square, cost = tried, chi_square_there, cost_there
            curvature, pull = _lay_of_the_land(jacobian, starts, stops, off, precisions, means, at)
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
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Return weighted residuals, weighted derivatives with where each begins and ends, chi-square and cost."""
    n = len(x)
    _unpack(numbers, free, at, n_base)
    total, own = np.zeros(n), np.empty((5, n))
    jacobian = np.empty((size, n))
    starts, stops = np.zeros(size, np.int64), np.full(size, n)
    for b in range(n_base):
        for i in range(n):
            total[i] += at[b] * polynomials[b, i]
            jacobian[b, i] = polynomials[b, i] * weight[i]
    row = n_base
    for k in range(len(codes)):
        start, stop = support_of(codes[k], numbers[k], x)
        add_component(codes[k], numbers[k], x, start, stop, total, own)
        add_values(codes[k], numbers[k], x, 0, start, total)
        add_values(codes[k], numbers[k], x, stop, n, total)
        for j in range(5):
            if free[k, j]:
                starts[row], stops[row] = start, stop
                for i in range(start, stop):
                    jacobian[row, i] = own[j, i] * weight[i]
                row += 1
    off = (y - total) * weight
    chi_square = np.dot(off, off)
    cost = chi_square
    for i in range(size):
        cost += precisions[i] * (at[i] - means[i]) ** 2
    return off, jacobian, starts, stops, chi_square, cost


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _lay_of_the_land(
    jacobian: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    off: np.ndarray,
    precisions: np.ndarray,
    means: np.ndarray,
    at: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return curvature, shape (size, size), and downhill slope, shape (size,), of half the cost."""
    size = len(at)
    curvature, pull = np.zeros((size, size)), np.empty(size)
    for i in range(size):
        pull[i] = _dot(jacobian[i], off, starts[i], stops[i]) - precisions[i] * (at[i] - means[i])
        for j in range(i + 1):
            low, high = max(starts[i], starts[j]), min(stops[i], stops[j])
            if low < high:
                curvature[i, j] = _dot(jacobian[i], jacobian[j], low, high)
                curvature[j, i] = curvature[i, j]
        curvature[i, i] += precisions[i]
    return curvature, pull


@numba.njit(cache=True, fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
def _dot(one: np.ndarray, other: np.ndarray, low: int, high: int) -> float:
    total = 0.0
    for i in range(low, high):
        total += one[i] * other[i]
    return total
