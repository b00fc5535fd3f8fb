"""A specimen a column over one axis."""

from __future__ import annotations

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import OrderFault
from services.ingest.profiles.fields import facts_of, fields_in
from services.ingest.profiles.frame import check_header, parts_of
from services.ingest.profiles.numbers import check_end, numbers_of, rows_of
from services.ingest.profiles.one_curve import Rows, curve_of
from services.ingest.profiles.profile import MatrixRule, Profile
from services.ingest.profiles.resolved import Resolved, resolve
from services.ingest.profiles.survey import Survey
from services.records.reading import Facts, Reading

__all__ = ["read_columns"]


def read_columns(name: str, survey: Survey, profile: Profile) -> tuple[Reading, ...]:
    """Read a specimen a column over the axis in the first that fits.

    Raises
    ------
    UnreadableFile
        If a row is damaged or the axis is out of order.
    """
    check_header(name, survey)
    rule = profile.matrix or MatrixRule()
    columns = [
        c
        for c in resolve(survey, profile.columns, name)
        if c.quantity != "index" and survey.kinds[c.index] == "numbers"
    ]
    axis = next((column for column in columns if column.quantity == rule.axis), columns[0] if columns else None)
    others = [column for column in columns if column is not axis]
    if axis is None or not others:
        raise UnreadableFile(name, f"as {profile.title} it needs an axis and a column for each specimen")
    parts, behind = parts_of(name, survey, profile)
    rows = [row for part in parts for run in part.runs for row in rows_of(survey.lines, run.start, run.stop)]
    check_end(name, survey.lines, rows, survey.delimiter)
    values = numbers_of(
        name,
        survey.lines,
        rows,
        [axis.index, *(column.index for column in others)],
        width=survey.width,
        delimiter=survey.delimiter,
        mark=survey.mark or ".",
        headers=survey.header.names,
        may_end_early=True,
    )
    facts, notes = facts_of(fields_in([*parts[0].texts, *behind], survey.delimiter), profile.fields, survey.mark)
    along = Resolved(axis.index, axis.header, axis.name, rule.axis, axis.unit or rule.axis_unit, True)
    readings: list[Reading] = []
    for k, column in enumerate(others, start=1):
        is_there = np.isfinite(values[:, k])
        own = Resolved(column.index, column.header, column.name, rule.value, column.unit or rule.value_unit, True)
        block = Rows(
            rows=[row for row, there in zip(rows, is_there, strict=True) if there],
            values=values[is_there][:, [0, k]],
            columns=(along, own),
        )
        try:
            made = curve_of(
                name,
                survey,
                profile.model_copy(update={"axis": (rule.axis,)}),
                block,
                (along, own),
                [0, len(block.rows)],
                [None],
            )
        except OrderFault as fault:
            raise UnreadableFile(
                name, str(fault), "lines are lost, doubled or out of order: export it again"
            ) from fault
        readings.append(
            Reading(
                modality=profile.modality,
                curves=(made.curve,),
                facts=Facts(
                    specimen=column.name,
                    instrument=facts.instrument,
                    operator=facts.operator,
                    session=facts.session,
                    measured_at=facts.measured_at,
                    conditions=facts.conditions,
                    texts=facts.texts,
                ),
                claims=made.claims,
                notes=(*notes, *made.notes),
                label=column.header,
            )
        )
    return tuple(readings)
