"""A specimen a row of amounts: molar masses, oxides, densities; limits stay limits, columns of words tell facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loop.counting import some_of
from loop.observations import State
from services.ingest.errors import UnreadableFile, UnreadableTable
from services.ingest.profiles.cell_kinds import number
from services.ingest.profiles.fields import facts_of
from services.ingest.profiles.labels import is_label, is_replicate, with_notes
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.vocabulary import name_and_unit, quantity_of, slug, unit_spelled
from services.ingest.tables import table_of
from services.ingest.units import same_unit
from services.records.reading import Amount, Reading
from services.records.table import Column, Table

__all__ = ["read_amounts"]

_SAY_AGAIN = "the file is damaged: export it again"


def read_amounts(name: str, data: bytes, sheet: str, profile: Profile) -> tuple[Reading, ...]:
    """Read a table of amounts, a specimen a row; limits as ``<0.01`` stay limits.

    Raises
    ------
    UnreadableFile
        If it is no table of that kind, or a number is damaged.
    """
    mark = {"auto": None, "point": ".", "comma": ","}[profile.text.decimal]
    try:
        table = table_of(Path(name), data, sheet=sheet or None, decimal=mark)  # type: ignore[arg-type]  # a mark or None
    except UnreadableTable as error:
        raise UnreadableFile(name, error.reason, error.hint) from error
    chosen: dict[str, Column] = {}
    units: dict[str, str] = {}
    for column in table.columns:
        if column.kind == "text" or is_label(column.header, profile):
            _refuse_slips(name, table, column, profile)
            continue
        bare, own = name_and_unit(column.header)
        unit = own or column.unit or ""
        rule = next(
            (
                r
                for r in profile.columns
                if (re.search(r.header, column.header, re.I) if r.header else quantity_of(bare, unit) == r.quantity)
            ),
            None,
        )
        if (
            rule is not None
            and rule.unit is not None
            and unit
            and not (same_unit(unit, rule.unit) or unit == rule.unit)
        ):
            reason = f"{column.header!r} is in {unit}, the profile says {rule.unit} for {rule.quantity}"
            raise UnreadableFile(name, reason, "change the profile if the file is right")
        quantity = rule.quantity if rule is not None else slug(column.name)
        if quantity in chosen:
            quantity = slug(column.name) if slug(column.name) not in chosen else f"{quantity}_{column.position}"
        chosen[quantity] = column
        units[quantity] = unit_spelled(unit or (rule.unit if rule is not None and rule.unit else ""))
    lacking = [quantity for quantity in profile.required if quantity not in chosen]
    if lacking:
        raise UnreadableFile(
            name, f"as {profile.title} it needs a column of {', '.join(lacking)}; it has {', '.join(table.names)}"
        )
    labels = [column for column in table.columns if is_label(column.header, profile)]
    labels.sort(key=lambda column: is_replicate(column.header) or quantity_of(column.header) == "index")
    labels = labels or [column for column in table.columns if column.kind == "text"][:1]
    rows = [_row(table, row, chosen, units, labels, profile) for row in range(table.n_rows)]
    readings = [reading for reading in rows if reading is not None]
    if not readings:
        raise UnreadableFile(name, "none of its rows holds an amount", _SAY_AGAIN)
    empty = [str(table.row_numbers[n]) for n, reading in enumerate(rows) if reading is None]
    told = [f"{table.row_word} {some_of(empty)}: no number, not read"] if empty else []
    return with_notes(readings, [*(str(note) for note in table.notes), *told])


def _refuse_slips(name: str, table: Table, column: Column, profile: Profile) -> None:
    """Refuse a column of the profile's that holds words: a slip of the pen made it one."""
    bare, unit = name_and_unit(column.header)
    known = quantity_of(bare, unit or "")
    is_wanted = any(
        (re.search(r.header, column.header, re.I) is not None) if r.header else r.quantity == known
        for r in profile.columns
    )
    if not is_wanted or is_label(column.header, profile):
        return
    for row, cell in enumerate(column.cells):
        if cell.text and number(cell.text, ".") is None and number(cell.text, ",") is None:
            raise UnreadableFile(name, f"{table.address(row, column)}: {cell.text[:30]!r} is no number", _SAY_AGAIN)


def _row(
    table: Table,
    row: int,
    chosen: Mapping[str, Column],
    units: Mapping[str, str],
    labels: Sequence[Column],
    profile: Profile,
) -> Reading | None:
    amounts: dict[str, Amount] = {}
    for quantity, column in chosen.items():
        cell, unit = column.cells[row], units[quantity]
        if cell.number is not None:
            amounts[quantity] = Amount(cell.number, unit)
            if cell.sd is not None:
                amounts[f"{quantity}_sd"] = Amount(cell.sd, unit)
        elif cell.limit is not None:
            amounts[quantity] = Amount(cell.limit, unit, "<" if cell.state is State.BELOW_DETECTION else ">")
    if not amounts and _counts_by_words(table, row, profile):
        amounts["not_determined"] = Amount(1.0)
    if not amounts:
        return None
    named = [_text(column, row) for column in labels]
    texts = {
        column.header: _text(column, row) for column in table.columns if column.kind == "text" and _text(column, row)
    }
    facts, _ = facts_of(texts, profile.fields, None)
    return Reading(
        modality=profile.modality,
        amounts=amounts,
        facts=replace(facts, specimen=named[0] if named else ""),
        label=", ".join(filter(None, named)) or f"{table.row_word} {table.row_numbers[row]}",
    )


def _counts_by_words(table: Table, row: int, profile: Profile) -> bool:
    """Say whether a row without a number says in words what was found."""
    wanted = profile.rows_without_numbers
    return wanted is not None and any(
        column.kind == "text" and re.search(wanted, column.header, re.I) and bool(column.cells[row].text)
        for column in table.columns
    )


def _text(column: Column, row: int) -> str:
    cell = column.cells[row]
    return cell.text or (f"{cell.value:g}" if isinstance(cell.value, float) else str(cell.value or ""))
