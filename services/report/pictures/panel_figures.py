"""Draw panels for a page: plotly figures that can be zoomed and read point by point."""

from __future__ import annotations

import base64
import io
import math
from typing import Any

import plotly.graph_objects as go

from services.report.numbers import with_unit
from services.report.pictures.panels import Bars, Line, Lines, Listing, Panel, Photo, colours_of, decade_below
from services.report.pictures.scale_bar import NO_SCALE, scale_bar, shrunk
from services.report.pictures.thinning import thinned
from services.report.style import ACCENT, FAINT, MUTED, figure, plain

__all__ = ["panel_figure"]

_MOST_NAMED = 12
"""More lines than this have no legend: a reader points at one."""
_MOST_POINTS, _FEWEST_POINTS = 400_000, 1_000
_WHOLE = 10_000
_PLAIN_NUMBERS = {"exponentformat": "power", "minexponent": 6}
"""Twenty thousand is 20000 and not 20k."""


def panel_figure(panel: Panel) -> go.Figure | None:
    """Draw a panel; None for a listing, which is a table on the page."""
    match panel:
        case Lines():
            return _lines(panel)
        case Bars():
            return _bars(panel)
        case Photo():
            return _photo(panel)
        case Listing():
            return None


def _title(panel: Lines | Bars | Photo) -> dict[str, Any]:
    said = f" <span style='color:{MUTED};font-size:12px'>{plain(panel.note)}</span>" if panel.note else ""
    return {
        "text": f"{plain(panel.title)}{said}",
        "x": 0,
        "xref": "paper",
        "font": {"size": 15},
        "y": 0.985,
        "yanchor": "top",
    }


def _lines(panel: Lines) -> go.Figure:
    own = [line for line in panel.lines if not line.is_second]
    most = min(_WHOLE, max(_MOST_POINTS // max(len(own), 1), _FEWEST_POINTS))
    is_named = len(own) + (panel.second is not None) > 1 and len(own) <= _MOST_NAMED
    traces = [_trace(line, colour, most, is_named) for line, colour in zip(own, colours_of(own), strict=True)]
    for line in panel.lines:
        if line.is_second:
            trace = _trace(line, MUTED, most, is_named).update(
                yaxis="y2", line={"color": MUTED, "width": 1, "dash": "dash"}
            )
            traces.append(trace)
    made = figure(traces, height=440, title=_title(panel), showlegend=is_named, margin={"t": 84 if is_named else 60})
    made.update_layout(xaxis=_PLAIN_NUMBERS, yaxis=_PLAIN_NUMBERS)
    made.update_xaxes(title_text=plain(panel.x.label), autorange="reversed" if panel.x.is_reversed else None)
    if panel.x.is_log:
        made.update_xaxes(type="log")
    made.update_layout(yaxis={"title": {"text": plain(panel.y.label)}})
    if panel.second is not None:
        axis = {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"}
        made.update_layout(yaxis2=axis | {"title": {"text": plain(panel.second.label)}}, margin={"r": 72})
    return made


def _trace(line: Line, colour: str, most: int, is_named: bool) -> go.Scatter:
    x, y = thinned(line.x, line.y, most=most)
    name = plain(line.name)
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        showlegend=is_named and bool(name),
        line={"color": colour, "width": 1.4},
        hovertemplate=f"%{{x:.6~g}}, %{{y:.6~g}}<extra>{name}</extra>",
    )


def _bars(panel: Bars) -> go.Figure:
    bars = list(reversed(panel.bars))
    made = figure(
        [
            go.Bar(
                x=[bar.value for bar in bars],
                y=list(range(len(bars))),
                orientation="h",
                text=[plain(bar.text) for bar in bars],
                textposition="outside",
                cliponaxis=False,
                marker={
                    "color": [FAINT if bar.is_limit else ACCENT for bar in bars],
                    "line": {"color": ACCENT, "width": 1},
                },
                customdata=[plain(bar.name) for bar in bars],
                hovertemplate="%{customdata} %{text}<extra></extra>",
            )
        ],
        height=120 + 26 * len(bars),
        title=_title(panel),
        showlegend=False,
        bargap=0.35,
        margin={"t": 60, "r": 72},
    )
    made.update_yaxes(
        tickmode="array", tickvals=list(range(len(bars))), ticktext=[plain(bar.name) for bar in bars], showgrid=False
    )
    made.update_layout(xaxis=_PLAIN_NUMBERS)
    made.update_xaxes(title_text=plain(panel.x.label))
    if panel.x.is_log:
        values = [bar.value for bar in bars]
        ends = [math.log10(decade_below(min(values))), math.log10(max(values) * 2)]
        made.update_xaxes(type="log", range=ends, dtick=1, tickformat="~g")
    return made


def _photo(panel: Photo) -> go.Figure:
    rows, columns = panel.pixels.shape[:2]
    side, unit = panel.um_per_pixel or 1.0, "µm" if panel.um_per_pixel else "pixels"
    width, height = columns * side, rows * side
    content = io.BytesIO()
    shrunk(panel.pixels).save(content, format="PNG")
    made = figure(height=min(760, round(1000 * rows / columns) + 110), title=_title(panel), margin={"t": 60})
    made.add_trace(go.Scatter(x=[0, width], y=[0, height], mode="markers", marker={"opacity": 0}, hoverinfo="skip"))
    source = "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
    made.add_layout_image(
        source=source, xref="x", yref="y", x=0, y=0, sizex=width, sizey=height, sizing="stretch", layer="below"
    )
    made.update_xaxes(title_text=with_unit("width", unit), range=[0, width], showgrid=False, constrain="domain")
    made.update_yaxes(
        title_text=with_unit("height", unit), range=[height, 0], showgrid=False, scaleanchor="x", constrain="domain"
    )
    made.update_layout(showlegend=False)
    if panel.um_per_pixel is None:
        made.add_annotation(
            x=0, y=1, xref="x domain", yref="y domain", xanchor="left", yanchor="top", text=plain(NO_SCALE),
            bgcolor="white", font={"color": "black"}, borderpad=4,
        )  # fmt: skip
        return made
    length, text = scale_bar(width)
    right, bottom = 0.96 * width, 0.94 * height
    made.add_shape(
        type="rect", x0=right - length - 0.02 * width, x1=right + 0.02 * width, y0=bottom - 0.075 * height,
        y1=bottom + 0.025 * height, fillcolor="white", line_width=0,
    )  # fmt: skip
    made.add_shape(type="rect", x0=right - length, x1=right, y0=bottom - 0.008 * height, y1=bottom + 0.008 * height,
                   fillcolor="black", line_width=0)  # fmt: skip
    made.add_annotation(
        x=right - length / 2,
        y=bottom - 0.012 * height,
        text=text,
        yanchor="bottom",
        font={"color": "black", "size": 13},
    )
    return made
