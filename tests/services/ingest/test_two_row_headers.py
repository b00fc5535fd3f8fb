"""Two header rows as people keep them in Excel: names over units, groups over names, or some of each; merged or not."""

from __future__ import annotations

import pytest

from services.ingest.headers import split_header
from services.ingest.tables import read_table
from tests.services.ingest.files import notes, values, workbook

NAMES = ["Sample", "PP", "talc", "modulus", "impact"]
UNITS = ["%", "%", "MPa", "kJ/m2"]
TEXT_IDS = [
    ["A", 80, 20, 1500, 4.1],
    ["N", 70, 30, 1800, 3.5],
    ["C", 90, 10, "broke", "broke"],
    ["A4", 85, 15, 1400, 5.0],
    ["A5", 75, 25, 1650, 3.8],
]
NUMBERED = [[number, *row[1:]] for number, row in enumerate(TEXT_IDS, start=1)]

GROUPED = ["Sample", "recipe · PP", "recipe · talc", "modulus", "impact"]
HEADS = {
    "names, units, nothing under the id": ([NAMES, ["", *UNITS]], (), NAMES, UNITS),
    "the id merged over both rows": ([NAMES, ["", *UNITS]], ("A1:A2",), NAMES, UNITS),
    "'unit' under the id": ([NAMES, ["unit", *UNITS]], (), NAMES, UNITS),
    "'単位' under the id": ([NAMES, ["［単位］", *UNITS]], (), NAMES, UNITS),
    "'unit' says that what follows are units": (
        [NAMES, ["Units", "scoops", "", "MPa", "a.u. (2)"]], (), NAMES, ["scoops", "", "MPa", "a.u. (2)"]
    ),
    "units nobody knows beside units that all know": (
        [NAMES, ["", "scoops", "parts", "MPa", "kJ/m2"]], (), NAMES, ["scoops", "parts", "MPa", "kJ/m2"]
    ),
    "a blank row between names and units": ([NAMES, [], ["", *UNITS]], (), NAMES, UNITS),
    "units over names": ([["", *UNITS], NAMES], (), NAMES, UNITS),
    "a group, merged; units under the other names": (
        [["Sample", "recipe", "", "modulus", "impact"], ["", "PP", "talc", "MPa", "kJ/m2"]],
        ("B1:C1",), GROUPED, ["", "", "MPa", "kJ/m2"],
    ),
    "a group, not merged; units in brackets under the other names": (
        [["Sample", "recipe", "", "modulus", "impact"], ["", "PP", "talc", "(MPa)", "[kJ/m2]"]],
        (), GROUPED, ["", "", "MPa", "kJ/m2"],
    ),
    "a second word under the id": (
        [["Sample", "recipe", "", "modulus", "impact"], ["No.", "PP", "talc", "MPa", "kJ/m2"]],
        ("B1:C1",), ["Sample · No.", *GROUPED[1:]], ["", "", "MPa", "kJ/m2"],
    ),
    "a group of elements": (
        [["Sample", "composition", "", "modulus", "impact"], ["", "C", "N", "MPa", "kJ/m2"]],
        ("B1:C1",), ["Sample", "composition · C", "composition · N", "modulus", "impact"], ["", "", "MPa", "kJ/m2"],
    ),
    "groups, names, units, the id in the first row alone": (
        [["Sample", "recipe", "", "results", ""], ["", *NAMES[1:]], ["", *UNITS]],
        ("B1:C1", "D1:E1"), [*GROUPED[:3], "results · modulus", "results · impact"], UNITS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("ids", [TEXT_IDS, NUMBERED], ids=["ids in words", "ids counted"])
@pytest.mark.parametrize("head", HEADS)
def test_a_row_under_the_names_is_no_row_of_data(tmp_path, head, ids):
    """Five specimens, whatever the header looks like; each column has its name, and its unit where one is given."""
    rows, merged, names, units = HEADS[head]
    path = workbook(tmp_path, {"data": [[c or None for c in row] for row in rows] + ids}, merged={"data": merged})
    table = read_table(path)
    assert table.n_rows == len(ids)
    assert list(table.names) == names
    assert [column.unit for column in table.columns[1:]] == units
    assert values(table, names[3])[:2] == [1500, 1800]


def test_a_remark_under_the_names_is_left_out_and_said(tmp_path):
    """Words under names that are no units belong to the header; they are no specimen."""
    rows = [NAMES, [None, "grade X", "fine", "flexural", "Charpy"], *TEXT_IDS]
    table = read_table(workbook(tmp_path, {"data": rows}))
    assert (table.n_rows, list(table.names)) == (5, NAMES)
    assert "row 2: under the header, skipped: grade X | fine | flexural | Charpy" in notes(table)


@pytest.mark.parametrize(
    "first",
    [
        ["A", None, None, "broke", "broke"],
        ["A0", "-", "-", "lost", "lost"],
        ["A0", 80, 20, "broke", "lost"],
        ["A", "-", "-", "-", "-"],
        ["m", None, None, None, None],
    ],
)
def test_a_first_specimen_without_results_stays_a_specimen(tmp_path, first):
    """Words beside an id are what became of a specimen, even where the id looks like a unit."""
    table = read_table(workbook(tmp_path, {"data": [NAMES, first, *TEXT_IDS]}))
    assert values(table, "Sample")[0] == first[0]
    assert table.n_rows == 6


def test_one_column_of_results_may_begin_with_words(tmp_path):
    """Where choices stand beside the only number, a word in its place is a result that is not there."""
    rows = [["resin", "cure", "gloss"], ["epoxy", "slow", "broke"], ["epoxy", "fast", 41], ["acrylic", "slow", 39]]
    assert read_table(workbook(tmp_path, {"data": rows})).n_rows == 3


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Impact strength in kJ/m²", "Impact strength", "kJ/m²"),
        ("Impact strength kJ/m2", "Impact strength", "kJ/m2"),
        ("flow, g/10 min", "flow", "g/10 min"),
        ("Rate K/min", "Rate", "K/min"),
        ("Modulus/MPa", "Modulus", "MPa"),
    ],
)
def test_a_quotient_of_units_is_one_unit(header, name, unit):
    """Energy over area is in kJ/m², not an energy in m²."""
    assert split_header(header) == (name, unit)
