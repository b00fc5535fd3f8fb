"""Let campaigns go on by themselves: one step, many, none for a while."""

from __future__ import annotations

import signal
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.edge import end_at_once
from services.cli.options import KEEP_GOING, ActorOption, CampaignArgument, JsonOption, ReasonOption
from services.cli.session import Session, session

if TYPE_CHECKING:
    from services.campaign.runner import Runner
    from services.campaign.worker import Turn

__all__ = ["commands"]

commands = typer.Typer()

_LOOP = "meguri"
"""Who acts where a campaign goes on by itself."""
_COURSES = {
    "running": "",
    "draining": ": what is at the laboratory comes in, nothing new is asked for",
    "paused": ": nothing happens by itself; people may go on by hand",
}


class LogForm(StrEnum):
    """What is written to stderr."""

    TEXT = "text"
    JSON = "json"


class EngineName(StrEnum):
    """Where models are fitted."""

    SERIAL = "serial"
    PROCESSES = "processes"
    DASK = "dask"


EngineOption = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        case_sensitive=False,
        show_default=False,
        help="Where models are fitted. Default: as meguri.toml says.",
    ),
]


@commands.command(rich_help_panel=KEEP_GOING)
def tick(campaign: CampaignArgument = None, json_: JsonOption = False, as_: ActorOption = None) -> None:
    """Do all that is due for a campaign now: take in results, learn, propose, send work orders; once.

    The same as one turn of meguri run. Safe beside other workers, and safe to repeat: what is done is not done again.
    """
    from services.campaign.standing import standing
    from services.campaign.views import TurnView
    from services.cli.logs import write_logs
    from services.cli.next_steps import next_in
    from services.cli.printing import emit, next_step, say, waiting

    write_logs(as_json=False)
    with session(as_ or _LOOP) as here:
        name = here.campaign(campaign)
        here.service.state(name)
        _let_the_inbox_rest(here)
        with here.opened.running(engine="serial") as runner, waiting(f"a turn of {name}"):
            turn = runner.turn(name)
        if json_:
            emit(TurnView(campaign=name, steps=turn.steps, waits_for=turn.waits_for, is_taken=turn.is_taken))
            return
        for step in turn.steps:
            say(step)
        say(f"{name} waits: {turn.waits_for}" if turn.is_taken else f"{name}: another worker is at it")
        next_step(next_in(here.service.state(name), standing(here.opened, name)))


@commands.command(rich_help_panel=KEEP_GOING)
def run(
    engine: EngineOption = None,
    until_rest: Annotated[
        bool, typer.Option("--until-rest", help="End when every campaign waits for people or is at its end.")
    ] = False,
    log_format: Annotated[
        LogForm,
        typer.Option("--log", case_sensitive=False, help="What is written to stderr: text, or JSON lines."),
    ] = LogForm.TEXT,
    as_: ActorOption = None,
) -> None:
    """Keep all campaigns of the workspace going, each at the times of its schedule, until Ctrl-C.

    Start it on as many machines as you like. Ctrl-C, or SIGTERM, lets turns that have begun end; a second one does not.
    Killed at any instant, the next start goes on where it was.
    """
    from services.cli.logs import write_logs
    from services.cli.printing import say

    is_json = log_format is LogForm.JSON
    write_logs(as_json=is_json)
    stop = threading.Event()
    with session(as_ or _LOOP) as here, _until_told(stop, is_quiet=is_json):
        tell = (lambda _: None) if is_json else _tell
        with here.opened.running(engine=engine.value if engine else None, tell=tell) as runner:
            if not is_json:
                names = ", ".join(here.service.campaigns()) or "what is begun"
                say(f"keeping {names} going in {here.opened.workspace.folder}; Ctrl-C ends it")
            if until_rest:
                _let_the_inbox_rest(here)
                _watch_for_rest(runner, stop)
            runner.run(stop)
            if until_rest and not is_json and runner.is_at_rest():
                say("everything rests; ended")


