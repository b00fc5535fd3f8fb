"""Results come in by hand: record, correct, exclude, keep."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.options import RESULTS, ActorOption, ReasonOption
from services.cli.session import session

__all__ = ["commands"]

commands = typer.Typer()

SpecimenArgument = Annotated[
    str, typer.Argument(metavar="SPECIMEN", help="Id of the specimen, as PP01-C003-02-S1 or PP01-X0007.")
]
JudgedArgument = Annotated[
    str,
    typer.Argument(
        metavar="SPECIMEN|MEASUREMENT",
        help="Id of a specimen, as PP01-C003-02-S1 or PP01-X0007; or of a measurement, as M-3FA91C07B2D4-01.",
    ),
]


@commands.command(rich_help_panel=RESULTS)
def record(
    proposal: Annotated[
        str, typer.Argument(metavar="PROPOSAL", help="Id of the proposal it was made from, as PP01-C003-02.")
    ],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET=VALUE",
            show_default=False,
            help="As 41.2, 41.2±0.5 (sd), 41.2±0.5/3 (mean of 3 tests), '<0.1', '>200', or lost:reason.",
        ),
    ] = None,
    made: Annotated[
        list[str] | None,
        typer.Option(
            "--made", metavar="NAME=VALUE", show_default=False, help="What was made otherwise than planned; repeatable."
        ),
    ] = None,
    replicate: Annotated[
        int, typer.Option("--replicate", min=1, metavar="K", help="Which specimen of the proposal.")
    ] = 1,
    failed: Annotated[bool, typer.Option("--failed", help="Making or testing failed; it may be tried again.")] = False,
    infeasible: Annotated[
        bool, typer.Option("--infeasible", help="It cannot be made; the model keeps away from its like.")
    ] = False,
    abandoned: Annotated[bool, typer.Option("--abandoned", help="Given up for good, without a lesson.")] = False,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", show_default=False, help="Why it failed, cannot be made or is given up."
        ),
    ] = "",
    source: Annotated[
        str,
        typer.Option(
            "--source", metavar="TEXT", show_default=False, help="Where the values stand, as a notebook's page."
        ),
    ] = "",
    remark: Annotated[
        str,
        typer.Option(
            "--remark", metavar="TEXT", show_default=False, help="What was noticed; kept with the specimen, also alone."
        ),
    ] = "",
    as_: ActorOption = None,
) -> None:
    """Write down results of a specimen that was made from a proposal, or that it could not be made."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say
    from services.cli.recording import record_outcome, record_values

    outcomes = [
        name for name, is_so in (("failed", failed), ("infeasible", infeasible), ("abandoned", abandoned)) if is_so
    ]
    if len(outcomes) > 1 or (outcomes and (values or made)):
        raise typer.BadParameter("give either TARGET=VALUE, or one of --failed, --infeasible and --abandoned")
    if not outcomes and not values and not remark.strip():
        raise typer.BadParameter("missing TARGET=VALUE (or --remark, --failed, --infeasible, --abandoned)")
    if made and not values:
        raise typer.BadParameter("--made belongs to TARGET=VALUE")
    if outcomes and not reason.strip():
        raise typer.BadParameter(f"--{outcomes[0]} needs --reason")
    if reason and not outcomes:
        raise typer.BadParameter(
            "--reason belongs to --failed, --infeasible or --abandoned; say where values stand by --source"
        )
    with session(as_) as here:
        if outcomes:
            state = record_outcome(here.service, proposal, outcomes[0], reason=reason)
        elif values:
            state = record_values(
                here.service, proposal, values, made=made or [], replicate=replicate, source=source or "typed in"
            )
        if remark.strip():
            state = here.service.remark(proposal, remark, replicate=replicate, source=source)
        say(f"{proposal} is {state.proposal(proposal).state.value.replace('_', ' ')}")
        next_step(next_in(state))


@commands.command(rich_help_panel=RESULTS)
def correct(
    specimen: SpecimenArgument,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE",
            help="The right value of a target, in the forms that record takes; or of the parameters that it was made "
            "with otherwise than is written down.",
        ),
    ],
    reason: ReasonOption,
    as_: ActorOption = None,
) -> None:
    """Replace what was typed wrongly, a result or how it was made; the old value stays, what rested on it is marked."""
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step
    from services.cli.recording import correct_values

    with session(as_) as here:
        state = correct_values(here.service, specimen, values, reason=reason)
        next_step(next_in(state))


@commands.command(rich_help_panel=RESULTS)
def exclude(specimen: JudgedArgument, reason: ReasonOption, as_: ActorOption = None) -> None:
    """Keep a specimen, or one measurement of it, from training the model; it stays readable."""
    from loop.ids import campaign_of_specimen
    from services.campaign.measuring import is_measurement
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    with session(as_) as here:
        if is_measurement(specimen):
            for measurement in here.opened.measuring.exclude([specimen], reason=reason):
                say(f"{measurement.id} trains nothing")
            next_step("meguri inbox")
            return
        state = here.service.exclude(campaign_of_specimen(specimen), specimen, reason=reason)
        say(f"{specimen} does not train the model")
        next_step(next_in(state))


@commands.command(rich_help_panel=RESULTS)
def keep(specimen: JudgedArgument, reason: ReasonOption, as_: ActorOption = None) -> None:
    """Let an excluded specimen train the model again, or a measurement that was excluded or looks wrong."""
    from loop.ids import campaign_of_specimen
    from services.campaign.measuring import is_measurement
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    with session(as_) as here:
        if is_measurement(specimen):
            for measurement in here.opened.measuring.keep([specimen], reason=reason):
                say(f"{measurement.id} counts")
            next_step("meguri inbox")
            return
        state = here.service.keep(campaign_of_specimen(specimen), specimen, reason=reason)
        say(f"{specimen} trains the model")
        next_step(next_in(state))
