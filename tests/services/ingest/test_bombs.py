"""Files made to do harm are refused within a second, and what is thrown at readers ends as one kind of error."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ingest.bombs import BOMBS
from benchmarks.ingest.files import spc, tiff, xrdml_2
from benchmarks.ingest.fuzz import TARGETS, seeds
from benchmarks.ingest.mutations import mutated
from services.ingest.errors import UnreadableFile
from services.ingest.readers import Source, readers
from services.ingest.reading import ReadFile, read_here
from services.ingest.sandbox import Sandbox
from services.ingest.workbook import WorkbookError, open_workbook

ROOT = Path(__file__).resolve().parents[3]
READ_ALL_THE_SAME = {"xrdml": {2, 3, 5}, "workbooks": {12, 13}}
"""Deep or wide XML that harms nobody, other files within a workbook that nobody opens."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox() as here:
        warm = tmp_path_factory.mktemp("warm") / "a.csv"
        warm.write_text("no table\n")
        with pytest.raises(UnreadableFile):
            here.read(warm)
        yield here


@pytest.mark.parametrize("target", ["xrdml", "workbooks"])
def test_xml_and_zip_bombs_are_refused_in_a_second(target, sandbox, tmp_path):
    """Entities, a document type, what unpacks to gigabytes, names out of the folder, ten thousand members."""
    path = tmp_path / "bomb"
    refused = set()
    slowest = 0.0
    for i, data in enumerate(BOMBS[target]()):
        path.write_bytes(data)
        begun = time.monotonic()
        try:
            sandbox.read(path, reader="profiles" if target == "workbooks" else target)
        except UnreadableFile:
            refused.add(i)
        slowest = max(slowest, time.monotonic() - begun)
    assert set(range(i + 1)) - refused <= READ_ALL_THE_SAME[target]
    assert slowest < 1.5  # one on a quiet machine; tests share theirs


def sheet(cells: str) -> bytes:
    """A workbook of one sheet of this XML."""
    import openpyxl

    plain, buffer = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    part = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}'
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w") as packed:
        for info in source.infolist():
            is_sheet = info.filename.endswith("sheet1.xml")
            packed.writestr(info.filename, part if is_sheet else source.read(info))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>', "1048576 rows by 16384"),
        ("<row>" * 500 + "</row>" * 500 + "</sheetData></worksheet>", "nested deeper"),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', "no element found"),
    ],
)
def test_a_sheet_that_reaches_too_far_or_too_deep_is_refused_before_it_is_read(cells, said):
    with pytest.raises(WorkbookError, match=said):
        open_workbook(sheet(cells)).sheet("Sheet")


def test_a_line_of_a_million_letters_is_refused_with_its_number():
    data = b"Time (s),Mass (mg)\n1,2\n" + b"1," * 600_000
    with pytest.raises(UnreadableFile, match="line 3 has 1200000 letters"):
        {r.name: r for r in readers()}["profiles"].read(Source("a.csv", data))


def test_damaged_tags_of_a_picture_say_nothing_on_the_screen(capfd, caplog):
    """A library that logs what it thinks would fill the screen of a person who reads a folder."""
    data = bytearray(tiff())
    data[int.from_bytes(data[4:8], "little") + 2 + 2] = 77
    with pytest.raises(UnreadableFile):
        {r.name: r for r in readers()}["image"].read(Source("a.tif", bytes(data)))
    assert not caplog.records
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("target", TARGETS)
def test_mutated_files_are_read_or_refused(target, sandbox, tmp_path):
    """A few of those that `make fuzz` throws, without those made to do harm."""
    reader, own, rng = "profiles" if target == "workbooks" else target, seeds(target), np.random.default_rng(3)
    if not own:
        pytest.skip("needs the real files in shared/data/raw beside the checkout")
    path, n_refused = tmp_path / "file", 0
    for _ in range(8):
        path.write_bytes(mutated(own[int(rng.integers(len(own)))], own, rng))
        try:
            assert sandbox.read(path, reader=reader).readings
        except UnreadableFile:
            n_refused += 1
    assert n_refused


def test_the_script_counts_every_file_and_fails_on_none():
    """As `make fuzz-quick` calls it."""
    script = ROOT / "benchmarks" / "ingest" / "fuzz.py"
    command = [sys.executable, str(script), "--reader", "ras", "--n", "12"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    reader, n, *counts = done.stdout.splitlines()[1].split()[:9]
    assert (reader, n) == ("ras", "12")
    assert sum(map(int, counts[:6])) == 12


def test_a_long_line_of_numbers_that_ends_in_a_word_takes_no_longer_than_any_other():
    """Searched again from every digit, fifteen thousand letters took four seconds."""
    line = b" ".join(b"%d" % n for n in range(20_000)) + b"</counts>\n"
    begun = time.monotonic()
    assert not {r.name: r for r in readers()}["profiles"].knows(Source("a.txt", b"<counts>\n" + line * 3))
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("encoding", [b"UTF-99", b"UTV-8", b"1e308"])
def test_a_diffractogram_in_an_encoding_that_is_none_is_refused(encoding):
    data = xrdml_2().replace(b"UTF-8", encoding)
    with pytest.raises(UnreadableFile, match="no sound XML"):
        {r.name: r for r in readers()}["xrdml"].read(Source("a.xrdml", data))


def test_a_count_of_points_without_room_takes_no_memory():
    """Numbers of two bytes each have to fit in too."""
    data = bytearray(spc())
    data[0] |= 1
    data[4:8] = (300_000_000).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="300000000 points do not fit"):
        {r.name: r for r in readers()}["spc"].read(Source("a.spc", bytes(data)))


def test_a_quoted_cell_of_a_hundred_thousand_letters_is_no_fault_of_its_reader():
    """The module that splits quoted cells gives up there."""
    data = b'Time (s),"Mass' + b"x" * 200_000 + b'"\n' + b"1,2\n2,3\n3,4\n"
    assert not {r.name: r for r in readers()}["perkinelmer_ascii"].knows(Source("a.csv", data))
    {r.name: r for r in readers()}["profiles"].knows(Source("a.csv", data))


@pytest.mark.parametrize(("first", "last"), [(-1e308, 1e308), (1.0, 1.0 + 1e-15), (0.0, 5e-324)])
def test_ends_of_a_spectrum_that_no_step_fits_are_refused_or_read(first, last, tmp_path):
    """Never stumbled over: a refusal names what is wrong, not an exception."""
    data = bytearray(spc())
    data[8:24], data[28] = struct.pack("<2d", first, last), 1  # over wavenumbers
    path = tmp_path / "a.spc"
    path.write_bytes(data)
    came = read_here(str(path), path.name, "spc", "")
    assert isinstance(came, ReadFile) or "it is damaged (" not in came.reason
