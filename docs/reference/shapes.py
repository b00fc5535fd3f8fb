"""Describe what ``--json`` prints, verb by verb, from the types that it is printed from."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.cli.shapes import SHAPES

__all__ = ["MEANINGS", "json_reference"]

_PLAIN = {
    float: "number",
    int: "whole number",
    str: "text",
    bool: "true or false",
    datetime: "moment, ISO 8601, UTC",
    Any: "anything",
}
_LISTS = {float: "numbers", int: "whole numbers", str: "texts", bool: "truths"}

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "BacktestSummary": {
        "n_formulations": "Formulations in the table.",
        "n_initial": "Of those evaluated, the first so many are random.",
        "budget": "Formulations evaluated in each campaign.",
        "batch": "Formulations per cycle.",
        "best_score": "Best score in the table, larger is better.",
        "median_score": "Median score in the table.",
    },
    "StrategySummary": {
        "strategy": "Name of the surrogate, or `random`.",
        "n_seeds": "Campaigns replayed.",
        "mean_best": "Mean over seeds of the best score so far, one number an evaluation.",
        "low_best": "Lower end of its 95 % interval.",
        "high_best": "Upper end of its 95 % interval.",
        "regret_auc": "Mean regret after the random ones, and the ends of its 95 % interval.",
        "regret_final": "Last regret, and the ends of its 95 % interval.",
        "enhancement_final": "Enhancement factor at the end.",
        "enhancement_max": "Largest enhancement factor on the way.",
        "acceleration_to_top": "Acceleration factor to one of the best 5 %.",
        "acceleration_to_regret": "Acceleration factor to a mean regret of 0.1.",
    },
    "TargetValue": {
        "mean": "Mean of the tests, in the target's unit.",
        "sd": "Spread between single tests.",
        "n": "Number of tests.",
        "state": "Whether a value is there, and if not, why.",
        "limit": "What a censored value lies below or above.",
        "reason": "Why there is no value, where somebody said so.",
    },
    "Prediction": {"mean": "In the target's unit.", "sd": "In the target's unit."},
}
"""What keys mean whose types do not say it themselves."""


def json_reference() -> str:
    """Write the reference of ``--json`` as Markdown: each verb, then each shape that its output is made of."""
    lines = [
        "# What `--json` prints",
        "",
        "Each reader prints one JSON object to stdout with `--json`, and talk to stderr. Within one version of the "
        "project keys are added, never renamed or dropped. A value that may be `null` says so. Exit codes: 0 done, "
        "1 failed, 2 wrong use.",
        "",
        "| command | prints |",
        "|---|---|",
    ]
    for verb, shapes in sorted(SHAPES.items()):
        lines.append(f"| `meguri {verb} --json` | {', or '.join(map(_link, shapes))} |")
    lines += [
        "",
        "`status` prints the second where it lists several campaigns. `backtest` prints two keys more, `picture` and "
        "`json`: the files it wrote.",
        "",
    ]
    for shape in _shapes_below():
        lines += [
            f"({_anchor(shape)})=",
            f"## {shape.__name__}",
            "",
            _text(shape.__doc__),
            "",
            "| key | value | meaning |",
            "|---|---|---|",
            *(f"| `{key}` | {kind} | {meaning} |" for key, kind, meaning in _fields(shape)),
            "",
        ]
    return "\n".join(lines)


def _fields(shape: type[Any]) -> Iterator[tuple[str, str, str]]:
    told = MEANINGS.get(shape.__name__, {})
    for name, kind, description in _members(shape):
        yield name, _type_text(kind), _text(description) or told.get(name, "")


def _members(shape: type[Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield name, type and description of each key."""
    if issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield name, field.annotation, field.description or ""
        return
    hints = typing.get_type_hints(shape)
    for member in dataclasses.fields(shape):
        yield member.name, hints[member.name], ""


def _shapes_below() -> list[type[Any]]:
    """List the shapes of every verb and what they hold, each where it is first needed."""
    found: list[type[Any]] = []

    def walk(kind: Any) -> None:
        for inner in typing.get_args(kind):
            walk(inner)
        if _is_shape(kind) and kind not in found:
            found.append(kind)
            for _, inner, _ in _members(kind):
                walk(inner)

    for _, shapes in sorted(SHAPES.items()):
        for shape in shapes:
            walk(shape)
    return found


def _is_shape(kind: Any) -> bool:
    return inspect.isclass(kind) and (issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind))


def _type_text(kind: Any) -> str:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return ", or ".join("`null`" if member is type(None) else _type_text(member) for member in arguments)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return f"by name: {_type_text(arguments[1])}"
    if origin is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin is tuple:
        if len(arguments) > 1 and arguments[-1] is not Ellipsis:
            return f"list of {len(arguments)} {_LISTS[arguments[0]]}"
        return f"list of {_LISTS.get(arguments[0]) or _type_text(arguments[0])}"
    if _is_shape(kind):
        return _link(kind)
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return _PLAIN[kind]


def _link(shape: type[Any]) -> str:
    return f"[{shape.__name__}](#{_anchor(shape)})"


def _anchor(shape: type[Any]) -> str:
    return f"json-{shape.__name__.lower()}"


def _text(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split()).replace("|", "\\|").replace("<", "&lt;")
