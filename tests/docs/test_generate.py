"""The reference says everything that the code knows: each field of a definition, each command, argument and option."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer
import typer.main
from pydantic import TypeAdapter

from loop.definition import Definition
from loop.goals import Target
from services.campaign.definition import json_schema, known_sections
from services.cli.main import app as meguri

SOURCE = Path(__file__).parents[2] / "docs" / "reference" / "generate.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The generator, which lives beside the documentation and in no package, as does what it imports."""
    sys.path.insert(0, str(SOURCE.parent))
    spec = importlib.util.spec_from_file_location("generate_reference", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def small_app() -> typer.Typer:
    """A command line with a group, a hidden command, arguments, a flag and a list."""
    app = typer.Typer(name="tool", help="What the tool does.")
    group = typer.Typer(help="Profiles of files.")
    app.add_typer(group, name="profile")

    @app.command()
    def weigh(
        campaign: Annotated[str, typer.Argument(help="Which campaign.")],
        files: Annotated[list[str], typer.Argument(help="Files to read.")],
        count: Annotated[int, typer.Option("--count", "-n", help="How many | at most.")] = 4,
        column: Annotated[list[str] | None, typer.Option("--column", help="A column <name>.")] = None,
        is_quiet: Annotated[bool, typer.Option("--quiet/--loud", help="Say less.")] = False,
        secret: Annotated[str, typer.Option("--secret", hidden=True, help="Nobody's business.")] = "",
    ) -> None:
        """Weigh it.

        Twice where needed.
        """

    @app.command(hidden=True)
    def inner() -> None:
        """Not for people."""

    @group.command("list")
    def list_profiles() -> None:
        """List the profiles."""

    return app


def test_every_field_of_a_definition_stands_in_the_reference(generator):
    """Each key of each part, with its description, and whether it may be left out."""
    text = generator.definition_reference()
    assert all(f"| `{section}` |" in text for section in known_sections())
    schema = json_schema()
    for name, part in schema["$defs"].items():
        section = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        for key in part.get("properties", part.get("anyOf", [{}])[-1].get("properties", {})):
            assert f"| `{key}` |" in section, f"{name}.{key}"
    assert "| `low` | number | **required** | Smallest value allowed. |" in text
    assert "| `kind` | `linear` | **required** |" in text
    assert f"| `weight` | number > 0 | `1` | {Target.model_fields['weight'].description} |" in text
    assert "| `targets` | by name: [Target](#definition-target) (at least 1) | **required** |" in text
    assert Definition.model_fields["schema_version"].alias == "schema"


def test_links_lead_to_parts_that_are_there(generator):
    """Every link inside the reference has its anchor."""
    text = generator.definition_reference()
    linked = {part.partition(")")[0] for part in text.split("](#")[1:]}
    assert linked
    assert all(f"\n({anchor})=\n" in text for anchor in linked)


def test_the_command_line_is_walked(generator):
    """Usage, help, arguments, options and groups appear; what is hidden does not."""
    text = generator.command_reference(small_app())
    assert "# The command line\n\nWhat the tool does.\n" in text
    assert "\ntool weigh CAMPAIGN FILES... [OPTIONS]\n" in text
    assert "\nWeigh it.\n\nTwice where needed.\n" in text
    assert "| `CAMPAIGN` | Which campaign. | **required** |" in text
    assert "| `--count`, `-n` COUNT | How many \\| at most. | `4` |" in text
    assert "| `--column` COLUMN (repeat for more) | A column &lt;name>. | – |" in text
    assert "| `--quiet`, `--loud` | Say less. | – |" in text
    assert "\n## tool profile\n" in text
    assert "\n### tool profile list\n" in text
    assert "Nobody" not in text
    assert "Not for people" not in text


def test_every_command_of_meguri_is_described(generator):
    """Each command, argument and option of the real command line has help, and it stands in the reference."""
    text = generator.command_reference(meguri)
    root = typer.main.get_command(meguri)
    commands = getattr(root, "commands", {})
    assert commands
    for name, command in commands.items():
        assert command.help, name
        section = text.partition(f"\n## meguri {name}\n")[2].partition("\n## ")[0]
        assert command.help.split("\n")[0].strip() in section
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"
            if parameter.param_type_name == "option":
                assert f"`{parameter.opts[0]}`" in section


def test_every_verb_that_prints_json_has_its_shape_described(generator):
    """Each verb with --json, each shape that it prints, each key of these, each link to a shape that is there."""
    import shapes

    text = shapes.json_reference()
    commands = getattr(typer.main.get_command(meguri), "commands", {})
    printing = {name for name, command in commands.items() for p in command.params if "--json" in p.opts}
    assert printing == set(shapes.SHAPES)
    for verb, kinds in shapes.SHAPES.items():
        assert f"| `meguri {verb} --json` |" in text
        for kind in kinds:
            section = text.partition(f"## {kind.__name__}\n")[2].partition("\n## ")[0]
            keys = TypeAdapter(kind).json_schema(mode="serialization")["properties"]
            assert all(f"| `{key}` |" in section for key in keys), kind
    linked = {part.partition(")")[0] for part in text.split("](#")[1:]}
    assert all(f"\n({anchor})=\n" in text for anchor in linked)
    for name, told in shapes.MEANINGS.items():
        section = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        assert all(f"| `{key}` |" in section for key in told), name


def test_generating_twice_changes_nothing(generator, tmp_path):
    """The files are written into a folder made for them; a second run leaves them untouched."""
    out = tmp_path / "reference" / "generated"
    generator.generate(out, app=small_app())
    files = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert set(files) == {"definition.md", "definition.schema.json", "command-line.md", "json.md"}
    assert json.loads((out / "definition.schema.json").read_text(encoding="utf-8")) == json_schema()
    generator.generate(out, app=small_app())
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == files
    generator.generate(out)
    assert "meguri propose" in (out / "command-line.md").read_text(encoding="utf-8")
