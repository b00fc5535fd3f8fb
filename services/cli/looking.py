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
        show(str(written))
    elif view.found:
        show(found_page(view))
    for line in told(view):
        say(line, wrap=True)
    next_step(next_of(view))
