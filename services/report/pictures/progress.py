"""Pictures of how far a campaign has come: each specimen a dot, the best so far a line, limits as lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from loop.front import hypervolume_by_cycle, reference_point
from loop.goals import Target
from loop.judgement import SpecimenRow
from loop.progress import best_by_cycle, best_by_specimen, specimen_rows
from loop.reliability import repeatability
from loop.state import CampaignState
from services.report.numbers import Numbers, short_id
from services.report.style import ACCENT, BAND, CONTRAST, FAINT, GREY, INK, PAPER, dress, figure, plain, titled
from services.report.wishes import direction, wish

__all__ = ["front_picture", "hypervolume_picture", "progress_picture", "targets_picture"]

_MARKS: Mapping[str, dict[str, Any]] = {
    "meets all limits": {"color": ACCENT, "symbol": "circle", "size": 8, "line": {"color": PAPER, "width": 1}},
    "measured": {"color": ACCENT, "symbol": "circle", "size": 8, "line": {"color": PAPER, "width": 1}},
    "misses a limit": {"color": GREY, "symbol": "circle-open", "size": 8, "line": {"width": 1.5}},
    "not all limits known": {"color": GREY, "symbol": "diamond-open", "size": 8, "line": {"width": 1.5}},
    "excluded": {"color": GREY, "symbol": "x-thin", "size": 8, "line": {"color": GREY, "width": 1.5}},
}
_PANEL_HEIGHT = 250


def progress_picture(state: CampaignState) -> go.Figure:
    """Draw the one goal, or the desirability, of every specimen, and the best so far as steps."""
    rows = specimen_rows(state)
    if state.definition.objective.kind == "single":
        name = state.definition.goals[0]
        values: dict[str, float | None] = {row.specimen_id: row.values[name] for row in rows}
        title = titled(name, state.definition.targets[name].unit)
    else:
        values = {row.specimen_id: row.score for row in rows}
        title = "desirability (0 to 1)"
    made = figure(
        height=400, xaxis={"title": {"text": "specimen, in the order of arrival"}}, yaxis={"title": {"text": title}}
    )
    made.add_traces(_dots(state, rows, values))
    steps = [step for step in best_by_specimen(state) if step.best]
    if steps:
        made.add_trace(
            go.Scatter(
                x=[step.number for step in steps],
                y=[values[step.best[0]] for step in steps],
                mode="lines",
                line={"color": ACCENT, "width": 2, "shape": "hv"},
                name="best so far, beyond repeatability",
                hoverinfo="skip",
            )
        )
    if state.definition.objective.kind == "single":
        target = state.definition.targets[state.definition.goals[0]]
        _draw_wish(made, target)
        made.update_yaxes(range=_span(target, values.values()))
    _shade_cycles(made, rows)
    return made


def targets_picture(state: CampaignState, names: Sequence[str] | None = None) -> go.Figure:
    """Draw each target of every specimen in a panel of its own, with its limits and what is wanted."""
    names = list(state.definition.targets) if names is None else list(names)
    rows = specimen_rows(state)
    wide = 2 if len(names) > 1 else 1
    high = math.ceil(len(names) / wide)
    made = make_subplots(
        rows=high,
        cols=wide,
        subplot_titles=[f"{plain(name)}: {plain(wish(state.definition.targets[name]))}" for name in names],
        vertical_spacing=0.28 / high,
        horizontal_spacing=0.1,
    )
    for i, name in enumerate(names):
        place: dict[str, Any] = {"row": i // wide + 1, "col": i % wide + 1}
        values: dict[str, float | None] = {row.specimen_id: row.values[name] for row in rows}
        made.add_traces(_dots(state, rows, values, in_legend=i == 0), rows=place["row"], cols=place["col"])
        _draw_wish(made, state.definition.targets[name], **place)
        made.update_yaxes(range=_span(state.definition.targets[name], values.values()), **place)
        made.update_yaxes(title_text=plain(state.definition.targets[name].unit), **place)
        if i >= len(names) - wide:
            made.update_xaxes(title_text="specimen", **place)
    dress(made, height=_PANEL_HEIGHT * high + 90)
    made.update_layout(margin={"t": 72}, legend={"y": 1 + 46 / (_PANEL_HEIGHT * high)})
    for i, annotation in enumerate(made.layout.annotations):
        left = made.layout["xaxis" if i == 0 else f"xaxis{i + 1}"].domain[0]
        annotation.update(x=left, xanchor="left", font={"size": 13, "color": INK})
    _shade_cycles(made, rows, labels=False)
    return made


def hypervolume_picture(state: CampaignState) -> go.Figure:
    """Draw the hypervolume by cycle; filled marks are cycles that brought a better specimen."""
    steps = hypervolume_by_cycle(state)
    better = {progress.cycle: progress.is_better for progress in best_by_cycle(state)}
    fills = [ACCENT if better[step.cycle] else PAPER for step in steps]
    units = "·".join(filter(None, (state.definition.targets[name].unit for name in state.definition.goals)))
    return figure(
        [
            go.Scatter(
                x=[step.cycle for step in steps],
                y=[step.hypervolume for step in steps],
                mode="lines+markers",
                line={"color": ACCENT, "width": 2, "shape": "hv"},
                marker={"color": fills, "size": 10, "line": {"color": ACCENT, "width": 2}},
                hovertemplate="cycle %{x}<br>hypervolume %{y:.4g}<extra></extra>",
                showlegend=False,
            )
        ],
        height=280,
        margin={"t": 30},
        xaxis={"title": {"text": "cycle (0: known before the first)"}, "dtick": max(1, len(steps) // 12)},
        yaxis={"title": {"text": titled("hypervolume", units)}, "rangemode": "tozero"},
    )


def front_picture(state: CampaignState) -> go.Figure:
    """Draw each pair of goals: every specimen, the front ± repeatability, limits, and what open proposals promise."""
    goals = state.definition.goals
    pairs = list(itertools.combinations(range(len(goals)), 2))
    wide = min(len(pairs), 2)
    high = math.ceil(len(pairs) / wide)
    made = make_subplots(rows=high, cols=wide, horizontal_spacing=0.12, vertical_spacing=0.25 / high)
    rows = specimen_rows(state)
    steps = best_by_specimen(state)
    on_front = set(steps[-1].best) if steps else set()
    for i, (a, b) in enumerate(pairs):
        place: dict[str, Any] = {"row": i // wide + 1, "col": i % wide + 1}
        for trace in _front_traces(
            state, rows, on_front, goals[a], goals[b], in_legend=i == 0, is_whole=len(pairs) == 1
        ):
            made.add_trace(trace, **place)
        x, y = state.definition.targets[goals[a]], state.definition.targets[goals[b]]
        _draw_wish(made, x, axis="x", **place)
        _draw_wish(made, y, axis="y", **place)
        made.update_xaxes(title_text=f"{titled(goals[a], x.unit)}: {plain(direction(x))}", **place)
        made.update_yaxes(title_text=f"{titled(goals[b], y.unit)}: {plain(direction(y))}", **place)
    return dress(made, height=440 if high == 1 else 380 * high)


def _dots(
    state: CampaignState,
    rows: Sequence[SpecimenRow],
    values: Mapping[str, float | None],
    *,
    in_legend: bool = True,
) -> list[go.Scatter]:
    """Return one trace for each way in which a specimen stands to the limits."""
    has_limits = any(target.limits is not None for target in state.definition.targets.values())
    numbers = Numbers(state)
    traces = []
    for mark, style in _MARKS.items():
        own = [row for row in rows if _mark(row, has_limits) == mark and values[row.specimen_id] is not None]
        if own:
            traces.append(
                go.Scatter(
                    x=[row.number for row in own],
                    y=[values[row.specimen_id] for row in own],
                    mode="markers",
                    marker=style,
                    name=mark,
                    legendgroup=mark,
                    showlegend=in_legend,
                    text=[_hover(numbers, row) for row in own],
                    hovertemplate="%{text}<extra></extra>",
                )
            )
    return traces


def _mark(row: SpecimenRow, has_limits: bool) -> str:
    if row.is_excluded:
        return "excluded"
    if not has_limits:
        return "measured"
    return {True: "meets all limits", False: "misses a limit", None: "not all limits known"}[row.meets_limits]


def _hover(numbers: Numbers, row: SpecimenRow) -> str:
    lines = [f"<b>{plain(row.specimen_id)}</b>, cycle {row.cycle}"]
    for name, value in row.values.items():
        is_missed = row.limits_met.get(name) is False
        lines.append(f"{plain(name)} {plain(numbers.with_unit(name, value))}{' (limit missed)' if is_missed else ''}")
    return "<br>".join(lines)


def _front_traces(
    state: CampaignState,
    rows: Sequence[SpecimenRow],
    on_front: set[Any],
    x: str,
    y: str,
    *,
    in_legend: bool,
    is_whole: bool,
) -> list[go.Scatter]:
    numbers = Numbers(state)
    known = [row for row in rows if row.values[x] is not None and row.values[y] is not None]
    inner = {
        "misses a limit or excluded": [r for r in known if not r.can_be_best],
        "meets all limits": [r for r in known if r.can_be_best and r.specimen_id not in on_front],
    }
    marks = (
        {"color": GREY, "symbol": "circle-open", "size": 7, "line": {"width": 1.3}},
        {"color": FAINT, "symbol": "circle", "size": 9, "line": {"color": ACCENT, "width": 1}},
    )
    traces = [
        go.Scatter(
            x=[row.values[x] for row in own],
            y=[row.values[y] for row in own],
            mode="markers",
            marker=mark,
            name=name,
            legendgroup=name,
            showlegend=in_legend,
            text=[_hover(numbers, row) for row in own],
            hovertemplate="%{text}<extra></extra>",
        )
        for (name, own), mark in zip(inner.items(), marks, strict=True)
        if own
    ]
    front = sorted((r for r in known if r.specimen_id in on_front), key=lambda row: row.values[x] or 0.0)
    if front:
        spreads = [repeatability(state, name).sd for name in (x, y)]
        is_stepped = is_whole and all(_is_plain(state, name) for name in (x, y))
        mode = "lines+markers" if is_stepped else "markers"
        is_up = state.definition.targets[x].goal == "maximise"
        traces.append(
            go.Scatter(
                x=[row.values[x] for row in front],
                y=[row.values[y] for row in front],
                mode=f"{mode}+text" if is_whole and len(front) <= 12 else mode,
                line={"color": ACCENT, "width": 1.5, "dash": "dot", "shape": "vh" if is_up else "hv"},
                marker={"color": ACCENT, "size": 11},
                error_x=_bars(spreads[0]),
                error_y=_bars(spreads[1]),
                name="front, ± repeatability",
                legendgroup="front",
                showlegend=in_legend,
                text=[plain(short_id(row.specimen_id, state.campaign)) for row in front],
                textposition="top right",
                textfont={"size": 11},
                customdata=[_hover(numbers, row) for row in front],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return [*traces, *_promises(state, x, y, in_legend), *_reference(state, x, y, in_legend)]


def _promises(state: CampaignState, x: str, y: str, in_legend: bool) -> list[go.Scatter]:
    """Return what open proposals without results promise, where both goals are predicted."""
    waiting = [r for r in state.open_proposals if not r.specimens and x in r.predicted and y in r.predicted]
    if not waiting:
        return []
    return [
        go.Scatter(
            x=[r.predicted[x].mean for r in waiting],
            y=[r.predicted[y].mean for r in waiting],
            mode="markers",
            marker={"color": CONTRAST, "symbol": "diamond-open", "size": 10, "line": {"width": 1.8}},
            error_x={
                "type": "data",
                "array": [r.predicted[x].sd for r in waiting],
                "color": CONTRAST,
                "thickness": 1,
                "width": 0,
            },
            error_y={
                "type": "data",
                "array": [r.predicted[y].sd for r in waiting],
                "color": CONTRAST,
                "thickness": 1,
                "width": 0,
            },
            name="open proposal, predicted ± sd",
            legendgroup="open",
            showlegend=in_legend,
            text=[plain(r.proposal.id) for r in waiting],
            hovertemplate="<b>%{text}</b><br>predicted<extra></extra>",
        )
    ]


def _reference(state: CampaignState, x: str, y: str, in_legend: bool) -> list[go.Scatter]:
    point = reference_point(state)
    goals = state.definition.goals
    if point is None or not all(_is_plain(state, name) for name in (x, y)):
        return []
    signs = {"maximise": 1.0, "minimise": -1.0}
    at = [signs[state.definition.targets[name].goal] * point.gains[goals.index(name)] for name in (x, y)]
    return [
        go.Scatter(
            x=at[:1],
            y=at[1:],
            mode="markers",
            marker={"color": INK, "symbol": "cross-thin", "size": 12, "line": {"color": INK, "width": 1.5}},
            name="reference point",
            legendgroup="reference",
            showlegend=in_legend,
            hovertemplate="reference point of the hypervolume<extra></extra>",
        )
    ]


def _is_plain(state: CampaignState, name: str) -> bool:
    """Say whether the value of a target is its gain but for the sign."""
    return state.definition.targets[name].goal in ("maximise", "minimise")


def _bars(sd: float) -> dict[str, Any]:
    return {"type": "constant", "value": sd, "color": ACCENT, "thickness": 1, "width": 0, "visible": sd > 0}


def _draw_wish(made: go.Figure, target: Target, *, axis: Literal["x", "y"] = "y", **place: Any) -> None:
    """Draw limits as dashed lines and a wanted value or range as a band or line."""
    line = made.add_hline if axis == "y" else made.add_vline
    band = made.add_hrect if axis == "y" else made.add_vrect
    limits = (None, None) if target.limits is None else (target.limits.at_least, target.limits.at_most)
    for bound in limits:
        if bound is not None:
            line(bound, line={"color": CONTRAST, "width": 1.5, "dash": "dash"}, **place)
    if target.goal == "match" and target.value is not None:
        line(target.value, line={"color": ACCENT, "width": 1}, **place)
    if target.goal == "range" and target.low is not None:
        band(target.low, target.high, fillcolor=FAINT, opacity=0.35, line_width=0, layer="below", **place)


def _span(target: Target, values: Iterable[float | None]) -> list[float] | None:
    """Return the ends of an axis that shows all values, and each limit that is not far from them."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    reach = (high - low) or abs(high) or 1.0
    limits = () if target.limits is None else (target.limits.at_least, target.limits.at_most)
    near = [bound for bound in limits if bound is not None and low - reach <= bound <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    return [low - 0.06 * reach, high + 0.06 * reach]


def _shade_cycles(made: go.Figure, rows: Sequence[SpecimenRow], *, labels: bool = True) -> None:
    """Shade every other run of specimens of one cycle, and write the cycle above it where there is room."""
    runs = [(cycle, list(own)) for cycle, own in itertools.groupby(rows, key=lambda row: row.cycle)]
    every = math.ceil(len(runs) / 14)
    for i, (cycle, own) in enumerate(runs):
        left, right = own[0].number - 0.5, own[-1].number + 0.5
        if i % 2:
            made.add_vrect(left, right, fillcolor=BAND, line_width=0, layer="below")
        if labels and i % every == 0:
            made.add_annotation(
                x=(left + right) / 2,
                y=0,
                yref="y domain",
                yanchor="bottom",
                text="known" if cycle == 0 else (f"cycle {cycle}" if len(runs) <= 8 else f"{cycle}"),
            )
    if rows:
        made.update_xaxes(range=[0.5, rows[-1].number + 0.5])
