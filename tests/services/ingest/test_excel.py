"""Promises of reading Excel workbooks as people keep them."""

from __future__ import annotations

import datetime
import zipfile

import pytest

from loop.observations import State
from services.ingest import archive, tables
from services.ingest.errors import UnreadableTable
from services.ingest.tables import read_table
from tests.services.ingest.files import notes, text_file, values, workbook

PLAIN = [["id", "modulus (GPa)"], ["a", 1.5], ["b", 1.6]]


def test_a_sheet_with_everything_people_do(tmp_path):
    """Title, merged groups, units, Japanese, full-width digits, limits, spread, errors, mean, note: read and said."""
    rows = [
        ["PP配合実験まとめ 2023年"],
        [],
        [None, "試料No.", "配合", None, None, "物性", None, "備考"],
        [None, None, "PP", "タルク", "ＥＰＲ", "引張強度", "曲げ弾性率", None],
        [None, None, "[wt%]", "[wt%]", "[wt%]", "(MPa)", "GPa", None],
        [None, "A-1", 70, 20, 10, "２５．３", 1.8, "ok"],
        [None, "A-2", 80, 10, 10, "<0.1", "n.d.", None],
        [None, "A-3", 75, 15, 10, "23.4 ± 0.5", "－１．５", None],
        [None, "A-4", 60, 30, 10, ">500", "#DIV/0!", "炉停止"],
        [None, "平均", 71.25, 18.75, 10, 24.3, 1.8],
        [],
        [None, "※1 測定は23℃で実施"],
    ]
    merged = {"結果": ["A1:H1", "B3:B4", "C3:E3", "F3:G3", "H3:H4"]}
    path = workbook(tmp_path, {"結果": rows, "メモ": [["ただのメモ"]]}, merged=merged)
    table = read_table(path)
    assert table.names == (
        "試料No.", "配合 · PP", "配合 · タルク", "配合 · EPR", "物性 · 引張強度", "物性 · 曲げ弾性率", "備考",
    )  # fmt: skip
    assert [c.unit for c in table.columns] == ["", "wt%", "wt%", "wt%", "MPa", "GPa", ""]
    assert [c.letter for c in table.columns] == list("BCDEFGH")
    assert (table.sheet, table.header_rows, table.row_numbers) == ("結果", (3, 4, 5), (6, 7, 8, 9))
    strength = table.column("物性 · 引張強度").cells
    assert [(c.value, c.limit, c.sd) for c in strength] == [
        (25.3, None, None), (None, 0.1, None), (23.4, None, 0.5), (None, 500.0, None),
    ]  # fmt: skip
    modulus = table.column("物性 · 曲げ弾性率").cells
    assert [(c.value, c.reason) for c in modulus] == [
        (1.8, ""), (None, "n.d. without a detection limit"), (-1.5, ""), (None, "#DIV/0!"),
    ]  # fmt: skip
    assert values(table, "備考") == ["ok", None, None, "炉停止"]
    for said in ("結果!row 1: above the header", "結果!row 10: a summary", "平均", "結果!row 12: a note"):
        assert said in notes(table)
    assert table.address(1, table.columns[4]) == "結果!F7"
    limited = read_table(path, detection_limits={"物性 · 曲げ弾性率": 0.01})
    assert limited.column("物性 · 曲げ弾性率").cells[1].state is State.BELOW_DETECTION


def test_the_only_sheet_with_a_table_is_read(tmp_path):
    """Sheets of remarks do not count; two tables ask for a choice; a wrong choice lists the sheets."""
    both = {"notes": [["read me first"]], "run 1": PLAIN, "run 2": PLAIN}
    one = {name: both[name] for name in ("notes", "run 1")}
    table = read_table(workbook(tmp_path, one))
    assert table.sheet == "run 1"
    assert "notes: sheet not read: it has a header and no rows" in notes(table)
    path = workbook(tmp_path, both)
    with pytest.raises(UnreadableTable, match="2 sheets hold a table") as caught:
        read_table(path)
    assert "'run 1', 'run 2'" in caught.value.hint
    table = read_table(path, sheet="run 2")
    assert table.address(0, table.columns[1]) == "'run 2'!B2"
    with pytest.raises(UnreadableTable, match="no sheet 'run 3'") as caught:
        read_table(path, sheet="run 3")
    assert "'notes', 'run 1', 'run 2'" in caught.value.hint
    with pytest.raises(UnreadableTable, match="no rows"):
        read_table(path, sheet="notes")


