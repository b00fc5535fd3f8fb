"""Decide what is made: propose, approve, edit, skip."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from services.cli.options import DECIDE, ActorOption, CampaignArgument, JsonOption, ReasonOption
from services.cli.session import campaign_and_ids, session

__all__ = ["commands"]

commands = typer.Typer()

ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id of the proposal, as PP01-C003-02.")]


def is_person_there() -> bool:
    """Say whether somebody can be asked."""
    return sys.stdin.isatty()


@commands.command(rich_help_panel=DECIDE)
def propose(
    campaign: CampaignArgument = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            min=1,
            metavar="N",
            show_default=False,
            help="How many shall be open. Default: the definition's batch.",
        ),
    ] = None,
    json_: JsonOption = False,
    as_: ActorOption = None,
) -> None:
    """Propose the next formulations: top up to so many open ones, and show all that are open.

    Asked twice, it returns the same ones. Nothing is made before you approve it.
    """
    from loop.counting import counted
    from services.campaign.viewing import proposal_view, proposals_view
    from services.cli.next_steps import next_in
    from services.cli.pages import proposals_page
    from services.cli.printing import emit, next_step, say, show, waiting, width

    with session(as_) as here:
        name = here.campaign(campaign)
        before = here.service.state(name)
        known = set(before.proposals)
        with waiting(f"proposing for {name} from {counted(len(before.specimens), 'specimen')}"):
            opened = here.service.propose(name, count=count)
        state = here.service.state(name)
        if json_:
            emit(proposals_view(state, opened))
        else:
            show(proposals_page(state, [proposal_view(state, record) for record in opened], width()))
        n_new = sum(record.proposal.id not in known for record in opened)
        say(f"{name}, cycle {state.cycle}: {n_new} new, {len(opened)} open")
        next_step(next_in(state))


@commands.command(rich_help_panel=DECIDE)
def approve(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CAMPAIGN|PROPOSAL",
            show_default=False,
            help="Which proposals, or the campaign: all that wait.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why, for the log.")] = "",
    as_: ActorOption = None,
) -> None:
    """Let proposals be made as planned: those named, or all that wait."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    given, ids = campaign_and_ids(words or [])
    with session(as_) as here:
        name = here.campaign(given)
        before = here.service.state(name)
        state = here.service.approve(name, ids, reason=reason)
        done = [p for p, record in state.proposals.items() if record.state != before.proposals[p].state]
        say(f"approved {', '.join(done)}" if done else f"{name} has no proposal that waits for approval")
        next_step(next_in(state))


@commands.command(rich_help_panel=DECIDE)
def edit(
    proposal: ProposalArgument,
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE",
            show_default=False,
            help="New values; asked for one after the other where none is given.",
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why: it stays in the log.")
    ] = "",
    nearest: Annotated[
        bool,
        typer.Option(
            "--nearest", help="Move the other values as little as needed to keep every rule, as the sum of a mixture."
        ),
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Accept that rules are broken; safety rules hold all the same.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what the edit would come to.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_: JsonOption = False,
    as_: ActorOption = None,
) -> None:
    """Change a proposal's plan by hand and approve it: shows at once which rules it breaks and what is expected of it.

    The first prediction is kept beside the new one. With --json the forecast is printed and nothing is asked.
    """
    from services.cli.editing import Edit
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    if not dry_run and not reason.strip():
        raise typer.BadParameter("an edit needs --reason (or look first, with --dry-run)")
    with session(as_) as here:
        wish = Edit(here.service, proposal, is_nearest=nearest)
        wish.set(changes or [])
        if not changes and is_person_there() and not json_:
            wish.ask()
        if not wish.changes:
            raise typer.BadParameter("nothing is to be changed: give NAME=VALUE")
        is_allowed = wish.show(as_json=json_) or (anyway and not wish.breaks_safety)
        if dry_run:
            return
        if is_allowed and not (yes or json_) and not typer.confirm("edit and approve it?", err=True):
            raise typer.Abort
        state = here.service.edit(proposal, wish.changes, reason=reason, allow_violations=anyway)
        say(f"{proposal} edited and approved")
        next_step(next_in(state))


@commands.command(rich_help_panel=DECIDE)
def skip(
    proposal: ProposalArgument,
    reason: ReasonOption,
    lesson: Annotated[
        bool, typer.Option("--lesson", help="Let the model keep away from formulations like it.")
    ] = False,
    as_: ActorOption = None,
) -> None:
    """Turn a proposal down, with or without a lesson for the model."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    with session(as_) as here:
        state = here.service.skip(proposal, reason=reason, is_lesson=lesson)
        say(f"{proposal} skipped{', as a lesson for the model' if lesson else ''}")
        next_step(next_in(state))
