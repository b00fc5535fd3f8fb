"""Rows of a space as columns that a model can learn from: every number in [0, 1], every level its own column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loop.space.parameters import Categorical, Ingredient, Parameter
from loop.space.space import SearchSpace
from loop.surrogates.base import EncodedColumn

__all__ = ["Encoding"]


class Encoding:
    """Encode the rows of one space.

    Numbers are scaled over the range that can occur: the candidates' where there is a table, else the parameter's; on
    a logarithm where the parameter asks for it. A share that may be zero is scaled as log(1 + share / smallest dose).

    Parameters
    ----------
    blocks
        Names of the blocks that training rows may belong to; each becomes a column that is zero for a candidate.
    """

    def __init__(self, space: SearchSpace, blocks: Sequence[str] = ()) -> None:
        self.space = space
        self.blocks = tuple(blocks)
        self._ends = np.array([self._range(j, p) for j, p in enumerate(space.parameters.values())])
        columns: list[EncodedColumn] = []
        for name, parameter in space.parameters.items():
            if isinstance(parameter, Categorical):
                columns += [EncodedColumn(parameter=name, kind="level", level=level) for level in parameter.names]
                described = next(iter(parameter.levels.values()))
                columns += [EncodedColumn(parameter=name, kind="descriptor", level=key) for key in described]
            else:
                columns.append(EncodedColumn(parameter=name, kind="numeric"))
        self.columns: tuple[EncodedColumn, ...] = (
            *columns,
            *(EncodedColumn(parameter="block", kind="block", level=block) for block in self.blocks),
        )

    def encode(self, rows: np.ndarray, blocks: Sequence[str] | None = None) -> np.ndarray:
        """Encode rows (n, parameters) as X (n, columns); rows without a known block get zeros there."""
        parts: list[np.ndarray] = []
        for j, parameter in enumerate(self.space.parameters.values()):
            values = rows[:, j]
            if isinstance(parameter, Categorical):
                chosen = values.astype(int)
                parts.append(np.eye(len(parameter.names))[chosen])
                described = parameter.descriptor_matrix()
                if described.shape[1]:
                    parts.append(_scaled(described)[chosen])
                continue
            low, high = self._ends[j]
            parts.append(((_warped(parameter, values) - low) / (high - low))[:, None])
        if self.blocks:
            given = blocks if blocks is not None else [""] * len(rows)
            parts.append(np.array([[float(block == known) for known in self.blocks] for block in given]))
        return np.concatenate(parts, axis=1)

    def decode(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Read the numbers of all numeric parameters back out of X (..., columns): arrays (...) by name."""
        values: dict[str, np.ndarray] = {}
        for k, column in enumerate(self.columns):
            if column.kind == "numeric":
                j = self.space.names.index(column.parameter)
                low, high = self._ends[j]
                values[column.parameter] = _unwarped(
                    self.space.parameters[column.parameter], low + (high - low) * X[..., k]
                )
        return values

    def _range(self, j: int, parameter: Parameter) -> tuple[float, float]:
        if isinstance(parameter, Categorical):
            return 0.0, 1.0
        low, high = parameter.low, parameter.high
        if self.space.candidates is not None:
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
