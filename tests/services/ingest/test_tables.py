"""Promises of reading a table of results as people keep it: delimited text."""

from __future__ import annotations

import numpy as np
import pytest

from loop.observations import State
from services.ingest.errors import IngestError, UnreadableTable
from services.ingest.tables import MAX_BYTES, read_table
from tests.services.ingest.files import notes, text_file, values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_japanese_tables_read_the_same_in_every_encoding(tmp_path, encoding, separator):
    """Names, units and numbers do not depend on how the file spells them."""
    rows = ["試料名,引張強度(MPa),温度/℃", "水準1,1.5,180", "水準2,2.5,190", "ﾀﾙｸ,3.5,200"]
    path = text_file(tmp_path, "\r\n".join(rows).replace(",", separator), encoding)
    table = read_table(path)
    assert table.names == ("試料名", "引張強度", "温度")
    assert [column.unit for column in table.columns] == ["", "MPa", "°C"]
    assert values(table, "試料名") == ["水準1", "水準2", "タルク"]
    assert values(table, "引張強度") == [1.5, 2.5, 3.5]


@pytest.mark.parametrize(
    "word", ["Härte", "Résistance à la traction", "café ½", "Größe µm", "T °C", "ΔE ± 2".replace("Δ", "d")]
)
def test_western_letters_are_not_taken_for_japanese(tmp_path, word):
    """Latin-1 bytes that Shift-JIS would accept as well are read as what they are."""
    path = text_file(tmp_path, f"id;{word};x\na;1,5;2\nb;2,5;3\n", "latin-1")
    table = read_table(path)
    assert table.column(word).numbers == (1.5, 2.5)
    assert table.read_as.startswith("Latin-1, semicolon")


def test_spaces_separate_numbers_but_not_words(tmp_path):
    """A table of numbers may be aligned by spaces; a column of words is not torn apart."""
    assert read_table(text_file(tmp_path, "time mass\n0   1.25\n10  1.20\n")).names == ("time", "mass")
    table = read_table(text_file(tmp_path, "name\nsample A\nsample B\nsample C\n"))
    assert values(table, "name") == ["sample A", "sample B", "sample C"]


def test_excel_may_declare_the_separator(tmp_path):
    """A first line sep=; is obeyed, and lines are still counted from the top of the file."""
    table = read_table(text_file(tmp_path, "sep=;\na;b\n1;2\n3;4\n"))
    assert (table.header_rows, table.row_numbers) == ((2,), (3, 4))


def test_old_line_ends_and_quoted_line_breaks_keep_their_line_numbers(tmp_path):
    """Lone carriage returns end lines; a break inside quotes does not, and addresses count real lines."""
    assert read_table(text_file(tmp_path, "a,b\r1,2\r3,x\r")).n_rows == 2
    table = read_table(text_file(tmp_path, 'a,"b\nsecond"\n1,2\n"two\nlines",4\n5,6\n'))
    assert table.row_numbers == (3, 4, 6)
    assert table.names == ("a", "b second")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_are_seen_by_the_numbers_that_prove_them(tmp_path, separator):
    """0,5 and 12,34 prove a decimal comma; 1.250 is then a thousand and some, and a note says so."""
    text = "Probe;Festigkeit;Masse;Modul\nA;0,5;1.250;1,234\nB;12,34;980;2,345\nC;1,5;1.100;3,5\n"
    table = read_table(text_file(tmp_path, text.replace(";", separator)))
    assert values(table, "Festigkeit") == [0.5, 12.34, 1.5]
    assert values(table, "Masse") == [1250.0, 980.0, 1100.0]
    assert values(table, "Modul") == [1.234, 2.345, 3.5]
    assert "decimal comma" in table.read_as
    assert "'1.250'" in notes(table)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (['"1,234"', "950", "1100"], [1234.0, 950.0, 1100.0]),
        (['"1,234"', "850.5", "902.25"], [1234.0, 850.5, 902.25]),
        (["1.234", "1.250", "1"], [1.234, 1.25, 1.0]),
        (["1.234", '"0,5"', "1.5"], [1.234, 0.5, 1.5]),
        (['"1,234"', '"1,234,567"', "5"], [1234.0, 1234567.0, 5.0]),
        (['"1,234"', '"0,5"', '"2,5"'], [1.234, 0.5, 2.5]),
        (['"1,234.5"', "950", "7"], [1234.5, 950.0, 7.0]),
    ],
)
def test_an_open_numeral_follows_its_column(tmp_path, column, expected):
    """Marks proved beside it, then the size of the others, decide what 1,234 is."""
    table = read_table(text_file(tmp_path, "id,x\n" + "".join(f"s{i},{text}\n" for i, text in enumerate(column))))
    assert values(table, "x") == expected


