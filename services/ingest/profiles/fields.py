"""The fields of a header, ``key: value`` in whatever spelling, and what they tell of a measurement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.ingest.numerals import DecimalMark, marks_of
from services.ingest.profiles.cell_kinds import number
from services.ingest.profiles.lines import BLANKS, split
from services.ingest.profiles.profile import FieldRules
from services.ingest.profiles.vocabulary import fact_of, name_and_unit, plain_words, unit_of, unit_spelled
from services.ingest.wording import as_numeral
from services.records.reading import Amount, Facts

__all__ = ["claimed", "date_of", "facts_of", "fields_in"]

_MARKS = re.compile(r"^[\s#;%!*/]*(?=[^\s#;%!*/])")
_PAIR = re.compile(r"^(?P<key>[^:=\t：]{1,60}?)\s*(?:(?:(?<!\d):|:(?!\d))(?!\\)|：|\s=\s|=(?!=)|\t+)\s*(?P<value>.*)$")
_AMOUNT = re.compile(r"^(?P<number>[+-]?\s?(?:\d[\d.,' ]*|[.,]\d+)(?:[eE][+-]?\d{1,3})?)\s*(?P<unit>[^\d].{0,20})?$")
_LONGEST = 400
_WEAK = frozenset(["identity", "identität", "material"])
"""Fields that hold a specimen's name where no other does; beside one, they number files or say what it is made of."""
_ORDERS = {"year": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"), "german": ("%d.%m.%Y", "%d.%m.%y")}
_WORDED = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")
_WHOLE = "%a %b %d %H:%M:%S %Y"
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
_SLASHED = re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<year>\d{4}|\d\d)(?P<clock>.*)")


def fields_in(texts: Iterable[str], delimiter: str) -> dict[str, str]:
    """Return the fields of lines as they stand there; of one that stands twice, the first."""
    found: dict[str, str] = {}
    for text in texts:
        plain = _MARKS.sub("", text.strip(), count=1)
        if not plain or len(plain) > _LONGEST:
            continue
        key, value = _pair(plain, delimiter)
        if len(value) > 2 and value[0] == value[-1] == "'":
            value = value[1:-1].strip()
        if key and value and any(letter.isalpha() for letter in key):
            found.setdefault(key, value)
    return found


def _pair(text: str, delimiter: str) -> tuple[str, str]:
    if delimiter != BLANKS and delimiter in text:
        cells = split(text, delimiter)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > 1 and cells[0]:
            key, *rest = cells
            rest = [cell for cell in rest if cell]
            if len(rest) > 1 and all(name_and_unit(cell)[1] for cell in rest):
                return "", ""  # names of columns with their units: a table of its own
            if len(rest) <= 3 and not (len(key) > 3 and ":" in key[:-1]):
                return key.rstrip(" :=："), " ".join(rest)
        if len(cells) == 1:
            text = cells[0]
    match = _PAIR.match(text)
    if match:
        return match["key"].strip().strip('"'), match["value"].strip().strip('"')
    wide = re.split(r"\s{2,}", text, maxsplit=1)
    return (wide[0].strip(), wide[1].strip()) if len(wide) == 2 else ("", "")


def facts_of(fields: Mapping[str, str], rules: FieldRules, mark: DecimalMark | None) -> tuple[Facts, tuple[str, ...]]:
    """Sort fields into what is known of a measurement.

    Returns
    -------
    The facts, and notes for people about what could not be told.
    """
    texts: dict[str, str] = {}
    weak = ""
    conditions: dict[str, Amount] = {}
    measured_at: datetime | None = None
    notes: list[str] = []
    for key, value in fields.items():
        bare, unit = name_and_unit(key)
        kind, name = _meant(key, bare, rules)
        if kind == "conditions":
            rule = rules.conditions.get(name)
            amount = _amount(value, unit if unit is not None else None, rule.unit if rule else "", mark)
            if amount is not None:
                conditions.setdefault(name, amount)
        elif name == "date":
            when = date_of(value, rules.date_format)
            if when is None and measured_at is None and any(letter.isdigit() for letter in value):
                notes.append(f"{key}: {value!r} can be no date, or several; say date_format in the profile")
            measured_at = measured_at or when
        elif name == "specimen" and plain_words(bare) in _WEAK and not rules.specimen:
            weak = weak or value
        elif kind == "facts":
            texts.setdefault(name, value)
    facts = Facts(
        specimen=texts.get("specimen", weak),
        instrument=texts.get("instrument", ""),
        operator=texts.get("operator", ""),
        session=texts.get("session", ""),
        measured_at=measured_at,
        conditions=conditions,
        texts=dict(fields),
    )
    return facts, tuple(notes)


def _meant(key: str, bare: str, rules: FieldRules) -> tuple[str, str]:
    """Return what a field tells, by the profile first."""
    for name in ("specimen", "instrument", "operator", "session", "date"):
        patterns: Sequence[str] = getattr(rules, name)
        if any(re.search(pattern, key, re.IGNORECASE) for pattern in patterns):
            return "facts", name
    for name, rule in rules.conditions.items():
        if re.search(rule.field, key, re.IGNORECASE):
            return "conditions", name
    kind, name = fact_of(key)
    kind, name = (kind, name) if kind else fact_of(bare)
    is_declared = kind == "facts" and bool(getattr(rules, name, ())) if name != "gas" else False
    return ("", "") if is_declared else (kind, name)


def claimed(fields: Mapping[str, str], declared: Mapping[Any, str]) -> dict[str, tuple[str, str]]:
    """Return what the file says of its own content: field and text by kind."""
    found: dict[str, tuple[str, str]] = {}
    for key, value in fields.items():
        for claim, pattern in declared.items():
            if re.search(pattern, key, re.IGNORECASE):
                found.setdefault(claim, (key, value))
        kind, name = fact_of(key)
        if kind == "claims" and name not in declared:
            found.setdefault(name, (key, value))
    return found


def _amount(value: str, unit: str | None, default: str, mark: DecimalMark | None) -> Amount | None:
    match = _AMOUNT.match(as_numeral(value))
    if not match:
        return None
    numeral = match["number"].strip().lower()
    own = marks_of(numeral)
    read = number(numeral, "," if own == "," else "." if own == "." else mark or ".")
    if read is None or read != read:
        return None
    behind = (match["unit"] or "").strip()
    said = unit_of(behind) if behind else None
    if behind and said is None:
        said = unit_spelled(behind)
    return Amount(read, said if said is not None else unit if unit is not None else default)


def date_of(text: str, form: str | None = None) -> datetime | None:
    """Read a date with or without a time; None where it has no reading, or several as 11/03/2021 has."""
    plain = " ".join(text.replace(",", " ").split()) if form is None else text.strip()
    if form is not None:
        return _parsed(plain, form) or _parsed(" ".join(plain.split()[: len(form.split())]), form)
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        pass
    whole = _parsed(plain, _WHOLE)
    if whole is not None:
        return whole
    for form_ in (*_ORDERS["year"], *_ORDERS["german"], *(f.replace(",", "") for f in _WORDED)):
        for clock in _CLOCKS:
            found = _parsed(plain, form_ + clock)
            if found is not None:
                return found
    match = _SLASHED.fullmatch(plain)
    if match and ((int(match["a"]) > 12) != (int(match["b"]) > 12) or int(match["a"]) == int(match["b"])):
        day_first = "%d/%m/" if int(match["a"]) > 12 else "%m/%d/"
        year = "%Y" if len(match["year"]) == 4 else "%y"
        return next((f for clock in _CLOCKS if (f := _parsed(plain, day_first + year + clock)) is not None), None)
    return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
