"""Write a profile's YAML for a table that was looked at, with the reason beside each line and questions left open."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import PurePath

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.axis import AXES
from services.ingest.profiles.fields import fields_in
from services.ingest.profiles.lines import BLANKS
from services.ingest.profiles.named_rows import label_over
from services.ingest.profiles.numbers import numbers_of, rows_of
from services.ingest.profiles.profile import Shape
from services.ingest.profiles.resolved import Resolved, pieces_of, resolve
from services.ingest.profiles.structure import between, general, labelled, matrix_of, modality_by_name, modality_of
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.turned import amount_rows
from services.ingest.profiles.vocabulary import fact_of, name_and_unit, quantity_of, slug

__all__ = ["draft"]

_DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", BLANKS: "blanks"}
_ENCODINGS = {"UTF-8": "utf-8", "Latin-1": "latin-1", "Shift-JIS (CP932)": "shift-jis"}
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_MOST_LINES = 3
_AMOUNTS = frozenset(["mn", "mz", "mp", "dispersity", "mfr", "density", "ash", "impact_strength"])
_NUMBER_BEHIND = re.compile(r"[\s_.#-]*\d+$")


def draft(
    looked: Survey, name: str, shape: Shape, *, with_point: bool = False, n_sheets: int = 1, taken: Container[str] = ()
) -> str:
    """Return the YAML of a profile that reads a table.

    Parameters
    ----------
    shape
        What the table is taken for.
    with_point
        Whether points may be counted where no column serves as axis.
    n_sheets
        How many sheets of a workbook hold a table.
    taken
        Names that other profiles have.
    """
    called = slug(PurePath(name).stem.encode("ascii", "ignore").decode()).strip("_-") or "export"
    called = called if called not in taken else f"{called}_export"
    columns = resolve(looked, (), name)
    before = [looked.lines.texts[i] for i in looked.preamble]
    quantities = {column.quantity for column in columns}
    modality = modality_of(quantities) if shape in ("curve", "amounts") else ""
    asked = modality_by_name([PurePath(name).stem, *before])
    lines = [
        f"# Drafted from {PurePath(name).name}: {looked.lines.read_as}, {looked.n_rows} rows of {looked.width} cells.",
        "# Lines with ? are questions: the file does not say. Look at what is read, answer them, and keep the file.",
        "schema: 1",
        f"profile: {called}",
        f"title: {_quoted('Export as ' + PurePath(name).name)}",
    ]
    if modality:
        lines.append(f"modality: {modality}  # by its columns")
    else:
        hint = f"; its name or header speaks of {asked}" if asked else ""
        lines.append(f"# modality: {asked or '?'}  # ? its columns leave it open{hint}")
    lines += [f"shape: {shape}"] if shape != "curve" else []
    lines += _knows(looked, before)
    lines += _text(looked, n_sheets)
    match shape:
        case "curve":
            lines += _curve(looked, name, columns, with_point=with_point)
        case "rows are specimens":
            lines += _matrix(looked)
        case "columns are specimens":
            lines += _columns_matrix(columns)
        case "amounts":
            lines += _amounts(looked, columns)
        case "amounts in rows":
            lines += _turned(looked)
    lines += _fields(looked, before)
    lines += _end(looked, shape)
    return "".join(c if c.isprintable() or c == "\n" else "." for c in "\n".join(lines)) + "\n"


def _knows(looked: Survey, before: Sequence[str]) -> Iterator[str]:
    if not looked.header.names:
        yield "knows:"
        yield "  only_by_name: true  # bare numbers could be anything: name the profile where such a file is read"
        return
    keys = [key for key in fields_in(before, looked.delimiter) if not re.search(r"\d", key) and len(key) < 40][
        :_MOST_LINES
    ]
    if keys:
        yield "knows:"
        listed = ", ".join(_quoted(rf"^\W*{re.escape(key)}".replace("\\ ", " ")) for key in keys)
        yield f"  lines: [{listed}]  # fields before the numbers that such files have"


def _text(looked: Survey, n_sheets: int) -> Iterator[str]:
    lines = looked.lines
    if lines.sheet:
        if n_sheets > 1:
            yield "# text: {sheet: '…'}  # ? which sheets to read; without it all that hold such columns"
        return
    parts = []
    if lines.read_as in _ENCODINGS:
        parts.append(f"encoding: {_ENCODINGS[lines.read_as]}")
    if looked.delimiter in _DELIMITERS:
        parts.append(f"delimiter: {_DELIMITERS[looked.delimiter]}")
    mark = looked.mark or ","
    parts.append(f"decimal: {'comma' if mark == ',' else 'point'}")
    why = "" if looked.mark else "  # ? its commas may be decimal or group thousands: look at the numbers"
    yield f"text: {{{', '.join(parts)}}}{why}"


def _curve(looked: Survey, name: str, columns: Sequence[Resolved], *, with_point: bool) -> Iterator[str]:
    named = label_over(looked, columns)
    numeric = [
        c
        for c in columns
        if looked.kinds[c.index] in ("numbers", "clock") and c.quantity != "index" and c.index != named
    ]
    pieces = pieces_of(numeric)
    first = pieces[0][1] if pieces else ()
    is_headerless = not looked.header.names
    yield "columns:"
    names: list[str] = []
    for k, column in enumerate(first):
        quantity = ("x" if k == 0 else "y" if k == 1 else f"y{k}") if is_headerless else column.quantity
        names.append(quantity)
        parts = [f"quantity: {_plain(quantity)}"]
        if is_headerless:
            parts.append(f"position: {column.index + 1}")
        elif len(pieces) > 1:
            if not column.is_known:
                stem = _NUMBER_BEHIND.sub("", column.name)
                parts.append(f"header: {_quoted('^' + _escaped(stem))}")
        elif not (column.is_known and _is_only(column, columns)):
            parts.append(f"header: {_quoted('^' + _escaped(column.header) + '$')}")
        yield f"  - {{{', '.join(parts)}}}{_why(column, is_headerless, looked)}"
    if not names:
        yield "  []"
    yield from _axis(names, first, looked, name, with_point=with_point)
    if named is not None:
        header = looked.header.names[named]
        said = ", ".join(list(dict.fromkeys(row[named] for row in looked.sample))[:4])
        yield f"blocks: {{by: names, label: {_quoted('^' + _escaped(header) + '$')}}}  # one below the other: {said}"
        return
    if len(pieces) > 1:
        labels = ", ".join(label for label, _ in pieces[:4])
        yield "blocks: {by: columns}  # " + f"{len(pieces)} test pieces beside each other: {labels}"
    yield from _parted(looked, names)


def _why(column: Resolved, is_headerless: bool, looked: Survey) -> str:
    if looked.kinds[column.index] == "clock":
        return "  # clock times, read as seconds"
    if is_headerless:
        return "  # ? which quantity, and unit: …; the file does not say"
    said = f"{column.header!r}"
    if column.unit is None:
        return f"  # {said}; ? unit: …, the file says none"
    return f"  # {said} in {column.unit}" if column.unit else f"  # {said}, without a unit"


def _is_only(column: Resolved, columns: Sequence[Resolved]) -> bool:
    bare, unit = name_and_unit(column.header)
    known = quantity_of(bare, unit or column.unit or "")
    alike = [c for c in columns if quantity_of(name_and_unit(c.header)[0], c.unit or "") == known]
    return known == column.quantity and len(alike) == 1


def _axis(
    names: Sequence[str], columns: Sequence[Resolved], looked: Survey, name: str, *, with_point: bool
) -> Iterator[str]:
    wanted = [q for q in AXES if q in names]
    if "x" in names and not wanted:
        wanted = ["x"]
    elif not wanted:
        wanted = _rising(names, columns, looked, name) or list(names[:1])
    if with_point or {"stress", "force"} & set(names):
        wanted.append("point")
    listed = ", ".join(map(_plain, wanted))
    yield f"axis: [{listed}]  # the first of these that never turns back"


def _rising(names: Sequence[str], columns: Sequence[Resolved], looked: Survey, name: str) -> list[str]:
    """Return the columns that only rise or only fall over the first rows."""
    run = looked.runs[0]
    rows = rows_of(looked.lines, run.start, min(run.stop, run.start + 500))
    try:
        values = numbers_of(
            name, looked.lines, rows, [c.index for c in columns], width=looked.width, delimiter=looked.delimiter,
            mark=looked.mark or ",", may_end_early=True,
        )  # fmt: skip
    except (ValueError, UnreadableFile):
        return []
    steps = values[1:] - values[:-1]
    return [q for k, q in enumerate(names) if (steps[:, k] >= 0).all() or (steps[:, k] <= 0).all()]


def _parted(looked: Survey, names: Sequence[str]) -> Iterator[str]:
    """Say what parts the numbers: test pieces, segments, or the sign of a rate."""
    if len(looked.runs) > 1:
        texts = between(looked)
        firsts = list(dict.fromkeys(labelled(group[0]) for group in texts if group))
        goes_on = _goes_on(looked)
        if goes_on and firsts:
            every = list(dict.fromkeys(general(text) for group in texts for text in group))
            yield f"segments: {{by: marker, marker: {_quoted('|'.join(every[:8]))}}}  # numbers go on behind"
            return
        if firsts:
            yield f"blocks: {{by: rows, label: {_quoted('|'.join(firsts[:8]))}}}  # numbers begin anew behind"
            return
        yield "blocks: {by: rows}  # the header is repeated; ? test pieces, or segments of one program"
        return
    if "segment" in names:
        return
    if "temperature" in names and "time" in names:
        yield "segments: {by: rate, of: temperature, least: 0.5}  # heats, cools or holds"


def _goes_on(looked: Survey) -> bool:
    """Say whether some column rises on through all runs: one program, not several pieces."""
    mark = looked.mark or ","
    try:
        values = [
            numbers_of(
                "", looked.lines, [rows_of(looked.lines, r.start, r.stop)[k] for k in (0, -1)], range(looked.width),
                width=looked.width, delimiter=looked.delimiter, mark=mark,
            )
            for r in looked.runs
        ]  # fmt: skip
    except (ValueError, UnreadableFile):
        return False  # a row without numbers: its runs are no stretches of one program
    joined = list(chain.from_iterable((v[0], v[1]) for v in values))
    return any(
        all(a[c] <= b[c] for a, b in pairwise(joined)) and joined[0][c] < joined[-1][c] for c in range(looked.width)
    )


def _matrix(looked: Survey) -> Iterator[str]:
    found = matrix_of(looked.header.names)
    if found is None:
        return
    known = quantity_of(found.stem, "") if found.stem else ""
    along = known if known in AXES and not found.is_counting else ""
    behind = _escaped(found.unit.strip())
    tail = r"\s*" + behind if behind else ""
    yield f"matrix:  # {found.n_columns} columns, a specimen a row"
    if found.stem or found.unit.strip():
        number = r"(?P<x>[+-]?\d+(?:[.,]\d+)?)"
        yield f"  header: {_quoted('^' + _escaped(found.stem) + _escaped(found.gap) + number + tail + '$')}"
    yield f"  axis: {along or 'x'}" + ("" if along else "  # ? which quantity: wavenumber, wavelength, two_theta …")
    yield (
        f"  axis_unit: {_plain(found.unit.strip())}"
        if found.unit.strip()
        else "  # axis_unit: …  # ? the file says none"
    )
    value = known if known and not along else ""
    yield f"  value: {value}" if value else "  # value: …  # ? absorbance, reflectance, intensity …"
    yield "  # value_unit: …  # ? the file says none"


def _columns_matrix(columns: Sequence[Resolved]) -> Iterator[str]:
    axis, *others = [column for column in columns if column.quantity != "index"]
    yield "columns:"
    yield f"  - {{quantity: {axis.quantity}}}  # {axis.header!r}" + (
        "" if axis.unit else "; ? unit: …, the file says none"
    )
    yield f"matrix:  # a specimen a column: {', '.join(column.name for column in others[:4])}"
    yield f"  axis: {axis.quantity}"
    yield "  # value: …  # ? absorbance, intensity …"
    if others[0].unit is None:
        yield "  # value_unit: …  # ? the file says none"


def _amounts(looked: Survey, columns: Sequence[Resolved]) -> Iterator[str]:
    yield "columns:  # a specimen a row; columns that are not listed are kept too"
    numeric = [
        c
        for c in columns
        if looked.kinds[c.index] == "numbers"
        and c.header
        and c.quantity != "index"
        and fact_of(c.header)[1] != "specimen"
    ]
    seen: set[str] = set()
    for column in [c for c in numeric if c.quantity in _AMOUNTS] or numeric[:1]:
        if column.quantity not in seen:
            seen.add(column.quantity)
            is_plain = column.quantity in _AMOUNTS and _is_only(column, columns)
            header = "" if is_plain else f", header: {_quoted('^' + _escaped(column.header) + '$')}"
            yield f"  - {{quantity: {_plain(column.quantity)}{header}}}{_why(column, False, looked)}"
    if not seen:
        yield f"  - {{quantity: value, header: {_quoted('.')}}}"


def _turned(looked: Survey) -> Iterator[str]:
    yield "columns:  # an amount a row, a specimen a column; rows that are not listed are kept too"
    rows = amount_rows(looked)
    known = [row for row in rows if row.quantity in _AMOUNTS] or rows[:1]
    for row in {row.quantity: row for row in reversed(known)}.values():
        said = f"{row.label!r} in {row.unit}" if row.unit else f"{row.label!r}, without a unit"
        yield f"  - {{quantity: {_plain(row.quantity)}, header: {_quoted('^' + _escaped(row.label) + '$')}}}  # {said}"


def _fields(looked: Survey, before: Sequence[str]) -> Iterator[str]:
    """Show which fields are understood, and ask about dates that can be read in two ways."""
    found = fields_in(before, looked.delimiter)
    dated = []
    for key, value in found.items():
        kind, name = fact_of(key)
        kind, name = (kind, name) if kind else fact_of(name_and_unit(key)[0])
        if kind:
            yield f"# understood: {key}: {value[:40]} → {name}".replace("\n", " ")
        if name == "date" and _SLASHED.search(value):
            dated.append(value)
    if dated:
        yield f"# fields: {{date_format: '%d/%m/%Y %H:%M:%S'}}  # ? day or month first: {dated[0]}"


def _end(looked: Survey, shape: Shape) -> Iterator[str]:
    if shape in ("amounts", "amounts in rows"):
        return
    texts = looked.lines.texts[looked.runs[-1].stop :]
    behind = next((text for text in texts if text.strip() and not re.fullmatch(r"[-=_*#~+|\s;,]+", text)), "")
    if behind:
        yield f"end: {_quoted(general(behind))}  # stands behind the numbers"


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\ ", " ").replace("\\\t", r"\s")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_][\w]*", text) and text not in ("null", "true", "false") else _quoted(text)
