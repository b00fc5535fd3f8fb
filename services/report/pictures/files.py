"""The two main pictures as files for slides and pages: how far the campaign came, and what predictions were worth."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loop.front import hypervolume_by_cycle
from loop.judgement import SpecimenRow
from loop.progress import best_by_specimen, specimen_rows
from loop.reliability import Comparison, comparisons, coverage
from loop.state import CampaignState
from services.disk import write_whole
from services.report.style import ACCENT, BAND, CONTRAST, GREY, INK

__all__ = ["FONTS", "save_pictures"]

FONTS = ("DejaVu Sans", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", "IPAGothic", "MS Gothic")
_SUFFIXES = ("png", "svg")
_DPI = 160


def save_pictures(state: CampaignState, folder: Path) -> tuple[Path, ...]:
    """Write ``progress`` and ``predicted-against-measured`` as PNG and SVG into a folder; return the files.

    The folder is made where it is not there. A picture that has nothing to show yet is not written.
    """
    available = {entry.name for entry in font_manager.fontManager.ttflist}
    families = [name for name in FONTS if name in available] or ["sans-serif"]
    written: list[Path] = []
    with rc_context(
        {
            "font.family": families,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "text.parse_math": False,
            "svg.hashsalt": str(state.campaign),
        }
    ):
        for name, drawn in (("progress", _progress(state)), ("predicted-against-measured", _predictions(state))):
            if drawn is None:
                continue
            for suffix in _SUFFIXES:
                content = io.BytesIO()
                drawn.savefig(content, format=suffix, dpi=_DPI, metadata={"Date": None} if suffix == "svg" else None)
                written.append(write_whole(folder / f"{name}.{suffix}", content.getvalue(), "picture"))
    return tuple(written)


def _progress(state: CampaignState) -> Figure | None:
    rows = specimen_rows(state)
    goals = state.definition.goals
    kind = state.definition.objective.kind
    if not any(row.is_measured for row in rows):
        return None
    volumes = hypervolume_by_cycle(state)
    n_panels = 1 if kind != "pareto" else len(goals) + bool(volumes)
    drawn = Figure(figsize=(7.5, 1.1 + 2.3 * n_panels), layout="constrained")
    panels = list(drawn.subplots(n_panels, 1, squeeze=False)[:, 0])
    names: Sequence[str] = goals if kind != "desirability" else ("desirability",)
    for panel, name in zip(panels, names, strict=False):
        values = [row.score if kind == "desirability" else row.values[name] for row in rows]
        _dots(panel, rows, values)
        unit = state.definition.targets[name].unit if name in state.definition.targets else ""
        panel.set_ylabel(f"{name} ({unit})" if unit else name)
        limits = state.definition.targets[name].limits if name in state.definition.targets else None
        for bound in (None, None) if limits is None else (limits.at_least, limits.at_most):
            if bound is not None:
                panel.axhline(bound, color=CONTRAST, linewidth=1, linestyle="--")
    if kind != "pareto":
        by_id = {row.specimen_id: row for row in rows}
        steps = [(step.number, by_id[step.best[0]]) for step in best_by_specimen(state) if step.best]
        best = [row.score if kind == "desirability" else row.values[goals[0]] for _, row in steps]
        panels[0].step([number for number, _ in steps], best, where="post", color=ACCENT, label="best so far")
    panels[len(names) - 1].set_xlabel("specimen, in the order of arrival")
    panels[0].legend(frameon=False, fontsize=9, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
    if kind == "pareto" and volumes:
        panels[-1].step([v.cycle for v in volumes], [v.hypervolume for v in volumes], where="post", color=ACCENT)
        panels[-1].plot([v.cycle for v in volumes], [v.hypervolume for v in volumes], "o", color=ACCENT)
        panels[-1].set(xlabel="cycle", ylabel="hypervolume")
        panels[-1].set_ylim(bottom=0)
    return drawn


def _dots(panel: Axes, rows: Sequence[SpecimenRow], values: Sequence[float | None]) -> None:
    is_shaded, last = False, None
    for row in rows:
        is_shaded, last = (is_shaded if row.cycle == last else not is_shaded), row.cycle
        if not is_shaded:
            panel.axvspan(row.number - 0.5, row.number + 0.5, color=BAND, linewidth=0, zorder=0)
    marks: dict[str, dict[str, Any]] = {
        "meets all limits": {"color": ACCENT},
        "misses one, not all known, or excluded": {"facecolors": "none", "edgecolors": GREY},
    }
    for can_be_best, (label, mark) in zip((True, False), marks.items(), strict=True):
        own = [
            (row.number, v)
            for row, v in zip(rows, values, strict=True)
            if v is not None and row.can_be_best is can_be_best
        ]
        if own:
            panel.scatter([n for n, _ in own], [v for _, v in own], s=26, label=label, zorder=3, **mark)
    panel.set_xlim(0.5, len(rows) + 0.5)


def _predictions(state: CampaignState) -> Figure | None:
    compared = comparisons(state)
    names = list(dict.fromkeys(one.target for one in compared))
    if not names:
        return None
    wide = min(len(names), 3)
    high = math.ceil(len(names) / wide)
    drawn = Figure(figsize=(3.4 * wide, 3.3 * high + 0.5), layout="constrained")
    panels = drawn.subplots(high, wide, squeeze=False).ravel()
    for panel, name in zip(panels, names, strict=False):
        _agreement(panel, [one for one in compared if one.target == name])
        unit = state.definition.targets[name].unit
        panel.set(xlabel=f"predicted {name} ({unit})" if unit else f"predicted {name}", ylabel="measured")
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    found = coverage(compared)
    drawn.suptitle(
        f"{found.n_inside} of {found.n} measured values inside their 90 % interval", fontsize=11, x=0.02, ha="left"
    )
    return drawn


def _agreement(panel: Axes, compared: Sequence[Comparison]) -> None:
    ends = [end for one in compared for end in (one.low, one.high, one.measured)]
    span = (min(ends), max(ends))
    panel.plot(span, span, color=GREY, linewidth=1)
    for is_inside, colour, mark in ((True, ACCENT, "o"), (False, CONTRAST, "D")):
        own = [one for one in compared if one.is_inside is is_inside]
        if own:
            below = [one.predicted.mean - one.low for one in own]
            above = [one.high - one.predicted.mean for one in own]
            panel.errorbar(
                [one.predicted.mean for one in own],
                [one.measured for one in own],
                xerr=[below, above],
                fmt=mark,
                color=colour,
                markersize=5,
                elinewidth=0.8,
            )
