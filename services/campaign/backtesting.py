"""The use case of a backtest: a definition, a table of known results, strategies; a summary, a picture, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from loop.backtest import RANDOM, Trace
from loop.comparison import BacktestSummary, compare
from loop.definition import Definition
from loop.state import CampaignState
from loop.surrogates import surrogate_names
from loop.teaching import taught
from services.campaign.backtests import BacktestPlan, run_backtests
from services.campaign.errors import CampaignError, SheetError
from services.campaign.sheets_in import read_past_results
from services.disk import write_whole
from services.records.table import Table

__all__ = ["BacktestSize", "plan_from_state", "plan_from_table", "run_plan", "write_backtest"]

_LEAST = 10
"""Formulations below which a replay says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSize:
    """How much is replayed: campaigns per strategy, random formulations first, formulations in all and per cycle."""

    n_seeds: int
    n_initial: int
    budget: int
    batch: int


def plan_from_table(
    definition: Definition,
    table: Table,
    *,
    strategies: Sequence[str],
    size: BacktestSize,
    columns: Mapping[str, str] | None = None,
) -> BacktestPlan:
    """Plan a backtest over a table of past results; rows without every target are left out.

    Raises
    ------
    CampaignError
        If a strategy is unknown, or too few formulations have every target.
    """
    rows = read_past_results(definition, table, columns=columns)
    known = [(row.formulation, {n: v.mean for n, v in row.targets.items() if v.mean is not None}) for row in rows]
    return _plan(definition, known, strategies, size, table.source)


def plan_from_state(state: CampaignState, *, strategies: Sequence[str], size: BacktestSize) -> BacktestPlan:
    """Plan a backtest over the campaign's own specimens as made, of every version that the space in force can say."""
    known = [
        (one.reading.settings, {n: v.mean for n, v in one.observation.targets.items() if v.mean is not None})
        for one in taught(state.definition, state.versions, state.observations)
        if one.reading.is_of_space
    ]
    return _plan(state.definition, known, strategies, size, state.campaign)


def run_plan(
    plan: BacktestPlan,
    *,
    log: Path,
    n_workers: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[list[Trace], BacktestSummary]:
    """Run what of a plan is not in the log yet, and compare."""
    traces = run_backtests(plan, log=log, n_workers=n_workers, progress=progress)
    return traces, compare(plan.table(), traces, n_initial=plan.n_initial, batch=plan.batch)


def write_backtest(plan: BacktestPlan, summary: BacktestSummary, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a backtest as a picture (PNG) and as JSON; return both paths."""
    from services.report.pictures.backtest import backtest_picture

    definition = plan.definition
    goal = definition.goals[0]
    unit = definition.targets[goal].unit
    score = f"gain of {goal}" if definition.targets[goal].goal != "maximise" else goal
    if definition.objective.kind == "desirability":
        score, unit = "desirability", "0 to 1"
    picture = backtest_picture(
        summary,
        title=definition.title or definition.campaign,
        score=f"{score} ({unit})" if unit else score,
    )
    told = json.dumps(asdict(summary), indent=1, ensure_ascii=False)
    png = write_whole(folder / f"{name}.png", picture, "picture")
    return png, write_whole(folder / f"{name}.json", told.encode(), "backtest summary")


def _plan(
    definition: Definition,
    known: Sequence[tuple[Mapping[str, float | str], Mapping[str, float]]],
    strategies: Sequence[str],
    size: BacktestSize,
    source: str,
) -> BacktestPlan:
    names = (RANDOM, *surrogate_names())
    unknown = [strategy for strategy in strategies if strategy not in names]
    if unknown:
        raise CampaignError(f"there is no strategy {', '.join(unknown)}; there are {', '.join(names)}")
    whole = [(dict(f), dict(r)) for f, r in known if all(n in r for n in definition.measured_targets)]
    different = {tuple(sorted(formulation.items())) for formulation, _ in whole}
    least = max(_LEAST, size.n_initial + 1)
    if len(different) < least:
        raise SheetError(source, [f"a backtest needs at least {least} formulations, got {len(different)}"])
    return BacktestPlan(
        definition=definition,
        formulations=tuple(formulation for formulation, _ in whole),
        results=tuple(result for _, result in whole),
        strategies=tuple(dict.fromkeys((*strategies, RANDOM))),
        seeds=tuple(range(size.n_seeds)),
        n_initial=size.n_initial,
        budget=min(size.budget, len(different)),
        batch=size.batch,
    )
