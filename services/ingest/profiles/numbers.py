"""Rows of numbers as arrays: in bulk where they are clean, else cell by cell, with the place of a fault."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.numerals import DecimalMark
from services.ingest.profiles.cell_kinds import is_missing, number
from services.ingest.profiles.lines import BLANKS, Lines, split

__all__ = ["check_end", "numbers_of", "rows_of"]

_CLEAN = {".": re.compile(r"[-+\d.eE\s;|,]*", re.ASCII), ",": re.compile(r"[-+\d,eE\s;|]*", re.ASCII)}
_DIGITS = re.compile(r"\d")
_FEWEST_FIXED = 30
_SAY_AGAIN = "the file is damaged: export it again"


def rows_of(lines: Lines, start: int, stop: int) -> list[int]:
    """Return the indices of lines that hold anything, from `start` up to and without `stop`."""
    return [i for i in range(start, stop) if lines.texts[i] and lines.texts[i].strip(" \t;,|")]


def numbers_of(
    name: str,
    lines: Lines,
    rows: Sequence[int],
    columns: Sequence[int],
    *,
    width: int,
    delimiter: str,
    mark: DecimalMark,
    headers: Sequence[str] = (),
    may_end_early: bool = False,
) -> np.ndarray:
    """Read columns of rows.

    Parameters
    ----------
    rows, columns
        Which lines and which of their cells, by index.
    width
        How many cells every row has.
    headers
        Names of the columns, for messages.
    may_end_early
        Whether rows may lack cells at their end: columns of several test pieces, the shorter ones at the right.

    Returns
    -------
    Shape (rows, columns); not-a-number where a cell says that nothing was measured.

    Raises
    ------
    UnreadableFile
        If a row has another number of cells, or a cell is no number; names the line and what would be right.
    """
    texts = [lines.texts[i] for i in rows]
    fast = _in_bulk(texts, width, delimiter, mark)
    if fast is not None:
        return fast[:, list(columns)]
    found = np.empty((len(rows), len(columns)))
    for k, (i, text) in enumerate(zip(rows, texts, strict=True)):
        cells = split(text, delimiter)
        if len(cells) != width:
            cells = _fitted(name, lines, i, cells, width, delimiter, may_end_early)
        for j, column in enumerate(columns):
            value = number(cells[column], mark)
            if value is None:
                shown = headers[column] if column < len(headers) and headers[column] else f"column {column + 1}"
                right = "a decimal comma" if mark == "," else "a decimal point"
                raise UnreadableFile(
                    name, f"{lines.place(i)}, {shown}: {cells[column][:30]!r} is no number with {right}", _SAY_AGAIN
                )
            found[k, j] = value
    return found


def _in_bulk(texts: Sequence[str], width: int, delimiter: str, mark: DecimalMark) -> np.ndarray | None:
    """Read clean rows at once; None where anything about them is not as plain as can be."""
    if delimiter == mark:
        return None
    joined = "\n".join(texts)
    if mark == "," and "." in joined:
        return None
    if not _CLEAN[mark].fullmatch(joined):
        return None
    if mark == ",":
        joined = joined.replace(",", ".")
    if delimiter == BLANKS:
        cells = joined.split()
        if any(len(text.split()) != width for text in texts):
            return None
    else:
        if any(text.count(delimiter) != width - 1 for text in texts):
            return None
        cells = joined.replace("\n", delimiter).split(delimiter)
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        return None
    return values.reshape(len(texts), width) if np.isfinite(values).all() else None


def _fitted(
    name: str, lines: Lines, index: int, cells: list[str], width: int, delimiter: str, may_end_early: bool
) -> list[str]:
    """Fit a row of another length: empty cells beyond the table are nothing; any other difference is a fault."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) < width and may_end_early and delimiter != BLANKS:
        return [*cells, *[""] * (width - len(cells))]
    words = "values" if delimiter == BLANKS else "cells"
    raise UnreadableFile(name, f"{lines.place(index)} has {len(cells)} {words}, the others have {width}", _SAY_AGAIN)


def check_end(name: str, lines: Lines, rows: Sequence[int], delimiter: str) -> None:
    """Refuse a last row that breaks off: not closed as the others are, and shorter than their fixed form or empty.

    Raises
    ------
    UnreadableFile
        If it does; a row cut within its last number is else a number of another value.
    """
    if lines.is_ended or len(rows) <= _FEWEST_FIXED or rows[-1] != len(lines.texts) - 1 or lines.sheet:
        return
    *before, last = (split(lines.texts[i], delimiter)[-1:] for i in rows[-_FEWEST_FIXED:])
    ends = [cells[0] if cells else "" for cells in before]
    end = last[0] if last else ""
    forms = {_form(cell) for cell in ends}
    is_cut = (is_missing(end) and not any(map(is_missing, ends))) or (
        len(forms) == 1 and len(_form(end)) < len(min(forms))
    )
    if is_cut:
        reason = f"{lines.place(rows[-1])} breaks off at {end!r}; the lines before end as {ends[-1]!r} does"
        raise UnreadableFile(name, reason, "the file was cut off: export or copy it again")


def _form(cell: str) -> str:
    """Return the form of a number behind its decimal mark: digits as 0."""
    tail = re.split(r"[.,]", cell, maxsplit=1)
    return _DIGITS.sub("0", tail[1]) if len(tail) > 1 else ""
