"""Draw panels for slides: all of them below each other in one PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter

from services.report.lettering import cut
from services.report.numbers import with_unit
from services.report.pictures.axis_words import exponent
from services.report.pictures.files import FONTS
from services.report.pictures.panels import Bars, Lines, Listing, Panel, Photo, colours_of, decade_below
from services.report.pictures.scale_bar import NO_SCALE, scale_bar, shrunk
from services.report.style import ACCENT, FAINT, GREY, GRID, INK, MUTED

__all__ = ["panels_png"]

_DPI = 150
_WIDTH = 8.0
_MOST_NAMED = 12
_MOST_LETTERS, _MOST_TITLE, _MOST_NOTE = 26, 90, 60
_ACROSS = 5
"""So many names stand beside each other in a legend."""
_MOST_INCHES = 120.0
"""Higher pictures are drawn at a lower resolution: PNG readers have their limits."""


def panels_png(title: str, panels: Sequence[Panel]) -> bytes:
    """Draw panels below each other, with a title over them; at least one.

    Returns
    -------
    A PNG of 1200 pixels' width.
    """
    available = {entry.name for entry in font_manager.fontManager.ttflist}
    heights = [_height(panel) for panel in panels]
    with rc_context(
        {
            "font.family": [name for name in FONTS if name in available] or ["sans-serif"],
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": GRID,
            "grid.linewidth": 0.6,
            "text.color": INK,
            "text.parse_math": False,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
        }
    ):
        drawn = Figure(figsize=(_WIDTH, sum(heights) + 0.45), layout="constrained")
        drawn.suptitle(cut(title, _MOST_TITLE), fontsize=12, x=0.02, ha="left")
        axes = drawn.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, place in zip(panels, axes, strict=True):
            _draw(panel, place)
        content = io.BytesIO()
        drawn.savefig(content, format="png", dpi=min(_DPI, _DPI * _MOST_INCHES / sum(heights)))
    return content.getvalue()


def _height(panel: Panel) -> float:
    match panel:
        case Lines():
            return 3.7
        case Bars(bars=bars):
            return 1.1 + 0.24 * len(bars)
        case Photo(pixels=pixels):
            return min(_WIDTH * 0.85 * float(pixels.shape[0] / pixels.shape[1]), 7.0) + 0.8
        case Listing(rows=rows):
            return 0.5 + 0.24 * len(rows)


def _draw(panel: Panel, place: Axes) -> None:
    n_rows_of_names = 0
    match panel:
        case Lines():
            n_rows_of_names = _lines(panel, place)
        case Bars():
            _bars(panel, place)
        case Photo():
            _photo(panel, place)
        case Listing():
            _listing(panel, place)
    above = 6 + 15 * n_rows_of_names  # points that the names of the lines take below the title
    place.set_title(panel.title, loc="left", fontsize=10.5, pad=above)
    if panel.note:
        place.set_title(cut(panel.note, _MOST_NOTE), loc="right", fontsize=8.5, color=MUTED, pad=above)


def _lines(panel: Lines, place: Axes) -> int:
    """Draw lines; return how many rows their names take."""
    own = [line for line in panel.lines if not line.is_second]
    shown = []
    for line, colour in zip(own, colours_of(own), strict=True):
        shown += place.plot(line.x, line.y, color=colour, linewidth=1.0, label=cut(line.name, _MOST_LETTERS))
    place.set(xlabel=panel.x.label, ylabel=panel.y.label)
    place.margins(x=0.01)
    if panel.x.is_log:
        place.set_xscale("log")
        place.xaxis.set_major_formatter(FuncFormatter(_power))
        place.xaxis.set_minor_formatter(NullFormatter())
    if panel.x.is_reversed:
        place.xaxis.set_inverted(True)
    if panel.second is not None:
        right = place.twinx()
        for line in panel.lines:
            if line.is_second:
                shown += right.plot(line.x, line.y, color=GREY, linewidth=0.9, linestyle="--", label=line.name)
        right.set_ylabel(panel.second.label)
        right.grid(visible=False)
        right.spines["right"].set_visible(True)
    named = [line for line in shown if not str(line.get_label()).startswith("_") and line.get_label()]
    if not 1 < len(named) <= _MOST_NAMED + 1:
        return 0
    place.legend(
        handles=named, frameon=False, fontsize=8.5, ncols=_ACROSS, loc="lower left", bbox_to_anchor=(-0.01, 1.0),
        borderaxespad=0.1,
    )  # fmt: skip
    return -(-len(named) // _ACROSS)


def _power(value: float, _: float | None = None) -> str:
    """Write a number on a logarithmic axis: a power of ten as such."""
    power = math.log10(value)
    return f"10{exponent(round(power))}" if math.isclose(power, round(power)) else f"{value:g}"


def _bars(panel: Bars, place: Axes) -> None:
    places = range(len(panel.bars))
    values = [bar.value for bar in panel.bars]
    colours = [FAINT if bar.is_limit else ACCENT for bar in panel.bars]
    place.barh(places, values, height=0.66, color=colours, edgecolor=ACCENT, linewidth=0.6)
    place.set_yticks(places, [cut(bar.name, _MOST_LETTERS) for bar in panel.bars])
    place.invert_yaxis()
    place.grid(visible=False, axis="y")
    if panel.x.is_log:
        place.set_xscale("log")
        place.set_xlim(left=decade_below(min(values)), right=max(values) * 4)
        place.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        place.xaxis.set_minor_formatter(NullFormatter())
    else:
        place.margins(x=0.12)
    for row, bar in enumerate(panel.bars):
        place.annotate(bar.text, (bar.value, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5)
    place.set_xlabel(panel.x.label)


def _photo(panel: Photo, place: Axes) -> None:
    rows, columns = panel.pixels.shape[:2]
    side, unit = panel.um_per_pixel or 1.0, "µm" if panel.um_per_pixel else "pixels"
    width, height = columns * side, rows * side
    place.imshow(shrunk(panel.pixels), extent=(0, width, height, 0), cmap="gray", vmin=0, vmax=255)
    place.grid(visible=False)
    place.set(xlabel=with_unit("width", unit), ylabel=with_unit("height", unit))
    if panel.um_per_pixel is None:
        place.text(
            0.015, 0.975, NO_SCALE, transform=place.transAxes, va="top", fontsize=8.5, color="black",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 3},
        )  # fmt: skip
        return
    length, text = scale_bar(width)
    right, bottom = 0.96 * width, 0.94 * height
    edge = (right - length - 0.02 * width, bottom - 0.075 * height)
    place.add_patch(Rectangle(edge, length + 0.04 * width, 0.1 * height, color="white", linewidth=0))
    place.add_patch(
        Rectangle((right - length, bottom - 0.008 * height), length, 0.016 * height, color="black", linewidth=0)
    )
    place.text(right - length / 2, bottom - 0.014 * height, text, ha="center", va="bottom", fontsize=10, color="black")


def _listing(panel: Listing, place: Axes) -> None:
    place.axis("off")
    n = len(panel.rows)
    for row, (name, text) in enumerate(panel.rows):
        height = 1 - (row + 0.5) / n
        place.text(0.0, height, cut(name, 2 * _MOST_LETTERS), va="center", transform=place.transAxes)
        place.text(0.45, height, text, va="center", transform=place.transAxes)
