"""Find measurements, and look at one: a page in the terminal, pictures as HTML and PNG. Nothing is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import CONSULT, JsonOption
from services.cli.session import session

__all__ = ["commands"]

commands = typer.Typer()


@commands.command(rich_help_panel=CONSULT)
def find(
    question: Annotated[
        list[str],
        typer.Argument(
            metavar="QUESTION",
            show_default=False,
            help="As in 'modulus > 1800 and modality = FTIR'; between quotes, for the shell.",
        ),
    ],
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", show_default=False, help="Write them to a new .csv, .xlsx or .parquet file."
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Find measurements by what is known of them and of their specimens.

    Ask with =, !=, <, <=, >, >=, ~ (contains), in (A, B), is missing; and, or, not, brackets.
    What is missing is neither true nor false, and is not found; is missing finds it.
    """
    from services.campaign.finding.find import find_in
    from services.cli.finding_pages import found_page, next_of, save_found, told
    from services.cli.printing import emit, next_step, say, show

    with session() as here:
        view = find_in(here.opened, " ".join(question))
        written = None if save is None else save_found(here.opened, view, save)
    if json_:
        emit(view)
    elif written is not None:
        typer.echo(str(written))
    elif view.found:
        show(found_page(view))
    for line in told(view):
        say(line, wrap=True)
    next_step(next_of(view))


@commands.command(rich_help_panel=CONSULT)
def show(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|ID",
            show_default=False,
            help="A file as an instrument wrote it; or the id of a measurement, a specimen or a proposal.",
        ),
    ],
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="DIR", show_default=False, help="Folder for page and picture. Default: reports/, or here."
        ),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader",
            metavar="NAME",
            show_default=False,
            help="Reader of a file that several could read, as xrdml or profile:matrix_rows. Default: by its content.",
        ),
    ] = None,
    fits: Annotated[
        bool, typer.Option("--fits", help="Fit peaks as meguri process does, and draw them; seconds for each curve.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    json_: JsonOption = False,
) -> None:
    """Look at a file, a measurement, or all of a specimen: in short here, in pictures as HTML and PNG.

    A file is read where it lies and is not taken in; that works outside of a workspace too.
    """
    from services.cli.looking_pages import look_here, next_of, shown_page
    from services.cli.printing import emit, next_step, show, waiting

    with waiting(f"reading and drawing {what}"):
        view = look_here(what, folder=save, reader=reader or "", fits=fits)
    if json_:
        emit(view)
    else:
        show(shown_page(view))
        for path in filter(None, (view.page, view.picture)):
            typer.echo(path)  # whole: to be pasted, however long
    if open_:
        typer.launch(view.page)
    for command in next_of(view):
        next_step(command)
