"""Find what stands over a table of numbers: names, units, groups; rows of them, in any order that exports have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.ingest.profiles.cell_kinds import is_missing, is_number, starts_as_number
from services.ingest.profiles.lines import BLANKS, DELIMITERS, Lines, split
from services.ingest.profiles.vocabulary import name_and_unit, quantity_of, unit_of
from services.ingest.vocabulary import UNIT_LABELS
from services.ingest.wording import fold

__all__ = ["TableHeader", "find_header", "fit_header", "is_numeric_header"]

_RULE = re.compile(r"[-=_*#~+|\s;,]+")
_SECTION = re.compile(
    r"[\[<#*\s]*(?:data|daten|données|xydata|xy data|begin|measurement data|curve data|values)[\]>:\s*]*", re.I
)
_LABEL = re.compile(r"^\s*data\s*:\s+(?=\S)", re.IGNORECASE)
_WIDE = re.compile(r"\t|\s{2,}")
_NUMBERED = re.compile(
    r"^\W*(?:sig|signal|column|col|channel|ch|spalte|colonne)\W?(?P<number>\d{1,2})(?:\s*[:=.)]\s*|\s+)(?P<name>\S.*)$",
    re.IGNORECASE,
)
_AXIS_FIELD = re.compile(
    r"^\W*(?:(?P<axis>[xy])[\s_-]?(?P<kind>units?|labels?|title)|axis(?P<kind2>type|unit)\[(?P<number>[01])\])\W*[=:,\t]\s*(?P<text>.*)$",
    re.IGNORECASE,
)
_AXIS_OF = {"x": "x", "y": "y", "0": "y", "1": "x"}
"""Axis 0 of LabSpec is the intensity, axis 1 the spectrum's."""
_N_AXES = 2
_COMMENTS = ("##", "#", "//", "%", "!")
_MOST_SKIPPED = 3


@dataclass(frozen=True, kw_only=True)
class TableHeader:
    """Names, units and groups by column, as many as there are columns; `names` is empty where numbers have no header.

    A unit is None where no row of units speaks. `rows` are the indices of its lines from the top; `broken` is the index
    of a line over the numbers that looks like a damaged row of them, None where there is none.
    """

    names: tuple[str, ...] = ()
    units: tuple[str | None, ...] = ()
    groups: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    broken: int | None = None

    @property
    def top(self) -> int | None:
        """Index of its first line, None where there is no header."""
        return self.rows[0] if self.rows else None


def find_header(lines: Lines, by: str, width: int, start: int, sample: Sequence[Sequence[str]]) -> TableHeader:
    """Find the header over the row of numbers at index `start`."""
    top, broken, is_full = _damaged_above(lines, by, width, start)
    found = _header_over(lines, by, width, top, start, sample)
    if broken is not None:
        return (
            replace(found, broken=broken)
            if found.names or is_full
            else _header_over(lines, by, width, start, start, sample)
        )
    if found.names:
        return found
    names = _listed(lines, start, width) or _axis_fields(lines, start, width)
    return TableHeader(names=names, units=(None,) * width) if names else found


def _axis_fields(lines: Lines, start: int, width: int) -> tuple[str, ...]:
    """Read what a preamble says of two axes: ``XUNITS=1/CM``, or ``AxisType[1]=Spectr`` and ``AxisUnit[1]=1/cm``."""
    if width != _N_AXES:
        return ()
    said: dict[tuple[str, bool], str] = {}
    for i in range(start):
        match = _AXIS_FIELD.match(lines.texts[i])
        if match and match["text"].strip():
            place = (match["axis"] or match["number"]).lower()
            said.setdefault(
                (_AXIS_OF[place], "unit" in (match["kind"] or match["kind2"]).lower()), match["text"].strip()
            )
    names = [(said.get((axis, False), ""), said.get((axis, True), "")) for axis in "xy"]
    if not all(name or unit for name, unit in names):
        return ()
    return tuple(f"{name} [{unit}]" if name and unit else name or unit for name, unit in names)


def _damaged_above(lines: Lines, by: str, width: int, start: int) -> tuple[int, int | None, bool]:
    """Pass damaged rows of numbers over the first sound ones.

    Returns
    -------
    The index under which the header stands, the first damaged row, and whether it has as many cells as the others.
    """
    broken: int | None = None
    is_full = False
    i = start
    while i > 0 and lines.texts[i - 1].strip():
        cells = split(lines.texts[i - 1], by)
        n_numbers = sum(map(is_number, cells))
        is_like = starts_as_number(cells[0]) and all(starts_as_number(cell) or is_missing(cell) for cell in cells)
        is_near = len(cells) == width > 2 and 2 * n_numbers >= len(cells)
        if not (is_like or is_near) or not n_numbers or is_numeric_header(cells) or _are_numbered(cells):
            break
        i -= 1
        if n_numbers < len(cells) or len(cells) != width:
            broken, is_full = i, len(cells) == width
    return (i, broken, is_full) if broken is not None else (start, None, False)


