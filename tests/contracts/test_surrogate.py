"""What every surrogate promises, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.sampling import SobolQMCNormalSampler
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from loop.errors import SurrogateError
from loop.surrogates import surrogate, surrogate_names
from loop.surrogates.base import EncodedColumn, TargetData, TrainingData
from loop.surrogates.settled import settled

COLUMNS = (
    EncodedColumn(parameter="temperature", kind="numeric"),
    EncodedColumn(parameter="filler", kind="numeric"),
    EncodedColumn(parameter="grade", kind="level", level="A"),
    EncodedColumn(parameter="grade", kind="level", level="B"),
    EncodedColumn(parameter="grade", kind="level", level="C"),
)

every_surrogate = pytest.mark.parametrize("name", surrogate_names())


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with settled(0):
        yield


def design(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.random((n, 2)), np.eye(3)[rng.integers(0, 3, n)]])


def truth(X: np.ndarray) -> np.ndarray:
    """A bowl in two numbers, shifted by the grade, in units far from zero and one."""
    return 100 - 40 * (X[:, 0] - 0.6) ** 2 - 20 * (X[:, 1] - 0.3) ** 2 + X[:, 2:5] @ np.array([0.0, 4.0, -6.0])


def told(
    y: np.ndarray, variance: float | np.ndarray = np.nan, censored: Sequence[int] | int = 0, **more: bool
) -> TargetData:
    n = len(y)
    return TargetData(
        mean=np.asarray(y, dtype=float),
        variance=np.broadcast_to(np.asarray(variance, dtype=float), (n,)).copy(),
        censored=np.broadcast_to(np.asarray(censored), (n,)).copy(),
        **more,
    )


def data(X: np.ndarray, **targets: TargetData) -> TrainingData:
    return TrainingData(X=X, columns=COLUMNS, targets=targets)


def reordered(known: TrainingData, order: np.ndarray) -> TrainingData:
    return replace(
        known,
        X=known.X[order],
        targets={
            name: replace(t, mean=t.mean[order], variance=t.variance[order], censored=t.censored[order])
            for name, t in known.targets.items()
        },
    )


def learn(name: str, known: TrainingData, seed: int = 3):
    return surrogate(name).fit(known, seed=seed)


@every_surrogate
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 12))
def test_the_order_of_arrival_changes_nothing(name: str, seed: int, n: int) -> None:
    """Rows in another order give the same predictions."""
    X = design(n, seed)
    known = data(X, strength=told(truth(X)))
    shuffled = reordered(known, np.random.default_rng(seed).permutation(n))
    points = design(20, seed + 1)
    for one, other in zip(
        learn(name, known).predict(points)["strength"], learn(name, shuffled).predict(points)["strength"], strict=True
    ):
        assert_allclose(one, other, rtol=0, atol=1e-6)


@every_surrogate
def test_same_data_and_seed_give_the_same_bits(name: str) -> None:
    """Predictions and joint samples are identical to the last bit, whatever random state the process is in."""
    X = design(15, 0)
    known = data(X, strength=told(truth(X)), cost=told(X[:, 1]))
    points = design(30, 1)
    outcomes = []
    for state in (1, 2):
        torch.manual_seed(state)
        np.random.seed(state)
        fitted = learn(name, known)
        with torch.no_grad():
            posterior = fitted.model.posterior(torch.as_tensor(points))
            samples = SobolQMCNormalSampler(torch.Size([4]), seed=5)(posterior)
        outcomes.append((*fitted.predict(points)["strength"], *fitted.predict(points)["cost"], samples.numpy()))
    for one, other in zip(*outcomes, strict=True):
        assert_array_equal(one, other)


@every_surrogate
def test_learning_leaves_the_random_state_of_the_process_alone(name: str) -> None:
    X = design(8, 0)
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    learn(name, data(X, strength=told(truth(X))))
    assert torch.equal(torch.rand(3), expected)


@every_surrogate
@pytest.mark.parametrize(
    ("X", "y"),
    [
        (design(1, 0), np.array([7.0])),
        (design(9, 0), np.full(9, 500.0)),
        (np.repeat(design(2, 0), 4, axis=0), np.arange(8.0)),
        (np.repeat(design(1, 0), 5, axis=0), np.full(5, 1e-9)),
        (design(6, 0), np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1e9])),
    ],
    ids=["one point", "constant", "replicates that differ", "replicates that agree", "one giant"],
)
def test_scarce_and_odd_data_give_finite_predictions(name: str, X: np.ndarray, y: np.ndarray) -> None:
    """Means and spreads are finite and spreads are not negative, near the data and far from it."""
    mean, sd = learn(name, data(X, strength=told(y))).predict(design(40, 4))["strength"]
    assert np.isfinite(mean).all()
    assert np.isfinite(sd).all()
    assert (sd >= 0).all()


@every_surrogate
def test_a_known_function_is_found_and_covered(name: str) -> None:
    """Thirty noisy points order unseen ones, and about as many lie within two sd as should."""
    rng = np.random.default_rng(8)
    X, unseen = design(40, 21), design(300, 22)
    y = truth(X) + 0.5 * rng.standard_normal(40)
    mean, sd = learn(name, data(X, strength=told(y))).predict(unseen)["strength"]
    assert np.corrcoef(mean, truth(unseen))[0, 1] > 0.85
    assert 0.80 <= np.mean(np.abs(mean - truth(unseen)) <= 2 * sd) <= 1.0


@every_surrogate
def test_the_better_measured_of_two_readings_counts_more(name: str) -> None:
    """Where two readings of one formulation differ, the prediction lies on the side of the smaller variance."""
    X = np.vstack([design(12, 2), np.repeat(design(1, 3), 2, axis=0)])
    y = truth(X)
    y[-2:] = [y[-1] - 10, y[-1] + 10]
    low_is_sure = np.full(14, 0.01)
    low_is_sure[-1] = 100.0
    high_is_sure = np.full(14, 0.01)
    high_is_sure[-2] = 100.0
    low = learn(name, data(X, strength=told(y, low_is_sure))).predict(X[-1:])["strength"][0]
    high = learn(name, data(X, strength=told(y, high_is_sure))).predict(X[-1:])["strength"][0]
    assert low < y[-2:].mean() < high


@every_surrogate
def test_rows_that_do_not_know_a_target_do_not_move_it(name: str) -> None:
    """Targets are learned apart, each from the rows that know it."""
    X = design(16, 5)
    partly = truth(X)
    partly[10:] = np.nan
    points = design(10, 6)
    alone = learn(name, data(X[:10], strength=told(truth(X)[:10]))).predict(points)["strength"]
    together = learn(name, data(X, strength=told(partly), cost=told(X[:, 0]))).predict(points)["strength"]
    for one, other in zip(alone, together, strict=True):
        assert_array_equal(one, other)


@every_surrogate
def test_a_value_above_the_range_is_not_taken_for_the_limit(name: str) -> None:
    """A censored point pulls its surroundings to its side of the limit, further than the limit as a value would."""
    X = design(30, 9)
    y = 10 * X[:, 0]
    over = y > 7
    clipped = np.minimum(y, 7)
    points = design(60, 10)
    points = points[points[:, 0] > 0.85]
    as_values = learn(name, data(X, strength=told(clipped))).predict(points)["strength"][0]
    as_limits = learn(name, data(X, strength=told(clipped, censored=over.astype(int)))).predict(points)["strength"][0]
    assert as_limits.mean() > as_values.mean()
    assert np.abs(as_limits - 10 * points[:, 0]).mean() < np.abs(as_values - 10 * points[:, 0]).mean()


@every_surrogate
def test_a_limit_below_detection_works_the_other_way_round(name: str) -> None:
    X = design(30, 9)
    y = 10 * X[:, 0]
    clipped = np.maximum(y, 3)
    points = design(60, 10)
    points = points[points[:, 0] < 0.15]
    as_values = learn(name, data(X, strength=told(clipped))).predict(points)["strength"][0]
    under = -(y < 3).astype(int)
    as_limits = learn(name, data(X, strength=told(clipped, censored=under))).predict(points)["strength"][0]
    assert as_limits.mean() < as_values.mean()


@every_surrogate
def test_a_target_on_a_logarithm_stays_positive(name: str) -> None:
    """Predictions over decades are positive, and the model's own output is the logarithm."""
    X = design(25, 12)
    y = 10 ** (4 * X[:, 0] - 2)
    fitted = learn(name, data(X, conductivity=told(y, is_log=True)))
    points = design(50, 13)
    mean, sd = fitted.predict(points)["conductivity"]
    with torch.no_grad():
        output = fitted.model.posterior(torch.as_tensor(points)).mean.squeeze(-1).numpy()
    assert (mean > 0).all()
    assert (sd > 0).all()
    assert np.corrcoef(output, 4 * points[:, 0])[0, 1] > 0.9


