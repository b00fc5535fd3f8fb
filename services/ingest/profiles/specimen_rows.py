"""A specimen a row over an axis in the header: tables of spectra."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.cell_kinds import is_missing, number
from services.ingest.profiles.frame import check_header, parts_of
from services.ingest.profiles.labels import is_label, is_replicate, with_notes
from services.ingest.profiles.lines import split
from services.ingest.profiles.numbers import check_end, numbers_of, rows_of
from services.ingest.profiles.profile import MatrixRule, Profile
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.vocabulary import name_and_unit, slug
from services.records.curve import Channel, CurveError, curve_along
from services.records.reading import Amount, Facts, Reading

__all__ = ["axis_columns", "read_rows"]

_SAY_AGAIN = "the file is damaged: export it again"


def axis_columns(rule: MatrixRule, names: Sequence[str]) -> dict[int, float]:
    """Return the places on the axis that headers say, by column."""
    found: dict[int, float] = {}
    for index, name in enumerate(names):
        match = re.search(rule.header, name, re.IGNORECASE) if rule.header else None
        text = match.groupdict().get("x") or match.group() if match else "" if rule.header else name
        value = number(text, "," if "," in text else ".") if text else None
        if value is not None and np.isfinite(value):
            found[index] = value
    return found


def read_rows(name: str, survey: Survey, profile: Profile) -> tuple[Reading, ...]:
    """Read a wide matrix: a specimen a row, the axis in the header.

    Raises
    ------
    UnreadableFile
        If a row is damaged or the header's axis turns back.
    """
    check_header(name, survey)
    rule = profile.matrix or MatrixRule()
    names = survey.header.names
    places = axis_columns(rule, names)
    if len(places) < 2:
        raise UnreadableFile(
            name, f"as {profile.title} it needs columns along {rule.axis}; it has {', '.join(names[:6])}"
        )
    rows = [
        row
        for part in parts_of(name, survey, profile)[0]
        for run in part.runs
        for row in rows_of(survey.lines, run.start, run.stop)
    ]
    check_end(name, survey.lines, rows, survey.delimiter)
    mark = survey.mark or "."
    values = numbers_of(
        name, survey.lines, rows, list(places), width=survey.width, delimiter=survey.delimiter, mark=mark, headers=names
    )
    x = np.array(list(places.values()))
    labels = [i for i, header in enumerate(names) if i not in places and is_label(header, profile)]
    labels.sort(key=lambda i: is_replicate(names[i]))
    others = [i for i in range(survey.width) if i not in places and i not in labels and i < len(names) and names[i]]
    readings: list[Reading] = []
    skipped: list[str] = []
    used: set[str] = set()
    for k, row in enumerate(rows):
        cells = split(survey.lines.texts[row], survey.delimiter)
        if not np.isfinite(values[k]).any():
            skipped.append(f"{survey.lines.place(row)} holds no values")
            continue
        label = ", ".join(cells[i] for i in labels if cells[i]) or survey.lines.place(row)
        label = label if label not in used else f"{label} ({survey.lines.place(row)})"
        used.add(label)
        specimen = cells[labels[0]] if labels else ""
        amounts, texts = _beside(names, cells, others, survey)
        try:
            curve = curve_along(Channel(rule.axis, rule.axis_unit, x), Channel(rule.value, rule.value_unit, values[k]))
        except CurveError as error:
            raise UnreadableFile(name, f"its header: {error}", _SAY_AGAIN) from error
        readings.append(
            Reading(
                modality=profile.modality,
                curves=(curve,),
                amounts=amounts,
                facts=Facts(specimen=specimen, texts=texts),
                label=label,
            )
        )
    if not readings:
        raise UnreadableFile(name, "none of its rows holds values", _SAY_AGAIN)
    return with_notes(readings, skipped)


def _beside(
    names: Sequence[str], cells: Sequence[str], others: Sequence[int], survey: Survey
) -> tuple[dict[str, Amount], dict[str, str]]:
    """Return the numbers and words beside a spectrum."""
    amounts: dict[str, Amount] = {}
    texts: dict[str, str] = {}
    for i in others:
        bare, unit = name_and_unit(names[i])
        if is_missing(cells[i]):
            continue
        value = number(cells[i], survey.mark or ".") if survey.kinds[i] == "numbers" else None
        if value is None:
            texts[names[i]] = cells[i]
        else:
            amounts[slug(bare) or f"column_{i + 1}"] = Amount(value, unit or "")
    return amounts, texts
