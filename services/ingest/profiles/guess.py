"""Draft a profile of an unknown export: what it seems to be, why, and what cannot be known, left as a question.

The draft is YAML with comments; what it would read is tried at once and shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import AXES
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.draft import draft
from services.ingest.profiles.frame import refuse_damage
from services.ingest.profiles.labels import is_label
from services.ingest.profiles.matching import surveys_of
from services.ingest.profiles.named_rows import label_over
from services.ingest.profiles.profile import Profile, Shape, read_profile
from services.ingest.profiles.reading import apply_profile
from services.ingest.profiles.resolved import Resolved, resolve
from services.ingest.profiles.structure import matrix_of, modality_of, seems_columns, stands_along
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.turned import is_turned
from services.ingest.profiles.vocabulary import quantity_of
from services.records.reading import Reading

__all__ = ["Guess", "guess"]

_NO_LABEL = Profile.model_validate({"schema": 1, "profile": "none", "title": "none", "shape": "rows are specimens"})


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A drafted profile: its text and value, and what it reads of the file, or why it does not."""

    text: str
    profile: Profile
    readings: tuple[Reading, ...] = ()
    fault: str = ""


def guess(data: bytes, name: str) -> Guess:
    """Draft a profile of a file.

    Parameters
    ----------
    data
        The file's bytes.
    name
        Its name: profile and question about the modality come from it, never a unit.

    Returns
    -------
    The first draft that reads the file; where none does, the likeliest with the reason.

    Raises
    ------
    UnreadableFile
        If it is no text and no workbook, holds no table of numbers, or is plainly damaged.
    """
    looked = surveys_of(name, data)
    if not looked:
        raise UnreadableFile(
            name, "no table of numbers was found in it", "a table needs two columns of numbers at least"
        )
    main = max(looked, key=lambda one: one.n_rows * one.width)
    refuse_damage(name, main)
    first: Guess | None = None
    for shape, with_point in _candidates(main, name):
        made = _tried(data, name, main, shape, with_point, len(looked))
        if not made.fault:
            return made
        first = first or made
    if first is None:
        raise UnreadableFile(name, "no table of numbers was found in it")
    return first


def _candidates(looked: Survey, name: str) -> Iterator[tuple[Shape, bool]]:
    """Yield shapes from the likeliest to the last resort; whether points may be counted where no axis serves."""
    if matrix_of(looked.header.names) is not None and not stands_along(looked):
        yield "rows are specimens", False
    if is_turned(looked):
        yield "amounts in rows", False
        return
    columns = resolve(looked, (), name)
    if label_over(looked, columns) is not None:
        yield "curve", False
        return
    if looked.is_mixed:
        _refuse_words(name, looked, columns)
        yield "amounts", False
        yield "curve", False
        return
    is_along = any(column.quantity in AXES for column in columns)
    has_label = any(
        is_label(header, _NO_LABEL) and not (is_along and quantity_of(header) == "index")
        for header in looked.header.names
    )
    if (has_label and looked.n_rows < 2000 and looked.width > 2) or (
        has_label and looked.width == 2 and looked.n_rows < 60
    ):
        yield "amounts", False
    if seems_columns(columns):
        yield "columns are specimens", False
    yield "curve", False
    if looked.header.names:
        if not any(column.is_known for column in columns):
            yield "amounts", False
        yield "curve", True
        if has_label or not is_along:
            yield "amounts", False


def _refuse_words(name: str, looked: Survey, columns: Sequence[Resolved]) -> None:
    """Refuse a table of curves whose axis is spelled as no number is: minutes and seconds as ``0:10``."""
    there = {column.quantity for column in columns}
    for column in columns:
        is_axis = column.quantity in AXES and looked.kinds[column.index] == "words"
        if not is_axis or modality_of(there - {column.quantity}) in ("", "MFR", "density", "ash", "XRF"):
            continue
        cell = next((row[column.index] for row in looked.sample if row[column.index]), "")
        reason = f"{column.header!r} holds {cell!r}: neither a number nor a clock's time as h:mm:ss"
        raise UnreadableFile(name, reason, "export it in seconds or minutes")


def _tried(data: bytes, name: str, looked: Survey, shape: Shape, with_point: bool, n_sheets: int) -> Guess:
    taken = {entry.profile.profile for entry in catalogue().entries}
    text = draft(looked, name, shape, with_point=with_point, n_sheets=n_sheets, taken=taken)
    profile = read_profile(text, file_name="draft")
    try:
        readings = apply_profile(profile, name, data)
    except UnreadableFile as error:
        return Guess(text=text, profile=profile, fault=str(error))
    broken = [str(claim) for reading in readings for claim in reading.broken_claims]
    if broken:
        return Guess(
            text=text, profile=profile, fault=f"{name}: it does not hold what it says: {'; '.join(broken[:3])}"
        )
    return replace(Guess(text=text, profile=profile), readings=readings)
