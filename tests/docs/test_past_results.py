"""The tutorial's table is what its script writes, and holds what the tutorial says of it."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from loop.observations import State
from services.campaign.drafting import draft_definition
from services.campaign.written import read_definition
from services.ingest.guess import guess_columns
from services.ingest.tables import read_table
from tests.docs.pages import DOCS

EXAMPLES = DOCS / "examples"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("past_results", EXAMPLES / "past_results.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_workbook_is_what_its_script_writes(script, tmp_path):
    """Cell for cell: nobody edited the one without the other."""
    written = read_table(script.write_workbook(tmp_path / "past_results.xlsx"))
    assert written == read_table(EXAMPLES / "past_results.xlsx")


def test_it_holds_what_people_do(script):
    """Fourteen rows, a limit, a header in Japanese, blanks that mean none, a mixture that sums to 100."""
    table = read_table(EXAMPLES / "past_results.xlsx")
    assert table.n_rows == len(script.RECIPES) == 14
    assert [c.state for c in table.column("gel spots").cells].count(State.BELOW_DETECTION) == 1
    assert table.column("シャルピー衝撃強さ").unit == "kJ/m²"
    assert None in table.column("elastomer").numbers
    guesses = {guess.name: guess for guess in guess_columns(table)}
    assert all(guesses[name].mixture_total == 100 for name in script.INGREDIENTS)
    assert [name for name, guess in guesses.items() if guess.role == "target"] == [
        "modulus",
        "シャルピー衝撃強さ",
        "gel spots",
    ]


def test_the_same_specimen_shows_the_same(script):
    """The stand-in for the laboratory draws its scatter from the specimen's name."""
    formulation = dict(zip((*script.INGREDIENTS, *script.EXTRUDER), map(float, script.RECIPES[3]), strict=True))
    assert script.measure(formulation, "A") == script.measure(formulation, "A") != script.measure(formulation, "B")
    assert set(script.measure(formulation, "A")) == set(script.RESULTS)


def test_the_tutorials_edit_changes_what_it_is_about():
    """The definition it ends with is valid, and differs from the draft in settings, not in what the draft remarks."""
    path = EXAMPLES / "past_results.xlsx"
    table = read_table(path)
    draft = draft_definition(table, guess_columns(table), campaign="PC26", file_name=path.name)
    wanted = EXAMPLES / "pc26.yaml"
    gone = set(draft.splitlines()) - set(wanted.read_text(encoding="utf-8").splitlines())
    assert 0 < len(gone) < 15
    assert not [line for line in gone if line.strip().startswith("#")]
    assert read_definition(wanted).core.campaign == "PC26"