@pytest.mark.parametrize(
    "column",
    [
        ['"1,234"', "1.3", "1.2"],
        ["1.234", '"0,5"', '"0,7"'],
        ['"1,234"', "1.234"],
        ['"1,234"', '"40,5"', "30.5"],
    ],
)
def test_evidence_against_evidence_is_refused(tmp_path, column):
    """Where the marks say one thing and the sizes another, or the marks contradict each other, nothing is believed."""
    path = text_file(tmp_path, "id,x\n" + "".join(f"s{i},{text}\n" for i, text in enumerate(column)))
    with pytest.raises(UnreadableTable, match="can be read as"):
        read_table(path)


def test_a_slip_of_the_mark_is_read_and_said(tmp_path):
    """0,5 in a column of 0.5 can be nothing else."""
    table = read_table(text_file(tmp_path, "id;x\na;0.5\nb;0,75\nc;1.5\n"))
    assert values(table, "x") == [0.5, 0.75, 1.5]
    assert "line 3, column 'x': '0,75' is read as 0.75" in notes(table)


def test_columns_may_differ_in_their_decimal_mark(tmp_path):
    """One column pasted from elsewhere keeps its own mark."""
    table = read_table(text_file(tmp_path, "id;x;y\na;0,5;0.25\nb;1,5;1.75\n"))
    assert (values(table, "x"), values(table, "y")) == ([0.5, 1.5], [0.25, 1.75])


def test_japanese_tables_group_thousands_by_commas(tmp_path):
    """Where nothing but the language of the header tells, it tells."""
    table = read_table(text_file(tmp_path, '試料,荷重\nあ,"1,234"\nい,"2,345"\n', "cp932"))
    assert values(table, "荷重") == [1234.0, 2345.0]
    assert "'1,234'" in notes(table)


def test_what_can_be_read_in_two_ways_is_refused(tmp_path):
    """Without evidence the error names the cell, both readings, and how to say which; saying it helps."""
    path = text_file(tmp_path, 'id,load\na,"1,234"\nb,"2,345"\n')
    with pytest.raises(
        UnreadableTable, match=r"line 2, column 'load': '1,234' can be read as 1234 or as 1.234"
    ) as caught:
        read_table(path)
    assert "decimal=" in caught.value.hint
    assert values(read_table(path, decimal=","), "load") == [1.234, 2.345]
    assert values(read_table(path, decimal="."), "load") == [1234.0, 2345.0]


def test_limits_keep_their_meaning(tmp_path):
    """Below detection and above range keep the limit and have no value."""
    table = read_table(text_file(tmp_path, "id,x\na,<0.1\nb,>500\nc,≦0.2\nd,0.3未満\ne,7\n"))
    cells = table.column("x").cells
    assert [cell.state for cell in cells[:4]] == [
        State.BELOW_DETECTION,
        State.ABOVE_RANGE,
        State.BELOW_DETECTION,
        State.BELOW_DETECTION,
    ]
    assert [cell.limit for cell in cells] == [0.1, 500.0, 0.2, 0.3, None]
    assert cells[0].text == "<0.1"


