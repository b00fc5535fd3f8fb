"""A table of amounts lying on its side: an amount a row, a specimen a column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ingest.errors import UnreadableFile
from services.ingest.numerals import DecimalMark
from services.ingest.profiles.axis import AXES
from services.ingest.profiles.cell_kinds import is_amount, is_missing, number
from services.ingest.profiles.fields import facts_of
from services.ingest.profiles.frame import check_header
from services.ingest.profiles.lines import split
from services.ingest.profiles.profile import ColumnRule, Profile
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.vocabulary import name_and_unit, quantity_of, slug, unit_of, unit_spelled
from services.ingest.units import same_unit
from services.ingest.vocabulary import NOT_DETECTED, UNIT_LABELS
from services.ingest.wording import fold
from services.records.reading import Amount, Reading

__all__ = ["AmountRow", "amount_rows", "is_turned", "read_turned", "rows_in"]

_PROPERTY = frozenset(
    ["property", "properties", "parameter", "element", "oxide", "analyte", "eigenschaft", "kennwert", "merkmal", "oxid",
     "propriété", "élément", "oxyde", "項目", "測定項目", "特性", "元素", "成分"]
)  # fmt: skip
"""Headers of a column that names what was measured."""
_LIMITS = {"<": "<", "≤": "<", ">": ">", "≥": ">"}
_SAY_AGAIN = "the file is damaged: export it again"
_FEWEST_KNOWN = 0.5


@dataclass(frozen=True, slots=True)
class AmountRow:
    """One row: the index of its line, its label, quantity and unit, and its cells."""

    index: int
    label: str
    quantity: str
    unit: str
    cells: tuple[str, ...]


def is_turned(looked: Survey) -> bool:
    """Say whether rows are amounts and columns specimens.

    The first column then names what is measured, by its own name or by words for quantities below it, and the columns
    of numbers have names that are no quantity and no unit.
    """
    names = looked.header.names
    places = _specimens(looked)
    if not names or looked.kinds[0] != "words" or len(places) < 2 or looked.width > 300:
        return False
    for place in places:
        bare, unit = name_and_unit(names[place])
        if unit is not None or quantity_of(bare) or not bare:
            return False
    if fold(names[0]) in _PROPERTY:
        return True
    known = [quantity_of(*_pair(row[0])) for row in looked.sample]
    n_known = sum(bool(quantity) and quantity not in AXES for quantity in known)
    return n_known > 1 and n_known >= _FEWEST_KNOWN * len(known)


def rows_in(looked: Survey, profile: Profile) -> Iterator[str]:
    """Yield the quantities of a table's rows, as a profile names them."""
    for row in amount_rows(looked):
        rule = _rule_of(row, profile.columns)
        yield rule.quantity if rule is not None else row.quantity


def amount_rows(looked: Survey) -> list[AmountRow]:
    """Return the rows of a table that hold a number or a limit for some specimen."""
    places, unit_at = _specimens(looked), _unit_column(looked)
    found = []
    for index in range(looked.runs[0].start, looked.runs[-1].stop):
        cells = split(looked.lines.texts[index], looked.delimiter)
        if len(cells) != looked.width or not any(is_amount(cells[place]) for place in places):
            continue
        bare, own = name_and_unit(cells[0])
        below = next((u for p in places if looked.header.units and (u := looked.header.units[p])), None)
        unit = unit_spelled(cells[unit_at]) if unit_at is not None and cells[unit_at] else own or below or ""
        quantity = quantity_of(bare, unit) or slug(bare) or slug(cells[0])
        found.append(AmountRow(index, cells[0], quantity, "" if unit == "-" else unit, tuple(cells)))
    return found


