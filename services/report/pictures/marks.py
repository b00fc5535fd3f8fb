"""What pictures of specimens are made of: dots by how they stand to the limits, limits as lines, cycles as bands."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from loop.goals import Target
from loop.judgement import SpecimenRow
from loop.state import CampaignState
from services.report.numbers import Numbers
from services.report.style import ACCENT, BAND, CONTRAST, FAINT, GREY, PAPER, plain

__all__ = ["axis_span", "draw_wish", "hover", "shade_cycles", "specimen_dots"]

_MARKS: Mapping[str, dict[str, Any]] = {
    "meets all limits": {"color": ACCENT, "symbol": "circle", "size": 8, "line": {"color": PAPER, "width": 1}},
    "measured": {"color": ACCENT, "symbol": "circle", "size": 8, "line": {"color": PAPER, "width": 1}},
    "misses a limit": {"color": GREY, "symbol": "circle-open", "size": 8, "line": {"width": 1.5}},
    "not all limits known": {"color": GREY, "symbol": "diamond-open", "size": 8, "line": {"width": 1.5}},
    "excluded": {"color": GREY, "symbol": "x-thin", "size": 8, "line": {"color": GREY, "width": 1.5}},
}


def specimen_dots(
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
                    text=[hover(numbers, row) for row in own],
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


def hover(numbers: Numbers, row: SpecimenRow) -> str:
    """Write what a reader sees who points at a specimen: its id, its cycle, every target."""
    lines = [f"<b>{plain(row.specimen_id)}</b>, cycle {row.cycle}"]
    for name, value in row.values.items():
        is_missed = row.limits_met.get(name) is False
        lines.append(f"{plain(name)} {plain(numbers.with_unit(name, value))}{' (limit missed)' if is_missed else ''}")
    return "<br>".join(lines)


def draw_wish(made: go.Figure, target: Target, *, axis: Literal["x", "y"] = "y", **place: Any) -> None:
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


def axis_span(target: Target, values: Iterable[float | None]) -> list[float] | None:
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


def shade_cycles(made: go.Figure, rows: Sequence[SpecimenRow], *, labels: bool = True) -> None:
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
    shapes = [shape.to_plotly_json() for shape in made.layout.shapes]
    made.layout.shapes = sorted(shapes, key=lambda shape: shape.get("fillcolor") != BAND)  # cycles lie below the rest
    if rows:
        made.update_xaxes(range=[0.5, rows[-1].number + 0.5])
