"""A definition guessed from a table is valid as it stands, says why, and asks what it cannot know."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loop.errors import DefinitionError
from loop.ids import is_safe
from services.campaign.definition import read_campaign_definition
from services.campaign.drafting import draft_definition, suggested_id
from services.campaign.errors import DraftError
from services.campaign.roles import guess_roles
from services.campaign.written import read_table
from services.records.table import Cell, Column, Table
from tests.services.campaign.places import CAMPAIGN_TABLES, needs_shared_data

CELLS = st.floats(0, 1e4).map(lambda value: round(value, 3))
NAMES = st.text(string.printable + "配合温度µ°·", min_size=1, max_size=20).filter(str.strip)


def drafted(table, *, goals=None, candidates=False, targets=()):
    guesses = guess_roles(table, targets=list(goals or targets))
    text = draft_definition(table, guesses, campaign="PP01", file_name="past.csv", goals=goals, candidates=candidates)
    return text, read_campaign_definition(text, file_name="pp01.yaml", read_table=lambda _: rows_of(table))


def rows_of(table):
    return [
        {name: cell.value for name, cell in table.row(i).items() if cell.value is not None} for i in range(table.n_rows)
    ]


def table_of(**columns):
    return Table(
        source="past.csv",
        columns=tuple(
            Column(
                name=name,
                kind="text" if isinstance(values[0], str) else "number",
                cells=tuple(Cell(value=v, text=str(v)) for v in values),
                position=k,
            )
            for k, (name, values) in enumerate(columns.items(), start=1)
        ),
    )


@needs_shared_data
@pytest.mark.parametrize("name", [path.name for path in CAMPAIGN_TABLES])
@pytest.mark.parametrize("candidates", [False, True])
def test_a_real_table_gives_a_valid_definition(name, candidates):
    """Every table of real data, as a space and as candidates; no row is lost as a candidate."""
    path = next(p for p in CAMPAIGN_TABLES if p.name == name)
    _, definition = drafted(read_table(path), candidates=candidates)
    space = definition.core.space()
    assert space.n_candidates_excluded == 0
    assert (space.candidates is not None) == candidates


@needs_shared_data
def test_every_past_result_of_a_mixture_lies_in_the_space_that_was_guessed():
    """Shares that sum to one on 1020 rows become ingredients with that total, and none is left outside."""
    [path] = [p for p in CAMPAIGN_TABLES if p.stem == "photo_pce10"]
    table = read_table(path)
    text, definition = drafted(table, goals={"degradation": "minimise"})
    assert definition.core.ingredients is not None
    assert definition.core.ingredients.total == 1
    assert definition.core.targets["degradation"].goal == "minimise"
    space = definition.core.space()
    rows = [[float(row[n]) for n in space.names] for row in rows_of(table)]
    low = [p.low for p in space.parameters.values()]
    high = [p.high for p in space.parameters.values()]
    assert all(a <= v <= b for row in rows for a, v, b in zip(low, row, high, strict=True))
    assert "sum to 1 on every row" in text


@given(st.data())
def test_any_table_of_numbers_gives_a_definition_that_is_valid(data):
    """Names with quotes, colons, hashes, brackets, Japanese; constant columns; any numbers: still YAML, still valid."""
    n = data.draw(st.integers(2, 8))
    names = data.draw(st.lists(NAMES, min_size=2, max_size=6, unique_by=lambda name: " ".join(name.split())))
    assume(all(name == name.strip() and name.isprintable() for name in names))
    columns = {name: data.draw(st.lists(CELLS, min_size=n, max_size=n)) for name in names}
    assume(len(set(columns[names[0]])) > 1)
    table = table_of(**columns)
    try:
        text, definition = drafted(table, targets=[names[-1]])
    except DraftError:
        return  # every other column is an id or a remark by its name
    except DefinitionError as error:
        raise AssertionError(f"{error}\n{columns}") from error
    assert list(definition.core.targets) == [names[-1]]
    assert set(definition.core.knobs) <= set(names[:-1])
    assert "\n\n\n" not in text


@needs_shared_data
def test_a_result_that_is_not_wanted_is_no_knob():
    """One of three results named: the other two are set aside, with a word on how to take them in."""
    [path] = [p for p in CAMPAIGN_TABLES if p.stem == "concrete_slump"]
    text, definition = drafted(read_table(path), targets=["Compressive Strength (28-day)"])
    assert list(definition.core.targets) == ["Compressive Strength (28-day)"]
    assert {"SLUMP", "FLOW"} & set(definition.core.knobs) == set()
    assert "#   FLOW: looks like a result" in text


def test_the_only_other_column_of_numbers_stays_a_knob():
    """Where nothing but its place speaks for a result, the name that was given decides."""
    table = table_of(a=[3.0, 1.0, 4.0, 1.5], b=[2.0, 7.0, 1.0, 8.0], c=[5.0, 9.0, 2.0, 6.0])
    _, definition = drafted(table, targets=["b"])
    assert list(definition.core.knobs) == ["a", "c"]


def test_a_constant_ingredient_stays_in_the_recipe():
    """It keeps the mixture whole: a range of one step, with a remark; a second mixture is kept as a sum."""
    table = table_of(
        PP=[79.5, 69.5, 59.5, 49.5, 64.5],
        talc=[20.0, 30.0, 40.0, 50.0, 35.0],
        stabiliser=[0.5] * 5,
        modulus=[2.0, 2.5, 3.1, 3.9, 2.7],
    )
    text, definition = drafted(table, targets=["modulus"])
    mixture = definition.core.ingredients
    assert mixture is not None
    assert mixture.total == 100
    assert mixture.components["stabiliser"].low == 0.5
    assert mixture.components["stabiliser"].high - mixture.components["stabiliser"].low <= 0.5
    assert "The table never varies it" in text


def test_more_than_four_targets_become_one_score():
    """A front of five cannot be drawn: desirability, its ends from the table, better side by goal."""
    rng = np.random.default_rng(3)
    names = [f"t{k}" for k in range(5)]
    table = table_of(
        x=[float(k * k) for k in range(12)], **{n: [*rng.normal(10, 2, 12).round(2).tolist()] for n in names}
    )
    _, definition = drafted(table, goals=dict.fromkeys(names, "minimise"))
    assert definition.core.objective.kind == "desirability"
    target = definition.core.targets["t0"]
    assert target.worst > target.best


def test_a_table_without_result_or_setting_is_refused_with_its_columns():
    """What is missing, and how to name it."""
    words = table_of(name=["a", "b", "c", "d"], colour=["red", "blue", "red", "blue"])
    with pytest.raises(DraftError, match="--target NAME"):
        drafted(words)
    alone = table_of(strength=[1.0, 2.0, 3.5, 4.0])
    with pytest.raises(DraftError, match="could be set or weighed"):
        drafted(alone, targets=["strength"])
    with pytest.raises(DraftError, match="holds words"):
        drafted(table_of(x=[1.0, 2.0, 3.0, 4.0], colour=["red", "blue", "red", "blue"]), targets=["colour"])


@given(st.text())
def test_a_suggested_id_is_always_one(name):
    """Whatever the file is called."""
    assert is_safe(suggested_id(name))


def test_a_suggested_id_is_the_files_name():
    """Capitals and hyphens; without the suffix."""
    assert suggested_id("concrete_slump.csv") == "CONCRETE-SLUMP"
    assert suggested_id("2024 films (old).xlsx") == "2024-FILMS-OLD"
    assert suggested_id("台帳.xlsx") == "CAMPAIGN"
