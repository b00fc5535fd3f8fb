"""Definitions to begin from, found by the entry-point group ``meguri.templates``. Knows none by name.

An entry point names a function without arguments that returns a `Template`; its own name is the template's. A package
adds one in its ``pyproject.toml``::

    [project.entry-points."meguri.templates"]
    compound = "our_package.templates:compound"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import PurePosixPath

from services.campaign.errors import TemplateError

__all__ = ["GROUP", "Template", "load_template", "template_names"]

GROUP = "meguri.templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A commented definition, and the files that it names (candidate tables, past results) by their plain names."""

    title: str
    definition: str
    files: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.files:
            if PurePosixPath(name).name != name or name.startswith("."):
                raise TemplateError(f"a template's file has a plain name, got {name!r}")


def template_names() -> list[str]:
    """List the templates that are installed, in alphabetical order."""
    return sorted(point.name for point in metadata.entry_points(group=GROUP))


def load_template(name: str) -> Template:
    """Load a template.

    Raises
    ------
    TemplateError
        If none of that name is installed (the message lists those that are), or its code does not give one.
    """
    found = [point for point in metadata.entry_points(group=GROUP) if point.name == name]
    if not found:
        known = ", ".join(template_names())
        there = f"there are {known}" if known else "none is installed; begin from a table: meguri init --from TABLE"
        raise TemplateError(f"there is no template {name!r}; {there}")
    try:
        make: Callable[[], object] = found[0].load()
    except (ImportError, AttributeError) as error:
        raise TemplateError(f"template {name}: {found[0].value} cannot be loaded: {error}") from error
    template = make()
    if not isinstance(template, Template):
        raise TemplateError(f"template {name}: {found[0].value} gave a {type(template).__name__}, not a Template")
    return template
