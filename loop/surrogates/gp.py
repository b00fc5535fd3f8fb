"""Gaussian processes by BoTorch: one a target, Matérn-5/2 in every parameter, priors scaled with their number.

Priors: lengthscales have the mode of Hvarfner, Hellsten & Nardi (ICML 2024) and a Gamma tail, as a log-normal one made
predictions from few points overconfident. Where candidates come with ranks, numbers are read as values or as ranks,
whichever is more probable given the results. BoTorch: Balandat et al., NeurIPS 2020.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from botorch.exceptions.errors import ModelFittingError
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.model import Model
from botorch.models.transforms import Standardize
from gpytorch.constraints import GreaterThan
from gpytorch.kernels import Kernel
from gpytorch.likelihoods import GaussianLikelihood
from gpytorch.mlls import ExactMarginalLogLikelihood
from gpytorch.priors import LogNormalPrior
from linear_operator.utils.errors import NanError, NotPSDError

from loop.errors import SurrogateError
from loop.surrogates.base import EncodedColumn, TrainingData
from loop.surrogates.kernels import covariance_of, readings_of
from loop.surrogates.rows import KnownRows, from_model_scale, known_rows, values_beyond

__all__ = ["FittedGaussianProcess", "GaussianProcess", "SteadyGaussianProcess"]

_NOISE = (-4.0, 1.0)
"""Logarithm of the variance of the noise, in variances of the target: centre and spread of BoTorch's prior."""
_STARTS = (0.2, 0.005)
"""Variances of the noise from which the search starts: scatter and fine waves both explain few points."""
_MANY_COVARIANCES = 250_000
"""Of all rows, columns and targets; with more, the search starts once: each likelihood takes tens of milliseconds."""
_LEAST_NOISE = 1e-4
_LEAST_KNOWN_NOISE = 2e-6
_MOST_KNOWN_NOISE = 1e8
"""In variances of the target: a result that is less sure tells nothing."""
_STEADY_NOISE = 1e-2
"""Least variance of the noise, in variances of the target, where nothing may come near to singular."""
_EQUAL = 1e-14
"""Spread as a share of the size that equal values may seem to have."""
_FIT_ERRORS = (
    ModelFittingError,
    NanError,
    NotPSDError,
    torch.linalg.LinAlgError,  # type: ignore[attr-defined]  # torch has it, and does not say so
    ValueError,
)
"""What a fit comes to that cannot go on; a ValueError where a hyper-parameter left the support of its prior."""


