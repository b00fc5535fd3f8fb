"""Read one number as people type it: which decimal mark it can have, and its value under that mark.

``1,234`` is 1234 with a decimal point and 1.234 with a decimal comma. One numeral alone cannot tell; what can is the
rest of its column and file (`services.ingest.decimal_marks`).
"""

from __future__ import annotations

import math
import re
from typing import Literal

__all__ = ["PLAIN", "SIMPLE", "DecimalMark", "mark_of_simple", "marks_of", "value_of"]

DecimalMark = Literal[".", ","]

PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
"""A numeral that Python reads as it stands and that holds no comma."""

SIMPLE = re.compile(r"[+-]?(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
"""A numeral with at most one separator, of either kind."""

_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SIGN, _POWER = r"[+-]? ?", r"(?:e[+-]?\d{1,3})?"
_SPACED = r"[1-9]\d{0,2}(?: \d{3})+|[1-9]\d{0,2}(?:'\d{3})+"
_SHAPES: dict[DecimalMark, re.Pattern[str]] = {
    ".": re.compile(rf"{_SIGN}(?:(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|{_SPACED}|\d+)(?:\.\d*)?|\.\d+){_POWER}", re.ASCII),
    ",": re.compile(rf"{_SIGN}(?:(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|{_SPACED}|\d+)(?:,\d+)?|,\d+){_POWER}", re.ASCII),
}
_STRAY = {".": str.maketrans("", "", ", '"), ",": str.maketrans(",", ".", ". '")}


def value_of(numeral: str, mark: DecimalMark) -> float | None:
    """Read a numeral under a decimal mark; None where it has no reading under it, or is too large for a float.

    Spaces, apostrophes and the other mark are accepted between groups of three digits only.
    """
    if not _SHAPES[mark].fullmatch(numeral):
        return None
    value = float(numeral.translate(_STRAY[mark]))
    return value if math.isfinite(value) else None


def marks_of(numeral: str) -> str:
    """Tell which decimal marks a numeral speaks for.

    Returns
    -------
    ``"."`` or ``","`` where only that mark gives a reading, ``"?"`` where both do and differ, ``""`` where it says
    nothing: both readings agree, or there is none.
    """
    point, comma = value_of(numeral, "."), value_of(numeral, ",")
    if point is not None and comma is not None:
        return "" if point == comma else "?"
    if point is None and comma is None:
        return ""
    return "." if comma is None else ","


def mark_of_simple(numeral: str) -> str:
    """Tell which decimal mark a `SIMPLE` numeral speaks for, as `marks_of` does and faster."""
    mark = "," if "," in numeral else "." if "." in numeral else ""
    return "?" if mark and _EITHER.fullmatch(numeral) else mark
