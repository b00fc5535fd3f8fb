"""Gaussian processes by BoTorch: one a target, ARD Matérn-5/2, priors scaled with the dimension.

Hvarfner, Hellsten & Nardi, ICML 2024 (priors); Balandat et al., NeurIPS 2020 (BoTorch).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.models.utils.gpytorch_modules import get_covar_module_with_dim_scaled_prior
from gpytorch.mlls import ExactMarginalLogLikelihood

from loop.errors import SurrogateError
from loop.surrogates.base import TargetData, TrainingData

__all__ = ["FittedGaussianProcess", "GaussianProcess"]


@dataclass(frozen=True)
class FittedGaussianProcess:
    """Gaussian processes that have learned: one a target."""

    model: ModelListGP
    names: tuple[str, ...]
    is_log: tuple[bool, ...]

    def predict(self, X: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return mean and sd of each target's true value at X (n, d), in its unit."""
        points = torch.as_tensor(np.asarray(X, dtype=float))
        found = {}
        for name, is_log, model in zip(self.names, self.is_log, self.model.models, strict=True):
            with torch.no_grad():
                posterior = model.posterior(points)
            mean, variance = posterior.mean[:, 0].numpy(), posterior.variance[:, 0].numpy()
            if is_log:
                mean, variance = _lognormal(mean, variance)
            found[name] = (mean, np.sqrt(variance))
        return found


class GaussianProcess:
    """The default surrogate."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedGaussianProcess:
        """Learn each target from the points that know it.

        Raises
        ------
        SurrogateError
            If a target has no known point.
        """
        torch.manual_seed(seed)
        models = [_fitted(data.X, target, name) for name, target in data.targets.items()]
        return FittedGaussianProcess(
            model=ModelListGP(*models),
            names=tuple(data.targets),
            is_log=tuple(target.is_log for target in data.targets.values()),
        )


def _fitted(X: np.ndarray, target: TargetData, name: str) -> SingleTaskGP:
    known = target.known
    if not known.any():
        raise SurrogateError(f"{name}: no measured value to learn from")
    y, variance = target.mean[known], target.variance[known]
    if target.is_log:
        y, variance = np.log(y), variance / y**2
    x = torch.as_tensor(X[known])
    noise = torch.as_tensor(variance)[:, None] if np.isfinite(variance).all() else None
    model = SingleTaskGP(
        x,
        torch.as_tensor(y)[:, None],
        train_Yvar=noise,
        covar_module=get_covar_module_with_dim_scaled_prior(ard_num_dims=X.shape[1], use_rbf_kernel=False),
        outcome_transform=Standardize(1),
    )
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    return model


def _lognormal(mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre = np.exp(mean + variance / 2)
    return centre, centre**2 * np.expm1(variance)
