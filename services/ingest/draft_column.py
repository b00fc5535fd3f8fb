"""A column between being cut out of a sheet and being understood: its texts, and what they can be by themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from services.ingest.cells import Reading, read_cell_text
from services.ingest.numerals import SIMPLE, mark_of_simple, marks_of
from services.ingest.vocabulary import ID_WORDS
from services.ingest.wording import fold

__all__ = ["DraftColumn"]

_GROUPED_BY_POINTS = re.compile(r"\d\.\d{3}\.\d")
_MOST_WORDS = 1 / 3
_TOO_LONG_FOR_A_NUMBER = 15


@dataclass(frozen=True)
class DraftColumn:
    """A column's texts before anything was decided; `typed` holds the numbers the file types as such, by row.

    `must_be_numbers` is what whoever asks for the table knows of the column: cells that are none do not make it words.
    """

    name: str
    header: str
    unit: str
    position: int
    is_first: bool
    texts: Sequence[str]
    address: Callable[[int], str]
    typed: dict[int, float] = field(default_factory=dict)
    percents: frozenset[int] = frozenset()
    must_be_numbers: bool = False

    @cached_property
    def is_simple(self) -> bool:
        """Nothing but simple numerals and empty cells: a column that is quick to read."""
        return not self.typed and all(map(SIMPLE.fullmatch, filter(None, self.texts)))

    @cached_property
    def is_typed(self) -> bool:
        """Every cell that holds anything holds a number that the file itself types as one."""
        return len(self.typed) == sum(map(bool, self.texts)) > 0 and not self.percents

    @cached_property
    def is_open(self) -> bool:
        """Without a comma or ``1.234.567`` anywhere in a file, its decimal mark is no question."""
        joined = "" if self.is_typed else " ".join(self.texts)
        return "," in joined or _GROUPED_BY_POINTS.search(joined) is not None

    @cached_property
    def readings(self) -> list[Reading]:
        """What each cell can be by itself."""
        return [read_cell_text(text) for text in self.texts]

    @cached_property
    def is_words(self) -> bool:
        """Say whether the column holds words: too many cells are no numbers, or its numerals are labels (007, 15R)."""
        if self.must_be_numbers:
            return False
        if not self.typed and any(map(_is_label, filter(None, self.texts))):
            return True
        if self.is_simple or self.is_typed:
            return False
        numbers = sum(r.is_number_like or r.kind == "not_detected" for r in self.readings)
        words = sum(r.kind == "text" for r in self.readings)
        if numbers == 0:
            return words > 0
        units = {r.unit for r in self.readings if r.is_number_like}
        is_labelled = self.is_first or fold(self.name) in ID_WORDS
        if is_labelled and (words or (units - {""} and "" in units)):
            return True
        return words > _MOST_WORDS * (numbers + words)

    @cached_property
    def marks(self) -> Mapping[str, Sequence[int]]:
        """The rows whose numerals speak for each decimal mark, and under ``?`` those with a reading under both."""
        rows: dict[str, list[int]] = {".": [], ",": [], "?": []}
        for row, text in enumerate(self.texts):
            if not text or row in self.typed:
                continue
            if self.is_simple:
                found = [mark_of_simple(text)]
            else:
                reading = self.readings[row]
                found = [marks_of(n) for n in (reading.numeral, reading.spread, reading.bracket) if n]
            for mark in found:
                if mark:
                    rows[mark].append(row)
        return rows

    @property
    def evidence(self) -> Counter[str]:
        """How many numerals speak for each mark."""
        return Counter({mark: len(rows) for mark, rows in self.marks.items() if rows})


def _is_label(text: str) -> bool:
    """Digits that lose something as a number: leading zeros, or more digits than a float holds."""
    return text.isdigit() and ((text[0] == "0" and len(text) > 1) or len(text) > _TOO_LONG_FOR_A_NUMBER)
