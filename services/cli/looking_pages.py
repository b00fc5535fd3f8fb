"""How a measurement is shown in a terminal: what it holds, whose it is, what is doubted. Where its pictures went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.errors import WorkspaceError
from services.campaign.looking.look import look
from services.campaign.views import CurveView, ShownMeasurementView, ShownView
from services.campaign.wiring import open_service
from services.campaign.workspace import find_workspace
from services.cli.layouts import plain_table
from services.cli.printing import quoted

__all__ = ["look_here", "next_of", "shown_page"]

_MOST_WHOLE, _MOST_AMOUNTS, _MOST_NAMED, _MOST_CLAIMS = 4, 16, 12, 6


def look_here(what: str, *, folder: Path | None, reader: str, fits: bool = False) -> ShownView:
    """Look at something from the current folder: in its workspace, else as a file alone."""
    try:
        find_workspace(Path.cwd())
    except WorkspaceError:
        return look(what, opened=None, folder=folder, reader=reader, fits=fits)
    with open_service(Path.cwd()) as opened:
        return look(what, opened=opened, folder=folder, reader=reader, fits=fits)


def shown_page(view: ShownView) -> RenderableType:
    """Show the first measurements whole, and name the others."""
    parts: list[RenderableType] = []
    for one in view.measurements[:_MOST_WHOLE]:
        parts += [*_measurement(one), Text()]
    rest = view.measurements[_MOST_WHOLE:]
    if rest:
        names = ", ".join(one.label or one.id or str(one.number) for one in rest[:_MOST_NAMED])
        parts.append(
            Text(f"and {counted(len(rest), 'more measurement')}: {names}{' …' if len(rest) > _MOST_NAMED else ''}")
        )
        parts.append(Text())
    return Group(*parts)


def next_of(view: ShownView) -> Iterator[str]:
    """Say what to do next: take in what was not, look at what waits."""
    first = view.measurements[0]
    if first.judgement is None:
        yield f"meguri ingest {quoted(view.what)}"
    elif any(one.waits_because for one in view.measurements):
        yield "meguri inbox"
    elif any(one.judgement == "doubted" for one in view.measurements):
        yield "meguri measurements"


def _measurement(one: ShownMeasurementView) -> Iterator[RenderableType]:
    heading = " · ".join(filter(None, (one.modality or "modality not said", one.label, one.id)))
    yield Text(heading, style="bold")
    yield Text(f"file: {one.file}, read as {one.reader}")
    yield from _standing(one)
    for curve in one.curves:
        yield from _curve(curve)
    for line in one.program:
        yield Text(f"program: {line}")
    for image in one.images:
        scale = f"{image.um_per_pixel:g} µm a pixel" if image.um_per_pixel else "no scale: its file does not say it"
        yield Text(f"image{' ' + image.name if image.name else ''}: {image.columns} × {image.rows} pixels, {scale}")
    for title, told in (("amounts", one.amounts), ("conditions", one.conditions), ("piece", one.piece)):
        listed = [f"{name} {text}" for name, text in list(told.items())[:_MOST_AMOUNTS]]
        more = f" and {len(told) - len(listed)} more" if len(told) > len(listed) else ""
        if listed:
            yield Text(f"{title}: {', '.join(listed)}{more}")
    if one.said:
        said = ", ".join(
            f"{name.removeprefix('file_says_').replace('_', ' ')} {text}" for name, text in one.said.items()
        )
        yield Text(f"the file says: {said}")
    if one.claims:
        more = f" and {len(one.claims) - _MOST_CLAIMS} more" if len(one.claims) > _MOST_CLAIMS else ""
        yield Text(f"holds what it says of itself: {', '.join(one.claims[:_MOST_CLAIMS])}{more}")
    for note in one.notes:
        yield Text(f"note: {note}")


def _standing(one: ShownMeasurementView) -> Iterator[RenderableType]:
    """Say whose it is and how it is judged."""
    if one.unreadable:
        yield Text(f"cannot be read: {one.unreadable}", style="red")
    if one.judgement is None:
        yield Text("not taken in")
    elif one.specimen or one.proposal:
        yield Text(f"of {one.specimen or one.proposal}, {one.judgement}")
    else:
        suggestion = f" ({one.suggestion})" if one.suggestion else ""
        yield Text(f"waits: {one.waits_because}{suggestion}; {one.judgement}", style="yellow")
    for doubt in one.doubts:
        yield Text(f"doubt: {doubt}", style="yellow")
    for decision in one.decisions:
        to = f" to {decision.to}" if decision.to else ""
        reason = f": {decision.reason}" if decision.reason else ""
        yield Text(f"{decision.at:%Y-%m-%d %H:%M} {decision.actor}: {decision.what}{to}{reason}")


def _curve(curve: CurveView) -> Iterator[RenderableType]:
    axis = curve.channels[0]
    turned = ", turned around: its file descends" if curve.was_reversed else ""
    yield Text(f"{curve.name + ': ' if curve.name else ''}{counted(axis.n_points, 'point')}{turned}")
    rows = [
        (
            channel.quantity,
            channel.unit or "–",
            *(
                "–" if n is None else f"{n:.7g}"
                for n in (channel.first, channel.last, channel.smallest, channel.largest)
            ),
        )
        for channel in curve.channels
    ]
    yield plain_table(("quantity", "unit", "first", "last", "smallest", "largest"), rows, right=(2, 3, 4, 5))
