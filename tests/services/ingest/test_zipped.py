"""A zip that somebody sent does no harm: it is looked over first, and what it unpacks to is counted."""

from __future__ import annotations

import io
import stat
import time
import zipfile
from pathlib import Path

import pytest

from services.ingest.errors import UnreadableFile
from services.ingest.zipped import is_zip, opened_zip


def zipped(path: Path, files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_files_come_out_as_they_went_in(tmp_path):
    """In order; what systems leave behind is passed over."""
    files = {"b/2.csv": b"2" * 5000, "a.csv": b"1", "__MACOSX/._a.csv": b"x", "b/.DS_Store": b"x"}
    with opened_zip(zipped(tmp_path / "a.zip", files)) as archive:
        assert [file.name for file in archive.files] == ["a.csv", "b/2.csv"]
        for file in archive.files:
            part = io.BytesIO()
            archive.copy(file, part)
            assert part.getvalue() == files[file.name]


def unpack(path: Path) -> None:
    with opened_zip(path) as archive:
        for file in archive.files:
            archive.copy(file, io.BytesIO())


def linked(path: Path) -> Path:
    info = zipfile.ZipInfo("passwd.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return path


def protected(path: Path) -> Path:
    data = bytearray(zipped(path, {"a.csv": b"1,2\n" * 50}, zipfile.ZIP_STORED).read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def overlapping(path: Path) -> Path:
    """Many entries of one directory that all lead to the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", bytes(2**22))
        first = archive.infolist()[0]
        for n in range(1, 5000):
            info = zipfile.ZipInfo(f"{n}.csv")
            info.header_offset, info.compress_size, info.file_size = 0, first.compress_size, first.file_size
            info.CRC, info.compress_type = first.CRC, first.compress_type
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return path


HARMFUL = {
    "it unpacks to more than 300 times": lambda path: zipped(path, {"a.csv": bytes(60 * 2**20)}),
    "leads out of its folder": lambda path: zipped(path, {"../../a.csv": b"1"}),
    r"'/etc/cron.d/a' inside leads out": lambda path: zipped(path, {"/etc/cron.d/a": b"1"}),
    r"inside leads out of its folder": lambda path: zipped(path, {"C:\\a.csv": b"1"}),
    "is a link": linked,
    "is protected by a password": protected,
    "it holds .* files; 10000 are taken": lambda path: zipped(path, {f"{n}": b"" for n in range(10_001)}),
    "too many files": lambda path: zipped(path, {f"{n:0200d}": b"" for n in range(20_000)}),
    "it is no zip, or a damaged one": lambda path: Path(path.write_bytes(b"PK\x03\x04" + bytes(500)) and path),
    "unpacks to": overlapping,
}


@pytest.mark.parametrize("why", HARMFUL)
def test_what_is_meant_to_do_harm_is_refused_at_once(tmp_path, why):
    path = HARMFUL[why](tmp_path / "a.zip")
    begun = time.perf_counter()
    with pytest.raises(UnreadableFile, match=why), opened_zip(path):
        pass
    assert time.perf_counter() - begun < 1


def test_a_file_that_is_longer_than_it_says_is_cut_short(tmp_path):
    """Its entry lies about its size."""
    path = zipped(tmp_path / "a.zip", {"a.csv": b"1" * 1000}, zipfile.ZIP_DEFLATED)
    with opened_zip(path) as archive:
        archive._infos["a.csv"].file_size = 2000
        short = next(iter(archive.files))
        with pytest.raises(UnreadableFile, match=r"a.csv unpacks to more than the 1 bytes it says"):
            archive.copy(type(short)(short.name, 1), io.BytesIO())


@pytest.mark.parametrize("at", [40, 200, -30])
def test_a_damaged_one_is_refused_when_it_shows(tmp_path, at):
    """In its data, or in its directory."""
    path = zipped(tmp_path / "a.zip", {"a.csv": bytes(range(256)) * 20})
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFile):
        unpack(path)


def test_a_workbook_is_no_zip_of_files(tmp_path):
    assert is_zip(zipped(tmp_path / "a.zip", {"a": b"1"}))
    assert not is_zip(zipped(tmp_path / "a.xlsx", {"a": b"1"}))
