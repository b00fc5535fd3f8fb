"""Find the table of numbers in an export: how its lines are split, where numbers run, what stands over them.

Knows nothing of quantities or profiles; a free preamble, unit rows, comment marks and repeated headers are ordinary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.ingest.numerals import DecimalMark, marks_of
from services.ingest.profiles.cell_kinds import is_amount, is_clock, is_missing, is_number, is_number_like
from services.ingest.profiles.lines import BLANKS, DELIMITERS, Lines, split
from services.ingest.profiles.table_header import TableHeader, find_header, is_numeric_header
from services.ingest.wording import as_numeral

__all__ = ["ColumnKind", "Run", "Survey", "survey"]

ColumnKind = Literal["numbers", "clock", "words", "empty"]

_WINDOW = 250
_SAMPLE = 60
_MIXED_WINDOW = 40
_HEADED = 10
_FEWEST_BEFORE = 3
_COVERED = 0.6
_LOOSE = re.compile(r"[-+.,eE'\s;|]*\d[-+\d.,eE'\s;|]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of numbers in a row, from index `start` up to and without `stop`; blank lines may be among them."""

    start: int
    stop: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Survey:
    """What a table looks like.

    `mark` is None where numbers can be read under two marks and nothing tells which. `is_mixed` says that rows hold
    words beside numbers: a table of specimens rather than a curve.
    """

    lines: Lines
    delimiter: str
    width: int
    runs: tuple[Run, ...]
    header: TableHeader
    mark: DecimalMark | None
    kinds: tuple[ColumnKind, ...]
    sample: tuple[tuple[str, ...], ...]
    is_mixed: bool = False

    @property
    def preamble(self) -> range:
        """Lines before the header, or before the numbers where there is none."""
        return range(self.header.top if self.header.top is not None else self.runs[0].start)

    @property
    def n_rows(self) -> int:
        """About how many rows of numbers there are."""
        return sum(run.stop - run.start for run in self.runs)


def survey(lines: Lines, delimiter: str = "", mark: DecimalMark | None = None) -> Survey | None:
    """Look at a file's lines; None where no two lines of at least two numbers stand in them.

    Parameters
    ----------
    delimiter
        What splits its lines, where that is known.
    mark
        Its decimal mark, where that is known.
    """
    candidates = (delimiter,) if delimiter else (lines.delimiter,) if lines.delimiter else DELIMITERS
    found = _strict(lines, candidates)
    is_mixed = found is None
    if found is None:
        found = _mixed(lines, candidates)
    if found is None:
        return None
    by, width, runs = found
    sample = _sample(lines, runs, by, width)
    kinds = tuple(_kind([row[column] for row in sample]) for column in range(width))
    header = find_header(lines, by, width, runs[0].start, sample)
    return Survey(
        lines=lines,
        delimiter=by,
        width=width,
        runs=runs,
        header=header,
        mark=mark or lines.mark or _mark(sample, kinds, by),
        kinds=kinds,
        sample=sample,
        is_mixed=is_mixed,
    )


