"""Galactic SPC of both byte orders, the old kind, several subfiles, with a log; headers that lie about lengths."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from benchmarks.ingest.files import spc, spc_old
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows

SINE = 0.5 + 0.4 * np.sin(np.linspace(0, 30, 500))


@pytest.mark.parametrize("kind", [0x4B, 0x4C])
@pytest.mark.parametrize("is_float", [False, True])
def test_new_files_give_the_numbers_that_were_written(kind, is_float):
    """Of either byte order, as whole numbers or floats."""
    data = spc(kind=kind, is_float=is_float)
    assert reader_that_knows(data, "x.spc") == reader_that_knows(data, "x.dat") == "spc"
    reading = only("spc", data)
    curve = reading.curves[0]
    assert (reading.modality, reading.facts.specimen) == ("Raman", "PP01-C003-02-S1")
    assert str(reading.facts.measured_at) == "2025-11-21 09:30:00"
    assert curve.axis.values == pytest.approx(np.linspace(400, 3200, 500))
    assert curve.channel("intensity").values == pytest.approx(SINE, abs=1e-6)


def test_subfiles_are_curves_and_the_log_is_kept():
    """Each with its z."""
    reading = only("spc", spc(n_sub=3, log="A=1\r\nB = two\r\n"))
    assert [curve.name for curve in reading.curves] == ["0: z = 0", "1: z = 1", "2: z = 2"]
    assert reading.facts.texts["B"] == "two"


def test_the_old_kind_has_the_greater_half_first():
    """Words of each number are swapped."""
    curve = only("spc", spc_old(), "x.spc").curves[0]
    assert curve.was_reversed
    assert curve.channel("absorbance").values[::-1] == pytest.approx(
        0.5 + 0.4 * np.sin(np.linspace(0, 30, 300)), abs=1e-6
    )


@pytest.mark.parametrize(
    ("at", "form", "value", "reason"),
    [
        (4, "<I", 2**32 - 1, "do not fit"),
        (4, "<I", 0, "says 0 points"),
        (24, "<I", 2**32 - 1, "do not fit"),
        (24, "<I", 0, "no subfiles"),
        (8, "<d", float("nan"), "no axis"),
        (248, "<I", 2**31, "do not fit"),
    ],
)
def test_a_header_cannot_ask_for_more_than_the_file_has(at, form, value, reason):
    """No length is believed before it is held against the bytes."""
    data = bytearray(spc())
    struct.pack_into(form, data, at, value)
    with pytest.raises(UnreadableFile, match=reason):
        read_as("spc", bytes(data))


def test_bytes_that_nothing_speaks_of_are_told():
    """A file that goes on after its numbers is not what it says; zeros only fill it up."""
    assert broken("spc", spc() + b"\x01" * 32) == {"size"}
    assert broken("spc", spc() + bytes(32)) == set()
