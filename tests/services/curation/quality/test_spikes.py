"""Spikes are found, and lines, steps and breaks are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.curation.quality.spikes import spikes
from services.ingest.readers import Source
from services.ingest.reading import read_source
from services.records.curve import Channel, Curve, Segment

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
REAL = (
    "raw/AEM_210311.txt",
    "raw/IR.CSV",
    "raw/PMMA_DBI_Lund_DSC_N2_20K_1.csv",
    "raw/PMMA_DBI_Lund_TGA_N2_20K_1.csv",
    "raw/PMMA_DBI_Lund_TGA_N2_20K_2.csv",
    "raw/PMMA_FSRI_DSC_N2_10K_1.csv",
    "raw/SINGLE_POLYMER_FILM.SPC",
    "raw/XRD-918-16_10.xrdml",
    "raw/fitr_nitrocellulose.jdx",
    "raw/ftir_ldpe_soil.asp",
    "raw/ftir_ps.0",
    "raw/raman_hdpe.csv",
    "raw/tg.csv",
    "curves/dow_polymers_ftir.csv",
    "curves/openspecy_plastics_spectra.csv",
)


def curve(y: np.ndarray, *, segments: tuple[Segment, ...] = ()) -> Curve:
    """Put values over their own count."""
    x = Channel("two_theta", "°", np.arange(len(y), dtype=float))
    return Curve(axis=x, channels=(Channel("intensity", "counts", y),), segments=segments)


def counted(y: np.ndarray, seed: int) -> np.ndarray:
    """Count photons."""
    return np.random.default_rng(seed).poisson(y).astype(float)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", REAL)
def test_no_real_file_is_doubted_and_a_spike_planted_in_it_is(name):
    """Clean files of instruments hold no spike; each with one planted is doubted at that place."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data beside the checkout is absent: {path.name}")
    readings = read_source(Source(path.name, path.read_bytes())).readings
    for reading in readings:
        for each in reading.curves:
            assert spikes(each, reading.modality) == ()
    each = readings[0].curves[0]
    signal = next(c for c in each.channels if c.quantity not in ("time", "temperature"))
    values = signal.values.copy()
    windows = np.lib.stride_tricks.sliding_window_view(values, 141)
    is_fit = (
        np.isfinite(windows).all(axis=1) & (windows.max(axis=1) < np.nanmax(values)) & (np.ptp(windows, axis=1) > 0)
    )
    at = 70 + int(np.argmin(np.where(is_fit, np.ptp(windows, axis=1), np.inf)))  # the calmest place, not cut off
    values[at] += 0.4 * np.nanmax(np.abs(values))
    changed = tuple(Channel(c.quantity, c.unit, values if c is signal else c.values) for c in each.channels)
    spoilt = Curve(axis=each.axis, channels=changed, segments=each.segments)
    (doubt,) = spikes(spoilt, readings[0].modality)
    assert doubt.about == signal.quantity
    assert f"{each.axis.values[at]:.6g}" in doubt.message


@pytest.mark.parametrize("width", [3, 4, 5, 8])
def test_lines_of_crystals_are_no_spikes(width):
    """Lines as narrow as three points at half height, tall or small, alone or many, are measured and not doubted."""
    rng, x = np.random.default_rng(width), np.arange(2000.0)
    for seed in range(40):
        places, heights = rng.uniform(50, 1950, 8), rng.uniform(300, 1e5, 8)
        lines = [h * np.exp(-4 * np.log(2) * ((x - p) / width) ** 2) for p, h in zip(places, heights, strict=True)]
        assert spikes(curve(counted(200 + sum(lines), seed))) == ()


def test_steps_of_a_program_are_no_spikes():
    """A gas that is switched, and the jump at a new segment, are steps."""
    rng, n = np.random.default_rng(4), 1200
    for height in (0.5, 5.0, 50.0):
        y = 100 - height * (np.arange(n) > 700) + rng.normal(0, 0.01, n)
        y[600] += 3.0
        segments = (Segment(kind="heat", start=0, stop=601), Segment(kind="cool", start=601, stop=n))
        assert spikes(curve(y, segments=segments)) == ()


def test_a_spike_is_told_with_its_place_height_and_noise():
    """One, two or three points of a cosmic ray are one spike."""
    for points in (1, 2, 3):
        y = counted(np.full(1000, 400.0), points)
        y[500 : 500 + points] += 2000
        (doubt,) = spikes(curve(y), "Raman")
        assert doubt.kind == "spikes"
        assert "a spike" in doubt.message
        assert "times the noise" in doubt.message


def test_the_break_of_a_bar_is_no_spike_and_a_glitch_before_it_is():
    """The stress may do what it likes at the break; earlier a glitch is a glitch."""
    rng, n = np.random.default_rng(1), 800
    y = 30 * (1 - np.exp(-np.arange(n) / 60)) + rng.normal(0, 0.02, n)
    y[790] += 8
    y[791:] = 0.3
    broken = Curve(axis=Channel("strain", "%", np.linspace(0, 80, n)), channels=(Channel("stress", "MPa", y),))
    assert spikes(broken, "tensile") == ()
    glitch = y.copy()
    glitch[300] -= 6
    channels = (Channel("stress", "MPa", glitch),)
    assert len(spikes(Curve(axis=broken.axis, channels=channels), "tensile")) == 1
