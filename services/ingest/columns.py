"""Decide what the cells of a column are together: numbers or words, their unit, their spread.

A cell that does not fit what its column decided is not dropped: it counts as not measured, keeps its text as the
reason, and is noted with its address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf, isinf

from loop.observations import State
from services.ingest.cells import NOT_DETECTED_REASON, Reading, is_missing_text
from services.ingest.draft_column import DraftColumn
from services.ingest.numerals import DecimalMark, marks_of, value_of
from services.ingest.units import same_unit
from services.ingest.wording import normalise
from services.records.table import Cell, Column, Note

__all__ = ["finish"]

_CONSISTENT = 0.8


def finish(draft: DraftColumn, mark: DecimalMark, detection_limit: float | None) -> tuple[Column, list[Note]]:
    """Turn a draft into a column, now that its decimal mark is known."""
    if draft.is_words:
        return _words(draft), []
    if draft.is_typed:
        return _typed_numbers(draft), []
    is_plain = mark == "." and not draft.is_open
    if draft.is_simple and (is_plain or not draft.marks["." if mark == "," else ","]):
        return _simple_numbers(draft, mark)
    return _Numbers(draft, mark, detection_limit).column()


def _words(draft: DraftColumn) -> Column:
    known: dict[str, Cell] = {}
    for text in draft.texts:
        if text not in known:
            missing = is_missing_text(text)
            known[text] = (
                Cell(normalise(text), text=text)
                if missing is None
                else Cell(state=missing.state, reason=missing.reason, text=text)
            )
    return _column(draft, draft.unit, "text", tuple(map(known.__getitem__, draft.texts)))


def _simple_numbers(draft: DraftColumn, mark: DecimalMark) -> tuple[Column, list[Note]]:
    """Read simple numerals; those that hold the other mark hold it between thousands."""
    measured, empty = State.MEASURED, Cell(state=State.NOT_MEASURED)
    other = "." if mark == "," else ","
    values = [float(text.replace(other, "").replace(",", ".")) if text else inf for text in draft.texts]
    if any(map(isinf, values)) and any(isinf(v) for v, text in zip(values, draft.texts, strict=True) if text):
        return _Numbers(draft, mark, None).column()
    cells = [Cell(v, measured, None, text) if text else empty for v, text in zip(values, draft.texts, strict=True)]
    return _column(draft, draft.unit, "number", tuple(cells)), []


def _typed_numbers(draft: DraftColumn) -> Column:
    measured, empty, typed = State.MEASURED, Cell(state=State.NOT_MEASURED), draft.typed
    cells = (Cell(typed[row], measured, None, text) if text else empty for row, text in enumerate(draft.texts))
    return _column(draft, draft.unit, "number", tuple(cells))


def _column(draft: DraftColumn, unit: str, kind: str, cells: tuple[Cell, ...]) -> Column:
    return Column(
        name=draft.name,
        unit=unit,
        kind="number" if kind == "number" else "text",
        cells=cells,
        position=draft.position,
        header=draft.header,
    )


class _Numbers:
    """The cells of one column of numbers, under decisions taken for all of them."""

    def __init__(self, draft: DraftColumn, mark: DecimalMark, detection_limit: float | None) -> None:
        self.draft, self.mark, self.detection_limit = draft, mark, detection_limit
        readings = [r for r in draft.readings if r.is_number_like]
        self.unit = draft.unit or self._unit(readings)
        brackets = [r for r in readings if r.bracket]
        self.brackets_are_spread = bool(brackets) and len(brackets) >= _CONSISTENT * len(readings)
        self.brackets_are_digits = self.brackets_are_spread and all(
            r.bracket_is_tight and r.bracket.isdigit() and _n_decimals(r.numeral, mark) > 0 for r in brackets
        )
        self.notes: list[Note] = []

    def column(self) -> tuple[Column, list[Note]]:
        cells = tuple(self._cell(row) for row in range(len(self.draft.texts)))
        return _column(self.draft, self.unit, "number", cells), self.notes

    def _unit(self, readings: Sequence[Reading]) -> str:
        """Take the unit written behind the numbers where nearly all of them carry it."""
        units = Counter(r.unit for r in readings if r.unit)
        if len(self.draft.percents) >= _CONSISTENT * max(len(readings), 1) and self.draft.percents:
            return "%"
        if not units:
            return ""
        unit, count = units.most_common(1)[0]
        return unit if count >= _CONSISTENT * len(readings) else ""

    def _note(self, row: int, message: str) -> None:
        self.notes.append(Note(self.draft.address(row), message))

    def _cell(self, row: int) -> Cell:
        text = self.draft.texts[row]
        if row in self.draft.typed:
            return self._typed(row, text)
        reading = self.draft.readings[row]
        if reading.kind == "missing":
            return Cell(state=reading.state, reason=reading.reason, text=text)
        if reading.kind == "not_detected":
            if self.detection_limit is None:
                return Cell(state=State.NOT_MEASURED, reason=NOT_DETECTED_REASON, text=text)
            return Cell(state=State.BELOW_DETECTION, limit=self.detection_limit, text=text)
        value = self._value(row, reading) if reading.is_number_like else None
        if value is None:
            return self._not_understood(row, text, "is no number")
        if reading.unit and not same_unit(reading.unit, self.unit):
            stated = f"unit is {self.unit!r}" if self.unit else "cells have no unit"
            return self._not_understood(row, text, f"is in {reading.unit!r}, but the column's {stated}")
        if reading.mark:
            self._note(row, f"read as {value:.15g}, leaving out {reading.mark!r}: {text!r}")
        if reading.kind == "number":
            return Cell(value, State.MEASURED, None, text, self._spread(row, reading))
        state = State.BELOW_DETECTION if reading.kind == "below" else State.ABOVE_RANGE
        return Cell(state=state, limit=value, text=text)

    def _value(self, row: int, reading: Reading) -> float | None:
        """Read a numeral under the column's mark; one that only the other mark can explain is a slip, and said."""
        value = value_of(reading.numeral, self.mark)
        other: DecimalMark = "." if self.mark == "," else ","
        if value is None and marks_of(reading.numeral) == other:
            value = value_of(reading.numeral, other)
            self._note(row, f"{reading.numeral!r} is read as {value:.15g}, with another decimal mark than its column")
        return value

    def _typed(self, row: int, text: str) -> Cell:
        if row in self.draft.percents:
            text += "%"
            if self.unit and not same_unit(self.unit, "%"):
                return self._not_understood(row, text, f"is a percentage, but the column's unit is {self.unit!r}")
            if not self.unit:
                self._note(row, f"a percentage among plain numbers, read as {self.draft.typed[row]:.15g}")
        return Cell(self.draft.typed[row], State.MEASURED, None, text)

    def _not_understood(self, row: int, text: str, why: str) -> Cell:
        self._note(row, f"{text!r} {why}; no number is taken from it")
        return Cell(state=State.NOT_MEASURED, reason=normalise(text), text=text)

    def _spread(self, row: int, reading: Reading) -> float | None:
        if reading.spread:
            spread = value_of(reading.spread, self.mark)
        elif reading.bracket and self.brackets_are_spread:
            spread = value_of(reading.bracket, self.mark)
            if spread is not None and self.brackets_are_digits:  # 23.4(5) means 23.4 ± 0.5
                spread = float(f"{spread:.15g}e-{_n_decimals(reading.numeral, self.mark)}")
        else:
            spread = None
        if (reading.spread or reading.bracket) and (spread is None or spread < 0):
            self._note(row, f"the number in brackets was left out: {self.draft.texts[row]!r}")
            return None
        return spread


def _n_decimals(numeral: str, mark: DecimalMark) -> int:
    return len(numeral.partition("e")[0].partition(mark)[2])
