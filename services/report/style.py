"""One look for all pictures: colours that hold in light, in dark, in print and for the colour-blind."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from services.report.numbers import with_unit

__all__ = [
    "ACCENT",
    "BAND",
    "CONTRAST",
    "DARK",
    "FAINT",
    "GREY",
    "GRID",
    "INK",
    "MUTED",
    "PAPER",
    "SCALE",
    "dress",
    "figure",
    "plain",
    "titled",
]

INK, MUTED, GRID, BAND, PAPER = "#1c2430", "#5b6472", "#e3e6eb", "#f3f5f8", "#ffffff"
ACCENT, CONTRAST, GREY, FAINT = "#0072b2", "#d55e00", "#8b929c", "#c3d4e0"

DARK = {
    INK: "#e8ebf0",
    MUTED: "#a7afbb",
    GRID: "#323945",
    BAND: "#1c222b",
    PAPER: "#14181f",
    ACCENT: "#56b4e9",
    CONTRAST: "#f0874a",
    GREY: "#858d99",
    FAINT: "#33485a",
    "#d6dde4": "#333c48",
    "#9cc3dd": "#2f6285",
    "#00406b": "#9bd8ff",
}
"""The colour that stands for each light one in dark. Blue, orange and grey: told apart by every kind of eye."""

SCALE = ((0.0, "#d6dde4"), (0.5, "#9cc3dd"), (0.8, ACCENT), (1.0, "#00406b"))
"""From no use to best: one hue, so that the best stands out and order can be read without a legend."""

FONT = "system-ui, -apple-system, 'Segoe UI', 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic', Meiryo, sans-serif"

_AXIS = {
    "gridcolor": GRID,
    "linecolor": GREY,
    "zeroline": False,
    "showline": True,
    "ticks": "outside",
    "tickcolor": GREY,
    "ticklen": 4,
    "automargin": True,
    "title": {"standoff": 8},
}
_TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [ACCENT, CONTRAST, GREY],
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "margin": {"l": 64, "r": 24, "t": 56, "b": 52},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": GREY, "activecolor": ACCENT},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GREY, "font": {"color": INK, "family": FONT, "size": 12}},
        "annotationdefaults": {"font": {"size": 12, "color": MUTED}, "showarrow": False},
        "ternary": {"bgcolor": "rgba(0,0,0,0)"},
    }
)


def plain(text: object) -> str:
    """Write text that somebody typed so that plotly shows it as it stands, without reading HTML into it."""
    return html.escape(str(text), quote=False)


def titled(name: str, unit: str = "") -> str:
    """Write an axis title: the name, and the unit in brackets."""
    return plain(with_unit(name, unit))


def figure(traces: Sequence[Any] = (), *, height: int = 380, **layout: Any) -> go.Figure:
    """Make a figure in the report's look; it takes the width that it is given."""
    return dress(go.Figure(data=list(traces)), height=height, **layout)


def dress(made: go.Figure, *, height: int, **layout: Any) -> go.Figure:
    """Give a figure, perhaps of several panels, the report's look."""
    return made.update_layout(template=_TEMPLATE, height=height, autosize=True, hovermode="closest", **layout)
