"""Turn what a definition got wrong into faults: which field, what is the matter, what would be right."""

from __future__ import annotations

import re
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from loop.annotations import choices_of, field_at, fields_of, type_at
from loop.errors import Fault
from loop.hints import did_you_mean, fitting_kind, key_hint, name_hint, value_hint

__all__ = ["WHOLE", "faults_of", "locate"]

WHOLE = "(whole definition)"
"""The field of a fault that is about no field more than another."""

UNKNOWN_KEY = "unknown key"
REQUIRED = "is required"

_NEEDS: Mapping[str, str] = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "keys with values",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "string_type": "text",
    "tuple_type": "a list",
}
_BOUNDS = {
    "greater_than": (">", "gt"),
    "greater_than_equal": ("≥", "ge"),
    "less_than": ("<", "lt"),
    "less_than_equal": ("≤", "le"),
}


def faults_of(error: ValidationError, model: type[BaseModel], data: Mapping[str, Any]) -> list[Fault]:
    """Turn a validation error into faults that name the field as it stands in the data, and what would be right."""
    by_field: dict[str, list[tuple[ErrorDetails, Fault]]] = {}
    for found in error.errors():
        path, value = _place_in(data, found)
        fault = _fault(found, path, value, model, data)
        by_field.setdefault(fault.field, []).append((found, fault))
    # A value that may be of several types fails once for each; what failed deeper inside says it best.
    leaves = [field for field in by_field if not any(other.startswith(f"{field}.") for other in by_field)]
    faults = [
        _merged([found for found, _ in by_field[field]], [fault for _, fault in by_field[field]]) for field in leaves
    ]
    renamed = {_sibling(fault.field, fault.hint) for fault in faults if fault.message == UNKNOWN_KEY}
    return [fault for fault in faults if fault.message != REQUIRED or fault.field not in renamed]


