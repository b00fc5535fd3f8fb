"""How the catalogue of features is listed, and kept as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.errors import CampaignError
from services.campaign.views import CataloguedFeatureView, CatalogueView
from services.campaign.wiring import Opened
from services.cli.layouts import plain_table
from services.records.table import Cell, Column, Table

__all__ = ["catalogue_page", "catalogue_told", "save_catalogue"]

_MUCH_TOO_SMALL = 2.0
"""Standard errors that the scatter exceeds by this factor are remarked on."""
_MOST_LISTED = 6
_TEXTS = ("modality", "name", "unit", "verdict")


def catalogue_page(view: CatalogueView) -> RenderableType:
    """List features by modality, one a row; long names wrap, so that verdicts stand whole."""
    table = plain_table(["feature", "unit", "n", "median", "range", "ICC", ""], [], right=(2, 3), wraps=0)
    for modality, features in groupby(view.catalogue, lambda one: one.modality):
        table.add_row(Text(modality, style="bold"))
        for one in features:
            span = "" if one.low is None else f"{_number(one.low)}…{_number(one.high)}"
            table.add_row(one.name, one.unit, str(one.n_specimens), _number(one.median), span, _icc(one), _verdict(one))
        table.add_section()
    return table if table.row_count else Text("")


def catalogue_told(view: CatalogueView) -> Iterator[str]:
    """Say in short what there is, whose standard errors are too small, and what is not in it."""
    told = f"{counted(len(view.catalogue), 'feature')} of {counted(view.n_specimens, 'specimen')}"
    doubtful = sum(one.verdict == "untrustworthy" for one in view.catalogue)
    judged = sum(one.verdict != "unjudged" for one in view.catalogue)
    yield f"{told}: {judged} judged by measuring again, {doubtful} of them untrustworthy (ICC below 0.9)"
    small = [(one.scatter_over_stderr or 0.0, one) for one in view.catalogue]
    small = sorted((pair for pair in small if pair[0] >= _MUCH_TOO_SMALL), key=lambda pair: -pair[0])
    if small:
        worst = ", ".join(f"{one.modality} {one.name} ({times:.0f} ×)" for times, one in small[:_MOST_LISTED])
        more = f" and {len(small) - _MOST_LISTED} more" if len(small) > _MOST_LISTED else ""
        yield f"measured again, {len(small)} scatter by twice their standard errors or more: {worst}{more}"
    if view.n_of_nobody:
        yield f"{counted(view.n_of_nobody, 'measurement')} left out: of no specimen that is known"
    if view.n_unprocessed:
        yield f"{view.n_unprocessed} not processed yet"


def save_catalogue(opened: Opened, view: CatalogueView, path: Path) -> Path:
    """Write the catalogue to a file that is not there yet, a feature a row: CSV, Excel or Parquet by its suffix.

    Raises
    ------
    CampaignError
        If there is no feature, or the file is there already.
    """
    if not view.catalogue:
        raise CampaignError("there are no features yet, so there is nothing to write: meguri process")
    if path.exists():
        raise CampaignError(f"{path} is there already and is kept; give another name")
    columns = []
    for number, field in enumerate(CataloguedFeatureView.model_fields, start=1):
        is_text = field in _TEXTS
        make: Callable[[object], Cell] = _text if is_text else _amount
        cells = tuple(make(getattr(one, field)) for one in view.catalogue)
        columns.append(Column(name=field, kind="text" if is_text else "number", cells=cells, position=number))
    return opened.write_table(Table(source="features", columns=tuple(columns)), path)


def _icc(one: CataloguedFeatureView) -> str:
    if one.icc is None or one.icc_low is None or one.icc_high is None:
        return ""
    return f"{one.icc:.2f} ({one.icc_low:.2f}–{one.icc_high:.2f})"


def _verdict(one: CataloguedFeatureView) -> str:
    """Say what a person should know: untrustworthy, or why it is not judged."""
    if one.verdict == "untrustworthy":
        return "untrustworthy"
    if one.verdict == "trustworthy":
        return ""
    if not one.n_specimens:
        return "no value"
    if not one.n_remeasured:
        return "measured once"
    return "all alike" if one.icc is None and one.n_remeasured > 1 else f"only {one.n_remeasured} twice"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _text(value: object) -> Cell:
    return Cell(value=str(value), text=str(value)) if value else Cell.missing()


def _amount(value: object) -> Cell:
    return Cell.missing() if value is None else Cell(value=float(str(value)))
