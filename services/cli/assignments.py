"""Read what people type behind a verb: ``talc=20``, ``strength=41.2±0.5/3``, ``slump=<0.1``, ``flow=lost:dropped``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from loop.observations import State, TargetValue
from loop.space.parameters import Categorical
from services.ingest.cells import Reading, read_cell_text
from services.ingest.numerals import marks_of, value_of
from services.ingest.units import same_unit

if TYPE_CHECKING:
    from loop.definition import Definition
    from loop.space.parameters import Parameter
    from loop.values import Setting

__all__ = ["read_pairs", "read_settings", "read_target", "read_targets"]

_COUNT = re.compile(r"(?P<value>.*\S)\s*/\s*(?P<n>\d+)")
_WITHOUT_VALUE = {
    state.value: state for state in State if state not in (State.MEASURED, State.BELOW_DETECTION, State.ABOVE_RANGE)
}
_TARGET_FORMS = "write 41.2, 41.2±0.5 (sd), 41.2±0.5/3 (mean of 3), '<0.1', '>200', or why there is none: " + ", ".join(
    f"{state}:reason" for state in _WITHOUT_VALUE
)


def read_pairs(texts: Sequence[str], known: Iterable[str], what: str) -> dict[str, str]:
    """Split ``name=value`` texts by the names that are known, which may hold spaces and equals signs themselves.

    Raises
    ------
    typer.BadParameter
        If a text has no equals sign, names nothing known, or names it twice.
    """
    names = list(known)
    found: dict[str, str] = {}
    for text in texts:
        name = next((n for n in sorted(names, key=len, reverse=True) if text.startswith(f"{n}=")), None)
        if name is None:
            written, sign, _ = text.partition("=")
            if not sign:
                raise typer.BadParameter(f"{text!r} is no assignment; write {what}=value")
            same = [n for n in names if n.casefold() == written.strip().casefold()]
            if len(same) != 1:
                near = same or difflib.get_close_matches(written.strip(), names, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
                raise typer.BadParameter(f"there is no {what} {written.strip()!r}; {hint}")
            name, text = same[0], f"{same[0]}{text[len(written) :]}"
        if name in found:
            raise typer.BadParameter(f"{name} is given twice")
        found[name] = text[len(name) + 1 :].strip()
    return found


def read_settings(texts: Sequence[str], knobs: Mapping[str, Parameter]) -> dict[str, Setting]:
    """Read values of parameters: the name of a level, or a number."""
    found: dict[str, Setting] = {}
    for name, text in read_pairs(texts, knobs, "parameter").items():
        parameter = knobs[name]
        if isinstance(parameter, Categorical):
            if text not in parameter.levels:
                raise typer.BadParameter(f"{name}: {text!r} is no level; levels are {', '.join(parameter.names)}")
            found[name] = text
            continue
        reading = read_cell_text(text)
        if reading.kind != "number" or reading.spread or reading.bracket or reading.mark:
            raise typer.BadParameter(f"{name}: {text!r} is no number")
        _check_unit(name, reading, parameter.unit)
        found[name] = _number(name, reading.numeral)
    return found


def read_targets(texts: Sequence[str], definition: Definition) -> dict[str, TargetValue]:
    """Read results by target."""
    pairs = read_pairs(texts, definition.measured_targets, "target")
    return {name: read_target(name, text, definition.targets[name].unit) for name, text in pairs.items()}


def read_target(name: str, text: str, unit: str) -> TargetValue:
    """Read one result.

    Raises
    ------
    typer.BadParameter
        If it cannot be read; the message shows the forms.
    """
    word, _, reason = text.partition(":")
    state = _WITHOUT_VALUE.get(word.strip().casefold().replace(" ", "_").replace("-", "_"))
    if state is not None:
        return TargetValue(state=state, n=0, reason=reason.strip())
    counted = _COUNT.fullmatch(text)
    n = 1
    if counted and read_cell_text(counted["value"]).kind == "number":
        text, n = counted["value"], int(counted["n"])
    reading = read_cell_text(text)
    if not reading.is_number_like or reading.bracket or reading.mark or n < 1:
        raise typer.BadParameter(f"{name}: {text!r} is no result; {_TARGET_FORMS}")
    _check_unit(name, reading, unit)
    value = _number(name, reading.numeral)
    if reading.kind == "below":
        return TargetValue(state=State.BELOW_DETECTION, limit=value, n=0)
    if reading.kind == "above":
        return TargetValue(state=State.ABOVE_RANGE, limit=value, n=0)
    is_after_comma = marks_of(reading.numeral) == ","
    sd = _number(name, reading.spread, is_after_comma=is_after_comma) if reading.spread else None
    if sd is not None and sd < 0:
        raise typer.BadParameter(f"{name}: a standard deviation is not negative, got {reading.spread}")
    return TargetValue(mean=value, sd=sd, n=n)


def _check_unit(name: str, reading: Reading, unit: str) -> None:
    if reading.unit and not same_unit(reading.unit, unit):
        raise typer.BadParameter(
            f"{name} is in {unit or 'no unit'}, got a value in {reading.unit}; nothing is converted"
        )


def _number(name: str, numeral: str, *, is_after_comma: bool = False) -> float:
    """Read a number as a shell is told one: a single point is decimal; a comma is where it can be nothing else.

    `is_after_comma`: a number before it was written with a decimal comma, so that a point may be between thousands.
    """
    mark = marks_of(numeral)
    if mark == "?" and ("," in numeral or is_after_comma):
        raise typer.BadParameter(
            f"{name}: {numeral!r} can be read in two ways; write it with a decimal point and without groups"
        )
    value = value_of(numeral, "," if mark == "," else ".")
    if value is None:
        raise typer.BadParameter(f"{name}: {numeral!r} is no number")
    return value
