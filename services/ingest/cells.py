"""Understand one cell's text by itself: a number with its trimmings, a limit, a word for missing, or plain text.

Says what the text can be; what it is, with its column's decimal mark and unit, is decided in `services.ingest.columns`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from loop.observations import State
from services.ingest.numerals import PLAIN, marks_of, value_of
from services.ingest.units import is_unit
from services.ingest.vocabulary import MISSING, MISSING_AMONG_WORDS, NOT_DETECTED, STATES
from services.ingest.wording import as_numeral, fold, normalise

__all__ = ["NOT_DETECTED_REASON", "Reading", "is_missing_text", "read_cell_text"]

NOT_DETECTED_REASON = "n.d. without a detection limit"

_SPREADSHEET_ERRORS = re.compile(
    r"#(?:DIV/0!|N/A|VALUE!|REF!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)", re.IGNORECASE
)
_STATED = re.compile(r"(not measured|absent|lost|not made): ?(.*)", re.DOTALL)

_NUMERAL = r"[+-]? ?(?:\d(?:[\d.,' ]*\d)?[.,]?|[.,]\d+)"
_EXPONENT = r"(?: ?(?:[eE]|[x×*·] ?10 ?\^?) ?[+-]?\d{1,3})?"
_NUMBER = re.compile(
    rf"(?P<compare>[<>≤≥≦≧]=?|[~≈∼〜約]|ca\.|approx\.|(?:ca|approx|about)(?= ))? ?"
    rf"(?P<number>{_NUMERAL})(?P<power>{_EXPONENT})"
    rf"(?: ?(?:±|\+/-|\+-) ?(?P<spread>{_NUMERAL}{_EXPONENT})|(?P<gap> ?)\((?P<bracket>{_NUMERAL})\))?(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_POWER_SIGN = re.compile(r" ?(?:[eE]|[x×*·] ?10 ?\^?) ?(?=[+-]?\d{1,3}$)")
_MARK = re.compile(r"(?P<unit>.*?) ?(?P<mark>[*†‡§※#]+\d?(?:\d\))?)?")
_BOUND = re.compile(r"(?P<unit>.*?) ?(?P<bound>未満|以下|以上|超|超過|より大|より小|orless|ormore)")
_BELOW, _ABOVE, _ABOUT = "<≤≦", ">≥≧", ("~", "≈", "∼", "〜", "約", "ca", "ca.", "approx", "approx.", "about")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell's text can be. Numerals are kept as typed, since the decimal mark is not yet known."""

    kind: Literal["number", "below", "above", "not_detected", "missing", "text"]
    numeral: str = ""
    spread: str = ""
    bracket: str = ""
    bracket_is_tight: bool = False
    unit: str = ""
    mark: str = ""
    state: State = State.NOT_MEASURED
    reason: str = ""

    @property
    def is_number_like(self) -> bool:
        """A number or a limit: what a column of numbers is made of."""
        return self.kind in ("number", "below", "above")


def read_cell_text(text: str) -> Reading:
    """Tell what a cell's text can be, before its column is known."""
    if PLAIN.fullmatch(text):
        return Reading("number", numeral=text.lower())
    if len(text) > _LONGEST:
        stated = _STATED.fullmatch(text.strip())
        return _stated(stated) if stated else Reading("text")
    return _read_short(text)


@lru_cache(maxsize=65536)
def _read_short(text: str) -> Reading:
    word = fold(text)
    if _SPREADSHEET_ERRORS.fullmatch(text.strip()):
        return Reading("missing", reason=text.strip())
    if word in MISSING:
        return Reading("missing")
    if word in NOT_DETECTED:
        return Reading("not_detected")
    if word in STATES:
        return Reading("missing", state=STATES[word])
    stated = _STATED.fullmatch(text.strip())
    return _stated(stated) if stated else _read_number(as_numeral(text))


def _stated(stated: re.Match[str]) -> Reading:
    return Reading("missing", state=State(stated[1].replace(" ", "_")), reason=stated[2])


def is_missing_text(text: str) -> Reading | None:
    """Tell whether a cell of a text column says that nothing is there; fewer words do so than among numbers."""
    plain = normalise(text)
    if plain in MISSING_AMONG_WORDS or _SPREADSHEET_ERRORS.fullmatch(plain) or _STATED.fullmatch(plain):
        return read_cell_text(text)
    return None


def _read_number(text: str) -> Reading:
    if not any(letter.isdigit() for letter in text):
        return Reading("text")
    found = _NUMBER.fullmatch(text)
    if not found:
        return Reading("text")
    numeral = _joined(found["number"] + found["power"])
    spread = _joined(found["spread"] or "")
    if not _has_value(numeral) or (spread and not _has_value(spread)):
        return Reading("text")
    compare = found["compare"] or ""
    kind: Literal["number", "below", "above"] = "below" if compare[:1] in _BELOW and compare else "number"
    kind = "above" if compare and compare[0] in _ABOVE else kind
    rest = found["rest"].strip()
    bound = _BOUND.fullmatch(rest)
    if bound:
        if kind != "number" or spread:
            return Reading("text")
        kind = "below" if bound["bound"] in ("未満", "以下", "より小", "orless") else "above"
        rest = bound["unit"]
    marked = _MARK.fullmatch(rest)
    unit, mark = (marked["unit"], marked["mark"] or "") if marked else (rest, "")
    if (unit and not is_unit(unit)) or unit == "-" or (kind != "number" and (spread or found["bracket"])):
        return Reading("text")
    return Reading(
        kind,
        numeral=numeral,
        spread=spread,
        bracket=found["bracket"] or "",
        bracket_is_tight=not found["gap"],
        unit=unit,
        mark=compare if compare in _ABOUT else mark,
    )


def _joined(numeral: str) -> str:
    """Write the power as Python does: ``1.2×10^-3`` becomes ``1.2e-3``."""
    return _POWER_SIGN.sub("e", numeral.strip())


def _has_value(numeral: str) -> bool:
    return bool(marks_of(numeral)) or value_of(numeral, ".") is not None
