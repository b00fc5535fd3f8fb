"""Bruker OPUS: its directory and its lists of parameters cannot send the reader astray."""

from __future__ import annotations

import struct
import sys

import pytest

from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, needs_raw, read_as, real_bytes

MAGIC = b"\x0a\x0a\xfe\xfe"


def header(start: int, most: int, n: int) -> bytes:
    return MAGIC + struct.pack("<d3i", 920622.0, start, most, n)


def parameter(name: bytes, kind: int, n_words: int, value: bytes) -> bytes:
    return name + b"\0" + struct.pack("<HH", kind, n_words) + value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (MAGIC, "less than its header"),
        (header(24, 2**31 - 1, 1) + bytes(12), "no spectrum"),
        (header(2**31 - 1, 10, 1) + bytes(40), "cannot begin"),
        (header(-5, 10, 1) + bytes(40), "cannot begin"),
        (header(24, 1, 1) + struct.pack("<3i", 0x0400, 2**29, 36), "should lie at"),
        (header(24, 2, 2) + struct.pack("<6i", 7, 4, 40, 8, 4, 44) + bytes(40), "overlap"),
    ],
)
def test_a_directory_that_points_astray_is_refused(data, reason):
    """Blocks outside of the file, in each other, or of more bytes than there are."""
    with pytest.raises(UnreadableFile, match=reason):
        read_as("opus", data)


@pytest.mark.parametrize(
    "broken_list",
    [
        parameter(b"NPT", 0, 0xFFFC, bytes(4)),
        parameter(b"NPT", 0, 2, bytes(4)),
        parameter(b"NPT", 9, 2, bytes(4)) + b"END\0",
        b"\xff\xff\xff\xff" * 4,
        parameter(b"NPT", 0, 2, bytes(4)) * 2 + b"END\0",
    ],
)
def test_a_broken_list_of_parameters_is_refused(broken_list):
    """Lengths that lead nowhere, no end, a parameter twice."""
    block = broken_list.ljust(64, b"\0")
    entry = struct.pack("<3i", 3 | 3 << 2 | 1 << 4 | 4 << 10, len(block) // 4, 36)
    with pytest.raises(UnreadableFile, match="list of parameters is broken"):
        read_as("opus", header(24, 1, 1) + entry + block)


@pytest.mark.shared_data
@needs_raw[1]
@pytest.mark.parametrize(("name", "kind"), [(b"MXY", "largest"), (b"MNY", "smallest"), (b"FXV", "first")])
def test_a_changed_parameter_of_a_spectrum_is_told(name, kind):
    """Extremes by the numbers, ends of the axis by the spectrum beside it."""
    data = bytearray(real_bytes("ftir_ps.0"))
    at = data.index(name, 267848) + 8  # in the block that describes the absorbance
    struct.pack_into("<d", data, at, struct.unpack_from("<d", data, at)[0] * 1.001)
    assert kind in broken("opus", bytes(data))


@pytest.mark.shared_data
@needs_raw[1]
def test_a_block_swapped_within_the_absorbance_is_told():
    """It no longer follows from the two spectra, though its extremes hold."""
    data = bytearray(real_bytes("ftir_ps.0"))
    one, other = slice(128240 + 2000, 128240 + 2400), slice(128240 + 3000, 128240 + 3400)
    data[one], data[other] = data[other], data[one]
    assert broken("opus", bytes(data)) == {"checksum"}


def test_a_missing_library_says_what_to_install(monkeypatch):
    """Not a traceback."""
    monkeypatch.setitem(sys.modules, "brukeropus.file.parse", None)
    with pytest.raises(UnreadableFile, match="pip install brukeropus"):
        read_as("opus", header(24, 1, 1) + bytes(40))