def locate(path: tuple[str, ...], value: Any, message: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Follow a message about several fields to the one it is about, as far as that is certain; return its path.

    `value` is what stands at `path`, `known` are keys that could. The field is the one place inside that holds a text
    which the message quotes; else the first key here that its first clause names; else the first that stands once a
    level deeper; else `path`.
    """
    for quoted in re.findall(r"'([^']+)'", message):
        places = list(_places_of(quoted, value))
        if len(places) == 1:
            return (*path, *places[0])
    if not isinstance(value, Mapping):
        return path
    clause = message.partition(";")[0]
    here: list[tuple[str, ...]] = [(key,) for key in (*value, *known)]
    deeper = [(key, inner) for key, below in value.items() if isinstance(below, Mapping) for inner in below]
    times = Counter(inner for _, inner in deeper)
    once: list[tuple[str, ...]] = [place for place in deeper if times[place[1]] == 1]
    for places in (here, once):
        named = {place: at for place in places if (at := _position(place[-1], clause)) >= 0}
        if named:
            return (*path, *min(named, key=lambda place: named[place]))
    return path


def _position(key: str, text: str) -> int:
    """Return where a key stands in a text as words of its own, -1 where it does not."""
    match = re.search(rf"(?<!\w){re.escape(key).replace('_', '[_ ]')}(?!\w)", text)
    return match.start() if match else -1


def _merged(found: Sequence[ErrorDetails], faults: Sequence[Fault]) -> Fault:
    """Make one fault of all types that a value could have had."""
    needs = dict.fromkeys(_NEEDS[f["type"]] for f in found if f["type"] in _NEEDS)
    words = dict.fromkeys(f["ctx"]["expected"] for f in found if f["type"] == "literal_error")
    if len(needs) + len(words) < 2:
        return faults[0]
    message = f"needs {' or '.join((*needs, *words))}, got {_brief(found[0]['input'])}"
    hints = [fault.hint for f, fault in zip(found, faults, strict=True) if f["type"] == "literal_error"]
    return replace(faults[0], message=message, hint=(hints or [faults[0].hint])[0])


def _sibling(field: str, hint: str) -> str:
    """Return the path of the key that a hint names, beside a field."""
    named = re.fullmatch(r"did you mean (.+)\?", hint)
    return ".".join((*field.split(".")[:-1], named[1])) if named else ""


def _fault(
    found: ErrorDetails, path: tuple[str, ...], value: Any, model: type[BaseModel], data: Mapping[str, Any]
) -> Fault:
    kind, location = found["type"], found["loc"]
    if kind == "value_error":
        message = found["msg"].removeprefix("Value error, ")
        sections = () if path else fields_of(model)
        path, hint = locate(path, value, message, sections), name_hint(message, data)
    elif kind == "extra_forbidden":
        message, hint = UNKNOWN_KEY, key_hint(str(location[-1]), fields_of(model, location[:-1]))
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        models, tag = choices_of(type_at(model, location)), found.get("ctx", {}).get("tag")
        path, message = (*path, "kind"), f"unknown kind {tag!r}" if tag else REQUIRED
        hint = _both(
            did_you_mean(str(tag), models) if tag else fitting_kind(value, models), f"one of {', '.join(models)}"
        )
    elif kind == "literal_error":
        allowed = [word.strip("'") for word in re.split(r", | or ", str(found["ctx"]["expected"]))]
        message = f"unknown value {_brief(found['input'])}"
        near = did_you_mean(str(found["input"]), allowed, cutoff=0.5)
        hint = _both(near, f"one of {', '.join(allowed)}") if len(allowed) > 1 else near or f"write {allowed[0]}"
    elif kind == "missing":
        path, message, hint = (*path, str(location[-1])), REQUIRED, _about(field_at(model, location))
    else:
        message, hint = _in_words(found), value_hint(_NEEDS.get(kind, ""), found["input"])
        hint = hint or _about(field_at(model, location))
    return Fault(field=".".join(path) or WHOLE, message=message, hint=hint)


def _about(field: FieldInfo | None) -> str:
    """Say what a field is for, and what to write where there is just one choice."""
    if field is None:
        return ""
    choices = typing.get_args(field.annotation) if typing.get_origin(field.annotation) is Literal else ()
    return _both(field.description or "", f"write {choices[0]}" if len(choices) == 1 else "")


def _in_words(found: ErrorDetails) -> str:
    kind, context, given = found["type"], found.get("ctx", {}), _brief(found["input"])
    if kind in _NEEDS:
        return f"needs {_NEEDS[kind]}, got {given}"
    if kind in _BOUNDS:
        sign, name = _BOUNDS[kind]
        return f"must be {sign} {context[name]:g}, got {given}"
    if kind == "too_short":
        return f"needs at least {context['min_length']} entries, got {context['actual_length']}"
    if kind == "string_pattern_mismatch":
        return f"is not written as it has to be, got {given}"
    return f"{found['msg'][0].lower()}{found['msg'][1:]}, got {given}"


# ---------------------------------------------------------------------- where it stands
def _place_in(data: Any, found: ErrorDetails) -> tuple[tuple[str, ...], Any]:
    """Follow a location into the data, leaving out what names a type; return the path and what stands there."""
    parts: list[str] = []
    for part in found["loc"]:
        inside = isinstance(data, Mapping) and part in data
        if inside or (isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data)):
            data = data[part]
            parts.append(str(part))
    return tuple(parts), data


def _places_of(text: str, data: Any) -> Iterator[tuple[str, ...]]:
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, Mapping):
        entries = data.items()
    elif isinstance(data, (list, tuple)):
        entries = enumerate(data)
    for name, value in entries:
        if (name == text and isinstance(data, Mapping)) or (isinstance(value, str) and value == text):
            yield (str(name),)
        for place in _places_of(text, value):
            yield (str(name), *place)


def _both(*hints: str) -> str:
    return " ".join(hint if hint.endswith(("?", ".")) else f"{hint};" for hint in hints if hint).removesuffix(";")


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
