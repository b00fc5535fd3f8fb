"""Which column of a table is which quantity, in which unit, by a profile's rules and the house's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.profile import ColumnRule, Profile
from services.ingest.profiles.survey import Survey
from services.ingest.profiles.vocabulary import is_word, name_and_unit, quantity_of, slug
from services.ingest.units import same_unit

__all__ = ["Resolved", "missing_of", "pieces_of", "resolve"]

_SPOKEN = {"%": "percent", "°C": "celsius", "°": "degree"}
_TAIL = re.compile(r"[\s_.#-]*\(?(\d{1,3})\)?$")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One column: its index, header, name, quantity and unit; `is_known` says that the house or the profile knows it.

    The unit is None where neither the file nor the profile says one.
    """

    index: int
    header: str
    name: str
    quantity: str
    unit: str | None
    is_known: bool
    group: str = ""


def resolve(survey: Survey, rules: Sequence[ColumnRule] = (), name: str = "") -> tuple[Resolved, ...]:
    """Say of each column that holds anything what it is.

    Raises
    ------
    UnreadableFile
        If a column is in another unit than its rule says.
    """
    found: list[Resolved] = []
    header = survey.header
    for index in range(survey.width):
        text = header.names[index] if header.names else ""
        bare, unit = name_and_unit(text) if text else ("", None)
        below = header.units[index] if header.units else None
        unit = below if below is not None else unit
        rule = _rule_of(index, text, bare, unit, rules)
        if rule is not None and rule.unit is not None:
            if unit and not (same_unit(unit, rule.unit) or unit == rule.unit):
                reason = f"{text!r} is in {unit}, the profile says {rule.unit} for {rule.quantity}"
                raise UnreadableFile(name, reason, "change the profile if the file is right")
            unit = unit or rule.unit
        known = rule.quantity if rule is not None else quantity_of(bare, unit or "")
        if rule is None and known and any(r.quantity == known and (r.header or r.position) for r in rules):
            known = ""  # the profile says which column that is, and it is another one
        quantity = (
            known or slug(bare) or slug(text) or (f"column_{index + 1}" if survey.kinds[index] != "empty" else "")
        )
        if not quantity or (survey.kinds[index] == "empty" and rule is None and not known):
            continue
        group = header.groups[index] if header.groups else ""
        found.append(Resolved(index, text, bare or text, quantity, unit, bool(known), group))
    return tuple(found)


def _rule_of(index: int, text: str, bare: str, unit: str | None, rules: Sequence[ColumnRule]) -> ColumnRule | None:
    for rule in rules:
        if rule.position is not None:
            if rule.position == index + 1:
                return rule
        elif rule.header is not None:
            if text and re.search(rule.header, text, re.IGNORECASE):
                return rule
        elif text and quantity_of(bare, unit or "") == rule.quantity:
            return rule
    return None


def missing_of(profile: Profile, columns: Sequence[Resolved]) -> tuple[str, ...]:
    """Return the quantities that a profile needs and the columns lack."""
    there = {column.quantity for column in columns}
    return tuple(quantity for quantity in profile.required if quantity not in there)


def pieces_of(columns: Sequence[Resolved]) -> tuple[tuple[str, tuple[Resolved, ...]], ...]:
    """Part columns into test pieces where their quantities repeat: strain, stress, strain, stress.

    Returns
    -------
    Label and columns of each piece; one piece without a label where nothing repeats. Names are then all different
    within a piece. A column such as a common index or time that stands once, before the first piece, belongs to each.
    """
    used = [column for column in columns if column.quantity != "index"]
    names = [_stem(column) for column in used]
    for n_common in (0, 1):
        rest = names[n_common:]
        for period in range(1 if n_common else 2, len(rest) // 2 + 1):
            if len(rest) % period or rest != rest[:period] * (len(rest) // period):
                continue
            if len(set(rest[:period])) < period or set(names[:n_common]) & set(rest):
                continue
            if n_common and period == 1 and not any(c.group or _TAIL.search(c.name) for c in used[1:]):
                continue
            blocks = [used[i : i + period] for i in range(n_common, len(used), period)]
            return tuple(
                (_label(block, k), (*used[:n_common], *(_as_stem(column) for column in block)))
                for k, block in enumerate(blocks, start=1)
            )
    return (("", _told_apart(columns)),)


def _stem(column: Resolved) -> str:
    return column.quantity if column.is_known else slug(_TAIL.sub("", column.name)) or column.quantity


def _as_stem(column: Resolved) -> Resolved:
    return Resolved(column.index, column.header, column.name, _stem(column), column.unit, column.is_known, column.group)


def _label(block: Sequence[Resolved], number: int) -> str:
    group = next((column.group for column in block if column.group), "")
    if group:
        return group
    tails = {match.group(1) for column in block if (match := _TAIL.search(column.name))}
    return tails.pop() if len(tails) == 1 else str(number)


def _told_apart(columns: Sequence[Resolved]) -> tuple[Resolved, ...]:
    """Give each column a quantity of its own: mass, mass_percent; heat_flow, baseline_heat_flow.

    A column whose name is just the word for its quantity comes before one whose name says more.
    """
    seen: set[str] = set()
    found: list[Resolved] = []
    plain = {column.quantity for column in columns if is_word(column.name)}
    taken: set[tuple[str, str | None]] = set()
    for column in columns:
        quantity = column.quantity
        is_other = quantity in plain and not is_word(column.name) and slug(column.name) not in (quantity, "")
        if quantity in seen or (is_other and column.is_known):
            spoken = _SPOKEN.get(column.unit or "", slug(column.unit or ""))
            is_told = bool(spoken) and (quantity, column.unit) not in taken and quantity in seen
            options = [
                f"{quantity}_{spoken}" if is_told else "",
                slug(column.name),
                *(f"{quantity}_{k}" for k in range(2, 999)),
            ]
            quantity = next(option for option in options if option and option not in seen)
        seen.add(quantity)
        taken.add((column.quantity, column.unit))
        found.append(
            Resolved(column.index, column.header, column.name, quantity, column.unit, column.is_known, column.group)
        )
    return tuple(found)
