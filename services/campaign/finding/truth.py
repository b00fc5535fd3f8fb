"""Whether something known answers a question: yes, no, or nobody can tell. Pure.

Three-valued, after Kleene: what is missing makes a comparison neither true nor false, and so does its negation. A
measurement is found where the whole is true, so ``not modulus > 1800`` finds no specimen whose modulus nobody measured;
``modulus is missing`` does. A value below a detection limit answers what its limit decides, and nothing else.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from services.campaign.finding.syntax import Operator
from services.records.reading import Amount

__all__ = ["Ask", "Known", "Period", "Test", "Truth", "all_of", "any_of", "folded", "holds", "negation_of"]

Truth = bool | None
"""None: what is known does not say."""

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month, year or moment: from its begin up to and without its end. Compared without a time zone."""

    begin: datetime
    end: datetime


Known = Amount | str | datetime
"""What may be known under a name: a number with its unit, perhaps only its limit; words; a moment."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One comparison: the operator, what is compared with, and the units that were asked for, of one meaning."""

    operator: Operator
    wanted: float | str | Period
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """What is asked of one name: one of several has to hold; none at all asks whether it is missing."""

    key: str
    asks: tuple[Ask, ...]

    def truth(self, known: Known | None) -> Truth:
        """Answer for what is known under the name."""
        if not self.asks:
            return known is None
        return None if known is None else any_of(holds(known, ask) for ask in self.asks)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Join with or: one true is enough; else not told while one is not."""
    found = set(truths)
    return True if True in found else (None if None in found else False)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Join with and: one false is enough; else not told while one is not."""
    found = set(truths)
    return False if False in found else (None if None in found else True)


def negation_of(truth: Truth) -> Truth:
    """Turn a truth around; what is not told stays so."""
    return None if truth is None else not truth


def folded(text: str) -> str:
    """Return a text as texts are compared: without regard to case and to full-width forms."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def holds(known: Known, ask: Ask) -> Truth:
    """Answer one comparison; None where the unit is another one, or only a limit is known that does not decide it."""
    match known, ask.wanted:
        case Amount(), float(wanted):
            return None if ask.units and known.unit not in ask.units else _of_amount(known, ask.operator, wanted)
        case str(), str(wanted):
            return folded(wanted) in folded(known) if ask.operator == "~" else folded(wanted) == folded(known)
        case datetime(), Period() as wanted:
            return _of_moment(known.replace(tzinfo=None), ask.operator, wanted)
    return None


def _of_amount(known: Amount, operator: Operator, wanted: float) -> Truth:
    if known.limit == "<":  # it lies below its limit, nobody knows how far
        return operator in ("<", "<=") if known.value <= wanted else None
    if known.limit == ">":
        return operator in (">", ">=") if known.value >= wanted else None
    is_same = math.isclose(known.value, wanted, rel_tol=_SAME)
    answers: dict[Operator, Callable[[], bool]] = {
        "=": lambda: is_same,
        "<": lambda: known.value < wanted and not is_same,
        "<=": lambda: known.value < wanted or is_same,
        ">": lambda: known.value > wanted and not is_same,
        ">=": lambda: known.value > wanted or is_same,
    }
    return answers[operator]()


def _of_moment(known: datetime, operator: Operator, wanted: Period) -> bool:
    is_before, is_after = known < wanted.begin, known >= wanted.end
    match operator:
        case "<":
            return is_before
        case "<=":
            return not is_after
        case ">":
            return is_after
        case ">=":
            return not is_before
    return not (is_before or is_after)
