"""Walk the type annotations of nested models along a path: which model, which field, which choices stand there."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

__all__ = ["choices_of", "field_at", "fields_of", "type_at"]


def type_at(kind: Any, location: Sequence[int | str]) -> Any:
    """Return the type that a location leads to, without Annotated and ``| None``; None where it leads nowhere.

    A location is what pydantic reports: keys, indices, and after a union the name of the member it chose.
    """
    for part in location:
        kind = _plain(kind)
        choices = choices_of(kind)
        if part in choices:
            kind = choices[str(part)]
        elif _is_model(kind):
            found = _field_named(kind, str(part))
            kind = found.annotation if found is not None else None
        elif typing.get_origin(kind) is not None and typing.get_args(kind):
            arguments = typing.get_args(kind)
            kind = arguments[0] if arguments[-1] is Ellipsis else arguments[-1]
        else:
            return None
    return _plain(kind)


def field_at(model: type[BaseModel], location: Sequence[int | str]) -> FieldInfo | None:
    """Return the field that a location ends in, or the last one that it passed through."""
    for end in range(len(location), 0, -1):
        owner = type_at(model, location[: end - 1])
        found = _field_named(owner, str(location[end - 1])) if _is_model(owner) else None
        if found is not None:
            return found
    return None


def fields_of(model: type[BaseModel], location: Sequence[int | str] = ()) -> list[str]:
    """List the keys of the model that a location leads to, as they are written; empty where there is none."""
    found = type_at(model, location)
    return [field.alias or name for name, field in found.model_fields.items()] if _is_model(found) else []


def choices_of(kind: Any) -> dict[str, type[BaseModel]]:
    """Return the models of a union by the kind that selects them."""
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return {}
    models = [member for member in typing.get_args(kind) if _is_model(member) and "kind" in member.model_fields]
    return {str(member.model_fields["kind"].default): member for member in models}


def _field_named(model: type[BaseModel], key: str) -> FieldInfo | None:
    return next((field for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


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
