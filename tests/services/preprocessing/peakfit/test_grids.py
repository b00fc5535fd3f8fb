"""A curve is averaged as far as nothing that it shows is lost, and no farther."""

from __future__ import annotations

import numpy as np
import pytest

from services.preprocessing.peakfit.grids import averaged, level_for, lossless, pyramid_of

X = np.linspace(0.0, 100.0, 5001)
STEP = X[1] - X[0]


def bell(place, width):
    return np.exp(-4 * np.log(2) * ((X - place) / width) ** 2)


def noisy(clean, sd, seed=0):
    return clean + sd * np.random.default_rng(seed).standard_normal(len(X)), np.full(len(X), sd)


@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("others", [0.0, 5.0])
def test_a_line_that_shows_keeps_some_bins_whatever_stands_beside_it(width, others):
    """Three bins a width and more, alone or between wide ones that show far more."""
    y, noise = noisy(bell(40, width) + others * (bell(20, 15.0) + bell(70, 20.0)), 0.05)
    grid, _ = lossless(X, y, noise, 0.003)
    assert width / grid.step >= 3


def test_what_is_wide_needs_few_bins():
    """A curve of wide bells alone is averaged over many points, and bins keep its mean."""
    y, noise = noisy(bell(30, 25.0) + bell(70, 30.0), 0.05)
    grid, shared = lossless(X, y, noise, 0.003)
    assert grid.step > 10 * STEP
    assert shared == pytest.approx(1.0, abs=0.25)
    assert grid.y.mean() == pytest.approx(y.mean(), rel=0.02)


def test_noise_that_neighbours_share_is_seen():
    """Noise of running means over two points averages away less: by a factor of 1.41 in the end."""
    white = np.random.default_rng(1).standard_normal(len(X) + 1)
    y = bell(50, 8.0) + 0.05 * (white[1:] + white[:-1]) / np.sqrt(2)
    grid, shared = lossless(X, y, np.full(len(X), 0.05), 0.003)
    assert 1.2 < shared < 1.7
    off = (grid.y - averaged(X, bell(50, 8.0), np.ones(len(X)), grid.step).y) * grid.weight
    assert off.std() == pytest.approx(1.0, abs=0.2)


def test_weights_of_averages_are_those_of_their_means():
    """White noise, averaged, scatters as its weights say, on every level."""
    y, noise = noisy(np.zeros(len(X)), 0.3, seed=2)
    for grid in pyramid_of(averaged(X, y, noise, 3 * STEP)):
        assert (grid.y * grid.weight).std() == pytest.approx(1.0, abs=0.25)


def test_the_coarsest_level_that_shows_a_width_is_taken():
    """Six bins a width: wider components, coarser levels."""
    levels = pyramid_of(averaged(X, *noisy(bell(50, 5.0), 0.1), STEP))
    found = [level_for(levels, width) for width in (0.1, 0.5, 2.0, 10.0)]
    assert found == sorted(found)
    assert found[0] == 0
    assert all(levels[k].step * 6 <= width * 1.01 for k, width in zip(found[1:], (0.5, 2.0, 10.0), strict=True))