def test_not_detected_needs_a_limit_to_be_below_it(tmp_path):
    """With the column's detection limit n.d. is below it; without one it is not measured, and says why."""
    path = text_file(tmp_path, "id,Cl (ppm)\na,n.d.\nb,検出せず\nc,7\n")
    bare = read_table(path).column("Cl").cells[0]
    assert (bare.state, bare.reason) == (State.NOT_MEASURED, "n.d. without a detection limit")
    for key in ("Cl", "Cl (ppm)"):
        cells = read_table(path, detection_limits={key: 0.5}).column("Cl").cells
        assert [(c.state, c.limit) for c in cells[:2]] == [(State.BELOW_DETECTION, 0.5)] * 2
    with pytest.raises(UnreadableTable, match="'chlorine'"):
        read_table(path, detection_limits={"chlorine": 0.5})


def test_missing_is_not_zero_and_keeps_its_reason(tmp_path):
    """Blanks, dashes and words are not measured; a spreadsheet's error and a person's words stay as the reason."""
    table = read_table(
        text_file(tmp_path, "id,x\na,\nb,-\nc,n/a\nd,未測定\ne,#DIV/0!\nf,broke early\ng,1e999\nh,1\ni,2\nj,3\nk,4\n")
    )
    cells = table.column("x").cells
    assert {cell.state for cell in cells[:7]} == {State.NOT_MEASURED}
    assert [cell.reason for cell in cells[:7]] == ["", "", "", "", "#DIV/0!", "broke early", "1e999"]
    assert "line 7, column 'x': 'broke early' is no number" in notes(table)
    assert "line 8, column 'x': '1e999'" in notes(table)


def test_mean_and_spread_share_a_cell(tmp_path):
    """± always gives a spread; brackets do where nearly the whole column has them; 23.4(5) means 23.4 ± 0.5."""
    rows = [
        "s1,23.4 ± 0.5,23.4 (0.5),23.4(5),23.4",
        "s2,22.1±1.2,22.1 (1.2),22.15(12),22.1 (2)",
        "s3,7,7 (1),20.0(3),20",
    ]
    text = "\n".join(["id,a,b,c,d", *rows])
    table = read_table(text_file(tmp_path, text))
    assert [cell.sd for cell in table.column("a").cells] == [0.5, 1.2, None]
    assert [cell.sd for cell in table.column("b").cells] == [0.5, 1.2, 1.0]
    assert [cell.sd for cell in table.column("c").cells] == [0.5, 0.12, 0.3]
    assert [cell.sd for cell in table.column("d").cells] == [None, None, None]
    assert values(table, "d") == [23.4, 22.1, 20.0]
    assert "line 3, column 'd'" in notes(table)


def test_a_unit_behind_every_number_is_the_columns(tmp_path):
    """Where all carry it, it is the unit; one cell in another unit is set aside, never converted or misread."""
    table = read_table(
        text_file(
            tmp_path, "id,t,p,w\na,180℃,5%,10 min\nb,190℃,7%,2 h\nc,200℃,8%,12 min\nd,210℃,9%,9 min\ne,20℃,1%,8 min\n"
        )
    )
    assert (table.column("t").unit, table.column("p").unit, table.column("w").unit) == ("°C", "%", "min")
    assert values(table, "w") == [10.0, None, 12.0, 9.0, 8.0]
    assert "line 3, column 'w': '2 h' is in 'h'" in notes(table)


def test_ids_stay_as_written(tmp_path):
    """Leading zeros, more digits than a number holds, and letters here and there make a column of words."""
    text = "id,no,x\n001,1,5\n002,2,6\n010,3A,7\n"
    table = read_table(text_file(tmp_path, text))
    assert values(table, "id") == ["001", "002", "010"]
    assert values(table, "no") == ["1", "2", "3A"]
    long = read_table(text_file(tmp_path, "code,x\n12345678901234567,1\n12345678901234568,2\n"))
    assert values(long, "code") == ["12345678901234567", "12345678901234568"]


