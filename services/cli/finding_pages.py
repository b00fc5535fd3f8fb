"""How an answer is shown: a row for each measurement with what was asked for; and as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import RenderableType

from loop.counting import counted
from services.campaign.errors import CampaignError
from services.campaign.finding.language import number_in
from services.campaign.finding.sources import amount_in
from services.campaign.views import FoundMeasurementView, FoundView, NamedView
from services.campaign.wiring import Opened
from services.cli.layouts import plain_table
from services.records.table import Cell, Column, Table

__all__ = ["found_page", "next_of", "save_found", "told"]

_ALWAYS = ("id", "modality", "specimen", "label", "file")
_KEPT = ("id", "file", "label", "modality", "campaign", "proposal", "specimen", "judgement", "measured_at")
_MISSING = "–"


def found_page(view: FoundView) -> RenderableType:
    """Lay out what was found, a row each; columns in which nothing stands are left out, the file comes last."""
    asked = [name for name in view.names if name.key not in _ALWAYS]
    columns = {field: [_field(one, field) for one in view.found] for field in _ALWAYS}
    if any(one.judgement != "kept" for one in view.found) and all(name.key != "judgement" for name in asked):
        columns["judgement"] = [one.judgement for one in view.found]
    for name in asked:
        title = f"{name.name} [{name.unit}]" if name.unit else name.name
        columns[name.key if title in columns else title] = [_shown(one.values[name.key]) for one in view.found]
    columns |= {field: columns.pop(field) for field in ("label", "file")}
    kept = {title: texts for title, texts in columns.items() if any(texts)}
    right = [n for n, texts in enumerate(kept.values()) if all(number_in(text) is not None for text in texts if text)]
    rows = [tuple(text or _MISSING for text in row) for row in zip(*kept.values(), strict=True)]
    return plain_table(tuple(kept), rows, right=right)


def told(view: FoundView) -> Iterator[str]:
    """Say how many there are, for how many nobody can tell, and what looks like a slip of the pen."""
    yield f"{len(view.found)} of {counted(view.n_looked_at, 'measurement')}"
    if view.n_unknown:
        names = ", ".join(name.name for name in view.names)
        yield f"of {view.n_unknown} nobody can tell: something of {names} is missing or only a limit"
    yield from view.notes


def next_of(view: FoundView) -> str:
    """Return what to do next."""
    if view.found:
        return f"meguri show {view.found[0].id}"
    return "meguri measurements" if view.n_looked_at else "meguri ingest FILE"


def save_found(opened: Opened, view: FoundView, path: Path) -> Path:
    """Write what was found to a file that is not there yet: CSV, Excel or Parquet by its suffix.

    Raises
    ------
    CampaignError
        If nothing was found, or the file is there already.
    """
    if not view.found:
        raise CampaignError("nothing was found, so there is nothing to write")
    if path.exists():
        raise CampaignError(f"{path} is there already and is kept; give another name")
    columns: dict[str, Column] = {}
    for field in _KEPT:
        columns[field] = _texts(field, [_field(one, field) for one in view.found])
    for name in view.names:
        if name.key not in columns:
            columns[name.key] = _column(name, view, name.key if name.name in columns else name.name)
    placed = (replace(column, position=n) for n, column in enumerate(columns.values(), start=1))
    return opened.write_table(Table(source="found", columns=tuple(placed)), path)


def _column(name: NamedView, view: FoundView, title: str) -> Column:
    values = [one.values[name.key] for one in view.found]
    cells = [_cell(value) for value in values]
    if any(cell is None for cell in cells):
        return _texts(title, [_shown(value) for value in values])
    return Column(name=title, unit=name.unit, cells=tuple(cell for cell in cells if cell is not None))


def _cell(value: float | str | None) -> Cell | None:
    """Return the cell of a number, of a limit or of what is missing; None for words."""
    if value is None:
        return Cell.missing()
    if isinstance(value, float):
        return Cell(value=value)
    amount = amount_in(value) if value[:1] in ("<", ">") else None
    if amount is None:
        return None
    return Cell.below(amount.value) if amount.limit == "<" else Cell.above(amount.value)


def _texts(title: str, texts: Sequence[str]) -> Column:
    cells = tuple(Cell(value=text, text=text) if text else Cell.missing() for text in texts)
    return Column(name=title, kind="text", cells=cells)


def _field(one: FoundMeasurementView, field: str) -> str:
    return str(getattr(one, field))


def _shown(value: float | str | None) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value
