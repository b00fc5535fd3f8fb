"""Curves of delimited text: columns over one axis, a reading for each test piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import OrderFault
from services.ingest.profiles.cell_kinds import seconds
from services.ingest.profiles.claims import claims_of
from services.ingest.profiles.fields import claimed, facts_of, fields_in
from services.ingest.profiles.frame import Part, check_header, parts_of
from services.ingest.profiles.named_rows import read_named
from services.ingest.profiles.numbers import check_end, numbers_of, rows_of
from services.ingest.profiles.one_curve import Rows, curve_of, joined
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.resolved import Resolved, missing_of, pieces_of, resolve
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.vocabulary import sign_of
from services.records.curve import Curve
from services.records.reading import Claim, Reading

__all__ = ["read_curves"]

_SAY_ORDER = "lines are lost, doubled or out of order: export it again"


def read_curves(name: str, survey: Survey, profile: Profile) -> tuple[Reading, ...]:
    """Read every curve of a file by a profile.

    Raises
    ------
    UnreadableFile
        If a line is damaged, a column is missing or an axis is out of order; names the place.
    """
    check_header(name, survey)
    if profile.blocks is not None and profile.blocks.by == "names":
        return read_named(name, survey, profile)
    resolved = resolve(survey, profile.columns, name)
    lacking = missing_of(profile, resolved)
    if lacking:
        there = ", ".join(column.header or column.quantity for column in resolved)
        raise UnreadableFile(name, f"as {profile.title} it needs a column of {', '.join(lacking)}; it has {there}")
    parts, behind = parts_of(name, survey, profile)
    usable, notes = _usable(survey, resolved)
    pieces = pieces_of(usable)
    readings: list[Reading] = []
    for part in parts:
        fields = fields_in([*part.texts, *behind], survey.delimiter)
        shared = {} if part is parts[0] else fields_in(parts[0].texts, survey.delimiter)
        facts, of_facts = facts_of({**shared, **fields}, profile.fields, survey.mark)
        signs = dict.fromkeys(filter(None, (sign_of(column.header) for column in resolved)))
        if signs:
            facts = replace(facts, texts={**facts.texts, "sign of heat": ", ".join(signs)})
        blocks = _blocks(name, survey, part, usable, may_end_early=len(pieces) > 1)
        said = claimed(fields, profile.claims) if len(pieces) == 1 else {}
        for label, columns in pieces:
            curves, claims, of_curve = _curves(name, survey, profile, blocks, columns, part)
            readings.append(
                Reading(
                    modality=profile.modality,
                    curves=curves,
                    facts=facts,
                    claims=(*claims, *(claims_of(said, curves[0], survey.mark or ".") if len(curves) == 1 else ())),
                    notes=(*notes, *of_facts, *of_curve),
                    label=" ".join(filter(None, (part.label, label))),
                )
            )
    return tuple(readings)


def _usable(survey: Survey, resolved: Sequence[Resolved]) -> tuple[tuple[Resolved, ...], tuple[str, ...]]:
    """Leave out columns of words; a column of clock times is one of seconds."""
    found: list[Resolved] = []
    notes: list[str] = []
    is_timed = any(column.quantity == "time" and survey.kinds[column.index] == "numbers" for column in resolved)
    passed = ""
    for column in resolved:
        kind = survey.kinds[column.index]
        column, passed = (replace(column, group=column.group or passed) if passed else column), ""
        is_used = column.quantity == "time" and not is_timed and _is_read(survey, column)
        if kind == "words" or (kind == "clock" and not is_used):
            passed = column.group  # what a group is called may stand over a column that is not read
            held = "words" if kind == "words" else "times"
            notes.append(f"column {column.header or column.index + 1!r} holds {held}: not read")
            continue
        if kind == "clock":
            column = Resolved(column.index, column.header, column.name, "time", "s", True, column.group)
        found.append(column)
    unsaid = [c.header or c.quantity for c in found if c.unit is None and c.quantity not in ("index", "segment")]
    if unsaid:
        notes.append(f"the file says no unit for {', '.join(dict.fromkeys(unsaid))}")
    return tuple(found), tuple(notes)


def _is_read(survey: Survey, column: Resolved) -> bool:
    """Say whether the clock of a column has one reading: 11/03/2021 has two."""
    return all(seconds(row[column.index]) is not None for row in survey.sample if row[column.index])


def _blocks(name: str, survey: Survey, part: Part, columns: tuple[Resolved, ...], *, may_end_early: bool) -> list[Rows]:
    found: list[Rows] = []
    for run in part.runs:
        rows = rows_of(survey.lines, run.start, run.stop)
        check_end(name, survey.lines, rows, survey.delimiter)
        values = numbers_of(
            name,
            survey.lines,
            rows,
            [column.index for column in columns],
            width=survey.width,
            delimiter=survey.delimiter,
            mark=survey.mark or ".",
            headers=survey.header.names,
            may_end_early=may_end_early,
        )
        found.append(Rows(rows=rows, values=values, columns=columns))
    return found


def _curves(
    name: str,
    survey: Survey,
    profile: Profile,
    blocks: Sequence[Rows],
    columns: tuple[Resolved, ...],
    part: Part,
) -> tuple[tuple[Curve, ...], tuple[Claim, ...], tuple[str, ...]]:
    """Make one curve of all runs where its axis goes on through them, else a curve of each."""
    whole = joined(blocks)
    starts = [int(start) for start in np.cumsum([0, *(len(block.rows) for block in blocks)])]
    try:
        try:
            made = [curve_of(name, survey, profile, whole, columns, starts, part.markers)]
        except OrderFault:
            if len(blocks) == 1:
                raise
            made = [
                curve_of(name, survey, profile, block, columns, [0, len(block.rows)], [marker])
                for block, marker in zip(blocks, part.markers, strict=True)
            ]
    except OrderFault as fault:
        raise UnreadableFile(name, str(fault), _SAY_ORDER) from fault
    return (
        tuple(one.curve for one in made),
        tuple(claim for one in made for claim in one.claims),
        tuple(dict.fromkeys(note for one in made for note in one.notes)),
    )
