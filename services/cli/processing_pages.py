"""How processing and features are listed for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.views.features import FeaturesView, MeasuredFeatureView, ProcessView
from services.cli.layouts import plain_table

__all__ = ["features_page", "process_page", "summary"]

_MOST_LISTED = 20
_DIGITS = 4


def process_page(view: ProcessView) -> RenderableType:
    """List what a person has to look at: faults, and what another recipe moved."""
    table = plain_table(["modality", "what", ""], [])
    for fault in view.faults[:_MOST_LISTED]:
        table.add_row(fault.modality, f"{fault.measurement} of {fault.specimen or 'nobody yet'}", fault.fault)
    if len(view.faults) > _MOST_LISTED:
        table.add_row("", f"and {len(view.faults) - _MOST_LISTED} more", "")
    for moved in [one for one in view.moved if one.n_moved][:_MOST_LISTED]:
        most = "" if moved.largest is None else f", at most by {moved.largest:.3g}"
        table.add_row(
            moved.modality, moved.name, f"moved in {moved.n_moved} of {moved.n} specimens by more than 1 sd{most}"
        )
    return table if table.row_count else Text("")


def summary(view: ProcessView) -> Iterator[str]:
    """Say in short how it went."""
    told = f"{counted(view.n_measurements, 'measurement')} processed in {view.seconds:.0f} s"
    if view.n_done_before:
        told += f", {view.n_done_before} done before"
    yield told
    if view.n_measurements:
        yield f"{counted(view.n_features, 'feature')}, {counted(view.n_peaks, 'fitted peak')}"
    if view.faults:
        yield f"of {counted(len(view.faults), 'measurement')} nothing could be made"
    for modality, n in view.unhandled.items():
        yield f"{counted(n, 'measurement')} of {modality or 'unknown kind'} left alone: no recipe for it under chains:"


def features_page(view: FeaturesView) -> RenderableType:
    """List features, one a row."""
    table = plain_table(["modality", "feature", "value", "± se", "unit", ""], [], right=(2, 3))
    before = ""
    for one in view.features:
        shown = one.modality if one.modality != before else ""
        before = one.modality
        table.add_row(shown, one.name, _value(one), _number(one.stderr), one.unit, one.reason)
    return table if table.row_count else Text("")


def _value(one: MeasuredFeatureView) -> str:
    if one.value is not None:
        return _number(one.value)
    sign = {"below_detection": "<", "above_range": ">"}.get(one.state)
    return f"{sign} {_number(one.limit)}" if sign else one.state.replace("_", " ")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{_DIGITS}g}"
