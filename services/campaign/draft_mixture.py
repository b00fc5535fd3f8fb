"""The mixture of a drafted definition: which columns make it up, and its section, whose ranges meet the total. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from services.campaign.sheet_columns import find_column
from services.campaign.yaml_words import decimal_of, remark, text_of
from services.ingest.guess import ColumnGuess
from services.records.table import Table

__all__ = ["ingredients_section", "sort_out"]

_FINEST_SHARE = Decimal("0.0001")
_NARROW = 100


def sort_out(
    table: Table, inputs: Sequence[ColumnGuess], candidates: bool
) -> tuple[list[ColumnGuess], list[ColumnGuess], list[list[ColumnGuess]]]:
    """Split inputs into the one mixture, the rest, and further sums that the rest must keep."""
    mixtures: dict[int, list[ColumnGuess]] = {}
    for guess in inputs:
        if guess.mixture is not None:
            mixtures.setdefault(guess.mixture, []).append(guess)
    if candidates:  # the rows are the rule then; a sum that rounding spoils would throw some of them out
        mixtures = {number: members for number, members in mixtures.items() if _sums_exactly(table, members)}
    ordered = sorted(mixtures.values(), key=len, reverse=True)
    mixed = ordered[0] if ordered else []
    return mixed, [guess for guess in inputs if guess not in mixed], ordered[1:]


def _sums_exactly(table: Table, members: Sequence[ColumnGuess]) -> bool:
    total = members[0].mixture_total or 0.0
    columns = [find_column(table, guess.name) for guess in members]
    rows = zip(*(column.numbers for column in columns if column is not None), strict=True)
    return all(abs(sum(value or 0.0 for value in row) - total) <= 1e-9 * abs(total) for row in rows)


def ingredients_section(mixed: Sequence[ColumnGuess]) -> Iterator[str]:
    """Yield the lines of the section ``ingredients``; none where nothing is mixed."""
    if not mixed:
        return
    total = Decimal(repr(mixed[0].mixture_total))
    units = {guess.unit for guess in mixed}
    unit = units.pop() if len(units) == 1 else ""
    unit = unit or ("%" if total == 100 else "parts")
    yield ""
    yield f"ingredients:  # {remark(mixed[0].because)}"
    yield f"  total: {decimal_of(total)}"
    yield f"  unit: {text_of(unit)}"
    yield "  batch_kg: 1  # CHECK: mass of one batch, kg; the recipe sheet is in grams of it"
    yield "  components:"
    for number, guess in enumerate(mixed):
        low, high, step = _share_range(guess, total)
        yield f"    {text_of(guess.name)}:"
        yield f"      low: {decimal_of(low)}"
        yield f"      high: {decimal_of(high)}"
        hint = "  # CHECK: smallest change you weigh; what the table keeps to" if number == 0 else ""
        yield f"      step: {decimal_of(step)}{hint}"
        if guess.is_constant:
            yield "      # The table never varies it: the range is one step wide. Widen it to let the loop vary it."
    yield "  # Each may also have: minimum_if_used (smallest dose where it is used at all), density, price, stock_kg,"
    yield "  # lots, masterbatch, balance_g (resolution of its balance)."


def _share_range(guess: ColumnGuess, total: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return low, high and step of a share, both ends multiples of the step, the low end below the high one."""
    step = Decimal(repr(guess.step)) if guess.step is not None else _round_power(total * _FINEST_SHARE)
    low = (Decimal(repr(guess.low or 0.0)) / step).to_integral_value(ROUND_FLOOR) * step
    high = (Decimal(repr(guess.high or 0.0)) / step).to_integral_value(ROUND_CEILING) * step
    if low < high:
        return low, high, step
    if guess.step is not None and step > high:
        step = _round_power(total * _FINEST_SHARE)
    return low, high + _finer(step, total), _finer(step, total)


def _finer(step: Decimal, total: Decimal) -> Decimal:
    """Return a step that is narrow beside the whole and still meets the old one's multiples."""
    while step * _NARROW > total:
        step /= 10
    return step


def _round_power(value: Decimal) -> Decimal:
    return Decimal(1).scaleb(value.adjusted())
