"""Backtests: how much faster than chance a strategy would have found the best of a table of known results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import CONSULT, CampaignArgument, JsonOption, SheetOption
from services.cli.session import session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loop.comparison import BacktestSummary
    from services.campaign.backtests import BacktestPlan

__all__ = ["commands"]

commands = typer.Typer()


@commands.command(rich_help_panel=CONSULT)
def backtest(
    campaign: CampaignArgument = None,
    definition: Annotated[
        Path | None,
        typer.Option("--definition", metavar="FILE", show_default=False, help="Definition to replay, with --table."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table", metavar="TABLE", show_default=False, help="Known results. Default: the campaign's own specimens."
        ),
    ] = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "--strategy",
            metavar="NAME",
            show_default=False,
            help="Surrogate to replay, repeatable; always compared with random. Default: the definition's.",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=2, metavar="N", help="Campaigns replayed per strategy.")] = 20,
    initial: Annotated[int, typer.Option("--initial", min=2, metavar="N", help="Random formulations first.")] = 5,
    budget: Annotated[int, typer.Option("--budget", min=3, metavar="N", help="Formulations in all.")] = 30,
    batch: Annotated[int, typer.Option("--batch", min=1, metavar="N", help="Formulations per cycle.")] = 1,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", show_default=False, help="Processes. Default: one a processor."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", show_default=False, help="Folder for picture and JSON. Default: reports/."),
    ] = None,
    sheet: SheetOption = None,
    json_: JsonOption = False,
) -> None:
    """Replay a campaign on results that are known, many times, and compare strategies with random choice.

    Interrupt it whenever you like: the same command goes on where it stopped.
    """
    import json
    from dataclasses import asdict

    from services.campaign.backtesting import BacktestSize, plan_from_state, plan_from_table, run_plan, write_backtest
    from services.cli.printing import say, show

    if (definition is None) != (table is None) and definition is not None:
        raise typer.BadParameter("--definition needs --table: the results to replay")
    size = BacktestSize(n_seeds=seeds, n_initial=initial, budget=budget, batch=batch)
    with session() as here:
        if definition is not None and table is not None:
            core = here.opened.read_definition(definition).core
            known = here.opened.read_table(table, sheet=sheet)
            plan = plan_from_table(core, known, strategies=strategy or [core.policy.surrogate], size=size)
        else:
            state = here.service.state(here.campaign(campaign))
            names = strategy or [state.definition.policy.surrogate]
            if table is not None:
                known = here.opened.read_table(table, sheet=sheet)
                plan = plan_from_table(state.definition, known, strategies=names, size=size)
            else:
                plan = plan_from_state(state, strategies=names, size=size)
        folder = to or here.opened.workspace.reports
        name = f"{plan.definition.campaign}-backtest"
        with _progress(f"backtest of {plan.definition.campaign}") as tell:
            _, summary = run_plan(plan, log=folder / f"{name}.jsonl", n_workers=workers, progress=tell)
        picture, data = write_backtest(plan, summary, folder, name)
        if json_:
            typer.echo(json.dumps({"picture": str(picture), "json": str(data), **asdict(summary)}, ensure_ascii=False))
            return
        show(_page(plan, summary))
        say(f"picture: {picture}\nnumbers: {data}")


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of the campaigns are through."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from services.cli.printing import waiting

    if not sys.stderr.isatty():
        with waiting(title):
            yield lambda _done, _whole: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _page(plan: BacktestPlan, summary: BacktestSummary) -> RenderableType:
    """Lay the summary out as a table."""
    from rich.console import Group
    from rich.text import Text

    from loop.counting import counted
    from services.cli.layouts import plain_table

    head = (
        f"{counted(summary.n_formulations, 'formulation')}, {summary.budget} evaluated of which the first "
        f"{summary.n_initial} at random, {plan.batch} at a time, {counted(len(plan.seeds), 'seed')}. "
        "Regret: 0 = the table's best, 1 = its median."
    )
    rows = [
        [
            s.strategy,
            f"{s.regret_auc[0]:.3f} ({s.regret_auc[1]:.3f}–{s.regret_auc[2]:.3f})",
            f"{s.regret_final[0]:.3f} ({s.regret_final[1]:.3f}–{s.regret_final[2]:.3f})",
            f"{s.enhancement_final:.1f}",
            f"{s.acceleration_to_top:.1f}",
            "not reached" if s.acceleration_to_regret is None else f"{s.acceleration_to_regret:.1f}",
        ]
        for s in summary.strategies
    ]
    headings = ["strategy", "mean regret (95 %)", "last regret (95 %)", "EF", "AF to a top 5 %", "AF to regret 0.1"]
    return Group(Text(head), plain_table(headings, rows, right=(1, 2, 3, 4, 5)))
