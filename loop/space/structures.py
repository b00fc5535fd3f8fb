"""The discrete side of a space: which ingredients are used, which levels, which side of a forbidden corner.

A structure fixes all of that and leaves a box; inside it only bounded sums remain to be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.space.constraints import Count, Forbid
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.space import SearchSpace

__all__ = ["Structure", "draw_structure", "structure_of", "sums_of"]

_UNUSED_SHARE = 0.5
"""Share of draws that leave out an ingredient with a minimum dose, or one that is counted."""

_ZERO_SHARE = 0.15
"""Share of draws that leave out any other ingredient that may be zero: zero is the end of its range, no switch."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A box of allowed values, ends included: ``lower == upper`` where a value is fixed. Shapes (parameters,)."""

    lower: np.ndarray
    upper: np.ndarray


def sums_of(space: SearchSpace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all bounded sums as (weights (m, parameters), low (m,), high (m,)), those over fewest parameters first."""
    sums = sorted((s for c in space.constraints for s in c.sums()), key=lambda s: len(s.coefficients))
    weights = np.array([[s.coefficients.get(name, 0.0) for name in space.names] for s in sums])
    bounds = np.array([s.bounds for s in sums]).reshape(-1, 2)
    return weights.reshape(-1, len(space.names)), bounds[:, 0], bounds[:, 1]


def draw_structure(
    space: SearchSpace, rng: np.random.Generator, held: Mapping[str, float] | None = None
) -> Structure | None:
    """Draw a structure at random; None where the draw fits no count or cannot escape a forbidden combination.

    Parameters
    ----------
    held
        Values that are given, by name; level numbers for choices.
    """
    held = held or {}
    lower, upper = _whole_box(space)
    for name, value in held.items():
        lower[space.names.index(name)] = upper[space.names.index(name)] = value
    for j, parameter in enumerate(space.parameters.values()):
        if space.names[j] in held:
            continue
        if isinstance(parameter, Categorical):
            lower[j] = upper[j] = rng.integers(len(parameter.names))
        elif isinstance(parameter, Discrete) and np.isnan(space.steps[j]):
            lower[j] = upper[j] = parameter.values[rng.integers(len(parameter.values))]
    if not _draw_used(space, rng, held, lower, upper):
        return None
    for constraint in space.constraints:
        if isinstance(constraint, Forbid) and not _escape(space, constraint, rng, lower, upper):
            return None
    return Structure(lower, upper) if (lower <= upper).all() else None


def structure_of(space: SearchSpace, row: np.ndarray, held: Mapping[str, float] | None = None) -> Structure:
    """Return the structure that a feasible row stands in, with held values fixed."""
    lower, upper = _whole_box(space)
    for j, (name, parameter) in enumerate(space.parameters.items()):
        if (
            name in (held or {})
            or isinstance(parameter, Categorical)
            or (isinstance(parameter, Discrete) and np.isnan(space.steps[j]))
            or (_may_be_zero(parameter) and row[j] == 0)
        ):
            lower[j] = upper[j] = row[j]
        elif isinstance(parameter, Ingredient):
            lower[j] = max(lower[j], parameter.smallest_dose)
    for constraint in space.constraints:
        if isinstance(constraint, Forbid):
            _escape(space, constraint, None, lower, upper, row)
    return Structure(np.minimum(lower, row), np.maximum(upper, row))


def _whole_box(space: SearchSpace) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = space.ends.copy()
    return lower, upper


def _may_be_zero(parameter: Parameter) -> bool:
    return isinstance(parameter, Ingredient) and parameter.low == 0


def _draw_used(
    space: SearchSpace,
    rng: np.random.Generator,
    held: Mapping[str, float],
    lower: np.ndarray,
    upper: np.ndarray,
) -> bool:
    """Decide which ingredients are used, within every count where that can be done one group after the other."""
    counts = [c for c in space.constraints if isinstance(c, Count)]
    counted = {name for c in counts for name in c.of}
    used: dict[str, bool] = {}
    fixed = set()
    for name, parameter in space.parameters.items():
        if not isinstance(parameter, Ingredient):
            continue
        if name in held or not _may_be_zero(parameter):
            used[name] = held.get(name, parameter.low) > 0
            fixed.add(name)
            continue
        is_switch = name in counted or parameter.minimum_if_used > parameter.step
        used[name] = bool(rng.random() >= (_UNUSED_SHARE if is_switch else _ZERO_SHARE))
    for count in counts:
        movable = [name for name in count.of if name not in fixed]
        n_used = sum(used[name] for name in count.of)
        change = min(_most(count) - n_used, 0) + max(count.at_least - n_used, 0)
        candidates = [name for name in movable if used[name] == (change < 0)]
        if len(candidates) < abs(change):
            return False
        for pick in rng.permutation(len(candidates))[: abs(change)]:
            used[candidates[pick]] = change > 0
    if not all(_is_kept(count, used) for count in counts):
        return False  # groups overlap
    for name in used.keys() - fixed:
        j, parameter = space.names.index(name), space.parameters[name]
        assert isinstance(parameter, Ingredient)  # noqa: S101  (only ingredients are used or not)
        if used[name]:
            lower[j] = max(lower[j], parameter.smallest_dose)
        else:
            lower[j] = upper[j] = 0.0
    return True


def _most(count: Count) -> int:
    return len(count.of) if count.at_most is None else count.at_most


def _is_kept(count: Count, used: Mapping[str, bool]) -> bool:
    return count.at_least <= sum(used[name] for name in count.of) <= _most(count)


def _escape(
    space: SearchSpace,
    forbid: Forbid,
    rng: np.random.Generator | None,
    lower: np.ndarray,
    upper: np.ndarray,
    row: np.ndarray | None = None,
) -> bool:
    """Cut the box so that one condition stays unmet: a random one, or one that a row leaves unmet."""
    ways: list[tuple[int, int, float]] = []
    for name, condition in forbid.when.items():
        j, parameter = space.names.index(name), space.parameters[name]
        ends = condition.is_met(np.array([lower[j], upper[j]]), parameter)
        if lower[j] == upper[j]:
            if not ends[0]:
                return True
            continue
        for sign, edge in condition.edges(parameter):
            if (sign > 0 and upper[j] <= edge) or (sign < 0 and lower[j] >= edge):
                return True
            if (sign > 0 and lower[j] <= edge) or (sign < 0 and upper[j] >= edge):
                ways.append((j, sign, edge))
    if row is not None:
        ways = [(j, sign, edge) for j, sign, edge in ways if sign * (row[j] - edge) <= 0]
    if not ways:
        return False
    j, sign, edge = ways[0 if rng is None else int(rng.integers(len(ways)))]
    parameter = list(space.parameters.values())[j]
    assert not isinstance(parameter, Categorical)  # noqa: S101  (a choice has one level here, and no edges)
    inner = edge - sign * parameter.resolution * 1e-3
    if not (isinstance(parameter, Continuous) and parameter.step is None):
        inner = float(parameter.nearest_allowed(np.array([inner]))[0])
    if sign > 0:
        upper[j] = min(upper[j], inner)
    else:
        lower[j] = max(lower[j], inner)
    return True
