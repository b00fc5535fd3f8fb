"""Detectability falls where noise or a neighbour takes the information away."""

import numpy as np
from numpy.testing import assert_allclose

from benchmarks.peakfit.detectable import effective_detectability

X = np.linspace(0, 100, 2001)


def seen(positions: list[float], noise: float = 1.0) -> np.ndarray:
    n = len(positions)
    return effective_detectability(X, np.full(X.size, noise), np.array(positions), np.full(n, 2.0), np.full(n, 5.0))


def test_twice_the_noise_halves_detectability():
    """d_eff is proportional to signal over noise."""
    assert_allclose(seen([50.0], noise=2.0), seen([50.0]) / 2, rtol=1e-6)


def test_a_neighbour_takes_information_away():
    """A peak half a width from another is harder to see than alone; one far away changes little."""
    alone = seen([50.0])[0]
    assert seen([50.0, 51.0])[0] < 0.3 * alone
    assert_allclose(seen([50.0, 80.0])[0], alone, rtol=0.05)


def test_a_peak_without_information_is_not_detectable():
    """Two peaks at one place cannot be told apart, one outside the range cannot be seen."""
    assert np.all(seen([50.0, 50.0]) < 0.1)
    assert seen([50.0, 500.0])[1] < 0.1
