"""Strong bands of common polymers are found in real spectra of them, at places from the literature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peakfit.real import Real, missed_bands, real_curves, taken
from benchmarks.peakfit.real_bands import STRONG_BANDS, Bands, polymer_of, unfound
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.default_chains import default_chain
from services.preprocessing.peakfit.sequential import fit_peaks
from tests.services.ingest.files import SHARED


def raw(name: str) -> np.ndarray:
    """Return wavenumber and absorbance, or skip."""
    path = SHARED / "raw" / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the checkout")
    curve = read_source(Source(name, path.read_bytes())).readings[0].curves[0]
    return np.stack([curve.axis.values, curve.channels[0].values])


def lines_within(spectrum: np.ndarray, low: float, high: float) -> list[float]:
    """Fit one stretch of a spectrum as the default chain does, and return where lines stand."""
    settings = default_chain("FT-IR").peaks[0].model_copy(update={"low": low, "high": high})
    x, y = spectrum
    inside = (x >= low) & (x <= high)
    return [line.position.value for line in fit_peaks(x[inside], y[inside], settings).lines if line.height.value > 0]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "polymer", "stretches"),
    [
        ("ftir_ps.0", "PS", [(660, 800), (1000, 1060), (1420, 1620), (2800, 3120)]),
        ("SINGLE_POLYMER_FILM.SPC", "PS", [(660, 800), (1000, 1060), (1420, 1620), (2800, 3120)]),
        ("ftir_ldpe_soil.asp", "PE", [(690, 760), (1400, 1520), (2780, 3000)]),
    ],
)
def test_strong_bands_are_found_in_infrared_spectra(name, polymer, stretches):
    """Each polymer's by its own list; stretches around them, so that it is quick."""
    spectrum = raw(name)
    found = [at for low, high in stretches for at in lines_within(spectrum, low, high)]
    assert unfound(STRONG_BANDS[polymer, "FT-IR"], found) == ()


@pytest.mark.shared_data
def test_strong_bands_are_found_in_the_raman_spectrum_of_polyethylene():
    """A raw spectrum of few counts, by the whole default chain."""
    if not (SHARED / "raw" / "raman_hdpe.csv").exists():
        pytest.skip("raman_hdpe.csv is not beside the checkout")
    ((_, real),) = [one for one in real_curves(SHARED) if one[0] == "raman_hdpe.csv"]
    assert isinstance(real, Real)
    assert missed_bands(taken(real)) == ((), 6)


def test_a_band_is_found_within_its_reach_and_not_beyond():
    """In a spectrum by a line near it; in a derivative by two flanks that it lies between."""
    bands = Bands((1000.0, 1100.0), 5.0, "made up")
    assert unfound(bands, [1004.0, 1107.0]) == (1100.0,)
    assert unfound(bands, [988.0, 1012.0, 1110.0], are_flanks=True) == (1100.0,)
    assert unfound(bands, [1000.0, 1100.0], are_flanks=True) == bands.places
    assert unfound(replace(bands, places=()), []) == ()
    assert [polymer_of(name) for name in ("LDPE", " PS", "Polypropylene", "PESTO")] == ["PE", "PS", "PP", ""]
