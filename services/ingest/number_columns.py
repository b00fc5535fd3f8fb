"""Find the columns of numbers in a sheet before its table is known, and count numbers and words in their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.ingest.cells import Reading, read_cell_text
from services.ingest.numerals import PLAIN

__all__ = ["NumberColumns"]


class NumberColumns:
    """The columns of a sheet that hold numbers.

    Parameters
    ----------
    rows
        Every row's texts, equally long.
    sample
        The rows to look at.
    n_columns
        How many columns the sheet has.
    """

    def __init__(self, rows: Sequence[Sequence[str]], sample: Sequence[int], n_columns: int) -> None:
        self._rows, self._sample = rows, sample
        self._units: dict[int, Counter[str]] = {}
        self.columns = [column for column in range(n_columns) if self._is_numeric(column)]

    def counts(self, row: int) -> tuple[int, int]:
        """Count the numbers and the words of a row in these columns."""
        numbers = words = 0
        for column in self.columns:
            text = self._rows[row][column]
            if text:
                reading = read_cell_text(text)
                is_number = self._is_number(reading, column)
                numbers += is_number
                words += not is_number and (reading.kind == "text" or bool(reading.unit))
        return numbers, words

    def _is_numeric(self, column: int) -> bool:
        """A column is one of numbers if, from its first number down, numbers outweigh words."""
        numbers = words = 0
        units: Counter[str] = Counter()
        for row in self._sample:
            text = self._rows[row][column]
            if not text:
                continue
            if PLAIN.fullmatch(text):
                numbers += 1
                continue
            reading = read_cell_text(text)
            if reading.is_number_like:
                numbers += 1
                units[reading.unit] += 1
            elif numbers and reading.kind == "text":
                words += 1
        self._units[column] = units
        return numbers > 0 and numbers >= words

    def _is_number(self, reading: Reading, column: int) -> bool:
        """``28 d`` over plain numbers is a name; among its like it is a number."""
        return reading.is_number_like and (not reading.unit or self._units[column][reading.unit] > 1)
