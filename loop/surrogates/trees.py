"""A random forest as a surrogate: one forest a target, its trees a sample of what the truth may be.

Breiman, Mach. Learn. 45 (2001) 5; as a surrogate: Hutter, Hoos & Leyton-Brown, LION 2011. Steps and cliffs cost it
nothing; it does not extrapolate, and its scores are flat between the rows it has seen: it suits tables of candidates. A
block is a column like others to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from botorch.acquisition.objective import PosteriorTransform
from botorch.models.model import Model
from botorch.posteriors import GPyTorchPosterior
from gpytorch.distributions import MultitaskMultivariateNormal, MultivariateNormal
from sklearn.ensemble import RandomForestRegressor
from torch import Tensor

from loop.surrogates.base import TrainingData
from loop.surrogates.rows import KnownRows, from_model_scale, known_rows, values_beyond

__all__ = ["FittedForest", "Forest", "ForestModel"]

_N_TREES = 100
_LEAST_SD = 1e-2
"""Smallest sd of a prediction, in standard deviations of the target: trees that all agree are not certain."""
_WIDEST = 25.0


@dataclass(frozen=True)
class _Trees:
    """One target's forest and how far its variance must be widened to cover the rows each tree has not seen."""

    forest: RandomForestRegressor
    widening: float
    least_variance: float

    def members(self, X: np.ndarray) -> np.ndarray:
        """Return what each tree says at X (n, d): shape (trees, n)."""
        points = X.astype(np.float32)
        return np.stack([tree.tree_.predict(points)[:, 0] for tree in self.forest.estimators_])

    def moments(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance at X (n, d), each (n,)."""
        members = self.members(X)
        return members.mean(axis=0), self.widening * members.var(axis=0) + self.least_variance


class ForestModel(Model):  # type: ignore[misc]  # BoTorch carries no types
    """Forests as one BoTorch model, an output each: jointly normal, with the trees' mean and covariance."""

    def __init__(self, forests: tuple[_Trees, ...]) -> None:
        super().__init__()
        self._forests = forests

    @property
    def num_outputs(self) -> int:
        """Number of targets."""
        return len(self._forests)

    @property
    def batch_shape(self) -> torch.Size:
        """No batch of models."""
        return torch.Size()

    def posterior(
        self,
        X: Tensor,
        output_indices: list[int] | None = None,
        observation_noise: bool | Tensor = False,  # noqa: ARG002  (BoTorch's signature; noise is not told apart here)
        posterior_transform: PosteriorTransform | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> Any:
        """Return the joint posterior at X (..., q, d)."""
        chosen = self._forests if output_indices is None else tuple(self._forests[j] for j in output_indices)
        outputs = [_normal(forest, X) for forest in chosen]
        joint = outputs[0] if len(outputs) == 1 else MultitaskMultivariateNormal.from_independent_mvns(outputs)
        posterior = GPyTorchPosterior(distribution=joint)
        return posterior if posterior_transform is None else posterior_transform(posterior)


@dataclass(frozen=True)
class FittedForest:
    """Forests that have learned: one a target."""

    model: ForestModel
    forests: tuple[_Trees, ...]
    names: tuple[str, ...]
    is_log: tuple[bool, ...]

    def predict(self, X: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return mean and sd of each target's true value at X (n, d), in its unit."""
        return {
            name: from_model_scale(*forest.moments(np.asarray(X, dtype=float)), is_log=is_log)
            for name, is_log, forest in zip(self.names, self.is_log, self.forests, strict=True)
        }


class Forest:
    """A random forest a target."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedForest:
        """Learn each target from the points that know it.

        Known variances weigh the points; a censored point is learned from as the value expected beyond its limit.

        Raises
        ------
        SurrogateError
            If a target has no known point.
        """
        forests = tuple(_learned(known_rows(data, name), seed) for name in data.targets)
        return FittedForest(
            model=ForestModel(forests),
            forests=forests,
            names=tuple(data.targets),
            is_log=tuple(target.is_log for target in data.targets.values()),
        )


def _learned(rows: KnownRows, seed: int) -> _Trees:
    is_limit = rows.censored != 0
    weights = _weights(rows.variance)
    if not is_limit.any() or is_limit.all():
        return _grown(rows.X, rows.y, weights, seed)
    first = _grown(rows.X[~is_limit], rows.y[~is_limit], weights[~is_limit], seed)
    y = rows.y.copy()
    y[is_limit] = values_beyond(*first.moments(rows.X[is_limit]), rows.y[is_limit], rows.censored[is_limit])[0]
    return _grown(rows.X, y, weights, seed)


def _grown(X: np.ndarray, y: np.ndarray, weights: np.ndarray, seed: int) -> _Trees:
    forest = RandomForestRegressor(n_estimators=_N_TREES, random_state=seed, n_jobs=1)
    forest.fit(X, y, sample_weight=weights)
    scale = float(np.var(y))
    unwidened = _Trees(forest, 1.0, (_LEAST_SD**2) * (scale or 1.0))
    return _Trees(forest, _widening(unwidened, X, y), unwidened.least_variance)


def _widening(trees: _Trees, X: np.ndarray, y: np.ndarray) -> float:
    """Compare squared errors with the variance between trees, both by the trees that have not drawn a row."""
    members = trees.members(X)
    has_not_seen = np.ones_like(members, dtype=bool)
    for tree, drawn in enumerate(trees.forest.estimators_samples_):
        has_not_seen[tree, drawn] = False
    enough = has_not_seen.sum(axis=0) > 2
    if not enough.any():
        return 1.0
    unseen = np.where(has_not_seen, members, np.nan)[:, enough]
    errors = (y[enough] - np.nanmean(unseen, axis=0)) ** 2
    between = float(np.nanvar(unseen, axis=0).mean())
    return float(np.clip(errors.mean() / between, 1.0, _WIDEST)) if between > 0 else 1.0


def _weights(variance: np.ndarray) -> np.ndarray:
    known = np.isfinite(variance) & (variance > 0)
    if not known.any():
        return np.ones_like(variance)
    middle = float(np.median(variance[known]))
    return np.asarray(np.clip(middle / np.where(known, variance, middle), 1e-3, 1e3))


def _normal(trees: _Trees, X: Tensor) -> MultivariateNormal:
    batch, q = X.shape[:-2], X.shape[-2]
    members = trees.members(X.detach().numpy().reshape(-1, X.shape[-1])).reshape(_N_TREES, *batch, q)
    mean = members.mean(axis=0)
    centred = np.moveaxis(members - mean, 0, -1)  # (..., q, trees)
    covariance = trees.widening * (centred @ np.swapaxes(centred, -1, -2)) / _N_TREES
    covariance = covariance + trees.least_variance * np.eye(q)
    return MultivariateNormal(torch.as_tensor(mean), torch.as_tensor(covariance))
