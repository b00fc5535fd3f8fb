"""What to make before there is anything to learn from: designs that fill a constrained space, in an order that can be run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loop.space.sampling import sample, spread
from loop.space.space import SearchSpace
from loop.values import Formulation, Setting

__all__ = ["DesignPoint", "initial_design", "order_runs"]

DesignKind = Literal["auto", "sobol", "simplex", "maximin"]
_MOST_CANDIDATES = 512
_PER_POINT = 24
_RUNS_PER_SETTING = 4
"""Runs of an initial design that share one setting of the hard-to-change parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """One formulation of a design: in which block it is run, when, and whether it is the control."""

    formulation: dict[str, Setting]
    block: int
    run_order: int
    is_control: bool = False


def initial_design(
    space: SearchSpace,
    n: int,
    rng: np.random.Generator,
    *,
    kind: DesignKind = "auto",
    control: Formulation | None = None,
    block_size: int | None = None,
) -> list[DesignPoint]:
    """Fill the space with `n` formulations, in blocks and run order.

    Parameters
    ----------
    kind
        ``sobol`` and ``simplex`` take the first points of a low-discrepancy (in a box) or uniform (in a mixture) stream;
        ``maximin`` and ``auto`` choose those of many that lie far from one another.
    control
        A formulation repeated once in every block, beside the `n`.
    block_size
        Runs per block, control not counted; one block where left out.

    Raises
    ------
    SpaceError
        If no formulation meets all constraints together.
    """
    rows = _rows(space, n, rng, kind)
    rows = rows[order_runs(rows, space, rng)]
    size = block_size or len(rows)
    points: list[DesignPoint] = []
    for block, start in enumerate(range(0, len(rows), size), start=1):
        members = [(space.to_formulation(row), False) for row in rows[start : start + size]]
        if control is not None:
            members.insert(int(rng.integers(len(members) + 1)), (space.read(control), True))
        for formulation, is_control in members:
            points.append(
                DesignPoint(formulation=formulation, block=block, run_order=len(points) + 1, is_control=is_control)
            )
    return points


def order_runs(rows: np.ndarray, space: SearchSpace, rng: np.random.Generator) -> Sequence[int]:
    """Put runs in order: those with the same hard-to-change settings together, at random otherwise.

    Returns
    -------
    Positions of the rows, in run order.
    """
    hard = [j for j, parameter in enumerate(space.parameters.values()) if parameter.hard_to_change]
    shuffled = rng.permutation(len(rows))
    if not hard:
        return [int(i) for i in shuffled]
    groups: dict[tuple[float, ...], list[int]] = {}
    for i in shuffled:
        groups.setdefault(tuple(rows[i, hard]), []).append(int(i))
    ascending = bool(rng.integers(2))
    return [i for _, members in sorted(groups.items(), reverse=not ascending) for i in members]


def _rows(space: SearchSpace, n: int, rng: np.random.Generator, kind: DesignKind) -> np.ndarray:
    hard = [name for name, parameter in space.parameters.items() if parameter.hard_to_change]
    if hard and space.candidates is None and n > _RUNS_PER_SETTING:
        columns = [space.names.index(name) for name in hard]
        settings = spread(sample(space, 8 * n, rng), -(-n // _RUNS_PER_SETTING), space, rng)[:, columns]
        shares = np.array_split(np.arange(n), len(settings))
        drawn = [
            _filling(space, len(share), rng, kind, dict(zip(hard, setting.tolist(), strict=True)))
            for setting, share in zip(settings, shares, strict=True)
        ]
        return np.vstack(drawn)
    return _filling(space, n, rng, kind, {})


def _filling(
    space: SearchSpace, n: int, rng: np.random.Generator, kind: DesignKind, held: dict[str, float]
) -> np.ndarray:
    if kind in ("sobol", "simplex"):
        return sample(space, n, rng, held=held)
    many = np.unique(sample(space, min(_MOST_CANDIDATES, _PER_POINT * n), rng, held=held), axis=0)
    return spread(many, n, space, rng) if len(many) >= n else sample(space, n, rng, held=held)
