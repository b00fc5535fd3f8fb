"""Mutate the bytes of files: what a bad disk, a bad cable, a bad program or a bad person makes of them. Pure."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.ingest.files import png_chunk

__all__ = ["mutated"]

_MOST_BYTES = 400_000
"""A mutated file is cut to this: what is fuzzed is small, so that five seconds are long."""
_HEADER = 4096
_NUMERAL = re.compile(rb"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_EXTREMES = (
    *(
        b"0",
        b"-1",
        b"1",
        b"-0",
        b"2147483648",
        b"2147483647",
        b"4294967296",
        b"9223372036854775808",
        b"1e308",
        b"-1e308",
    ),
    *(b"1e-308", b"nan", b"NaN", b"inf", b"-inf", b"1e999", b"0x10", b"1_000", b"9" * 400, b"1e9", b"65536", b"", b"-"),
    *("٣".encode(), "½".encode(), "１２".encode(), b"1,5", b"1.2.3", b"--1", b"1e", b"99999999999999999999"),
)
_FIELDS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("b", (0, -1, 127, -128)),
    ("h", (0, -1, 32767, -32768)),
    ("i", (0, -1, 1, 2**31 - 1, -(2**31), 2**30, 1_000_000)),
    ("q", (0, -1, 2**63 - 1, -(2**63), 2**32, 2**31)),
    ("f", (0.0, -1.0, float("nan"), float("inf"), 3e38, 1e-40)),
    ("d", (0.0, -1.0, float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 5e-324)),
)
_TOKENS = (
    *(
        b"\0",
        b"\xff" * 8,
        b"\x80" * 16,
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\r",
        b"\n",
        b"\t",
        b";",
        b"," * 50,
    ),
    *(
        b'"',
        b'"' * 3,
        b"'" * 9,
        b"[" * 2000,
        b"(" * 2000,
        b"<a>" * 3000,
        b"<!DOCTYPE a>",
        b"]]>",
        b"<!--",
        b"&amp;" * 99,
    ),
    *(b"%" * 30, b"@" * 30, b"S" * 40, b"=" * 40, b"##", b"##END=", b"##TITLE=", b"$$", b"*RAS_INT_START", b"9" * 5000),
    *(b" " * 20000, b"\n" * 5000, b"a" * 20000, b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "𝟙℃﷽".encode() * 20),
    *(b"END\0\0\0\0\0", b"NPT\0\0\0\2\0\xff\xff\xff\x7f", b"0\t" * 5000, b"1;" * 5000, b"-" * 3000, b"1-" * 3000),
)

Mutator = Callable[[bytes, Sequence[bytes], np.random.Generator], bytes]


def mutated(data: bytes, others: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """Mutate a file's bytes in one to four ways; `others` are files to splice with.

    What is packed is also mutated inside and packed again, with its checksums made right.
    """
    for _ in range(int(rng.integers(1, 5))):
        if data.startswith(b"PK\3\4") and rng.random() < 0.6:
            data = _inside_zip(data, others, rng)
        elif data.startswith(b"\x89PNG") and rng.random() < 0.5:
            data = _inside_png(data, others, rng)
        else:
            mutate = _MUTATORS[int(rng.integers(len(_MUTATORS)))]
            data = mutate(data or b"\0", others, rng)
    return data[:_MOST_BYTES]


def _place(data: bytes, rng: np.random.Generator) -> int:
    """Choose a place, every other time in the header, where most is decided."""
    most = min(len(data), _HEADER) if rng.random() < 0.5 else len(data)
    return int(rng.integers(max(1, most)))


def _flip(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _n in range(int(rng.integers(1, 33))):
        changed[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _overwrite(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    at, n = _place(data, rng), int(rng.integers(1, 65))
    filling = (b"\0" * n, b"\xff" * n, rng.bytes(n), b"\x7f" * n)[int(rng.integers(4))]
    return data[:at] + filling + data[at + n :]


def _truncate(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    return data[: _place(data, rng)]


def _behead(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    return data[_place(data, rng) :]


def _blocks(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    size = int(2 ** rng.integers(0, 13))
    i, j = sorted((_place(data, rng), _place(data, rng)))
    match int(rng.integers(4)):
        case 0:
            return data[:i] + data[i + size :]
        case 1:
            return data[: i + size] + data[i : i + size] * int(rng.integers(1, 20)) + data[i + size :]
        case 2:
            return data[:i] + data[j : j + size] + data[i + size : j] + data[i : i + size] + data[j + size :]
        case _:
            return data[:i] + b"\0" * size + data[i + size :]


def _lines(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    lines = data.splitlines(keepends=True) or [data]
    i, j = (int(k) for k in rng.integers(len(lines), size=2))
    match int(rng.integers(5)):
        case 0:
            del lines[i]
        case 1:
            lines.insert(i, lines[i] * int(rng.integers(1, 30)))
        case 2:
            lines[i], lines[j] = lines[j], lines[i]
        case 3:
            lines.insert(i, lines[j])
        case _:
            lines[i] = lines[i].rstrip(b"\r\n")
    return b"".join(lines)


def _number_in_text(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    match = _NUMERAL.search(data, at) or _NUMERAL.search(data)
    if match is None:
        return data
    return data[: match.start()] + _EXTREMES[int(rng.integers(len(_EXTREMES)))] + data[match.end() :]


def _number_in_bytes(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    form, values = _FIELDS[int(rng.integers(len(_FIELDS)))]
    packed = struct.pack("<>"[int(rng.integers(2))] + form, values[int(rng.integers(len(values)))])
    at = _place(data, rng)
    at -= at % (len(packed) if rng.random() < 0.7 else 1)
    return data[:at] + packed + data[at + len(packed) :]


def _token(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + _TOKENS[int(rng.integers(len(_TOKENS)))] + data[at:]


def _splice(data: bytes, others: Sequence[bytes], rng: np.random.Generator) -> bytes:
    other = others[int(rng.integers(len(others)))] or b"\0"
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _noise_behind_magic(data: bytes, _: Sequence[bytes], rng: np.random.Generator) -> bytes:
    return data[: int(rng.choice([2, 4, 8, 16, 64, 512]))] + rng.bytes(int(rng.integers(0, 4000)))


_MUTATORS: tuple[Mutator, ...] = (
    *(_flip, _overwrite, _truncate, _behead, _blocks, _lines, _number_in_text, _number_in_bytes, _token, _splice),
    *(_noise_behind_magic, _number_in_text, _number_in_bytes, _lines),
)


def _inside_zip(data: bytes, others: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """Mutate one file inside of a zip, or its name, and pack it all again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # already damaged on the outside
        return _flip(data, others, rng)
    if not members:
        return _flip(data, others, rng)
    which = int(rng.integers(len(members)))
    name, body = members[which]
    if rng.random() < 0.1:
        name = ("../" * 3 + name, "/etc/" + name, name.upper(), name + "\0", members[0][0])[int(rng.integers(5))]
    else:
        body = _MUTATORS[int(rng.integers(len(_MUTATORS)))](body or b"\0", others, rng)
    members[which] = (name, body)
    if rng.random() < 0.1:
        del members[int(rng.integers(len(members)))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, body)
    return buffer.getvalue()


def _inside_png(data: bytes, others: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """Mutate the body of one chunk, the pixels unpacked, and sum it again."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return _flip(data, others, rng)
    which = int(rng.integers(len(chunks)))
    name, body = chunks[which]
    mutate = _MUTATORS[int(rng.integers(len(_MUTATORS)))]
    if name == b"IDAT" and rng.random() < 0.5:
        body = zlib.compress(mutate(rng.bytes(2000), others, rng))
    else:
        body = mutate(body or b"\0", others, rng)
    if rng.random() < 0.1:
        name = rng.bytes(4)
    chunks[which] = (name, body[:_MOST_BYTES])
    if rng.random() < 0.1:
        chunks.insert(which, chunks[int(rng.integers(len(chunks)))])
    return data[:8] + b"".join(png_chunk(name, body) for name, body in chunks)
