"""Turn what a definition got wrong into faults: which field, what is the matter, what would be right."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from loop.errors import Fault

__all__ = ["faults_of"]


def faults_of(error: ValidationError, model: type[BaseModel], data: Mapping[str, Any]) -> list[Fault]:
    """Turn a validation error into faults that name the field as it stands in the data, and what would be right."""
    faults = []
    for found in error.errors():
        path = _path_in(data, found["loc"])
        hint, message = "", found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            known = _fields_at(model, found["loc"][:-1])
            close = difflib.get_close_matches(str(found["loc"][-1]), known, n=1, cutoff=0.5)
            message = "unknown key"
            hint = f"did you mean {close[0]}?" if close else (f"known here: {', '.join(known)}" if known else "")
        elif found["type"] == "missing":
            message = "is required"
        elif found["type"] in ("union_tag_invalid", "union_tag_not_found"):
            given = found.get("ctx", {}).get("tag")
            path, message = f"{path}.kind", f"unknown kind {given!r}" if given else "is required"
            hint = (
                f"one of {found['ctx']['expected_tags']}"
                if "expected_tags" in found.get("ctx", {})
                else _tags_at(model, found["loc"])
            )
        elif found["type"] not in ("value_error",):
            message = f"{message[0].lower()}{message[1:]}, got {_brief(found['input'])}"
        faults.append(Fault(field=path or "(whole definition)", message=message, hint=hint))
    return faults


def _path_in(data: Any, location: Sequence[int | str]) -> str:
    """Write a location as a dotted path, leaving out parts that name a kind and do not stand in the data."""
    parts: list[str] = []
    for position, part in enumerate(location):
        is_last = position == len(location) - 1
        if (isinstance(data, Mapping) and part in data) or (
            isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data)
        ):
            data = data[part]
        elif not is_last or (isinstance(data, Mapping) and data.get("kind") == part):
            continue
        parts.append(str(part))
    return ".".join(parts)


def _fields_at(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    found = _type_at(model, location)
    return (
        [field.alias or name for name, field in found.model_fields.items()]
        if isinstance(found, type) and issubclass(found, BaseModel)
        else []
    )


def _tags_at(model: type[BaseModel], location: Sequence[int | str]) -> str:
    choices = _choices(_type_at(model, location))
    return "one of " + ", ".join(sorted(choices)) if choices else ""


def _type_at(kind: Any, location: Sequence[int | str]) -> Any:
    """Walk type annotations along a location."""
    for part in location:
        kind = _plain(kind)
        choices = _choices(kind)
        if choices and part in choices:
            kind = choices[str(part)]
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            by_name = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
            kind = by_name.get(str(part))
        elif typing.get_origin(kind) is not None and typing.get_args(kind):
            arguments = typing.get_args(kind)
            kind = arguments[0] if arguments[-1] is Ellipsis else arguments[-1]
        else:
            return None
    return _plain(kind)


def _plain(kind: Any) -> Any:
    """Take off Annotated and `| None`."""
    while True:
        if typing.get_origin(kind) is Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (types.UnionType, typing.Union):
            inner = [argument for argument in typing.get_args(kind) if argument is not type(None)]
            if len(inner) != 1:
                return kind
            kind = inner[0]
        else:
            return kind


def _choices(kind: Any) -> dict[str, Any]:
    """Return the models of a union by the kind that selects them."""
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return {}
    models = [
        m
        for m in typing.get_args(kind)
        if isinstance(m, type) and issubclass(m, BaseModel) and "kind" in m.model_fields
    ]
    return {str(m.model_fields["kind"].default): m for m in models}


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
