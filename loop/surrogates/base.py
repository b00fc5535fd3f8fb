"""What a surrogate is given and what it gives back. Sees encoded columns; knows no space and no campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

__all__ = ["EncodedColumn", "FittedSurrogate", "Surrogate", "TargetData", "TrainingData"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedColumn:
    """One column of X: which parameter it encodes, and how.

    ``numeric`` lies in [0, 1] over the parameter's range; ``rank`` is the same number as its rank among the candidates,
    also in [0, 1]; ``level`` is 1 where a choice takes one level, else 0;
    ``descriptor`` is a level's descriptor scaled to [0, 1]; ``block`` is 1 where a run belongs to one block, else 0
    (all zero predicts a run of an average block).
    """

    parameter: str
    kind: Literal["numeric", "rank", "level", "descriptor", "block"]
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetData:
    """One target at n points. Arrays of shape (n,), in the target's unit.

    ``mean`` is NaN where nothing is known; where ``censored`` is -1 (true value below) or +1 (true value above) it
    holds the limit. ``variance`` is that of the mean, NaN where unknown.
    """

    mean: np.ndarray
    variance: np.ndarray
    censored: np.ndarray
    is_log: bool = False

    @property
    def known(self) -> np.ndarray:
        """Where there is a value or a limit, shape (n,)."""
        return np.asarray(np.isfinite(self.mean))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """Everything a surrogate learns from: X of shape (n, d), its columns, and the targets by name."""

    X: np.ndarray
    columns: tuple[EncodedColumn, ...]
    targets: Mapping[str, TargetData]


class FittedSurrogate(Protocol):
    """A surrogate that has learned."""

    @property
    def model(self) -> Any:
        """The BoTorch model over encoded X: one output a target, in the order of the training data's targets.

        Outputs are in the targets' units, but for a target with ``is_log``: its output is the natural logarithm.
        """
        ...

    def predict(self, X: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return mean and sd of each target's true value at X (n, d): two arrays (n,) by target name."""
        ...


class Surrogate(Protocol):
    """A model that predicts formulations not yet made."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedSurrogate:
        """Learn from scratch; the same data and seed give the same model bit for bit on one thread.

        Raises
        ------
        SurrogateError
            If nothing can be learned, as from no rows at all.
        """
        ...
