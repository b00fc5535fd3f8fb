"""Files made to do harm: small outside and huge inside, nested without end, or of sizes that nothing has. Few."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from benchmarks.ingest.files import jcamp, png_chunk, ras, spc, tiff, wdf, xrdml_2

__all__ = ["BOMBS"]

_ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "%s">' % (b"A" * 1000)
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]>"
)
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_ZEROS = 600 * 2**20


def _xrdml() -> Iterator[bytes]:
    plain = xrdml_2().replace(b"\r\n", b"\n")
    head, body = plain.split(b"?>", 1)
    for doctype, entity in ((_ENTITIES, b"&j;"), (_OUTSIDE, b"&a;"), (b"<!DOCTYPE x>", b"")):
        yield head + b"?>" + doctype + body.replace(b"PP01-C003-02-S1", entity)
    deep = 100_000
    yield plain.replace(b"<sample ", b"<a>" * deep + b"</a>" * deep + b"<sample ")
    yield plain.replace(b"<sample ", b"<a>" * deep + b"<sample ")
    yield plain.replace(b"<sample ", b"<a " + b" ".join(b'b%d="1"' % i for i in range(50_000)) + b"/><sample ")
    yield plain.replace(b'unit="counts">', b'unit="counts">' + b"1 " * 2_000_000, 1)


def _jcamp() -> Iterator[bytes]:
    plain = jcamp(form="DUP")
    for n in (b"2147483648", b"99999999999999", b"1e308", b"-5"):
        yield plain.replace(b"##NPOINTS=600", b"##NPOINTS=" + n)
    yield plain.replace(b"##END=", b"4000A" + b"s9" * 40 + b"s99999999999\r\n##END=")
    yield plain.replace(b"##END=", b"4000A%s999999999s999999999\r\n##END=")
    yield b"##TITLE=a\r\n##JCAMP-DX=5\r\n##DATA TYPE=LINK\r\n##BLOCKS=9\r\n" * 20_000 + plain
    yield plain * 300
    yield plain.replace(b"##END=", b"%" * 5_000_000 + b"\r\n##END=")


def _ras() -> Iterator[bytes]:
    yield ras().replace(b'"801"', b'"99999999999999"')
    yield b"*RAS_HEADER_START\r\n" * 300_000
    yield b"*RAS_HEADER_START\r\n*RAS_INT_START\r\n" * 100_000
    yield ras().replace(b"*RAS_HEADER_END", b'*A "' + b'"' * 3_000_000 + b"\r\n*RAS_HEADER_END")
    yield ras().replace(b"*RAS_HEADER_END", b"*A " + b" " * 60_000 + b'x" "\r\n*RAS_HEADER_END')


def _perkinelmer() -> Iterator[bytes]:
    plain = b"%s\r\n4000\r\n400\r\n1\r\n1\r\n4\r\n" + b"0.5\r\n" * 500
    for n in (b"500", b"2147483648", b"9" * 400, b"1e308"):
        yield plain.replace(b"%s", n)
    yield b"5\n" * 3_000_000
    yield b"5" * 5_000_000


def _spc() -> Iterator[bytes]:
    for offset, form in ((4, "<I"), (24, "<I"), (248, "<I")):
        for value in (2**31 - 1, 2**32 - 1, 65_535, 10**7):
            plain = bytearray(spc(n_sub=2, log="A=1"))
            struct.pack_into(form, plain, offset, value)
            yield bytes(plain)
    own = bytearray(spc(n=2, n_sub=1))
    own[0] |= 0xC4
    struct.pack_into("<I", own, 24, 2**32 - 1)
    yield bytes(own) + b"\0" * 5_000_000


def _wdf() -> Iterator[bytes]:
    for offset, form in ((8, "<Q"), (60, "<I"), (64, "<Q"), (72, "<Q"), (88, "<I"), (520, "<Q")):
        for value in (0, 2**31 - 1, 2**32 - 1, 16):
            plain = bytearray(wdf(n_spectra=2))
            struct.pack_into(form, plain, offset, value)
            yield bytes(plain)
    yield wdf() + struct.pack("<4sIQ", b"TEXT", 0, 16) * 200_000


def _opus() -> Iterator[bytes]:
    head = struct.pack("<Id4I", 0xFEFE0A0A, 920622.0, 24, 40, 40, 0)[:24]
    for start, most, n in ((24, 2**31 - 1, 2**31 - 1), (0, 40, 40), (2**32 - 1, 1, 1), (24, 2**32 - 1, 5)):
        yield struct.pack("<Id3I", 0xFEFE0A0A, 920622.0, start, most, n) + b"\0" * 4000
    yield head + struct.pack("<3I", 0x0F, 2**29, 24) * 300
    yield head + struct.pack("<3I", 0x1F, 500, 600) * 300 + b"NPT\0\0\0\xff\xff" * 4000


def _image() -> Iterator[bytes]:
    def picture(width: int, height: int, packed: bytes, depth: int = 8, colour: int = 0) -> bytes:
        head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, body) for name, body in chunks)

    zeros = zlib.compress(b"\0" * (100 * 2**20), 9)
    yield picture(2**31 - 1, 2**31 - 1, zeros)
    yield picture(14_000, 14_000, zeros)
    yield picture(100, 100, zeros)
    text = zlib.compress(b"A" * (200 * 2**20), 9)
    yield picture(4, 4, zlib.compress(b"\0" * 20)).replace(b"\0\0\0\0IEND", b"") + png_chunk(b"zTXt", b"k\0\0" + text)
    plain = tiff()
    (at,) = struct.unpack_from("<I", plain, 4)
    (n,) = struct.unpack_from("<H", plain, at)
    for i in range(n):
        for value in (0, 2**32 - 1, 2**31 - 1):
            changed = bytearray(plain)
            struct.pack_into("<I", changed, at + 2 + 12 * i + (4 if value % 2 else 8), value)
            yield bytes(changed)
    loop = bytearray(plain)
    struct.pack_into("<I", loop, at + 2 + 12 * n, at)
    yield bytes(loop)
    yield tiff(compression="zlib", resolution=(1, 1)).replace(b"\0\1", b"\xff\1", 3)


def _hdf5() -> Iterator[bytes]:
    import h5py

    def made(fill: Callable[[h5py.File], None]) -> bytes:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            fill(file)
        return buffer.getvalue()

    def huge(file: h5py.File) -> None:
        for name in ("two_theta", "intensity"):
            file.create_dataset(name, (10**12,), "f8", chunks=(10**6,), compression="gzip")

    def packed(file: h5py.File) -> None:
        for name in ("two_theta", "intensity"):
            file.create_dataset(name, data=np.zeros(20_000_000), chunks=(10**6,), compression="gzip")

    def deep(file: h5py.File) -> None:
        group = file
        for _ in range(2000):
            group = group.create_group("a")

    def wide(file: h5py.File) -> None:
        for i in range(21_000):
            file.create_group(f"g{i}")

    def circle(file: h5py.File) -> None:
        file["a"] = h5py.SoftLink("/b")
        file["b"] = h5py.SoftLink("/a")
        file.attrs["default"] = "a"

    def outside(file: h5py.File) -> None:
        file["two_theta"] = h5py.ExternalLink("/etc/passwd", "/")
        file.create_dataset("intensity", (100,), "f8", external=[("/etc/passwd", 0, 800)])

    for fill in (huge, packed, deep, wide, circle, outside):
        yield made(fill)


def _texts() -> Iterator[bytes]:
    head = b"Time (s),Temperature (C),Mass (mg)\n"
    yield head + b"1" * 4_000_000
    yield head + b"1," * 2_000_000
    yield head + b'"' * 1_000_000
    yield head + b'"a\n' * 300_000
    yield b"\n" * 4_000_000
    yield b"a: b\n" * 500_000
    yield b"a" * 60_000 + b":" + b" " * 60_000 + b"b\n" + head + b"1,2,3\n" * 50
    yield b" " * 3_000_000 + b"1"
    yield (b"x\t" * 30_000 + b"\n") * 30
    yield b"1.5 2.5\n" * 500_000
    yield b"Specimen 1\nStrain (%);Stress (MPa)\n1;2\n" * 30_000
    yield b"-" * 100_000 + b"\n" + (b"1-" * 5000 + b"\n") * 50
    yield "２".encode("utf-16") * 100_000


def _workbooks() -> Iterator[bytes]:
    def book(parts: Mapping[str, bytes]) -> bytes:
        plain = io.BytesIO()
        import openpyxl

        workbook = openpyxl.Workbook()
        for row in (("Specimen", "Density (g/cm3)"), ("PP01-X0001", 0.905), ("PP01-X0002", 0.91)):
            workbook.active.append(row)
        workbook.save(plain)
        buffer = io.BytesIO()
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            for info in source.infolist():
                packed.writestr(info.filename, parts.get(info.filename, source.read(info)))
            for name in parts.keys() - set(source.namelist()):
                packed.writestr(name, parts[name])
        return buffer.getvalue()

    sheet = "xl/worksheets/sheet1.xml"
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    end = b"</sheetData></worksheet>"
    yield book({sheet: b'<?xml version="1.0"?>' + _ENTITIES + begin + b"<row><c><v>&j;</v></c></row>" + end})
    yield book({sheet: b'<?xml version="1.0"?>' + _OUTSIDE + begin + b"<row><c><v>&a;</v></c></row>" + end})
    yield book({"xl/sharedStrings.xml": b'<?xml version="1.0"?>' + _ENTITIES + b"<sst>&j;</sst>"})
    yield book({"big.bin": b"\0" * _ZEROS})
    yield book({sheet: begin + b" " * (100 * 2**20) + end})
    yield book({sheet: begin + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 1_000_000 + end})
    yield book({sheet: begin + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + end})
    yield book({sheet: begin + b'<row r="999999999"><c r="ZZZZZ999999999"><v>1</v></c></row>' + end})
    yield book({sheet: begin + b"<row>" * 100_000})
    yield book({sheet: begin + b"<a>" * 200_000 + b"</a>" * 200_000 + end})
    yield book({sheet: begin + b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'})
    yield book({f"n{i}.xml": b"<a/>" for i in range(10_050)})
    yield book({"../../evil.xml": b"<a/>", "/etc/evil": b"x"})
    inner = book({})
    yield book({"inner.xlsx": inner * 20})


BOMBS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "opus": _opus,
    "jcamp": _jcamp,
    "spc": _spc,
    "perkinelmer_ascii": _perkinelmer,
    "xrdml": _xrdml,
    "ras": _ras,
    "hdf5": _hdf5,
    "image": _image,
    "wdf": _wdf,
    "profiles": _texts,
    "workbooks": _workbooks,
}
"""Makers of files that do harm, by what they are sent to."""
