"""Curves one below the other with the name of their specimen in each row: sample, time, temperature, mass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import AXES, OrderFault
from services.ingest.profiles.fields import facts_of, fields_in
from services.ingest.profiles.frame import parts_of
from services.ingest.profiles.labels import is_label
from services.ingest.profiles.lines import split
from services.ingest.profiles.numbers import check_end, numbers_of, rows_of
from services.ingest.profiles.one_curve import Rows, curve_of
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.resolved import Resolved, missing_of, pieces_of, resolve
from services.ingest.profiles.structure import modality_of
from services.ingest.profiles.survey import Survey
from services.records.reading import Reading

__all__ = ["label_over", "read_named"]

_SAY_ORDER = "lines are lost, doubled or out of order: export it again"
_POINTS_A_NAME = 8
"""Fewest rows of a name, on average, in a table of curves; replicates of an amount are fewer."""
_CURVES = frozenset(["TG", "DSC", "DTA", "tensile", "WAXS", "Raman", "FTIR", "UV-Vis", "GPC"])
_NO_LABEL = Profile.model_validate({"schema": 1, "profile": "none", "title": "none", "shape": "rows are specimens"})


def label_over(looked: Survey, columns: Sequence[Resolved]) -> int | None:
    """Return the column that names the specimen in each row of a table of curves; None where it is no such table.

    Columns beside it must be those of a kind of curve, and each name must stand in many rows.
    """
    there = {column.quantity for column in columns if looked.kinds[column.index] in ("numbers", "clock")}
    if not there & set(AXES) or modality_of(there) not in _CURVES or looked.n_rows < _POINTS_A_NAME:
        return None
    for index, header in enumerate(looked.header.names):
        is_count = any(column.index == index and column.quantity == "index" for column in columns)
        if is_count or not is_label(header, _NO_LABEL):
            continue
        rows = [row for run in looked.runs for row in rows_of(looked.lines, run.start, run.stop)]
        names = [cells[index] for row in rows if len(cells := split(looked.lines.texts[row], looked.delimiter)) > index]
        if names and all(names) and len(set(names)) * _POINTS_A_NAME <= len(names):
            return index
    return None


def read_named(name: str, survey: Survey, profile: Profile) -> tuple[Reading, ...]:
    """Read a curve for each name in a column.

    Raises
    ------
    UnreadableFile
        If a column is missing, a row has no name or a damaged number, a name begins twice, or an axis is out of order.
    """
    place = _place(name, survey, profile)
    resolved = resolve(survey, profile.columns, name)
    lacking = missing_of(profile, resolved)
    if lacking:
        raise UnreadableFile(name, f"as {profile.title} it needs a column of {', '.join(lacking)}")
    used = [c for c in resolved if c.index != place and survey.kinds[c.index] == "numbers" and c.quantity != "index"]
    ((_, columns),) = pieces_of(used)[:1]
    parts, behind = parts_of(name, survey, profile)
    rows = [row for part in parts for run in part.runs for row in rows_of(survey.lines, run.start, run.stop)]
    check_end(name, survey.lines, rows, survey.delimiter)
    values = numbers_of(
        name, survey.lines, rows, [column.index for column in columns], width=survey.width,
        delimiter=survey.delimiter, mark=survey.mark or ".", headers=survey.header.names,
    )  # fmt: skip
    facts, notes = facts_of(fields_in([*parts[0].texts, *behind], survey.delimiter), profile.fields, survey.mark)
    readings = []
    for label, start, stop in _stretches(name, survey, rows, place):
        block = Rows(rows=rows[start:stop], values=values[start:stop], columns=tuple(columns))
        try:
            made = curve_of(name, survey, profile, block, columns, [0, stop - start], [None])
        except OrderFault as fault:
            raise UnreadableFile(name, f"{label}: {fault}", _SAY_ORDER) from fault
        readings.append(
            Reading(
                modality=profile.modality,
                curves=(made.curve,),
                facts=replace(facts, specimen=label),
                claims=made.claims,
                notes=(*notes, *made.notes),
                label=label,
            )
        )
    return tuple(readings)


def _place(name: str, survey: Survey, profile: Profile) -> int:
    """Return the column of names."""
    wanted = profile.blocks.label if profile.blocks is not None else None
    for index, header in enumerate(survey.header.names):
        if re.search(wanted, header, re.IGNORECASE) if wanted else is_label(header, profile):
            return index
    raise UnreadableFile(name, f"as {profile.title} it needs a column that names the specimen in each row")


def _stretches(name: str, survey: Survey, rows: Sequence[int], place: int) -> list[tuple[str, int, int]]:
    """Return the names in their order, each with its first row and the one behind its last."""
    found: list[tuple[str, int, int]] = []
    for k, row in enumerate(rows):
        label = split(survey.lines.texts[row], survey.delimiter)[place]
        if not label:
            raise UnreadableFile(name, f"{survey.lines.place(row)} names no specimen", _SAY_ORDER)
        if found and found[-1][0] == label:
            found[-1] = (label, found[-1][1], k + 1)
        elif any(one[0] == label for one in found):
            raise UnreadableFile(name, f"{survey.lines.place(row)}: {label} begins for the second time", _SAY_ORDER)
        else:
            found.append((label, k, k + 1))
    return found
