"""Covariance between formulations: a product over parameters, each of which may also not matter.

Knows columns, no target. The product form is that of ANOVA kernels (Durrande et al., J. Multivar. Anal. 115 (2013) 57;
Duvenaud et al., NeurIPS 2011): expanded, it is a sum over all subsets of parameters, so that main effects, learned from
few points, stand beside interactions of every order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from gpytorch.constraints import GreaterThan
from gpytorch.kernels import Kernel, LinearKernel
from gpytorch.priors import GammaPrior, LogNormalPrior, NormalPrior
from torch import Tensor

from loop.surrogates.base import EncodedColumn

__all__ = ["FactorKernel", "Reading", "covariance_of", "readings_of"]

_LEAST_LENGTHSCALE = 0.025
_USUAL_LENGTHSCALE = math.exp(math.sqrt(2) - 3)
"""Most probable lengthscale per root of the number of factors: mode of Hvarfner et al. (ICML 2024)."""
_LENGTHSCALE_SHAPE = 3.0
_USUAL_INDIFFERENCE = -1.0
_INDIFFERENCE_SPREAD = 1.5
_BLOCK_VARIANCE = (-2.0, 1.0)


class FactorKernel(Kernel):  # type: ignore[misc]  # GPyTorch carries no types
    """Matérn-5/2 in each factor, made indifferent to it in part, multiplied over factors.

    With r_j the distance of two points in factor j, l_j its lengthscale and u_j in (0, 1) its indifference,
    k = prod_j [u_j + (1 - u_j) m(r_j / l_j)], where m is the Matérn-5/2 correlation; k(x, x) = 1.

    Parameters
    ----------
    factors
        For each factor the columns that describe it.
    weights
        For each factor the weight of each of its columns in the squared distance.
    """

    def __init__(self, factors: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]) -> None:
        n = len(factors)
        usual = _USUAL_LENGTHSCALE * math.sqrt(n)
        super().__init__()
        self.factors = [list(columns) for columns in factors]
        self.weights = [list(of_columns) for of_columns in weights]
        self.register_parameter("log_lengthscales", torch.nn.Parameter(torch.full((n,), math.log(usual))))
        self.register_constraint("log_lengthscales", GreaterThan(math.log(_LEAST_LENGTHSCALE), transform=None))
        self.register_prior(
            "lengthscales_prior",
            GammaPrior(_LENGTHSCALE_SHAPE, (_LENGTHSCALE_SHAPE - 1) / usual),
            lambda kernel: kernel.lengthscales,
            lambda kernel, value: kernel.initialize(log_lengthscales=value.log()),
        )
        self.register_parameter("raw_indifference", torch.nn.Parameter(torch.full((n,), _USUAL_INDIFFERENCE)))
        self.register_prior(
            "indifference_prior", NormalPrior(_USUAL_INDIFFERENCE, _INDIFFERENCE_SPREAD), "raw_indifference"
        )

    @property
    def lengthscales(self) -> Tensor:
        """Distance in each factor over which the correlation falls, shape (factors,), in ranges of the factor."""
        values: Tensor = self.log_lengthscales.exp()
        return values

    @property
    def indifference(self) -> Tensor:
        """Share of the correlation that does not depend on each factor, shape (factors,)."""
        return torch.sigmoid(self.raw_indifference)

    def forward(self, x1: Tensor, x2: Tensor, diag: bool = False, **params: object) -> Tensor:  # noqa: ARG002  (GPyTorch's signature)
        """Return covariances of x1 (..., n, d) and x2 (..., m, d): (..., n, m), or (..., n) for `diag`."""
        lengthscales, indifference = self.lengthscales, self.indifference
        product: Tensor | None = None
        for j, (columns, weights) in enumerate(zip(self.factors, self.weights, strict=True)):
            distance = _distance(x1, x2, columns, weights, diag=diag)
            if torch.is_grad_enabled():
                part = indifference[j] + (1 - indifference[j]) * _matern(distance / lengthscales[j])
                product = part if product is None else product * part
                continue
            part = _matern_in_place(distance.div_(lengthscales[j])).mul_(1 - indifference[j]).add_(indifference[j])
            product = part if product is None else product.mul_(part)
        assert product is not None  # noqa: S101  (a kernel has at least one factor)
        return product


Reading = Literal["numeric", "rank"]
"""How numbers that come with a rank are read: as values, or as ranks."""


def readings_of(columns: Sequence[EncodedColumn]) -> tuple[Reading, ...]:
    """Return the readings that a set of columns allows."""
    return ("numeric", "rank") if any(column.kind == "rank" for column in columns) else ("numeric",)


def covariance_of(columns: Sequence[EncodedColumn], reading: Reading = "numeric") -> Kernel:
    """Build the covariance that fits a set of columns.

    Level columns weigh 1/2 each, so that two levels are 1 apart; descriptors share a weight of 1. Blocks add a random
    intercept each: a linear kernel on their columns, which is zero where they are zero.
    """
    members: dict[str, list[int]] = {}
    blocks: list[int] = []
    for k, column in enumerate(columns):
        if column.kind == "block":
            blocks.append(k)
        elif column.kind not in ("numeric", "rank") or column.kind == _kind_read(columns, column.parameter, reading):
            members.setdefault(column.parameter, []).append(k)
    weights = [[_weight(columns, group, k) for k in group] for group in members.values()]
    covariance: Kernel = FactorKernel(list(members.values()), weights)
    if blocks:
        centre, spread = _BLOCK_VARIANCE
        intercepts = LinearKernel(variance_prior=LogNormalPrior(centre, spread), active_dims=tuple(blocks))
        intercepts.variance = math.exp(centre - spread**2)
        covariance = covariance + intercepts
    return covariance


def _kind_read(columns: Sequence[EncodedColumn], parameter: str, reading: Reading) -> Reading:
    has_rank = any(column.parameter == parameter and column.kind == "rank" for column in columns)
    return reading if has_rank else "numeric"


def _weight(columns: Sequence[EncodedColumn], group: Sequence[int], k: int) -> float:
    match columns[k].kind:
        case "level":
            return 0.5
        case "descriptor":
            return 1.0 / sum(columns[other].kind == "descriptor" for other in group)
    return 1.0


def _distance(x1: Tensor, x2: Tensor, columns: Sequence[int], weights: Sequence[float], *, diag: bool) -> Tensor:
    if len(columns) == 1 and weights[0] == 1.0:
        return _difference(x1, x2, columns[0], diag=diag).abs()
    square: Tensor | None = None
    for column, weight in zip(columns, weights, strict=True):
        part = weight * _difference(x1, x2, column, diag=diag).square()
        square = part if square is None else square + part
    assert square is not None  # noqa: S101  (a factor has at least one column)
    return square.clamp_min(1e-30).sqrt()


def _difference(x1: Tensor, x2: Tensor, column: int, *, diag: bool) -> Tensor:
    a, b = x1[..., column], x2[..., column]
    return a - b if diag else a.unsqueeze(-1) - b.unsqueeze(-2)


def _matern(distance: Tensor) -> Tensor:
    scaled = math.sqrt(5) * distance
    return (1 + scaled + scaled.square() / 3) * torch.exp(-scaled)


def _matern_in_place(distance: Tensor) -> Tensor:
    """Do what `_matern` does, to the same bits, in half the time: scoring spends most of its own here."""
    scaled = distance.mul_(math.sqrt(5))
    total = (1 + scaled).add_(scaled.square().div_(3))
    return total.mul_(scaled.neg_().exp_())
