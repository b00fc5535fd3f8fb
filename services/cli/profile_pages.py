"""How profiles and what they read are shown; where a draft is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from services.campaign.errors import CampaignError, WorkspaceError
from services.campaign.workspace import find_workspace
from services.cli.layouts import plain_table
from services.disk import write_new
from services.ingest.errors import UnreadableFile
from services.ingest.profiles.catalogue import Catalogue, catalogue
from services.ingest.profiles.guess import Guess
from services.ingest.profiles.matching import choose
from services.ingest.profiles.profile import Profile, read_profile
from services.records.curve import Channel
from services.records.reading import Reading

__all__ = ["checked", "keep", "known", "known_as", "preview", "profiles_page", "read_export"]

_MOST_BYTES = 256 * 2**20
_MOST_READINGS = 4
_MOST_AMOUNTS = 12
_FOLDER = "profiles"


def folder() -> Path | None:
    """Return the folder of the workspace's own profiles; None outside of a workspace."""
    try:
        return find_workspace(Path.cwd()).folder / _FOLDER
    except WorkspaceError:
        return None


def known() -> Catalogue:
    """Return every profile that is known here."""
    return catalogue(folder())


def known_as(file: Path, data: bytes) -> str:
    """Name the profile that knows a file already; empty where none does."""
    try:
        entry = choose(file.name, data, known().entries)
    except UnreadableFile:
        return ""
    return "" if entry is None else f"the {'own' if entry.is_own else 'shipped'} profile {entry.profile.profile}"


def read_export(file: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    UnreadableFile
        If it cannot be opened or is too large.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UnreadableFile(file, f"it has more than {_MOST_BYTES // 2**20} MB")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFile(file, f"it cannot be opened: {error.strerror or error}") from error


def checked(file: Path) -> Profile:
    """Read a profile that a person wrote.

    Raises
    ------
    ProfileError
        With every fault of it.
    UnreadableFile
        If the file cannot be opened or is no text.
    """
    try:
        text = read_export(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(file, "a profile is text in UTF-8", "save it as UTF-8") from error
    return read_profile(text, file_name=file.name)


def keep(drafted: Guess) -> Path:
    """Write a draft into the workspace's folder of profiles.

    Raises
    ------
    CampaignError
        If there is no workspace, or a profile of that name is there already.
    """
    where = folder()
    if where is None:
        raise CampaignError("there is no workspace here to keep the profile in; make one with meguri init")
    path = where / f"{drafted.profile.profile}.yaml"
    try:
        return write_new(path, drafted.text.encode(), "profile")
    except FileExistsError:
        raise CampaignError(f"{path} is there already and is kept; rename it, or the export") from None


def profiles_page(found: Catalogue) -> RenderableType:
    """List profiles by name, with what they are of."""
    rows = [
        (entry.profile.profile, entry.profile.modality or "–", entry.origin, entry.profile.title)
        for entry in found.entries
    ]
    return plain_table(("name", "modality", "from", "what"), rows)


def preview(readings: Sequence[Reading]) -> RenderableType:
    """Show what was read: a table of each curve, the amounts, what the file says of itself."""
    parts: list[RenderableType] = [Text(counted(len(readings), "reading"))]
    for reading in readings[:_MOST_READINGS]:
        parts += _reading(reading)
    if len(readings) > _MOST_READINGS:
        names = ", ".join(reading.label for reading in readings[_MOST_READINGS : _MOST_READINGS + 8])
        parts.append(Text(f"and {len(readings) - _MOST_READINGS} more: {names}"))
    return Group(*parts)


def _reading(reading: Reading) -> Iterator[RenderableType]:
    heading = " · ".join(filter(None, (reading.modality or "modality not said", reading.label)))
    yield Text(f"\n{heading}", style="bold")
    for curve in reading.curves:
        rows = [_row(channel) for channel in (curve.axis, *curve.channels)]
        turned = ", turned around: the file descends" if curve.was_reversed else ""
        yield Text(f"{counted(len(curve), 'point')}{turned}")
        yield plain_table(("quantity", "unit", "first", "last", "smallest", "largest"), rows, right=(2, 3, 4, 5))
        if curve.segments:
            kinds = ", ".join(f"{s.kind} to point {s.stop}" for s in curve.segments[:8])
            yield Text(f"segments: {kinds}")
    if reading.amounts:
        shown = [f"{name} {amount}" for name, amount in list(reading.amounts.items())[:_MOST_AMOUNTS]]
        more = len(reading.amounts) - len(shown)
        yield Text("amounts: " + ", ".join(shown) + (f" and {more} more" if more > 0 else ""))
    yield from _facts(reading)
    for claim in reading.claims:
        yield Text(f"{'holds' if claim.holds else 'BROKEN'}: {claim}")
    for note in reading.notes:
        yield Text(f"note: {note}")


def _facts(reading: Reading) -> Iterator[RenderableType]:
    facts = reading.facts
    said = {
        "specimen": facts.specimen,
        "instrument": facts.instrument,
        "operator": facts.operator,
        "session": facts.session,
        "measured": facts.measured_at.isoformat(sep=" ") if facts.measured_at else "",
        **{name: str(amount) for name, amount in facts.conditions.items()},
    }
    told = [f"{name} {text}" for name, text in said.items() if text]
    if told:
        yield Text("the file says: " + ", ".join(told))


def _row(channel: Channel) -> tuple[str, ...]:
    values = channel.values
    finite = values[np.isfinite(values)]
    ends = [f"{value:.7g}" for value in (values[0], values[-1])]
    extremes = [f"{value:.7g}" for value in (finite.min(), finite.max())] if len(finite) else ["", ""]
    return (channel.quantity, channel.unit or "–", *ends, *extremes)
