"""Write the reference of the definition, of the command line and of its JSON from the code itself, as Markdown.

Called while the documentation is built; what it writes is not kept.
"""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import annotated_types
import typer
import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from shapes import json_reference

from loop.definition import Definition
from services.campaign.definition import json_schema
from services.campaign.plan import CampaignPlan

__all__ = ["command_reference", "definition_reference", "generate"]

_PLAIN = {float: "number", int: "whole number", str: "text", bool: "true or false", dict: "keys with values"}


def generate(out: Path, *, app: typer.Typer | None = None) -> None:
    """Write the reference's pages and ``definition.schema.json`` into a folder, made where missing.

    Parameters
    ----------
    out
        The folder; files of these names in it are replaced.
    app
        The command line to describe; meguri's own where left out.
    """
    if app is None:
        from services.cli.main import app as meguri

        app = meguri
    out.mkdir(parents=True, exist_ok=True)
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    _write(out / "definition.schema.json", schema + "\n")
    _write(out / "definition.md", definition_reference())
    _write(out / "command-line.md", command_reference(app))
    _write(out / "json.md", json_reference())


def _write(path: Path, text: str) -> None:
    """Replace a file only where it changes, so that a build sees what is new."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------------- the definition
def definition_reference() -> str:
    """Describe every section, field, type and default of a definition, from the models that read it."""
    tops: tuple[type[BaseModel], ...] = (Definition, CampaignPlan)
    lines = [
        "# The definition",
        "",
        "One YAML file describes a campaign. `meguri validate FILE` names file, line and field of each fault and what "
        "would be right. Unknown keys are faults. A [complete example](../example.md) stands in these pages.",
        "",
        "The same as JSON schema, for editors that complete and check while one types: "
        "{download}`definition.schema.json <definition.schema.json>`.",
        "",
        "YAML is read by the rules of YAML 1.2: `yes`, `no`, `on`, `off` and dates are text, `1e-3` is a number. Keys "
        "are names and stay text as written, in any language. A key that stands twice, a tab in the indentation, a "
        "merge key (`<<`) and a tag are faults. A file may have 5 MB.",
        "",
        "## Sections",
        "",
        *_field_table(tops),
        "",
    ]
    for model in _models_below(tops):
        lines += [
            f"({_anchor(model)})=",
            f"## {_title(model)}",
            "",
            _text(model.__doc__),
            "",
            *_field_table((model,)),
            "",
        ]
    return "\n".join(lines)


def _models_below(tops: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    """List the models that fields lead to, each where it is first needed."""
    found: list[type[BaseModel]] = []

    def walk(kind: Any) -> None:
        for inner in typing.get_args(kind):
            walk(inner)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.append(kind)
            walk_fields(kind)

    def walk_fields(model: type[BaseModel]) -> None:
        for field in model.model_fields.values():
            walk(field.annotation)

    for top in tops:
        walk_fields(top)
    return found


def _field_table(models: Iterable[type[BaseModel]]) -> list[str]:
    schema = json_schema()
    rows = ["| key | value | left out | meaning |", "|---|---|---|---|"]
    for model in models:
        required = schema["$defs"].get(model.__name__, schema).get("required", [])
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        for key, field in sorted(fields.items(), key=lambda entry: entry[0] != "kind"):
            left_out = "**required**" if key in required else _default_of(field)
            rows.append(f"| `{key}` | {_type_of(field)} | {left_out} | {_text(field.description)} |")
    return rows


def _type_of(field: FieldInfo) -> str:
    bounds = [bound for constraint in field.metadata for bound in _bounds_of(constraint)]
    return " ".join((_type_text(field.annotation), *bounds))


def _type_text(kind: Any) -> str:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        bounds = [bound for constraint in arguments[1:] for bound in _bounds_of(constraint)]
        return " ".join((_type_text(arguments[0]), *bounds))
    if origin in (types.UnionType, typing.Union):
        return ", or ".join(_type_text(member) for member in arguments if member is not type(None))
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return f"by name: {_type_text(arguments[1])}"
    if origin is tuple:
        inner = _type_text(arguments[0])
        return f"list of {inner}s" if arguments[0] in _PLAIN else f"list of {inner}"
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return f"[{_title(kind)}](#{_anchor(kind)})"
    return _PLAIN.get(kind, "anything")


def _bounds_of(constraint: object) -> Iterator[str]:
    """Write what pydantic keeps of `gt`, `ge`, `lt`, `le`, `min_length` and `pattern`."""
    match constraint:
        case annotated_types.Gt(gt=bound):
            yield f"> {bound}"
        case annotated_types.Ge(ge=bound):
            yield f"≥ {bound}"
        case annotated_types.Lt(lt=bound):
            yield f"< {bound}"
        case annotated_types.Le(le=bound):
            yield f"≤ {bound}"
        case annotated_types.MinLen(min_length=count):
            yield f"(at least {count})"
        case FieldInfo(metadata=inner):
            for deeper in inner:
                yield from _bounds_of(deeper)


def _default_of(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default == "" or default == () or default == {}:
        return "–"
    if isinstance(default, BaseModel):
        return "its defaults"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _title(model: type[BaseModel]) -> str:
    return model.__name__


def _anchor(model: type[BaseModel]) -> str:
    return f"definition-{model.__name__.lower()}"


# ---------------------------------------------------------------------- the command line
def command_reference(app: Any) -> str:
    """Describe every command of a Typer or Click application: usage, help, arguments and options."""
    root = typer.main.get_command(app) if isinstance(app, typer.Typer) else app
    name = str(root.name or "meguri")
    lines = ["# The command line", "", _help(root), ""]
    lines += _parameter_tables(root)
    for path, command in _commands_below(root, (name,)):
        usage = " ".join((*path, *(_usage(p) for p in _shown(command) if _is_argument(p))))
        has_options = any(not _is_argument(p) for p in _shown(command))
        lines += [
            f"(command-{'-'.join(path[1:])})=",
            f"{'#' * min(len(path), 6)} {' '.join(path)}",
            "",
            "```text",
            usage + (" [OPTIONS]" if has_options else ""),
            "```",
            "",
            _help(command),
            "",
            *_parameter_tables(command),
        ]
    return "\n".join(lines)


def _commands_below(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in getattr(group, "commands", {}).items():
        if not command.hidden:
            yield (*path, name), command
            yield from _commands_below(command, (*path, name))


def _shown(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _usage(argument: Any) -> str:
    name = str(argument.metavar or argument.name).upper().strip("_")
    many = "..." if argument.nargs == -1 else ""
    return f"{name}{many}" if argument.required else f"[{name}{many}]"


def _parameter_tables(command: Any) -> list[str]:
    lines: list[str] = []
    arguments = [p for p in _shown(command) if _is_argument(p)]
    options = [p for p in _shown(command) if not _is_argument(p)]
    for title, found in (("argument", arguments), ("option", options)):
        if found:
            lines += [f"| {title} | meaning | default |", "|---|---|---|"]
            lines += [f"| {_spelling(p)} | {_text(getattr(p, 'help', ''))} | {_default(p)} |" for p in found]
            lines.append("")
    return lines


def _spelling(parameter: Any) -> str:
    if _is_argument(parameter):
        return f"`{str(parameter.metavar or parameter.name).upper().strip('_')}`"
    spelt = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
    is_flag = getattr(parameter, "is_flag", False) or getattr(parameter, "count", False)
    value = "" if is_flag else f" {(parameter.metavar or parameter.name).upper().strip('_')}"
    return spelt + value + (" (repeat for more)" if getattr(parameter, "multiple", False) else "")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "**required**"
    default = parameter.default
    if default is None or default is False or default in ("", (), []) or callable(default) or "UNSET" in repr(default):
        return "–"
    return f"`{default}`"


def _help(command: Any) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _text(text: str | None) -> str:
    """Fit a text into one cell of a table."""
    return " ".join(inspect.cleandoc(text or "").split()).replace("|", "\\|").replace("<", "&lt;")
