"""Random points of polytopes in the unit cube, many polytopes at once. Knows arrays only.

Hit-and-run (Smith, Oper. Res. 32 (1984) 1296) started from the centre of the largest inscribed ball, along directions
that keep every equality; a polytope without an interior is walked within its own affine hull.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.space.solver import solve_linear

__all__ = ["Polytope", "centred", "hit_and_run"]

_THIN = 1e-7
"""Radius below which a polytope has no interior, in units of the cube."""

_STATES = 4
"""Late states of a chain that are given back, spaced apart."""


@dataclass(frozen=True, slots=True)
class Polytope:
    """Points z of the unit cube with ``low <= matrix @ z <= high``, known from inside.

    ``centre`` (p,) lies inside; ``directions`` (p, p) turns white noise into directions that keep all equalities.
    """

    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    directions: np.ndarray


def centred(
    matrix: np.ndarray, low: np.ndarray, high: np.ndarray, free: np.ndarray, rng: np.random.Generator
) -> Polytope | None:
    """Find the inside of a polytope of the unit cube; None where it is empty.

    Parameters
    ----------
    matrix, low, high
        Rows of the polytope, shapes (m, p), (m,), (m,); columns that are not free are zero.
    free
        Which coordinates may move, shape (p,); the others stay 0.
    """
    p, columns = matrix.shape[1], np.flatnonzero(free)
    size = np.linalg.norm(matrix, axis=1)
    is_equal = high - low <= 1e-12 * (1 + size)
    if not len(columns):
        fits = np.all((low <= 1e-9) & (high >= -1e-9))
        return Polytope(matrix, low, high, np.zeros(p), np.zeros((p, p))) if fits else None
    above, below = ~is_equal & np.isfinite(high), ~is_equal & np.isfinite(low)
    inner = np.vstack([matrix[above], -matrix[below]])[:, columns]
    limits = np.concatenate([high[above], -low[below]])
    k = len(columns)
    unit, ones = np.eye(k), np.ones((k, 1))
    sides = np.vstack([np.hstack([inner, np.r_[size[above], size[below]][:, None]]), np.hstack([unit, ones])])
    sides = np.vstack([sides, np.hstack([-unit, ones])])
    found = solve_linear(
        np.r_[np.zeros(k), -1.0],
        sides=sides,
        limits=np.r_[limits, np.ones(k), np.zeros(k)],
        bounds=[(0, 1)] * k + [(0, 0.5)],
        equal=(np.hstack([matrix[is_equal][:, columns], np.zeros((is_equal.sum(), 1))]), low[is_equal])
        if is_equal.any()
        else None,
    )
    if found is None:
        return None
    centre, directions = np.zeros(p), np.zeros((p, p))
    centre[columns] = found[:k]
    if found[k] > _THIN:
        equal = matrix[is_equal][:, columns]
        keep = np.eye(k) - np.linalg.pinv(equal) @ equal if is_equal.any() else np.eye(k)
    else:
        corners = np.vstack([found[None, :k], *_corners(matrix[:, columns], low, high, rng)])
        centre[columns] = corners.mean(axis=0)
        _, spread, axes = np.linalg.svd(corners - corners.mean(axis=0), full_matrices=False)
        hull = axes[spread > 1e-6]
        keep = hull.T @ hull
    directions[np.ix_(columns, columns)] = keep
    return Polytope(matrix, low, high, centre, directions)


def hit_and_run(
    polytopes: list[Polytope],
    which: np.ndarray,
    rng: np.random.Generator,
    *,
    log_density: np.ndarray,
    offset: np.ndarray,
) -> np.ndarray:
    """Walk one chain per wanted point and return its late states.

    Parameters
    ----------
    polytopes
        The polytopes, all of the same shape.
    which
        Number of the polytope that each chain walks in, shape (n,).
    log_density, offset
        Where `log_density` (n, p) is 1, points are uniform in the logarithm of ``z + offset`` (n, p); where 0, in z.

    Returns
    -------
    States of shape (states, n, p); the last is the most random.
    """
    matrix = np.stack([q.matrix for q in polytopes])[which]
    low, high = np.stack([q.low for q in polytopes])[which], np.stack([q.high for q in polytopes])[which]
    directions = np.stack([q.directions for q in polytopes])[which]
    z = np.stack([q.centre for q in polytopes])[which]
    spacing = 4 + 2 * int(directions.any(axis=(0, 1)).sum())
    states = []
    for _ in range(_STATES):
        for _ in range(spacing):
            z = _step(z, matrix, low, high, directions, rng, log_density, offset)
        states.append(z)
    return np.stack(states)


def _step(
    z: np.ndarray,
    matrix: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    directions: np.ndarray,
    rng: np.random.Generator,
    log_density: np.ndarray,
    offset: np.ndarray,
) -> np.ndarray:
    way = np.einsum("nij,nj->ni", directions, rng.standard_normal(z.shape))
    way[np.abs(way) < 1e-12] = 0.0
    at, slope = np.einsum("nmp,np->nm", matrix, z), np.einsum("nmp,np->nm", matrix, way)
    slope[np.abs(slope) < 1e-10] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.concatenate([(0.0 - z) / way, (1.0 - z) / way, (low - at) / slope, (high - at) / slope], axis=1)
    signs = np.concatenate([-way, way, -slope, slope], axis=1)
    forward = np.where(signs > 0, np.maximum(ends, 0.0), np.inf).min(axis=1)
    backward = np.where(signs < 0, np.minimum(ends, 0.0), -np.inf).max(axis=1)
    stuck = ~np.isfinite(forward) | ~np.isfinite(backward)
    forward, backward = np.where(stuck, 0.0, forward), np.where(stuck, 0.0, backward)
    length = backward + (forward - backward) * rng.random(len(z))
    if not log_density.any():
        return np.asarray(np.clip(z + length[:, None] * way, 0.0, 1.0))
    # on a chord, one coordinate with logarithmic density leads: it is drawn evenly in its logarithm, the rest corrects
    weight = log_density * (way != 0) * rng.random(z.shape)
    row, leader = np.arange(len(z)), weight.argmax(axis=1)
    led = weight[row, leader] > 0
    start, shift = z[row, leader], offset[row, leader]
    pace = np.where(led, way[row, leader], 1.0)
    first, last = (np.log(np.maximum(start + t * pace + shift, 1e-300)) for t in (backward, forward))
    target = np.exp(first + (last - first) * rng.random(len(z)))
    length = np.where(led, (target - shift - start) / pace, length)
    moved = np.clip(z + np.clip(length, backward, forward)[:, None] * way, 0.0, 1.0)
    others = log_density.copy()
    others[row[led], leader[led]] = 0.0
    gain = (others * (np.log(z + offset) - np.log(moved + offset))).sum(axis=1)
    accepted = np.log(rng.random(len(z))) < gain
    return np.asarray(np.where(accepted[:, None], moved, z))


def _corners(matrix: np.ndarray, low: np.ndarray, high: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return corners of a polytope in random directions, up to 2 k + 2 of shape (k,); some may be equal."""
    k = matrix.shape[1]
    above, below = np.isfinite(high), np.isfinite(low)
    sides, limits = np.vstack([matrix[above], -matrix[below]]), np.concatenate([high[above], -low[below]])
    found = [
        solve_linear(way, sides=sides, limits=limits + 1e-9, bounds=[(0, 1)] * k)
        for way in rng.standard_normal((2 * k + 2, k))
    ]
    return [corner for corner in found if corner is not None]
