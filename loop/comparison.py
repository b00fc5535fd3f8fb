"""Compare strategies over many replayed campaigns: means over seeds with intervals, factors against random choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.backtest import KnownTable, Trace, measures, random_expectation, regret_of

__all__ = ["BacktestSummary", "StrategySummary", "compare"]

_N_RESAMPLES = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySummary:
    """How one strategy did over all seeds. Intervals are 95 % bootstrap intervals of the mean over seeds."""

    strategy: str
    n_seeds: int
    mean_best: tuple[float, ...]
    low_best: tuple[float, ...]
    high_best: tuple[float, ...]
    regret_auc: tuple[float, float, float]
    regret_final: tuple[float, float, float]
    enhancement_final: float
    enhancement_max: float
    acceleration_to_top: float
    acceleration_to_regret: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSummary:
    """What a backtest showed: each strategy, and what random choice gives exactly."""

    n_formulations: int
    n_initial: int
    budget: int
    batch: int
    best_score: float
    median_score: float
    strategies: tuple[StrategySummary, ...]


def compare(table: KnownTable, traces: Sequence[Trace], *, n_initial: int, batch: int = 1) -> BacktestSummary:
    """Put the traces of one table together, each strategy against random choice."""
    length = min(len(trace.rows) for trace in traces)
    random_regret, random_to_top = random_expectation(table, len(table.scores))
    found = []
    for strategy in dict.fromkeys(trace.strategy for trace in traces):
        mine = [trace for trace in traces if trace.strategy == strategy]
        best = np.array([trace.best[:length] for trace in mine])
        each = [measures(table, trace, n_initial=n_initial) for trace in mine]
        low, high = _interval(best)
        regret = regret_of(table, best).mean(axis=0)
        reached = np.flatnonzero(regret <= 0.1)
        by_chance = np.flatnonzero(random_regret <= 0.1)
        found.append(
            StrategySummary(
                strategy=strategy,
                n_seeds=len(mine),
                mean_best=tuple(best.mean(axis=0).tolist()),
                low_best=tuple(low.tolist()),
                high_best=tuple(high.tolist()),
                regret_auc=_with_interval([m["regret_auc"] for m in each]),
                regret_final=_with_interval([m["regret_final"] for m in each]),
                enhancement_final=float(np.mean([m["enhancement_final"] for m in each])),
                enhancement_max=float(np.mean([m["enhancement_max"] for m in each])),
                acceleration_to_top=random_to_top / float(np.mean([m["evaluations_to_top"] for m in each])),
                acceleration_to_regret=float((by_chance[0] + 1) / (reached[0] + 1))
                if len(reached) and len(by_chance)
                else None,
            )
        )
    return BacktestSummary(
        n_formulations=len(table.scores),
        n_initial=n_initial,
        budget=length,
        batch=batch,
        best_score=float(table.scores.max()),
        median_score=float(np.median(table.scores)),
        strategies=tuple(found),
    )


def _interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bootstrap interval of the mean over the first axis."""
    rng = np.random.default_rng(0)
    drawn = values[rng.integers(len(values), size=(_N_RESAMPLES, len(values)))].mean(axis=1)
    tail = 100 * (1 - _LEVEL) / 2
    return np.percentile(drawn, tail, axis=0), np.percentile(drawn, 100 - tail, axis=0)


def _with_interval(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = _interval(np.array(values)[:, None])
    return float(np.mean(values)), float(low[0]), float(high[0])
