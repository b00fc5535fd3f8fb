"""Results that wait for a person: look at them, say what they are, or drop them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import RESULTS, ActorOption, JsonOption, ReasonOption
from services.cli.session import session

if TYPE_CHECKING:
    from services.campaign.views import HeldView, MeasurementView

__all__ = ["commands"]

_PROPOSAL = re.compile(r"\b[A-Z0-9-]+-C\d{3,}-\d{2,}\b")
_SPECIMEN = re.compile(r"\b[A-Z0-9-]+-(?:C\d{3,}-\d{2,}(?:-S\d+)?|X\d{4,})\b")

commands = typer.Typer()
inbox = typer.Typer(
    name="inbox",
    help="Results that fit no proposal as they stand, measurements of nobody yet or that look wrong, and files that "
    "were refused: they wait here for a person.",
    no_args_is_help=False,
    rich_markup_mode=None,
)
commands.add_typer(inbox, rich_help_panel=RESULTS)

HeldArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the waiting result, as H-3FA91C07B2D4.")]


@inbox.callback(invoke_without_command=True)
def look(
    ctx: typer.Context,
    settled: Annotated[
        bool, typer.Option("--settled", help="List what waited before too, and what was made of it.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """List what waits: results, measurements, files that were refused or still lie there; and why."""
    if ctx.invoked_subcommand is not None:
        return
    from services.campaign.standing import inbox_view
    from services.cli.inbox_pages import inbox_page
    from services.cli.printing import emit, next_step, say, show, width

    with session() as here:
        view = inbox_view(here.opened, with_settled=settled)
        if json_:
            emit(view)
            return
        if not (view.held or view.measurements or view.refused or view.lying or view.settled):
            say("nothing waits")
            return
        states = [here.service.state(name) for name in here.service.campaigns()]
        targets = {name for state in states for name in state.definition.measured_targets}
        show(inbox_page(view, targets, width()))
        take_in = [f"meguri tick {state.campaign}" for state in states[:1] if view.lying]
        ways = _ways_on(view.held[0]) if view.held else []
        next_step(ways or (_ways_of(view.measurements[0]) if view.measurements else take_in))


@inbox.command()
def book(
    held: HeldArgument,
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="The proposal that it is a result of.")],
    as_: ActorOption = None,
) -> None:
    """Book a waiting result on the proposal that it belongs to."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    with session(as_) as here:
        state = here.opened.settling.book(held.upper(), proposal.upper())
        stands = state.proposal(proposal.upper()).state.value.replace("_", " ")
        say(f"{held.upper()} booked on {proposal.upper()}, which is {stands}")
        next_step(next_in(state))


@inbox.command()
def specimen(
    held: HeldArgument,
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="CAMPAIGN", show_default=False, help="Which campaign it is of.")
    ] = None,
    as_: ActorOption = None,
) -> None:
    """Take a waiting result in as a specimen that nobody proposed: its row must name every parameter."""
    from services.cli.printing import say

    with session(as_) as here:
        state, new = here.opened.settling.take_as_specimen(held.upper(), campaign)
        say(f"{held.upper()} taken in as {new}" if new else f"{held.upper()} was known to {state.campaign} already")


@inbox.command()
def drop(held: HeldArgument, reason: ReasonOption, as_: ActorOption = None) -> None:
    """Say that a waiting result is not wanted; it stays readable."""
    from services.cli.printing import say

    with session(as_) as here:
        here.opened.settling.drop(held.upper(), reason)
        say(f"{held.upper()} dropped")


@inbox.command()
def link(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="MEASUREMENT… SPECIMEN",
            help="Ids of measurements as M-3FA91C07B2D4-01, of all that one file holds as M-3FA91C07B2D4, or the "
            "file's name; and last the specimen or proposal that they belong to.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why, for the log.")] = "",
    as_: ActorOption = None,
) -> None:
    """Say whose measurements are: ones that wait, or ones that belong to another specimen than it seemed."""
    from services.cli.printing import next_step, say

    *which, to = words
    if not which:
        raise typer.BadParameter("give measurements, and last the specimen that they belong to")
    with session(as_) as here:
        for measurement in here.opened.measuring.give(which, to.upper(), reason=reason):
            say(f"{measurement.id} belongs to {measurement.specimen or measurement.proposal}")
        next_step("meguri inbox")


def _ways_of(waiting: MeasurementView) -> list[str]:
    """Return the commands that settle a measurement that waits."""
    named = set(_SPECIMEN.findall(waiting.suggestion))
    if waiting.waits_because:
        return [f"meguri inbox link {waiting.id} {named.pop() if len(named) == 1 else 'SPECIMEN'}"]
    return [
        f"meguri show {waiting.id}",
        f"meguri keep {waiting.id} --reason TEXT",
        f"meguri exclude {waiting.id} --reason TEXT",
    ]


def _ways_on(held: HeldView) -> list[str]:
    """Return the commands that settle a waiting result, with the proposal that may be meant where there is one."""
    named = set(_PROPOSAL.findall(held.suggestion))
    meant = named.pop() if len(named) == 1 else "PROPOSAL"
    return [
        f"meguri inbox book {held.id} {meant}",
        f"meguri inbox specimen {held.id}",
        f"meguri inbox drop {held.id} --reason TEXT",
    ]
