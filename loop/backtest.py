"""Replay a campaign on a table whose results are known: how fast would a strategy have found the best of it?

Measures after Liang et al., npj Comput. Mater. 7 (2021) 188: the enhancement factor compares the share of the table's
best formulations found, the acceleration factor the evaluations needed, each against random choice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from loop import commands
from loop.agent import propose_batch
from loop.definition import Candidates, Definition, read_definition
from loop.errors import ObservationError
from loop.events import DefinitionAdopted, Event
from loop.goals import desirability
from loop.ids import CampaignId
from loop.journal import extend
from loop.observations import TargetValue
from loop.seeds import derive_seed
from loop.state import CampaignState
from loop.values import Formulation

__all__ = ["RANDOM", "KnownTable", "Trace", "measures", "random_expectation", "run_backtest"]

RANDOM = "random"
"""The strategy that every other is compared with."""

_TOP_SHARE = 0.05
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One replayed campaign: which rows of the table were evaluated, in order, and the best score after each."""

    strategy: str
    seed: int
    rows: tuple[int, ...]
    best: tuple[float, ...]


class KnownTable:
    """A table of formulations with known results, and the score of each; a larger score is better.

    One goal: its gain. A desirability: the weighted geometric mean. A row that breaks a hard limit scores as the
    worst row does. Rows of the same formulation are averaged.

    Raises
    ------
    ObservationError
        If a row lacks a goal, fewer than two formulations are left, or the objective is a front.
    """

    def __init__(
        self, definition: Definition, formulations: Sequence[Formulation], results: Sequence[Mapping[str, float]]
    ) -> None:
        if definition.objective.kind == "pareto":
            raise ObservationError(
                "a backtest compares one score; set objective.kind to desirability, or name one target"
            )
        space = definition.model_copy(update={"candidates": None}).space()
        pooled: dict[tuple[Any, ...], list[int]] = {}
        for index, formulation in enumerate(formulations):
            key = tuple(space.read(formulation).values())
            pooled.setdefault(key, []).append(index)
        self.formulations: list[dict[str, Any]] = [dict(zip(space.names, key, strict=True)) for key in pooled]
        self._index = {key: i for i, key in enumerate(pooled)}
        self._names = space.names
        wanted = definition.measured_targets
        for index, result in enumerate(results):
            lacking = [name for name in wanted if name not in result]
            if lacking:
                raise ObservationError(
                    f"row {index + 1}: no value of {', '.join(lacking)}; a backtest needs every target"
                )
        self.results = [
            {name: float(np.mean([results[i][name] for i in rows])) for name in wanted} for rows in pooled.values()
        ]
        if len(self.formulations) < 2:
            raise ObservationError(f"a backtest needs at least two formulations, got {len(self.formulations)}")
        self.scores = _scores(definition, self.formulations, self.results)

    def index_of(self, formulation: Formulation) -> int:
        """Find the row of a formulation."""
        return self._index[tuple(formulation[name] for name in self._names)]


