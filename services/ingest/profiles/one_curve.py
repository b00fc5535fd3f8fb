"""One curve of rows of numbers: its axis, channels and segments, and what its rows say of their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import AXES, OrderFault, choose_axis, find_repeat, step_claim
from services.ingest.profiles.claims import order_claim
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.resolved import Resolved
from services.ingest.profiles.segments import by_bounds, by_rate
from services.ingest.profiles.survey import Survey
from services.records.curve import Channel, Curve, Segment, curve_along
from services.records.reading import Claim

__all__ = ["MadeCurve", "Rows", "curve_of", "joined"]

_SAY_AGAIN = "the file is damaged: export it again"
_COUNTED = 0.9
_MOST_SEGMENTS = 200


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of numbers: the indices of their lines, and their values, a column for each of `columns`."""

    rows: list[int]
    values: np.ndarray
    columns: tuple[Resolved, ...]


@dataclass(frozen=True, kw_only=True)
class MadeCurve:
    """A curve with what its file says of it, and notes for people."""

    curve: Curve
    claims: tuple[Claim, ...]
    notes: tuple[str, ...]


def joined(blocks: Sequence[Rows]) -> Rows:
    """Put rows of several runs behind each other."""
    if len(blocks) == 1:
        return blocks[0]
    rows = [row for block in blocks for row in block.rows]
    return Rows(rows=rows, values=np.concatenate([block.values for block in blocks]), columns=blocks[0].columns)


def curve_of(
    name: str,
    survey: Survey,
    profile: Profile,
    block: Rows,
    columns: Sequence[Resolved],
    starts: Sequence[int],
    markers: Sequence[re.Match[str] | None],
) -> MadeCurve:
    """Make a curve of some columns of rows.

    Parameters
    ----------
    starts
        First rows of its runs, and the number of rows at the end.
    markers
        The lines that begin the runs, None for a run without one.

    Raises
    ------
    OrderFault
        If no column serves as axis; says the place.
    UnreadableFile
        If a row is doubled, or an axis has holes.
    """
    places = [column.index for column in block.columns]
    taken = {column.quantity: block.values[:, places.index(column.index)] for column in columns}
    rows, taken = _filled(block.rows, taken, columns, survey)
    claims: list[Claim] = []
    notes: list[str] = []
    lines = survey.lines
    if "index" in taken:
        counted = np.diff(taken["index"]) if len(rows) > 1 else np.array([])
        if len(counted) and (counted == 1).mean() >= _COUNTED and len(starts) <= 2:
            claims.append(order_claim(taken["index"], [lines.place(row) for row in rows]))
            del taken["index"]
    parted = _parting(profile, taken)
    parting = taken.pop(parted) if parted else None
    if not taken:
        raise UnreadableFile(name, "it has no column of numbers beside its index", _SAY_AGAIN)
    units = {column.quantity: column.unit or "" for column in columns}
    wanted = profile.axis or (*AXES, *(["x"] if "x" in taken else []), *(q for q in taken if q not in AXES))
    numbered = [(quantity, values) for quantity, values in taken.items() if np.isfinite(values).all()]
    hollow = next((q for q in wanted if q in taken), "")
    if hollow and hollow not in dict(numbered) and (profile.axis[:1] == (hollow,) or hollow in AXES[:1]):
        first = int(np.argmin(np.isfinite(taken[hollow])))
        raise UnreadableFile(name, f"{lines.place(rows[first])} has no {hollow}", _SAY_AGAIN)
    try:
        quantity, of_axis = choose_axis(numbered, wanted)
    except OrderFault as fault:
        at = min(fault.point, len(rows) - 1)
        raise OrderFault(at, f"{lines.place(rows[at])}: {fault}") from fault
    notes += of_axis
    x = np.arange(1.0, len(rows) + 1) if quantity == "point" else taken[quantity]
    if float(np.ptp(x)) == 0:
        raise UnreadableFile(name, f"{quantity} is {x[0]:g} at every one of {len(x)} rows: it is no axis", _SAY_AGAIN)
    repeat = find_repeat(x, np.column_stack(list(taken.values())))
    if repeat is not None:
        raise UnreadableFile(
            name, f"{lines.place(rows[repeat])} repeats the line before", "a line is doubled: export it again"
        )
    claim, note = step_claim(quantity, x, [lines.place(row) for row in rows]) if len(starts) <= 2 else (None, "")
    claims += [claim] if claim is not None else []
    notes += [note] if note else []
    channels = [Channel(q, units.get(q, ""), values) for q, values in taken.items() if q != quantity]
    if not channels:
        raise UnreadableFile(name, f"it has nothing beside its axis, {quantity}", _SAY_AGAIN)
    axis = Channel(quantity, units.get(quantity, ""), x)
    segments = () if x[0] > x[-1] else _segments(profile, axis, channels, parting, starts, markers)
    label = next((_marked(match)[0] for match in markers if match is not None), "") if len(starts) == 2 else ""
    return MadeCurve(
        curve=curve_along(axis, *channels, segments=segments, name=label), claims=tuple(claims), notes=tuple(notes)
    )


