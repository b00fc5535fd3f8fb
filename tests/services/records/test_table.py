"""Promises of the values that a table of results is made of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.observations import State
from services.records.table import Cell, Column, Table, TableError, cell_address, column_letter


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None, "state": State.MEASURED},
        {"value": 1.0, "state": State.NOT_MEASURED},
        {"value": math.nan},
        {"value": math.inf},
        {"state": State.BELOW_DETECTION},
        {"state": State.ABOVE_RANGE, "limit": math.inf},
        {"state": State.LOST, "limit": 1.0},
        {"value": 1.0, "limit": 2.0},
        {"value": 1.0, "sd": -0.1},
        {"value": "words", "sd": 0.1},
    ],
)
def test_a_cell_cannot_contradict_itself(wrong):
    """A value stands exactly where it is measured, a limit exactly where it is censored, a spread beside a number."""
    with pytest.raises(TableError):
        Cell(**wrong)


def test_a_limit_is_no_value():
    """Censored cells keep their limit and give no number."""
    assert (Cell.below(0.1).number, Cell.below(0.1).limit, Cell.below(0.1).text) == (None, 0.1, "<0.1")
    assert (Cell.above(500.0).state, Cell.above(500.0).limit) == (State.ABOVE_RANGE, 500.0)
    assert Cell.missing("furnace broke").reason == "furnace broke"


def test_a_column_holds_cells_of_its_kind():
    """Words among numbers are refused with the row; missing cells fit anywhere."""
    with pytest.raises(TableError, match="row 2"):
        Column(name="x", cells=(Cell(1.0), Cell("a")))
    assert Column(name="x", cells=(Cell(1.0), Cell.missing())).numbers == (1.0, None)


def test_a_table_checks_names_and_lengths():
    """Two columns of one name, or of different lengths, make no table."""
    one, two = Column(name="x", cells=(Cell(1.0),)), Column(name="y", cells=(Cell(1.0), Cell(2.0)))
    with pytest.raises(TableError, match="equally long"):
        Table(source="t", columns=(one, two))
    with pytest.raises(TableError, match="must differ"):
        Table(source="t", columns=(one, one))


def test_a_column_is_found_by_name_and_by_header():
    """Either the name or the header as the file has it finds a column; an unknown one lists those there are."""
    column = Column(name="Strength", unit="MPa", header="Strength (MPa)", cells=(Cell(1.0),))
    table = Table(source="t.csv", columns=(column,))
    assert table.column("Strength") is table.column("Strength (MPa)") is column
    assert table.row(0) == {"Strength": Cell(1.0)}
    with pytest.raises(TableError, match=r"t\.csv has no column 'Modulus'; it has Strength"):
        table.column("Modulus")


def test_addresses_name_the_cell_as_its_file_does():
    """Spreadsheets by coordinate, with odd sheet names quoted; text by line and column name."""
    assert cell_address("Sheet1", 7, 3, "modulus") == "Sheet1!C7"
    assert cell_address("試験 1's", 7, 28, "x") == "'試験 1''s'!AB7"
    assert cell_address("", 7, 3, "modulus") == "line 7, column 'modulus'"
    column = Column(name="x", position=2, cells=(Cell(1.0), Cell(2.0)))
    table = Table(source="t", columns=(column,), header_rows=(1, 2), row_numbers=(3, 5))
    assert (table.first_data_row, table.address(1, column)) == (3, "line 5, column 'x'")


@given(st.integers(1, 20_000))
def test_column_letters_count_like_a_spreadsheet(position):
    """Letters read back in base 26 with digits from 1 give the position again."""
    total = 0
    for letter in column_letter(position):
        total = total * 26 + ord(letter) - ord("A") + 1
    assert total == position