def run_backtest(
    definition: Definition,
    table: KnownTable,
    *,
    strategy: str,
    seed: int,
    n_initial: int,
    budget: int,
    batch: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Trace:
    """Run one campaign over a known table, through the same events and decisions as a real one.

    The first `n_initial` rows are random and follow from the seed alone: the same for every strategy.

    Parameters
    ----------
    strategy
        ``random``, or the name of a surrogate.
    progress
        Called with the number of evaluations after each cycle.
    """
    rng = np.random.default_rng(derive_seed("backtest", seed))
    order = rng.permutation(len(table.formulations))
    budget = min(budget, len(table.formulations))
    picked = [int(i) for i in order[:n_initial]]
    if strategy == RANDOM:
        picked = [int(i) for i in order[:budget]]
    else:
        state = _begun(definition, table, strategy, seed, picked)
        while len(picked) < budget:
            state, found = _turn(state, table, min(batch, budget - len(picked)))
            picked += found
            if progress is not None:
                progress(len(picked))
    best = np.maximum.accumulate(table.scores[picked])
    return Trace(strategy=strategy, seed=seed, rows=tuple(picked), best=tuple(float(b) for b in best))


def measures(table: KnownTable, trace: Trace, *, n_initial: int) -> dict[str, float]:
    """Measure one trace: mean and final regret, share of the best 5 % found and its enhancement over random choice.

    Regret is 0 at the table's best score and 1 at its median or worse.
    """
    regret = regret_of(table, np.array(trace.best))
    top = set(np.argsort(-table.scores, kind="stable")[: math.ceil(_TOP_SHARE * len(table.scores))].tolist())
    hits = np.cumsum([row in top for row in trace.rows]) / len(top)
    chance = np.arange(1, len(trace.rows) + 1) / len(table.scores)
    first = next((i + 1 for i, row in enumerate(trace.rows) if row in top), len(trace.rows))
    return {
        "regret_auc": float(regret[n_initial:].mean()) if len(regret) > n_initial else float(regret[-1]),
        "regret_final": float(regret[-1]),
        "top_found": float(hits[-1]),
        "enhancement_final": float(hits[-1] / chance[-1]),
        "enhancement_max": float((hits / chance)[n_initial:].max()) if len(hits) > n_initial else 1.0,
        "evaluations_to_top": float(first),
    }


def random_expectation(table: KnownTable, n: int) -> tuple[np.ndarray, float]:
    """Return what random choice gives exactly: mean regret after 1 … n evaluations, and evaluations to a top row."""
    size = len(table.scores)
    regret = regret_of(table, np.sort(table.scores)[::-1])
    found = np.empty(n)
    for t in range(1, n + 1):
        ranks = range(size - t + 1)
        log_share = np.array([_log_choose(size - 1 - k, t - 1) for k in ranks]) - _log_choose(size, t)
        found[t - 1] = float((np.exp(log_share) * regret[: len(ranks)]).sum())
    n_top = math.ceil(_TOP_SHARE * size)
    return found, (size + 1) / (n_top + 1)


def regret_of(table: KnownTable, best: np.ndarray) -> np.ndarray:
    """Scale scores to regret: 0 at the table's best, 1 at its median or worse."""
    top, middle = float(table.scores.max()), float(np.median(table.scores))
    return np.clip((top - best) / (top - middle if top > middle else 1.0), 0.0, 1.0)


def _scores(
    definition: Definition, formulations: Sequence[Formulation], results: Sequence[Mapping[str, float]]
) -> np.ndarray:
    columns = {name: np.array([float(f[name]) for f in formulations]) for name in definition.numeric_names}
    values = {}
    for name, target in definition.targets.items():
        if target.expression is not None:
            values[name] = np.broadcast_to(target.expression(columns), (len(formulations),)).astype(float)
        else:
            values[name] = np.array([result[name] for result in results])
    if definition.objective.kind == "single":
        score = definition.targets[definition.goals[0]].gain(values[definition.goals[0]])
    else:
        total, weights = np.zeros(len(formulations)), 0.0
        for name in definition.goals:
            target = definition.targets[name]
            share = desirability(
                target, values[name], worst=float(target.worst or 0.0), best=float(target.ideal or 0.0)
            )
            total += target.weight * np.log(np.maximum(share, 1e-3))
            weights += target.weight
        score = np.exp(total / weights)
    keeps = np.logical_and.reduce([target.meets_limits(values[name]) for name, target in definition.targets.items()])
    return np.where(keeps, score, score.min())


def _begun(definition: Definition, table: KnownTable, strategy: str, seed: int, rows: Sequence[int]) -> CampaignState:
    """Begin a campaign that may only choose from the table and knows its first rows."""
    policy = definition.policy.model_copy(
        update={
            "surrogate": strategy,
            "seed": seed,
            "initial": definition.policy.initial.model_copy(update={"count": len(rows)}),
            "control": None,
            "block_size": None,
            "replicates": 1,
        }
    )
    changed = definition.model_copy(
        update={
            "candidates": Candidates(rows=tuple(table.formulations)),
            "policy": policy,
            "budget": definition.budget.model_copy(update={"specimens": None, "cycles": None}),
        }
    )
    core = read_definition(changed.model_dump(mode="json", by_alias=True)).model_dump(mode="json", by_alias=True)
    campaign = CampaignId(definition.campaign)
    state = _then(None, campaign, [DefinitionAdopted(version=1, text="", core=core)])
    known = [(table.formulations[i], _as_results(table, i), f"row {i}") for i in rows]
    return _then(state, campaign, commands.import_specimens(state, known))


def _turn(state: CampaignState, table: KnownTable, count: int) -> tuple[CampaignState, list[int]]:
    """Propose, approve, look the results up, and learn of them."""
    made = propose_batch(state, count=count, at=_MOMENT)
    state = _then(state, state.campaign, [made])
    ids = [proposal.id for proposal in made.proposals]
    state = _then(state, state.campaign, commands.approve(state, ids))
    found = []
    for proposal in made.proposals:
        row = table.index_of(proposal.formulation)
        state = _then(state, state.campaign, commands.record(state, proposal.id, _as_results(table, row)))
        found.append(row)
    return _then(state, state.campaign, commands.consequences(None, state)), found


def _as_results(table: KnownTable, row: int) -> dict[str, TargetValue]:
    return {name: TargetValue(mean=value) for name, value in table.results[row].items()}


def _then(state: CampaignState | None, campaign: CampaignId, events: Sequence[Event]) -> CampaignState:
    return extend(campaign, state, events, actor="backtest", at=_MOMENT)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) if 0 <= k <= n else -math.inf
