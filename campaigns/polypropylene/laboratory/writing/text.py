"""Delimited text with the habits of one instrument's export: what parts cells, decimal mark, encoding, line ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Habits", "delimited_text", "habits_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How an export writes: set once on an instrument, so that all its files look alike."""

    delimiter: str
    decimal: str
    encoding: str
    line_end: str
    padded: bool = False


_IN_JAPANESE = str.maketrans({"µ": "μ", "²": "2", "³": "3"})
"""What Shift-JIS has no letter for, and what its exports write instead."""
_KINDS = (
    Habits(delimiter=";", decimal=",", encoding="cp1252", line_end="\r\n"),
    Habits(delimiter="\t", decimal=".", encoding="utf-8", line_end="\n"),
    Habits(delimiter=",", decimal=".", encoding="utf-8-sig", line_end="\r\n"),
    Habits(delimiter="\t", decimal=",", encoding="utf-16", line_end="\r\n"),
    Habits(delimiter=";", decimal=".", encoding="utf-8", line_end="\r", padded=True),
    Habits(delimiter=",", decimal=".", encoding="shift-jis", line_end="\r\n"),
)


def habits_of(rng: np.random.Generator) -> Habits:
    """Choose the habits of an instrument; the same generator chooses the same."""
    return _KINDS[int(rng.integers(len(_KINDS)))]


def delimited_text(
    preamble: Sequence[str],
    header: Sequence[Sequence[str]],
    columns: Sequence[np.ndarray | Sequence[str]],
    forms: Sequence[str],
    habits: Habits,
) -> bytes:
    """Return a preamble, header rows, and rows of cells as an export writes them.

    Parameters
    ----------
    preamble
        Lines as they stand.
    header
        Rows of names or units, one cell a column; may be empty.
    columns
        All of one length: numbers, or texts as they stand.
    forms
        How the numbers of each column are written, as ``%.4f``; ``%s`` for texts.
    habits
        Of the instrument.
    """
    cells = []
    for row in zip(*columns, strict=True):
        texts = [
            str(value) if form == "%s" else (form % value).replace(".", habits.decimal)
            for form, value in zip(forms, row, strict=True)
        ]
        cells.append(habits.delimiter.join(f"{t:>12}" if habits.padded else t for t in texts))
    lines = [*preamble, *(habits.delimiter.join(row) for row in header), *cells]
    if habits.encoding == "shift-jis":
        lines = [line.translate(_IN_JAPANESE).replace("°C", "℃") for line in lines]
    return (habits.line_end.join(lines) + habits.line_end).encode(habits.encoding)
