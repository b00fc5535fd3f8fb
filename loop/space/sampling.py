"""Random formulations spread over a constrained space, and the choice of a few that fill it. Never by blind rejection.

A structure is drawn first (ingredients used, levels), then a point of the polytope that it leaves, which is rounded to
the grid with sums repaired; the few points left over are projected exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loop.errors import SpaceError
from loop.space.parameters import Categorical, Discrete, Ingredient, Parameter
from loop.space.polytope import Polytope, centred, hit_and_run
from loop.space.rounding import round_rows
from loop.space.space import SearchSpace
from loop.space.structures import Structure, draw_structure, structure_of, sums_of

__all__ = ["distances", "enumerate_rows", "sample", "scaled", "sobol", "spread", "spread_order"]

_MOST_STRUCTURES = 400
"""Structures drawn per call; rows share them out."""

_MOST_POLYTOPES = 160
"""Different polytopes among them that are looked into; each costs one linear program."""

_MOST_PROJECTED = 32
"""Points per call that may be projected one by one."""

_FEW = 8
"""Structures found at random below which some are looked for exactly."""


def sample(
    space: SearchSpace, n: int, rng: np.random.Generator, *, held: Mapping[str, float] | None = None
) -> np.ndarray:
    """Draw feasible rows spread over the whole space, its discrete side included.

    Parameters
    ----------
    n
        How many. A small space or table gives rows more than once.
    held
        Allowed values that every row keeps, by parameter name; level numbers for choices.

    Returns
    -------
    Feasible rows on the grid, shape (n, parameters); the same for the same state of `rng`.

    Raises
    ------
    SpaceError
        If no formulation meets all constraints together.
    """
    held = dict(held or {})
    if space.candidates is not None:
        return _from_table(space, n, rng, held)
    free = [
        name
        for name, parameter in space.parameters.items()
        if name not in held
        and not any(name in constraint.parameters for constraint in space.constraints)
        and not (isinstance(parameter, Ingredient) and parameter.low == 0)
    ]
    columns = [space.names.index(name) for name in free]
    quasi = _on_scale(space, columns, sobol(n, len(columns), rng)) if columns else np.empty((n, 0))
    if len(columns) + len(held) == len(space.names):
        rows = np.empty((n, len(space.names)))
        rows[:, [space.names.index(name) for name in held]] = list(held.values())
    else:
        rows = _from_polytopes(space, n, rng, held)
    rows[:, columns] = quasi
    return rows


def enumerate_rows(space: SearchSpace, most: int = 4096) -> np.ndarray | None:
    """Return every feasible row of a small space, shape (m, parameters); None where its grid has more than `most`."""
    if space.candidates is not None:
        return space.candidates
    columns = []
    for parameter, (low, high), step in zip(space.parameters.values(), space.ends.T, space.steps, strict=True):
        n_steps = 0.0 if isinstance(parameter, Discrete) else (high - low) / parameter.resolution
        if step == 0 or n_steps > most:
            return None
        listed = parameter.values if isinstance(parameter, Discrete) else np.linspace(low, high, round(n_steps) + 1)
        columns.append(np.unique(parameter.nearest_allowed(np.array(listed))))
    if math.prod(len(column) for column in columns) > most:
        return None
    rows = np.stack([column.ravel() for column in np.meshgrid(*columns, indexing="ij")], axis=1)
    return np.asarray(rows[space.feasible(rows)])


def spread(
    rows: np.ndarray,
    n: int,
    space: SearchSpace,
    rng: np.random.Generator,
    *,
    beside: np.ndarray | None = None,
) -> np.ndarray:
    """Choose `n` rows that lie far from one another: each next one as far as possible from those before.

    Parameters
    ----------
    rows
        Rows to choose from, shape (m, parameters), m >= n.
    beside
        Rows that are there already and to be kept away from, shape (k, parameters).

    Returns
    -------
    The rows chosen, in the order of choice, shape (n, parameters).
    """
    return np.asarray(rows[spread_order(rows, n, space, rng, beside=beside)])


def spread_order(
    rows: np.ndarray, n: int, space: SearchSpace, rng: np.random.Generator, *, beside: np.ndarray | None = None
) -> np.ndarray:
    """Return the numbers of the rows that `spread` chooses, in the order of choice, shape (n,)."""
    if n > len(rows):
        raise SpaceError(f"asked to choose {n} of {len(rows)} formulations")
    points = scaled(space, rows)
    gap = np.full(len(rows), np.inf)
    if beside is not None and len(beside):
        gap = distances(points, scaled(space, beside)).min(axis=1)
    chosen: list[int] = []
    for _ in range(n):
        best = int(rng.integers(len(rows))) if np.isinf(gap).all() else int(gap.argmax())
        chosen.append(best)
        gap = np.minimum(gap, distances(points, points[best : best + 1])[:, 0])
        gap[best] = -1.0
    return np.array(chosen, dtype=int)


def scaled(space: SearchSpace, rows: np.ndarray) -> np.ndarray:
    """Write rows so that Euclidean distance means something: ranges, or their logarithm, are 1; levels lie 1 apart."""
    parts = []
    for j, parameter in enumerate(space.parameters.values()):
        if isinstance(parameter, Categorical):
            parts.append(np.eye(len(parameter.names))[rows[:, j].astype(int)] * np.sqrt(0.5))
        else:
            low, high = _warped(parameter, np.array([parameter.low, parameter.high]))
            parts.append(((_warped(parameter, rows[:, j]) - low) / (high - low))[:, None])
    return np.concatenate(parts, axis=1)


def distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return Euclidean distances between two sets of scaled points, shape (n, m)."""
    square = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * points @ others.T
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def sobol(n: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Return the first `n` points of a scrambled Sobol sequence, shape (n, dimensions), in [0, 1)."""
    from scipy.stats import qmc  # not above: half a second that reading a campaign does not need

    engine = qmc.Sobol(dimensions, scramble=True, rng=rng)
    return np.asarray(engine.random_base2(max(n - 1, 0).bit_length())[:n])


# ---------------------------------------------------------------------- private
def _from_table(space: SearchSpace, n: int, rng: np.random.Generator, held: Mapping[str, float]) -> np.ndarray:
    assert space.candidates is not None  # noqa: S101  (asked for where there is a table)
    columns = [space.names.index(name) for name in held]
    table = space.candidates[(space.candidates[:, columns] == list(held.values())).all(axis=1)]
    if not len(table):
        raise SpaceError(f"no candidate has {', '.join(f'{name} = {value:g}' for name, value in held.items())}")
    rounds = [rng.permutation(len(table)) for _ in range(-(-n // len(table)))]
    return np.asarray(table[np.concatenate([*rounds, np.zeros(0, int)])[:n].astype(int)])


def _on_scale(space: SearchSpace, columns: list[int], unit: np.ndarray) -> np.ndarray:
    """Turn points of the unit cube into allowed values of some parameters: every grid point equally likely."""
    found = []
    for column, u in zip(columns, unit.T, strict=True):
        parameter = list(space.parameters.values())[column]
        if isinstance(parameter, Categorical):
            found.append(np.floor(u * len(parameter.names)))
        elif isinstance(parameter, Discrete):
            found.append(np.array(parameter.values)[np.floor(u * len(parameter.values)).astype(int)])
        elif parameter.scale == "log":
            low, high = np.log(max(parameter.low, parameter.resolution)), np.log(parameter.high)
            found.append(parameter.nearest_allowed(np.exp(low + u * (high - low))))
        else:
            half = (parameter.step or 0.0) / 2
            width = parameter.high - parameter.low + 2 * half
            found.append(parameter.nearest_allowed(parameter.low - half + u * width))
    return np.stack(found, axis=1)


def _warped(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    if isinstance(parameter, Categorical) or parameter.scale == "linear":
        return values
    if isinstance(parameter, Ingredient) and parameter.low == 0:
        return np.asarray(np.log1p(values / parameter.smallest_dose))
    return np.asarray(np.log(np.maximum(values, parameter.low * 1e-3)))


def _from_polytopes(space: SearchSpace, n: int, rng: np.random.Generator, held: Mapping[str, float]) -> np.ndarray:
    weights, low, high = sums_of(space)
    in_sums = (weights != 0).any(axis=0)
    openings = _openings(space, n, rng, held, (weights, low, high))
    which = np.concatenate([rng.permutation(len(openings)) for _ in range(-(-n // len(openings)))])[:n]
    lower = np.stack([opening[0].lower for opening in openings])[which]
    upper = np.stack([opening[0].upper for opening in openings])[which]
    is_log, offset = _log_columns(space, lower, upper)
    states = hit_and_run([q for _, q in openings], which, rng, log_density=is_log, offset=offset)
    found = np.empty((n, len(space.names)))
    waiting = np.arange(n)
    rows = lower
    for state in states[::-1]:
        rows = np.where(in_sums, lower + state * (upper - lower), _evenly(space, lower, upper, rng))
        rounded = round_rows(space, rows[waiting], lower[waiting], upper[waiting])
        fits = space.feasible(rounded)
        found[waiting[fits]] = rounded[fits]
        waiting = waiting[~fits]
    for i in waiting[:_MOST_PROJECTED]:
        found[i] = space.nearest(rows[i], held=held)
    left = waiting[_MOST_PROJECTED:]
    found[left] = found[rng.choice(np.setdiff1d(np.arange(n), left), len(left))] if len(left) else found[left]
    return found


def _openings(
    space: SearchSpace,
    n: int,
    rng: np.random.Generator,
    held: Mapping[str, float],
    sums: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> list[tuple[Structure, Polytope]]:
    """Find structures that hold formulations, with the polytope that each leaves; up to `n`, at least one."""
    in_sums = (sums[0] != 0).any(axis=0)
    known: dict[bytes, Polytope | None] = {}
    found = []
    n_tried = 0
    for _ in range(min(n, _MOST_STRUCTURES)):
        structure = draw_structure(space, rng, held)
        if structure is None:
            continue
        key = structure.lower[in_sums].tobytes() + structure.upper[in_sums].tobytes()
        if key not in known:
            if len(known) == _MOST_POLYTOPES:
                continue
            known[key] = _polytope(structure, sums, rng)
        n_tried += 1
        if (polytope := known[key]) is not None:
            found.append((structure, polytope))
    if len(found) < min(n, _FEW) or len(found) < n_tried / 10:
        for _ in range(min(n, _FEW)):
            exact = structure_of(space, space.nearest(rng.uniform(*space.ends), held=held), held)
            if (polytope := _polytope(exact, sums, rng)) is not None:
                found.append((exact, polytope))
    if not found:
        raise SpaceError("no formulation was found inside the constraints; give the real-valued parameters a step")
    return found


def _polytope(
    structure: Structure, sums: tuple[np.ndarray, np.ndarray, np.ndarray], rng: np.random.Generator
) -> Polytope | None:
    """Write what a structure leaves in coordinates of its box; None where that is empty."""
    weights, low, high = sums
    width, base = structure.upper - structure.lower, weights @ structure.lower
    matrix = weights * width
    most, least = np.maximum(matrix, 0).sum(axis=1), np.minimum(matrix, 0).sum(axis=1)
    slack = 1e-9 * np.abs(weights * np.maximum(np.abs(structure.lower), np.abs(structure.upper))).sum(axis=1)
    if (most < low - base - slack).any() or (least > high - base + slack).any():
        return None
    return centred(matrix, low - base, high - base, (matrix != 0).any(axis=0), rng)


def _log_columns(space: SearchSpace, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say where a density is even in the logarithm, and what stands for zero in box coordinates; shapes of `lower`."""
    is_log, offset = np.zeros(lower.shape), np.ones(lower.shape)
    for j, parameter in enumerate(space.parameters.values()):
        if isinstance(parameter, Categorical) or parameter.scale == "linear":
            continue
        width = upper[:, j] - lower[:, j]
        zero = np.maximum(lower[:, j], parameter.smallest_dose if isinstance(parameter, Ingredient) else 0.0)
        is_log[:, j] = width > 0
        offset[:, j] = np.divide(zero, width, out=np.ones(len(width)), where=width > 0)
    return is_log, offset


def _evenly(space: SearchSpace, lower: np.ndarray, upper: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw values of each box, every grid point as likely, even in the logarithm where the scale asks for it."""
    half = np.where(lower < upper, np.nan_to_num(space.steps) / 2, 0.0)
    unit = rng.random(lower.shape)
    values = lower - half + unit * (upper - lower + 2 * half)
    is_log, _ = _log_columns(space, lower, upper)
    low, high = np.maximum(lower, 1e-300), np.maximum(upper, 1e-300)
    return np.asarray(np.where((is_log > 0) & (lower > 0), low * (high / low) ** unit, values))
