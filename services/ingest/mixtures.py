"""Find sets of columns that sum to the same total on every row: the ingredients of a mixture.

Neighbouring columns and columns of one unit are tried first, since people keep a recipe together; then the columns that
make up for each other wherever they stand. Only sets whose sum keeps one total within rounding are mixtures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from services.records.table import Column

__all__ = ["Mixture", "find_mixtures", "resolution"]

FAMILIAR_TOTALS = (100.0, 1.0, 1000.0)
"""Per cent, shares, and per mille or grams per kilogram: what recipes add up to."""

_MOST_COLUMNS = 60
_NEARLY = 0.9
"""Share of rows that have a total where the others are slips."""
_NEAR, _MOST = 0.005, 0.8
"""How near a total a sum lies, as a share of it, and on which share of rows, where recipes were weighed with errors."""
_FEWEST_ROWS = 4
_RIDGE = 1e-8
_PARTNER = 0.25  # how far from one to one a regression may leave an ingredient, for rounding
_COARSEST = 0.02  # of the total; coarser rounding would let any recipe of this size pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Columns that sum to `total`, in the order of the table.

    `tolerance` is what rounding of the written values explains. `off_rows` are the rows (from 0) that miss the total,
    the worst first, and `off_sums` their sums: none where the columns are a mixture, some where they nearly are.
    `blanks_are_zero` says that it holds only when empty cells count as zero.
    """

    names: tuple[str, ...]
    total: float
    tolerance: float
    off_rows: tuple[int, ...] = ()
    off_sums: tuple[float, ...] = ()
    blanks_are_zero: bool = False

    @property
    def is_exact(self) -> bool:
        """Every row has the total."""
        return not self.off_rows


def resolution(column: Column) -> float:
    """Return the step of the last decimal that the column uses, as a power of ten; 0.01 for 12.3, 4.56 and 7."""
    decimals = max((_n_decimals(value) for value in column.numbers if value is not None), default=0)
    return float(Decimal(1).scaleb(-decimals))


def find_mixtures(columns: Sequence[Column]) -> list[Mixture]:
    """Find disjoint mixtures among columns of numbers, then those that come near a familiar total on most rows.

    Exact ones come first, familiar totals before others, the nearest before others, larger sets before smaller.
    Columns with a negative number, with no number above zero, or with a word for missing (other than a blank or a
    dash) are no ingredients.
    """
    candidates = [column for column in columns if _can_be_ingredient(column)]
    found: list[Mixture] = []
    n_rows = len(candidates[0].cells) if candidates else 0
    if n_rows < _FEWEST_ROWS or len(candidates) < 2:
        return found
    X = np.array([[np.nan if v is None else v for v in column.numbers] for column in candidates]).T  # (rows, columns)
    steps = np.array([resolution(column) for column in candidates])
    free = np.ones(len(candidates), dtype=bool)
    checked = [result for chosen in _proposals(X, candidates) if (result := _check(X, steps, candidates, chosen))]
    checked.sort(key=lambda pair: _worth(pair[0], n_rows), reverse=True)
    for mixture, chosen in checked:
        if free[chosen].all():
            free[chosen] = False
            found.append(mixture)
    return found


def _worth(mixture: Mixture, n_rows: int) -> tuple[bool, bool, float, int]:
    """Rank sets of columns: larger is better."""
    nearness = -sum(abs(total - mixture.total) for total in mixture.off_sums) / n_rows
    return mixture.is_exact, mixture.total in FAMILIAR_TOTALS, nearness, len(mixture.names)


def _can_be_ingredient(column: Column) -> bool:
    values = [value for value in column.numbers if value is not None]
    is_blank = all(cell.value is not None or not cell.text.strip("-—– ") for cell in column.cells)
    return bool(values) and min(values) >= 0 and max(values) > 0 and is_blank


