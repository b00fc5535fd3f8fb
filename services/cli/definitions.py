"""Begin: make a workspace, draft a definition, check it, start a campaign, revise it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import BEGIN, ActorOption, DecimalOption, JsonOption, ReasonOption, SheetOption
from services.cli.session import session

if TYPE_CHECKING:
    from services.campaign.definition import CampaignDefinition

__all__ = ["commands"]

commands = typer.Typer()


@commands.command(rich_help_panel=BEGIN)
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(
            show_default=False,
            help="Folder of the workspace: the one at or above the current folder, or a new one here.",
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="TABLE", show_default=False, help="Guess a definition from a table of past results."
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="NAME[:GOAL]",
            show_default=False,
            help="A column of the table that is wanted, with maximise (default) or minimise; repeatable.",
        ),
    ] = None,
    candidates: Annotated[
        bool, typer.Option("--candidates", help="Let only rows of the table be proposed, as for a replay.")
    ] = False,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", show_default=False, help="Copy a template; 'list' lists them."),
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="ID", show_default=False, help="Id of the campaign. Default: from the table's name."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", show_default=False, help="Where the definition is written. Default: ID.yaml here."
        ),
    ] = None,
    sheet: SheetOption = None,
    decimal: DecimalOption = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            show_default=False,
            help="Database of a new workspace: postgresql://… or sqlite:///…",
        ),
    ] = None,
) -> None:
    """Make a workspace, and write a first definition from a table or a template.

    The definition is commented: every guess says why. Nothing is begun before you start it.
    """
    from services.campaign.templates import template_names
    from services.cli.beginning import from_table, from_template, place
    from services.cli.printing import next_step, quoted, say, show

    if template == "list":
        names = template_names()
        for name in names:
            show(name)
        next_step([f"meguri init --template {name}" for name in names[:1]] or "meguri init --from TABLE")
        return
    if table is not None and template is not None:
        raise typer.BadParameter("give --from or --template, not both")
    if table is None and (target or candidates):
        raise typer.BadParameter("--target and --candidates belong to --from TABLE")
    workspace, is_new = place(folder, database)
    say(f"{'made' if is_new else 'using'} the workspace {workspace.folder}")
    if table is not None:
        path = from_table(
            table,
            folder=folder,
            to=to,
            campaign=campaign,
            targets=target or [],
            candidates=candidates,
            sheet=sheet,
            decimal=decimal,
        )
    elif template is not None:
        path = from_template(template, folder=folder, to=to)
    else:
        next_step("meguri init --from TABLE")
        return
    say(f"wrote {path}: look through it, its comments say why")
    next_step([f"meguri start {quoted(path)}", f"meguri validate {quoted(path)}"])


@commands.command(rich_help_panel=BEGIN)
def validate(
    file: Annotated[Path | None, typer.Argument(show_default=False, help="The definition, a YAML file.")] = None,
    json_schema: Annotated[
        bool,
        typer.Option(
            "--json-schema", help="Print the JSON schema of definitions, for editors that complete and check."
        ),
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Check a definition: every fault with its line and what would be right. Exit code 1 where there is one."""
    import json

    from loop.counting import counted
    from services.campaign.definition import json_schema as schema
    from services.cli.beginning import checked, definition_page
    from services.cli.printing import emit, next_step, quoted, say, show

    if json_schema:
        sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
        return
    if file is None:
        raise typer.BadParameter("missing FILE, the definition to check")
    view, definition = checked(file)
    if json_:
        emit(view)
    else:
        for fault in view.faults:
            show(str(fault))
        for warning in view.warnings:
            say(f"look at {warning}", style="yellow", wrap=True)
        if definition is not None:
            show(definition_page(definition))
            next_step(f"meguri start {quoted(file)}")
    if definition is None:
        say(f"{file}: {counted(len(view.faults), 'fault')}", style="red")
        raise typer.Exit(1)


@commands.command(rich_help_panel=BEGIN)
def start(
    file: Annotated[Path, typer.Argument(help="The definition, a YAML file.")],
    as_: ActorOption = None,
) -> None:
    """Begin the campaign that a definition describes."""
    from services.campaign.errors import CampaignError
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, quoted, say

    with session(as_) as here:
        definition = here.opened.read_definition(file)
        name = definition.core.campaign
        if name in here.service.campaigns():
            raise CampaignError(
                f"{name} is running already; give it a new version: meguri revise {quoted(file)} --reason TEXT"
            )
        state = here.service.adopt(definition)
        _warn(definition)
        say(f"{name} has begun")
        next_step(next_in(state))


@commands.command(rich_help_panel=BEGIN)
def revise(
    file: Annotated[Path, typer.Argument(help="The changed definition, a YAML file.")],
    reason: ReasonOption,
    as_: ActorOption = None,
) -> None:
    """Give a running campaign a new version of its definition. Old data stay; unapproved proposals become stale.

    What is approved goes on as it was approved. Said is what older specimens still teach, and what to look at.
    """
    from loop.revision import revision_notes
    from services.campaign.errors import CampaignError
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, quoted, say

    with session(as_) as here:
        definition = here.opened.read_definition(file)
        name = definition.core.campaign
        if name not in here.service.campaigns():
            raise CampaignError(f"there is no campaign {name} yet: begin it with meguri start {quoted(file)}")
        state = here.service.adopt(definition, reason=reason)
        _warn(definition)
        say(f"{name} goes on with version {state.version}")
        for note in revision_notes(state):
            say(f"look at this: {note}", style="yellow", wrap=True)
        next_step(next_in(state))


def _warn(definition: CampaignDefinition) -> None:
    from loop.counting import counted
    from services.cli.printing import say

    warnings = definition.warnings
    if warnings:
        things = counted(len(warnings), "thing")
        say(f"{things} to look at: meguri validate {definition.file_name}", style="yellow")
