"""Promises of reading one cell, one unit, one header and one numeral."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.observations import State
from services.ingest.cells import is_missing_text, read_cell_text
from services.ingest.headers import bare_unit, join_levels, name_columns, split_header
from services.ingest.numerals import SIMPLE, mark_of_simple, marks_of, value_of
from services.ingest.units import is_unit, same_unit
from services.ingest.wording import as_numeral, normalise


@pytest.mark.parametrize(
    ("text", "kind", "numeral"),
    [
        ("5", "number", "5"),
        ("-1.5E+03", "number", "-1.5e+03"),
        ("１．５", "number", "1.5"),
        ("－１．５", "number", "-1.5"),
        ("−3", "number", "-3"),
        ("ー5", "number", "-5"),
        ("1.2×10⁻³", "number", "1.2e-3"),
        ("1.2 x 10^5", "number", "1.2e5"),
        ("約20", "number", "20"),
        ("ca. 20", "number", "20"),
        ("Ca2", "text", ""),
        ("ca2", "text", ""),
        ("<0.1", "below", "0.1"),
        ("＜ 0.1", "below", "0.1"),
        ("≦0,1", "below", "0,1"),
        ("0.1未満", "below", "0.1"),
        (">500", "above", "500"),
        ("500以上", "above", "500"),
        ("500 MPa以上", "above", "500"),
        ("n.d.", "not_detected", ""),
        ("N.D.", "not_detected", ""),
        ("nd", "not_detected", ""),
        ("検出せず", "not_detected", ""),
        ("", "missing", ""),
        ("—", "missing", ""),
        ("N/A", "missing", ""),
        ("未測定", "missing", ""),
        ("2024-01-05", "text", ""),
        ("2024/1/5", "text", ""),
        ("5-10", "text", ""),
        ("1.2.3.4", "text", ""),
        ("10²", "text", ""),
        ("A-1", "text", ""),
        ("inf", "text", ""),
        ("9" * 65, "number", "9" * 65),
        ("1_000", "text", ""),
    ],
)
def test_a_cell_reads_as_a_person_reads_it(text, kind, numeral):
    """Full-width forms, signs, powers, limits and words for missing, in English and Japanese."""
    reading = read_cell_text(text)
    assert (reading.kind, reading.numeral) == (kind, numeral)


def test_trimmings_of_a_number_are_kept_apart():
    """Spread, bracket, unit and footnote mark stand beside the numeral, not in it."""
    assert read_cell_text("23.4 ± 0.5 MPa").spread == "0.5"
    assert read_cell_text("23.4+/-0.5").spread == "0.5"
    assert read_cell_text("23.4 ± 0.5 MPa").unit == "MPa"
    assert (read_cell_text("23.4(5)").bracket, read_cell_text("23.4(5)").bracket_is_tight) == ("5", True)
    assert not read_cell_text("23.4 (0.5)").bracket_is_tight
    assert read_cell_text("180℃").unit == "°C"
    assert read_cell_text("12.3*").mark == "*"


def test_missing_says_why_where_the_cell_does():
    """A spreadsheet's error stays as the reason; words give states; a written state gives its reason back."""
    assert read_cell_text("#DIV/0!").reason == "#DIV/0!"
    assert read_cell_text("なし").state is State.ABSENT
    assert read_cell_text("紛失").state is State.LOST
    stated = read_cell_text("not made: ran out of resin")
    assert (stated.state, stated.reason) == (State.NOT_MADE, "ran out of resin")


def test_names_of_levels_are_not_missing_values():
    """Among words "None" and "Na" are levels; a dash and "n/a" are not."""
    assert is_missing_text("None") is None
    assert is_missing_text("Na") is None
    assert is_missing_text("n/a") is not None
    assert is_missing_text("－") is not None


@pytest.mark.parametrize(
    ("numeral", "point", "comma", "marks"),
    [
        ("1234", 1234.0, 1234.0, ""),
        ("1,234", 1234.0, 1.234, "?"),
        ("1.234", 1.234, 1234.0, "?"),
        ("0,123", None, 0.123, ","),
        ("0.123", 0.123, None, "."),
        ("1.234,5", None, 1234.5, ","),
        ("1,234.5", 1234.5, None, "."),
        ("1,234,567", 1234567.0, None, "."),
        ("1.234.567", None, 1234567.0, ","),
        ("12,34", None, 12.34, ","),
        ("1 234.5", 1234.5, None, "."),
        ("1'234", 1234.0, 1234.0, ""),
        ("1,23,4", None, None, ""),
        ("12 34", None, None, ""),
    ],
)
def test_a_numeral_tells_which_decimal_marks_it_allows(numeral, point, comma, marks):
    """Groups of three, leading zeros and repeated marks decide; 1,234 and 1.234 do not."""
    assert (value_of(numeral, "."), value_of(numeral, ","), marks_of(numeral)) == (point, comma, marks)


