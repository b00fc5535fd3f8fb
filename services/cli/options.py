"""Arguments and options that several verbs share, so that one thing is called and explained in one way everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "BEGIN",
    "CONSULT",
    "DECIDE",
    "KEEP_GOING",
    "OPERATE",
    "RESULTS",
    "ActorOption",
    "CampaignArgument",
    "DecimalOption",
    "JsonOption",
    "ReasonOption",
    "SheetOption",
]

BEGIN, DECIDE, RESULTS, CONSULT = "Begin", "Decide what is made", "Results", "Look and check"
KEEP_GOING, OPERATE = "Keep going by itself", "Keep in order"
"""Panels of the help page, in the order of a campaign."""

CampaignArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="CAMPAIGN", show_default=False, help="Id of the campaign; left out where the workspace has only one."
    ),
]
ActorOption = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="NAME", show_default=False, help="Who acts, for the log. Default: MEGURI_ACTOR, or the user."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead; its shape is in the reference.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: it stays in the log.")]
SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", show_default=False, help="Sheet of a workbook that holds several tables."),
]
DecimalOption = Annotated[
    str | None,
    typer.Option(
        "--decimal", metavar="MARK", show_default=False, help="Decimal mark, '.' or ',', where the file leaves it open."
    ),
]
