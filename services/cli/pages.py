"""What verbs print for people: proposals, forecasts, results, where a campaign stands. Each is one renderable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from loop.agent import Forecast
from loop.counting import counted, some_of
from loop.ids import SpecimenId
from loop.observations import TargetValue
from loop.proposal import Prediction
from loop.sentences import said
from loop.state import CampaignState
from loop.values import Formulation
from services.campaign.views import BestView, CampaignsView, ProposalView, StatusView
from services.cli.course_pages import course_page, questions_page, refits_page
from services.cli.layouts import Line, plain_table, side_by_side
from services.cli.numerals import numeral, prediction_text, setting_text

__all__ = [
    "campaigns_page",
    "edit_page",
    "local_time",
    "proposals_page",
    "recorded_page",
    "status_page",
]

_MOST_BEST = 5
_MOST_FULL = 12
"""More open proposals than this are listed in short."""


def local_time(at: datetime) -> str:
    """Write a moment in the machine's own time zone, to the minute."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def proposals_page(state: CampaignState, proposals: Sequence[ProposalView], width: int) -> RenderableType:
    """Show proposals with their formulations, what is expected of them, and why they were chosen."""
    lines = [
        Line(name="state", values=tuple(p.state.value.replace("_", " ") for p in proposals), section="state"),
        *formulation_lines(state, [p.planned for p in proposals]),
        *_prediction_lines(state, [p.predicted for p in proposals]),
    ]
    reasons: dict[str, list[str]] = {}
    for proposal in proposals:
        reasons.setdefault(proposal.reason, []).append(proposal.id)
    why = [[ids[0] if len(ids) == 1 else f"{len(ids)} of them", reason] for reason, ids in reasons.items()]
    why = [["all", reason] for reason in reasons] if len(reasons) == 1 else why
    return Group(side_by_side([p.id for p in proposals], lines, width=width), Text(""), plain_table(["", "why"], why))


def formulation_lines(state: CampaignState, formulations: Sequence[Formulation]) -> list[Line]:
    """Return one line for each parameter in force, and for each of an older version that a formulation names."""
    return [
        Line(
            name=name,
            unit=state.versions.unit_of(name),
            values=tuple(setting_text(formulation.get(name)) for formulation in formulations),
            section="planned",
        )
        for name in state.knobs_of(formulations)
    ]


def _prediction_lines(state: CampaignState, predictions: Sequence[Mapping[str, Prediction]]) -> Iterator[Line]:
    for name, target in state.definition.targets.items():
        if any(name in predicted for predicted in predictions):
            values = tuple(prediction_text(predicted.get(name)) for predicted in predictions)
            yield Line(name=f"{name} expected", unit=target.unit, values=values, section="expected")


def edit_page(
    state: CampaignState,
    before: Formulation,
    after: Formulation,
    expected_before: Mapping[str, Prediction],
    forecast: Forecast,
    width: int,
) -> RenderableType:
    """Show what an edit changes: parameters, predictions, and the rules that it breaks."""
    changed = [line for line in formulation_lines(state, [before, after]) if line.values[0] != line.values[1]]
    lines = [*changed, *_prediction_lines(state, [expected_before, forecast.predicted])]
    rules = [Text(f"breaks {broken}", style="red") for broken in forecast.violations]
    fine = Text("keeps every rule", style="green") if not rules else Text("")
    table = side_by_side(["as proposed", "as edited"], lines, width=width) if lines else Text("nothing changed")
    return Group(table, *(rules or [fine]))


def recorded_page(
    state: CampaignState, specimen: str, targets: Mapping[str, TargetValue], predicted: Mapping[str, Prediction]
) -> RenderableType:
    """Show results as they were written down, beside what was expected."""
    definition = state.definition
    rows = [
        [name, said(value), definition.targets[name].unit, prediction_text(predicted.get(name))]
        for name, value in targets.items()
    ]
    return plain_table([specimen, "measured", "unit", "expected"], rows, right=(1,))


def status_page(state: CampaignState, view: StatusView, width: int) -> RenderableType:
    """Show where a campaign stands: data, budget, the best so far, what is open, what was expected."""
    title = f"{view.campaign}  {view.title}".strip()
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        Text(f"definition version {view.version}, cycle {view.cycle}, last change {local_time(view.at)}"),
        Text(_data(view)),
        *(Text(line) for line in _teaching(view)),
    ]
    if view.limits is not None:
        parts.append(Text(_limits(view)))
    parts += course_page(view)
    parts += _best(state, view, width)
    if view.open_proposals:
        parts += [
            Text(f"\nopen proposals: {_counted(view)}{_expected(view)}"),
            _open_table(state, view.open_proposals),
        ]
    parts += refits_page(state, view.refits)
    parts += questions_page(view)
    waiting = [h for h in view.hypotheses if h.held == "open"]
    if waiting:
        parts.append(Text("\nhypotheses not judged yet"))
        parts += [Text(f"  {h.id} (cycle {h.cycle}, {h.actor}): {h.text}") for h in waiting]
    if view.advice:
        parts.append(Text(f"\n{view.advice}", style="yellow"))
    return Group(*parts)


