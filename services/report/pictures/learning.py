"""Draw how well the model knows each target, cycle by cycle."""

from __future__ import annotations

import plotly.graph_objects as go

from loop.state import CampaignState
from services.report.learning import judged_refits
from services.report.numbers import Numbers
from services.report.style import ACCENT, CONTRAST, GREY, INK, PAPER, figure, plain

__all__ = ["learning_picture"]

_LOOKS = ((ACCENT, "circle"), (CONTRAST, "diamond"), (GREY, "square"))
_DASHES = ("solid", "dot", "dash")


def learning_picture(state: CampaignState) -> go.Figure:
    """Draw the error on formulations left out as a share of how much results differ, a line for each target.

    At 100 % the model says no more than the mean of the results does.
    """
    numbers, refits = Numbers(state), judged_refits(state)
    made, most = figure(height=300), 100.0
    for place, name in enumerate(state.definition.measured_targets):
        points = [
            (refit.cycle, 100 * fit.rmse / fit.spread, fit)
            for refit in refits
            if (fit := refit.fits.get(name)) is not None and fit.rmse is not None and fit.spread
        ]
        if not points:
            continue
        most = max(most, *(share for _, share, _ in points))
        colour, symbol = _LOOKS[place % len(_LOOKS)]
        made.add_scatter(
            x=[cycle for cycle, _, _ in points],
            y=[share for _, share, _ in points],
            mode="lines+markers",
            name=plain(name),
            line={"color": colour, "width": 2, "dash": _DASHES[place // len(_LOOKS) % len(_DASHES)]},
            marker={"color": colour, "symbol": symbol, "size": 8, "line": {"color": PAPER, "width": 1}},
            text=[f"± {plain(numbers.with_unit(name, fit.rmse))} from {fit.n} formulations" for _, _, fit in points],
            hovertemplate=f"<b>{plain(name)}</b>, cycle %{{x}}<br>%{{text}}<br>%{{y:.0f}} % of how results differ"
            "<extra></extra>",
        )
    cycles = [refit.cycle for refit in refits]
    made.add_hline(100, line={"color": INK, "width": 1, "dash": "dash"})
    made.add_annotation(x=1.005, xref="paper", xanchor="left", y=100, text="as the mean")
    made.update_layout(
        xaxis={"title": {"text": "cycle"}, "dtick": max(1, len(cycles) // 12), "range": _span(cycles)},
        yaxis={"title": {"text": "error (% of the spread)"}, "range": [0, 1.08 * most]},
        margin={"r": 110},
    )
    return made


def _span(cycles: list[int]) -> list[float]:
    return [min(cycles, default=0) - 0.5, max(cycles, default=0) + 0.5]
