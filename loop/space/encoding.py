"""Rows of a space as columns that a model can learn from: every number in [0, 1], every level its own column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loop.space.parameters import Categorical, Ingredient, Parameter
from loop.space.space import SearchSpace
from loop.surrogates.base import EncodedColumn
from loop.values import Formulation

__all__ = ["Encoding"]

_UNEVEN = 0.02
"""Difference between ranks and values, in ranges, from which on both are told."""


_FARTHEST = 1e3
"""Ranges from which on a value outside is far, however far."""


class Encoding:
    """Encode the rows of one space, and longer rows of what was made before the space became what it is.

    Numbers are scaled over the range that can occur: the candidates' where there is a table, else the parameter's; on
    a logarithm where the parameter asks for it. A share that may be zero is scaled as log(1 + share / smallest dose).
    Where a table lists a number unevenly, its rank among the candidates stands beside it: steps of a list often mean
    more than distances (0.1, 1, 10).

    Parameters
    ----------
    blocks
        Names of the blocks that training rows may belong to; each becomes a column that is zero for a candidate.
    parameters
        What training rows hold, where that is more than the space: its parameters first and in order, choices perhaps
        with further levels, then others of which a candidate has zero.
    """

    def __init__(
        self, space: SearchSpace, blocks: Sequence[str] = (), parameters: Mapping[str, Parameter] | None = None
    ) -> None:
        self.space = space
        self.blocks = tuple(blocks)
        self.parameters: Mapping[str, Parameter] = dict(parameters or space.parameters)
        self._ends = np.array([self._range(j, p) for j, p in enumerate(self.parameters.values())])
        self._ranks = {j: ranks for j in range(len(space.names)) if (ranks := self._listed_unevenly(j)) is not None}
        columns: list[EncodedColumn] = []
        for j, (name, parameter) in enumerate(self.parameters.items()):
            if isinstance(parameter, Categorical):
                columns += [EncodedColumn(parameter=name, kind="level", level=level) for level in parameter.names]
                described = next(iter(parameter.levels.values()))
                columns += [EncodedColumn(parameter=name, kind="descriptor", level=key) for key in described]
            else:
                columns.append(EncodedColumn(parameter=name, kind="numeric"))
                if j in self._ranks:
                    columns.append(EncodedColumn(parameter=name, kind="rank"))
        self.columns: tuple[EncodedColumn, ...] = (
            *columns,
            *(EncodedColumn(parameter="block", kind="block", level=block) for block in self.blocks),
        )

    def encode(self, rows: np.ndarray, blocks: Sequence[str] | None = None) -> np.ndarray:
        """Encode rows of the space or longer ones, (n, parameters), as X (n, columns); an unknown block is zeros."""
        parts: list[np.ndarray] = []
        for j, parameter in enumerate(self.parameters.values()):
            values = rows[:, j] if j < rows.shape[1] else np.zeros(len(rows))
            if isinstance(parameter, Categorical):
                chosen = values.astype(int)
                parts.append(np.eye(len(parameter.names))[chosen])
                described = parameter.descriptor_matrix()
                if described.shape[1]:
                    parts.append(_scaled(described)[chosen])
                continue
            parts.append(self._in_range(j, values)[:, None])
            if j in self._ranks:
                parts.append(np.interp(values, *self._ranks[j])[:, None])
        if self.blocks:
            given = blocks if blocks is not None else [""] * len(rows)
            marks = [[float(block == known) for known in self.blocks] for block in given]
            parts.append(np.array(marks).reshape(len(rows), len(self.blocks)))
        return np.concatenate(parts, axis=1)

    def decode(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Read the numbers of all numeric parameters back out of X (..., columns): arrays (...) by name."""
        values: dict[str, np.ndarray] = {}
        ends = dict(zip(self.parameters, self._ends, strict=True))
        for k, column in enumerate(self.columns):
            if column.kind == "numeric":
                low, high = ends[column.parameter]
                values[column.parameter] = _unwarped(self.parameters[column.parameter], low + (high - low) * X[..., k])
        return values

    def rows_of(self, formulations: Sequence[Formulation]) -> np.ndarray:
        """Write formulations as rows, shape (n, parameters); choices as level numbers, what one lacks as zero."""
        rows = np.zeros((len(formulations), len(self.parameters)))
        for i, formulation in enumerate(formulations):
            for j, (name, parameter) in enumerate(self.parameters.items()):
                if isinstance(parameter, Categorical):
                    rows[i, j] = parameter.names.index(str(formulation[name]))
                else:
                    rows[i, j] = float(formulation.get(name, 0.0))
        return rows

    def _in_range(self, j: int, values: np.ndarray) -> np.ndarray:
        low, high = self._ends[j]
        share = (_warped(list(self.parameters.values())[j], values) - low) / (high - low)
        return np.asarray(np.clip(share, -_FARTHEST, _FARTHEST))

    def _listed_unevenly(self, j: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the values that candidates list and their mean ranks, 0 to 1; None where ranks say nothing new."""
        parameter = list(self.parameters.values())[j]
        if self.space.candidates is None or isinstance(parameter, Categorical):
            return None
        values, counts = np.unique(self.space.candidates[:, j], return_counts=True)
        if len(values) == 1:
            return None
        ranks = counts.cumsum() - counts / 2
        ranks = (ranks - ranks[0]) / (ranks[-1] - ranks[0])
        return (values, ranks) if np.abs(ranks - self._in_range(j, values)).max() > _UNEVEN else None

    def _range(self, j: int, parameter: Parameter) -> tuple[float, float]:
        if isinstance(parameter, Categorical):
            return 0.0, 1.0
        low, high = parameter.low, parameter.high
        if self.space.candidates is not None and j < len(self.space.names):
            column = self.space.candidates[:, j]
            if column.min() < column.max():
                low, high = float(column.min()), float(column.max())
        ends = _warped(parameter, np.array([low, high]))
        return float(ends[0]), float(ends[1])


def _warped(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    if isinstance(parameter, Categorical) or parameter.scale == "linear":
        return values
    if isinstance(parameter, Ingredient) and parameter.low == 0:
        return np.asarray(np.log1p(values / parameter.smallest_dose))
    return np.asarray(np.log(np.maximum(values, parameter.low * 1e-3)))


def _unwarped(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    if isinstance(parameter, Categorical) or parameter.scale == "linear":
        return values
    if isinstance(parameter, Ingredient) and parameter.low == 0:
        return np.asarray(np.expm1(values) * parameter.smallest_dose)
    return np.asarray(np.exp(values))


def _scaled(described: np.ndarray) -> np.ndarray:
    low, high = described.min(axis=0), described.max(axis=0)
    return np.asarray((described - low) / np.where(high > low, high - low, 1.0))