def _listed(lines: Lines, start: int, width: int) -> tuple[str, ...]:
    """Read names that a preamble lists with the numbers of their columns, as ``Sig1  Time (min)``."""
    found: dict[int, str] = {}
    for i in range(start):
        match = _NUMBERED.match(lines.texts[i])
        if match:
            found.setdefault(int(match["number"]), match["name"].strip())
    return tuple(found[k] for k in range(1, width + 1)) if sorted(found) == list(range(1, width + 1)) else ()


def _header_over(
    lines: Lines, by: str, width: int, top: int, start: int, sample: Sequence[Sequence[str]]
) -> TableHeader:
    """Find the header over the line at index `top`; the row at `start` shows how the columns stand."""
    above = _above(lines, top)
    if not above:
        return TableHeader()
    first = above[0]
    cells = fit_header(lines.texts[first], by, width, lines.texts[start], sample)
    held = [c for c in range(width) if any(not is_missing(row[c]) for row in sample)] or list(range(width))
    if cells is None or not _are_names([cells[c] for c in held]):
        return TableHeader()
    second = above[1] if len(above) > 1 else None
    over = None if second is None else fit_header(lines.texts[second], by, width, lines.texts[start], sample)
    units = _units(cells)
    if units is not None and second is not None and over is None:
        longer = fit_header(lines.texts[second], by, width + 1, lines.texts[start], ())
        over = longer[:width] if longer is not None else None  # a name more than there are units and columns
    rows: list[int] = [first]
    if (
        units is not None
        and over is not None
        and _are_names([over[c] for c in held])
        and _units(over) is None
        and not _is_field(over)
    ):
        names, rows = over, [above[1], first]
    elif over is not None and (units_over := _units(over)) is not None and units is None:
        names, units, rows = cells, units_over, [above[1], first]
    else:
        names, units = cells, None
        if _is_field(cells) and not any(quantity_of(*_pair(cell)) for cell in cells):
            return TableHeader()
    joined = _joined(lines, above, rows, by, width, names) if units is not None else None
    if joined is not None:
        names, rows = joined, [above[len(rows)], *rows]
    groups = _groups(lines, above, rows, by, width)
    if groups:
        rows = [above[len(rows)], *rows]
    return TableHeader(
        names=tuple(names),
        units=tuple(units) if units is not None else (None,) * width,
        groups=tuple(groups),
        rows=tuple(rows),
    )


def fit_header(
    text: str, by: str, width: int, data: str = "", sample: Sequence[Sequence[str]] = ()
) -> list[str] | None:
    """Split a line of names into as many cells as the table has columns, None where it cannot be done."""
    stripped = text.strip() if by in (BLANKS,) else text
    for mark in _COMMENTS:
        bare = stripped.lstrip()
        if bare.startswith(mark) and by != mark and not bare[len(mark) :].startswith((by, "T", "R", ")", "]")):
            stripped = stripped.lstrip()[len(mark) :].lstrip("#% " if by != BLANKS else "# %\t")
            break
    stripped = _LABEL.sub("", stripped)
    cells = split(stripped, by)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) == width:
        return cells
    if len(cells) > width > 1 and by != BLANKS and all(cells[_first(cells) : width]) and not cells[width]:
        return cells[:width]  # what stands behind a gap is no name
    if by == BLANKS:
        wide = [cell.strip() for cell in _WIDE.split(stripped.strip()) if cell.strip()]
        if len(wide) == width:
            return wide
        aligned = _aligned(text, data, width)
        if aligned:
            return aligned
    if 1 < len(cells) < width and by != BLANKS:
        n_empty = width - len(cells)
        if sample and all(is_missing(cell) for row in sample for cell in row[-n_empty:]):
            return [*cells, *[""] * n_empty]
        if n_empty == 1 and sample and _counts([row[0] for row in sample]):
            return ["index", *cells]
    if (by != BLANKS and len(cells) < 2) or by == BLANKS:
        for other in DELIMITERS[:-1]:
            cells = split(stripped, other)
            if other != by and len(cells) == width and width > 1:
                return cells
    if len(split(stripped, by)) < 2:
        wide = [cell.strip() for cell in _WIDE.split(stripped.strip()) if cell.strip()]
        words = stripped.split()
        return wide if len(wide) == width else words if len(words) == width else None
    return None


def _first(cells: Sequence[str]) -> int:
    """Return the index of the first cell that holds anything."""
    return next((k for k, cell in enumerate(cells) if cell), 0)


def _are_numbered(cells: Sequence[str]) -> bool:
    """Say whether a row is a known quantity's name and whole numbers for names: ``Wavelength (nm);101;102``."""
    first, *others = cells
    return (
        len(others) > 1
        and all(cell.isdigit() for cell in others)
        and len(set(others)) == len(others)
        and not starts_as_number(first)
        and bool(quantity_of(*_pair(first)))
    )


