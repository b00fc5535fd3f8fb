"""The cells of a file that hold numbers, to be changed and put back: delimited text, rows of RAS, counts of XRDML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["NumberCells", "number_cells"]

_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")
_LINE = re.compile("([^\r\n]*)(\r\n|\r|\n|$)")
_NUMBER = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s*")
_COUNTS = re.compile(rb"(<(?:intensities|counts)\b[^>]*>)([^<]+)(<)")
_DELIMITERS = ("\t", ";", ",", " ")
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class NumberCells:
    """Rows of cells as they stand, all of one length; `names` are those of the columns, empty where there are none."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    put_back: Callable[[Sequence[Sequence[str]]], bytes]

    def column(self, at: int) -> np.ndarray:
        """Return the numbers of a column; NaN where a cell holds none."""
        return np.array([_number(row[at]) for row in self.rows])

    def with_column(self, at: int, values: np.ndarray) -> bytes:
        """Return the file with other numbers in a column, written as they were."""
        cells = [_written(value, row[at]) for value, row in zip(values, self.rows, strict=True)]
        return self.put_back([(*row[:at], cell, *row[at + 1 :]) for row, cell in zip(self.rows, cells, strict=True)])

    def exchanged(self, one: int, other: int) -> bytes:
        """Return the file with the cells of two columns exchanged, under the same names."""
        order = list(range(len(self.rows[0])))
        order[one], order[other] = other, one
        return self.put_back([[row[k] for k in order] for row in self.rows])


def number_cells(data: bytes) -> NumberCells | None:
    """Find the table of a file; None where there is none that is known here."""
    counts = _COUNTS.search(data)
    if counts:
        return _of_counts(data, counts)
    encoding = "utf-16" if data.startswith(_TWO_BYTES) else "latin-1"  # of single bytes each stays as it is
    lines = _LINE.findall(data.decode(encoding))
    found = max((_run(lines, by) for by in _DELIMITERS), key=lambda run: run[0])
    score, by, first, last = found
    if score < _FEWEST:
        return None
    cells = [tuple(line.split(by)) for line, _ in lines[first:last]]
    names = cells[0] if not any(map(_NUMBER.fullmatch, cells[0])) else ()
    start = first + bool(names)

    def put_back(rows: Sequence[Sequence[str]]) -> bytes:
        ends = [end for _, end in lines[start:last]]
        changed = [(by.join(row), end) for row, end in zip(rows, ends, strict=True)]
        whole = [*lines[:start], *changed, *lines[last:]]
        return "".join(line + end for line, end in whole).encode(encoding)

    return NumberCells(names=names, rows=tuple(cells[bool(names) :]), put_back=put_back)


def _of_counts(data: bytes, found: re.Match[bytes]) -> NumberCells:
    def put_back(rows: Sequence[Sequence[str]]) -> bytes:
        text = " ".join(row[0] for row in rows).encode()
        return data[: found.start(2)] + text + data[found.end(2) :]

    return NumberCells(names=(), rows=tuple((cell,) for cell in found[2].decode().split()), put_back=put_back)


def _run(lines: Sequence[tuple[str, str]], by: str) -> tuple[int, str, int, int]:
    """Return how many numbers stand in the longest run of lines of as many cells, and where it begins and ends."""
    widths = [line.count(by) for line, _ in lines]
    best, first = (0, by, 0, 0), 0
    for at in range(1, len(widths) + 1):
        if at == len(widths) or widths[at] != widths[first]:
            if widths[first] and at - first >= 2 and at - first > best[3] - best[2]:
                n = sum(bool(_NUMBER.fullmatch(cell)) for line, _ in lines[first:at] for cell in line.split(by))
                best = max(best, (n, by, first, at))
            first = at
    return best


def _number(cell: str) -> float:
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else np.nan


def _written(value: float, like: str) -> str:
    """Write a number with the decimals and the mark that another has; a cell without a number stays."""
    if not _NUMBER.fullmatch(like) or not np.isfinite(value):
        return like
    mark = next((c for c in ".," if c in like), "")
    digits = len(like.strip().partition(mark)[2]) if mark else 0
    return f"{value:>{len(like)}.{digits}f}".replace(".", mark or ".")
