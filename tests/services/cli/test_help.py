"""Every verb explains itself, comes at once, and promises the shape of its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from pydantic import TypeAdapter

from services.cli.main import app
from services.cli.shapes import SHAPES

ROOT = Path(__file__).parents[3]
VERBS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group has them
HEAVY = ["torch", "botorch", "gpytorch", "sklearn", "pandas", "matplotlib", "plotly"]
HEAVIER_THAN_HELP = [
    *HEAVY,
    "loop",
    "numpy",
    "scipy",
    "sqlalchemy",
    "pydantic",
    "openpyxl",
    "services.campaign.service",
]


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_argument_and_option_has_help(verb):
    """A sentence for the verb, one for each argument and option."""
    command = VERBS[verb]
    assert command.help
    assert command.help.strip().endswith(".")
    for parameter in command.params:
        assert getattr(parameter, "help", ""), f"{verb} {parameter.name}"


def test_the_verbs_are_those_of_the_plan():
    """None is missing, none is hidden."""
    planned = """
        init validate start revise propose approve edit skip record correct exclude keep import import-results export
        note judge status log report replay backtest
    """
    assert set(planned.split()) <= set(VERBS)
    assert not any(command.hidden for command in VERBS.values())


def test_every_verb_that_prints_json_has_a_promised_shape():
    """Each field of a shape is named once and may be read as a schema."""
    with_json = {verb for verb, c in VERBS.items() if any("--json" in p.opts for p in c.params)}
    assert with_json == set(SHAPES)
    for models in SHAPES.values():
        for model in models:
            assert json.dumps(TypeAdapter(model).json_schema())


def test_help_brings_nothing_heavy(tmp_path):
    """`meguri --help` imports no number, no database, nothing of the loop."""
    done = python(
        "import sys; from services.cli.main import app; app(['--help'], standalone_mode=False)\n"
        f"print([m for m in {HEAVIER_THAN_HELP} if m in sys.modules], file=sys.stderr)",
        tmp_path,
    )
    assert done.stderr.strip() == "[]"
    assert "propose" in done.stdout


def test_status_brings_no_model(known_films):
    """Looking where a campaign stands does not wait for torch."""
    done = python(
        "import sys; from services.cli.main import app; app(['status'], standalone_mode=False)\n"
        f"print([m for m in {HEAVY} if m in sys.modules])",
        known_films.folder,
    )
    assert done.stdout.strip().endswith("[]")
    assert "6 specimens" in done.stdout


def test_a_mistyped_verb_is_wrong_use_with_a_suggestion(shell):
    """Exit code 2, and the verb that was meant."""
    done = shell("propse", code=2)
    assert "'propose'" in done.stderr
