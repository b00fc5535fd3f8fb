"""Whatever bytes a file holds: a table, or UnreadableTable, and soon."""

from __future__ import annotations

import random
import time
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.errors import UnreadableTable
from services.ingest.tables import read_table
from services.records.table import Table
from tests.services.ingest.files import workbook

CSV = (
    '結果一覧\n試料,強度 (MPa),伸び/%,"備考, 他"\n[-],,,\nA-1,"1,234.5",<0.1,ok\nA-2,23.4 ± 0.5,n.d.,\n'
    "\n平均,3,4,\n※注\n"
)
ROWS = [
    ["title"], ["No.", "配合", None, "物性"], [None, "PP", "Talc", "MPa"], [1, 70, 30, "<5"], [2, 60, 40, 0.25],
    [3, 0.5, "0,5", "n.d."], ["mean", 1, "=B4", 3],
]  # fmt: skip
SECONDS = 1.0


def _survives(path) -> bool:
    """Read a file in time; say whether it gave a table."""
    start = time.process_time()
    try:
        outcome = read_table(path)
    except UnreadableTable as error:
        outcome = error
    assert outcome.reason if isinstance(outcome, UnreadableTable) else isinstance(outcome, Table) and outcome.n_rows
    assert time.process_time() - start < SECONDS
    return isinstance(outcome, Table)


def _mutated(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, repeat, overwrite and insert, a few times."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(changed) + 1)
        span = rng.randint(1, 12)
        kind = rng.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del changed[at : at + span]
        elif kind == 2:
            changed[at:at] = changed[at : at + span] * rng.randint(1, 30)
        elif kind == 3:
            changed[at : at + span] = rng.randbytes(span)
        else:
            changed[at:at] = rng.choice(
                [b'"', b",", b";", b"\n", b"\r", b"\x00", b"\xff\xfe", b"1,5", b"\xe2\x88\x92", b"9" * 40]
            )
    return bytes(changed)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_mutated_text_gives_a_table_or_the_one_error(tmp_path, encoding):
    """Seeded mutations of a table with every oddity, in three encodings."""
    rng, path = random.Random(encoding), tmp_path / "mutated.csv"
    whole = CSV.encode(encoding, errors="replace")
    read = 0
    for _ in range(250):
        path.write_bytes(_mutated(whole, rng))
        read += _survives(path)
    assert 0 < read < 250


def test_mutated_workbooks_give_a_table_or_the_one_error(tmp_path):
    """Seeded mutations of the archive's bytes."""
    rng, path = random.Random(7), tmp_path / "mutated.xlsx"
    whole = workbook(tmp_path, {"a": ROWS}, merged={"a": ["B2:C2", "A2:A3"]}).read_bytes()
    read = 0
    for _ in range(250):
        path.write_bytes(_mutated(whole, rng))
        read += _survives(path)
    assert 0 < read < 250


def test_mutated_parts_of_workbooks_give_a_table_or_the_one_error(tmp_path):
    """Seeded mutations of the XML inside, packed again so that the archive itself is sound."""
    rng, path = random.Random(8), tmp_path / "mutated.xlsx"
    with zipfile.ZipFile(workbook(tmp_path, {"a": ROWS}, merged={"a": ["B2:C2", "A2:A3"]})) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    read = 0
    for _ in range(250):
        hurt = rng.choice(list(parts))
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, _mutated(data, rng) if name == hurt else data)
        path.write_bytes(out.getvalue())
        read += _survives(path)
    assert 0 < read < 250


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet="a1,;\t\n\"'.-±<>%()[]ＰP ", max_size=200).map(str.encode)))
def test_any_bytes_give_a_table_or_the_one_error(tmp_path_factory, data):
    """Bytes and texts out of nowhere."""
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(data)
    _survives(path)
