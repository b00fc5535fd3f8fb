"""Exports of many makes and tongues are read at the first try: by a drafted profile, and by the shipped ones."""

from __future__ import annotations

import numpy as np
import pytest

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.guess import guess
from services.ingest.profiles.matching import choose
from services.ingest.profiles.profile import read_profile
from services.ingest.profiles.reading import apply_profile
from tests.services.ingest.profiles.exports import Export, exports

EVERY = {export.name: export for export in exports()}
LEFT_TO_A_PERSON = {"mettler.txt", "horiba.txt"}
"""Their columns have names that say nothing: no shipped profile may take them."""


def check(export: Export, readings, *, units: bool):
    assert len(readings) == export.n_readings
    first = readings[0]
    if export.n_points:
        curve = first.curves[0]
        found = {channel.quantity: channel for channel in (curve.axis, *curve.channels)}
        assert set(found) == {quantity for quantity, _ in export.quantities}
        for quantity, unit in export.quantities:
            assert found[quantity].unit == unit or (not units and not unit), quantity
        assert len(curve) == export.n_points
        starts = [min(found[q].values[0], found[q].values[-1]) for q, _ in export.quantities[:2]]
        np.testing.assert_allclose(starts[: len(export.first)], export.first[:2], atol=1e-9)
        if export.n_segments is not None:
            assert len(curve.segments) == export.n_segments
    if export.labels:
        assert tuple(reading.label for reading in readings) == export.labels
    for name, text in export.facts.items():
        assert getattr(first.facts, name) == text
    for name, amount in export.conditions.items():
        assert (first.facts.conditions[name].value, first.facts.conditions[name].unit) == amount


@pytest.mark.parametrize("name", EVERY)
def test_a_drafted_profile_reads_its_file_and_names_no_unit_that_the_file_does_not(name):
    """Quantities, units, points, labels, facts; the modality too."""
    export = EVERY[name]
    drafted = guess(export.data, export.name)
    assert not drafted.fault
    check(export, drafted.readings, units=True)
    assert drafted.readings[0].modality == export.modality


@pytest.mark.parametrize("name", EVERY)
def test_a_draft_is_a_profile_that_reads_the_same_again(name):
    """What is written to a file and read back gives what was shown."""
    export = EVERY[name]
    drafted = guess(export.data, export.name)
    again = apply_profile(read_profile(drafted.text), export.name, export.data)
    assert [r.curves for r in again] == [r.curves for r in drafted.readings]
    assert [dict(r.amounts) for r in again] == [dict(r.amounts) for r in drafted.readings]


@pytest.mark.parametrize("name", EVERY)
def test_a_shipped_profile_reads_what_says_what_it_is(name):
    """And leaves alone what does not."""
    export = EVERY[name]
    entry = choose(export.name, export.data, catalogue().entries)
    if name in LEFT_TO_A_PERSON:
        assert entry is None
        return
    readings = apply_profile(entry.profile, export.name, export.data)
    check(export, readings, units=False)
    assert readings[0].modality == export.modality


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_encoding_and_line_ends_make_no_difference(encoding, end):
    """The same numbers whatever the bytes."""
    text = EVERY["netzsch_de.csv"].data.decode("latin-1").replace("\r\n", end)
    readings = guess(text.encode(encoding), "a.csv").readings
    plain = guess(EVERY["netzsch_de.csv"].data, "a.csv").readings
    assert readings[0].curves == plain[0].curves
    assert readings[0].facts == plain[0].facts


def test_a_mass_of_nothing_is_told_and_no_heat_flow_is_normalised():
    """0 mg is what the file says; the heat flow stays in mW."""
    (reading,) = guess(EVERY["pyris.txt"].data.replace(b"5.210 mg", b"0 mg"), "a.txt").readings
    assert reading.facts.conditions["mass"].value == 0
    assert reading.curves[0].channel("heat_flow").unit == "mW"


def test_limits_in_a_table_stay_limits():
    """Below detection is no number, and not detected without a limit is nothing."""
    first, second, _ = guess(EVERY["xrf.csv"].data, "xrf.csv").readings
    assert (first.amounts["tio2"].value, first.amounts["tio2"].limit) == (0.01, "<")
    assert "fe2o3" not in second.amounts


def test_commas_that_may_group_thousands_are_asked_about_and_never_read_by_a_shipped_profile():
    """1,234 beside nothing that tells: refused, and a question in the draft."""
    text = "Time (s)\tForce (N)\tExtension (mm)\n" + "".join(f"{k}\t{k + 1},{k:03d}\t{k}\n" for k in range(100, 130))
    entry = choose("a.txt", text.encode(), catalogue().entries)
    with pytest.raises(UnreadableFile, match=r"two ways: '101,100' is 101\.100 or 101100"):
        apply_profile(entry.profile, "a.txt", text.encode())
    assert "? its commas may be decimal" in guess(text.encode(), "a.txt").text


def test_dates_of_two_readings_are_left_open_until_the_profile_says():
    """11/03 is March or November."""
    data = "Date: 11/03/2021 12:57:27\nTime (s),Temperature (°C),Heat Flow (mW)\n" + "".join(
        f"{k},{20 + k},{k % 7}\n" for k in range(30)
    )
    drafted = guess(data.encode(), "a.csv")
    assert drafted.readings[0].facts.measured_at is None
    said = drafted.text.replace("# fields:", "fields:")
    (reading,) = apply_profile(read_profile(said), "a.csv", data.encode())
    assert reading.facts.measured_at.isoformat() == "2021-03-11T12:57:27"
