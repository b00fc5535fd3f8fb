"""From what is wanted to the score that picks the next formulation: BoTorch acquisition functions over encoded X.

One objective: qLogNoisyExpectedImprovement; a front: qLogNoisyExpectedHypervolumeImprovement
(Ament et al., NeurIPS 2023; Daulton et al., NeurIPS 2021), and where that would take too long, as with many targets or
a large front, improvement in one random direction (ParEGO: Knowles, IEEE Trans. Evol. Comput. 10 (2006) 50). Hard
limits enter as outcome constraints; what the model has learned of formulations that cannot be made weighs the score
down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from botorch.acquisition import AcquisitionFunction
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective import logei as fronts
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.acquisition.multi_objective.objective import GenericMCMultiOutputObjective
from botorch.acquisition.multi_objective.utils import prune_inferior_points_multi_objective
from botorch.acquisition.objective import GenericMCObjective
from botorch.acquisition.utils import prune_inferior_points
from botorch.sampling import SobolQMCNormalSampler
from botorch.utils.multi_objective.scalarization import get_chebyshev_scalarization
from botorch.utils.sampling import sample_simplex
from torch import Tensor

from loop.acquisition.reading import Reading
from loop.definition import Definition
from loop.space.encoding import Encoding
from loop.surrogates.base import FittedSurrogate
from loop.training import Evidence

__all__ = ["WeightedAcquisition", "build_acquisition", "is_slow_to_score"]

_N_SAMPLES = 128
_N_SAMPLES_OF_FRONTS = (64, 32, 16)
"""The most for which scoring does not take too long."""

_MOST_SIDES = 3200
"""Samples times cells beyond the front times goals, up to which scoring takes seconds."""

_MANY_SIDES = 1500
"""Of those, from which on a score takes so long that fewer have to do."""

_MOST_COVARIANCES = 50_000
"""Covariances worked out to score one candidate, of each column and target, likewise."""

_FEWEST_COMPARED = 8
"""Points that are compared with, however long that takes."""


class WeightedAcquisition(AcquisitionFunction):  # type: ignore[misc]  # BoTorch carries no types
    """A logarithmic acquisition plus the logarithm of a weight of each point, as of its probability to be makeable."""

    def __init__(self, base: AcquisitionFunction, log_weight: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__(model=base.model)
        self.base = base
        self._log_weight = log_weight

    @property
    def X_baseline(self) -> Tensor:  # noqa: N802  (BoTorch's name)
        """Points that candidates are compared with, shape (k, columns)."""
        points: Tensor = self.base.X_baseline
        return points

    def set_X_pending(self, X_pending: Tensor | None = None) -> None:  # noqa: N802  (BoTorch's name)
        """Pass pending points on to the acquisition that knows what to do with them."""
        self.base.set_X_pending(X_pending)

    def forward(self, X: Tensor) -> Tensor:
        """Score candidates X (b, q, d); shape (b,)."""
        weight = torch.as_tensor(self._log_weight(X.detach().numpy().reshape(-1, X.shape[-1])), dtype=X.dtype)
        score: Tensor = self.base(X) + weight.reshape(X.shape[:-1]).sum(dim=-1)
        return score


def build_acquisition(
    definition: Definition,
    encoding: Encoding,
    evidence: Evidence,
    fitted: FittedSurrogate,
    *,
    pending: np.ndarray,
    seed: int,
    log_weight: Callable[[np.ndarray], np.ndarray] | None = None,
) -> AcquisitionFunction:
    """Build the score to make large.

    Parameters
    ----------
    pending
        Encoded formulations whose results are still to come, shape (k, columns).
    log_weight
        Logarithm of the weight of encoded points: (n, columns) to (n,).

    Returns
    -------
    A BoTorch acquisition over X (b, q, columns), with values on a logarithmic scale.
    """
    reading = Reading(definition, encoding, evidence)
    is_block = np.array([column.kind == "block" for column in evidence.data.columns])
    baseline = torch.as_tensor(np.where(is_block, 0.0, evidence.data.X))  # without the luck of the block
    asked = {
        "model": fitted.model,
        "X_baseline": baseline,
        "X_pending": torch.as_tensor(pending) if len(pending) else None,
        "constraints": reading.constraints() or None,
    }
    acquisition: AcquisitionFunction | None = None
    score: Callable[[Tensor, Tensor | None], Tensor] = reading.score
    if definition.objective.kind == "pareto":
        acquisition = _of_front(reading, asked, seed)
        score = _in_one_direction(reading, seed)
    if acquisition is None:
        acquisition = _of_score(score, asked, seed, n_targets=len(evidence.data.targets))
    return acquisition if log_weight is None else WeightedAcquisition(acquisition, log_weight)


def is_slow_to_score(acquisition: AcquisitionFunction) -> bool:
    """Say whether a score takes long because a front is improved in many places."""
    base = acquisition.base if isinstance(acquisition, WeightedAcquisition) else acquisition
    if not isinstance(base, qLogNoisyExpectedHypervolumeImprovement):
        return False
    n_samples: int = base.sampler.sample_shape.numel()
    return n_samples * _n_sides(base) > _MANY_SIDES


def _of_front(reading: Reading, asked: dict[str, Any], seed: int) -> AcquisitionFunction | None:
    """Build the improvement of a front; None where scoring by it would take too long."""
    _compile_nothing()
    reference, objective = reading.reference_point(), GenericMCMultiOutputObjective(reading.gains)
    compared = prune_inferior_points_multi_objective(
        model=asked["model"],
        X=asked["X_baseline"],
        objective=objective,
        constraints=asked["constraints"],
        ref_point=reference,
    )
    if len(compared) > _most_compared(asked["X_baseline"], reading.n_goals):
        return None

    def drawn(n_samples: int) -> AcquisitionFunction:
        return qLogNoisyExpectedHypervolumeImprovement(
            **{**asked, "X_baseline": compared},
            sampler=SobolQMCNormalSampler(torch.Size([n_samples]), seed=seed),
            objective=objective,
            ref_point=reference.tolist(),
        )

    fewest = drawn(min(_N_SAMPLES_OF_FRONTS))
    n_samples = next((n for n in _N_SAMPLES_OF_FRONTS if n * _n_sides(fewest) <= _MOST_SIDES), None)
    if n_samples is None:
        return None
    return fewest if n_samples == min(_N_SAMPLES_OF_FRONTS) else drawn(n_samples)


def _n_sides(of_front: AcquisitionFunction) -> int:
    """Count the cells beyond a front times its goals."""
    count: int = of_front.cell_lower_bounds.shape[-2:].numel()
    return count


def _compile_nothing() -> None:
    """Keep BoTorch from compiling its score of a front for this machine when it is first used.

    Compiled, other machines would give other last digits; and a process killed at it leaves a lock in the user's cache
    for which every later one waits.
    """
    fronts._load_attempted = True


def _of_score(
    score: Callable[[Tensor, Tensor | None], Tensor], asked: dict[str, Any], seed: int, *, n_targets: int
) -> AcquisitionFunction:
    """Build the improvement of one score over the points that may be the best, where those are many the likeliest."""
    objective, baseline = GenericMCObjective(score), asked["X_baseline"]

    def over(X: Tensor) -> AcquisitionFunction:
        sampler = SobolQMCNormalSampler(torch.Size([_N_SAMPLES]), seed=seed)
        return qLogNoisyExpectedImprovement(
            **{**asked, "X_baseline": X}, sampler=sampler, objective=objective, prune_baseline=True
        )

    found, most = over(baseline), _most_compared(baseline, n_targets)
    if len(found.X_baseline) <= most:
        return found
    constraints, max_frac = asked["constraints"], most / len(baseline)
    return over(
        prune_inferior_points(
            model=asked["model"], X=baseline, objective=objective, constraints=constraints, max_frac=max_frac
        )
    )


def _most_compared(X: Tensor, n_targets: int) -> int:
    """Return with how many of n known points (n, columns) each candidate can be compared before that takes too long."""
    n, n_columns = X.shape
    counts = np.arange(1, n + 1)
    takes = (counts + 1) * (n + counts + 1) * n_columns * n_targets
    return max(int((takes <= _MOST_COVARIANCES).sum()), _FEWEST_COMPARED)


def _in_one_direction(reading: Reading, seed: int) -> Callable[[Tensor, Tensor | None], Tensor]:
    """Return the gain along a direction drawn at random: the worst of the weighted gains, and a little of their sum."""
    weights = sample_simplex(d=reading.n_goals, n=1, seed=seed, dtype=torch.double).squeeze(0)
    along = get_chebyshev_scalarization(weights, torch.as_tensor(reading.known_gains()))

    def score(samples: Tensor, X: Tensor | None = None) -> Tensor:
        gain: Tensor = along(reading.gains(samples, X), None)
        return gain

    return score
