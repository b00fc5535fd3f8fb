"""What the Gaussian process promises beyond the contract: noise, blocks, main effects, speed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from botorch.exceptions.errors import ModelFittingError
from numpy.testing import assert_allclose

import loop.surrogates.gp as module
from loop.errors import SurrogateError
from loop.surrogates.base import EncodedColumn, TargetData, TrainingData
from loop.surrogates.gp import GaussianProcess, SteadyGaussianProcess
from loop.surrogates.settled import settled

TWO = (EncodedColumn(parameter="a", kind="numeric"), EncodedColumn(parameter="b", kind="numeric"))
BLOCKS = tuple(EncodedColumn(parameter="block", kind="block", level=level) for level in ("monday", "tuesday"))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with settled(0):
        yield


def told(X: np.ndarray, y: np.ndarray, variance: object = np.nan, columns=TWO, censored: object = 0) -> TrainingData:
    n = len(y)
    target = TargetData(
        mean=np.asarray(y, dtype=float),
        variance=np.broadcast_to(np.asarray(variance, dtype=float), (n,)).copy(),
        censored=np.broadcast_to(np.asarray(censored), (n,)).copy(),
    )
    return TrainingData(X=X, columns=columns, targets={"y": target})


def wave(X: np.ndarray) -> np.ndarray:
    return 50 + 10 * np.sin(4 * X[:, 0]) + 5 * X[:, 1]


def test_points_measured_exactly_are_met_exactly() -> None:
    X = np.random.default_rng(0).random((15, 2))
    mean, sd = GaussianProcess().fit(told(X, wave(X), 1e-6), seed=0).predict(X)["y"]
    assert_allclose(mean, wave(X), atol=0.05)
    assert (sd < 0.1).all()


def test_a_declared_noise_is_kept_in_the_unit_of_the_target() -> None:
    """The likelihood holds the variances given, not inferred ones."""
    X = np.random.default_rng(0).random((15, 2))
    variance = np.linspace(1.0, 4.0, 15)
    fitted = GaussianProcess().fit(told(X, wave(X), variance), seed=0)
    model = fitted.models[0]
    kept = model.likelihood.noise.numpy() * model.outcome_transform.stdvs.item() ** 2
    assert_allclose(np.sort(kept), variance, rtol=1e-6)


def test_an_unknown_noise_is_inferred() -> None:
    rng = np.random.default_rng(1)
    X = rng.random((60, 2))
    y = wave(X) + 2.0 * rng.standard_normal(60)
    model = GaussianProcess().fit(told(X, y), seed=0).models[0]
    inferred = float(model.likelihood.noise.detach()) ** 0.5 * model.outcome_transform.stdvs.item()
    assert 1.2 < inferred < 3.0


def test_points_of_unknown_noise_share_an_inferred_one_beside_known_ones() -> None:
    rng = np.random.default_rng(1)
    X = rng.random((60, 2))
    y = wave(X) + 2.0 * rng.standard_normal(60)
    variance = np.where(np.arange(60) < 20, 0.25, np.nan)
    model = GaussianProcess().fit(told(X, y, variance), seed=0).models[0]
    kept = np.sort(model.likelihood.noise.numpy() * model.outcome_transform.stdvs.item() ** 2)
    assert_allclose(kept[:20], 0.25, rtol=1e-6)
    assert (np.diff(kept[20:]) < 1e-9).all()
    assert 1.0 < kept[-1] < 9.0


def test_a_shift_between_blocks_is_not_taken_for_an_effect_of_the_formulation() -> None:
    """Runs of two days, the second 20 higher and at larger a: the candidate is predicted between the days' levels."""
    rng = np.random.default_rng(2)
    X = rng.random((24, 2))
    X[:12, 0] *= 0.6
    X[12:, 0] = 0.4 + 0.6 * X[12:, 0]
    day = np.repeat(np.eye(2), 12, axis=0)
    y = wave(X) + 20 * day[:, 1]
    points = rng.random((30, 2))
    flat = np.column_stack([points, np.zeros((30, 2))])
    aware = (
        GaussianProcess().fit(told(np.column_stack([X, day]), y, columns=TWO + BLOCKS), seed=0).predict(flat)["y"][0]
    )
    blind = GaussianProcess().fit(told(X, y), seed=0).predict(points)["y"][0]
    shape = wave(points) - wave(points).mean()
    assert np.std(aware - aware.mean() - shape) < 0.5 * np.std(blind - blind.mean() - shape)


