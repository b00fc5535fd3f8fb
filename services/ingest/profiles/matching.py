"""Which profile knows a file: by the columns that stand over its numbers and the lines before them, not by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from services.ingest.errors import UnreadableFile
from services.ingest.numerals import DecimalMark
from services.ingest.profiles.catalogue import Entry
from services.ingest.profiles.labels import is_label
from services.ingest.profiles.lines import BLANKS, Lines, lines_of
from services.ingest.profiles.profile import MatrixRule, Profile
from services.ingest.profiles.resolved import Resolved, missing_of, resolve
from services.ingest.profiles.specimen_rows import axis_columns
from services.ingest.profiles.structure import stands_along
from services.ingest.profiles.survey import Survey, survey
from services.ingest.profiles.turned import is_turned, rows_in

__all__ = ["choose", "fault_of", "fit", "surveys_of"]

_DELIMITERS = {"auto": "", "tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "blanks": BLANKS}
_MARKS: dict[str, DecimalMark | None] = {"auto": None, "point": ".", "comma": ","}
_FEWEST_AXIS = 8
_OWN = 1000
_WIDEST = 300
"""Columns of a table that a person looks at; a table of more is one of spectra."""
_SHARE = 1 / 3


@lru_cache(maxsize=2)
def _lines_or_fault(name: str, data: bytes, encoding: str) -> tuple[Lines, ...] | UnreadableFile:
    """Remember faults too: every profile is asked about a file, and opening a bad workbook takes its time."""
    try:
        return lines_of(name, data, encoding)  # type: ignore[arg-type]  # a Literal of Encoding, kept hashable
    except UnreadableFile as error:
        return error


def _lines(name: str, data: bytes, encoding: str) -> tuple[Lines, ...]:
    found = _lines_or_fault(name, data, encoding)
    if isinstance(found, UnreadableFile):
        raise UnreadableFile(found.path, found.reason, found.hint)
    return found


@lru_cache(maxsize=64)
def _survey(lines: Lines, delimiter: str, mark: DecimalMark | None) -> Survey | None:
    return survey(lines, delimiter, mark)


def fault_of(name: str, data: bytes) -> UnreadableFile | None:
    """Return why a text or a workbook cannot be opened at all; None where it can, or the file is neither."""
    found = _lines_or_fault(name, data, "auto")
    is_text_or_book = isinstance(found, UnreadableFile) and not isinstance(found.__cause__, UnicodeError)
    return found if isinstance(found, UnreadableFile) and is_text_or_book and data.strip() else None


def surveys_of(name: str, data: bytes, profile: Profile | None = None) -> tuple[Survey, ...]:
    """Look at the tables of a file, one for a text or for each sheet, as a profile says that it is spelled.

    Raises
    ------
    UnreadableFile
        If it is no text and no workbook.
    """
    form = profile.text if profile is not None else None
    found = []
    for lines in _lines(name, data, form.encoding if form is not None else "auto"):
        if form is not None and form.sheet and lines.sheet and not re.search(form.sheet, lines.sheet, re.IGNORECASE):
            continue
        by = "" if form is None or lines.sheet else _DELIMITERS[form.delimiter]
        mark = None if form is None or lines.sheet else _MARKS[form.decimal]
        looked = _survey(lines, by, mark)
        if looked is not None:
            found.append(looked)
    return tuple(found)


def choose(name: str, data: bytes, entries: Sequence[Entry]) -> Entry | None:
    """Return the profile that fits a file best, None where none does.

    Raises
    ------
    UnreadableFile
        If two fit it equally well: only a person can tell then.
    """
    scores: list[tuple[int, Entry]] = []
    for entry in entries:
        try:
            score = max(
                (fit(entry.profile, looked, name) for looked in surveys_of(name, data, entry.profile)), default=0
            )
        except UnreadableFile:
            continue
        if score:
            scores.append((score + (_OWN if entry.is_own else 0), entry))
    if not scores:
        return None
    best = max(score for score, _ in scores)
    first, *others = [entry for score, entry in scores if score == best]
    if others:
        both = " and ".join(entry.profile.profile for entry in (first, *others))
        raise UnreadableFile(
            name, f"the profiles {both} know it equally well", f"name one: profile:{first.profile.profile}"
        )
    return first


def fit(profile: Profile, looked: Survey, name: str) -> int:
    """Say how well a profile fits a table: 0 not at all, more for each thing that it asks for and finds."""
    knows = profile.knows
    if knows.only_by_name:
        return 0
    before = [looked.lines.texts[i] for i in (*looked.preamble, *looked.header.rows)]
    if knows.name is not None and not re.search(knows.name, name, re.IGNORECASE):
        return 0
    if not all(any(re.search(pattern, text, re.IGNORECASE) for text in before) for pattern in knows.lines):
        return 0
    if knows.says is not None and not any(re.search(knows.says, text, re.IGNORECASE) for text in (name, *before)):
        return 0
    score = _of_shape(profile, looked, name)
    return score and score + 2 * len(knows.lines) + (knows.name is not None) + (knows.says is not None)


def _of_shape(profile: Profile, looked: Survey, name: str) -> int:
    names = looked.header.names
    if profile.shape == "rows are specimens":
        places = axis_columns(profile.matrix or MatrixRule(), names)
        return 2 if len(places) >= _FEWEST_AXIS and not stands_along(looked) else 0
    if profile.is_headerless:
        is_bare = not names and looked.header.broken is None and not looked.is_mixed
        return 1 if is_bare and looked.width == len(profile.columns) else 0
    if profile.shape == "amounts in rows":
        there = set(rows_in(looked, profile)) if is_turned(looked) else set()
        wanted = set(profile.required)
        return 2 * len(wanted) if wanted and wanted <= there else 0
    is_named = profile.blocks is not None and profile.blocks.by == "names"
    if not names or (looked.is_mixed and not is_named and profile.shape in ("curve", "columns are specimens")):
        return 0
    if looked.width > _WIDEST and profile.shape != "columns are specimens":
        return 0
    try:
        columns = resolve(looked, profile.columns, name)
    except UnreadableFile:
        return 0
    there = {column.quantity for column in columns}
    if missing_of(profile, columns) or there & set(profile.knows.without):
        return 0
    if any(not there & set(group) for group in profile.knows.one_of):
        return 0
    if profile.shape == "amounts" and not _is_mostly(profile, looked, columns):
        return 0
    if profile.shape == "columns are specimens":
        others = [column for column in columns if column.quantity not in profile.required]
        if len(others) < 2 or any(column.is_known for column in others):
            return 0
    n_more = sum(not rule.required and rule.quantity in there for rule in profile.columns)
    return 2 * len(profile.required) + len(profile.knows.one_of) + n_more


def _is_mostly(profile: Profile, looked: Survey, columns: Sequence[Resolved]) -> bool:
    """Say whether a table with names of specimens is about a profile's amounts, not a recipe that holds one of them."""
    is_about = {*(rule.quantity for rule in profile.columns), *(q for group in profile.knows.one_of for q in group)}
    numeric = [c for c in columns if looked.kinds[c.index] == "numbers" and not is_label(c.header, profile)]
    n_about = sum(column.quantity in is_about for column in numeric)
    return any(is_label(header, profile) for header in looked.header.names) and n_about >= _SHARE * len(numeric)
