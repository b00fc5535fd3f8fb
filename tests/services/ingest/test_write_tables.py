"""Promises of writing tables: read back they say the same, and a file is wholly there or not at all."""

from __future__ import annotations

import os
import string

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from loop.observations import State
from services.ingest.cells import NOT_DETECTED_REASON
from services.ingest.errors import IngestError, UnwritableTable
from services.ingest.tables import read_table
from services.ingest.write_tables import write_table
from services.records.table import Cell, Column, Table
from tests.services.ingest.files import text_file

SUFFIXES = [".csv", ".xlsx", ".parquet"]
LETTERS = string.ascii_letters + string.digits + "引張強度タルクのé²°()[]/,.%-_=+ '\""


def _texts(start: str, size: int) -> st.SearchStrategy[str]:
    words = st.text(LETTERS, max_size=size).map(lambda text: " ".join(text.split()))
    return words.map(lambda text: (start + text).strip())


UNITS = st.sampled_from(["", "", "MPa", "wt%", "g/10min", "°C", "kJ/m²", "重量部", "N", "foo", "made-up unit"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
STATES = st.sampled_from([State.NOT_MEASURED, State.ABSENT, State.LOST, State.NOT_MADE])
MISSING = st.builds(Cell.missing, st.one_of(st.just(""), _texts("r", 90)), STATES)
WITH_SD = st.builds(lambda v, sd: Cell(v, sd=sd), NUMBERS, st.floats(0, 1e6))
NUMBER_CELLS = st.one_of(
    st.builds(Cell, NUMBERS), st.builds(Cell.below, NUMBERS), st.builds(Cell.above, NUMBERS), WITH_SD, MISSING
)
TEXT_CELLS = st.one_of(st.builds(Cell, _texts("v", 12)), st.builds(Cell, _texts("v", 12)), MISSING)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    n_rows = draw(st.integers(1, 6))
    names = draw(st.lists(_texts("c", 10), min_size=1, max_size=5, unique=True))
    columns = []
    for place, name in enumerate(names, start=1):
        kind = draw(st.sampled_from(["number", "number", "text"]))
        cells = draw(st.lists(NUMBER_CELLS if kind == "number" else TEXT_CELLS, min_size=n_rows, max_size=n_rows))
        columns.append(Column(name=name, unit=draw(UNITS), kind=kind, cells=tuple(cells), position=place))
    return Table(source="made", columns=tuple(columns))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables())
def test_what_is_written_reads_back_the_same(tmp_path_factory, suffix, table):
    """Cells, states, limits, spreads, reasons, names and units, whatever they are.

    But for a first row of reasons alone, with no value and no id: under names, that is a row of remarks to anybody.
    """
    assume(any(column.cells[0].value is not None or column.cells[0].limit is not None for column in table.columns))
    path = tmp_path_factory.mktemp("round") / f"table{suffix}"
    read = read_table(write_table(table, path))
    assert [(c.name, c.unit) for c in read.columns] == [(c.name, c.unit) for c in table.columns]
    for column, back in zip(table.columns, read.columns, strict=True):
        if any(cell.value is not None for cell in column.cells):
            assert back.kind == column.kind
        for cell, cell_back in zip(column.cells, back.cells, strict=True):
            assert cell_back.same_as(cell)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("word", ["=1+1", "+x", "-x", "@sum", "'quoted", '=cmd|" /C calc"!A0', "--", "a\nb"])
def test_words_are_never_formulas(tmp_path, suffix, word):
    """A text that a spreadsheet would compute is written so that it stays a text, and reads back as it was."""
    column = Column(name="remark", kind="text", cells=(Cell(word, text=word), Cell("plain")), position=2)
    ids = Column(name="id", kind="text", cells=(Cell("A1"), Cell("A2")))
    path = write_table(Table(source="t", columns=(ids, column)), tmp_path / f"t{suffix}")
    back = read_table(path).column("remark").cells[0]
    expected = {"--": None, "a\nb": "a\nb" if suffix == ".parquet" else "a b"}.get(word, word)
    assert back.value == (word if suffix == ".parquet" else expected)
    if suffix == ".csv" and word[0] in "=+@":
        assert f"'{word[0]}" in path.read_text("utf-8-sig")
    if suffix == ".xlsx":
        assert load_workbook(path).active["B2"].data_type == "s"


def test_a_table_that_was_read_survives_every_format(tmp_path):
    """Limits, spread, n.d. and a broken formula's word go from a person's CSV through all formats unchanged."""
    text = '試料,強度 (MPa),伸び [%],備考\nA-1,23.4 ± 0.5,<0.1,ok\nA-2,>500,n.d.,"1, 2"\nA-3,#DIV/0!,-,\nA-4,5,7,\n'
    table = read_table(text_file(tmp_path, text))
    assert table.column("伸び").cells[1].reason == NOT_DETECTED_REASON
    for suffix in SUFFIXES:
        table_back = read_table(write_table(table, tmp_path / f"back{suffix}"))
        assert [(c.name, c.unit, c.kind) for c in table_back.columns] == [
            (c.name, c.unit, c.kind) for c in table.columns
        ]
        for column, back in zip(table.columns, table_back.columns, strict=True):
            assert all(b.same_as(c) for b, c in zip(back.cells, column.cells, strict=True))
    limited = read_table(tmp_path / "back.xlsx", detection_limits={"伸び": 0.2})
    assert limited.column("伸び").cells[1].limit == 0.2


def test_excel_opens_it_as_a_person_wants(tmp_path):
    """Bold header, units under it, both kept in sight; ids as text; wide enough; CSV with the mark Excel needs."""
    ids = Column(name="id", kind="text", cells=(Cell("PP01-C001-01"), Cell("PP01-C001-02")))
    modulus = Column(name="弾性率", unit="GPa", cells=(Cell(1.5), Cell.below(0.1)), position=2)
    table = Table(source="t", columns=(ids, modulus))
    sheet = load_workbook(write_table(table, tmp_path / "t.xlsx")).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["id", "弾性率"], ["[-]", "[GPa]"], ["PP01-C001-01", 1.5], ["PP01-C001-02", "<0.1"],
    ]  # fmt: skip
    assert sheet.freeze_panes == "A3"
    assert sheet["A1"].font.bold
    assert sheet["A3"].number_format == "@"
    assert sheet.column_dimensions["A"].width > len("PP01-C001-01")
    text = write_table(table, tmp_path / "t.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines()[0] == "id,弾性率 [GPa]"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch, suffix):
    """When writing fails half way the old file stands as it was, and nothing is left beside it."""
    path = tmp_path / f"t{suffix}"
    table = Table(source="t", columns=(Column(name="x", cells=(Cell(1.0),)),))
    before = write_table(table, path).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    other = Table(source="t", columns=(Column(name="x", cells=(Cell(2.0),)),))
    with pytest.raises(UnwritableTable, match="No space left"):
        write_table(other, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_written_says_why(tmp_path):
    """Another suffix, no columns, a file where the folder should be, letters that Excel forbids."""
    (tmp_path / "no").write_text("a file")
    table = Table(source="t", columns=(Column(name="x", kind="text", cells=(Cell("a\x07b"),)),))
    for path, said in {
        "t.xls": ".xls",
        "t": "without suffix",
        "no/t.csv": "cannot be written",
        "t.xlsx": "control",
    }.items():
        with pytest.raises(UnwritableTable, match=said) as caught:
            write_table(table, tmp_path / path)
        assert isinstance(caught.value, IngestError)
    with pytest.raises(UnwritableTable, match="no columns"):
        write_table(Table(source="t", columns=()), tmp_path / "t.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["no"]


def test_a_folder_that_is_missing_is_made(tmp_path):
    """Where a table is written to a folder of its own, nobody has to make that first."""
    table = Table(source="t", columns=(Column(name="x", cells=(Cell(1.0),)),))
    assert read_table(write_table(table, tmp_path / "new" / "t.csv")).column("x").numbers == (1.0,)


def test_anybodys_parquet_is_read(tmp_path):
    """Numbers, words, dates and truth from a file that knows nothing of us; damage is named."""
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "x": [1, None, 3],
        "w": ["a", None, "c"],
        "d": [datetime.date(2024, 1, 5)] * 3,
        "ok": [True, False, None],
    }
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table(columns), path)
    table = read_table(path)
    assert table.column("x").numbers == (1.0, None, 3.0)
    assert [c.kind for c in table.columns] == ["number", "text", "text", "text"]
    assert table.column("d").cells[0].value == "2024-01-05"
    assert table.address(1, table.columns[0]) == "row 2, column 'x'"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    from services.ingest.errors import UnreadableTable

    with pytest.raises(UnreadableTable, match="Parquet"):
        read_table(path)