def test_hidden_things_are_seen(tmp_path):
    """A hidden sheet is read when asked for by name; hidden rows are read and said."""
    from openpyxl import load_workbook

    path = workbook(tmp_path, {"a": PLAIN, "old": PLAIN})
    book = load_workbook(path)
    book["old"].sheet_state = "hidden"
    book["a"].row_dimensions[3].hidden = True
    book.save(path)
    assert read_table(path, sheet="old").n_rows == 2
    table = read_table(path)
    assert (table.sheet, table.n_rows) == ("a", 2)
    assert "hidden in the file, read all the same: rows 3" in notes(table)
    assert "old: sheet not read: hidden" in notes(table)


def test_percentages_are_times_a_hundred(tmp_path):
    """What Excel shows as 5.2 % and stores as 0.052 is 5.2 with the unit %, exactly."""
    rows = [["id", "filler", "strain (%)", "x"], ["a", 0.07, 0.052, 1], ["b", 0.29, 4.1, 2], ["c", 0.58, 3, 0.5]]
    formats = {f"Sheet!B{row}": "0.0%" for row in (2, 3, 4)} | {"Sheet!C2": "0.0%", "Sheet!D4": '0.0"%"'}
    table = read_table(workbook(tmp_path, {"Sheet": rows}, formats=formats))
    assert (values(table, "filler"), table.column("filler").unit) == ([7.0, 29.0, 58.0], "%")
    assert values(table, "strain") == [5.2, 4.1, 3.0]
    assert values(table, "x") == [1.0, 2.0, 0.5]


def test_a_formula_without_its_value_is_refused(tmp_path):
    """The error names the cell; in a row that is left out anyway it does no harm."""
    rows = [*PLAIN, ["c", "=B2*2"]]
    with pytest.raises(UnreadableTable, match=r"Sheet!B4 holds a formula .* without its value") as caught:
        read_table(workbook(tmp_path, {"Sheet": rows}))
    assert "save it" in caught.value.hint
    rows = [*PLAIN, ["c", 2], ["mean", 1.7, "=AVERAGE(B2:B4)"]]
    assert read_table(workbook(tmp_path, {"Sheet": rows})).n_rows == 3


