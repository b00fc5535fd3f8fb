"""Choose the next formulations by Bayesian optimisation: learn, score, search, predict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loop.acquisition.build import build_acquisition
from loop.acquisition.optimise import maximise
from loop.definition import Definition
from loop.proposal import Prediction
from loop.space.encoding import Encoding
from loop.space.space import SearchSpace
from loop.surrogates import surrogate
from loop.surrogates.base import FittedSurrogate
from loop.surrogates.feasibility import log_feasibility
from loop.surrogates.settled import settled
from loop.training import Evidence
from loop.values import Formulation, Setting

__all__ = ["Choice", "choose", "forecast_of", "predict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One formulation chosen: what is expected of it, and the score it was chosen by."""

    formulation: dict[str, Setting]
    predicted: dict[str, Prediction]
    acquisition: float


def choose(
    definition: Definition,
    space: SearchSpace,
    encoding: Encoding,
    evidence: Evidence,
    *,
    count: int,
    seed: int,
    pending: Sequence[Formulation] = (),
    unmakeable: Sequence[Formulation] = (),
) -> list[Choice]:
    """Choose `count` formulations, one after the other, each in view of those before it.

    Parameters
    ----------
    pending
        Formulations whose results are still to come: the batch keeps clear of them.
    unmakeable
        Formulations that could not be made, or that a person turned down as a lesson; of any version.

    Raises
    ------
    SpaceError
        If the space holds no formulation that is neither made nor pending.
    """
    with settled(seed):
        return _chosen(definition, space, encoding, evidence, count, seed, pending, unmakeable)


def forecast_of(
    definition: Definition, encoding: Encoding, evidence: Evidence, formulations: Sequence[Formulation], *, seed: int
) -> list[dict[str, Prediction]]:
    """Learn from the evidence and say what is expected of formulations."""
    with settled(seed):
        fitted = surrogate(definition.policy.surrogate).fit(evidence.data, seed=seed)
        return predict(definition, encoding, fitted, formulations)


def _chosen(
    definition: Definition,
    space: SearchSpace,
    encoding: Encoding,
    evidence: Evidence,
    count: int,
    seed: int,
    pending: Sequence[Formulation],
    unmakeable: Sequence[Formulation],
) -> list[Choice]:
    fitted = surrogate(definition.policy.surrogate).fit(evidence.data, seed=seed)
    pending_rows = space.to_rows(pending)
    unmakeable_rows = encoding.rows_of(unmakeable)
    acquisition = build_acquisition(
        definition,
        encoding,
        _within_reach(space, encoding, evidence),
        fitted,
        pending=encoding.encode(pending_rows),
        seed=seed,
        log_weight=log_feasibility(evidence.data.X, encoding.encode(unmakeable_rows)),
    )
    picks = maximise(
        acquisition,
        space,
        encoding.encode,
        n=count,
        seen_rows=np.vstack([evidence.rows, unmakeable_rows])[:, : len(space.names)],
        pending_rows=pending_rows,
        rng=np.random.default_rng(seed),
    )
    formulations = [space.to_formulation(pick.row) for pick in picks]
    predictions = predict(definition, encoding, fitted, formulations)
    return [
        Choice(formulation=formulation, predicted=predicted, acquisition=float(pick.value))
        for pick, formulation, predicted in zip(picks, formulations, predictions, strict=True)
    ]


def _within_reach(space: SearchSpace, encoding: Encoding, evidence: Evidence) -> Evidence:
    """Put the nearest allowed formulation in the place of each that the space has no words for any more.

    What is known of those teaches; but they are nothing to beat, since nothing like them can be made again.
    """
    if evidence.is_of_space.all():
        return evidence
    X = evidence.data.X.copy()
    for i in np.flatnonzero(~evidence.is_of_space):
        X[i] = encoding.encode(space.nearest(evidence.rows[i, : len(space.names)])[None])[0]
    return replace(evidence, data=replace(evidence.data, X=X))


def predict(
    definition: Definition, encoding: Encoding, fitted: FittedSurrogate, formulations: Sequence[Formulation]
) -> list[dict[str, Prediction]]:
    """Say what is expected of formulations: every target by name; computed ones with sd 0."""
    if not formulations:
        return []
    rows = encoding.space.to_rows(formulations)
    learned = fitted.predict(encoding.encode(rows))
    columns = {name: rows[:, j] for j, name in enumerate(encoding.space.names)}
    found: list[dict[str, Prediction]] = [{} for _ in formulations]
    for name, target in definition.targets.items():
        if target.expression is not None:
            values = np.broadcast_to(np.asarray(target.expression(columns), dtype=float), (len(rows),))
            pairs: Mapping[str, np.ndarray] = {"mean": values, "sd": np.zeros(len(rows))}
        else:
            mean, sd = learned[name]
            pairs = {"mean": mean, "sd": sd}
        for i, one in enumerate(found):
            one[name] = Prediction(mean=float(pairs["mean"][i]), sd=float(pairs["sd"][i]))
    return found