def _proposals(X: NDArray[np.float64], columns: Sequence[Column]) -> Iterator[list[int]]:
    """Yield sets of columns worth checking."""
    filled = np.nan_to_num(X)
    sums = np.concatenate([np.zeros((len(X), 1)), np.cumsum(filled, axis=1)], axis=1)
    for start in range(len(columns) - 1):
        totals = sums[:, start + 2 : start + _MOST_COLUMNS + 1] - sums[:, [start]]  # (rows, sets)
        middle = np.median(totals, axis=0)
        steady = np.mean(np.abs(totals - middle) <= _NEAR * middle, axis=0) >= _MOST
        yield from (list(range(start, start + 2 + int(more))) for more in np.flatnonzero(steady & (middle > 0)))
    by_unit: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        by_unit.setdefault(column.unit, []).append(place)
    yield from (places for unit, places in by_unit.items() if unit and len(places) > 1)
    yield from _balancing_sets(filled)


def _balancing_sets(X: NDArray[np.float64]) -> Iterator[list[int]]:
    """Yield, for each column, the columns that make up for it one to one when it changes.

    The inverse of the correlations holds the regression of every column on all others; in a mixture the coefficients
    of the other ingredients are -1.
    """
    varying = np.flatnonzero(np.ptp(X, axis=0) > 0)
    if len(varying) < 2 or len(varying) > _MOST_COLUMNS or len(X) <= len(varying):
        return
    spread = X[:, varying].std(axis=0)
    Z = (X[:, varying] - X[:, varying].mean(axis=0)) / spread
    precision = np.linalg.inv(Z.T @ Z / len(Z) + _RIDGE * np.eye(len(varying)))
    weights = precision / np.diag(precision)[:, None] * spread[:, None] / spread  # (columns, columns), 1 for partners
    for row in np.abs(weights - 1) < _PARTNER:
        yield [int(place) for place in varying[row]]


def _check(
    X: NDArray[np.float64], steps: NDArray[np.float64], columns: Sequence[Column], chosen: list[int]
) -> tuple[Mixture, list[int]] | None:
    """Sum the chosen columns on every row and say whether they keep one total within rounding."""
    part = X[:, chosen]
    if int(np.sum(np.ptp(np.nan_to_num(part), axis=0) > 0)) < 2:  # constants have a constant sum and mean nothing
        return None
    totals = np.nan_to_num(part).sum(axis=1)
    rounding = float(0.5 * steps[chosen].sum() + 1e-9 * np.median(totals))
    tolerance = min(rounding, _COARSEST * float(np.median(totals)))
    total = _rounded(float(np.median(totals)), tolerance)
    off = np.flatnonzero(np.abs(totals - total) > tolerance)
    if len(off) and (total not in FAMILIAR_TOTALS or len(off) > (1 - _NEARLY) * len(totals)):
        near = next((familiar for familiar in FAMILIAR_TOTALS if abs(total - familiar) <= _NEAR * familiar), None)
        if near is None or np.mean(np.abs(totals - near) <= _NEAR * near) < _MOST:
            return None
        total, off = near, np.flatnonzero(np.abs(totals - near) > tolerance)
    off = off[np.argsort(-np.abs(totals[off] - total), kind="stable")]
    mixture = Mixture(
        names=tuple(columns[place].name for place in chosen),
        total=total,
        tolerance=tolerance,
        off_rows=tuple(int(row) for row in off),
        off_sums=tuple(float(totals[row]) for row in off),
        blanks_are_zero=bool(np.isnan(part).any()),
    )
    return mixture, chosen


def _rounded(total: float, tolerance: float) -> float:
    """Take the familiar total, or the shortest number, that rounding makes of the one measured."""
    for familiar in FAMILIAR_TOTALS:
        if abs(total - familiar) <= tolerance:
            return familiar
    for decimals in range(-3, 9):
        if abs(round(total, decimals) - total) <= 0.1 * tolerance:
            return round(total, decimals)
    return total


def _n_decimals(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -int(exponent))
