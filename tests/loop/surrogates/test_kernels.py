"""The covariance between formulations: closed forms and what its parts mean."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.testing import assert_allclose

from loop.surrogates.base import EncodedColumn
from loop.surrogates.kernels import FactorKernel, covariance_of

NUMERIC = (EncodedColumn(parameter="a", kind="numeric"), EncodedColumn(parameter="b", kind="numeric"))
LEVELS = tuple(EncodedColumn(parameter="grade", kind="level", level=level) for level in "PQR")
BLOCKS = tuple(EncodedColumn(parameter="block", kind="block", level=level) for level in ("monday", "tuesday"))


def matern(r: float) -> float:
    s = math.sqrt(5) * r
    return (1 + s + s * s / 3) * math.exp(-s)


def matrix(kernel: torch.nn.Module, X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return kernel(torch.as_tensor(X), torch.as_tensor(Z)).to_dense().numpy()


def test_it_is_the_product_of_the_written_formula() -> None:
    kernel = covariance_of(NUMERIC).double()
    lengths, indifferences = kernel.lengthscales.tolist(), kernel.indifference.tolist()
    x, z = [0.1, 0.9], [0.4, 0.7]
    expected = math.prod(
        u + (1 - u) * matern(abs(p - q) / length) for p, q, length, u in zip(x, z, lengths, indifferences, strict=True)
    )
    assert_allclose(matrix(kernel, np.array([x]), np.array([z])), [[expected]], rtol=1e-12)


def test_a_point_correlates_with_itself_fully_and_matrices_are_positive() -> None:
    X = np.random.default_rng(0).random((30, 2))
    K = matrix(covariance_of(NUMERIC).double(), X, X)
    assert_allclose(np.diag(K), 1.0)
    assert_allclose(K, K.T)
    assert np.linalg.eigvalsh(K).min() > -1e-10


def test_the_diagonal_alone_is_the_diagonal() -> None:
    rng = np.random.default_rng(1)
    X, Z = (torch.as_tensor(np.column_stack([rng.random((9, 2)), np.eye(3)[rng.integers(0, 3, 9)]])) for _ in range(2))
    kernel = covariance_of(NUMERIC + LEVELS).double()
    with torch.no_grad():
        assert_allclose(kernel(X, Z, diag=True).numpy(), np.diag(kernel(X, Z).to_dense().numpy()), rtol=1e-12)


def test_levels_are_all_equally_far_apart_and_a_choice_is_one_factor() -> None:
    kernel = covariance_of(LEVELS).double()
    K = matrix(kernel, np.eye(3), np.eye(3))
    usual, u = kernel.lengthscales[0].item(), kernel.indifference[0].item()
    assert len(kernel.factors) == 1
    assert_allclose(K[~np.eye(3, dtype=bool)], u + (1 - u) * matern(1 / usual), rtol=1e-12)


def test_levels_with_like_descriptors_are_closer() -> None:
    described = (*LEVELS, EncodedColumn(parameter="grade", kind="descriptor", level="molar mass"))
    X = np.column_stack([np.eye(3), [0.0, 0.1, 1.0]])
    K = matrix(covariance_of(described).double(), X, X)
    assert K[0, 1] > K[0, 2]


def test_an_indifferent_factor_does_not_matter() -> None:
    kernel = covariance_of(NUMERIC).double()
    kernel.raw_indifference.data[1] = 40.0
    K = matrix(kernel, np.array([[0.3, 0.0]]), np.array([[0.3, 1.0]]))
    assert_allclose(K, 1.0)


def test_blocks_correlate_within_themselves_and_vanish_where_they_are_zero() -> None:
    """A candidate belongs to no block: it has no intercept and no variance from one."""
    kernel = covariance_of(NUMERIC + BLOCKS).double()
    point = [0.2, 0.2]
    same, other, none = ([*point, *block] for block in ([1, 0], [0, 1], [0, 0]))
    K = matrix(kernel, np.array([same, other, none], float), np.array([same, other, none], float))
    intercept = K[0, 0] - 1
    assert intercept > 0
    assert_allclose(K - 1, np.diag([intercept, intercept, 0.0]), atol=1e-12)


def test_gradients_are_finite_where_points_coincide() -> None:
    kernel = covariance_of(NUMERIC + LEVELS).double()
    x = torch.tensor([[0.5, 0.5, 1.0, 0.0, 0.0]], dtype=torch.double, requires_grad=True)
    kernel(x, x.detach()).to_dense().sum().backward()
    assert torch.isfinite(x.grad).all()


def test_more_factors_expect_longer_lengthscales() -> None:
    """Distances grow with the root of the dimension, and so do the usual lengthscales."""
    few = FactorKernel([[0]], [[1.0]])
    many = FactorKernel([[j] for j in range(9)], [[1.0]] * 9)
    assert_allclose(many.lengthscales.detach().numpy(), 3 * few.lengthscales.item(), rtol=1e-6)


def test_scoring_without_slopes_gives_the_same_bits() -> None:
    """Worked out in place where no slope is asked for: not a bit differs."""
    kernel = covariance_of((*NUMERIC, *LEVELS)).double()
    rng = np.random.default_rng(2)
    X, Z = (torch.as_tensor(np.column_stack([rng.random((n, 2)), np.eye(3)[rng.integers(0, 3, n)]])) for n in (7, 11))
    with_slopes = kernel(X, Z).to_dense()
    with torch.no_grad():
        without = kernel(X, Z).to_dense()
    assert torch.equal(with_slopes, without)
