"""Understand the row under a row of names that is more than units: units for some columns, names for others, words.

Only what the cells themselves say counts here; which columns stand open to a second name is said by the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.headers import bare_unit
from services.ingest.vocabulary import ID_WORDS, UNIT_LABELS
from services.ingest.wording import fold, normalise

__all__ = ["UnderNames", "read_under_names"]

_MOST_UNKNOWN = 0.5
_FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderNames:
    """What the row under the names says: a further name, or a unit, by column; nothing where it only comments."""

    names: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)


def read_under_names(
    cells: Mapping[int, str], *, over: Sequence[str], is_open: Collection[int], numeric: Sequence[int]
) -> UnderNames | None:
    """Read the row under a row of names, none of whose cells is a number.

    Parameters
    ----------
    cells
        Its texts by column.
    over
        The names above, by column.
    is_open
        Columns whose name above is blank, or that of a group: a text there is a name.
    numeric
        The columns of numbers.

    Returns
    -------
    What it says; None where it may be a row of data: it has an id or a choice of its own, or says nothing over the
    numbers.
    """
    first = min(cells, default=0)
    label = first if fold(normalise(cells.get(first, "")).strip("[]()")) in UNIT_LABELS else None
    names = {column: text for column, text in cells.items() if column in is_open and column != label}
    rest = {column: text for column, text in cells.items() if column not in names and column != label}
    if label is not None and not names:
        return UnderNames(units={column: bare_unit(text) or normalise(text) for column, text in rest.items()})
    names |= {column: text for column, text in rest.items() if fold(text) in ID_WORDS}
    rest = {column: text for column, text in rest.items() if column not in names}
    units = {column: unit for column, text in rest.items() if (unit := bare_unit(text)) is not None}
    speaks = [column for column in numeric if units.get(column) or column in names]
    words = [column for column in rest if column not in units]
    if any(column not in numeric and units.get(column) != "" for column in rest):
        return None
    if len(words) <= _MOST_UNKNOWN * len(rest) and speaks:
        return UnderNames(names=names, units={**units, **{column: normalise(rest[column]) for column in words}})
    is_comment = not names and len(words) >= _FEWEST_WORDS and all(over[column] for column in words)
    return UnderNames() if is_comment else None
