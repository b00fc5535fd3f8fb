"""How results of tensile and impact bars are laid out, and kept as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.errors import CampaignError, WorkspaceError
from services.campaign.testing import bars_of
from services.campaign.views import BarQuantityView, BarSummaryView, BarsView, ImpactGroupView, ImpactView
from services.campaign.wiring import open_service
from services.cli.layouts import Line, plain_table, side_by_side
from services.cli.printing import width
from services.ingest.write_tables import write_table
from services.records.table import Cell, Column, Table

__all__ = ["bars_here", "bars_page", "save_bars", "told"]

_WORDS = {
    "modulus": "modulus",
    "yield_stress": "yield stress",
    "yield_strain": "yield strain",
    "strength": "strength",
    "stress_at_break": "stress at break",
    "elongation_at_break": "elongation at break",
    "energy_to_break": "energy to break",
    "energy_per_volume": "energy per volume",
}
_BREAKS = {"C": "complete", "H": "hinge", "P": "partial", "N": "no break"}


def bars_here(what: str, *, reader: str) -> BarsView:
    """Work out bars in the workspace at or above the current folder; of a file also outside of one."""
    try:
        with open_service(Path.cwd()) as opened:
            return bars_of(what, opened=opened, reader=reader)
    except WorkspaceError:
        return bars_of(what, opened=None, reader=reader)


def bars_page(view: BarsView) -> RenderableType:
    """Lay tensile bars out beside each other, with mean, median, sd and n behind them; impact bars below, by type."""
    parts = [_tensile(view)] if view.bars or view.left_out else []
    groups = view.impact.groups if view.impact is not None else ()
    return Group(*parts, *(part for group in groups for part in _impact(group)))


def _tensile(view: BarsView) -> RenderableType:
    known = [name for name in view.summary if view.summary[name].n]
    headings = [*(one.bar for one in view.bars), "mean", "median", "sd", "n"]
    lines = [
        Line(
            name=_WORDS.get(name, name),
            unit=view.summary[name].unit,
            values=(*(_shown(one.quantities[name]) for one in view.bars), *_together(view.summary[name])),
        )
        for name in known
    ]
    necked = tuple("–" if one.necked is None else "yes" if one.necked else "no" for one in view.bars)
    share = "–" if view.share_necked is None else f"{100 * view.share_necked:.0f} %"
    return side_by_side(headings, [*lines, Line(name="necked", values=(*necked, share, "", "", ""))], width=width())


def _impact(group: ImpactGroupView) -> Iterator[RenderableType]:
    """Lay impact bars of one notch and temperature out by their type of break."""
    notch = {"none": "not notched", "not stated": "notch not stated"}.get(group.notch, f"notch {group.notch}")
    at = "temperature not stated" if group.temperature_celsius is None else f"{group.temperature_celsius:g} °C"
    yield Text(f"impact strength [kJ/m²], {notch}, {at}: {counted(group.n, 'bar')}", style="bold")
    rows = [
        (
            f"{one.break_type} {_BREAKS.get(one.break_type, '')}".rstrip(),
            f"{one.n} of {group.n}",
            *("–" if value is None else f"{value:.4g}" for value in (one.mean, one.median, one.sd)),
        )
        for one in group.by_type
    ]
    yield plain_table(("break", "bars", "mean", "median", "sd"), rows, right=(1, 2, 3, 4))


def told(view: BarsView) -> Iterator[str]:
    """Say by which rules, what is missing and why, what a person should know, and what does not count."""
    if view.impact is not None:
        yield from (f"impact: {note}" for group in view.impact.groups for note in group.notes)
        yield from (f"left out: {line}" for line in view.impact.left_out)
    if not view.bars and not view.left_out:
        return
    toe = "no toe compensation" if view.toe == "none" else f"toe compensated by {view.toe}"
    yield f"{view.edition}, modulus by {view.modulus_by}, {toe}"
    for name, summary in view.summary.items():
        if not summary.n:
            reasons = dict.fromkeys(one.quantities[name].reason for one in view.bars)
            yield f"no {_WORDS.get(name, name)}: {'; '.join(filter(None, reasons)) or 'no bar says anything of it'}"
    for one in view.bars:
        yield from (f"{one.bar}: {flag}" for flag in one.flags)
    yield from (f"left out: {line}" for line in view.left_out)


def save_bars(view: BarsView, path: Path) -> Path:
    """Write the bars to a file that is not there yet, one a row: CSV, Excel or Parquet by its suffix.

    Raises
    ------
    CampaignError
        If there is no bar, or the file is there already.
    """
    if path.exists():
        raise CampaignError(f"{path} is there already and is kept; give another name")
    if not view.bars and view.impact is not None and view.impact.bars:
        return write_table(_impact_table(view.impact), path)
    if not view.bars:
        raise CampaignError("no bar counts, so there is nothing to write")
    texts = {
        "bar": [one.bar for one in view.bars],
        "file": [one.file for one in view.bars],
        "measurement": [one.measurement for one in view.bars],
        "necked": ["" if one.necked is None else "yes" if one.necked else "no" for one in view.bars],
        "flags": ["; ".join(one.flags) for one in view.bars],
    }
    columns = [
        Column(name=name, kind="text", cells=tuple(Cell(value=t, text=t) if t else Cell.missing() for t in cells))
        for name, cells in texts.items()
    ]
    columns += [
        Column(name=name, unit=summary.unit, cells=tuple(_cell(one.quantities[name]) for one in view.bars))
        for name, summary in view.summary.items()
    ]
    placed = tuple(
        Column(name=c.name, unit=c.unit, kind=c.kind, cells=c.cells, position=n) for n, c in enumerate(columns, start=1)
    )
    return write_table(Table(source="bars", columns=placed), path)


def _impact_table(view: ImpactView) -> Table:
    texts = {
        "bar": [one.bar for one in view.bars],
        "file": [one.file for one in view.bars],
        "measurement": [one.measurement for one in view.bars],
        "break": [one.break_type for one in view.bars],
    }
    columns = [
        Column(name=name, kind="text", cells=tuple(Cell(value=t, text=t) if t else Cell.missing() for t in cells))
        for name, cells in texts.items()
    ]
    columns.append(Column(name="impact_strength", unit="kJ/m²", cells=tuple(_cell(one.strength) for one in view.bars)))
    placed = tuple(
        Column(name=c.name, unit=c.unit, kind=c.kind, cells=c.cells, position=n) for n, c in enumerate(columns, start=1)
    )
    return Table(source="impact bars", columns=placed)


def _cell(quantity: BarQuantityView) -> Cell:
    if quantity.value is None:
        return Cell.missing(quantity.reason)
    return Cell.above(quantity.value) if quantity.state.is_censored else Cell(value=quantity.value)


def _shown(quantity: BarQuantityView) -> str:
    if quantity.value is None:
        return "–"
    return f"{'>' if quantity.state.is_censored else ''}{quantity.value:.4g}"


def _together(summary: BarSummaryView) -> tuple[str, str, str, str]:
    limit = ">" if summary.is_median_a_limit else ""
    n = f"{summary.n}" + (f" ({summary.n_censored} >)" if summary.n_censored else "")
    numbers = (summary.mean, summary.median, summary.sd)
    mean, median, sd = ("–" if value is None else f"{value:.4g}" for value in numbers)
    return mean, f"{limit}{median}", sd, n
