"""Turn what a definition got wrong into faults: which field, what is the matter, what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from loop.annotations import choices_of, field_at, fields_of, type_at
from loop.errors import Fault
from loop.hints import did_you_mean, fitting_kind, key_hint, name_hint, value_hint

__all__ = ["WHOLE", "faults_of", "locate"]

WHOLE = "(whole definition)"
"""The field of a fault that is about no field more than another."""

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
    faults = []
    for field, same in by_field.items():
        # A value that may be of several types fails once for each; what failed deeper inside says it best.
        if any(other.startswith(f"{field}.") for other in by_field):
            continue
        fault = same[0][1]
        needs = dict.fromkeys(_NEEDS[found["type"]] for found, _ in same if found["type"] in _NEEDS)
        if len(needs) > 1:
            fault = replace(fault, message=f"needs {' or '.join(needs)}, got {_brief(same[0][0]['input'])}")
        faults.append(fault)
    return faults


def locate(path: tuple[str, ...], value: Any, message: str) -> tuple[str, ...]:
    """Follow a message about several fields to the one it is about, as far as that is certain; return its path.

    `value` is what stands at `path`. The field is the one place inside that holds a text which the message quotes; else
    the first of its words that is a key here, or a key in just one place a level deeper; else `path` itself.
    """
    for quoted in re.findall(r"'([^']+)'", message):
        places = list(_places_of(quoted, value))
        if len(places) == 1:
            return (*path, *places[0])
    if not isinstance(value, Mapping):
        return path
    words = re.findall(r"\w+", message)
    words = [word for pair in zip(map("_".join, pairwise(words)), words, strict=False) for word in pair] + words[-1:]
    deeper = [(section, key) for section, inner in value.items() if isinstance(inner, Mapping) for key in inner]
    for word in words:
        if word in value:
            return (*path, word)
    for word in words:
        found = [place for place in deeper if place[1] == word]
        if len(found) == 1:
            return (*path, *found[0])
    return path


def _fault(
    found: ErrorDetails, path: tuple[str, ...], value: Any, model: type[BaseModel], data: Mapping[str, Any]
) -> Fault:
    kind, location = found["type"], found["loc"]
    if kind == "value_error":
        message = found["msg"].removeprefix("Value error, ")
        path, hint = locate(path, value, message), name_hint(message, data)
    elif kind == "extra_forbidden":
        message, hint = "unknown key", key_hint(str(location[-1]), fields_of(model, location[:-1]))
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        models, tag = choices_of(type_at(model, location)), found.get("ctx", {}).get("tag")
        path, message = (*path, "kind"), f"unknown kind {tag!r}" if tag else "is required"
        hint = _both(
            did_you_mean(str(tag), models) if tag else fitting_kind(value, models), f"one of {', '.join(models)}"
        )
    elif kind == "literal_error":
        allowed = [word.strip("'") for word in re.split(r", | or ", str(found["ctx"]["expected"]))]
        message = f"unknown value {_brief(found['input'])}"
        hint = _both(did_you_mean(str(found["input"]), allowed, cutoff=0.5), f"one of {', '.join(allowed)}")
    else:
        about = field_at(model, location)
        message, hint = _in_words(found), value_hint(_NEEDS.get(kind, ""), found["input"])
        hint = hint or (about.description if about is not None else "") or ""
        path = (*path, str(location[-1])) if kind == "missing" else path
    return Fault(field=".".join(path) or WHOLE, message=message, hint=hint)


def _in_words(found: ErrorDetails) -> str:
    kind, context, given = found["type"], found.get("ctx", {}), _brief(found["input"])
    if kind == "missing":
        return "is required"
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
    return "; ".join(hint for hint in hints if hint)


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
