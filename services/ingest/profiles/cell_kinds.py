"""Tell what one cell of a measurement's table is: a number under some mark, a clock's time, missing, or a word."""

from __future__ import annotations

import math
import re
from datetime import datetime
from functools import lru_cache

from services.ingest.numerals import PLAIN, DecimalMark, value_of
from services.ingest.vocabulary import MISSING
from services.ingest.wording import as_numeral, fold

__all__ = [
    "is_amount",
    "is_clock",
    "is_missing",
    "is_number",
    "is_number_like",
    "number",
    "seconds",
    "starts_as_number",
]

_NUMBER = re.compile(r"[+-]?(?:\d[\d.,' ]*|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CLOCK = re.compile(r"(?P<h>\d{1,4}):(?P<m>[0-5]\d):(?P<s>[0-5]?\d(?:[.,]\d+)?)", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)
_LOCAL_STAMP = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[ T]+\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AP]M)?", re.ASCII | re.IGNORECASE
)
_DATE = re.compile(
    r"(?:\d{4}(?P<a>[./-])\d{1,2}(?P=a)\d{1,2}|\d{1,2}(?P<b>[./-])\d{1,2}(?P=b)(?:\d{4}|\d\d))\.?", re.ASCII
)
"""A day: no thousands are grouped by two digits, or by four."""
_LIMITS = ("<", ">", "≤", "≥")
_STARTS = re.compile(r"[+-]?[.,]?\d")
_ALSO_MISSING = frozenset(["#nv", "-nan", "1.#qnan", "-1.#ind", "***", "****", "*****"])


@lru_cache(maxsize=16384)
def is_missing(cell: str) -> bool:
    """Say whether a cell says that nothing was measured."""
    return not cell or fold(cell) in MISSING or cell.casefold() in _ALSO_MISSING


def is_number(cell: str) -> bool:
    """Say whether a cell is a number under some decimal mark; ``12.06.2025`` is a day."""
    plain = cell if cell.isascii() else as_numeral(cell)
    return _NUMBER.fullmatch(plain) is not None and not (plain.count(".") == 2 and _DATE.fullmatch(plain))


def is_amount(cell: str) -> bool:
    """Say whether a cell is a number, with its spread or not, or a limit that a value lies beyond: ``<0.01``."""
    if "±" in cell:
        return all(is_number(part.strip()) for part in cell.split("±", 1))
    return is_number(cell.lstrip("<>≤≥ ") if cell[:1] in _LIMITS else cell)


def is_number_like(cell: str) -> bool:
    """Say whether a cell can stand in a row of numbers: a number, a clock's time, or missing."""
    return is_number(cell) or is_missing(cell) or is_clock(cell)


def is_clock(cell: str) -> bool:
    """Say whether a cell is a time of a clock, a day, or both, in whatever order that is written."""
    if ":" not in cell:
        return _DATE.fullmatch(cell) is not None
    return seconds(cell) is not None or _LOCAL_STAMP.fullmatch(cell) is not None


def starts_as_number(cell: str) -> bool:
    """Say whether a cell begins as a number does, whatever follows."""
    return _STARTS.match(cell) is not None


def number(cell: str, mark: DecimalMark) -> float | None:
    """Return the number of a cell, not-a-number where it says that nothing was measured, None where it is neither."""
    if mark == "." and PLAIN.fullmatch(cell):
        return float(cell)
    if is_missing(cell):
        return math.nan
    value = value_of((cell if cell.isascii() else as_numeral(cell)).lower(), mark)
    return seconds(cell) if value is None else value


def seconds(cell: str) -> float | None:
    """Return the seconds of ``h:mm:ss`` or of a date with time, None for anything else."""
    if ":" not in cell:
        return None
    clock = _CLOCK.fullmatch(cell)
    if clock:
        return int(clock["h"]) * 3600 + int(clock["m"]) * 60 + float(clock["s"].replace(",", "."))
    if _STAMP.fullmatch(cell):
        try:
            return (datetime.fromisoformat(cell) - datetime(1970, 1, 1)).total_seconds()
        except ValueError:
            return None
    return None
