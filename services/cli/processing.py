"""Measurements become features, and the features that there are."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import CONSULT, RESULTS, ActorOption, JsonOption
from services.cli.session import session

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.cli.session import Session

__all__ = ["commands"]

commands = typer.Typer()

_SAID_EVERY_S = 5.0


@commands.command(rich_help_panel=RESULTS)
def process(
    campaign: Annotated[
        str | None, typer.Argument(metavar="CAMPAIGN", show_default=False, help="All measurements where left out.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="How many measurements at a time.")] = os.cpu_count() or 1,
    json_: JsonOption = False,
    as_: ActorOption = None,
) -> None:
    """Take measurements through their recipes: clean curves, fit peaks, take features with standard errors.

    What went through its recipe already is not done again; stopped with Ctrl-C, the same command goes on where it was.
    A definition declares recipes by modality under chains:; where it does not, the shipped ones are used.
    """
    from services.campaign.processing.run import processed
    from services.cli.printing import emit, next_step, say, show
    from services.cli.processing_pages import process_page, summary

    with session(as_) as here:
        known = None if campaign is None else here.campaign(campaign)
        with _progress() as tell:
            view = processed(here.opened, campaign=known, n_jobs=jobs, tell=tell)
    if json_:
        emit(view)
    else:
        show(process_page(view))
    for line in summary(view):
        say(line, wrap=True)
    next_step("meguri features SPECIMEN" if view.n_measurements or view.n_done_before else "meguri ingest PATH")


@commands.command(rich_help_panel=CONSULT)
def features(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="SPECIMEN|ID",
            show_default=False,
            help="A specimen, a proposal, or a measurement. Left out, or a campaign: the catalogue of all features.",
        ),
    ] = None,
    modality: Annotated[
        str, typer.Option("--modality", metavar="NAME", show_default=False, help="Only those of one modality.")
    ] = "",
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", show_default=False, help="Write the catalogue to a new .csv, .xlsx or .parquet."
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """List the features of a specimen: values with standard errors, or why there is none.

    Without a specimen: every feature with its range over specimens, and how far it may be trusted. That is told by
    specimens that were measured more than once: the intraclass correlation, untrustworthy below 0.9.
    """
    from services.campaign.processing.run import features_seen
    from services.cli.printing import emit, next_step, say, show
    from services.cli.processing_pages import features_page

    with session() as here:
        known = {name.upper(): name for name in here.service.campaigns()}
        if what is None or what.upper() in known:
            _catalogue(here, known.get((what or "").upper()), modality, save, is_json=json_)
            return
        if save is not None:
            raise typer.BadParameter("--save writes the catalogue: leave the specimen out")
        view = features_seen(here.opened, what, modality=modality)
    if json_:
        emit(view)
        return
    show(features_page(view))
    for measurement, note in view.notes:
        say(f"{measurement}: {note}", wrap=True)
    if view.n_unprocessed:
        say(f"{view.n_unprocessed} not processed yet")
        next_step("meguri process")


def _catalogue(here: Session, campaign: str | None, modality: str, save: Path | None, *, is_json: bool) -> None:
    """List every feature over all specimens of a campaign, or of all campaigns."""
    from services.campaign.processing.run import features_catalogued
    from services.cli.catalogue_pages import catalogue_page, catalogue_told, save_catalogue
    from services.cli.printing import emit, next_step, say, show

    view = features_catalogued(here.opened, campaign=campaign, modality=modality)
    if save is not None:
        typer.echo(str(save_catalogue(here.opened, view, save)), err=is_json)
    if is_json:
        emit(view)
        return
    if save is None:
        show(catalogue_page(view))
    for line in catalogue_told(view):
        say(line, wrap=True)
    if view.n_unprocessed or not view.catalogue:
        next_step("meguri process" if view.n_unprocessed else "meguri ingest PATH")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how many measurements are done: a bar on a terminal, a line now and then anywhere else."""
    from services.cli.printing import say

    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("processing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda n, of: bar.update(task, completed=n, total=of)
        return
    last = time.monotonic()

    def tell(n: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SAID_EVERY_S:
            last = time.monotonic()
            say(f"{n} of {of} measurements …")

    yield tell