@dataclass(frozen=True)
class FittedGaussianProcess:
    """Gaussian processes that have learned: one a target. `unfitted` names those left at the modes of their priors."""

    model: Model
    models: tuple[SingleTaskGP, ...]
    names: tuple[str, ...]
    is_log: tuple[bool, ...]
    unfitted: tuple[str, ...] = ()

    def predict(self, X: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return mean and sd of each target's true value at X (n, d), in its unit."""
        found = {}
        for name, is_log, model in zip(self.names, self.is_log, self.models, strict=True):
            mean, variance = _moments(model, np.asarray(X, dtype=float))
            found[name] = from_model_scale(mean, variance, is_log=is_log)
        return found


class GaussianProcess:
    """The default surrogate."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedGaussianProcess:
        """Learn each target from the points that know it.

        A variance that is known of every point is kept as it is; else one noise is inferred, and stands where none is
        known. A censored point is learned from as the value expected beyond its limit, with the variance left to it.

        Raises
        ------
        SurrogateError
            If a target has no known point, or no attempt to fit it succeeded.
        """
        fitted = _fit_all(data, seed, is_steady=False)
        if fitted.unfitted:
            raise SurrogateError(f"no attempt to fit {', '.join(fitted.unfitted)} succeeded")
        return fitted


class SteadyGaussianProcess:
    """The default surrogate with much noise declared, and hyper-parameters left most probable where no fit succeeds."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedGaussianProcess:
        """Learn each target from the points that know it; `unfitted` of the result says which stay as they were.

        Raises
        ------
        SurrogateError
            If a target has no known point.
        """
        return _fit_all(data, seed, is_steady=True)


def _fit_all(data: TrainingData, seed: int, *, is_steady: bool) -> FittedGaussianProcess:
    models, unfitted = [], []
    n_covariances = data.X.size * len(data.X) * len(data.targets)
    starts = _STARTS if n_covariances <= _MANY_COVARIANCES else _STARTS[:1]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # a fit that fails is tried again from points drawn from the priors
        for name in data.targets:
            model, is_fitted = _learned(known_rows(data, name), data.columns, starts, is_steady=is_steady)
            models.append(model)
            if not is_fitted:
                unfitted.append(name)
    return FittedGaussianProcess(
        model=models[0] if len(models) == 1 else ModelListGP(*models),
        models=tuple(models),
        names=tuple(data.targets),
        is_log=tuple(target.is_log for target in data.targets.values()),
        unfitted=tuple(unfitted),
    )


def _learned(
    rows: KnownRows, columns: tuple[EncodedColumn, ...], starts: tuple[float, ...], *, is_steady: bool
) -> tuple[SingleTaskGP, bool]:
    if is_steady:
        steady = np.maximum(np.nan_to_num(rows.variance), _STEADY_NOISE * _spread(rows.y))
        rows = replace(rows, variance=steady)
    rows = replace(rows, variance=np.minimum(rows.variance, _MOST_KNOWN_NOISE * _spread(rows.y)))
    is_limit = rows.censored != 0
    has_variance = np.isfinite(rows.variance)
    if is_limit.all():
        return _fitted(rows.X, rows.y, rows.variance if has_variance.all() else None, columns, starts)
    measured = rows.only(~is_limit)
    if not is_limit.any() and (has_variance.all() or not has_variance.any()):
        return _fitted(rows.X, rows.y, rows.variance if has_variance.all() else None, columns, starts)
    variances = measured.variance if np.isfinite(measured.variance).all() else None
    first, is_fitted = _fitted(measured.X, measured.y, variances, columns, starts)
    inferred = _noise_variance(first)
    y, variance = rows.y.copy(), np.where(has_variance, rows.variance, inferred)
    if is_limit.any():
        mean, spread = _moments(first, rows.X[is_limit])
        y[is_limit], left = values_beyond(mean, spread + variance[is_limit], rows.y[is_limit], rows.censored[is_limit])
        variance[is_limit] += left
    second, is_fitted_again = _fitted(rows.X, y, variance, columns, starts)
    return second, is_fitted and is_fitted_again


def _fitted(
    X: np.ndarray,
    y: np.ndarray,
    variance: np.ndarray | None,
    columns: tuple[EncodedColumn, ...],
    starts: tuple[float, ...],
) -> tuple[SingleTaskGP, bool]:
    """Find the most probable reading of the columns and hyper-parameters; say whether they were found."""
    found = []
    for reading in readings_of(columns):
        for start in starts if variance is None else (None,):
            model = _model(X, y, variance, covariance_of(columns, reading))
            if start is not None:
                model.likelihood.noise = start
            is_fitted = _is_fitted(model)
            found.append((_log_probability(model) if is_fitted else -math.inf, is_fitted, model))
    _, is_fitted, model = max(found, key=lambda attempt: attempt[0])
    return model, is_fitted


def _model(X: np.ndarray, y: np.ndarray, variance: np.ndarray | None, covariance: Kernel) -> SingleTaskGP:
    floor = _LEAST_KNOWN_NOISE * _spread(y)
    return SingleTaskGP(
        torch.as_tensor(X),
        torch.as_tensor(y)[:, None],
        train_Yvar=None if variance is None else torch.as_tensor(np.maximum(variance, floor))[:, None],
        likelihood=_likelihood() if variance is None else None,
        covar_module=covariance,
        outcome_transform=Standardize(1),
    )


def _is_fitted(model: SingleTaskGP) -> bool:
    """Fit the model where it stands; False, at the values it started from, if no attempt succeeded."""
    try:
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    except _FIT_ERRORS:
        model.eval()
        return False
    return True


def _log_probability(model: SingleTaskGP) -> float:
    """Return the log of likelihood times priors, over the number of points."""
    mll = ExactMarginalLogLikelihood(model.likelihood, model).train()
    with torch.no_grad():
        value = float(mll(model(*model.train_inputs), model.train_targets))
    mll.eval()
    return value


def _likelihood() -> GaussianLikelihood:
    centre, spread = _NOISE
    return GaussianLikelihood(
        noise_prior=LogNormalPrior(centre, spread),
        noise_constraint=GreaterThan(
            _LEAST_NOISE, transform=torch.exp, inv_transform=torch.log, initial_value=math.exp(centre - spread**2)
        ),
    )


def _spread(y: np.ndarray) -> float:
    """Return the variance of values, 1 where they are equal but for rounding."""
    variance = float(np.var(y))
    return variance if variance > (_EQUAL * float(np.abs(y).max())) ** 2 else 1.0


def _noise_variance(model: SingleTaskGP) -> float:
    """Return the mean variance of the noise, in squares of the output's unit."""
    scale = float(model.outcome_transform.stdvs.squeeze())
    return float(model.likelihood.noise.detach().mean()) * scale**2


def _moments(model: SingleTaskGP, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with torch.no_grad():
        posterior = model.posterior(torch.as_tensor(X))
        return posterior.mean[:, 0].numpy(), posterior.variance[:, 0].numpy()