def test_dates_stay_text(tmp_path):
    """A date is not a number, however it is written."""
    table = read_table(text_file(tmp_path, "id,day,also,x\na,2024-01-05,2024/1/5,1\nb,2024-02-05,2024/2/5,2\n"))
    assert (table.column("day").kind, table.column("also").kind) == ("text", "text")


def test_titles_notes_and_means_are_skipped_and_said(tmp_path):
    """What stands above, between and under the rows of data is left out; each with its line."""
    text = (
        "Results of spring\nOperator,Yamada\n\nid,modulus (GPa),impact\na,1.5,3\nb,1.6,4\n\n"
        "id,modulus (GPa),impact\nc,1.7,5\nmean,1.6,4\n標準偏差,0.1,1\n\n"
        "* measured at 23 °C\nsigned by the head of the laboratory\n"
    )
    table = read_table(text_file(tmp_path, text))
    assert values(table, "id") == ["a", "b", "c"]
    assert (table.header_rows, table.row_numbers) == ((4,), (5, 6, 9))
    for line, said in {
        1: "spring",
        2: "Yamada",
        8: "header again",
        10: "mean",
        11: "標準偏差",
        13: "23",
        14: "signed",
    }.items():
        assert any(note.address == f"line {line}" and said in note.message for note in table.notes), line


def test_levels_called_min_and_max_are_no_summaries(tmp_path):
    """Where many rows are called so, they are data."""
    table = read_table(text_file(tmp_path, "setting,x\nmin,1\nmax,2\nmin,3\nmax,4\n"))
    assert values(table, "setting") == ["min", "max", "min", "max"]


def test_rows_not_measured_yet_are_rows(tmp_path):
    """A result sheet half filled in: ids without numbers stand, before and after those with."""
    rows = "PP01-C001-01,L1,\nPP01-C001-02,L2,45\nPP01-C001-03,L3,\n#7,,\n注型B,,\nReference,,\n"
    table = read_table(text_file(tmp_path, f"id,ligand,yield\n{rows}"))
    assert values(table, "id") == ["PP01-C001-01", "PP01-C001-02", "PP01-C001-03", "#7", "注型B", "Reference"]
    assert values(table, "yield") == [None, 45.0, None, None, None, None]
    empty = read_table(text_file(tmp_path, "id,yield,modulus\nPP01-C001-01,,\nPP01-C001-02,,\n"))
    assert (empty.n_rows, values(empty, "yield")) == (2, [None, None])


def test_groups_over_names_and_units_under_them(tmp_path):
    """A group's name stands over its columns up to the next; a row of units is no data."""
    text = "No,配合,,,強度\n,PP,Talc,EPR,\n,[wt%],[wt%],[wt%],[MPa]\n1,70,20,10,5.5\n2,60,30,10,4.5\n"
    table = read_table(text_file(tmp_path, text))
    assert table.names == ("No", "配合 · PP", "配合 · Talc", "配合 · EPR", "強度")
    assert [column.unit for column in table.columns] == ["", "wt%", "wt%", "wt%", "MPa"]
    assert table.header_rows == (1, 2, 3)


def test_symbols_of_elements_are_names_not_units(tmp_path):
    """C, N, V and W under a title are a header, though each could be a unit."""
    table = read_table(text_file(tmp_path, "Steels\nC,N,V,W\n0.1,0.2,0.3,0.4\n0.2,0.2,0.1,0.5\n"))
    assert table.names == ("C", "N", "V", "W")


def test_names_like_28_d_are_names(tmp_path):
    """A header of durations over plain numbers is a header."""
    table = read_table(text_file(tmp_path, "mix,1 day,7 day,28 day\nm1,1.5,2.5,3.5\nm2,1.6,2.6,3.6\n"))
    assert table.names == ("mix", "1 day", "7 day", "28 day")