def _strict(lines: Lines, candidates: Sequence[str]) -> tuple[str, int, tuple[Run, ...]] | None:
    """Find rows of nothing but numbers."""
    texts = lines.texts
    middle = len(texts) // 2
    window = [
        *texts[:_WINDOW],
        *texts[max(_WINDOW, middle) : middle + _WINDOW],
        *texts[max(_WINDOW, len(texts) - 50) :],
    ]
    best, most = "", 0
    for by in candidates:
        widths = Counter(width for text in window if (width := _width(text, by)) > 1)
        count = widths.most_common(1)[0][1] if widths else 0
        if count > most:
            best, most = by, count
    if not most:
        return None
    widths_of = [_width(text, best) for text in texts]
    width = Counter(w for w in widths_of if w > 1).most_common(1)[0][0]
    runs = _runs(texts, widths_of, width)
    longest = max(runs, key=lambda run: run.stop - run.start)
    fewest = max(_FEWEST_BEFORE, (longest.stop - longest.start) // 50)
    first = next((i for i, run in enumerate(runs) if run.stop - run.start >= fewest), runs.index(longest))
    kept = tuple(runs[first:])
    n_data = sum(1 for w in widths_of[kept[0].start :] if w == width)
    n_filled = sum(1 for text in texts[kept[0].start :] if text.strip())
    n_longest = longest.stop - longest.start
    return (best, width, kept) if n_data >= _COVERED * n_filled or n_longest > 4 * _FEWEST_BEFORE else None


def _width(text: str, delimiter: str) -> int:
    """Count the cells of a row of numbers; 0 for any other line, also for one without a number."""
    if _LOOSE.fullmatch(text) and '"' not in text:
        if delimiter == BLANKS:
            cells = text.split()
            return (
                len(cells)
                if all(map(is_number, cells)) or (not _has_letter(text) and all(map(is_number_like, cells)))
                else 0
            )
        if not any(other in text for other in "\t;|" if other != delimiter):
            cells = text.split(delimiter)
            return len(cells) if all(map(is_number_like, map(str.strip, cells))) else 0
        return 0
    if not any(letter.isdigit() for letter in text):
        return 0
    cells = split(text, delimiter)
    is_row = all(map(is_number_like, cells)) and any(is_number(cell) for cell in cells)
    return len(cells) if is_row else 0


def _has_letter(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _runs(texts: Sequence[str], widths: Sequence[int], width: int) -> list[Run]:
    """Return stretches that begin with a row of the right width and hold nothing but rows of numbers and blanks."""
    found: list[Run] = []
    start = stop = -1
    for i, w in enumerate(widths):
        if w:
            if start < 0 and w == width:
                start = i
            if start >= 0:
                stop = i + 1
        elif start >= 0 and texts[i].strip(" \t;,|"):
            found.append(Run(start, stop))
            start = -1
    if start >= 0:
        found.append(Run(start, stop))
    return found


def _mixed(lines: Lines, candidates: Sequence[str]) -> tuple[str, int, tuple[Run, ...]] | None:
    """Find rows that hold words and numbers, or limits as ``<0.01``, under a row of names."""
    best: tuple[int, str, int] | None = None
    for by in candidates:
        if by == BLANKS:
            continue
        rows = [split(text, by) for text in lines.texts[:_MIXED_WINDOW] if by in text]
        widths = Counter(len(row) for row in rows if any(map(is_amount, row)))
        headed = {len(row) for row in rows if not any(map(is_amount, row)) and all(row)}
        for width, count in widths.items():
            weight = count * width * (_HEADED if width in headed else 1)
            if best is None or weight > best[0]:
                best = (weight, by, width)
    if best is None:
        return None
    _, by, width = best
    data = [
        i
        for i, text in enumerate(lines.texts)
        if by in text and len(cells := split(text, by)) == width and any(map(is_amount, cells))
    ]
    if not data:
        return None
    if len(data) > 1 and is_numeric_header(split(lines.texts[data[0]], by)):
        data = data[1:]
    first = data[0]
    while first and _is_dated(split(lines.texts[first - 1], by), width):
        first -= 1
    return by, width, (Run(first, data[-1] + 1),)


def _is_dated(cells: Sequence[str], width: int) -> bool:
    """Say whether a row holds a word and days or times for all else, as many as the table is wide."""
    others = [cell for cell in cells[1:] if cell]
    return len(cells) == width and len(others) > 1 and all(map(is_clock, others))


def _sample(lines: Lines, runs: Sequence[Run], by: str, width: int) -> tuple[tuple[str, ...], ...]:
    """Return rows from the beginning, the middle and the end, all of the right width."""
    every = [i for run in runs for i in range(run.start, run.stop)]
    step = max(1, len(every) // _SAMPLE)
    places = sorted({*every[: _SAMPLE // 2], *every[::step], *every[-5:]})
    rows = [split(lines.texts[i], by) for i in places]
    return tuple(tuple(row) for row in rows if len(row) == width)


def _are_grouped(sample: Sequence[Sequence[str]], kinds: Sequence[ColumnKind]) -> bool:
    """Say whether columns of whole numbers below a thousand go on above it with a mark: 998, 1.002, 1.017."""
    found = False
    for c, kind in enumerate(kinds):
        cells = [as_numeral(row[c]).lstrip("+-<>≤≥ ") for row in sample if kind == "numbers" and is_amount(row[c])]
        marked = [cell for cell in cells if marks_of(cell) == "?"]
        if not marked:
            continue
        plain = [cell for cell in cells if cell.isdigit()]
        if len(plain) < _FEWEST_BEFORE or len(plain) + len(marked) < len(cells) or max(map(len, plain)) > 3:
            return False
        if max(map(int, plain)) < 100:
            return False
        found = True
    return found


def _kind(cells: Sequence[str]) -> ColumnKind:
    filled = [cell for cell in cells if not is_missing(cell)]
    if not filled:
        return "empty"
    n_numbers = sum(map(is_amount, filled))
    if 2 * n_numbers >= len(filled):
        return "numbers"
    return "clock" if 2 * sum(map(is_clock, filled)) >= len(filled) else "words"


def _mark(sample: Sequence[Sequence[str]], kinds: Sequence[ColumnKind], by: str) -> DecimalMark | None:
    """Tell the decimal mark by the numerals; None where they can be read under both."""
    cells = [
        as_numeral(row[c]).lower().lstrip("<>≤≥ ")
        for row in sample
        for c, kind in enumerate(kinds)
        if kind == "numbers"
    ]
    votes = Counter(marks_of(cell) for cell in cells if "," in cell or "." in cell)
    if votes["."] != votes[","]:
        return "." if votes["."] > votes[","] else ","
    if not votes["?"] or by == ",":
        return "."
    unclear = [cell for cell in cells if marks_of(cell) == "?"]
    if _are_grouped(sample, kinds):
        return "," if all("." in cell for cell in unclear) else "." if all("," in cell for cell in unclear) else None
    if all(
        "." in cell for cell in unclear
    ):  # three decimals in each cell; points that group are always told by a comma
        return "."
    has_long = any(cell.lstrip("+-").isdigit() and len(cell.lstrip("+-")) > 3 for cell in cells)
    return "," if by == ";" or has_long else None  # 1200 beside 1,234: thousands are not grouped here
