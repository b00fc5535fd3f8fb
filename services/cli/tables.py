"""Tables in and out: past results, the result sheet that comes back filled in, and what the campaign holds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import CONSULT, RESULTS, ActorOption, CampaignArgument, DecimalOption, JsonOption, SheetOption
from services.cli.session import campaign_and, session

__all__ = ["What", "commands"]

commands = typer.Typer()


class What(StrEnum):
    """What can be written to a file."""

    SPECIMENS = "specimens"
    RECIPES = "recipes"
    RESULTS = "results"
    JOURNAL = "journal"
    DEFINITION = "definition"


LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="COLUMN=VALUE",
        show_default=False,
        help="What n.d. means in a column: below this; repeatable.",
    ),
]


@commands.command("import", rich_help_panel=RESULTS)
def import_(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="CAMPAIGN", show_default=False, help="Id of the campaign; left out where there is only one."
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Argument(metavar="TABLE", show_default=False, help="CSV, Excel (.xlsx) or Parquet, one specimen a row."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=HEADER",
            show_default=False,
            help="Which column holds a parameter or target, where the names differ; repeatable.",
        ),
    ] = None,
    limit: LimitOption = None,
    sheet: SheetOption = None,
    decimal: DecimalOption = None,
    as_: ActorOption = None,
) -> None:
    """Take in past results: specimens that nobody proposed. The same rows of the same file are taken in once."""
    from services.cli.importing import import_past
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step

    given, path = campaign_and(first, table, "TABLE")
    with session(as_) as here:
        state = import_past(
            here.opened,
            here.campaign(given),
            Path(path),
            columns=column or [],
            limits=limit or [],
            sheet=sheet,
            decimal=decimal,
        )
        next_step(next_in(state))


@commands.command("import-results", rich_help_panel=RESULTS)
def import_results(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="CAMPAIGN", show_default=False, help="Id of the campaign; left out where there is only one."
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="SHEET", show_default=False, help="The result sheet, filled in (see: export --what results)."
        ),
    ] = None,
    limit: LimitOption = None,
    sheet: SheetOption = None,
    decimal: DecimalOption = None,
    as_: ActorOption = None,
) -> None:
    """Take in a filled-in result sheet by its proposal ids: all of it, or nothing where anything is wrong.

    The same sheet may come back more than once, as it fills; what is written already is left as it is.
    """
    from services.cli.importing import import_sheet
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step

    given, path = campaign_and(first, table, "SHEET")
    with session(as_) as here:
        state = import_sheet(
            here.opened, here.campaign(given), Path(path), limits=limit or [], sheet=sheet, decimal=decimal
        )
        next_step(next_in(state))


@commands.command(rich_help_panel=CONSULT)
def export(
    campaign: CampaignArgument = None,
    what: Annotated[
        What,
        typer.Option(
            "--what",
            help="All data, what to weigh and set, the sheet to fill in, every event, or the definition in force.",
        ),
    ] = What.SPECIMENS,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            show_default=False,
            help="A .csv, .xlsx or .parquet file (journal: .jsonl, definition: .yaml). Default: a new file in outbox/.",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write specimens, recipe sheets, the result sheet, the journal or the definition to a file."""
    from services.campaign.views import WrittenView
    from services.cli.exporting import write
    from services.cli.printing import emit, next_step, quoted, say, show

    with session() as here:
        name = here.campaign(campaign)
        path = write(here.opened, name, what.value, to=to, replace=replace)
        if json_:
            emit(WrittenView(campaign=name, what=what.value, file=str(path)))
        else:
            show(str(path))
        if what is What.RESULTS:
            say("fill in the columns of the targets and save it; change amounts where something else was made")
            next_step(f"meguri import-results {name} {quoted(path)}")
