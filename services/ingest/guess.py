"""Guess what each column of a table is for: an id, something one sets, something one measures, or a remark.

Every guess says why, since a person corrects it: `meguri init` writes the guesses into a commented definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Literal

from services.ingest.clues import Clues, guess_targets
from services.ingest.mixtures import Mixture, find_mixtures
from services.records.table import Column, Table

__all__ = ["ColumnGuess", "Kind", "Role", "guess_columns"]

Role = Literal["id", "input", "target", "note"]
Kind = Literal["continuous", "discrete", "categorical", "ingredient"]

MOST_LEVELS, ROWS_PER_LEVEL = 12, 3
_LARGEST_STEP, _SMALLEST_STEP = 3, -6  # powers of ten; finer values were computed, not weighed or set
_LOG_SPAN = 1000.0
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuess:
    """One column's likely part in a campaign, and why.

    `low`, `high` and `step` are in the column's unit; `step` is the coarsest of 1, 2, 5 times a power of ten that all
    values are multiples of, None where they look computed. `levels` are listed for discrete and categorical columns.
    A column of a mixture carries its `mixture_total` and the number of the mixture it belongs to, from 1. `hint` says
    what to put right in the table first; columns that it is about together carry the same one.
    """

    name: str
    role: Role
    kind: Kind
    because: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    levels: tuple[float | str, ...] = ()
    is_constant: bool = False
    is_log: bool = False
    mixture: int | None = None
    mixture_total: float | None = None
    hint: str = ""


def guess_columns(table: Table, *, targets: Sequence[str] = ()) -> list[ColumnGuess]:
    """Guess every column of a table, in its order.

    Parameters
    ----------
    targets
        The columns to take as targets, by name or header; without them they are guessed.

    Raises
    ------
    TableError
        If `targets` names a column that the table lacks.
    """
    named = {table.column(name).name: "named as a target" for name in targets}
    clues = Clues(table)
    asides = {c.name: aside for c in table.columns if c.name not in named and (aside := clues.aside(c))}
    numeric = [c for c in table.columns if c.kind == "number" and c.name not in asides and c.name not in named]
    mixtures = find_mixtures(numeric)
    mixed = {name for mixture in mixtures if mixture.is_exact for name in mixture.names}
    open_columns = [c for c in numeric if c.name not in mixed and len({v for v in c.numbers if v is not None}) != 1]
    reasons = named or guess_targets(open_columns)
    guesses: list[ColumnGuess] = []
    for column in table.columns:
        if column.name in asides:
            aside = asides[column.name]
            guesses.append(_guess(column, aside.role, _measured_kind(column), aside.because))
        elif column.name in reasons:
            guesses.append(_target(column, reasons[column.name]))
        elif column.kind == "text":
            guesses.append(_categorical(column))
        else:
            guesses.append(_numeric(table, column, mixtures))
    return guesses


def _guess(
    column: Column,
    role: Role,
    kind: Kind,
    because: str,
    *,
    levels: tuple[float | str, ...] = (),
    is_log: bool = False,
    blank_is_zero: bool = False,
    mixture: tuple[int, float] | None = None,
    hint: str = "",
) -> ColumnGuess:
    """Fill in what every guess has from the column's values."""
    values = sorted({value for value in column.numbers if value is not None})
    low, high = (0.0 if blank_is_zero else values[0], values[-1]) if values else (None, None)
    n_texts = len({cell.value for cell in column.cells if cell.value is not None})
    return ColumnGuess(
        name=column.name,
        role=role,
        kind=kind,
        because=because,
        unit=column.unit,
        low=low,
        high=high,
        step=_step(values) if role == "input" else None,
        levels=levels,
        is_constant=n_texts == 1 and low == high,
        is_log=is_log,
        mixture=mixture[0] if mixture else None,
        mixture_total=mixture[1] if mixture else None,
        hint=hint,
    )


def _measured_kind(column: Column) -> Kind:
    return "continuous" if column.kind == "number" else "categorical"


def _target(column: Column, because: str) -> ColumnGuess:
    n_censored = sum(cell.state.is_censored for cell in column.cells)
    more = f"; {n_censored} of {len(column.cells)} rows give a limit only" if n_censored else ""
    return _guess(column, "target", _measured_kind(column), because + more + _blanks(column))