@every_surrogate
def test_predictions_are_those_of_the_model(name: str) -> None:
    """What is written beside a proposal is what the acquisition saw."""
    X, points = design(12, 1), design(15, 2)
    fitted = learn(name, data(X, strength=told(truth(X)), cost=told(X[:, 1])))
    with torch.no_grad():
        posterior = fitted.model.posterior(torch.as_tensor(points))
    for j, target in enumerate(["strength", "cost"]):
        mean, sd = fitted.predict(points)[target]
        assert_allclose(mean, posterior.mean[:, j].numpy(), rtol=1e-8)
        assert_allclose(sd, posterior.variance[:, j].sqrt().numpy(), rtol=1e-4)


@every_surrogate
def test_the_model_serves_noisy_improvement_with_pending_points(name: str) -> None:
    X, points = design(12, 1), torch.as_tensor(design(20, 2))
    fitted = learn(name, data(X, strength=told(truth(X))))
    score = qLogNoisyExpectedImprovement(
        fitted.model,
        torch.as_tensor(X),
        sampler=SobolQMCNormalSampler(torch.Size([32]), seed=1),
        prune_baseline=True,
        X_pending=points[:2],
    )
    with torch.no_grad():
        values = score(points.unsqueeze(1))
    assert values.shape == (20,)
    assert torch.isfinite(values).all()
    assert values.std() > 0


