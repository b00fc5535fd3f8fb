"""Promises of guessing what each column of a table is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.guess import ColumnGuess, guess_columns
from services.ingest.mixtures import find_mixtures, resolution
from services.ingest.tables import read_table
from services.records.table import Cell, Column, Table, TableError
from tests.services.ingest.files import text_file, workbook


def _column(name: str, numbers, unit: str = "") -> Column:
    cells = tuple(Cell.missing() if v is None else Cell(float(v)) for v in numbers)
    return Column(name=name, unit=unit, cells=cells)


def _words(name: str, texts) -> Column:
    return Column(name=name, kind="text", cells=tuple(Cell(text) for text in texts))


def _table(*columns: Column) -> Table:
    return Table(source="t", columns=columns)


def _by_name(table: Table, **options) -> dict[str, ColumnGuess]:
    return {guess.name: guess for guess in guess_columns(table, **options)}


def _recipes(rng: np.random.Generator, n_rows: int, n_parts: int, total: float, decimals: int) -> np.ndarray:
    """Recipes rounded as people round: the largest part takes up what rounding left."""
    parts = np.round(rng.dirichlet(np.ones(n_parts), n_rows) * total, decimals)
    rows, largest = np.arange(n_rows), parts.argmax(axis=1)
    parts[rows, largest] += total - parts.sum(axis=1)
    return np.round(parts, decimals)


def test_every_column_is_guessed_with_a_reason_in_the_tables_order():
    """One guess a column, each with a sentence."""
    rng = np.random.default_rng(0)
    table = _table(
        _words("sample", [f"S{i}" for i in range(12)]),
        _words("ligand", ["L1", "L2", "L3"] * 4),
        _column("temperature", [180, 200, 220] * 4, "°C"),
        _column("feed", np.round(rng.uniform(1, 9, 12), 2), "kg/h"),
        _column("line", [3] * 12),
        _column("strength", rng.normal(30, 3, 12), "MPa"),
        _words(
            "remark", ["ok", "a bubble near the gate of the mould"] + [""] * 0 + [f"see page {i}" for i in range(10)]
        ),
    )
    guesses = guess_columns(table)
    assert [g.name for g in guesses] == list(table.names)
    assert [g.role for g in guesses] == ["id", "input", "input", "input", "note", "target", "note"]
    assert [g.kind for g in guesses[1:4]] == ["categorical", "discrete", "continuous"]
    assert guesses[1].levels == ("L1", "L2", "L3")
    assert (guesses[2].levels, guesses[2].step, guesses[2].unit) == ((180.0, 200.0, 220.0), 20.0, "°C")
    assert guesses[3].step == 0.01
    assert (guesses[4].is_constant, guesses[4].because) == (True, "3 on every row: nothing to vary")
    assert "'strength'" in guesses[5].because
    assert all(guess.because for guess in guesses)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([1.0, 100.0, 1000.0]),
    st.integers(2, 9),
    st.integers(0, 3),
    st.booleans(),
)
def test_a_mixture_is_found_wherever_its_columns_stand(seed, total, n_parts, digits, is_scattered):
    """Recipes rounded to their last decimal are found whole, between columns that are no part of them."""
    rng = np.random.default_rng(seed)
    decimals = digits + 2 if total == 1.0 else digits
    parts = _recipes(rng, 40, n_parts, total, decimals)
    others = np.round(rng.uniform(0.5, 300, (40, 3)), 1)
    columns = [_column(f"part {i}", parts[:, i]) for i in range(n_parts)] + [
        _column(f"other {i}", others[:, i]) for i in range(3)
    ]
    order = rng.permutation(len(columns)) if is_scattered else np.arange(len(columns))
    found = [mixture for mixture in find_mixtures([columns[i] for i in order]) if mixture.is_exact]
    assert [(set(m.names), m.total) for m in found] == [({f"part {i}" for i in range(n_parts)}, total)]


def test_two_recipes_in_one_table_are_two_mixtures():
    """Solvents that sum to 1 beside solids that sum to 100."""
    rng = np.random.default_rng(5)
    solvents, solids = _recipes(rng, 30, 3, 1.0, 3), _recipes(rng, 30, 4, 100.0, 1)
    columns = [_column(f"v{i}", solvents[:, i]) for i in range(3)] + [_column(f"w{i}", solids[:, i]) for i in range(4)]
    guesses = _by_name(_table(*columns, _column("yield", rng.normal(50, 9, 30))))
    assert {g.mixture_total for n, g in guesses.items() if n[0] == "v"} == {1.0}
    assert {g.mixture_total for n, g in guesses.items() if n[0] == "w"} == {100.0}
    assert guesses["v0"].mixture != guesses["w0"].mixture
    assert guesses["yield"].role == "target"


def test_a_fixed_ingredient_belongs_to_its_recipe():
    """A base that never varies is an ingredient when the total is whole with it, and blanks may mean none."""
    rng = np.random.default_rng(6)
    parts = _recipes(rng, 30, 3, 90.0, 1)
    sparse = [None if v < 20 else v for v in parts[:, 1]]
    first = np.round(90 - np.array([0 if v is None else v for v in sparse]) - parts[:, 2], 1)
    guesses = _by_name(
        _table(
            _column("base", [10] * 30),
            _column("a", first),
            _column("b", sparse),
            _column("c", parts[:, 2]),
            _column("score", rng.normal(size=30)),
        )
    )
    assert {guesses[n].kind for n in "abc"} == {"ingredient"}
    assert (guesses["base"].kind, guesses["base"].is_constant, guesses["base"].mixture_total) == (
        "ingredient",
        True,
        100.0,
    )
    assert guesses["b"].low == 0.0
    assert "counting empty cells as 0" in guesses["b"].because


def test_a_slip_in_a_recipe_is_pointed_at():
    """Where all rows but one sum to 100, it is no mixture yet, and the row is named."""
    rng = np.random.default_rng(7)
    parts = _recipes(rng, 30, 3, 100.0, 1)
    parts[4, 0] += 3
    guesses = _by_name(
        _table(*(_column(f"w{i}", parts[:, i]) for i in range(3)), _column("score", rng.normal(size=30)))
    )
    assert guesses["w0"].kind == "continuous"
    assert "one of 3 columns that nearly sum to 100" in guesses["w0"].because
    assert "w0, w1 and w2 nearly sum to 100" in guesses["w0"].hint
    assert "not on line 6 (" in guesses["w0"].hint


@pytest.mark.parametrize("off", [0.4, 0.05])
def test_recipes_weighed_with_some_error_are_pointed_at(off):
    """Sums that scatter around 100 on most rows are a mixture whose sums are off: said once, with the rows that are."""
    rng = np.random.default_rng(8)
    parts = _recipes(rng, 20, 4, 100.0, 2)
    parts[:, 1] = np.round(parts[:, 1] + np.where(np.arange(20) % 4, rng.uniform(-off, off, 20), 0), 2)
    parts[7, 0] += 12
    sums = parts.sum(axis=1)
    columns = [_column(f"w{i}", parts[:, i]) for i in range(4)]
    speed = np.round(rng.uniform(10, 90, 20), 0)
    guesses = _by_name(_table(*columns, _column("speed", speed), _column("yield", rng.normal(50, 9, 20))))
    [hint] = {guess.hint for guess in guesses.values() if guess.hint}
    assert {name for name, guess in guesses.items() if guess.hint} == {"w0", "w1", "w2", "w3"}
    assert hint.startswith("w0, w1, w2 and w3 nearly sum to 100")
    assert f"lines 9 ({sums[7]:g}), " in hint  # the worst first
    assert {guess.kind for name, guess in guesses.items() if name[0] == "w"} == {"continuous"}


def test_a_tiny_additive_belongs_to_a_near_mixture():
    """The largest set comes closest to the total: an ingredient of 0.3 % is not forgotten."""
    rng = np.random.default_rng(9)
    parts = _recipes(rng, 30, 3, 99.7, 1)
    parts[::3, 0] = np.round(parts[::3, 0] + 0.4, 1)
    columns = [_column(f"w{i}", parts[:, i]) for i in range(3)] + [_column("wax", [0.3, 0.31] * 15)]
    guesses = _by_name(_table(*columns, _column("yield", rng.normal(50, 9, 30))))
    assert guesses["wax"].hint.startswith("w0, w1, w2 and wax nearly sum to 100")


def test_amounts_that_sum_to_nothing_in_particular_are_no_mixture():
    """Chance near-sums of large numbers are not taken for a recipe."""
    rng = np.random.default_rng(8)
    columns = [_column(f"x{i}", np.round(rng.normal(1000 * i + 500, 3, 50), 1)) for i in range(6)]
    assert find_mixtures(columns) == []


def test_targets_follow_the_caller():
    """Named targets are the targets, and no other column is; an unknown name is refused."""
    rng = np.random.default_rng(9)
    table = _table(
        _column("x", rng.uniform(size=20)),
        _column("strength", rng.uniform(size=20)),
        _column("y", rng.uniform(size=20)),
    )
    guesses = _by_name(table, targets=["y"])
    assert [guesses[n].role for n in ("x", "strength", "y")] == ["input", "input", "target"]
    assert guesses["y"].because == "named as a target"
    with pytest.raises(TableError, match="no column 'z'"):
        guess_columns(table, targets=["z"])


@pytest.mark.parametrize(
    ("name", "unit", "role"),
    [
        ("引張強度", "MPa", "target"),
        ("物性 · 曲げ弾性率", "GPa", "target"),
        ("Glass transition temperature", "°C", "target"),
        ("MFR", "g/10min", "target"),
        ("x1", "kJ/m²", "target"),
        ("injection pressure", "MPa", "input"),
        ("Impact modifier", "wt%", "input"),
        ("射出圧力", "MPa", "input"),
        ("flow rate", "mL/min", "input"),
    ],
)
def test_names_and_units_tell_results_from_settings(name, unit, role):
    """Property words and units, in English and Japanese; words of settings weigh against them."""
    rng = np.random.default_rng(10)
    table = _table(
        _column("a", rng.uniform(size=9)),
        _column(name, rng.uniform(size=9), unit),
        _column("hardness", rng.uniform(size=9)),
    )
    assert _by_name(table)[name].role == role


def test_a_workbook_of_trials_becomes_a_campaign(tmp_path):
    """Three header rows, merged headings, a recipe that sums to 100, a limit and a constant: every column as meant."""
    rng = np.random.default_rng(16)
    rows = [
        ["PP配合実験まとめ"],
        ["試料No.", "配合", None, None, "加工", None, "物性", None, "備考"],
        [None, "PP", "タルク", "EPR", "樹脂温度", "回転数", "引張強度", "荷重たわみ温度", None],
        [None, "[wt%]", "[wt%]", "[wt%]", "[℃]", "[rpm]", "[MPa]", "[℃]", None],
    ]
    for i in range(20):
        talc, rubber = int(rng.choice([10, 20, 30])), float(rng.choice([0, 2.5, 5]))
        strength = "<20" if i == 3 else round(float(rng.normal(30, 2)), 1)
        recipe = [f"A-{i + 1:02d}", 100 - talc - rubber, talc, rubber]
        rows.append([*recipe, int(rng.choice([200, 220])), 100, strength, round(float(rng.normal(110, 4)), 1), None])
    merged = {"結果": ["A1:I1", "A2:A4", "B2:D2", "E2:F2", "G2:H2", "I2:I4"]}
    table = read_table(workbook(tmp_path, {"結果": rows}, merged=merged))
    assert [c.unit for c in table.columns] == ["", "wt%", "wt%", "wt%", "°C", "rpm", "MPa", "°C", ""]
    guesses = guess_columns(table)
    assert [g.role for g in guesses] == ["id", *["input"] * 4, "note", "target", "target", "note"]
    assert {g.mixture_total for g in guesses[1:4]} == {100.0}
    assert (guesses[3].low, guesses[3].high, guesses[3].step) == (0.0, 5.0, 0.5)
    assert guesses[4].levels == (200.0, 220.0)
    assert guesses[5].is_constant
    assert "under the heading '物性'" in guesses[7].because


def test_a_measured_column_shows_itself_by_limits_and_spreads(tmp_path):
    """A detection limit or a spread in a cell tells a result, whatever its name."""
    table = read_table(text_file(tmp_path, "id,a,b,c\n1,5,1 ± 0.1,<0.1\n2,6,2,0.5\n3,7,3,0.7\n4,9,4,0.2\n"))
    guesses = _by_name(table)
    assert [guesses[n].role for n in "abc"] == ["input", "target", "target"]
    assert "1 of 4 rows give a limit only" in guesses["c"].because


def test_without_any_clue_the_last_column_is_the_target():
    """And the reason says that nothing else told."""
    rng = np.random.default_rng(11)
    guesses = guess_columns(_table(*(_column(n, rng.uniform(size=9)) for n in "abc")))
    assert [g.role for g in guesses] == ["input", "input", "target"]
    assert "last column" in guesses[-1].because


def test_a_spectrum_is_no_list_of_settings():
    """Many numbered columns that follow each other smoothly are a curve; as many unrelated ones are not."""
    rng = np.random.default_rng(12)
    smooth = np.cumsum(rng.normal(size=(30, 25)), axis=1) + 20 * rng.normal(size=(30, 1))
    rough = rng.normal(size=(30, 25))
    columns = [_column(f"nir_{4000 + 8 * i}", smooth[:, i]) for i in range(25)]
    columns += [_column(f"valve {i}", rough[:, i]) for i in range(25)]
    guesses = _by_name(_table(*columns, _column("yield", rng.normal(size=30))))
    assert {g.role for n, g in guesses.items() if n.startswith("nir")} == {"note"}
    assert {g.role for n, g in guesses.items() if n.startswith("valve")} == {"input"}


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([0.7, 1.05, 1.4], 0.05),
        ([30, 66.3, 110], 0.1),
        ([100, 150, 250], 50.0),
        ([0.1, 0.2, 0.3], 0.1),
        ([0.123456789, 2, 3], None),
    ],
)
def test_the_step_is_the_coarsest_that_every_value_keeps_to(values, step):
    """1, 2 or 5 times a power of ten; none where the values look computed."""
    rng = np.random.default_rng(13)
    numbers = [*values, *rng.choice(values, 4)]
    table = _table(_column("x", numbers), _column("yield", rng.uniform(size=len(numbers))))
    assert _by_name(table)["x"].step == step


def test_a_range_of_decades_suggests_a_log_scale():
    """Only where the values lie as on a log scale: a zero or a crowd at one end does not."""
    rng = np.random.default_rng(14)
    table = _table(
        _column("conc", 10 ** rng.uniform(-4, 0, 40)),
        _column("crowded", [0.001] * 20 + list(rng.uniform(5, 9, 20))),
        _column("yield", rng.uniform(size=40)),
    )
    guesses = _by_name(table)
    assert (guesses["conc"].is_log, guesses["crowded"].is_log) == (True, False)


def test_rows_and_ids_are_told_apart_from_settings():
    """A counter in front, dates, remarks, empty columns and the number of a mix are not parameters."""
    rng = np.random.default_rng(15)
    table = _table(
        _column("#1", range(1, 13)),
        _column("mix_id", [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]),
        _words("when", [f"2024-01-{d:02d}" for d in range(1, 13)]),
        _column("empty", [None] * 12),
        _column("x", rng.uniform(size=12)),
        _column("y", rng.uniform(size=12)),
    )
    guesses = guess_columns(table)
    assert [g.role for g in guesses] == ["id", "id", "note", "note", "input", "target"]
    assert "rows that share one of its 6 values belong together" in guesses[1].because


def test_resolution_is_the_last_decimal_used():
    """Powers of ten, from the values and not from how floats happen to print."""
    assert resolution(_column("x", [12.3, 4.56, 7])) == 0.01
    assert resolution(_column("x", [1e-7, 1])) == 1e-7
    assert resolution(_column("x", [100, 2e5])) == 1.0
