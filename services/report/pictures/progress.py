"""Pictures of how far a campaign has come: each specimen a dot, the best so far a line, limits as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from loop.front import hypervolume_by_cycle
from loop.progress import best_by_cycle, best_by_specimen, specimen_rows
from loop.state import CampaignState
from services.report.pictures.marks import axis_span, draw_wish, shade_cycles, specimen_dots
from services.report.style import ACCENT, INK, PAPER, dress, figure, plain, titled
from services.report.wishes import wish

__all__ = ["hypervolume_picture", "progress_picture", "targets_picture"]

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
    made.add_traces(specimen_dots(state, rows, values))
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
        draw_wish(made, target)
        made.update_yaxes(range=axis_span(target, values.values()))
    shade_cycles(made, rows)
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
        made.add_traces(specimen_dots(state, rows, values, in_legend=i == 0), rows=place["row"], cols=place["col"])
        draw_wish(made, state.definition.targets[name], **place)
        made.update_yaxes(range=axis_span(state.definition.targets[name], values.values()), **place)
        made.update_yaxes(title_text=plain(state.definition.targets[name].unit), **place)
        if i >= len(names) - wide:
            made.update_xaxes(title_text="specimen", **place)
    dress(made, height=_PANEL_HEIGHT * high + 90)
    made.update_layout(margin={"t": 72}, legend={"y": 1 + 46 / (_PANEL_HEIGHT * high)})
    for i, annotation in enumerate(made.layout.annotations):
        left = made.layout["xaxis" if i == 0 else f"xaxis{i + 1}"].domain[0]
        annotation.update(x=left, xanchor="left", font={"size": 13, "color": INK})
    shade_cycles(made, rows, labels=False)
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