def _filled(
    rows: list[int], taken: dict[str, np.ndarray], columns: Sequence[Resolved], survey: Survey
) -> tuple[list[int], dict[str, np.ndarray]]:
    """Cut rows off at the end that hold nothing of these columns: other test pieces go on there."""
    own = [column.quantity for column in columns if column.index >= columns[-1].index - len(columns) + 1]
    if survey.width <= len(columns) or not own:
        return rows, taken
    is_there = np.any([np.isfinite(taken[quantity]) for quantity in own[1:] or own], axis=0)
    stop = int(np.flatnonzero(is_there)[-1]) + 1 if is_there.any() else len(rows)
    return rows[:stop], {quantity: values[:stop] for quantity, values in taken.items()}


def _parting(profile: Profile, taken: dict[str, np.ndarray]) -> str:
    """Return the quantity that numbers segments, empty where there is none."""
    rule = profile.segments
    wanted = rule.column if rule is not None and rule.by == "column" else "segment" if rule is None else ""
    return wanted if wanted in taken and len(taken) > 2 else ""


def _segments(
    profile: Profile,
    axis: Channel,
    channels: Sequence[Channel],
    parting: np.ndarray | None,
    starts: Sequence[int],
    markers: Sequence[re.Match[str] | None],
) -> tuple[Segment, ...]:
    rule = profile.segments
    of = rule.of if rule is not None else "temperature"
    temperature = next((c.values for c in (axis, *channels) if c.quantity == of), None)
    if parting is not None:
        edges = np.flatnonzero(np.diff(parting) != 0) + 1
        if len(edges) >= _MOST_SEGMENTS:
            return ()
        bounds = [0, *(int(edge) for edge in edges), len(axis)]
        names = [f"{parting[start]:g}" for start in bounds[:-1]]
        return by_bounds(bounds, names, [None] * len(names), temperature)
    if any(match is not None for match in markers) and (len(markers) > 1 or rule is None or rule.by == "marker"):
        told = [_marked(match) if match is not None else ("", None) for match in markers]
        return by_bounds(starts, [name for name, _ in told], [rate for _, rate in told], temperature)
    if rule is not None and rule.by == "rate" and temperature is not None:
        is_program = of == "temperature"
        kinds = ("heat", "cool", "isothermal") if is_program else ("load", "unload", "hold")
        unit = axis.unit if axis.quantity == "time" else ""
        return by_rate(axis.values, temperature, unit, rule.least, kinds)  # type: ignore[arg-type]  # words of SegmentKind
    return ()


def _marked(match: re.Match[str]) -> tuple[str, float | None]:
    """Return name and rate that a marker line tells."""
    groups = match.groupdict()
    name = groups.get("name") or match.group()
    rate = groups.get("rate")
    return str(name).strip(' \t:;,"[]#'), float(str(rate).replace(",", ".")) if rate else None
