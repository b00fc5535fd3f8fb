"""The chains that ship take every analysis of the laboratory, and real files, to clean curves."""

from __future__ import annotations

import time

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.analysing import analysis_files
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.specimens import specimens
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.chain import chain_hash, process
from services.preprocessing.default_chains import default_chain, default_chain_names
from services.records.peaks import PeakFit
from tests.services.ingest.files import SHARED


def no_peaks(x, y, settings):
    """Fits nothing, but minds what it is given."""
    assert len(x) > 24
    assert (np.diff(x) > 0).all()
    assert np.isfinite(y).all()
    zeros = np.zeros(len(x))
    return PeakFit(x=x, y=y, noise=zeros, peaks=(), background=zeros, model=zeros, chi_square=0.0, n_numbers=0)


@pytest.fixture(scope="module")
def analyses():
    """Every reading of one specimen, with the name of its file."""
    choice = LaboratoryChoice(seed=2, dial=0.9)
    made = next(iter(specimens(1, choice)))
    found = []
    for file in analysis_files(made, choice):
        found += [(file.name, reading) for reading in read_source(Source(file.name, file.data)).readings]
    return found


def test_every_modality_is_there_by_any_spelling():
    """Unknown ones have none; tensile tests are evaluated elsewhere."""
    assert default_chain_names() == ("WAXS", "FT-IR", "Raman", "TG", "DSC", "OIT", "GPC", "XRF", "microscopy")
    for spellings in (("FT-IR", "FTIR", "ft ir", "IR"), ("TG", "TGA"), ("WAXS", "XRD"), ("GPC", "SEC"), ("DSC", "DTA")):
        assert len({chain_hash(default_chain(name)) for name in spellings}) == 1
    assert default_chain("tensile") is None
    assert len({chain_hash(default_chain(name)) for name in default_chain_names()}) == 8  # XRF and pictures have none


@pytest.mark.parametrize(
    ("file", "of", "unit", "fits"),
    [
        ("waxs.xrdml", "intensity", "counts", ["pattern"]),
        ("ftir.jdx", "absorbance", "", ["fingerprint", "CH stretching", "OH stretching"]),
        ("raman.txt", "intensity", "counts", ["fingerprint", "CH stretching"]),
        ("tg.txt", "mass_derivative_1", "%/°C", ["heat 1 rate", "heat 1, part 2 rate"]),
        ("dsc.txt", "heat_flow", "W/g", ["heat 1 transitions", "cool transitions", "heat 2 transitions"]),
        ("gpc trace.csv", "detector_signal", "mV", []),
        ("gpc distribution.csv", "weight_fraction", "", []),
    ],
)
def test_a_specimen_of_the_laboratory_goes_through(analyses, file, of, unit, fits):
    """Each instrument's file comes to its clean channel, with noise, and all its regions are fitted."""
    ((_, reading),) = [one for one in analyses if one[0].endswith(file)]
    done = process(reading, default_chain(reading.modality), no_peaks)
    assert done.clean is not None
    assert (done.of, done.clean.channel(done.of).unit) == (of, unit)
    assert list(done.fits) == fits
    assert done.noise is not None
    assert np.nanmedian(done.noise) > 0


def test_an_induction_time_keeps_its_stretches_and_gases(analyses):
    """Under oxygen at a constant temperature; nothing is fitted."""
    ((_, reading),) = [one for one in analyses if one[0].endswith("oit.txt")]
    done = process(reading, default_chain("OIT"), no_peaks)
    assert [(s.kind, s.gas) for s in done.clean.segments][-2:] == [("isothermal", "N2"), ("isothermal", "O2")]
    assert done.fits == {}


def test_what_has_no_curve_passes(analyses):
    """Tables of amounts and pictures."""
    for name, reading in analyses:
        if not reading.curves:
            assert process(reading, default_chain(reading.modality), no_peaks).clean is None, name


def test_all_steps_of_a_specimen_take_a_small_part_of_a_second(analyses):
    """Fifty specimens within some seconds, the fits apart."""
    chains = [(reading, default_chain(reading.modality)) for _, reading in analyses]
    began = time.process_time()
    for reading, chain in chains:
        process(reading, chain, no_peaks)
    assert time.process_time() - began < 0.6


@pytest.mark.parametrize(
    ("name", "modality", "of"),
    [
        ("XRD-918-16_10.xrdml", "WAXS", "intensity"),
        ("ftir_ps.0", "FT-IR", "absorbance"),
        ("fitr_nitrocellulose.jdx", "FT-IR", "absorbance"),
        ("SINGLE_POLYMER_FILM.SPC", "FT-IR", "absorbance"),
        ("ftir_ldpe_soil.asp", "FT-IR", "intensity"),
        ("raman_hdpe.csv", "Raman", "intensity"),
        ("PMMA_DBI_Lund_TGA_N2_20K_1.csv", "TG", "mass_derivative_1"),
        ("PMMA_DBI_Lund_TGA_N2_20K_2.csv", "TG", "mass_derivative_1"),
        ("PMMA_FSRI_DSC_N2_10K_1.csv", "DSC", "heat_flow_of_unknown_sign"),
        ("AEM_210311.txt", "DSC", "heat_flow_of_unknown_sign"),
    ],
)
def test_real_files_go_through_and_lose_no_line_to_the_search_for_spikes(name, modality, of):
    """Files as instruments wrote them; none of these holds a cosmic ray."""
    path = SHARED / "raw" / name
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    reading = read_source(Source(name, path.read_bytes())).readings[0]
    done = process(reading, default_chain(modality), no_peaks)
    assert done.of == of
    assert done.fits
    assert not any("spike" in note for note in done.notes)


def test_two_runs_of_pmma_decompose_alike():
    """The fastest loss within 10 °C of each other, at 1.4 to 1.7 %/°C, in nitrogen at 20 K/min."""
    fastest = []
    for name in ("PMMA_DBI_Lund_TGA_N2_20K_1.csv", "PMMA_DBI_Lund_TGA_N2_20K_2.csv"):
        path = SHARED / "raw" / name
        if not path.exists():
            pytest.skip(f"{path.name} is not beside the repository")
        reading = read_source(Source(name, path.read_bytes())).readings[0]
        clean = process(reading, default_chain("TG"), no_peaks).clean
        rate = clean.channel("mass_derivative_1").values
        fastest.append((clean.channel("temperature").values[np.nanargmin(rate)], np.nanmin(rate)))
    (one, first), (other, second) = fastest
    assert abs(one - other) < 10
    assert all(-1.7 < rate < -1.4 for rate in (first, second))
