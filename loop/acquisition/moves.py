"""Small changes of formulations that stay on the grid and keep every sum: where a search may go next.

Knows spaces and arrays; knows no score. Whoever uses a move checks what sums alone do not decide.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np

from loop.space.parameters import Categorical, Discrete, Ingredient
from loop.space.space import SearchSpace
from loop.space.structures import sums_of

__all__ = ["Moves"]

_FRACTIONS = (1 / 2, 1 / 6, 1 / 20, 1 / 60, 1 / 250, 1 / 1000)
"""Lengths of moves, in ranges; the single step comes beside them."""

_COARSE = _FRACTIONS[:4]
"""Lengths along real-valued parameters, whose tops are found by gradient (`loop.acquisition.polish`)."""

_MOST_DIRECTIONS = 600
"""Directions that keep all equalities; the shortest supports first."""

_MOST_FILLERS = 3
"""Other ingredients that may each make up for one left out or taken in."""

_DOSES = (0.0, 0.08, 0.25, 0.6)
"""Where in its range an ingredient newly added may start."""


class Moves:
    """All moves of one space, ready to be added to rows."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        weights, low, high = sums_of(space)
        is_equal = low == high
        self._equal = weights[is_equal]
        self._shifts = _shifts(space, self._equal, weights[~is_equal])
        self._optional = [
            j
            for j, parameter in enumerate(space.parameters.values())
            if isinstance(parameter, Ingredient) and parameter.low == 0
        ]

    def around(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return allowed neighbours of rows, without repeats.

        Parameters
        ----------
        rows
            Feasible rows, shape (n, parameters).

        Returns
        -------
        Neighbours (m, parameters), all feasible, and for each the number of the row that it came from (m,).
        """
        n = len(rows)
        parts = [(rows[:, None, :] + self._shifts).reshape(-1, rows.shape[1])]
        owners = [np.repeat(np.arange(n), len(self._shifts))]
        for found, owner in (self._switched(rows), self._exchanged(rows)):
            parts.append(found)
            owners.append(owner)
        many, owner = np.vstack(parts), np.concatenate(owners)
        many, fits = self.allowed(many)
        owner = owner[fits]
        moved = (many != rows[owner]).any(axis=1)
        return many[moved], owner[moved]

    def allowed(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that are feasible, written on the grid, and their numbers."""
        low, high = self._space.ends
        slack = 1e-9 * self._space.spans
        inside = np.flatnonzero(((rows >= low - slack) & (rows <= high + slack)).all(axis=1))
        snapped = self._space.snap(rows[inside])
        fits = self._space.feasible(snapped)
        return snapped[fits], inside[fits]

    def _switched(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Set choices to other levels, listed numbers to other values, and change logarithmic ones by factors."""
        found, owners = [rows[:0]], [np.zeros(0, dtype=int)]
        for j, parameter in enumerate(self._space.parameters.values()):
            if isinstance(parameter, Categorical):
                values = np.tile(np.arange(len(parameter.names), dtype=float), (len(rows), 1))
            elif isinstance(parameter, Discrete):
                values = np.tile(np.array(parameter.values), (len(rows), 1))
            elif parameter.scale == "log" and not (self._equal[:, j] != 0).any():
                reach = math.log(parameter.high / max(parameter.low, parameter.resolution))
                factors = np.exp(np.outer((-1, 1), _FRACTIONS).ravel() * reach)
                values = np.clip(rows[:, j : j + 1] * factors, parameter.low, parameter.high)
            else:
                continue
            repeated = np.repeat(rows, values.shape[1], axis=0)
            for many in self._made_up(repeated, {j: values.ravel()}, _MOST_FILLERS):
                found.append(many)
                owners.append(np.repeat(np.arange(len(rows)), values.shape[1]))
        return np.vstack(found), np.concatenate(owners)

    def _exchanged(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Leave an ingredient out, take one in, or put one in another's place; others of the sum make up for it."""
        found, owners = [rows[:0]], [np.zeros(0, dtype=int)]

        def add(which: np.ndarray, changes: dict[int, np.ndarray], most: int = _MOST_FILLERS) -> None:
            for many in self._made_up(rows[which], changes, most) if len(which) else []:
                found.append(many)
                owners.append(which)

        for j in self._optional:
            used = rows[:, j] > 0
            add(np.flatnonzero(used), {j: np.zeros(used.sum())})
            for dose in self._doses(j):
                add(np.flatnonzero(~used), {j: np.full((~used).sum(), dose)})
            for k in self._optional:
                swap = np.flatnonzero(used & (rows[:, k] == 0))
                if len(swap):
                    doses = self._doses(k)
                    none, some = np.zeros(len(swap)), np.full(len(swap), doses[1])
                    add(swap, {j: none, k: np.clip(rows[swap, j], doses[0], self._space.ends[1, k])}, most=1)
                    add(swap, {j: none, k: some}, most=1)
        return np.vstack(found), np.concatenate(owners)

    def _doses(self, j: int) -> list[float]:
        parameter = list(self._space.parameters.values())[j]
        assert isinstance(parameter, Ingredient)  # noqa: S101  (only ingredients are left out and taken in)
        span = parameter.high - parameter.smallest_dose
        doses = np.array([parameter.smallest_dose + share * span for share in _DOSES])
        return [float(dose) for dose in parameter.nearest_allowed(doses)]

    def _made_up(self, rows: np.ndarray, changes: dict[int, np.ndarray], most: int) -> list[np.ndarray]:
        """Make changes, and let one other member of their sum at a time make up for them; the `most` widest ranges."""
        changed = rows.copy()
        for j, values in changes.items():
            changed[:, j] = values
        tied = self._equal[(self._equal[:, list(changes)] != 0).any(axis=1)]
        if not len(tied):
            return [changed]
        weight = tied[0]
        missing = (rows - changed) @ weight
        others = [k for k in np.flatnonzero(weight) if k not in changes and np.isfinite(self._space.steps[k])]
        results = []
        for k in sorted(others, key=lambda k: -self._space.spans[k])[:most]:
            many = changed.copy()
            many[:, k] += missing / weight[k]
            results.append(many)
        return results or [changed]


def _shifts(space: SearchSpace, equal: np.ndarray, bounded: np.ndarray) -> np.ndarray:
    """Return displacements on the grid, both senses, several lengths: (m, parameters).

    All keep every equality; some also keep one of the other sums, to go along its bound.
    """
    movable = np.isfinite(space.steps)
    tied = (equal != 0).any(axis=0)
    found: dict[bytes, np.ndarray] = {}
    directions = [{int(j): Fraction(1)} for j in np.flatnonzero(movable & ~tied)]
    directions += list(itertools.islice(_circuits(equal, np.flatnonzero(movable & tied)), _MOST_DIRECTIONS))
    for row in bounded:
        along = _circuits(np.vstack([equal, row]), np.flatnonzero(movable & (tied | (row != 0))))
        directions += [d for d in itertools.islice(along, _MOST_DIRECTIONS) if sum(bool(row[j]) for j in d) > 1]
    for direction in directions:
        unit = _grid_unit(space, direction)
        vector = np.zeros(len(space.names))
        for j, weight in direction.items():
            vector[j] = float(weight)
        reach = (np.abs(vector) / space.spans).max()  # ranges moved per unit of the direction
        lengths = {fraction / reach for fraction in (_COARSE if unit is None else _FRACTIONS)}
        if unit is not None:
            lengths = {max(round(length / unit), 1) * unit for length in lengths} | {unit}
        for length in lengths:
            for sense in (-1.0, 1.0):
                shift = sense * length * vector
                if (np.abs(shift) <= space.spans * (1 + 1e-9)).all():
                    found[shift.tobytes()] = shift
    return np.array(list(found.values())).reshape(-1, len(space.names))


def _circuits(equal: np.ndarray, columns: np.ndarray) -> itertools.chain[dict[int, Fraction]]:
    """Yield directions of smallest support that keep all equalities, those over fewest columns first."""
    rows = [[Fraction(repr(float(w))) for w in row] for row in equal]
    sizes = range(1, len(rows) + 2)
    supports = itertools.chain.from_iterable(itertools.combinations(columns.tolist(), size) for size in sizes)
    return itertools.chain(*([d] for support in supports if (d := _null(rows, support)) is not None))


def _null(rows: list[list[Fraction]], support: tuple[int, ...]) -> dict[int, Fraction] | None:
    """Return the one direction over exactly these columns that keeps all rows at zero; None where there is none."""
    matrix = [[row[j] for j in support] for row in rows]
    pivots: list[int] = []
    for column in range(len(support)):
        pivot = next((i for i in range(len(pivots), len(matrix)) if matrix[i][column] != 0), None)
        if pivot is None:
            continue
        rank = len(pivots)
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        matrix[rank] = [value / matrix[rank][column] for value in matrix[rank]]
        for i, row in enumerate(matrix):
            if i != rank and row[column] != 0:
                matrix[i] = [a - row[column] * b for a, b in zip(row, matrix[rank], strict=True)]
        pivots.append(column)
    open_columns = [column for column in range(len(support)) if column not in pivots]
    if len(open_columns) != 1:
        return None
    direction = {support[open_columns[0]]: Fraction(1)}
    for rank, column in enumerate(pivots):
        direction[support[column]] = -matrix[rank][open_columns[0]]
    return direction if all(direction.values()) else None


def _grid_unit(space: SearchSpace, direction: dict[int, Fraction]) -> float | None:
    """Return the smallest multiple of a direction that stays on every grid; None where all columns are real-valued."""
    units = [
        Fraction(repr(float(space.steps[j]))) / abs(weight) for j, weight in direction.items() if space.steps[j] > 0
    ]
    if not units:
        return None
    return float(Fraction(math.lcm(*(u.numerator for u in units)), math.gcd(*(u.denominator for u in units))))
