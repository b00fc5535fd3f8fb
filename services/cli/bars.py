"""Results of tensile and impact bars, worked out of their files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import CONSULT, JsonOption

__all__ = ["commands"]

commands = typer.Typer()


@commands.command(rich_help_panel=CONSULT)
def bars(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|ID",
            show_default=False,
            help="A tensile or impact test as a machine wrote it; or id of a measurement, a specimen or a proposal.",
        ),
    ],
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", show_default=False, help="Write them to a new .csv, .xlsx or .parquet."),
    ] = None,
    reader: Annotated[
        str,
        typer.Option("--reader", metavar="NAME", show_default=False, help="Reader of a file. Default: by its content."),
    ] = "",
    json_: JsonOption = False,
) -> None:
    """Work out tensile bars by ISO 527 (modulus, yield, strength, elongation, energy), impact bars by ISO 179.

    The definition may say how, in the section tests. Bars that are doubted or excluded do not count.
    """
    from services.cli.bars_pages import bars_here, bars_page, save_bars, told
    from services.cli.printing import emit, next_step, say, show, waiting

    with waiting(f"working out {what}"):
        view = bars_here(what, reader=reader)
    if json_:
        emit(view)
    elif save is not None:
        show(str(save_bars(view, save)))
    else:
        show(bars_page(view))
    for line in told(view):
        say(line, wrap=True)
    next_step(f"meguri show {view.what}")
