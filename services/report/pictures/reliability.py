"""Pictures of how far predictions could be trusted: predicted against measured, and coverage by cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from loop.counting import counted
from loop.reliability import NOMINAL, Comparison, comparisons, coverage_by_cycle
from loop.state import CampaignState
from services.report.numbers import Numbers
from services.report.style import ACCENT, CONTRAST, GREY, INK, dress, figure, plain, titled

__all__ = ["coverage_picture", "predictions_picture"]

_PANEL = 330


def predictions_picture(state: CampaignState) -> go.Figure:
    """Draw every past proposal: measured over predicted, the 90 % interval as a bar, the line where both agree."""
    compared = comparisons(state)
    names = list(dict.fromkeys(one.target for one in compared))
    wide = max(min(len(names), 3), 1)
    high = max(math.ceil(len(names) / wide), 1)
    made = make_subplots(rows=high, cols=wide, horizontal_spacing=0.09, vertical_spacing=0.22 / high)
    numbers = Numbers(state)
    for i, name in enumerate(names):
        place = {"row": i // wide + 1, "col": i % wide + 1}
        own = [one for one in compared if one.target == name]
        ends = [*(one.measured for one in own), *(one.low for one in own), *(one.high for one in own)]
        margin = 0.04 * (max(ends) - min(ends)) or 1.0
        span = [min(ends) - margin, max(ends) + margin]
        made.add_trace(
            go.Scatter(
                x=span, y=span, mode="lines", line={"color": GREY, "width": 1}, showlegend=False, hoverinfo="skip"
            ),
            **place,
        )
        for is_inside in (True, False):
            part = [one for one in own if one.is_inside is is_inside]
            made.add_trace(_points(numbers, part, is_inside=is_inside), **place)
        unit = numbers.unit(name)
        made.update_xaxes(title_text=f"predicted {titled(name, unit)}", range=span, nticks=6, **place)
        made.update_yaxes(
            title_text="measured" if i % wide else f"measured {titled(name, unit)}", range=span, nticks=6, **place
        )
    if names:
        for is_inside in (True, False):  # a legend that stands whichever panels hold such points
            made.add_trace(_points(numbers, (), is_inside=is_inside, in_legend=True), row=1, col=1)
    return dress(made, height=_PANEL * high + 70)


def _points(
    numbers: Numbers, compared: Sequence[Comparison], *, is_inside: bool, in_legend: bool = False
) -> go.Scatter:
    colour = ACCENT if is_inside else CONTRAST
    nowhere: list[float | None] = [None]  # still shown in the legend
    return go.Scatter(
        x=[one.predicted.mean for one in compared] or nowhere,
        y=[one.measured for one in compared] or nowhere,
        mode="markers",
        marker={"color": colour, "symbol": "circle" if is_inside else "diamond", "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [one.high - one.predicted.mean for one in compared],
            "arrayminus": [one.predicted.mean - one.low for one in compared],
            "color": colour,
            "thickness": 1,
            "width": 0,
        },
        name="inside its 90 % interval" if is_inside else "outside",
        legendgroup=str(is_inside),
        showlegend=in_legend,
        text=[_hover(numbers, one) for one in compared],
        hovertemplate="%{text}<extra></extra>",
    )


def _hover(numbers: Numbers, one: Comparison) -> str:
    name = one.target
    return (
        f"<b>{plain(one.proposal_id)}</b>, cycle {one.cycle}<br>"
        f"predicted {numbers.value(name, one.predicted.mean)} ± {numbers.spread(name, one.predicted.sd)}<br>"
        f"measured {plain(numbers.with_unit(name, one.measured))} ({counted(one.n_tests, 'test')})<br>"
        f"{abs(one.z):.1f} spreads {'above' if one.z > 0 else 'below'}"
    )


def coverage_picture(state: CampaignState) -> go.Figure:
    """Draw the share inside the 90 % intervals by cycle, with 95 % Wilson intervals; the line is what was promised."""
    by_cycle = coverage_by_cycle(comparisons(state))
    cycles = list(by_cycle)
    shares = [found.n_inside / found.n for found in by_cycle.values()]
    made = figure(
        [
            go.Scatter(
                x=cycles,
                y=[100 * share for share in shares],
                mode="markers",
                marker={"color": ACCENT, "size": 10},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [100 * (f.high - s) for f, s in zip(by_cycle.values(), shares, strict=True)],
                    "arrayminus": [100 * (s - f.low) for f, s in zip(by_cycle.values(), shares, strict=True)],
                    "color": ACCENT,
                    "thickness": 1.2,
                    "width": 4,
                },
                text=[f"{found.n_inside} of {found.n}" for found in by_cycle.values()],
                hovertemplate="cycle %{x}: %{text} inside<extra></extra>",
                showlegend=False,
            )
        ],
        height=280,
        xaxis={"title": {"text": "cycle of the proposals"}, "dtick": max(1, len(cycles) // 12)},
        yaxis={
            "title": {"text": "inside 90 % interval (%)"},
            "range": [-14, 106],
            "tickvals": [0, 20, 40, 60, 80, 100],
        },
        margin={"t": 30, "r": 110},
    )
    if cycles:
        made.add_hline(100 * NOMINAL, line={"color": INK, "width": 1, "dash": "dash"})
        made.add_annotation(x=1.005, xref="paper", xanchor="left", y=100 * NOMINAL, text="90 % promised")
        made.update_xaxes(range=[cycles[0] - 0.5, cycles[-1] + 0.5])
        every = math.ceil(len(cycles) / 14)
        for cycle, found in list(by_cycle.items())[::every]:
            made.add_annotation(x=cycle, y=-8, text=f"{found.n_inside} of {found.n}", font={"size": 11})
    return made
