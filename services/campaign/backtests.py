"""Backtests in parallel processes: many seeds, any strategy, resumable, each trace written as soon as it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from loop.backtest import RANDOM, KnownTable, Trace, measures, random_expectation, regret_of, run_backtest
from loop.definition import Definition
from loop.values import fingerprint

__all__ = ["BacktestPlan", "BacktestSummary", "StrategySummary", "run_backtests", "summarise"]

_N_RESAMPLES = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPlan:
    """What is replayed: strategies × seeds over one known table."""

    definition: Definition
    formulations: tuple[Mapping[str, Any], ...]
    results: tuple[Mapping[str, float], ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    n_initial: int
    budget: int
    batch: int

    def table(self) -> KnownTable:
        """Build the table that the campaigns choose from."""
        return KnownTable(self.definition, self.formulations, self.results)

    def key(self) -> str:
        """Name everything that a trace depends on but its strategy and seed."""
        return fingerprint(
            {
                "definition": self.definition.fingerprint,
                "formulations": [dict(f) for f in self.formulations],
                "results": [dict(r) for r in self.results],
                "numbers": [self.n_initial, self.budget, self.batch],
            }
        )


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


def run_backtests(
    plan: BacktestPlan,
    *,
    log: Path,
    n_workers: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Trace]:
    """Run every strategy on every seed and return the traces in order.

    Traces already in `log` (JSON lines, written for the same plan) are not run again: stop it whenever you like and
    start it anew. A line cut short by a crash is run again.
    """
    key = plan.key()
    done = {(trace.strategy, trace.seed): trace for trace in _read(log, key)}
    wanted = [(strategy, seed) for strategy in plan.strategies for seed in plan.seeds]
    missing = [pair for pair in wanted if pair not in done]
    progress(len(wanted) - len(missing), len(wanted))
    if missing:
        log.parent.mkdir(parents=True, exist_ok=True)
        for trace in _run(plan, missing, n_workers or max(1, os.cpu_count() or 1)):
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, **_as_json(trace)}) + "\n")
                file.flush()
                os.fsync(file.fileno())
            done[trace.strategy, trace.seed] = trace
            progress(len(done.keys() & set(wanted)), len(wanted))
    return [done[pair] for pair in wanted]


def summarise(plan: BacktestPlan, traces: Sequence[Trace]) -> BacktestSummary:
    """Put traces together, each strategy against random choice."""
    table = plan.table()
    length = min(len(trace.rows) for trace in traces)
    random_regret, random_to_top = random_expectation(table, len(table.scores))
    found = []
    for strategy in dict.fromkeys(trace.strategy for trace in traces):
        mine = [trace for trace in traces if trace.strategy == strategy]
        best = np.array([trace.best[:length] for trace in mine])
        each = [measures(table, trace, n_initial=plan.n_initial) for trace in mine]
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
        n_initial=plan.n_initial,
        budget=length,
        batch=plan.batch,
        best_score=float(table.scores.max()),
        median_score=float(np.median(table.scores)),
        strategies=tuple(found),
    )


def _run(plan: BacktestPlan, pairs: Sequence[tuple[str, int]], n_workers: int) -> Iterator[Trace]:
    if n_workers == 1 or len(pairs) == 1 or all(strategy == RANDOM for strategy, _ in pairs):
        table = plan.table()
        for strategy, seed in pairs:
            yield _one(plan, table, strategy, seed)
        return
    workers = ProcessPoolExecutor(
        min(n_workers, len(pairs)), mp_context=get_context("spawn"), initializer=_prepare, initargs=(plan,)
    )
    try:
        for future in as_completed([workers.submit(_in_worker, strategy, seed) for strategy, seed in pairs]):
            yield future.result()
    finally:
        workers.shutdown(wait=True, cancel_futures=True)


_prepared: list[tuple[BacktestPlan, KnownTable]] = []
"""What a worker process was started with; empty in every other process."""


def _prepare(plan: BacktestPlan) -> None:
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    _prepared[:] = [(plan, plan.table())]


def _in_worker(strategy: str, seed: int) -> Trace:
    plan, table = _prepared[0]
    return _one(plan, table, strategy, seed)


def _one(plan: BacktestPlan, table: KnownTable, strategy: str, seed: int) -> Trace:
    return run_backtest(
        plan.definition,
        table,
        strategy=strategy,
        seed=seed,
        n_initial=plan.n_initial,
        budget=plan.budget,
        batch=plan.batch,
    )


def _read(log: Path, key: str) -> Iterator[Trace]:
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if found.get("key") == key:
            yield Trace(
                strategy=found["strategy"], seed=found["seed"], rows=tuple(found["rows"]), best=tuple(found["best"])
            )


def _as_json(trace: Trace) -> dict[str, Any]:
    return {"strategy": trace.strategy, "seed": trace.seed, "rows": list(trace.rows), "best": list(trace.best)}


def _interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bootstrap interval of the mean over the first axis."""
    rng = np.random.default_rng(0)
    drawn = values[rng.integers(len(values), size=(_N_RESAMPLES, len(values)))].mean(axis=1)
    tail = 100 * (1 - _LEVEL) / 2
    return np.percentile(drawn, tail, axis=0), np.percentile(drawn, 100 - tail, axis=0)


def _with_interval(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = _interval(np.array(values)[:, None])
    return float(np.mean(values)), float(low[0]), float(high[0])