def _above(lines: Lines, start: int) -> list[int]:
    """Return up to four lines over the numbers, the nearest first; blank lines and rules just over them are passed."""
    found: list[int] = []
    skipped = 0
    for i in range(start - 1, max(-1, start - 12), -1):
        text = lines.texts[i]
        if not text.strip() or _RULE.fullmatch(text) or _SECTION.fullmatch(text):
            skipped += 1
            if skipped > _MOST_SKIPPED or (found and not text.strip()):
                break
            continue
        found.append(i)
        if len(found) == 4:
            break
    return found


def _are_names(cells: Sequence[str]) -> bool:
    """Say whether cells can be names: words, at least half of them there, and no numbers."""
    filled = [cell for cell in cells if cell]
    if len(filled) * 2 < len(cells) or not filled:
        return False
    if _are_numbered(cells):
        return True
    n_numbers = sum(map(is_number, filled))
    return (
        n_numbers == 0
        or (n_numbers < len(filled) and len(filled) > 8 and not is_number(filled[0]))
        or (n_numbers == len(filled) - 1 and len(filled) > 8)
    )


def _is_field(cells: Sequence[str]) -> bool:
    return cells[0].endswith((":", "=", "：")) and len([c for c in cells if c]) <= 2


def _units(cells: Sequence[str]) -> list[str | None] | None:
    """Read a row of units; None where it is none."""
    if fold(cells[0]) in UNIT_LABELS:
        cells = ["", *cells[1:]]
    filled = [cell for cell in cells if cell]
    units = [unit_of(cell) if cell else None for cell in cells]
    if not filled or any(unit is None for unit, cell in zip(units, cells, strict=True) if cell):
        return None
    if all(cell == "-" for cell in filled):
        return None
    return units


def _joined(
    lines: Lines, above: Sequence[int], rows: Sequence[int], by: str, width: int, names: Sequence[str]
) -> list[str] | None:
    """Put names together that run over two rows, where more of them are known quantities then."""
    if len(above) <= len(rows) or by == BLANKS:
        return None
    cells = split(lines.texts[above[len(rows)]], by)
    if len(cells) != width or not all(cells) or any(map(is_number, cells)) or len(set(cells)) < width:
        return None
    both = [f"{over} {name}".strip() for over, name in zip(cells, names, strict=True)]
    n_known, n_before = (sum(bool(quantity_of(*_pair(name))) for name in every) for every in (both, names))
    return both if n_known > n_before else None


def _groups(lines: Lines, above: Sequence[int], rows: Sequence[int], by: str, width: int) -> list[str]:
    """Read a row of groups over the names, each over some column of its own; none for any other line."""
    if len(above) <= len(rows) or by == BLANKS:
        return []
    cells = split(lines.texts[above[len(rows)]], by)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    cells += [""] * (width - len(cells))
    filled = [c for c in cells if c]
    if (
        len(cells) != width
        or len(filled) < 2
        or all(map(is_number, filled))
        or (len(filled) == width and len(set(filled)) == width)
    ):
        return []
    if cells[0].endswith((":", "=")) or (cells[0] and cells[1] and len(filled) == 2 and width > 2):
        return []
    return cells


def _counts(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if cell.isdigit()]
    return len(numbers) == len(cells) > 1 and numbers[0] in (0, 1) and numbers[1] == numbers[0] + 1


def _aligned(text: str, data: str, width: int) -> list[str] | None:
    """Put the words of a header over the columns of the numbers below them, by where they begin or end."""
    spans = [match.span() for match in re.finditer(r"\S+", data)]
    words = [(match.start(), match.end(), match.group()) for match in re.finditer(r"\S+", text)]
    if len(spans) != width or not words:
        return None
    starts, ends = [span[0] for span in spans], [span[1] for span in spans]
    for is_left in (True, False):
        cells: list[list[str]] = [[] for _ in range(width)]
        if is_left and not any(start == words[0][0] for start in starts):
            continue
        for begin, end, word in words:
            if is_left:
                column = max((c for c in range(width) if starts[c] <= begin), default=0)
            else:
                column = min((c for c in range(width) if ends[c] >= end), default=width - 1)
            cells[column].append(word)
        joined = [" ".join(cell) for cell in cells]
        if sum(map(bool, joined)) >= max(2, width - 1):
            return joined
    return None


def _pair(cell: str) -> tuple[str, str]:
    name, unit = name_and_unit(cell)
    return name, unit or ""


def is_numeric_header(cells: Sequence[str]) -> bool:
    """Say whether a row is an axis written over columns: a word or nothing, then numbers that only rise or fall."""
    numbers = [
        float(cell.replace(",", "."))
        for cell in cells
        if is_number(cell) and cell.count(",") + cell.count(".") < 2 and " " not in cell and "'" not in cell
    ]
    steps = {b > a for a, b in pairwise(numbers)}
    return len(numbers) > 7 and len(steps) == 1 and len(set(numbers)) == len(numbers) and not is_number(cells[0])
