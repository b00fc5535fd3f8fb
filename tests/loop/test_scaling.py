"""A target is learned on its own scale, or on one that is exactly as good."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.scaling import Scaling

numbers = st.floats(-1e300, 1e300, allow_nan=False)


@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=20))
def test_ordinary_values_are_learned_as_they_are(values: list[float]) -> None:
    """Where the spread is neither tiny nor huge, nor used up by the size."""
    spread = max(values) - min(values)
    if spread > 0.01:
        assert Scaling.of(np.array(values)).is_plain


@given(st.lists(st.integers(-(2**20), 2**20), min_size=2, max_size=20), st.integers(-900, 900))
def test_scaling_and_back_loses_no_bit(values: list[int], exponent: int) -> None:
    """A power of two, where no shift is needed: to the last bit, and within a few units where it mattered."""
    told = np.array(values) * 2.0**exponent
    scaling = Scaling.of(told)
    scaled = np.array([scaling.scaled(float(v)) for v in told])
    back, _ = scaling.unscaled(scaled, np.zeros(len(told)))
    np.testing.assert_array_equal(back, told)


@pytest.mark.parametrize("centre", [1e6, -273.15, 3e-5])
def test_nearly_equal_values_are_told_apart(centre: float) -> None:
    told = centre * (1 + 2.0**-40 * np.arange(9))
    scaling = Scaling.of(told)
    scaled = [scaling.scaled(float(v)) for v in told]
    assert 1 <= np.ptp(scaled) <= 4
    np.testing.assert_array_equal(np.argsort(scaled), np.argsort(told))


@given(st.lists(numbers, min_size=1, max_size=10), numbers, numbers)
def test_bounds_keep_their_order_and_stay_numbers(values: list[float], one: float, other: float) -> None:
    scaling = Scaling.of(np.array(values))
    low, high = sorted([one, other])
    scaled = scaling.scaled_bound(low), scaling.scaled_bound(high)
    assert np.isfinite(scaled).all()
    assert scaled[0] <= scaled[1]


def test_nothing_known_and_nothing_but_zero_are_plain() -> None:
    assert Scaling.of(np.array([])).is_plain
    assert Scaling.of(np.array([np.nan])).is_plain
    assert Scaling.of(np.zeros(4)).is_plain
