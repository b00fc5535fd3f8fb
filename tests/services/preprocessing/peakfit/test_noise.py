"""Noise is found under peaks, smoothed or not, and of counts by their own law."""

from __future__ import annotations

import numpy as np
import pytest

from services.preprocessing.peakfit.noise import noise_of_counts, white_noise

X = np.linspace(0, 100, 2000)
PEAKS = sum(np.exp(-(((X - at) / 1.2) ** 2)) for at in range(5, 100, 6))


@pytest.mark.parametrize("sd", [0.003, 0.02, 0.2])
def test_white_noise_is_found_under_many_peaks(sd):
    """Within a tenth of what was planted."""
    rng = np.random.default_rng(1)
    assert white_noise(PEAKS + sd * rng.standard_normal(len(X))) == pytest.approx(sd, rel=0.1)


def test_noise_that_an_instrument_smoothed_is_not_taken_for_less():
    """A running mean of three: second differences of neighbours alone would say less than half."""
    rng = np.random.default_rng(2)
    smoothed = np.convolve(0.05 * rng.standard_normal(len(X) + 2), np.full(3, 1 / 3), mode="valid")
    assert white_noise(PEAKS + smoothed) == pytest.approx(smoothed.std(), rel=0.25)


@pytest.mark.parametrize("gain", [1.0, 4.0, 0.1])
def test_counts_scatter_by_the_root_of_their_mean_whatever_their_scale(gain):
    """Counts, and counts that something was multiplied with."""
    rng = np.random.default_rng(3)
    mean = 40 + 3000 * PEAKS
    counts = gain * rng.poisson(mean)
    assert noise_of_counts(counts) == pytest.approx(gain * np.sqrt(mean), rel=0.35)
    assert np.median(noise_of_counts(counts) / (gain * np.sqrt(mean))) == pytest.approx(1.0, abs=0.1)


def test_a_curve_without_noise_has_a_noise_above_nothing():
    """It stands in denominators."""
    assert white_noise(np.zeros(100)) > 0
    assert white_noise(PEAKS) > 0
