"""Look and check: status, log, report, replay. Nothing here changes a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import CONSULT, CampaignArgument, JsonOption
from services.cli.session import session

__all__ = ["commands"]

commands = typer.Typer()


@commands.command(rich_help_panel=CONSULT)
def status(campaign: CampaignArgument = None, json_: JsonOption = False) -> None:
    """Show where a campaign stands, or list the campaigns where the workspace has several."""
    from services.campaign.standing import standing
    from services.campaign.viewing import campaign_view
    from services.campaign.views import CampaignsView
    from services.cli.next_steps import next_in
    from services.cli.pages import campaigns_page, status_page
    from services.cli.printing import emit, next_step, say, show, width

    with session() as here:
        known = here.service.campaigns()
        if campaign is None and len(known) != 1:
            lines = tuple(campaign_view(here.service.state(name)) for name in known)
            listed = CampaignsView(workspace=str(here.opened.workspace.folder), campaigns=lines)
            if json_:
                emit(listed)
            elif known:
                show(campaigns_page(listed))
            else:
                say(f"the workspace {listed.workspace} has no campaign yet")
            next_step([f"meguri status {n}" for n in known[:1]] or ["meguri start FILE", "meguri init --from TABLE"])
            return
        state = here.service.state(here.campaign(campaign))
        view = standing(here.opened, state.campaign)
        if json_:
            emit(view)
        else:
            show(status_page(state, view, width()))
        next_step(next_in(state, view))


@commands.command("log", rich_help_panel=CONSULT)
def log_(
    campaign: CampaignArgument = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="WHEN",
            show_default=False,
            help="From a day or moment (2025-04-01, 2025-04-01T15:30) or an entry's number.",
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show what happened, in order: who did what, when and why."""
    from services.campaign.viewing import log_view
    from services.cli.log_pages import log_page
    from services.cli.printing import emit, show
    from services.cli.since import starting

    with session() as here:
        name = here.campaign(campaign)
        view = log_view(name, starting(here.service.log(name), since))
        if json_:
            emit(view)
        else:
            show(log_page(view))


@commands.command(rich_help_panel=CONSULT)
def report(
    campaign: CampaignArgument = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="DIR",
            show_default=False,
            help="Folder for it and its main pictures as PNG and SVG. Default: reports/.",
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Write the report: one HTML file that needs no network, with every picture, recipe sheet and the log."""
    from services.campaign.views import WrittenView
    from services.cli.next_steps import next_in
    from services.cli.printing import emit, next_step, show, waiting

    with session() as here:
        name = here.campaign(campaign)
        state = here.service.state(name)
        with waiting(f"drawing the report of {name}"):
            path = here.opened.write_report(name, folder=save)
        if json_:
            emit(WrittenView(campaign=name, what="report", file=str(path)))
        else:
            show(str(path))
        if open_:
            typer.launch(str(path))
        next_step(next_in(state))


@commands.command(rich_help_panel=CONSULT)
def replay(
    campaign: CampaignArgument = None,
    cycle: Annotated[
        int | None,
        typer.Option("--cycle", min=1, metavar="N", show_default=False, help="Only this cycle; all where left out."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Make logged cycles again from the journal and compare them bit for bit. Exit code 1 where one differs."""
    from loop.counting import counted
    from services.cli.printing import emit, say, show
    from services.cli.replaying import replayed, replays_page

    with session() as here:
        view = replayed(here.service, here.campaign(campaign), cycle)
        if json_:
            emit(view)
        else:
            show(replays_page(view))
        if not view.is_same:
            say(f"{view.campaign}: not every cycle came out the same", style="red")
            raise typer.Exit(1)
        say(f"{view.campaign}: {counted(len(view.cycles), 'cycle')}, the same bit for bit")
