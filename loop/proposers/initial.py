"""Formulations to make before there is anything to learn from: they fill the space, in blocks, in a sensible order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from loop.errors import FormulationError, SpaceError
from loop.proposers.order import hard_columns, order_runs
from loop.space.parameters import Ingredient
from loop.space.sampling import distances, enumerate_rows, sample, scaled, sobol, spread, spread_order
from loop.space.space import SearchSpace
from loop.values import Formulation, Setting

__all__ = ["DesignKind", "DesignPoint", "initial_design", "order_runs"]

DesignKind = Literal["auto", "sobol", "simplex", "maximin"]
"""sobol: even over the box, each point moved to the nearest formulation drawn; simplex: likewise over the mixture;
maximin: each as far from the others as can be; auto: sobol where nothing binds the parameters, else maximin."""

_POOL = 40
"""Formulations drawn for each one chosen."""

_LEAST_POOL = 256

_LEAST_SPLIT = 4
"""Runs from which on a hard-to-change parameter takes two settings at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """One run of an initial design; blocks and run order count from 1."""

    formulation: dict[str, Setting]
    block: int
    run_order: int
    is_control: bool


def initial_design(
    space: SearchSpace,
    n: int,
    rng: np.random.Generator,
    *,
    kind: DesignKind = "auto",
    control: Formulation | None = None,
    block_size: int | None = None,
) -> list[DesignPoint]:
    """Choose formulations that fill the space, and say in which block and order to make them.

    Hard-to-change parameters take one setting a block; where the blocks are not given they take about √n settings, each
    a block. Order within a block is random; a control that would cost one more change of setting comes first in it.

    Parameters
    ----------
    n
        Formulations, those of the control not counted.
    control
        A formulation made once in every block, beside the others.
    block_size
        Runs of a block at most, the control not counted; one block where left out and nothing is hard to change.

    Returns
    -------
    Design points in run order; fewer than `n` beside the controls where the space holds no more.

    Raises
    ------
    SpaceError
        If no formulation meets all constraints together.
    FormulationError
        If the control breaks a rule.
    """
    if n < 1:
        raise SpaceError(f"an initial design needs at least one formulation, got {n}")
    controls = np.empty((0, len(space.names))) if control is None else _control_row(space, control)[None]
    hard = hard_columns(space)
    if len(hard):
        blocks = _whole_plots(space, n, block_size, rng, kind, controls, hard)
    else:
        rows = rng.permutation(_fill(space, n, rng, kind, controls, {}))
        blocks = np.array_split(rows, -(-len(rows) // (block_size or len(rows))))
    points: list[DesignPoint] = []
    for number, block in enumerate(_in_short_order(blocks, space, rng), start=1):
        runs = [(row, False) for row in block]
        for row in controls:
            is_change = (row[hard] != block[0][hard]).any()
            runs.insert(0 if is_change else int(rng.integers(len(runs) + 1)), (row, True))
        for row, is_control in runs:
            made = space.to_formulation(row)
            points.append(DesignPoint(formulation=made, block=number, run_order=len(points) + 1, is_control=is_control))
    return points


def _control_row(space: SearchSpace, control: Formulation) -> np.ndarray:
    broken = [str(v) for v in space.violations(control) if v.rule != "candidate table"]
    if broken:
        raise FormulationError(f"the control breaks rules: {'; '.join(broken)}")
    return np.asarray(space.to_rows([control])[0])


def _in_short_order(blocks: list[np.ndarray], space: SearchSpace, rng: np.random.Generator) -> list[np.ndarray]:
    """Put blocks into an order that changes hard-to-change settings seldom."""
    first = np.array([block[0] for block in blocks])
    return [blocks[i] for i in order_runs(first, space, rng)]


def _whole_plots(
    space: SearchSpace,
    n: int,
    block_size: int | None,
    rng: np.random.Generator,
    kind: DesignKind,
    controls: np.ndarray,
    hard: np.ndarray,
) -> list[np.ndarray]:
    """Fill blocks of one hard-to-change setting each; settings lie far apart, rows far from those of other blocks."""
    least = 1 if n < _LEAST_SPLIT else 2
    n_settings = max(least, round(np.sqrt(n)) if block_size is None else -(-n // block_size))
    everything = enumerate_rows(space)
    known = everything if everything is not None else sample(space, _POOL * max(n, 10), rng)
    settings, n_rows = np.unique(known[:, hard], axis=0, return_counts=True)
    room = n_rows if everything is not None else np.full(len(settings), n)
    room = np.minimum(room, block_size or n)
    apart = np.repeat(known[:1], len(settings), axis=0)  # equal but for the hard-to-change columns
    apart[:, hard] = settings
    order = spread_order(apart, len(settings), space, rng)
    enough = np.searchsorted(np.cumsum(room[order]), min(n, room.sum())) + 1
    order = order[: max(min(n_settings, len(order)), enough)]
    sizes = _shared(min(n, int(room[order].sum())), room[order])
    blocks: list[np.ndarray] = []
    for setting, size in zip(settings[order], sizes, strict=True):
        held = {space.names[j]: float(value) for j, value in zip(hard, setting, strict=True)}
        blocks.append(_fill(space, int(size), rng, kind, np.vstack([controls, *blocks]), held))
    return [rng.permutation(block) for block in blocks if len(block)]


def _shared(n: int, room: np.ndarray) -> np.ndarray:
    """Share out `n` runs as evenly as their room allows."""
    sizes = np.zeros(len(room), dtype=int)
    for _ in range(n):
        sizes[np.where(sizes < room, sizes, np.inf).argmin()] += 1
    return sizes


def _fill(
    space: SearchSpace,
    n: int,
    rng: np.random.Generator,
    kind: DesignKind,
    beside: np.ndarray,
    held: dict[str, float],
) -> np.ndarray:
    """Choose up to `n` different rows that keep some values; fewer where there are no more."""
    is_box = not space.constraints and space.candidates is None
    everything = enumerate_rows(space)
    if everything is not None:
        columns = [space.names.index(name) for name in held]
        pool = everything[(everything[:, columns] == list(held.values())).all(axis=1)]
    elif is_box and kind in ("auto", "sobol"):
        return _distinct(sample(space, n, rng, held=held))
    else:
        pool = np.unique(sample(space, max(_POOL * n, _LEAST_POOL), rng, held=held), axis=0)
    n = min(n, len(pool))
    if kind == "maximin" or (kind == "auto" and not is_box):
        return spread(pool, n, space, rng, beside=beside)
    wanted = _even_targets(space, n, rng, over_mixture=kind == "simplex")
    gaps = distances(scaled(space, wanted), scaled(space, pool))
    chosen = []
    for gap in gaps:
        chosen.append(int(gap.argmin()))
        gaps[:, chosen[-1]] = np.inf
    return np.asarray(pool[chosen])


def _distinct(rows: np.ndarray) -> np.ndarray:
    """Leave out repeats, keep the order."""
    _, first = np.unique(rows, axis=0, return_index=True)
    return np.asarray(rows[np.sort(first)])


def _even_targets(space: SearchSpace, n: int, rng: np.random.Generator, *, over_mixture: bool) -> np.ndarray:
    """Return scrambled Sobol points over the box, or with the shares folded onto their simplex, wide ranges more."""
    unit = sobol(n, len(space.names), rng)
    is_share = np.array([isinstance(parameter, Ingredient) for parameter in space.parameters.values()])
    if over_mixture and is_share.any():
        spacings = -np.log(np.clip(1 - unit[:, is_share], 1e-12, None))  # normalised, they are even over the simplex
        low, high = space.ends[:, is_share]
        weights = spacings * (high - low)
        free = _total_share(space) - low.sum()
        unit[:, is_share] = np.clip(free * weights / weights.sum(axis=1, keepdims=True) / (high - low), 0, 1)
    low, high = space.ends
    rows = low + unit * (high - low)
    return np.asarray(np.where(space.is_choice, np.floor(low + unit * (high - low + 1)).clip(low, high), rows))


def _total_share(space: SearchSpace) -> float:
    """Return what all ingredients sum to; half of what their ranges reach where no rule says so."""
    shares = [name for name, parameter in space.parameters.items() if isinstance(parameter, Ingredient)]
    for bounded in (s for constraint in space.constraints for s in constraint.sums()):
        if bounded.equals is not None and bounded.coefficients == dict.fromkeys(shares, 1.0):
            return bounded.equals
    return sum(space.parameters[name].low + space.parameters[name].high for name in shares) / 2
