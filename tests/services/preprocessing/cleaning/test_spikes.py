"""Spikes go, lines stay, whatever their heights and the noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.preprocessing.cleaning.spikes import Spikes, spikes_in
from tests.services.preprocessing.cleaning.curves import bell, signal

SPIKES = Spikes(step="spikes")


@settings(max_examples=150, deadline=None)
@given(
    width=st.floats(4.0, 12.0),
    centre=st.floats(-5.0, 405.0),
    height=st.floats(0.5, 3000.0),
    is_lorentzian=st.booleans(),
    sign=st.sampled_from([1.0, -1.0]),
    seed=st.integers(0, 999),
)
def test_a_line_four_points_wide_is_never_touched(width, centre, height, is_lorentzian, sign, seed):
    """Gaussian or Lorentzian, up or down, of any height in noise of 1."""
    x = np.arange(400.0)
    line = 1 / (1 + 4 * ((x - centre) / width) ** 2) if is_lorentzian else bell(x, centre, width)
    y = 50 + sign * height * line + np.random.default_rng(seed).normal(size=len(x))
    cleaned, tops = spikes_in(y, height=8.0)
    assert tops == []
    assert np.array_equal(cleaned, y)


@settings(max_examples=150, deadline=None)
@given(
    at=st.integers(3, 396),
    height=st.floats(120.0, 1e5),
    shares=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)),
    seed=st.integers(0, 999),
)
def test_a_spike_on_a_smooth_curve_is_found_and_bridged(at, height, shares, seed):
    """One to three points, 120 times the noise or more; what stands there afterwards is the curve within the noise."""
    x = np.arange(400.0)
    smooth = bell(x, 200, 120, 300.0)
    y = smooth + np.random.default_rng(seed).normal(size=len(x))
    y[at - 1 : at + 2] += height * np.array([shares[0], 1.0, shares[1]])
    cleaned, tops = spikes_in(y, height=8.0)
    assert tops in ([at], [])  # one whose foot falls off like a line's may stay: it is seen, not lost
    if tops:
        assert np.abs(cleaned - smooth)[at - 2 : at + 3].max() < 10
    if max(shares) < 0.02:
        assert tops == [at]


def test_a_cosmic_ray_is_told_and_other_channels_stay():
    """The note says how many and where."""
    x = np.linspace(200, 3200, 1501)
    y = bell(x, 1460, 20, 500) + np.random.default_rng(1).normal(0, 5, len(x)) + 200
    y[[300, 900]] += 4000
    before = signal(x, y, of=("intensity", "counts"), others=(("reference", "", y),))
    after = SPIKES.apply(before)
    assert after.notes == ("2 spikes were replaced by a line, at 800 cm-1, 2000 cm-1",)
    assert after.curve.channel("reference") == before.curve.channel("reference")
    changed = np.flatnonzero(after.y != before.y)
    assert set(changed) == {300, 900}


def test_what_stands_out_everywhere_is_no_spike():
    """A storm of spikes is left alone, and said to be."""
    rng = np.random.default_rng(2)
    y = rng.normal(size=1000)
    y[10::25] += 500
    after = SPIKES.apply(signal(np.arange(1000.0), y))
    assert np.array_equal(after.y, y)
    assert "too many to be spikes" in after.notes[0]


def test_gaps_are_no_spikes():
    """Values that are missing stay missing; those beside them are judged by their own side."""
    y = np.random.default_rng(3).normal(size=300)
    y[100:120] = np.nan
    y[200] += 300
    after = SPIKES.apply(signal(np.arange(300.0), y))
    assert np.isnan(after.y[100:120]).all()
    assert abs(after.y[200]) < 5


def test_only_up_leaves_what_points_down():
    """A dead pixel is left where only cosmic rays are looked for."""
    y = np.random.default_rng(4).normal(size=300) + 100
    y[150] -= 300
    assert Spikes(step="spikes", signs="up").apply(signal(np.arange(300.0), y)).notes == ()
    assert len(SPIKES.apply(signal(np.arange(300.0), y)).notes) == 1


@pytest.mark.parametrize("n", [2, 10, 19, 20, 25])
def test_short_curves_pass(n):
    """Too few points to know the noise: nothing happens."""
    y = np.arange(float(n))
    assert np.array_equal(SPIKES.apply(signal(np.arange(float(n)), y)).y, y)
