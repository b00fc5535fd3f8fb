"""What is wanted, read from samples of a model: gains of each goal, one score, limits kept or broken, a front."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from botorch.utils.multi_objective.hypervolume import infer_reference_point
from torch import Tensor

from loop.definition import Definition
from loop.errors import ExpressionError
from loop.expressions import Expression
from loop.goals import Target, pareto_front
from loop.space.encoding import Encoding
from loop.training import Evidence

__all__ = ["Reading"]

_LEAST_DESIRABILITY = 1e-3
_EQUAL = 1e-14
"""Spread as a share of the size that equal values may seem to have."""
_LARGEST_LOG = 700.0
"""Natural logarithm of the largest outcome that is told apart."""
_FAR = 1e6
"""Spreads from which on a gain is no larger, however large: their product over targets stays a number. A formulation
whose computed target is no number stands behind by as many."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Centre and spread of the gains seen of one target, so that smoothing constants mean the same everywhere."""

    centre: float
    spread: float

    @classmethod
    def of(cls, gains: np.ndarray) -> _Scale:
        known = gains[np.isfinite(gains)]
        if not len(known):
            return cls(0.0, 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            centre, spread = float(known.mean()), float(known.std())
        size = float(np.abs(known).max())
        if size > 0 and not (np.isfinite(spread) and spread > 0):  # its squares overflow or vanish
            centre, spread = size * float((known / size).mean()), size * float((known / size).std())
        return cls(centre, spread if spread > _EQUAL * size else 1.0)


class Reading:
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
            parts.append(((self._gain(name, samples, X) - scale.centre) / scale.spread).clamp(-_FAR, _FAR))
        return torch.stack(parts, dim=-1)

    def score(self, samples: Tensor, X: Tensor | None = None) -> Tensor:
        """Return one number for each sample (..., q): the desirability, else the sum of the gains."""
        if self._definition.objective.kind == "desirability":
            return self._desirability(samples, X)
        gains = self.gains(samples, X)
        return gains[..., 0] if len(self._goals) == 1 else gains.sum(dim=-1)

    def _desirability(self, samples: Tensor, X: Tensor | None = None) -> Tensor:
        total, weights = torch.zeros(()), 0.0
        for name in self._goals:
            target = self._definition.targets[name]
            worst, best = (float(v) for v in target.gain(np.array([target.worst, target.ideal])))
            share = ((self._gain(name, samples, X) - worst) / ((best - worst) or 1.0)).clamp(_LEAST_DESIRABILITY, 1.0)
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
        return (sign * (self._output(name, samples) - edge) / spread).clamp(-_FAR, _FAR)

    def reference_point(self) -> Tensor:
        """Return the standardised point behind which nothing counts: the declared one, else inferred from the front."""
        declared = self._definition.objective.reference_point
        if declared != "inferred":
            raw = [self._definition.targets[n].gain(np.array([declared[n]]))[0] for n in self._goals]
            return torch.tensor(
                [(g - self._scales[n].centre) / self._scales[n].spread for g, n in zip(raw, self._goals, strict=True)]
            ).clamp(-_FAR, _FAR)
        front = self.front()
        if not len(front):
            return torch.full((len(self._goals),), -1.0)
        return torch.as_tensor(infer_reference_point(torch.as_tensor(front)))

    @property
    def n_goals(self) -> int:
        """Number of targets that the objective is about."""
        return len(self._goals)

    def known_gains(self) -> np.ndarray:
        """Return the standardised gains of what knows every goal, shape (n, goals)."""
        gains = np.stack([self._standard(n) for n in self._goals], axis=1)
        return np.asarray(gains[np.isfinite(gains).all(axis=1)])

    def front(self) -> np.ndarray:
        """Return the standardised gains of the front that is known, shape (n, goals)."""
        known = self.known_gains()
        return np.asarray(known[pareto_front(known)])

    def _standard(self, name: str) -> np.ndarray:
        scale = self._scales[name]
        gains = self._definition.targets[name].gain(self._evidence.values[name])
        return np.asarray(np.clip((gains - scale.centre) / scale.spread, -_FAR, _FAR))

    def _gain(self, name: str, samples: Tensor, X: Tensor | None) -> Tensor:
        target = self._definition.targets[name]
        if name in self._outputs:
            return _tensor_gain(target, self._output(name, samples))
        assert X is not None  # noqa: S101  (BoTorch passes X to objectives)
        assert target.expression is not None  # noqa: S101  (what is not measured is computed)
        computed = torch.as_tensor(_values(target.expression, self._encoding.decode(X.detach().numpy()), X.shape[:-1]))
        worst = self._scales[name].centre - _FAR * self._scales[name].spread
        return torch.nan_to_num(_tensor_gain(target, computed), nan=worst).expand(samples.shape[:-1])

    def _output(self, name: str, samples: Tensor) -> Tensor:
        """Return one target's samples in its unit."""
        output = samples[..., self._outputs[name]]
        return output.clamp_max(_LARGEST_LOG).exp() if self._is_log[name] else output


def _values(expression: Expression, columns: Mapping[str, np.ndarray], shape: Sequence[int]) -> np.ndarray:
    """Work a formula out over columns of one shape; NaN where it gives no finite number."""
    try:
        return np.broadcast_to(np.asarray(expression(columns), dtype=float), shape).copy()
    except ExpressionError:
        found = np.full(shape, np.nan)
    for index in np.ndindex(*shape):
        with suppress(ExpressionError):
            found[index] = expression({name: column[index] for name, column in columns.items()})
    return found


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
