"""A curve that was put together wrongly breaks; one that was measured does not, however sharp its lines."""

from __future__ import annotations

import numpy as np
import pytest

from services.ingest.breaks import breaks_in

X = np.linspace(400, 4000, 1867)


def spectrum(seed=0, noise=5e-4):
    """Lines of 6 to 60 cm-1 over a slow baseline."""
    rng = np.random.default_rng(seed)
    lines = sum(
        rng.uniform(0.05, 1) / (1 + ((X - centre) / rng.uniform(3, 30)) ** 2) for centre in rng.uniform(500, 3900, 15)
    )
    return lines + 0.02 + 1e-5 * X + rng.normal(0, noise, len(X))


@pytest.mark.parametrize("seed", range(40))
def test_measured_spectra_do_not_break(seed):
    assert not len(breaks_in(spectrum(seed)))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("level", [0.05, 1.0, 30.0, 3000.0])
def test_counts_do_not_break(seed, level):
    """Few or many, with lines of five points on them."""
    two_theta = np.linspace(5, 100, 9500)
    lines = sum(h * np.exp(-(((two_theta - c) / 0.02) ** 2)) for h, c in ((900, 14.1), (400, 16.9), (90, 28.6)))
    assert not len(breaks_in(np.random.default_rng(seed).poisson(level + lines).astype(float)))


def test_what_counting_does_by_chance_is_no_break():
    """A step of three standard deviations in a stretch that happens to be quiet."""
    quiet = np.tile([93.0, 91, 96, 101, 96, 92, 98, 98, 128, 86, 87, 89, 91, 95, 98, 89, 95, 100, 97, 93], 1)
    counts = np.concatenate([np.resize([95.0, 98, 93, 97, 92], 60), quiet, np.resize([95.0, 98, 93, 97, 92], 60)])
    assert not len(breaks_in(counts))
    assert len(breaks_in(counts + 0.5))  # the same is much for what is not counted
    assert len(breaks_in(np.where(np.arange(len(counts)) > 69, counts + 200, counts)))


@pytest.mark.parametrize("seed", range(20))
def test_points_exchanged_blocks_moved_and_bytes_shifted_are_found(seed):
    """At the place where it happened."""
    y = spectrum(seed, noise=1e-5)
    top = int(np.argmax(y[50:-50])) + 50
    far = int(np.argmin(y[50:-50])) + 50
    exchanged = y.copy()
    exchanged[[top, far]] = y[[far, top]]
    assert set(breaks_in(exchanged)) & {top - 1, top, far - 1, far}
    lost = np.delete(y, slice(top, top + 150))
    if abs(y[top - 1] - y[(top + 150) % len(y)]) > 0.1 and top + 156 < len(y):
        assert top - 1 in breaks_in(lost)
    shifted = y.copy()
    shifted[800:830] = np.random.default_rng(seed).uniform(y.min(), y.max(), 30)
    assert set(breaks_in(shifted)) & set(range(795, 835))


def test_a_stretch_without_counts_is_none():
    """A detector that is shut."""
    counts = np.random.default_rng(0).poisson(50.0, 2000).astype(float)
    assert not len(breaks_in(np.where(np.arange(2000) > 1500, 0.0, counts)))


def test_few_points_missing_ones_and_a_constant_are_not_judged():
    y = spectrum()
    assert not len(breaks_in(y[:50]))
    assert not len(breaks_in(np.where(X < 500, np.nan, y)))
    assert not len(breaks_in(np.ones(500)))
