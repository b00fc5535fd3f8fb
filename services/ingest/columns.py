"""Decide what the cells of a column are together: numbers or words, their decimal mark, their unit, their spread.

A cell that does not fit what its column decided is not dropped: it counts as not measured, keeps its text as the
reason, and is noted with its address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isinf, log10
from statistics import median

from loop.observations import State
from services.ingest.cells import NOT_DETECTED_REASON, Reading, is_missing_text, read_cell_text
from services.ingest.numerals import SIMPLE, DecimalMark, mark_of_simple, marks_of, value_of
from services.ingest.units import same_unit
from services.ingest.vocabulary import ID_WORDS
from services.ingest.wording import fold, normalise
from services.records.table import Cell, Column, Note

__all__ = ["AmbiguousMarkError", "DraftColumn", "decide_mark", "finish"]

_GROUPED_BY_POINTS = re.compile(r"\d\.\d{3}\.\d")
_MOST_WORDS = 1 / 3
_CONSISTENT = 0.8
_TOO_LONG_FOR_A_NUMBER = 15
_APART = 0.7  # decades between a reading and the column's typical number, above which it does not belong


class AmbiguousMarkError(ValueError):
    """A numeral can be read in two ways, and nothing around it tells which."""


@dataclass(frozen=True)
class DraftColumn:
    """A column's texts before anything was decided; `typed` holds the numbers the file types as such, by row."""

    name: str
    header: str
    unit: str
    position: int
    is_first: bool
    texts: Sequence[str]
    address: Callable[[int], str]
    typed: dict[int, float] = field(default_factory=dict)
    percents: frozenset[int] = frozenset()

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


def decide_mark(column: DraftColumn, elsewhere: Counter[str], is_japanese: bool) -> tuple[DecimalMark, str]:
    """Choose a column's decimal mark from its own numerals, then from the rest of the file.

    Parameters
    ----------
    elsewhere
        How many numerals of the whole file speak for each mark.
    is_japanese
        Whether the file's words are Japanese, where a comma groups thousands.

    Returns
    -------
    The mark, and the reason where the choice was not plain.

    Raises
    ------
    AmbiguousMarkError
        If a numeral such as ``1,234`` has two readings and no evidence tells which.
    """
    own = column.evidence
    if not own["?"]:
        return ("," if own[","] > own["."] else "."), ""
    unclear = column.marks["?"][0]
    shown = column.texts[unclear]
    for evidence, place in ((own, "in this column"), (elsewhere, "in this file")):
        if evidence["."] and evidence[","]:
            break
        if evidence[","]:
            return ",", f"read with a decimal comma, as other numbers {place} are: {shown!r}"
        if evidence["."]:
            reason = f"read with commas between thousands, as other numbers {place} are: {shown!r}"
            return ".", reason if "," in shown else ""
    has_commas = any("," in column.texts[row] for row in column.marks["?"])
    if not has_commas and not (own[","] and own["."]):
        return ".", ""
    by_size = _mark_by_size(column)
    if by_size:
        return by_size, f"read as {value_of(_numeral(column, unclear), by_size):.15g} to fit the column: {shown!r}"
    if is_japanese and not own[","]:
        return ".", f"read with commas between thousands, as Japanese tables write them: {shown!r}"
    point, comma = (value_of(_numeral(column, unclear), mark) for mark in (".", ","))
    raise AmbiguousMarkError(f"{column.address(unclear)}: {shown!r} can be read as {point:.15g} or as {comma:.15g}")


def _numeral(column: DraftColumn, row: int) -> str:
    reading = column.readings[row]
    return next(n for n in (reading.numeral, reading.spread, reading.bracket) if marks_of(n) == "?")


def _mark_by_size(column: DraftColumn) -> DecimalMark | None:
    """Choose the mark under which the unclear numbers lie near the clear ones; None where both or neither do."""
    clear = [abs(value) for value in column.typed.values() if value]
    unclear: list[str] = []
    for row, reading in enumerate(column.readings):
        if row in column.typed or not reading.numeral:
            continue
        if marks_of(reading.numeral) == "?":
            unclear.append(reading.numeral)
        else:
            clear.extend(abs(v) for v in [value_of(reading.numeral, ".")] if v)
    if not clear or not unclear:
        return None
    middle = log10(median(clear))
    fitting: list[DecimalMark] = []
    marks: tuple[DecimalMark, ...] = (".", ",")
    for mark in marks:
        values = [abs(v) for v in (value_of(n, mark) for n in unclear) if v]
        if values and abs(log10(median(values)) - middle) < _APART:
            fitting.append(mark)
    return fitting[0] if len(fitting) == 1 else None


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
        value = value_of(reading.numeral, self.mark) if reading.is_number_like else None
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

    def _typed(self, row: int, text: str) -> Cell:
        if row in self.draft.percents:
            text += "%"
            if self.unit and not same_unit(self.unit, "%"):
                return self._not_understood(row, text, f"is a percentage, but the column's unit is {self.unit!r}")
            if not self.unit:
                self._note(row, f"a percentage among plain numbers, read as {self.draft.typed[row]:.15g}")
        return Cell(self.draft.typed[row], State.MEASURED, None, text)

    def _not_understood(self, row: int, text: str, why: str) -> Cell:
        self._note(row, f"{text!r} {why}; counted as not measured")
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
