"""Results that wait for a person: look at them, say what they are, or drop them."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.options import RESULTS, ActorOption, JsonOption, ReasonOption
from services.cli.session import session

__all__ = ["commands"]

commands = typer.Typer()
inbox = typer.Typer(
    name="inbox",
    help="Results that fit no proposal as they stand: they wait here for a person.",
    no_args_is_help=False,
    rich_markup_mode=None,
)
commands.add_typer(inbox, rich_help_panel=RESULTS)

HeldArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the waiting result, as H-3FA91C07.")]


@inbox.callback(invoke_without_command=True)
def look(ctx: typer.Context, json_: JsonOption = False) -> None:
    """List results that wait for a person: what they say, why they were not booked, what may be meant."""
    if ctx.invoked_subcommand is not None:
        return
    from services.campaign.views import HeldView, InboxView
    from services.cli.pages import inbox_page
    from services.cli.printing import emit, next_step, say, show

    with session() as here:
        waiting = here.opened.held.records(waiting_only=True)
        view = InboxView(held=tuple(HeldView.of(record.result, record.received_at) for record in waiting))
        if json_:
            emit(view)
            return
        if not view.held:
            say("nothing waits")
            return
        show(inbox_page(view))
        first = view.held[0].id
        next_step(
            [
                f"meguri inbox book {first} PROPOSAL",
                f"meguri inbox specimen {first}",
                f"meguri inbox drop {first} --reason TEXT",
            ]
        )


@inbox.command()
def book(
    held: HeldArgument,
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="The proposal that it is a result of.")],
    as_: ActorOption = None,
) -> None:
    """Book a waiting result on the proposal that it belongs to."""
    from services.cli.printing import say

    with session(as_) as here:
        state = here.opened.settling.book(held.upper(), proposal.upper())
        say(f"{held.upper()} booked on {proposal.upper()}, which is {state.proposal(proposal.upper()).state.value}")


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
