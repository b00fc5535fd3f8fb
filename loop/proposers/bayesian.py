"""Choose the next formulations by Bayesian optimisation: learn, score, search, predict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
from linear_operator.settings import cholesky_jitter, cholesky_max_tries

from loop.acquisition.build import build_acquisition, is_slow_to_score
from loop.acquisition.optimise import maximise
from loop.acquisition.scaled import as_learned
from loop.definition import Definition
from loop.errors import SurrogateError
from loop.proposal import Prediction
from loop.proposers.steadied import steadied
from loop.scaling import Scaling
from loop.space.encoding import Encoding
from loop.space.space import SearchSpace
from loop.surrogates import steady_surrogate, surrogate
from loop.surrogates.base import FittedSurrogate, Surrogate
from loop.surrogates.feasibility import log_feasibility
from loop.surrogates.settled import settled
from loop.training import Evidence
from loop.values import Formulation, Setting

__all__ = ["Choice", "choose", "forecast_of", "predict"]

_JITTER = 1e-6
"""Added to the diagonal of a covariance that cannot be factored, ten times more at each try."""

_N_TRIES = 5

_MANY_COVARIANCES = 75_000
"""Covariances of all that is known, of each column and target, from which on a slope takes tens of milliseconds."""


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
    is_steady: bool = False,
) -> list[Choice]:
    """Choose `count` formulations, one after the other, each in view of those before it; fewer where fewer are left.

    Parameters
    ----------
    pending
        Formulations whose results are still to come: the batch keeps clear of them.
    unmakeable
        Formulations that could not be made, or that a person turned down as a lesson; of any version.
    is_steady
        Whether to take away what makes the model singular: see `loop.rungs`.

    Raises
    ------
    SpaceError
        If the space holds no formulation that is neither made nor pending.
    SurrogateError
        If the model cannot be fitted, or a prediction or every score is no finite number.
    """
    with settled(seed), _jitter(is_steady=is_steady):
        return _chosen(definition, space, encoding, evidence, count, seed, pending, unmakeable, is_steady)


def forecast_of(
    definition: Definition,
    encoding: Encoding,
    evidence: Evidence,
    formulations: Sequence[Formulation],
    *,
    seed: int,
    name: str = "",
    is_steady: bool = False,
) -> list[dict[str, Prediction]]:
    """Learn from the evidence, by the policy's surrogate or the one named, and say what is expected of formulations.

    Raises
    ------
    SurrogateError
        If the model cannot be fitted, or a prediction is no finite number.
    """
    with settled(seed), _jitter(is_steady=is_steady):
        known = steadied(evidence) if is_steady else evidence
        fitted = _learner(name or definition.policy.surrogate, is_steady).fit(known.data, seed=seed)
        return predict(definition, encoding, fitted, formulations, evidence.scalings)


def _chosen(
    definition: Definition,
    space: SearchSpace,
    encoding: Encoding,
    evidence: Evidence,
    count: int,
    seed: int,
    pending: Sequence[Formulation],
    unmakeable: Sequence[Formulation],
    is_steady: bool,
) -> list[Choice]:
    known = steadied(evidence) if is_steady else evidence
    fitted = _learner(definition.policy.surrogate, is_steady).fit(known.data, seed=seed)
    pending_rows = space.to_rows(pending)
    unmakeable_rows = encoding.rows_of(unmakeable)
    wanted, baseline = as_learned(definition, _within_reach(space, encoding, known))
    acquisition = build_acquisition(
        wanted,
        encoding,
        baseline,
        fitted,
        pending=encoding.encode(pending_rows),
        seed=seed,
        log_weight=log_feasibility(known.data.X, encoding.encode(unmakeable_rows)),
    )
    picks = maximise(
        acquisition,
        space,
        encoding.encode,
        n=count,
        seen_rows=np.vstack([evidence.rows, unmakeable_rows])[:, : len(space.names)],
        pending_rows=pending_rows,
        rng=np.random.default_rng(seed),
        n_jointly=len(acquisition.X_baseline),
        is_slow=is_slow_to_score(acquisition)
        or known.data.X.size * len(known.rows) * len(known.data.targets) > _MANY_COVARIANCES,
    )
    formulations = [space.to_formulation(pick.row) for pick in picks]
    predictions = predict(definition, encoding, fitted, formulations, evidence.scalings)
    return [
        Choice(formulation=formulation, predicted=predicted, acquisition=float(pick.value))
        for pick, formulation, predicted in zip(picks, formulations, predictions, strict=True)
    ]


def _learner(name: str, is_steady: bool) -> Surrogate:
    return steady_surrogate(name) if is_steady else surrogate(name)


@contextmanager
def _jitter(*, is_steady: bool) -> Iterator[None]:
    """Let more be added to the diagonal of a matrix that cannot be factored, where that is asked for."""
    with ExitStack() as stack:
        if is_steady:
            stack.enter_context(cholesky_jitter(double_value=_JITTER))
            stack.enter_context(cholesky_max_tries(_N_TRIES))
        yield


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
    definition: Definition,
    encoding: Encoding,
    fitted: FittedSurrogate,
    formulations: Sequence[Formulation],
    scalings: Mapping[str, Scaling],
) -> list[dict[str, Prediction]]:
    """Say what is expected of formulations, in the targets' units: every target by name; computed ones with sd 0.

    Raises
    ------
    SurrogateError
        If a prediction is no finite number.
    """
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
            if not all(np.isfinite(part).all() for part in learned[name]):
                raise SurrogateError(f"{name}: a prediction is no finite number")
            mean, sd = scalings[name].unscaled(*learned[name])
            pairs = {"mean": mean, "sd": sd}
        for i, one in enumerate(found):
            one[name] = Prediction(mean=float(pairs["mean"][i]), sd=float(pairs["sd"][i]))
    return found
