"""Look at a file, a measurement, a specimen or a proposal: read it, draw it, write the page and the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from loop.counting import counted
from services.campaign.looking.gather import LookError, Seen, seen_in_file, seen_of
from services.campaign.looking.showing import leaf_of, shown
from services.campaign.views.looking import ShownMeasurementView, ShownView
from services.disk import write_whole
from services.ingest.sandbox import Sandbox
from services.report.pictures.measurement import Drawn, panels_of
from services.report.pictures.panels import Panel
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

if TYPE_CHECKING:
    from services.campaign.wiring import Opened

__all__ = ["gathered", "look", "picture_of"]

_MARK = ".shown"
"""Stands in the names of what is written, so that no raw file beside it is ever replaced."""


def look(
    what: str,
    *,
    opened: Opened | None,
    folder: Path | None = None,
    reader: str = "",
    fits: bool = False,
    sandbox: Sandbox | None = None,
) -> ShownView:
    """Look at something, and write a page (HTML) and a picture (PNG) of it.

    Parameters
    ----------
    what
        Path of a file, which is read where it lies and not taken in; else the id of a measurement, a specimen or a
        proposal.
    opened
        The workspace; None outside of one, where only files can be looked at.
    folder
        Where page and picture go; the workspace's ``reports`` where left out, the current folder outside of one.

    reader
        Name of the reader of a file; what its content says where left out.
    fits
        Whether peaks are fitted as processing does, and drawn; some seconds for each curve.
    sandbox
        What reads files, where one is open already; one of its own is opened and closed where left out.

    Raises
    ------
    LookError
        If there is nothing of that name.
    UnreadableFile
        If a file cannot be read; says why.
    DiskError
        If page or picture cannot be written.
    """
    seen = gathered(what, opened, reader, sandbox)
    views = tuple(shown(one) for one in seen)
    where = folder or (opened.workspace.reports if opened is not None else Path.cwd())
    name = _file_name(Path(what).name if Path(what).is_file() else what.upper())
    panels = picture_of(seen)
    if fits:
        from services.campaign.looking.fitting import fitted_panels

        panels = (*panels, *fitted_panels(seen, opened))
    page, picture = _drawn(name, views, seen, panels)
    html = write_whole(where / f"{name}{_MARK}.html", page.encode(), "page")
    png = write_whole(where / f"{name}{_MARK}.png", picture, "picture") if picture else None
    return ShownView(what=what, measurements=views, page=str(html), picture=str(png) if png is not None else "")


def picture_of(seen: Sequence[Seen]) -> tuple[Panel, ...]:
    """Describe the pictures of what was looked at; several measurements are told apart by what differs."""
    readable = [one for one in seen if one.reading is not None]
    names = _names(readable)
    return panels_of(
        [
            Drawn(reading=one.reading, name=name, modality=one.modality)
            for one, name in zip(readable, names, strict=True)
            if one.reading is not None
        ]
    )


def gathered(what: str, opened: Opened | None, reader: str, sandbox: Sandbox | None) -> tuple[Seen, ...]:
    """Read what somebody names: a file where it lies, else a measurement, or all of a specimen or proposal.

    Raises
    ------
    LookError, UnreadableFile
        As `look` says.
    """
    path = Path(what)
    if not path.is_file() and opened is None:
        raise LookError(
            f"there is no file {what} here, and no workspace at or above the current folder to look for an id in"
        )
    if sandbox is None:
        with Sandbox(profiles=opened.workspace.folder / "profiles" if opened is not None else None) as own:
            return gathered(what, opened, reader, own)
    taken = SqlMeasurements(opened.database) if opened is not None else None
    if path.is_file() or opened is None or taken is None:
        return seen_in_file(path, sandbox, taken, reader=reader)
    blob = Blobs(opened.workspace.folder / "blobs").path
    try:
        return seen_of(what, sandbox, taken, blob)
    except LookError:
        called = {id_ for name, id_ in opened.names().own if name.casefold() == what.casefold()}
        if len(called) != 1 or not taken.measurements(specimen=min(called)):
            raise
        return seen_of(min(called), sandbox, taken, blob)


def _drawn(
    name: str, views: Sequence[ShownMeasurementView], seen: Sequence[Seen], panels: Sequence[Panel]
) -> tuple[str, bytes]:
    """Draw the page, and the picture where there is one."""
    from services.report.measurement_page import build_measurement_page
    from services.report.pictures.panel_files import panels_png

    subtitle = _subtitle(views)
    leaves = [leaf_of(view, one) for view, one in zip(views, seen, strict=True)]
    page = build_measurement_page(name, subtitle, panels, leaves)
    return page, panels_png(f"{name} · {subtitle}", panels) if panels else b""


def _subtitle(views: Sequence[ShownMeasurementView]) -> str:
    modalities = dict.fromkeys(view.modality for view in views if view.modality)
    specimens = dict.fromkeys(view.specimen or view.proposal for view in views if view.specimen or view.proposal)
    told = [", ".join(list(names)[:4]) for names in (modalities, specimens) if names]
    return " · ".join([*told, counted(len(views), "measurement")])


def _names(seen: Sequence[Seen]) -> list[str]:
    """Name each of several by what tells it from the others: its label, its specimen, its file."""
    if len(seen) == 1:
        return [seen[0].label]
    names = [one.label for one in seen]
    for told in (
        [one.measurement.specimen if one.measurement is not None else "" for one in seen],
        [one.file for one in seen],
        [str(one.number) for one in seen],
    ):
        if len(set(names)) == len(names) and all(names):
            break
        if len(set(told)) > 1:
            names = [" · ".join(filter(None, pair)) for pair in zip(names, told, strict=True)]
    return names


def _file_name(text: str) -> str:
    """Return a text as the name of a file anywhere."""
    return re.sub(r"[^\w.+@=-]+", "_", text).strip(".") or "shown"
