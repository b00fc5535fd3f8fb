"""What is known of one target, and what a limit says of a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import norm

from loop.errors import SurrogateError
from loop.surrogates.base import EncodedColumn, TargetData, TrainingData
from loop.surrogates.rows import from_model_scale, known_rows, values_beyond

COLUMNS = (EncodedColumn(parameter="a", kind="numeric"),)


def of(y: list[float], variance: list[float] | None = None, *, is_log: bool = False) -> TrainingData:
    target = TargetData(
        mean=np.array(y),
        variance=np.array(variance or [np.nan] * len(y)),
        censored=np.zeros(len(y), dtype=int),
        is_log=is_log,
    )
    return TrainingData(X=np.linspace(1, 0, len(y))[:, None], columns=COLUMNS, targets={"y": target})


def test_only_known_rows_stay_each_with_its_own_values() -> None:
    rows = known_rows(of([3.0, np.nan, 1.0], [0.3, 0.2, 0.1]), "y")
    assert_array_equal(rows.X[:, 0], [0.0, 1.0])
    assert_array_equal(rows.y, [1.0, 3.0])
    assert_array_equal(rows.variance, [0.1, 0.3])


def test_a_logarithm_carries_relative_variances() -> None:
    rows = known_rows(of([100.0], [25.0], is_log=True), "y")
    assert_allclose(rows.y, np.log(100.0))
    assert_allclose(rows.variance, 0.05**2)


def test_a_logarithm_of_nothing_is_refused() -> None:
    with pytest.raises(SurrogateError, match="> 0, got -1"):
        known_rows(of([2.0, -1.0], is_log=True), "y")


@pytest.mark.parametrize("wrong", [-0.5, np.inf])
def test_a_variance_that_cannot_be_is_refused(wrong: float) -> None:
    with pytest.raises(SurrogateError, match="variance"):
        known_rows(of([1.0, 2.0], [0.1, wrong]), "y")


@given(
    mean=st.floats(-3, 3),
    variance=st.floats(0.1, 9.0),
    limit=st.floats(-3, 3),
    side=st.sampled_from([-1, 1]),
)
def test_moments_beyond_a_limit_are_those_of_the_integral(
    mean: float, variance: float, limit: float, side: int
) -> None:
    sd = variance**0.5
    ends = (limit, mean + 12 * sd + abs(limit)) if side > 0 else (mean - 12 * sd - abs(limit), limit)
    weight = norm(mean, sd).sf(limit) if side > 0 else norm(mean, sd).cdf(limit)
    if weight < 1e-6:
        return
    density = norm(mean, sd).pdf
    first = quad(lambda t: t * density(t), *ends, points=None, limit=200)[0] / weight
    second = quad(lambda t: (t - first) ** 2 * density(t), *ends, limit=200)[0] / weight
    found = values_beyond(np.array([mean]), np.array([variance]), np.array([limit]), np.array([side]))
    assert_allclose(found[0], first, atol=1e-4)
    assert_allclose(found[1], second, atol=1e-3)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_limit_far_out_of_what_was_expected_stands_for_the_value(side: int) -> None:
    value, left = values_beyond(np.array([0.0]), np.array([1.0]), np.array([side * 1e6]), np.array([side]))
    assert_allclose(value, side * 1e6)
    assert_allclose(left, 0.0)


def test_moments_of_a_logarithm_are_log_normal() -> None:
    draws = np.exp(np.random.default_rng(0).normal(1.0, 0.5, 400_000))
    mean, sd = from_model_scale(np.array([1.0]), np.array([0.25]), is_log=True)
    assert_allclose(mean, draws.mean(), rtol=0.01)
    assert_allclose(sd, draws.std(), rtol=0.02)


@pytest.mark.parametrize(("y", "variance"), [(1e-200, 1e-4), (1e200, 1e300), (5e-324, 1.0), (1e300, 1e280)])
def test_a_relative_variance_is_a_number_however_small_or_large_the_value(y: float, variance: float) -> None:
    """Of a value far below its own spread nothing is known; that is a large variance, and no infinite one."""
    rows = known_rows(of([y], [variance], is_log=True), "y")
    assert np.isfinite(rows.variance).all()
    assert rows.variance[0] == pytest.approx(min((np.sqrt(variance) / y) ** 2, 1e6) if y > 1e-300 else 1e6)


def test_a_prediction_from_a_logarithm_is_a_number_however_uncertain() -> None:
    """Beyond the largest number there is, it is about that; below, it is the moment of the log-normal."""
    mean, sd = from_model_scale(np.array([0.0, 690.0, 300.0]), np.array([1.0, 1.0, 1e5]), is_log=True)
    assert np.isfinite([mean, sd]).all()
    assert_allclose(mean[0], np.exp(0.5))
    assert_allclose(sd[0], np.exp(0.5) * np.sqrt(np.e - 1))
    assert mean[2] > 1e300
    assert sd[2] > 1e300
