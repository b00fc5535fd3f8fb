"""Tell a table's rows of data from what people write between and under them: notes, means, totals, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.cells import read_cell_text
from services.ingest.sheet import Sheet
from services.ingest.vocabulary import SUMMARIES
from services.ingest.wording import fold, normalise
from services.records.table import Note

__all__ = ["BodyRows", "find_body"]

_SUMMARIES = "|".join(map(re.escape, sorted(SUMMARIES)))
_SUMMARY = re.compile(rf"(?:{_SUMMARIES}|n)(?:value|values)?(?:[(\[:=±].*)?")
_NOTE = re.compile(
    r"[※†‡]|#(?!\d)|\*|注(?:$|[\s):：\d記意])|備考|出典|notes?\b|n\.b\.|(?:remarks?|source|ref(?:erence)?s?|legend)\s*[:：]",
    re.IGNORECASE,
)
_MOST_SUMMARIES = 0.34
_SENTENCE = 20


@dataclass(frozen=True, slots=True)
class BodyRows:
    """Rows of data, notes about the rows left out, and the row where a second table begins, if one does."""

    data: list[int]
    notes: list[Note]
    second_table: int | None = None


def find_body(
    sheet: Sheet,
    rows: Sequence[Sequence[str]],
    below: Sequence[int],
    headers: Sequence[str],
    numeric: Sequence[int],
    names: Sequence[str],
) -> BodyRows:
    """Sort the rows below a header.

    Parameters
    ----------
    below
        The filled rows under the header, from the top.
    headers
        The joined header of every column, empty where there is none.
    numeric
        The columns of numbers.
    names
        The texts of the header's last row, to know it again where it is repeated.
    """
    sorter = _Sorter(rows, headers, numeric, names)
    data: list[int] = []
    summaries: list[int] = []
    notes: list[Note] = []
    previous = below[0] - 1 if below else 0
    is_after_gap = False
    for place, row in enumerate(below):
        is_after_gap = is_after_gap or row > previous + 1
        previous = row
        kind = sorter.kind(row, is_after_gap, bool(summaries) and summaries[-1] == row - 1)
        if kind == "header" and sorter.has_numbers_next(below[place + 1 :]):
            return BodyRows(data, notes, second_table=row)
        if kind == "summary":
            summaries.append(row)
        elif kind == "data":
            data.append(row)
            is_after_gap = False
        else:
            words = " | ".join(normalise(text) for text in rows[row] if text)
            notes.append(Note(sheet.row_address(row), f"{_KINDS[kind]}, skipped: {words}"))
    labels = [fold(sorter.first(row)) for row in summaries]
    are_levels = len(set(labels)) < len(labels) and len(summaries) > _MOST_SUMMARIES * (len(data) + len(summaries))
    if are_levels or not data:  # "min", "max": levels of somebody's factor
        return BodyRows(sorted(data + summaries), notes)
    for row in summaries:
        words = " | ".join(normalise(text) for text in rows[row] if text)
        notes.append(Note(sheet.row_address(row), f"a summary of other rows, skipped: {words}"))
    return BodyRows(data, notes)


_KINDS = {
    "aside": "beside the table",
    "note": "a note",
    "repeated": "the header again",
    "header": "words under the table",
}


class _Sorter:
    def __init__(
        self, rows: Sequence[Sequence[str]], headers: Sequence[str], numeric: Sequence[int], names: Sequence[str]
    ) -> None:
        self.rows, self.headers = rows, headers
        self.numeric = [column for column in numeric if headers[column]]
        self.names = list(names)
        self.n_named = sum(map(bool, headers))
        self.longest = 0  # the longest text seen in a row's first cell, to know a sentence by its length

    def kind(self, row: int, is_after_gap: bool, is_after_summary: bool) -> str:
        """Name what a row is: data, summary, note, aside, repeated (header) or header (of something else)."""
        texts = self.rows[row]
        n_filled = sum(map(bool, texts))
        first = self.first(row)
        if not first:
            return "aside"
        if n_filled > 1 and not is_after_gap and not _SUMMARY.match(fold(first)) and not _NOTE.match(first):
            if texts == self.names:
                return "repeated"
            self.longest = max(self.longest, len(first))
            return "data"
        if texts == self.names:
            return "repeated"
        numbers, words = self._counts(texts)
        if _SUMMARY.fullmatch(fold(first)) and (fold(first) != "n" or is_after_summary) and (numbers or is_after_gap):
            return "summary"
        if numbers == 0 and _NOTE.match(first):
            return "note"
        if n_filled == 1 and numbers == 0 and read_cell_text(first).kind == "text" and self.n_named > 1:
            is_sentence = len(first) > max(_SENTENCE, 2 * self.longest)
            if is_after_gap or is_sentence:
                return "note"
        if is_after_gap and numbers == 0:
            if n_filled > 1 and words * 2 >= len(self.numeric) > 0:
                return "header"
            if n_filled * 2 < self.n_named:
                return "note"
        self.longest = max(self.longest, len(first))
        return "data"

    def first(self, row: int) -> str:
        """Return the first text of a row under a header, empty where there is none."""
        return next((text for text, header in zip(self.rows[row], self.headers, strict=True) if text and header), "")

    def has_numbers_next(self, below: Sequence[int]) -> bool:
        """Say whether one of the next two rows has numbers: then the words above them were a header."""
        return any(self._counts(self.rows[row])[0] > 0 for row in below[:2])

    def _counts(self, texts: Sequence[str]) -> tuple[int, int]:
        """Count numbers and words in the columns of numbers."""
        readings = [read_cell_text(texts[column]) for column in self.numeric if texts[column]]
        numbers = sum(reading.is_number_like for reading in readings)
        return numbers, sum(reading.kind == "text" for reading in readings)
