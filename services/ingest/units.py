"""Recognise a unit when one stands in a header, under it, or behind a number. A vocabulary, not a calculator."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from services.ingest.vocabulary import UNIT_ALIASES, UNIT_PREFIXES, UNITS, UNITS_IN_ANY_CASE
from services.ingest.wording import as_numeral

__all__ = ["is_unit", "same_unit"]

_KNOWN = UNITS | {p + unit for unit, prefixes in UNIT_PREFIXES.items() for p in ["", *prefixes.split()]}
_POWER = re.compile(r"(?<=[^\d^+-])\^?[+-]?\d{1,2}$")
_JOINT = re.compile(r"[/·*⋅・ ]+|(?<=[A-Za-z)])\.(?=[A-Za-z])")
_COUNT = re.compile(r"\d{1,4}")
_COUNTED = re.compile(r"\d{1,4}(\D.*)")
_LONGEST = 24
_PREFIXES_OF_TWO_CASES = "mp"
"""Milli and mega, pico and peta: one letter, told apart by its case."""


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """Say whether a text is a unit: ``MPa``, ``g/10min``, ``kJ/m²``, ``wt%``; single letters by exact case."""
    plain = unicodedata.normalize("NFKC", as_numeral(text))
    if not plain or len(plain) > _LONGEST:
        return False
    if _is_known(plain):
        return True
    pieces = [piece.strip("()") for piece in _JOINT.split(plain)]
    if not all(pieces) or all(_COUNT.fullmatch(piece) for piece in pieces):
        return False
    return all(_is_piece(piece) for piece in pieces)


def same_unit(first: str, second: str) -> bool:
    """Compare two units by their plain spelling: ``wt%`` is ``%``, ``sec`` is ``s``, ``J/m2`` is not ``kJ/m2``.

    Letters of a wrong case are forgiven (``Mpa``), but not where they make another unit of it (``mPa``).
    """
    one, other = _plain(first), _plain(second)
    if one == other:
        return True
    return one.casefold() == other.casefold() and (
        one[0] == other[0] or one[0].casefold() not in _PREFIXES_OF_TWO_CASES
    )


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", as_numeral(text)).replace(" ", "").replace("^", "")
    return UNIT_ALIASES.get(plain, plain)


def _is_known(text: str) -> bool:
    return text in _KNOWN or (len(text) > 1 and text.casefold() in UNITS_IN_ANY_CASE)


def _is_piece(piece: str) -> bool:
    """One factor: a known unit with a power, a count such as the 10 of ``g/10min``, or both."""
    if _COUNT.fullmatch(piece) or _is_known(piece) or _is_known(_POWER.sub("", piece)):
        return True
    counted = _COUNTED.fullmatch(piece)
    return counted is not None and _is_known(_POWER.sub("", counted.group(1)))