def campaigns_page(view: CampaignsView) -> RenderableType:
    """List the campaigns of a workspace."""
    rows = [
        [c.campaign, str(c.cycle), str(c.n_specimens), str(c.n_open), local_time(c.at), c.title] for c in view.campaigns
    ]
    return plain_table(["campaign", "cycle", "specimens", "open", "last change", "title"], rows, right=(1, 2, 3))


def _data(view: StatusView) -> str:
    made = view.n_specimens - view.n_imported
    known = f"{counted(view.n_specimens, 'specimen')} ({view.n_imported} imported, {made} made from proposals"
    known += f", {view.n_excluded} excluded)" if view.n_excluded else ")"
    budget = view.budget
    if budget.formulations_allowed is not None:
        allowed = counted(budget.formulations_allowed, "formulation")
        known += f"; {budget.formulations_begun} of {allowed} of the budget begun"
    if budget.cycles_allowed is not None:
        known += f"; {budget.cycles} of {counted(budget.cycles_allowed, 'cycle')}"
    return known


def _teaching(view: StatusView) -> Iterator[str]:
    """Say how many specimens teach, and why the others do not, where there are others."""
    reasons: dict[str, list[str]] = {}
    for one in view.not_teaching:
        reasons.setdefault(one.reason, []).append(one.specimen)
    if reasons:
        yield f"{view.n_teaching} of {counted(view.n_specimens, 'specimen')} teach the model"
    for reason, names in reasons.items():
        yield f"  not {some_of(names)}: {reason}"


def _limits(view: StatusView) -> str:
    assert view.limits is not None  # noqa: S101  (asked for where there are limits)
    each = ", ".join(f"{name} {n}" for name, n in view.limits.n_within_by_target.items())
    first = view.limits.first_specimen_within_all
    whole = f"first within all: {first}" if first else "none within all yet"
    return f"specimens within limits: {each}; {whole}"


def _best(state: CampaignState, view: StatusView, width: int) -> list[RenderableType]:
    if not view.best:
        return [Text("\nno best specimen yet")] if view.n_specimens else []
    targets = state.definition.targets
    shown = view.best[-_MOST_BEST:] if len(view.best) > 1 else view.best
    lines = [
        Line(
            name=name,
            unit=targets[name].unit,
            values=tuple(_shown(state, best, name) for best in shown),
            section="targets",
        )
        for name in targets
    ]
    if len(view.best) == 1:
        lines += formulation_lines(state, [best.formulation for best in shown])
        heading = "\nbest so far"
    else:
        more = f", the last {len(shown)} of them" if len(shown) < len(view.best) else ""
        heading = f"\nbest so far: {len(view.best)} trade-offs that nothing beats{more}"
    return [Text(heading), side_by_side([best.specimen for best in shown], lines, width=width)]


def _shown(state: CampaignState, best: BestView, target: str) -> str:
    """Write what a specimen showed of a target: its number, else what is known instead, as ``< 0.1``."""
    seen = state.specimens[SpecimenId(best.specimen)].observation.targets.get(target)
    number = best.targets[target]
    return said(seen) if number is None and seen is not None else numeral(number)


def _counted(view: StatusView) -> str:
    states: dict[str, int] = {}
    for proposal in view.open_proposals:
        states[proposal.state.value] = states.get(proposal.state.value, 0) + 1
    return ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in states.items())


def _expected(view: StatusView) -> str:
    return "; what is expected of them" if any(p.predicted for p in view.open_proposals) else ""


def _open_table(state: CampaignState, proposals: Sequence[ProposalView]) -> RenderableType:
    """List open proposals in short: where each stands and what is expected of the goals."""
    goals = state.definition.goals
    shown = proposals[:_MOST_FULL]
    has_expected = any(p.predicted for p in shown)
    names = [name for name in goals if has_expected and any(name in p.predicted for p in shown)]
    rows = [
        [p.id, p.state.value.replace("_", " "), *(prediction_text(p.predicted.get(name)) for name in names)]
        for p in shown
    ]
    heads = [f"{name} [{state.definition.targets[name].unit}]".replace(" []", "") for name in names]
    table = plain_table(["", "state", *heads], rows, right=range(2, 2 + len(names)))
    left = len(proposals) - len(shown)
    return Group(table, Text(f"… and {left} more: meguri propose {state.campaign}")) if left else table