@given(st.from_regex(SIMPLE, fullmatch=True))
def test_the_quick_way_agrees_with_the_full_one(numeral):
    """For simple numerals the quick choice of mark is the one that reading both ways gives."""
    if value_of(numeral.lower(), ".") is not None or value_of(numeral.lower(), ",") is not None:
        full = marks_of(numeral.lower())
        assert mark_of_simple(numeral) == full or (full == "" and value_of(numeral.lower(), ".") is not None)


UNITS = """
    % wt% MPa Mpa GPa °C ℃ g/10min kJ/m² kJ/m2 J/(g·K) mPa·s mPa.s cm^-1 1/s Ω·cm phr 重量部 質量% 分 ㎫ W/m·K µm ppm
"""


@pytest.mark.parametrize("unit", UNITS.split())
def test_units_of_the_laboratory_are_known(unit):
    """Prefixes, powers, quotients, Japanese and square forms."""
    assert is_unit(unit)


@pytest.mark.parametrize("word", ["TS", "FM", "NaCl", "28-day", "PP", "12", "1/2", "SP", "Talc", "EB", "YS"])
def test_abbreviations_and_words_are_no_units(word):
    """What stands in brackets behind a property is more often its abbreviation."""
    assert not is_unit(word)


def test_spellings_of_one_unit_are_the_same():
    """Superscripts, spaces and full-width forms do not make another unit."""
    assert same_unit("kJ/m²", "kJ/m2")
    assert same_unit("㎫", "MPa")
    assert same_unit("Mpa", "MPa")
    assert same_unit("Kg", "kg")
    assert not same_unit("mPa", "MPa")
    assert not same_unit("MPa", "GPa")


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("引張強度 (MPa)", "引張強度", "MPa"),
        ("引張強度（ＭＰａ）", "引張強度", "MPa"),
        ("Modulus / MPa", "Modulus", "MPa"),
        ("E/GPa", "E", "GPa"),
        ("温度/℃", "温度", "°C"),
        ("SLUMP(cm)", "SLUMP", "cm"),
        ("Compressive Strength (28-day)(Mpa)", "Compressive Strength (28-day)", "Mpa"),
        ("Strength (28-day)", "Strength (28-day)", ""),
        ("Aluminium [wt%]", "Aluminium", "wt%"),
        ("Ratio [-]", "Ratio", ""),
        ("Conc. [NaCl]", "Conc. [NaCl]", ""),
        ("Tensile strength (TS)", "Tensile strength (TS)", ""),
        ("Strength, MPa", "Strength", "MPa"),
        ("W/C", "W/C", ""),
        ("Si/Al", "Si/Al", ""),
        ("(MPa)", "(MPa)", ""),
        ("引張強度\n(MPa)", "引張強度", "MPa"),
    ],
)
def test_a_header_gives_name_and_unit(header, name, unit):
    """Brackets that hold a unit, quotients and commas; other brackets belong to the name."""
    assert split_header(header) == (name, unit)


def test_names_stay_different():
    """A unit stays in the name where taking it out would make two names one; a repeated name is numbered."""
    named = name_columns(["Monomer (A)", "Monomer (B)", "Water", "Water"], ["", "", "", ""])
    assert [name for name, _ in named] == ["Monomer (A)", "Monomer (B)", "Water", "Water (2)"]


def test_cells_of_a_unit_row():
    """Square brackets hold any unit; without them it must be a known one; a dash is none."""
    assert [bare_unit(t) for t in ("[MPa]", "(%)", "MPa", "-", "[foo]", "(foo)", "foo")] == [
        "MPa",
        "%",
        "MPa",
        "",
        "foo",
        None,
        None,
    ]


def test_levels_join_from_the_top_and_repeat_once():
    """Group over name; a text merged down counts once."""
    assert join_levels(["配合", "", "ＰＰ"]) == "配合 · PP"
    assert join_levels(["No.", "No."]) == "No."


def test_plain_forms_keep_what_carries_meaning():
    """Widths and square units are folded; superscripts and subscripts stay."""
    assert normalise("  ＰＰ　ﾀﾞｲｱ ㎫ ℃ ") == "PP ダイア MPa °C"
    assert normalise("TiO₂ m²") == "TiO₂ m²"
    assert as_numeral("10⁻³") == "10^-3"
