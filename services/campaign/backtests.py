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

from loop.backtest import RANDOM, KnownTable, Trace, run_backtest
from loop.definition import Definition
from loop.values import fingerprint
from services.disk import append_line

__all__ = ["BacktestPlan", "run_backtests"]


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
        for trace in _run(plan, missing, n_workers or max(1, os.cpu_count() or 1)):
            append_line(log, json.dumps({"key": key, **_as_json(trace)}), "backtest trace")
            done[trace.strategy, trace.seed] = trace
            progress(len(done.keys() & set(wanted)), len(wanted))
    return [done[pair] for pair in wanted]


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