@commands.command(rich_help_panel=KEEP_GOING)
def pause(reason: ReasonOption, campaign: CampaignArgument = None, as_: ActorOption = None) -> None:
    """Keep a campaign from going on by itself: nothing is learned, proposed, approved or sent until meguri resume.

    What people do by hand is not kept back: results in the inbox are booked, work orders that were made leave.
    """
    _change(campaign, "paused", reason, as_)


@commands.command(rich_help_panel=KEEP_GOING)
def drain(reason: ReasonOption, campaign: CampaignArgument = None, as_: ActorOption = None) -> None:
    """Let a campaign run out: what is at the laboratory is taken in, nothing new is proposed or sent."""
    _change(campaign, "draining", reason, as_)


@commands.command(rich_help_panel=KEEP_GOING)
def resume(
    campaign: CampaignArgument = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why, for the log.")] = "",
    as_: ActorOption = None,
) -> None:
    """Let a campaign go on by itself again."""
    _change(campaign, "running", reason, as_)


@commands.command(rich_help_panel=KEEP_GOING)
def send(
    proposals: Annotated[list[str], typer.Argument(metavar="PROPOSAL", help="Ids, as PP01-C003-02.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why, for the log.")] = "",
    as_: ActorOption = None,
) -> None:
    """Send approved proposals to the laboratory with one work order, or failed ones again.

    meguri run does it by itself; the order leaves with its next turn, or with meguri tick.
    """
    from services.cli.printing import next_step, say
    from services.cli.session import campaign_and_ids

    _, ids = campaign_and_ids(proposals)
    if len(ids) != len(proposals):
        raise typer.BadParameter("give ids of proposals, as PP01-C003-02")
    with session(as_) as here:
        state = here.service.dispatch(ids, reason=reason)
        say(f"work order {state.last_order}: {', '.join(ids)}")
        next_step([f"meguri tick {state.campaign}", "meguri run"])


def _let_the_inbox_rest(here: Session) -> None:
    """Wait a moment for files that came just now: nobody can tell yet whether they are whole."""
    import time

    from services.campaign.inbox_folder import seconds_to_rest
    from services.cli.printing import waiting

    inbox = here.opened.workspace.inbox
    rest = seconds_to_rest(inbox)
    if rest:
        with waiting("a file came into the inbox just now; seeing whether it is whole"):
            time.sleep(rest)


def _change(campaign: str | None, course: str, reason: str, actor: str | None) -> None:
    from typing import cast

    from loop.events import Course
    from services.cli.next_steps import next_in
    from services.cli.printing import next_step, say

    with session(actor) as here:
        state = here.service.change_course(here.campaign(campaign), cast(Course, course), reason=reason)
        say(f"{state.campaign} is {state.course}{_COURSES[state.course]}")
        next_step(next_in(state))


def _tell(turn: Turn) -> None:
    from datetime import datetime

    from services.cli.printing import say

    now = f"{datetime.now().astimezone():%H:%M:%S}"
    for step in turn.steps:
        say(f"{now} {turn.campaign}: {step}")
    if turn.waits_for:
        say(f"{now} {turn.campaign} waits: {turn.waits_for}", style="dim")


def _watch_for_rest(runner: Runner, stop: threading.Event) -> None:
    def watch() -> None:
        while not stop.wait(0.5):
            if runner.is_at_rest():
                stop.set()

    threading.Thread(target=watch, name="rest", daemon=True).start()


class _until_told:  # noqa: N801  (reads as a word where it is used)
    """Set an event when the process is asked to end; a second time it ends at once."""

    def __init__(self, stop: threading.Event, *, is_quiet: bool) -> None:
        self._stop, self._is_quiet = stop, is_quiet

    def __enter__(self) -> None:
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in self._before:
            signal.signal(number, self._ask)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is KeyboardInterrupt:
            end_at_once()

    def _ask(self, _number: int, _frame: object) -> None:
        from services.cli.printing import say

        if self._stop.is_set():
            raise KeyboardInterrupt
        if not self._is_quiet:
            say("ending after the turns that have begun; once more ends at once")
        threading.Thread(target=self._stop.set).start()  # this thread may be holding the event's lock
