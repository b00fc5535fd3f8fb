"""From what is wanted to the score that picks the next formulation: BoTorch acquisition functions over encoded X.

One objective: qLogNoisyExpectedImprovement; a front: qLogNoisyExpectedHypervolumeImprovement
(Ament et al., NeurIPS 2023; Daulton et al., NeurIPS 2021). Hard limits enter as outcome constraints; what the model has
learned of formulations that cannot be made weighs the score down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from botorch.acquisition import AcquisitionFunction
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.acquisition.multi_objective.objective import GenericMCMultiOutputObjective
from botorch.acquisition.objective import GenericMCObjective
from botorch.sampling import SobolQMCNormalSampler
from botorch.utils.multi_objective.hypervolume import infer_reference_point
from torch import Tensor

from loop.definition import Definition
from loop.goals import Target, pareto_front
from loop.space.encoding import Encoding
from loop.surrogates.base import FittedSurrogate
from loop.training import Evidence

__all__ = ["WeightedAcquisition", "build_acquisition"]

_N_SAMPLES = {"single": 128, "desirability": 128, "pareto": 64}
_LEAST_DESIRABILITY = 1e-3


@dataclass(frozen=True, slots=True)
class _Scale:
    """Centre and spread of the gains seen of one target, so that smoothing constants mean the same everywhere."""

    centre: float
    spread: float

    @classmethod
    def of(cls, gains: np.ndarray) -> _Scale:
        known = gains[np.isfinite(gains)]
        spread = float(known.std()) if len(known) > 1 else 0.0
        return cls(float(known.mean()) if len(known) else 0.0, spread if spread > 0 else 1.0)


class WeightedAcquisition(AcquisitionFunction):  # type: ignore[misc]  # BoTorch carries no types
    """A logarithmic acquisition plus the logarithm of a weight of each point, as of its probability to be makeable."""

    def __init__(self, base: AcquisitionFunction, log_weight: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__(model=base.model)
        self.base = base
        self._log_weight = log_weight

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
    kind = definition.objective.kind
    reading = _Reading(definition, encoding, evidence)
    is_block = np.array([column.kind == "block" for column in evidence.data.columns])
    baseline = torch.as_tensor(np.where(is_block, 0.0, evidence.data.X))  # without the luck of the block
    shared = {
        "model": fitted.model,
        "X_baseline": baseline,
        "sampler": SobolQMCNormalSampler(torch.Size([_N_SAMPLES[kind]]), seed=seed),
        "prune_baseline": True,
        "X_pending": torch.as_tensor(pending) if len(pending) else None,
        "constraints": reading.constraints() or None,
    }
    acquisition: AcquisitionFunction
    if kind == "pareto":
        acquisition = qLogNoisyExpectedHypervolumeImprovement(
            **shared,
            objective=GenericMCMultiOutputObjective(reading.gains),
            ref_point=reading.reference_point().tolist(),
        )
    else:
        score = reading.single_gain if kind == "single" else reading.desirability
        acquisition = qLogNoisyExpectedImprovement(**shared, objective=GenericMCObjective(score))
    return acquisition if log_weight is None else WeightedAcquisition(acquisition, log_weight)


class _Reading:
    """Reads model samples as gains. Computed targets are worked out from X; the rest are outputs of the model."""

    def __init__(self, definition: Definition, encoding: Encoding, evidence: Evidence) -> None:
        self._definition, self._encoding, self._evidence = definition, encoding, evidence
        self._outputs = {name: j for j, name in enumerate(definition.measured_targets)}
        self._is_log = {name: evidence.data.targets[name].is_log for name in self._outputs}
        self._goals = definition.goals
        self._scales = {n: _Scale.of(definition.targets[n].gain(evidence.values[n])) for n in self._goals}

    def gains(self, samples: Tensor, X: Tensor | None = None) -> Tensor:
        """Return standardised gains of samples (..., q, outputs): shape (..., q, goals)."""
        parts = []
        for name in self._goals:
            scale = self._scales[name]
            parts.append((self._gain(name, samples, X) - scale.centre) / scale.spread)
        return torch.stack(parts, dim=-1)

    def single_gain(self, samples: Tensor, X: Tensor | None = None) -> Tensor:
        return self.gains(samples, X)[..., 0]

    def desirability(self, samples: Tensor, X: Tensor | None = None) -> Tensor:
        total, weights = torch.zeros(()), 0.0
        for name in self._goals:
            target = self._definition.targets[name]
            worst, best = (float(v) for v in target.gain(np.array([target.worst, target.ideal])))
            share = ((self._gain(name, samples, X) - worst) / (best - worst)).clamp(_LEAST_DESIRABILITY, 1.0)
            total = total + target.weight * share.log()
            weights += target.weight
        return (total / weights).exp()

    def constraints(self) -> list[Callable[[Tensor], Tensor]]:
        """Return outcome constraints of measured targets: negative where a limit is kept."""
        found: list[Callable[[Tensor], Tensor]] = []
        for name in self._outputs:
            limits = self._definition.targets[name].limits
            if limits is None:
                continue
            spread = _Scale.of(self._evidence.values[name]).spread
            for edge, sign in ((limits.at_least, -1.0), (limits.at_most, 1.0)):
                if edge is not None:
                    found.append(partial(self._excess, name=name, edge=edge, sign=sign, spread=spread))
        return found

    def _excess(self, samples: Tensor, *, name: str, edge: float, sign: float, spread: float) -> Tensor:
        return sign * (self._output(name, samples) - edge) / spread

    def reference_point(self) -> Tensor:
        """Return the standardised point behind which nothing counts: the declared one, else inferred from the front."""
        declared = self._definition.objective.reference_point
        if declared != "inferred":
            raw = [self._definition.targets[n].gain(np.array([declared[n]]))[0] for n in self._goals]
            return torch.tensor(
                [(g - self._scales[n].centre) / self._scales[n].spread for g, n in zip(raw, self._goals, strict=True)]
            )
        gains = np.stack([self._standard(n) for n in self._goals], axis=1)
        known = gains[np.isfinite(gains).all(axis=1)]
        if not len(known):
            return torch.full((len(self._goals),), -1.0)
        front = torch.as_tensor(known[pareto_front(known)])
        return torch.as_tensor(infer_reference_point(front))

    def _standard(self, name: str) -> np.ndarray:
        scale = self._scales[name]
        return np.asarray(
            (self._definition.targets[name].gain(self._evidence.values[name]) - scale.centre) / scale.spread
        )

    def _gain(self, name: str, samples: Tensor, X: Tensor | None) -> Tensor:
        target = self._definition.targets[name]
        if name in self._outputs:
            return _tensor_gain(target, self._output(name, samples))
        assert X is not None  # noqa: S101  (BoTorch passes X to objectives)
        assert target.expression is not None  # noqa: S101  (what is not measured is computed)
        values = target.expression(self._encoding.decode(X.detach().numpy()))
        computed = torch.as_tensor(np.broadcast_to(np.asarray(values, dtype=float), X.shape[:-1]).copy())
        return _tensor_gain(target, computed).expand(samples.shape[:-1])

    def _output(self, name: str, samples: Tensor) -> Tensor:
        """Return one target's samples in its unit."""
        output = samples[..., self._outputs[name]]
        return output.exp() if self._is_log[name] else output


def _tensor_gain(target: Target, values: Tensor) -> Tensor:
    """Do what `Target.gain` does, on tensors."""
    match target.goal:
        case "maximise":
            return values
        case "minimise":
            return -values
        case "match":
            return -(values - float(target.value or 0.0)).abs()
        case "range":
            low, high = float(target.low or 0.0), float(target.high or 0.0)
            return -((low - values).clamp_min(0) + (values - high).clamp_min(0))
    return torch.zeros_like(values)
