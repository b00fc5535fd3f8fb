"""Apply a profile to a file: every table of it that fits, a reading for each test piece or specimen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.amounts import read_amounts
from services.ingest.profiles.curves import read_curves
from services.ingest.profiles.matching import fit, surveys_of
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.specimen_columns import read_columns
from services.ingest.profiles.specimen_rows import read_rows
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.turned import read_turned
from services.records.reading import Reading

__all__ = ["apply_profile"]

_HINT = "let meguri profile guess draft a profile of it"


def apply_profile(profile: Profile, name: str, data: bytes) -> tuple[Reading, ...]:
    """Read a file as a profile says.

    Parameters
    ----------
    name
        The file's name, for messages.

    Returns
    -------
    At least one reading; those of a workbook's sheets carry the sheet's name where several hold something.

    Raises
    ------
    UnreadableFile
        If the file is not as the profile says, or damaged; names the line and what would be right.
    """
    looked = surveys_of(name, data, profile)
    if not looked:
        raise UnreadableFile(name, "no table of numbers was found in it", _HINT)
    if len(looked) == 1:
        return _read(profile, name, data, looked[0])
    asked = profile.model_copy(update={"knows": profile.knows.model_copy(update={"only_by_name": False})})
    fitting = [one for one in looked if fit(asked, one, name)]
    if not fitting:
        sheets = ", ".join(one.lines.sheet for one in looked)
        raise UnreadableFile(name, f"none of its sheets ({sheets}) holds what {profile.title} has", _HINT)
    others = [one.lines.sheet for one in looked if one not in fitting]
    note = (f"sheets not read: {', '.join(others)}",) if others else ()
    readings = list(_of_sheets(profile, name, data, fitting))
    return (replace(readings[0], notes=(*readings[0].notes, *note)), *readings[1:])


def _of_sheets(profile: Profile, name: str, data: bytes, looked: list[Survey]) -> Iterator[Reading]:
    for one in looked:
        for reading in _read(profile, name, data, one):
            label = " ".join(filter(None, (one.lines.sheet, reading.label))) if len(looked) > 1 else reading.label
            yield replace(reading, label=label)


def _read(profile: Profile, name: str, data: bytes, looked: Survey) -> tuple[Reading, ...]:
    match profile.shape:
        case "curve":
            return read_curves(name, looked, profile)
        case "rows are specimens":
            return read_rows(name, looked, profile)
        case "columns are specimens":
            return read_columns(name, looked, profile)
        case "amounts":
            return read_amounts(name, data, looked.lines.sheet, profile)
        case "amounts in rows":
            return read_turned(name, looked, profile)
