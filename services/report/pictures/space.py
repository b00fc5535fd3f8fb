"""Pictures of where a campaign has been: every specimen across all parameters, and a mixture in its triangle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from loop.definition import Definition
from loop.judgement import SpecimenRow
from loop.progress import best_by_specimen, specimen_rows
from loop.space.parameters import Categorical, Ingredient
from loop.state import CampaignState
from services.report.lettering import cut, n_columns
from services.report.numbers import significant, with_unit
from services.report.style import CONTRAST, GREY, GRID, INK, MUTED, PAPER, SCALE, figure, plain

__all__ = ["REST", "colourings", "default_corners", "mixed", "parallel_picture", "ternary_picture"]

REST = "everything else"
"""The corner of a triangle that pools all ingredients that are at no other corner."""

_MANY_AXES = 14
_LABEL_COLUMNS = 26
_PAGE_COLUMNS = 130
"""Columns of label text that fit side by side over a picture."""


def colourings(state: CampaignState) -> dict[str, list[float | None]]:
    """Return what specimens may be coloured by: the desirability, then each goal; larger is better in each.

    One number a specimen, in the order of arrival; None where there is none.
    """
    rows = specimen_rows(state)
    found: dict[str, list[float | None]] = {}
    if state.definition.objective.kind == "desirability":
        found["desirability"] = [row.score for row in rows]
    for i, name in enumerate(state.definition.goals):
        found[name] = [None if row.gains is None else row.gains[i] for row in rows]
    return found


def parallel_picture(state: CampaignState) -> go.Figure:
    """Draw each specimen as a line across every parameter that varied and every target, coloured by the first goal.

    Specimens that lack one of the shown values are left out; `layout.meta` says how many, which ids the lines are, and
    holds the other colourings.
    """
    definition = state.definition
    rows = [row for row in specimen_rows(state) if not row.is_excluded and row.gains is not None]
    shown = [name for name in definition.knobs if _varies(rows, name)]
    targets = [name for name in definition.targets if name in definition.goals or _is_mostly_known(rows, name)]
    rows = [
        row
        for row in rows
        if all(name in row.as_made for name in shown) and all(row.values[name] is not None for name in targets)
    ]
    every = {
        name: dict(zip([r.specimen_id for r in specimen_rows(state)], v, strict=True))
        for name, v in colourings(state).items()
    }
    colours = {name: [by_id[row.specimen_id] for row in rows] for name, by_id in every.items()}
    first = next(iter(colours), "")
    n_axes = len(shown) + len(targets)
    is_crowded = n_axes > _MANY_AXES
    labels = [_label(definition, name) for name in (*shown, *targets)]
    longest = max((n_columns(label) for label in labels), default=0)
    is_slanted = longest * n_axes > _PAGE_COLUMNS
    traces = []
    if rows:
        traces.append(
            go.Parcoords(
                dimensions=[
                    *(_parameter_axis(definition, name, rows, is_crowded) for name in shown),
                    *(_target_axis(definition, name, rows, is_crowded) for name in targets),
                ],
                line={"color": colours[first], "colorscale": SCALE, "showscale": False},
                labelangle=-28 if is_slanted else 0,
                labelfont={"size": 12, "color": INK},
                tickfont={"size": 10, "color": MUTED},
                rangefont={"size": 10, "color": MUTED},
                unselected={"line": {"color": GRID, "opacity": 0.35}},
            )
        )
    margin = {"l": 70, "r": 70, "t": 60, "b": 30}
    if is_slanted:
        margin.update({"r": 40 + 6 * n_columns(labels[-1]), "t": 60 + 4 * longest})
    made = figure(traces, height=430, margin=margin)
    made.update_layout(
        meta={
            "ids": [row.specimen_id for row in rows],
            "colours": colours,
            "left_out": len(state.specimens) - len(rows),
        }
    )
    return made


def _varies(rows: Sequence[SpecimenRow], name: str) -> bool:
    return len({row.as_made[name] for row in rows if name in row.as_made}) > 1


def _is_mostly_known(rows: Sequence[SpecimenRow], name: str) -> bool:
    return 10 * sum(row.values[name] is not None for row in rows) >= 9 * len(rows)


def _label(definition: Definition, name: str) -> str:
    unit = definition.targets[name].unit if name in definition.targets else definition.unit_of(name)
    return cut(with_unit(name, unit), _LABEL_COLUMNS)


def _parameter_axis(definition: Definition, name: str, rows: Sequence[SpecimenRow], is_crowded: bool) -> dict[str, Any]:
    parameter, label = definition.knobs[name], plain(_label(definition, name))
    if not isinstance(parameter, Categorical):
        return {"label": label, **_axis([float(row.as_made[name]) for row in rows], is_crowded)}
    levels = list(dict.fromkeys([*parameter.names, *(str(row.as_made[name]) for row in rows)]))
    return {
        "label": label,
        "values": [levels.index(str(row.as_made[name])) for row in rows],
        "tickvals": list(range(len(levels))),
        "ticktext": [cut(level, _LABEL_COLUMNS) for level in levels],  # plotly shows these as they stand
        "range": [-0.2, len(levels) - 0.8],
    }


def _target_axis(definition: Definition, name: str, rows: Sequence[SpecimenRow], is_crowded: bool) -> dict[str, Any]:
    values = [float(row.values[name] or 0.0) for row in rows]
    return {"label": f"<b>{plain(_label(definition, name))}</b>", **_axis(values, is_crowded)}


def _axis(values: Sequence[float], is_crowded: bool) -> dict[str, Any]:
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ticks = [low, high] if is_crowded else _round_ticks(low, high)
    return {
        "values": values,
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [significant(tick, 3) for tick in ticks],
    }


def _round_ticks(low: float, high: float) -> list[float]:
    """Return some five round numbers between two ends."""
    raw = (high - low) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= raw)
    return [step * k for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


# ---------------------------------------------------------------------- mixtures
def mixed(state: CampaignState) -> list[str]:
    """List every ingredient: those in force, then those of older versions that something holds."""
    if state.definition.ingredients is None:
        return []
    known = state.knobs_of([*(seen.as_made for seen in state.observations), *(r.planned for r in state.open_proposals)])
    return [name for name, parameter in known.items() if isinstance(parameter, Ingredient)]


def default_corners(state: CampaignState) -> tuple[str, str, str] | None:
    """Return the three ingredients whose shares vary most, or two and the rest; None where nothing is mixed."""
    names = mixed(state)
    if not names:
        return None
    if len(names) == 2:
        return names[0], names[1], REST
    made = [row.as_made for row in specimen_rows(state)] or [record.planned for record in state.proposals.values()]
    spread = {name: _spread([float(f.get(name, 0.0)) for f in made]) for name in names}
    first, second, third = sorted(sorted(names, key=lambda name: -spread[name])[:3], key=names.index)
    return first, second, third


def ternary_picture(state: CampaignState, corners: tuple[str, str, str] | None = None) -> go.Figure:
    """Draw a mixture in a triangle of three ingredients, scaled to the sum of the three; open proposals as diamonds.

    `layout.meta` and each trace's `meta` hold every ingredient's share, so that the page can change corners.
    """
    corners = corners or default_corners(state)
    names = mixed(state)
    if corners is None:
        return figure()
    rows = [row for row in specimen_rows(state) if not row.is_excluded and any(row.as_made.get(name) for name in names)]
    colours = colourings(state)
    first = next(iter(colours))
    by_id = dict(zip([row.specimen_id for row in specimen_rows(state)], colours[first], strict=True))
    best = set(best_by_specimen(state)[-1].best) if rows else set()
    known = [row for row in rows if by_id[row.specimen_id] is not None]
    groups: list[tuple[str, list[Any], dict[str, Any], list[str]]] = [
        (
            "without a result",
            [row.as_made for row in rows if by_id[row.specimen_id] is None],
            {"color": GREY, "symbol": "circle-open", "size": 8},
            [row.specimen_id for row in rows if by_id[row.specimen_id] is None],
        ),
        (
            f"specimen, coloured by {plain(first)}",
            [row.as_made for row in known],
            {
                "color": [by_id[row.specimen_id] for row in known],
                "colorscale": SCALE,
                "size": [13 if row.specimen_id in best else 9 for row in known],
                "line": {"color": [INK if row.specimen_id in best else PAPER for row in known], "width": 1.2},
            },
            [row.specimen_id for row in known],
        ),
        (
            "open proposal",
            [record.planned for record in state.open_proposals if not record.specimens],
            {"color": CONTRAST, "symbol": "diamond-open", "size": 10, "line": {"width": 1.8}},
            [record.proposal.id for record in state.open_proposals if not record.specimens],
        ),
    ]
    traces, places = [], []
    for name, formulations, marker, ids in groups:
        if not formulations:
            continue
        shares = {i: [float(f.get(i, 0.0)) for f in formulations] for i in names}
        a, b, c = (_corner(shares, corner, corners) for corner in corners)
        places += list(zip(a, b, c, strict=True))
        traces.append(
            go.Scatterternary(
                a=a,
                b=b,
                c=c,
                mode="markers",
                marker=marker,
                name=name,
                text=[plain(identity) for identity in ids],
                hovertemplate="<b>%{text}</b><br>%{a:.3g} : %{b:.3g} : %{c:.3g}<extra></extra>",
                cliponaxis=False,
                meta={"shares": shares},
            )
        )
    axis = {
        "gridcolor": GRID,
        "linecolor": GREY,
        "ticks": "outside",
        "tickcolor": GREY,
        "tickfont": {"size": 11},
        "nticks": 5,
    }
    made = figure(traces, height=540, margin={"l": 60, "r": 60, "t": 50, "b": 90})
    made.update_layout(
        legend={"y": -0.12, "yanchor": "top"},
        ternary={
            "sum": 100,
            **{
                f"{letter}axis": {**axis, "title": {"text": plain(corner), "font": {"color": INK}}, "min": least}
                for letter, corner, least in zip("abc", corners, _least(places), strict=True)
            },
        },
        meta={"corners": list(corners), "ingredients": names, "rest": REST},
    )
    return made


def _corner(shares: dict[str, list[float]], corner: str, corners: Sequence[str]) -> list[float]:
    """Return the share at one corner of every formulation."""
    if corner != REST:
        return shares[corner]
    pooled = [values for name, values in shares.items() if name not in corners]
    return [sum(values) for values in zip(*pooled, strict=True)] if pooled else [0.0] * len(next(iter(shares.values())))


def _least(places: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return where the axes of a triangle may begin, in tens of %, so that the specimens fill the picture."""
    scaled = [[100 * share / sum(place) for share in place] for place in places if sum(place) > 0]
    if not scaled:
        return 0.0, 0.0, 0.0
    a, b, c = (max(10.0 * math.floor((min(column) - 1) / 10), 0.0) for column in zip(*scaled, strict=True))
    return a, b, c


def _spread(values: Sequence[float]) -> float:
    return float(np.ptp(values)) if len(values) > 1 else 0.0
