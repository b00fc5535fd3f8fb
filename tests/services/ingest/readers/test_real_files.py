"""Every real file of these formats is read with the answer that its owners gave, by the reader its content asks for."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.services.ingest.readers.harness import needs_raw, only, read_as, reader_that_knows, real_bytes

pytestmark = needs_raw


@dataclass(frozen=True)
class Answer:
    """What a right reader gets; ends in the order of the file."""

    reader: str
    modality: str
    n: int
    ends: tuple[float, float]
    axis: tuple[str, str]
    channel: tuple[str, str]
    extremes: tuple[float, float] | None = None
    is_reversed: bool = False


ANSWERS = {
    "ftir_ps.0": Answer(
        *("opus", "FTIR", 2126, (4497.5368, 399.2239), ("wavenumber", "cm-1"), ("absorbance", "")),
        extremes=(0.012989, 0.611214),
        is_reversed=True,
    ),
    "fitr_nitrocellulose.jdx": Answer(
        *("jcamp", "FTIR", 7154, (7498.994, 599.9195), ("wavenumber", "cm-1"), ("reflectance", "")),
        extremes=(0.010624, 0.698860),
        is_reversed=True,
    ),
    "SINGLE_POLYMER_FILM.SPC": Answer(
        *("spc", "FTIR", 1844, (447.484, 4002.282), ("wavenumber", "cm-1"), ("absorbance", "")),
    ),
    "ftir_ldpe_soil.asp": Answer(
        *("perkinelmer_ascii", "FTIR", 1798, (3999.4335, 650.4205), ("wavenumber", "cm-1"), ("intensity", "")),
        is_reversed=True,
    ),
    "XRD-918-16_10.xrdml": Answer(
        *("xrdml", "WAXS", 5027, (4.00656514, 69.99936587), ("two_theta", "°"), ("intensity", "counts")),
        extremes=(135, 100168),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_real_file_is_read_rightly(name):
    """Points, ends, extremes, quantities and units are those of the answer; the file keeps its word."""
    answer, data = ANSWERS[name], real_bytes(name)
    assert reader_that_knows(data, name) == answer.reader
    assert reader_that_knows(data, "renamed.txt") == answer.reader
    reading = only(answer.reader, data, name)
    curve = reading.curves[0]
    assert (reading.modality, len(curve), curve.was_reversed) == (answer.modality, answer.n, answer.is_reversed)
    assert (curve.axis.quantity, curve.axis.unit) == answer.axis
    assert (curve.channels[0].quantity, curve.channels[0].unit) == answer.channel
    ends = curve.axis.values[[-1, 0] if answer.is_reversed else [0, -1]]
    assert ends == pytest.approx(answer.ends, abs=5e-4)
    if answer.extremes:
        y = curve.channels[0].values
        assert (y.min(), y.max()) == pytest.approx(answer.extremes, abs=1e-6)


def test_an_opus_file_gives_what_its_result_was_computed_from():
    """Spectra of sample and background and both interferograms; absorbance follows from the spectra."""
    (reading,) = read_as("opus", real_bytes("ftir_ps.0"))
    assert {curve.name: len(curve) for curve in reading.curves} == {
        "Absorbance": 2126,
        "Sample Spectrum": 2126,
        "Sample Interferogram": 29460,
        "Reference Spectrum": 2132,
        "Reference Interferogram": 29460,
    }
    assert any("absorbance out of its two spectra" in claim.about for claim in reading.claims)
    assert reading.facts.specimen == "sample1_PSnew"
    assert str(reading.facts.measured_at) == "2020-10-28 14:33:02"


def test_a_diffractogram_says_how_it_was_measured():
    """Counting time, wavelength, tube and the moment with its zone."""
    (reading,) = read_as("xrdml", real_bytes("XRD-918-16_10.xrdml"))
    conditions = {name: str(amount) for name, amount in reading.facts.conditions.items()}
    assert conditions["counting_time"] == "39.27 s"
    assert conditions["wavelength"] == "1.5406 Å"
    assert conditions["tube_voltage"] == "45 kV"
    assert reading.facts.measured_at.isoformat() == "2021-03-16T13:10:14+03:00"
    assert reading.facts.specimen == ""