def _categorical(column: Column) -> ColumnGuess:
    levels = tuple(sorted({str(cell.value) for cell in column.cells if cell.value is not None}))
    if len(levels) == 1:
        because = f"every row says {levels[0]!r}: nothing to vary"
        return _guess(column, "note", "categorical", because, levels=levels)
    return _guess(column, "input", "categorical", f"words, {len(levels)} levels" + _blanks(column), levels=levels)


def _numeric(table: Table, column: Column, mixtures: Sequence[Mixture]) -> ColumnGuess:
    values = [value for value in column.numbers if value is not None]
    levels = sorted(set(values))
    if not levels:
        return _guess(column, "note", "continuous", "no row has a number, only limits")
    for number, mixture in enumerate(mixtures, start=1):
        if column.name in mixture.names and mixture.is_exact:
            blank_is_zero = mixture.blanks_are_zero and len(values) < len(column.cells)
            because = f"one of {len(mixture.names)} columns that sum to {mixture.total:g} on every row"
            because += ", counting empty cells as 0" if mixture.blanks_are_zero else ""
            because += f"; {levels[0]:g} on every row" if len(levels) == 1 and not blank_is_zero else ""
            place = (number, mixture.total)
            return _guess(column, "input", "ingredient", because, blank_is_zero=blank_is_zero, mixture=place)
    if len(levels) == 1:
        return _guess(column, "note", "continuous", f"{levels[0]:g} on every row: nothing to vary" + _blanks(column))
    near = _near(column, mixtures)
    more = f"; one of {len(near.names)} columns that nearly sum to {near.total:g}" if near else ""
    more += _blanks(column)
    hint = _hint(table, near)
    if len(levels) <= MOST_LEVELS and len(values) >= ROWS_PER_LEVEL * len(levels):
        because = f"{len(levels)} levels on {len(values)} rows" + more
        return _guess(column, "input", "discrete", because, levels=tuple(levels), hint=hint)
    is_log = _is_log(values)
    because = f"{len(levels)} values between {levels[0]:g} and {levels[-1]:g}"
    because += f"; spans {levels[-1] / levels[0]:.0f}-fold, so a log scale may fit" if is_log else ""
    because += "; its decimals look computed, so no step is guessed" if _step(levels) is None else ""
    return _guess(column, "input", "continuous", because + more, is_log=is_log, hint=hint)


def _is_log(values: Sequence[float]) -> bool:
    """Three decades or more, with the middle value far from both ends as they are on a log scale."""
    low, middle, high = min(values), median(values), max(values)
    return low > 0 and high / low >= _LOG_SPAN and middle > 5 * low and middle < high / 5


def _blanks(column: Column) -> str:
    n_blank = sum(cell.value is None and not cell.state.is_censored for cell in column.cells)
    return f"; {n_blank} of {len(column.cells)} rows have none" if n_blank else ""


def _near(column: Column, mixtures: Sequence[Mixture]) -> Mixture | None:
    """Return the recipe that a column belongs to where its sum is off on some rows."""
    return next((m for m in mixtures if column.name in m.names and not m.is_exact), None)


def _hint(table: Table, mixture: Mixture | None) -> str:
    """Say where a recipe misses its total: slips of the pen, or what was weighed rather than meant."""
    if mixture is None:
        return ""
    off = [
        f"{table.row_numbers[row]} ({total:.6g})" for row, total in zip(mixture.off_rows, mixture.off_sums, strict=True)
    ]
    more = f" and {len(off) - _MOST_NAMED} more" if len(off) > _MOST_NAMED else ""
    rows = f"{table.row_word}{'s' if len(off) > 1 else ''} {', '.join(off[:_MOST_NAMED])}{more}"
    names = f"{', '.join(mixture.names[:-1])} and {mixture.names[-1]}"
    return (
        f"{names} nearly sum to {mixture.total:g}, as a mixture does, but not on {rows}: put those right and init "
        "makes ingredients of these columns; as they are, each is a parameter of its own, and no proposal keeps the sum"
    )


def _step(values: Sequence[float]) -> float | None:
    """Return the coarsest of 1, 2, 5 times a power of ten that all values are multiples of; None where none is."""
    exact = [Decimal(repr(value)) for value in values if value]
    for power in range(_LARGEST_STEP, _SMALLEST_STEP - 1, -1):
        for digit in (5, 2, 1):
            step = Decimal(digit).scaleb(power)
            if exact and all(value % step == 0 for value in exact):
                return float(step)
    return None