@every_surrogate
def test_the_model_serves_hypervolume_improvement(name: str) -> None:
    X, points = design(12, 1), torch.as_tensor(design(20, 2))
    fitted = learn(name, data(X, strength=told(truth(X)), saving=told(-X[:, 1])))
    score = qLogNoisyExpectedHypervolumeImprovement(
        fitted.model,
        ref_point=[60.0, -1.0],
        X_baseline=torch.as_tensor(X),
        sampler=SobolQMCNormalSampler(torch.Size([16]), seed=1),
        prune_baseline=True,
    )
    with torch.no_grad():
        values = score(points.unsqueeze(1))
    assert torch.isfinite(values).all()


@every_surrogate
def test_a_target_nobody_measured_is_refused_by_name(name: str) -> None:
    X = design(4, 0)
    with pytest.raises(SurrogateError, match="strength"):
        learn(name, data(X, strength=told(np.full(4, np.nan))))


@every_surrogate
def test_a_row_that_is_no_number_is_refused_by_parameter(name: str) -> None:
    X = design(4, 0)
    X[2, 1] = np.nan
    with pytest.raises(SurrogateError, match=r"row 2 .*filler"):
        learn(name, data(X, strength=told(np.arange(4.0))))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SurrogateError, match="forest, gp"):
        surrogate("oracle")
