"""Let the model learn of all that is known, and say how far it is off on formulations that it has not seen. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from loop.events import FitOfTarget, ModelRefitted
from loop.seeds import derive_seed
from loop.situation import situation
from loop.state import CampaignState
from loop.surrogates import surrogate
from loop.surrogates.base import Surrogate, TrainingData

__all__ = ["refit", "unfitted"]

_FOLDS = 5
_FEWEST = 4
"""With fewer formulations than this nothing is left out."""


def refit(state: CampaignState) -> ModelRefitted:
    """Learn from four fifths of the formulations and predict the last, five times; the errors of all of them together.

    Computed targets and those with a logarithmic scale are in their unit like the others. Formulations known by a limit
    alone teach and are not judged.
    """
    from loop.surrogates.settled import settled  # not above: with it comes torch

    here = situation(state, state.definition.space())
    data, name = here.evidence.data, state.definition.policy.surrogate
    seed = derive_seed(state.definition.policy.seed, state.campaign, "refit", state.seq)
    fits = {}
    with settled(seed):
        for target, told in data.targets.items():
            judged = np.flatnonzero(told.known & (told.censored == 0))
            unit = here.evidence.scalings[target].factor
            errors = _errors(surrogate(name), data, target, judged, seed) if len(judged) >= _FEWEST else None
            fits[target] = FitOfTarget(
                n=int(told.known.sum()),
                rmse=None if errors is None else _finite(unit * np.sqrt(np.mean(errors**2))),
                spread=_finite(unit * np.std(told.mean[judged], ddof=1)) if len(judged) > 1 else None,
            )
    return _event(state, fits, rung="model")


def unfitted(state: CampaignState) -> ModelRefitted:
    """Write down that the model could not learn."""
    return _event(state, {name: FitOfTarget(n=0) for name in state.definition.measured_targets}, rung="none")


def _errors(model: Surrogate, data: TrainingData, target: str, judged: np.ndarray, seed: int) -> np.ndarray | None:
    """Return predicted minus measured of every judged row, predicted without it; None where the model fails."""
    from loop.proposers.failures import NUMERIC_ERRORS  # not above: with it comes torch

    told = data.targets[target]
    order = np.random.default_rng(seed).permutation(judged)
    errors = []
    for left_out in np.array_split(order, min(_FOLDS, len(order))):
        keep = np.setdiff1d(np.arange(len(told.mean)), left_out)
        part = replace(told, mean=told.mean[keep], variance=told.variance[keep], censored=told.censored[keep])
        try:
            fitted = model.fit(replace(data, X=data.X[keep], targets={target: part}), seed=seed)
        except NUMERIC_ERRORS:
            return None
        errors.append(fitted.predict(data.X[left_out])[target][0] - told.mean[left_out])
    return np.concatenate(errors)


def _event(state: CampaignState, fits: dict[str, FitOfTarget], *, rung: str) -> ModelRefitted:
    return ModelRefitted(
        cycle=max((c.cycle for c in state.cycles.values() if c.closed_seq is not None), default=0),
        seen_seq=state.seq,
        data_hash=state.data_hash(),
        surrogate=state.definition.policy.surrogate,
        rung=rung,
        fits=fits,
    )


def _finite(value: np.floating) -> float | None:
    return float(value) if np.isfinite(value) else None
