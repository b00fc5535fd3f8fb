"""Formulations can be read whatever the page: nothing is cut, nothing is wider than there is room for."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from loop.proposal import Prediction
from services.cli.layouts import Line, side_by_side
from services.cli.numerals import numeral, prediction_text, setting_text

words = st.text(st.sampled_from("abcXYZ引張強度 ."), min_size=1, max_size=24).map(str.strip).filter(bool)
numbers = st.floats(-1e5, 1e5).map(lambda value: f"{value:.5g}")


def printed(what, width):
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    console.print(what)
    return console.file.getvalue()


@given(st.data())
def test_every_value_and_every_id_is_on_the_page_and_inside_it(data):
    """Up to eight formulations of up to sixteen quantities, Latin or Japanese, at 100 columns."""
    n = data.draw(st.integers(1, 8))
    ids = [f"CONCRETE-SLUMP-C{data.draw(st.integers(1, 999)):03d}-{k:02d}" for k in range(n)]
    lines = [
        Line(
            name=data.draw(words),
            values=tuple(data.draw(numbers) for _ in range(n)),
            section=data.draw(st.sampled_from("ab")),
        )
        for _ in range(data.draw(st.integers(1, 16)))
    ]
    text = printed(side_by_side(ids, lines, width=100), 100)
    assert max(map(cell_len, text.splitlines())) <= 100
    for heading in ids:
        assert heading in text
    for line in lines:
        for value in line.values:
            assert value in text


def test_few_quantities_stand_in_rows_and_many_in_columns():
    """Two knobs: a row each formulation. Twelve: a column each, with the unit beside the name."""
    few = [Line(name="talc", unit="%", values=("10", "20")), Line(name="oil", unit="%", values=("1", "2"))]
    assert printed(side_by_side(["P1", "P2"], few, width=100), 100).splitlines()[0].split() == [
        "talc",
        "[%]",
        "oil",
        "[%]",
    ]
    many = [Line(name=f"n{k}", unit="%", values=("10", "20")) for k in range(12)]
    assert printed(side_by_side(["P1", "P2"], many, width=100), 100).splitlines()[0].split() == ["P1", "P2"]


def test_names_in_brackets_are_no_markup():
    """A unit such as [bold] is printed as it is."""
    text = printed(side_by_side(["P1"], [Line(name="[red]x", unit="bold", values=("1",))], width=80), 80)
    assert "[red]x [bold]" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1049.9, "1049.9"),
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5"),
        (1e-5, "0.00001"),
        (1e-9, "1e-09"),
        (123456.0, "123456"),
    ],
)
def test_a_setting_is_short_and_can_be_pasted(value, text):
    """Six digits, plain minus, no exponent where that stays short."""
    assert setting_text(value) == text
    assert float(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (18.4879, 8.2314, "18.5 ± 8.2"),
        (1234.5, 130.0, "1230 ± 130"),
        (0.012346, 0.00067, "0.01235 ± 0.00067"),
        (3.25, 0, "3.25 ± 0"),
        (-0.0004, 0.63, "0.00 ± 0.63"),
    ],
)
def test_a_prediction_is_written_to_its_spread(mean, sd, text):
    """The sd with two digits, the mean to the same place."""
    assert prediction_text(Prediction(mean=mean, sd=sd)) == text


def test_what_is_not_there_is_a_dash():
    """No value, no setting, no prediction, nothing infinite."""
    assert (numeral(None), setting_text(None), prediction_text(None), numeral(float("nan"))) == ("-", "-", "-", "-")
