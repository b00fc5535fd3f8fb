"""Renishaw WDF: blocks in a chain without gaps, as long as header and axis say."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest

from benchmarks.ingest.files import wdf
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import only, read_as, reader_that_knows


def test_spectra_are_read_as_they_were_written():
    """One, and several over the same axis."""
    assert reader_that_knows(wdf()) == "wdf"
    reading = only("wdf", wdf(n_spectra=3))
    curve = reading.curves[0]
    assert len(reading.curves) == 3
    assert (reading.modality, curve.was_reversed) == ("Raman", True)
    assert (curve.axis.quantity, curve.axis.unit, curve.channels[0].unit) == ("raman_shift", "cm-1", "counts")
    assert curve.axis.values == pytest.approx(np.linspace(300, 3200, 400), rel=1e-6)
    assert np.array_equal(curve.channel("intensity").values, np.random.default_rng(0).poisson(500, 400)[::-1])
    assert str(reading.facts.conditions["laser_wavenumber"]) == "12739 cm-1"


@pytest.mark.parametrize(
    ("at", "form", "value", "reason"),
    [
        (60, "<I", 2**32 - 1, "are wanted"),
        (64, "<Q", 2**40, "are wanted"),
        (72, "<Q", 2**40, "are none"),
        (72, "<Q", 0, "are none"),
        (520, "<Q", 0, "cannot lie there"),
        (520, "<Q", 2**60, "cannot lie there"),
        (16, "<Q", 8, "axes of their own"),
    ],
)
def test_a_header_cannot_ask_for_more_than_the_file_has(at, form, value, reason):
    """No count is believed before it is held against the blocks."""
    data = bytearray(wdf())
    struct.pack_into(form, data, at, value)
    with pytest.raises(UnreadableFile, match=reason):
        read_as("wdf", bytes(data))


def test_a_missing_library_says_what_to_install(monkeypatch):
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "wdf", None)
    with pytest.raises(UnreadableFile, match="pip install renishaw-wdf"):
        read_as("wdf", wdf())
