"""How a campaign goes on, for people: its course, what it waits for, what to decide, how well the model knows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from loop.state import CampaignState
from services.campaign.views import RefitView, StatusView
from services.cli.layouts import plain_table
from services.cli.numerals import NO_VALUE, numeral

__all__ = ["course_page", "questions_page", "refits_page"]

_COURSES = {"paused": "paused: nothing happens by itself", "draining": "draining: nothing new is asked for"}
_MOST_REFITS = 6
_AN_ANSWER = "an answer:"


def course_page(view: StatusView) -> Iterator[RenderableType]:
    """Yield lines about what happens next, and what stands in its way."""
    if view.course != "running":
        because = f" ({view.course_reason})" if view.course_reason else ""
        yield Text(f"{_COURSES[view.course]}{because}; meguri resume {view.campaign}", style="yellow")
    if view.due:
        yield Text(f"due: {view.due}")
    elif view.course != "paused":
        is_told_below = view.questions and view.waits_for.startswith(_AN_ANSWER)
        yield Text(f"waits: {'an answer' if is_told_below else view.waits_for}")
    if view.orders_not_delivered:
        which = ", ".join(view.orders_not_delivered)
        yield Text(f"not delivered yet: {which}; meguri tick {view.campaign}", style="yellow")
    if view.n_held:
        waiting = counted(view.n_held, "result fits", "results fit")
        yield Text(f"{waiting} no proposal and wait{'s' if view.n_held == 1 else ''}; meguri inbox", style="yellow")
    if view.n_measurements_waiting:
        waiting = counted(view.n_measurements_waiting, "measurement waits", "measurements wait")
        yield Text(f"{waiting} for a person; meguri inbox", style="yellow")
    if view.n_refused_files:
        were = counted(view.n_refused_files, "file was", "files were")
        yield Text(f"{were} refused by the inbox; meguri inbox", style="yellow")


def questions_page(view: StatusView) -> Iterator[RenderableType]:
    """Yield what only a person can decide, each with what may be done."""
    if view.questions:
        yield Text("\nto decide")
    for question in view.questions:
        yield Text(f"  {question.question}", style="yellow")
        yield Text(f"    {question.suggestion}", style="dim")


def refits_page(state: CampaignState, refits: tuple[RefitView, ...]) -> Iterator[RenderableType]:
    """Yield how far the model was off on formulations left out, by target and cycle."""
    shown = [refit for refit in refits if refit.fits][-_MOST_REFITS:]
    names = [name for name in state.definition.measured_targets if any(_error(refit, name) for refit in shown)]
    if not names:
        return
    rows = []
    for name in names:
        unit, last = state.definition.targets[name].unit, shown[-1].fits.get(name)
        spread = NO_VALUE if last is None or last.spread is None else f"± {numeral(last.spread, 3)}"
        errors = [_error(refit, name) or NO_VALUE for refit in shown]
        rows.append([f"{name} [{unit}]" if unit else name, *errors, spread])
    heads = ["", *(f"cycle {refit.cycle}" for refit in shown), "results differ by"]
    yield Text("\nhow well the model knows each target: how far it is off on formulations left out")
    yield Group(plain_table(heads, rows, right=range(1, len(heads))))


def _error(refit: RefitView, target: str) -> str:
    fit = refit.fits.get(target)
    return "" if fit is None or fit.rmse is None else f"± {numeral(fit.rmse, 3)}"
