"""What waits in the inbox, for people: results that fit no proposal, files that were refused, files that lie there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from textwrap import TextWrapper

from rich.console import Group, RenderableType
from rich.text import Text

from services.campaign.views import HeldView, InboxView, MeasurementView
from services.cli.pages import local_time

__all__ = ["inbox_page"]

_PLACE = ("proposal", "order", "attempt", "block", "run order")
"""Columns that say where a row belongs: its heading says so already."""


def inbox_page(view: InboxView, targets: Collection[str], width: int) -> RenderableType:
    """List what waits.

    Parameters
    ----------
    targets
        Names of what is measured in any campaign: what was found stands before how it was made.
    """
    parts: list[RenderableType] = []
    for held in view.held:
        parts += [
            Text(f"{held.id}  {held.proposal or 'no proposal named'}", style="bold"),
            *_held(held, targets, width),
        ]
    for alike in _alike(view.measurements):
        for waiting in alike:
            parts += _measurement(waiting, width)
        for why in (alike[0].waits_because, *alike[0].doubts):
            parts += _lines(why, width, style="yellow") if why else []
        parts += _lines(alike[0].suggestion, width)
    for refused in view.refused:
        parts += [
            Text(f"refused: {refused.file}", style="bold"),
            *_lines(refused.reason.removeprefix(f"{refused.file}: "), width, style="yellow"),
        ]
    if view.refused:
        parts += _lines("Mend a refused file and put it into inbox/ again; delete it in inbox/refused/.", width)
    if view.lying:
        parts.append(Text(f"lying in inbox/: {', '.join(view.lying)}"))
    for settled in view.settled:
        parts += [
            Text(f"{settled.held.id}  {settled.held.proposal or 'no proposal named'}", style="dim"),
            *_lines(f"{settled.settlement} on {local_time(settled.settled_at)} by {settled.settled_by}", width),
            *_says(settled.held, targets, width),
        ]
    return Group(*parts)


def _alike(waiting: Iterable[MeasurementView]) -> list[list[MeasurementView]]:
    """Put measurements together that wait for one reason."""
    found: dict[tuple[object, ...], list[MeasurementView]] = {}
    for one in waiting:
        found.setdefault((one.waits_because, one.doubts, one.suggestion), []).append(one)
    return list(found.values())


def _measurement(waiting: MeasurementView, width: int) -> list[Text]:
    label = f", {waiting.label}" if waiting.label else ""
    whose = f", of {waiting.specimen or waiting.proposal}" if waiting.specimen or waiting.proposal else ""
    heading = Text(f"{waiting.id}  {waiting.modality or 'unknown kind'}", style="bold")
    return [heading, *_lines(f"{waiting.file}{label}{whose}: {waiting.holds}", width)]


def _held(held: HeldView, targets: Collection[str], width: int) -> list[Text]:
    lines = _says(held, targets, width)
    lines += _lines(f"not booked: {held.reason}", width, style="yellow")
    return [*lines, *_lines(held.suggestion, width)]


def _says(held: HeldView, targets: Collection[str], width: int) -> list[Text]:
    row = {name: value for name, value in held.row.items() if name not in _PLACE}
    if row.get("replicate") == "1":
        del row["replicate"]
    found = {name: value for name, value in row.items() if _of_target(name, targets)}
    made = {name: value for name, value in row.items() if name not in found}
    lines = [Text(f"  came {local_time(held.received_at)} from {held.source}")]
    lines += _lines(f"says {_listed(found) or 'no result'}", width)
    if made:
        lines += _lines(f"made with {_listed(made)}", width)
    return lines


def _of_target(column: str, targets: Collection[str]) -> bool:
    return column in targets or column in {f"{name}{suffix}" for name in targets for suffix in (" sd", " n")}


def _listed(row: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())


def _lines(text: str, width: int, *, style: str = "") -> list[Text]:
    """Break a text between words, indented below its heading."""
    around = TextWrapper(width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return [Text(line, style=style) for part in text.splitlines() for line in around.wrap(part.strip())]
