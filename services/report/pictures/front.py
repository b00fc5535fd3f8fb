"""Picture of a front: each pair of goals, what lies behind it, and what open proposals promise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from loop.front import reference_point
from loop.judgement import SpecimenRow, specimen_rows
from loop.progress import best_by_specimen
from loop.reliability import repeatability
from loop.state import CampaignState
from services.report.numbers import Numbers, short_id
from services.report.pictures.marks import draw_wish, hover
from services.report.style import ACCENT, CONTRAST, FAINT, GREY, INK, dress, plain, titled
from services.report.wishes import direction

__all__ = ["front_picture"]


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
        draw_wish(made, x, axis="x", **place)
        draw_wish(made, y, axis="y", **place)
        made.update_xaxes(title_text=f"{titled(goals[a], x.unit)}: {plain(direction(x))}", **place)
        made.update_yaxes(title_text=f"{titled(goals[b], y.unit)}: {plain(direction(y))}", **place)
    return dress(made, height=440 if high == 1 else 380 * high)


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
        "behind the front": [r for r in known if r.can_be_best and r.specimen_id not in on_front],
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
            text=[hover(numbers, row) for row in own],
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
                textposition=_label_sides([row.values[x] for row in front], [row.values[x] for row in known]),
                textfont={"size": 11},
                customdata=[hover(numbers, row) for row in front],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return [*traces, *_promises(state, x, y, in_legend), *_reference(state, x, y, in_legend)]


def _label_sides(labelled: Sequence[float | None], drawn: Sequence[float | None]) -> list[str]:
    """Put labels where the picture has room: left of points in its right fifth, else right."""
    values = [value for value in drawn if value is not None]
    edge = max(values) - 0.2 * (max(values) - min(values))
    return ["top left" if value is not None and value > edge else "top right" for value in labelled]


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
