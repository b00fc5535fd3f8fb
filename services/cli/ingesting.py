"""Instruments' files come in by hand, and the measurements that there are."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import CONSULT, RESULTS, ActorOption, JsonOption
from services.cli.session import session

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.campaign.intake.arrival import Outcome
    from services.campaign.views import IngestView

__all__ = ["commands"]

commands = typer.Typer()

_SAID_EVERY_S = 2.0


class Which(StrEnum):
    """Which measurements to list."""

    ALL = "all"
    WAITING = "waiting"
    DOUBTED = "doubted"
    EXCLUDED = "excluded"
    REFUSED = "refused"


@commands.command(rich_help_panel=RESULTS)
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files, folders with all that is below them, or zips of files.")
    ],
    specimen: Annotated[
        str,
        typer.Option(
            "--specimen",
            metavar="ID",
            show_default=False,
            help="Whose they are, where neither name nor header says it.",
        ),
    ] = "",
    reader: Annotated[
        str,
        typer.Option(
            "--reader",
            metavar="NAME",
            show_default=False,
            help="How to read them, as xrdml or profile:tg_plain. Default: their content says.",
        ),
    ] = "",
    json_: JsonOption = False,
    as_: ActorOption = None,
) -> None:
    """Take instruments' files in: keep their bytes, read and check them, link them to specimens. Yours stay untouched.

    A file that came before is known, whatever it is called; stopped with Ctrl-C, the same command goes on where it was.
    Files put into inbox/ come the same way with meguri run.
    """
    from dataclasses import replace

    from services.campaign.intake.arrivals import arrivals_in
    from services.campaign.written import read_table
    from services.cli.ingesting_pages import ingested_page, summary
    from services.cli.printing import emit, next_step, say, show, waiting

    with session(as_) as here, here.opened.intake() as intake:
        arrivals = [
            replace(arrival, specimen=specimen.upper(), reader=reader) for arrival in arrivals_in(paths, read_table)
        ]
        outcomes: list[Outcome] = []
        with _progress(len(arrivals)) as tell:
            try:
                for outcome in intake.take(arrivals):
                    outcomes.append(outcome)
                    tell(len(outcomes))
            except KeyboardInterrupt:
                say(f"stopped after {len(outcomes)} of {len(arrivals)}; the same command goes on where it was")
                raise
        with waiting("looking at them beside others"):
            noticed = list(intake.review())
        doubted = {m.id for m in here.opened.measuring.all() if m.judgement == "doubted"}
        view = _view(outcomes, noticed, doubted)
    if json_:
        emit(view)
    else:
        show(ingested_page(view))
    for line in view.noticed:
        say(line, style="yellow", wrap=True)
    for line in summary(view):
        say(line)
    if view.n_waiting or view.n_doubted:
        next_step("meguri inbox")
    elif view.n_refused:
        next_step("meguri profile guess FILE  # for delimited text that no profile knows")
    else:
        next_step("meguri measurements")
    if view.n_refused:
        raise typer.Exit(1)


@commands.command(rich_help_panel=CONSULT)
def measurements(
    which: Annotated[
        Which, typer.Option("--which", case_sensitive=False, help="Waiting ones are of nobody yet; doubted look wrong.")
    ] = Which.ALL,
    specimen: Annotated[
        str,
        typer.Option("--specimen", metavar="ID", show_default=False, help="Only those of one specimen or proposal."),
    ] = "",
    json_: JsonOption = False,
) -> None:
    """List the measurements that came in: of what kind, of which specimen, what they hold, and whether they count."""
    from services.campaign.views import MeasurementsView
    from services.cli.ingesting_pages import measurements_page
    from services.cli.printing import emit, next_step, say, show

    with session() as here:
        measuring, wanted = here.opened.measuring, specimen.upper()
        files = measuring.files()
        found = [
            m
            for m in measuring.all()
            if (not wanted or wanted in (m.specimen, m.proposal, m.campaign))
            and _is_of(which, m.is_linked, m.judgement)
        ]
        view = MeasurementsView.of(found, files)
        if wanted or which not in (Which.ALL, Which.REFUSED):
            view = view.model_copy(update={"refused": ()})
        if json_:
            emit(view)
            return
        if not (view.measurements or view.refused):
            say("there are none" if files else "no file was taken in yet")
            next_step("meguri ingest PATH")
            return
        show(measurements_page(view))
        if view.measurements:
            next_step([f"meguri show {view.measurements[0].id}", "meguri find 'modality = FTIR'"])


def _is_of(which: Which, is_linked: bool, judgement: str) -> bool:
    match which:
        case Which.WAITING:
            return not is_linked and judgement != "excluded"
        case Which.DOUBTED | Which.EXCLUDED:
            return judgement == which.value
        case Which.REFUSED:
            return False
    return True


def _view(outcomes: list[Outcome], noticed: list[str], doubted: set[str]) -> IngestView:
    """Put together what became of files; `doubted` are all measurements that wait for a person by now."""
    from services.campaign.views import IngestedView, IngestView

    fates = [outcome.fate for outcome in outcomes]
    return IngestView(
        n_files=len(outcomes),
        n_new=fates.count("new"),
        n_known=fates.count("known"),
        n_refused=fates.count("refused") + fates.count("later"),
        n_waiting=sum(len(outcome.waiting) for outcome in outcomes),
        n_doubted=sum(m.id in doubted for outcome in outcomes for m in outcome.measurements),
        noticed=tuple(noticed),
        files=tuple(IngestedView.of(outcome) for outcome in outcomes),
    )


@contextmanager
def _progress(n_files: int) -> Iterator[Callable[[int], None]]:
    """Show how many files are in: a bar on a terminal, a line now and then anywhere else."""
    from services.cli.printing import say

    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("taking in"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=n_files)
            yield lambda n: bar.update(task, completed=n)
        return
    last = time.monotonic()

    def tell(n: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SAID_EVERY_S:
            last = time.monotonic()
            say(f"{n} of {n_files} files …")

    yield tell