def test_a_formula_with_its_value_is_its_value(tmp_path):
    """A value that Excel saved with the formula is read, an empty text too."""
    path = workbook(tmp_path, {"Sheet": [*PLAIN, ["c", "=B2*2"], ["d", '=IF(1,"","")']]})
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(saved, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                assert data.count(b"<v></v>") + data.count(b"<v />") == 2
                data = data.replace(b"<v />", b"<v></v>").replace(b"<v></v>", b"<v>3.25</v>", 1)
                data = data.replace(b'<c r="B5">', b'<c r="B5" t="str">')
            target.writestr(item, data)
    assert values(read_table(saved), "modulus") == [1.5, 1.6, 3.25, None]


def test_dates_and_truth_stay_text(tmp_path):
    """Dates in ISO form, times where there are any; a value that Excel made a date of is set aside, not guessed."""
    rows = [
        ["id", "made", "ok", "x"],
        ["a", datetime.date(2024, 1, 5), True, 1.5],
        ["b", datetime.datetime(2024, 2, 6, 13, 45), False, 2.5],
        ["c", datetime.datetime(2024, 3, 7), True, datetime.date(2024, 1, 2)],
        ["d", None, True, 3.5],
    ]
    table = read_table(workbook(tmp_path, {"Sheet": rows}))
    assert values(table, "made") == ["2024-01-05", "2024-02-06 13:45:00", "2024-03-07", None]
    assert values(table, "ok") == ["TRUE", "FALSE", "TRUE", "TRUE"]
    assert values(table, "x") == [1.5, 2.5, None, 3.5]
    assert "Sheet!D4: '2024-01-02' is no number" in notes(table)


def test_numbers_kept_as_text_are_numbers(tmp_path):
    """A column typed as text, and a decimal comma in one, is read by what it says."""
    rows = [["id", "x", "y"], ["a", "1.5", "0,5"], ["b", 2.5, "1,25"], ["c", "３", 2]]
    table = read_table(workbook(tmp_path, {"Sheet": rows}))
    assert (values(table, "x"), values(table, "y")) == ([1.5, 2.5, 3.0], [0.5, 1.25, 2.0])


def test_a_value_merged_over_rows_stands_for_each(tmp_path):
    """A condition merged down its replicates counts for all of them, and a note says so."""
    rows = [["temp (°C)", "run", "x"], [180, 1, 5.0], [None, 2, 6.0], [200, 3, 7.0], [None, 4, 8.0]]
    table = read_table(workbook(tmp_path, {"Sheet": rows}, merged={"Sheet": ["A2:A3", "A4:A5"]}))
    assert values(table, "temp") == [180.0, 180.0, 200.0, 200.0]
    assert "Sheet!A2: merged over 2 rows" in notes(table)


def test_what_stands_beside_the_table_is_left_out_and_said(tmp_path):
    """A legend at the side, without a header, is no column; an unnamed column in the table gets its letter."""
    rows = [["id", "x", None, None, None], ["a", 1.5, "w", None, "legend"], ["b", 2.5, "v", None, "more"]]
    table = read_table(workbook(tmp_path, {"Sheet": rows}))
    assert table.names == ("id", "x", "column C")
    assert "Sheet!E2: stands beside the table" in notes(table)
    assert "Sheet!C2: the column has no header" in notes(table)


def test_a_far_away_cell_does_not_make_a_large_table(tmp_path):
    """One stray cell at the end of the sheet is refused with a reason, quickly, rather than filling memory."""
    from openpyxl import load_workbook

    path = workbook(tmp_path, {"Sheet": PLAIN})
    book = load_workbook(path)
    book["Sheet"]["XFD1000000"] = "x"
    book.save(path)
    with pytest.raises(UnreadableTable, match="cells"):
        read_table(path)


def test_damage_and_other_files_are_named(tmp_path):
    """No workbook inside, a member cut short, bytes after the signature that are nothing."""
    path = workbook(tmp_path, {"Sheet": PLAIN})
    whole = path.read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as target:
        target.writestr("hello.txt", "hello")
    for wrong in (cut, other):
        with pytest.raises(UnreadableTable, match="not a readable workbook") as caught:
            read_table(wrong)
        assert "xlsx" in caught.value.hint


def _with_member(path, name, change):
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            data = source.read(item)
            target.writestr(item.filename, change(data) if item.filename == name else data)
    return changed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_bombs_are_refused_before_they_open(tmp_path, encoding):
    """XML with a document type is no workbook, in whatever encoding it hides."""
    entities = ['<!ENTITY l0 "lol">'] + [f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9)]
    bomb = f"<!DOCTYPE lolz [{''.join(entities)}]><worksheet>&l9;</worksheet>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{bomb}'
    path = _with_member(
        workbook(tmp_path, {"Sheet": PLAIN}), "xl/worksheets/sheet1.xml", lambda _: text.encode(encoding)
    )
    with pytest.raises(UnreadableTable, match="document type"):
        read_table(path)


def test_zip_bombs_are_refused_before_they_unpack(tmp_path, monkeypatch):
    """A member that unpacks to far more than its size, and one larger than the limit, whatever it declares."""
    path = workbook(tmp_path, {"Sheet": PLAIN})
    bomb = _with_member(path, "xl/worksheets/sheet1.xml", lambda data: data + b" " * (64 << 20))
    with pytest.raises(UnreadableTable, match="300 times its size"):
        read_table(bomb)
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(UnreadableTable, match="unpacked"):
        read_table(path)


def test_the_limit_on_size_is_asked_first(tmp_path, monkeypatch):
    """A file beyond the limit is refused without reading it."""
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    with pytest.raises(UnreadableTable, match="at most 0 MB"):
        read_table(text_file(tmp_path, "a,b\n1,2\n3,4\n"))
