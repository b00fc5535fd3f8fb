"""Matched filters: compiled or by Fourier transform, the same; what stands out is told where it is."""

from __future__ import annotations

import numpy as np
import pytest

from services.preprocessing.peakfit import scales
from services.preprocessing.peakfit.scales import outstanding, response

X = np.linspace(0.0, 100.0, 1001)


def bell(place, width, height=1.0):
    return height * np.exp(-4 * np.log(2) * ((X - place) / width) ** 2)


@pytest.mark.parametrize("bins", [2.0, 7.5, 31.0])
def test_both_ways_to_fold_say_the_same(bins, monkeypatch):
    """Short filters are folded point by point, long ones by Fourier transform; at the ends too."""
    y = bell(3.0, 5.0) + bell(60.0, 9.0) + 0.1 * np.random.default_rng(0).standard_normal(len(X))
    one = response(y, bins)
    monkeypatch.setattr(scales, "_SHORT", 0)
    np.testing.assert_allclose(one, response(y, bins), atol=1e-10)


def test_a_slope_is_not_seen():
    """A background straight over three widths stands out nowhere but at the ends."""
    assert np.abs(response(3.0 + 0.5 * X, 10.0)[20:-20]).max() < 1e-9


def test_what_stands_out_is_told_with_place_and_sign():
    """One up, one down, in noise: both, best first, and scores in standard deviations."""
    sd = 0.02
    y = bell(30.0, 4.0) + bell(70.0, 8.0, -0.6) + sd * np.random.default_rng(1).standard_normal(len(X))
    found = outstanding(X, y, np.full(len(X), 1 / sd), np.array([2.0, 4.0, 8.0]), least=8.0, signs=(1, -1), most=2)
    at = {round(one.place): one for one in found}
    assert set(at) == {30, 70}
    assert at[30].width <= at[70].width == 8.0
    assert at[30].height > 0 > at[70].height
    assert outstanding(X, y, np.full(len(X), 1 / sd), np.array([4.0]), least=8.0, signs=(1,))[0].height > 0
