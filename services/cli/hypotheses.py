"""What somebody expects, written before the results are in, and whether it held."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.options import RESULTS, ActorOption, ReasonOption
from services.cli.session import campaign_and, session

__all__ = ["commands"]

commands = typer.Typer()

_HELD = ("yes", "no", "open")


@commands.command(rich_help_panel=RESULTS)
def note(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="CAMPAIGN", show_default=False, help="Id of the campaign; left out where there is only one."
        ),
    ] = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", show_default=False, help="What is expected.")] = None,
    as_: ActorOption = None,
) -> None:
    """Write down what you expect before the results are in; the report shows later whether it held."""
    from services.cli.printing import next_step, say

    given, expectation = campaign_and(first, text, "TEXT, what is expected")
    with session(as_) as here:
        name = here.campaign(given)
        known = list(here.service.note(name, expectation).hypotheses)[-1]
        say(f"{known} noted")
        say("when the results are in, say whether it held")
        next_step([f"meguri judge {name} {known} yes --reason TEXT", f"meguri judge {name} {known} no --reason TEXT"])


@commands.command(rich_help_panel=RESULTS)
def judge(
    first: Annotated[
        str, typer.Argument(metavar="CAMPAIGN", help="Id of the campaign; left out where there is only one.")
    ],
    second: Annotated[str, typer.Argument(metavar="HYPOTHESIS", help="Which expectation, as H1.")],
    third: Annotated[
        str | None, typer.Argument(metavar="HELD", show_default=False, help="yes, no, or open again.")
    ] = None,
    reason: ReasonOption = "",
    as_: ActorOption = None,
) -> None:
    """Write down whether an expectation held."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    given, hypothesis, held = (None, first, second) if third is None else (first, second, third)
    if held not in _HELD:
        raise typer.BadParameter(f"a hypothesis held: {', '.join(_HELD)}; got {held!r}")
    if not reason.strip():
        raise typer.BadParameter("a judgement needs --reason")
    with session(as_) as here:
        name = here.campaign(given)
        state = here.service.judge(name, hypothesis.upper(), held, reason=reason)
        say(f"{hypothesis.upper()}: {held}")
        next_step(next_in(state))
