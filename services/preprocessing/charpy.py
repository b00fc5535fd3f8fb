"""Charpy impact tests of plastics: one bar from its amounts, and bars together by their type of break. Pure.

ISO 179-1: impact strength is the energy over the cross-section, at the notch's base where there is one. Types of break
are C complete, H hinge, P partial, N no break. N has no value; different types are not averaged together. (Not checked
against the standard's own text; the wording of the types is that of ASTM D256, 5.8.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import median
from typing import Literal, TypeVar

from pydantic import Field

from loop.observations import State
from loop.values import Frozen
from services.preprocessing.conversions import Dimension, converted, factor_of
from services.preprocessing.determination import Determination, absent, measured
from services.preprocessing.errors import PreprocessingError, UnitError
from services.records.reading import Amount, Reading

__all__ = [
    "BreakType",
    "CharpyBar",
    "CharpyError",
    "CharpyMethod",
    "CharpySummary",
    "OfType",
    "evaluate_charpy",
    "summarise_charpy",
]

BreakType = Literal["C", "H", "P", "N", "not stated"]
Notch = Literal["none", "A", "B", "C", "not stated"]
_Word = TypeVar("_Word", BreakType, Notch)

_UNIT = "kJ/m2"
_ZERO_CELSIUS_K = 273.15
_SAME_TEMPERATURE_K = 2.0
_OF_BREAK = re.compile(r"break|fracture|failure|bruch|versagen|rupture|破壊|破断", re.I)
_OF_NOTCH = re.compile(r"notch|kerb|entaille|ノッチ", re.I)
_SAYS_TYPE = re.compile(r"type|mode|art$|categ|形態|種類|^\W*\w+\W*$", re.I)
"""A field of this name, or of one word, speaks of nothing else; another may be a remark."""
_OF_LIGAMENT = re.compile(r"remaining|ligament|restbreite|_bn$|^bn$|width_(at|under|below)_(the_)?notch", re.I)
_TYPES: Mapping[str, BreakType] = {
    **dict.fromkeys(["c", "complete", "complete break", "vollständiger bruch", "完全破壊"], "C"),
    **dict.fromkeys(["h", "hinge", "hinge break", "scharnierbruch", "ヒンジ破壊"], "H"),
    **dict.fromkeys(["p", "partial", "partial break", "teilbruch", "部分破壊"], "P"),
    **dict.fromkeys(["n", "nb", "no break", "non-break", "non break", "kein bruch", "破壊せず"], "N"),
}
_NOTCHES: Mapping[str, Notch] = {
    **dict.fromkeys(["none", "no", "unnotched", "u", "-", "1eu", "1fu", "ohne", "なし"], "none"),
    **dict.fromkeys(["a", "1ea", "type a"], "A"),
    **dict.fromkeys(["b", "1eb", "type b"], "B"),
    **dict.fromkeys(["c", "1ec", "type c"], "C"),
}


class CharpyError(PreprocessingError):
    """The amounts of a bar are no Charpy test that can be understood."""


class CharpyMethod(Frozen):
    """A Charpy test, as far as the files are silent of it."""

    edition: str = Field(default="ISO 179-1:2010", description="Standard and edition the bars were tested by.")
    notch: Notch = Field(
        default="not stated", description="Notch of every bar: none, A, B or C; else as the file says."
    )
    temperature_celsius: float | None = Field(
        default=None, description="Temperature of the test where files are silent."
    )
    remaining_width_mm: float | None = Field(
        default=None,
        gt=0,
        description="Width left at the notch's base, mm, where it is not measured on each bar (8.0).",
    )
    n_bars: int = Field(default=10, ge=1, description="Bars that a result should have.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CharpyBar:
    """One bar. `strength` is in kJ/m2; absent for a bar that did not break, with the reason."""

    label: str
    break_type: BreakType
    notch: Notch
    temperature_celsius: float | None
    strength: Determination


@dataclass(frozen=True, slots=True, kw_only=True)
class OfType:
    """Bars that broke in one way: how many, which share of all, and their strength in kJ/m2; no number for N."""

    n: int
    share: float
    n_with_value: int
    mean: float | None = None
    median: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CharpySummary:
    """Bars of one specimen at one temperature with one notch, by type of break, the most frequent first.

    There is no mean over all: types of break are different processes. `notes` say what a reader should know.
    """

    notch: Notch
    temperature_celsius: float | None
    n: int
    by_type: Mapping[BreakType, OfType]
    notes: tuple[str, ...]


def evaluate_charpy(reading: Reading, method: CharpyMethod) -> CharpyBar:
    """Take impact strength, type of break, notch and temperature out of the amounts and texts of one bar.

    An amount is known by its unit: kJ/m2 is a strength, J an energy, which needs width and thickness in mm, and the
    remaining width where the bar is notched.

    Raises
    ------
    CharpyError
        If a type of break or a notch cannot be understood, or two amounts could be the strength.
    """
    label = reading.label or reading.facts.specimen
    broke: BreakType = _word(reading, _OF_BREAK, _TYPES, "C, H, P or N", without=_OF_NOTCH) or "not stated"
    notch: Notch = method.notch
    if notch == "not stated":
        notch = _word(reading, _OF_NOTCH, _NOTCHES, "none, A, B or C", without=_OF_BREAK) or "not stated"
    strength = (
        absent(_UNIT, "it did not break (N): the energy is not that of a fracture")
        if broke == "N"
        else _strength(reading, notch, method)
    )
    return CharpyBar(
        label=label,
        break_type=broke,
        notch=notch,
        temperature_celsius=_temperature(reading, method),
        strength=strength,
    )


def summarise_charpy(bars: Sequence[CharpyBar], method: CharpyMethod) -> tuple[CharpySummary, ...]:
    """Put bars together: a result for each notch and temperature, by type of break; order of bars does not matter."""
    groups: dict[tuple[Notch, float | None], list[CharpyBar]] = {}
    for bar in sorted(bars, key=lambda b: (b.temperature_celsius is not None, b.temperature_celsius or 0.0)):
        at = next(
            (k for k in groups if k[0] == bar.notch and _is_near(k[1], bar.temperature_celsius)),
            (bar.notch, bar.temperature_celsius),
        )
        groups.setdefault(at, []).append(bar)
    ordered = sorted(groups, key=lambda key: (key[0], key[1] is not None, key[1] or 0.0))
    return tuple(_of_group(key, groups[key], method) for key in ordered)


def _is_near(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= _SAME_TEMPERATURE_K


def _of_group(key: tuple[Notch, float | None], bars: Sequence[CharpyBar], method: CharpyMethod) -> CharpySummary:
    types = sorted({bar.break_type for bar in bars}, key=lambda t: (-sum(b.break_type == t for b in bars), t))
    notes = []
    if len(bars) < method.n_bars:
        notes.append(f"{len(bars)} bars; {method.n_bars} are wanted")
    if "not stated" in types:
        notes.append("of some bars the type of break is not stated: they stand by themselves")
    if key[0] == "not stated":
        notes.append("the notch is not stated")
    if key[1] is None:
        notes.append("the temperature is not stated")
    if len([t for t in types if t != "not stated"]) > 1:
        notes.append(f"types {', '.join(t for t in types if t != 'not stated')} occur: no mean is made over them")
    return CharpySummary(
        notch=key[0],
        temperature_celsius=key[1],
        n=len(bars),
        by_type={kind: _of_type([bar for bar in bars if bar.break_type == kind], len(bars)) for kind in types},
        notes=tuple(notes),
    )


def _of_type(bars: Sequence[CharpyBar], n_all: int) -> OfType:
    values = sorted(bar.strength.value for bar in bars if bar.strength.is_measured and bar.strength.value is not None)
    if not values:
        return OfType(n=len(bars), share=len(bars) / n_all, n_with_value=0)
    mean = fsum(values) / len(values)
    sd = sqrt(fsum((v - mean) ** 2 for v in values) / (len(values) - 1)) if len(values) > 1 else None
    return OfType(
        n=len(bars),
        share=len(bars) / n_all,
        n_with_value=len(values),
        mean=mean,
        median=float(median(values)),
        sd=sd,
    )


def _word(
    reading: Reading, about: re.Pattern[str], known: Mapping[str, _Word], wanted: str, *, without: re.Pattern[str]
) -> _Word | None:
    for name, text in reading.facts.texts.items():
        if about.search(name) and not without.search(name) and text.strip():
            plain = " ".join(text.casefold().split())
            if plain not in known:
                if not _SAYS_TYPE.search(name):
                    continue
                raise CharpyError(f"{reading.label or 'a bar'}: {name} is {text!r}; it should be {wanted}")
            return known[plain]
    return None


def _strength(reading: Reading, notch: Notch, method: CharpyMethod) -> Determination:
    """Return the strength as the file has it, or of energy and cross-section."""
    strengths = _amounts_of(reading, "energy per area")
    energies = _amounts_of(reading, "energy")
    for found, what in ((strengths, "impact strength"), (energies, "energy")):
        if len(found) > 1:
            listed = ", ".join(found)
            raise CharpyError(f"{reading.label or 'a bar'}: {listed} could each be the {what}; one is wanted")
    if strengths:
        ((name, amount),) = strengths.items()
        return _determined(amount.value * factor_of(amount.unit, "energy per area"), amount, f"{name} of the file")
    if not energies:
        return absent(_UNIT, "neither an impact strength nor an energy is stated")
    ((_, amount),) = energies.items()
    if notch == "not stated":
        return absent(_UNIT, "it is not stated whether the bar is notched, so its cross-section is not known")
    thickness = _millimetres(reading, re.compile("^thickness$"))
    ligament = _millimetres(reading, re.compile("^width$") if notch == "none" else _OF_LIGAMENT)
    if ligament is None and notch != "none":
        ligament = method.remaining_width_mm
    if thickness is None or ligament is None:
        lacking = "thickness" if thickness is None else "width" if notch == "none" else "remaining width at the notch"
        return absent(_UNIT, f"there is an energy but no {lacking} to divide it by")
    joules = converted(amount.value, amount.unit, "energy")
    return _determined(1000.0 * joules / (thickness * ligament), amount, "energy over cross-section")  # J/mm2 -> kJ/m2


def _determined(value: float, amount: Amount, basis: str) -> Determination:
    if amount.limit:
        state = State.ABOVE_RANGE if amount.limit == ">" else State.BELOW_DETECTION
        return Determination(value=value, unit=_UNIT, state=state, basis=basis, reason=f"the file says {amount}")
    return measured(value, _UNIT, basis=basis)


def _amounts_of(reading: Reading, dimension: Dimension) -> dict[str, Amount]:
    return {
        name: amount
        for name, amount in reading.amounts.items()
        if amount.unit and not name.endswith("_sd") and _is_of(amount.unit, dimension)
    }


def _is_of(unit: str, dimension: Dimension) -> bool:
    try:
        factor_of(unit, dimension)
    except UnitError:
        return False
    return True


def _millimetres(reading: Reading, name: re.Pattern[str]) -> float | None:
    for source in (reading.amounts, reading.facts.conditions):
        for quantity, amount in source.items():
            if name.search(quantity) and amount.value > 0:
                return converted(amount.value, amount.unit or "mm", "length")
    return None


def _temperature(reading: Reading, method: CharpyMethod) -> float | None:
    amount = reading.amounts.get("temperature") or reading.facts.conditions.get("temperature")
    if amount is None:
        return method.temperature_celsius
    if amount.unit not in ("°C", "K", ""):
        raise CharpyError(f"{reading.label or 'a bar'}: a temperature is in °C or K, got {amount}")
    return amount.value - _ZERO_CELSIUS_K if amount.unit == "K" else amount.value