def read_turned(name: str, looked: Survey, profile: Profile) -> tuple[Reading, ...]:
    """Read an amount a row and a specimen a column.

    Raises
    ------
    UnreadableFile
        If a cell is neither a number nor missing, a row has another number of cells, or one that is needed is lacking.
    """
    check_header(name, looked)
    if not looked.header.names:
        reason = f"{looked.lines.place(looked.runs[0].start)}: no row of names stands right over its amounts"
        raise UnreadableFile(name, reason, "a line over it is damaged or lost: export it again")
    lines, places, names = looked.lines, _specimens(looked), looked.header.names
    _refuse_torn(name, looked)
    amounts: list[dict[str, Amount]] = [{} for _ in places]
    texts: list[dict[str, str]] = [{} for _ in places]
    rows = amount_rows(looked)
    used: set[str] = set()
    for row in rows:
        rule = _rule_of(row, profile.columns)
        if rule is not None and rule.unit is not None and row.unit and not same_unit(row.unit, rule.unit):
            reason = f"{row.label!r} is in {row.unit}, the profile says {rule.unit} for {rule.quantity}"
            raise UnreadableFile(name, reason, "change the profile if the file is right")
        quantity = rule.quantity if rule is not None else row.quantity
        unit = row.unit or (rule.unit if rule is not None and rule.unit else "")
        if quantity in used:
            quantity = slug(row.label) if slug(row.label) not in used else f"{quantity}_{len(used) + 1}"
        used.add(quantity)
        for k, place in enumerate(places):
            where = f"{lines.place(row.index)}, {names[place]}"
            amount = _amount(name, where, row.cells[place], unit, looked.mark or ".")
            if amount is not None:
                amounts[k][quantity] = amount
    lacking = [quantity for quantity in profile.required if quantity not in used]
    if lacking:
        labels = ", ".join(row.label for row in rows)
        raise UnreadableFile(name, f"as {profile.title} it needs a row of {', '.join(lacking)}; it has {labels}")
    held = {row.index for row in rows}
    for index in range(looked.runs[0].start, looked.runs[-1].stop):
        cells = split(lines.texts[index], looked.delimiter)
        if index not in held and len(cells) == looked.width and cells[0]:
            for k, place in enumerate(places):
                texts[k] |= {cells[0]: cells[place]} if cells[place] else {}
    return tuple(
        Reading(
            modality=profile.modality,
            amounts=amounts[k],
            facts=facts_of({"specimen": names[place], **texts[k]}, profile.fields, looked.mark)[0],
            label=names[place],
        )
        for k, place in enumerate(places)
        if amounts[k]
    )


def _amount(name: str, where: str, cell: str, unit: str, mark: DecimalMark) -> Amount | None:
    if is_missing(cell) or fold(cell) in NOT_DETECTED:
        return None
    limit = _LIMITS.get(cell[:1], "")
    value = number(cell[1:].strip() if limit else cell, mark)
    if value is None or math.isnan(value):
        raise UnreadableFile(name, f"{where}: {cell[:30]!r} is no number", _SAY_AGAIN)
    return Amount(value, unit, limit)  # type: ignore[arg-type]  # one of < and >


def _refuse_torn(name: str, looked: Survey) -> None:
    """Refuse a row of another number of cells: one of them was lost or doubled."""
    for index in range(looked.runs[0].start, looked.runs[-1].stop):
        text = looked.lines.texts[index]
        cells = split(text, looked.delimiter)
        if text.strip(" \t;,|") and len(cells) != looked.width:
            reason = f"{looked.lines.place(index)} has {len(cells)} cells, the others have {looked.width}"
            raise UnreadableFile(name, reason, _SAY_AGAIN)


def _specimens(looked: Survey) -> list[int]:
    """Return the columns of specimens: those behind the first with a number in them, be it among words."""
    return [k for k in range(1, looked.width) if any(is_amount(row[k]) for row in looked.sample)]


def _unit_column(looked: Survey) -> int | None:
    """Return the column that says each row's unit."""
    names = looked.header.names
    for k in range(1, looked.width):
        cells = [row[k] for row in looked.sample if row[k]]
        if looked.kinds[k] != "words" or not cells:
            continue
        if fold(names[k]) in UNIT_LABELS or all(unit_of(cell) is not None for cell in cells):
            return k
    return None


def _rule_of(row: AmountRow, rules: Sequence[ColumnRule]) -> ColumnRule | None:
    for rule in rules:
        if re.search(rule.header, row.label, re.IGNORECASE) if rule.header else rule.quantity == row.quantity:
            return rule
    return None


def _pair(label: str) -> tuple[str, str]:
    bare, unit = name_and_unit(label)
    return bare, unit or ""