def test_main_effects_are_learned_from_few_points() -> None:
    """Six additive parameters, thirty points: most of the variance of unseen points is explained."""
    rng = np.random.default_rng(3)
    columns = tuple(EncodedColumn(parameter=f"p{j}", kind="numeric") for j in range(6))
    X, unseen = rng.random((30, 6)), rng.random((200, 6))

    def additive(Z: np.ndarray) -> np.ndarray:
        return np.sin(3 * Z[:, 0]) + Z[:, 1] ** 2 + np.cos(2 * Z[:, 2]) + np.abs(Z[:, 3] - 0.5) + 0.5 * Z[:, 4]

    mean, _ = GaussianProcess().fit(told(X, additive(X), columns=columns), seed=0).predict(unseen)["y"]
    residual = np.mean((mean - additive(unseen)) ** 2) / np.var(additive(unseen))
    assert residual < 0.15


RANKED = (EncodedColumn(parameter="dose", kind="numeric"), EncodedColumn(parameter="dose", kind="rank"), TWO[1])


def listed(n: int) -> np.ndarray:
    """Return n encoded points of a dose listed as powers of ten, and of another number."""
    rng = np.random.default_rng(4)
    rank, other = rng.random(n), rng.random(n)
    return np.column_stack([(10 ** (4 * rank) - 1) / (10**4 - 1), rank, other])


@pytest.mark.parametrize(("column", "expected"), [(0, "numeric"), (1, "rank")])
def test_numbers_are_read_as_values_or_as_ranks_whichever_explains_the_results(column: int, expected: str) -> None:
    """A wave over the one reading is predicted well although the other one was offered too."""
    X, unseen = listed(25), listed(200)[25:]

    def truth(Z: np.ndarray) -> np.ndarray:
        return np.asarray(10 * np.sin(6 * Z[:, column]) + 2 * Z[:, 2])

    fitted = GaussianProcess().fit(told(X, truth(X), columns=RANKED), seed=0)
    mean, _ = fitted.predict(unseen)["y"]
    assert RANKED[fitted.models[0].covar_module.factors[0][0]].kind == expected
    assert np.mean((mean - truth(unseen)) ** 2) < 0.05 * np.var(truth(unseen))


def test_all_points_beyond_the_range_are_learned_as_their_limit() -> None:
    X = np.random.default_rng(0).random((5, 2))
    mean, sd = GaussianProcess().fit(told(X, np.full(5, 9.0), censored=1), seed=0).predict(X)["y"]
    assert_allclose(mean, 9.0, atol=1e-6)
    assert np.isfinite(sd).all()


def test_a_fit_that_fails_is_refused_and_only_the_steady_one_stays_at_the_usual_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(mll: object) -> None:
        raise ModelFittingError("no attempt succeeded")

    monkeypatch.setattr(module, "fit_gpytorch_mll", failing)
    X = np.random.default_rng(0).random((6, 2))
    with pytest.raises(SurrogateError, match="no attempt to fit y succeeded"):
        GaussianProcess().fit(told(X, wave(X)), seed=0)
    fitted = SteadyGaussianProcess().fit(told(X, wave(X)), seed=0)
    assert fitted.unfitted == ("y",)
    assert np.isfinite(fitted.predict(X)["y"][0]).all()


def test_equal_values_that_rounding_tells_apart_are_equal() -> None:
    """A declared variance is kept where the variance of the values is that of rounding alone."""
    X = np.random.default_rng(0).random((9, 2))
    model = GaussianProcess().fit(told(X, np.full(9, 0.1), 0.01), seed=0).models[0]
    assert_allclose(model.likelihood.noise.numpy(), 0.01)


def test_few_evaluations_are_enough_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hyper-parameters are searched on logarithms: a fit of 45 points in six parameters stays under 150 likelihoods."""
    calls = []
    forward = module.SingleTaskGP.forward
    monkeypatch.setattr(module.SingleTaskGP, "forward", lambda model, x: calls.append(1) or forward(model, x))
    X = np.random.default_rng(5).random((45, 6))
    columns = tuple(EncodedColumn(parameter=f"p{j}", kind="numeric") for j in range(6))
    GaussianProcess().fit(told(X, np.sin(5 * X[:, 0]) + X[:, 1] * X[:, 2], columns=columns), seed=0)
    assert len(calls) < 150


def test_candidates_are_scored_with_gradients() -> None:
    """Spaces without a table are searched by gradient."""
    X = np.random.default_rng(0).random((10, 2))
    model = GaussianProcess().fit(told(X, wave(X)), seed=0).model
    x = torch.as_tensor(X[:1]).clone().requires_grad_()
    model.posterior(x).mean.sum().backward()
    assert torch.isfinite(x.grad).all()
    assert x.grad.abs().sum() > 0