def test_wavelengths_may_be_a_header(tmp_path):
    """Words and then numbers that only rise are the header of a table of spectra."""
    header = ",".join(["sample", *(str(w) for w in range(4000, 4200, 10))])
    rows = [",".join([f"s{i}", *(f"{0.1 * i + j / 7:.3f}" for j in range(20))]) for i in range(5)]
    table = read_table(text_file(tmp_path, "\n".join([header, *rows])))
    assert table.names[:3] == ("sample", "4000", "4010")
    assert table.n_rows == 5


def test_a_line_cut_short_lacks_its_last_cells(tmp_path):
    """Cells missing at the end of a line are not measured, and a note says so; blank extra ones do no harm."""
    table = read_table(text_file(tmp_path, "id,x,y\na,1,2\nb,3\nc,4,5,,\n"))
    assert values(table, "y") == [2.0, None, 5.0]
    assert "line 3: 2 of 3 cells" in notes(table)


def test_a_blank_header_is_a_header(tmp_path):
    """An index written without a name, or a remark behind the last name, is a column called by its letter."""
    table = read_table(text_file(tmp_path, ",x,y,z,\n0,1.5,1,2,\n1,2.5,3,4,odd\n"))
    assert table.names == ("column A", "x", "y", "z", "column E")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n\n  \n", "empty"),
        ("1,2,3\n4,5,6\n", "no header row"),
        ("id,x\n", "no rows"),
        ("id,x\na,1\nb,2\nc,3,4\nd,5\n", "line 4 has 3 cells under a header of 2"),
        ("id,x\na,1,000\nb,2,000\n", "line 2 has 3 cells under a header of 2"),
        ("id,x,y\na,1,2\nb,2,3\n\nname,strength,note\nq,5,1\nr,6,2\n", "second table starts at line 5"),
        ('id,x\na,"1\nb,2\n', "cannot be split"),
        ("<html><body>404</body></html>", "no table"),
        ('{"a": 1}', "no table"),
        ("a,b\x00\n1,2\n", "zero bytes"),
    ],
)
def test_what_is_no_table_says_why(tmp_path, text, said):
    """Each error names the file, what is wrong and where."""
    with pytest.raises(UnreadableTable, match=said) as caught:
        read_table(text_file(tmp_path, text))
    assert str(caught.value).startswith("table.csv: ")
    assert isinstance(caught.value, IngestError)


def test_what_cannot_be_opened_says_why(tmp_path):
    """No file, a folder, a file beyond the limit, an old workbook."""
    with pytest.raises(UnreadableTable, match="cannot be opened"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UnreadableTable, match="no file"):
        read_table(tmp_path)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UnreadableTable, match="at most 50 MB"):
        read_table(large)
    old = tmp_path / "old.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    with pytest.raises(UnreadableTable, match=r"old \.xls") as caught:
        read_table(old)
    assert "xlsx" in caught.value.hint
    with pytest.raises(UnreadableTable, match="no sheets"):
        read_table(text_file(tmp_path, "a,b\n1,2\n"), sheet="Sheet1")


@pytest.mark.parametrize(("separator", "mark"), [(",", "."), (";", ",")])
def test_every_cell_of_a_large_table_comes_through(tmp_path, separator, mark):
    """Two thousand rows of fifty columns, with either decimal mark."""
    numbers = np.random.default_rng(3).normal(10, 3, size=(2_000, 50))
    lines = [separator.join(f"{value:.4f}".replace(".", mark) for value in row) for row in numbers]
    path = text_file(tmp_path, "\n".join([separator.join(f"c{i} [MPa]" for i in range(50)), *lines]))
    table = read_table(path)
    assert (table.n_rows, len(table.columns)) == numbers.shape
    np.testing.assert_allclose([column.numbers for column in table.columns], numbers.T, atol=5e-5)
