"""Choose a column's decimal mark by evidence, or refuse: ``1,234`` is 1234 or 1.234, and a wrong guess a wrong result.

What counts, in this order: numerals of the column that allow one mark only, such numerals elsewhere in the file, and
the size of the column's other numbers. Where size contradicts the rest, nothing is believed.
"""

from __future__ import annotations

from collections import Counter
from math import log10
from statistics import median

from services.ingest.draft_column import DraftColumn
from services.ingest.numerals import DecimalMark, marks_of, value_of

__all__ = ["AmbiguousMarkError", "decide_mark"]

_MARKS: tuple[DecimalMark, ...] = (".", ",")
_APART = 0.7  # decades between a reading and the column's typical number, above which it does not belong
_ENOUGH = 3  # numerals elsewhere that speak for a mark; fewer may be slips of the pen


class AmbiguousMarkError(ValueError):
    """A numeral can be read in two ways, and nothing around it tells which."""


def decide_mark(column: DraftColumn, file: Counter[str], is_japanese: bool) -> tuple[DecimalMark, str]:
    """Choose the decimal mark of a column's unclear numerals.

    Parameters
    ----------
    file
        How many numerals of the whole file speak for each mark.
    is_japanese
        Whether the file's words are Japanese, where a comma groups thousands.

    Returns
    -------
    The mark, and how the unclear numerals were read where that was a decision.

    Raises
    ------
    AmbiguousMarkError
        If a numeral such as ``1,234`` has two readings and the evidence tells neither, or both.
    """
    own = column.evidence
    if not own["?"]:
        return ("," if own[","] > own["."] else "."), ""
    unclear = column.marks["?"]
    has_commas = any("," in column.texts[row] for row in unclear)
    spoken = _spoken_for(own) or (_spoken_for(file, _ENOUGH) if not (own["."] or own[","]) else None)
    by_size = _mark_by_size(column)
    if spoken and by_size in (None, spoken):
        return _told(column, spoken, "as numbers around it are", is_plain=spoken == "." and not has_commas)
    if by_size and not spoken:
        return _told(column, by_size, "to fit the column", is_plain=by_size == "." and not has_commas)
    if not spoken and not own[","] and not file[","] and (is_japanese or not has_commas):
        return _told(column, ".", "as Japanese tables write thousands", is_plain=not has_commas)
    point, comma = (value_of(_numeral(column, unclear[0]), mark) for mark in _MARKS)
    shown = f"{column.address(unclear[0])}: {column.texts[unclear[0]]!r}"
    raise AmbiguousMarkError(f"{shown} can be read as {point:.15g} or as {comma:.15g}")


def _spoken_for(evidence: Counter[str], least: int = 1) -> DecimalMark | None:
    """Return the mark that numerals speak for, None where they speak for none, for both, or too few do."""
    for mark, other in ((_MARKS[0], _MARKS[1]), (_MARKS[1], _MARKS[0])):
        if evidence[mark] >= least and not evidence[other]:
            return mark
    return None


def _told(column: DraftColumn, mark: DecimalMark, why: str, *, is_plain: bool) -> tuple[DecimalMark, str]:
    """Return a mark with a sentence about what it makes of the first unclear numeral, empty where that is plain."""
    row = column.marks["?"][0]
    value = value_of(_numeral(column, row), mark)
    return mark, "" if is_plain else f"{column.texts[row]!r} is read as {value:.15g}, {why}"


def _numeral(column: DraftColumn, row: int) -> str:
    reading = column.readings[row]
    return next(n for n in (reading.numeral, reading.spread, reading.bracket) if marks_of(n) == "?")


def _mark_by_size(column: DraftColumn) -> DecimalMark | None:
    """Choose the mark under which the unclear numbers lie near the clear ones; None where both or neither do."""
    clear = [abs(value) for value in column.typed.values() if value]
    unclear: list[str] = []
    for row, reading in enumerate(column.readings):
        if row in column.typed or not reading.numeral:
            continue
        marks = marks_of(reading.numeral)
        if marks == "?":
            unclear.append(reading.numeral)
        else:
            clear.extend(abs(v) for v in [value_of(reading.numeral, "," if marks == "," else ".")] if v)
    if not clear or not unclear:
        return None
    middle = log10(median(clear))
    fitting: list[DecimalMark] = []
    for mark in _MARKS:
        values = [abs(v) for v in (value_of(n, mark) for n in unclear) if v]
        if values and abs(log10(median(values)) - middle) < _APART:
            fitting.append(mark)
    return fitting[0] if len(fitting) == 1 else None
