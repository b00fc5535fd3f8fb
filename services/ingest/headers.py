"""Split a header into a name and a unit, and join header rows that stand above each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.ingest.units import is_unit
from services.ingest.wording import fold, normalise

__all__ = ["BETWEEN_LEVELS", "DIMENSIONLESS", "bare_unit", "join_levels", "name_columns", "split_header"]

DIMENSIONLESS = "-"
"""What people write where a unit would stand and there is none."""

BETWEEN_LEVELS = " · "
"""What joins the header cells over one column: group, then name."""

_LONGEST = 200
_BRACKETED = re.compile(r"^(?P<name>.*?)\s*(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*(?:\([^()]*\)[^()]*)*)\))$")
_QUOTIENT = re.compile(r"^(?P<name>.*\S) / (?P<unit>\S.*)$")
_TIGHT_QUOTIENT = re.compile(r"^(?P<name>[^/]*[^/\s])/(?P<unit>[^/\s].+|%)$")
_IN = re.compile(r"(?<=\S),?\s+(?:in|en)$")
_AFTER_COMMA = re.compile(r"^(?P<name>.*\S), (?P<unit>\S{2,}|%)$")


def split_header(header: str) -> tuple[str, str]:
    """Split ``Modulus [GPa]``, ``引張強度(MPa)``, ``Modulus / MPa`` or ``Strength, MPa`` into name and unit.

    Returns
    -------
    Name and unit. Brackets that hold no unit stay in the name, as in ``Strength (28-day)``. The unit is empty where
    none was recognised and where ``[-]`` says that there is none.
    """
    text = normalise(header)
    if len(text) > _LONGEST:
        return text, ""
    bracketed = _BRACKETED.match(text)
    if bracketed and bracketed["name"]:
        unit = (bracketed["square"] if bracketed["square"] is not None else bracketed["round"]).strip()
        if is_unit(unit):
            return bracketed["name"], "" if unit == DIMENSIONLESS else unit
        return text, ""
    for pattern in (_QUOTIENT, _AFTER_COMMA):
        found = pattern.match(text)
        if found and is_unit(found["unit"]):
            return found["name"], found["unit"]
    tight = _TIGHT_QUOTIENT.match(text)
    if tight and is_unit(tight["unit"]) and not is_unit(text):  # "W/C" and "g/cm3" are no quotients of name and unit
        name, _, last = tight["name"].rpartition(" ")
        whole = f"{last}/{tight['unit']}"
        if name and is_unit(last) and is_unit(whole):  # "Toughness in kJ/m2" is in kJ/m2, not "Toughness in kJ" in m2
            return _IN.sub("", name).rstrip(" ,"), whole
        return tight["name"], tight["unit"]
    return text, ""


def bare_unit(text: str) -> str | None:
    """Read a cell of a unit row, with or without brackets; None where it holds no unit."""
    plain = normalise(text)
    if len(plain) > 2 and plain[0] + plain[-1] in ("[]", "()"):
        inner = plain[1:-1].strip()
        if plain[0] == "[" or is_unit(inner):
            return "" if inner == DIMENSIONLESS else inner
        return None
    if is_unit(plain):
        return "" if plain == DIMENSIONLESS else plain
    return None


def join_levels(levels: Sequence[str]) -> str:
    """Join the header cells that stand over one column, from the top: ``Group · Name``; a repeated text counts once."""
    kept: list[str] = []
    for level in map(normalise, levels):
        if level and (not kept or fold(level) != fold(kept[-1])):
            kept.append(level)
    return BETWEEN_LEVELS.join(kept)


def name_columns(headers: Sequence[str], units: Sequence[str | None]) -> list[tuple[str, str]]:
    """Give every column a name and a unit, names all different.

    Where taking the unit out would make two names equal (``Monomer (A)``, ``Monomer (B)``), it stays in the name too.
    A name that still occurs twice is numbered: ``Water``, ``Water (2)``. Where a row of units under the header speaks,
    the header is all name.
    """
    split = [split_header(header) for header in headers]
    stems = Counter(_stem(header) for header in headers)
    used: set[str] = set()
    named: list[tuple[str, str]] = []
    for header, unit_below, (name, unit) in zip(headers, units, split, strict=True):
        keeps_all = unit_below is not None or (unit and stems[_stem(header)] > 1)
        wanted = normalise(header) if keeps_all else name
        unique, count = wanted, 1
        while unique in used:
            count += 1
            unique = f"{wanted} ({count})"
        used.add(unique)
        named.append((unique, unit if unit_below is None else unit_below))
    return named


def _stem(header: str) -> str:
    text = normalise(header)[:_LONGEST]
    bracketed = _BRACKETED.match(text)
    return fold(bracketed["name"] if bracketed and bracketed["name"] else header)
