"""Rigaku RAS: count, ends, step and every position are held against each other."""

from __future__ import annotations

import pytest

from benchmarks.ingest.files import pattern, ras
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows


def test_a_scan_is_read_as_it_was_written():
    """With its header's facts."""
    assert reader_that_knows(ras()) == "ras"
    reading = only("ras", ras())
    x, y = pattern()
    curve = reading.curves[0]
    assert (curve.axis.quantity, curve.axis.unit, curve.channels[0].unit) == ("two_theta", "°", "counts")
    assert curve.axis.values == pytest.approx(x)
    assert curve.channel("intensity").values == pytest.approx(y)
    assert (reading.facts.specimen, reading.facts.operator) == ("PP01-C003-02-S1", "Sato")
    assert str(reading.facts.measured_at) == "2025-11-21 08:32:31"
    assert str(reading.facts.conditions["wavelength"]) == "1.54059 Å"


def test_the_attenuator_is_taken_in_and_said():
    """Intensity times its coefficient."""
    reading = only("ras", ras(attenuator=2.0))
    assert reading.curves[0].channel("intensity").values == pytest.approx(2 * pattern()[1])
    assert "attenuator" in reading.notes[0]


def test_several_scans_are_several_readings():
    """Each with its label; other line ends are no trouble."""
    assert [reading.label for reading in read_as("ras", ras(parts=2, end="\n"))] == ["scan 1", "scan 2"]


def test_a_japanese_remark_is_read():
    """Shift-JIS, as those instruments write it."""
    assert only("ras", ras(FILE_SAMPLE="試験片 1")).facts.specimen == "試験片 1"


def test_a_file_that_ends_after_its_points_is_read_and_says_so():
    """Some programs leave the end out."""
    data = ras().replace(b"*RAS_INT_END\r\n*RAS_DATA_END\r\n", b"")
    assert "RAS_INT_END" in only("ras", data).notes[0]


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("MEAS_DATA_COUNT", "800", "points"),
        ("MEAS_DATA_COUNT", "many", "points"),
        ("MEAS_SCAN_START", "11.0000", "first"),
        ("MEAS_SCAN_STOP", "31.0000", "last"),
        ("MEAS_SCAN_STEP", "0.0200", "step"),
    ],
)
def test_a_changed_number_of_the_header_is_told(field, value, kind):
    """By the claim that speaks of it."""
    assert kind in broken("ras", ras(**{field: value}))


def test_units_are_not_guessed():
    """A header without them leaves them open."""
    curve = only("ras", ras(MEAS_SCAN_UNIT_X="", MEAS_SCAN_UNIT_Y="")).curves[0]
    assert (curve.axis.unit, curve.channels[0].unit) == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"10.0500 ", b"10.o500 ", "no position"),
        (b"*RAS_INT_START\r\n", b"", "outside of a scan"),
        (b"*RAS_HEADER_START\r\n", b"", "without a header"),
        (b"*RAS_INT_END", b"*RAS_OTHER", "between the points"),
        (b'*MEAS_DATA_COUNT "801"', b'*MEAS_DATA_COUNT "801"\r\n*MEAS_DATA_COUNT "801"', "twice"),
    ],
)
def test_what_stands_at_a_wrong_place_is_refused_with_its_line(old, new, reason):
    """The frame of headers and points has to be whole."""
    assert old in ras()
    with pytest.raises(UnreadableFile, match=reason):
        read_as("ras", ras().replace(old, new))
