"""Turn delimited text (comma, semicolon, tab, bar or spaces) into a rectangle of cells."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from services.ingest.sheet import MAX_CELLS, Sheet

__all__ = ["DelimitedError", "read_delimited"]

# Tried in this order; where two split the text equally evenly the earlier one wins: commas in "1,5;2,5" are decimal.
_NAMES = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", "  ": "wide spaces", " ": "spaces"}
_LINES_LOOKED_AT = 200
_DECLARED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SPLIT = {"  ": re.compile(r"\t|\s{2,}"), " ": re.compile(r"\s+")}
_APOSTROPHE = re.compile(r"^'(?=[=+\-@\t'])")  # keeps spreadsheets from computing a text; no part of it
_EVEN_ENOUGH = 0.9
_EVEN_FOR_SPACES = 0.8


class DelimitedError(ValueError):
    """The text does not fall into rows of cells."""


def read_delimited(text: str) -> Sheet:
    """Split a text into cells.

    Raises
    ------
    DelimitedError
        If the text is empty, holds a field larger than the csv module takes, or more than `MAX_CELLS` cells.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    declared = _DECLARED.match(text)
    skipped = 1 if declared and text[declared.end() - 1 : declared.end()] == "\n" else 0
    body = text[declared.end() :] if declared else text
    if not body.strip():
        raise DelimitedError("the file is empty")
    separator = declared.group(1) if declared else _separator(body)
    quoted = "'" in body
    numbers: list[int] = []
    rows: list[list[str]] = []
    n_cells = 0
    for number, row in _records(body, separator):
        numbers.append(number + skipped)
        rows.append([cell.strip() if cell else cell for cell in row])
        n_cells += len(row)
        if n_cells > MAX_CELLS:
            raise DelimitedError(f"more than {MAX_CELLS} cells")
    width = max(map(len, rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise DelimitedError(f"{len(rows)} rows of up to {width} cells: more than {MAX_CELLS} cells")
    widths = list(map(len, rows))
    for row in rows:
        if quoted:
            row[:] = [_APOSTROPHE.sub("", cell) for cell in row]
        row.extend([""] * (width - len(row)))
    return Sheet(
        rows=rows, row_numbers=numbers, widths=widths, read_as=f"{_NAMES.get(separator, repr(separator))}-separated"
    )


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it starts on."""
    if separator in _SPLIT:
        split = _SPLIT[separator].split
        for number, line in enumerate(text.split("\n"), start=1):
            yield number, split(line.strip())
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise DelimitedError(f"the record that starts on line {start} cannot be split: {error}") from error


def _separator(text: str) -> str:
    """Choose the separator that splits the most lines into the same number of cells, at least two."""
    head = text[: 64 * 1024]
    lines = [line for line in head.split("\n")[:_LINES_LOOKED_AT] if line.strip()]
    evenness = {separator: _evenness("\n".join(lines), separator) for separator in _NAMES}
    best = max(evenness.values())
    if best == 0:
        return ","
    return next(separator for separator, share in evenness.items() if share >= _EVEN_ENOUGH * best)


def _evenness(head: str, separator: str) -> float:
    """Share of lines that have the commonest number of cells; 0 where that is one cell.

    Spaces stand inside words too: they separate only where most pieces are numbers.
    """
    try:
        rows = [row for _, row in _records(head, separator) if any(cell.strip() for cell in row)]
    except DelimitedError:
        return 0.0
    several = Counter(len(row) for row in rows if len(row) > 1)
    if not several:
        return 0.0
    width, count = several.most_common(1)[0]
    if separator in _SPLIT:
        pieces = [cell for row in rows if len(row) == width for cell in row]
        n_numbers = sum(cell.lstrip("+-.<>")[:1].isdigit() for cell in pieces)
        if "±" in pieces or n_numbers < len(pieces) / 2 or count < _EVEN_FOR_SPACES * len(rows):
            return 0.0
    return count / len(rows)
