"""Answer a question: which measurements, and what they have under the names that were asked for. Pure but for reading.

A value is on the right, a name on the left; numbers are compared with numbers, moments with days, words with words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from loop.hints import did_you_mean
from loop.state import CampaignState
from services.campaign.finding.errors import QueryError
from services.campaign.finding.language import number_in, read_query
from services.campaign.finding.names import Name, Names
from services.campaign.finding.sources import Sources
from services.campaign.finding.syntax import Both, Comparison, Either, Missing, Negation, Query, Written, leaves
from services.campaign.finding.truth import Ask, Known, Period, Test, Truth, all_of, any_of, folded, negation_of
from services.campaign.views.finding import FoundMeasurementView, FoundView, NamedView
from services.ingest.doubts import plausible
from services.ingest.units import same_unit
from services.records.measurement import Measurement
from services.records.modality import modality_key
from services.records.reading import Amount
from services.store.measurements import SqlMeasurements

if TYPE_CHECKING:
    from services.campaign.wiring import Opened

__all__ = ["find", "find_in"]

_PERIODS = (("%Y-%m-%d", timedelta(days=1)), ("%Y-%m", None), ("%Y", None))
_MOST_NEAR = 6


@dataclass(frozen=True, slots=True)
class _Bound:
    """A question whose names are known: tests by the comparison that each came from."""

    query: Query
    tests: Mapping[Comparison | Missing, Test]
    names: tuple[Name, ...]

    def truth(self, sources: Sources, measurement: Measurement) -> Truth:
        def told(part: Query) -> Truth:
            match part:
                case Negation(inner):
                    return negation_of(told(inner))
                case Both(parts):
                    return all_of(map(told, parts))
                case Either(parts):
                    return any_of(map(told, parts))
            test = self.tests[part]
            return test.truth(sources.known(measurement, test.key))

        return told(self.query)


def find_in(opened: Opened, text: str) -> FoundView:
    """Answer a question about the measurements of a workspace; see `find`."""
    kept = SqlMeasurements(opened.database)
    states: dict[str, CampaignState] = {name: opened.service.state(name) for name in opened.service.campaigns()}
    files = {file.hash: file for file in kept.files()}
    return find(text, Sources(kept.measurements(), files, states))


def find(text: str, sources: Sources) -> FoundView:
    """Find the measurements for which a question is true, in the order of their ids.

    Where something that it asks for is missing, it is neither true nor false, and the measurement is counted apart.

    Raises
    ------
    QueryError
        If the question cannot be understood, names nothing that is known, or compares what cannot be compared.
    """
    query = read_query(text)
    bound = _bind(text, query, sources.names())
    found, n_unknown = [], 0
    for measurement in sources.measurements:
        truth = bound.truth(sources, measurement)
        n_unknown += truth is None
        if truth:
            found.append(_shown(measurement, bound, sources))
    return FoundView(
        question=text,
        names=tuple(NamedView(name=name.plain, key=name.key, unit=_unit(name)) for name in bound.names),
        found=tuple(found),
        n_looked_at=len(sources.measurements),
        n_unknown=n_unknown,
        notes=tuple(dict.fromkeys(_notes(bound, sources))),
    )


def _bind(text: str, query: Query, names: Names) -> _Bound:
    tests: dict[Comparison | Missing, Test] = {}
    named: dict[str, Name] = {}
    for leaf in leaves(query):
        name = names.find(text, leaf.name)
        named[name.key] = name
        asks = tuple(_ask(text, leaf, value, name) for value in leaf.values) if isinstance(leaf, Comparison) else ()
        tests[leaf] = Test(name.key, asks)
    return _Bound(query, tests, tuple(named.values()))


def _ask(text: str, leaf: Comparison, value: Written, name: Name) -> Ask:
    """Turn a written value into one of the kind that stands under the name."""
    word, number = value.word, None if value.word.is_quoted else number_in(value.word.text)

    def wrong(reason: str, hint: str = "") -> QueryError:
        return QueryError(text, word.at, reason, hint, word.width)

    is_number = name.kind == "number" or (name.kind == "setting" and number is not None)
    if leaf.operator == "~" and name.kind in ("number", "moment"):
        raise wrong(f"~ looks into words, and {name.plain} is a {name.kind}", "compare it with =, <, <=, > or >=")
    if is_number:
        if number is None:
            raise wrong(f"{name.plain} is a number, and {word.text!r} is none")
        return Ask(leaf.operator, number, _units_asked(text, value, name))
    if value.unit is not None:
        raise QueryError(
            text,
            value.unit.at,
            f"{name.plain} is no number, so {value.unit.text!r} is no unit of it",
            "a value with blanks stands in quotes",
            value.unit.width,
        )
    if name.kind == "moment":
        period = _period(word.text)
        if period is None:
            raise wrong(f"{word.text!r} is no day", "write 2026-05-31, 2026-05, 2026 or 2026-05-31T15:30")
        return Ask(leaf.operator, period)
    if leaf.operator not in ("=", "~"):
        raise wrong(f"{name.plain} is a word: it is neither larger nor smaller", "compare it with =, !=, in or ~")
    return Ask(leaf.operator, _modality(word.text) if name.key == "modality" else word.text)


def _modality(text: str) -> str:
    """Read the name of a modality as files have it: ``FT-IR`` is ``FTIR``."""
    return next((known for known in plausible() if modality_key(known) == modality_key(text)), text)


def _units_asked(text: str, value: Written, name: Name) -> tuple[str, ...]:
    """Return the units, as they stand under the name, that a number is in; none where there is no choice."""
    if value.unit is None:
        others = [unit for unit in name.units if not _is_same(unit, name.units[0])]
        if others:
            word, shown = value.word, " and ".join(unit or "no unit" for unit in (name.units[0], *others))
            hint = f"say which: {word.text} {name.units[0] or others[0]}"
            raise QueryError(text, word.at, f"{name.plain} stands in {shown}", hint, word.width)
        return ()
    meant = tuple(unit for unit in name.units if _is_same(unit, value.unit.text))
    if meant:
        return meant
    units = [unit for unit in name.units if unit]
    told = f"{name.plain} stands in {' and '.join(units)}" if units else f"{name.plain} has no unit"
    reason = f"{told}, not in {value.unit.text!r}; numbers are compared as they stand"
    raise QueryError(text, value.unit.at, reason, width=value.unit.width)


def _is_same(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and same_unit(one, other))


def _period(text: str) -> Period | None:
    for form, length in _PERIODS:
        try:
            begin = datetime.strptime(text, form)
        except ValueError:
            continue
        if length is not None:
            return Period(begin, begin + length)
        is_month = form == "%Y-%m" and begin.month < 12
        after = begin.replace(month=begin.month + 1) if is_month else begin.replace(year=begin.year + 1, month=1)
        return Period(begin, after)
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    length = timedelta(minutes=1) if text.count(":") == 1 else timedelta(seconds=1)
    return Period(moment, moment + length)


def _shown(measurement: Measurement, bound: _Bound, sources: Sources) -> FoundMeasurementView:
    file = sources.known(measurement, "file")
    return FoundMeasurementView(
        id=measurement.id,
        file=file if isinstance(file, str) else "",
        label=measurement.label,
        modality=measurement.modality,
        campaign=measurement.campaign,
        proposal=measurement.proposal,
        specimen=measurement.specimen,
        judgement=measurement.judgement,
        measured_at=measurement.measured_at,
        values={name.key: _value(sources.known(measurement, name.key), name) for name in bound.names},
    )


def _value(known: Known | None, name: Name) -> float | str | None:
    """Show what is known: a number as such, with its unit where there are several, or its limit in words."""
    match known:
        case Amount(value=value, limit="") if len(name.units) == 1:
            return value
        case None | str():
            return known
        case datetime():
            return known.isoformat()
    return str(known)


def _unit(name: Name) -> str:
    return name.units[0] if len(name.units) == 1 else ""


def _notes(bound: _Bound, sources: Sources) -> Iterator[str]:
    """Say which words that were asked for stand nowhere: a slip of the pen finds nothing."""
    if not sources.measurements:
        yield "no measurement was taken in yet"
        return
    for test in bound.tests.values():
        wanted = [ask.wanted for ask in test.asks if isinstance(ask.wanted, str) and ask.operator == "="]
        if not wanted:
            continue
        seen = {known for m in sources.measurements if isinstance(known := sources.known(m, test.key), str)}
        plain = {folded(word) for word in seen}
        for word in wanted:
            if folded(word) not in plain:
                near = did_you_mean(word, seen) or f"there are {', '.join(sorted(seen)[:_MOST_NEAR])}" if seen else ""
                yield f"no measurement has {test.key} {word!r}" + (f"; {near}" if near else "")
