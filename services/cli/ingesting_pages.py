"""How files that came in, and measurements, are listed for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.views import IngestView, MeasurementsView, MeasurementView
from services.cli.layouts import plain_table

__all__ = ["ingested_page", "measurements_page", "summary"]

_MOST_LISTED = 40
"""More files than this are counted by kind; what a person has to look at is listed always."""


def ingested_page(view: IngestView) -> RenderableType:
    """List what became of each file; of many only those that a person has to look at."""
    is_long = view.n_files > _MOST_LISTED
    table = plain_table(["file", "", "what"], [])
    for file in view.files:
        needs_a_look = file.reason or file.notes or any(m.waits_because or m.doubts for m in file.measurements)
        if is_long and not needs_a_look:
            continue
        style = "red" if file.reason else "yellow" if needs_a_look else ""
        table.add_row(
            file.file, Text(file.fate, style=style), "\n".join(_told(file.measurements, file.reason, file.notes))
        )
    return table if table.row_count else Text("")


def summary(view: IngestView) -> Iterator[str]:
    """Say in short what became of all."""
    told = [f"{view.n_new} new", f"{view.n_known} known already"]
    if view.n_refused:
        told.append(f"{view.n_refused} refused")
    yield f"{counted(view.n_files, 'file')}: {', '.join(told)}"
    if view.n_waiting:
        yield f"{counted(view.n_waiting, 'measurement waits', 'measurements wait')} for a person to say whose"
    if view.n_doubted:
        looks = counted(view.n_doubted, "measurement looks wrong and trains", "measurements look wrong and train")
        yield f"{looks} nothing yet"


def measurements_page(view: MeasurementsView) -> RenderableType:
    """List measurements, one a row, and the files that hold none."""
    table = plain_table(["id", "of", "modality", "", "file and what it holds"], [])
    for m in view.measurements:
        state = "waits" if m.waits_because else "" if m.judgement == "kept" else m.judgement
        label = f", {m.label}" if m.label else ""
        whose = m.specimen or m.proposal or "nobody yet"
        table.add_row(m.id, whose, m.modality or "–", Text(state, style="yellow"), f"{m.file}{label}: {m.holds}")
    parts: list[RenderableType] = [table] if view.measurements else []
    for name, reason in view.refused:
        parts.append(Text(f"{name} cannot be read: {reason}", style="yellow"))
    return Group(*parts)


def _told(measurements: tuple[MeasurementView, ...], reason: str, notes: tuple[str, ...]) -> Iterator[str]:
    if reason:
        yield reason
    for m in measurements[:5]:
        label = f" ({m.label})" if m.label else ""
        whose = f"of {m.specimen or m.proposal}" if m.specimen or m.proposal else f"waits: {m.waits_because}"
        yield f"{m.modality or 'unknown kind'}{label} {whose}"
        yield from (f"  {doubt}" for doubt in m.doubts)
    if len(measurements) > 5:
        yield f"and {len(measurements) - 5} more"
    yield from notes
