"""What a pattern costs does not depend on which way up the curve is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.preprocessing.peakfit.profiles import KINDS
from services.preprocessing.peakfit.rules import bounds_under, price_under, prior_cost

RULES = np.array([0.0, 100.0, 1.0, 20.0, 200.0, 6.0])
PEAK, STEP = KINDS["Fraser-Suzuki"], KINDS["step"]


def price(heights, kind=PEAK):
    return price_under(np.full(len(heights), kind), np.array(heights, float), RULES)


@given(st.lists(st.floats(0.1, 10.0).flatmap(lambda h: st.sampled_from((h, -h))), max_size=9))
def test_a_curve_upside_down_costs_the_same(heights):
    """Exothermic up or down is a matter of taste."""
    assert price(heights) == pytest.approx(price([-h for h in heights]))


def test_the_rarer_sign_costs_more_and_one_sign_nothing_more():
    """Three up and one down cost more than four up; two and two cost most."""
    assert price([1, 1, 1, 1]) == price([-1, -1, -1, -1]) == 4 * 4 * 6.0
    assert price([1, 1, 1, 1]) < price([1, 1, 1, -1]) < price([1, 1, -1, -1])


def test_a_second_step_is_dearer_than_the_first():
    """A baseline steps once, seldom twice."""
    assert price([1, 1], STEP) > 2 * price([1], STEP)


def test_bounds_keep_signs_of_peaks_and_not_those_of_steps():
    """A fit never turns a peak around; a step may fall as well as rise."""
    numbers = np.array([[2.0, 50.0, 1.0, 0.0, 0.0], [-2.0, 50.0, 1.0, 0.0, 0.0], [-2.0, 50.0, 1.0, 0.0, 0.0]])
    low, high = bounds_under(np.array([PEAK, PEAK, STEP]), numbers, np.zeros(3, np.bool_), RULES)
    assert (low[0, 0], high[1, 0]) == (0.0, 0.0)
    assert np.isinf([high[0, 0], low[1, 0], low[2, 0], high[2, 0]]).all()
    assert np.exp(low[:, 2]) == pytest.approx([1.0] * 3)
    assert np.exp(high[:, 2]) == pytest.approx([20.0] * 3)


def test_only_numbers_that_a_kind_has_cost_for_lying_off():
    """A pseudo-Voigt has a shape and no asymmetry; Fraser-Suzuki the other way round."""
    one = np.array([[1.0, 50.0, 1.0, 1.5, 0.5]])
    assert prior_cost(np.array([KINDS["pseudo-Voigt"]]), one) == pytest.approx(1.0)
    assert prior_cost(np.array([PEAK]), one) == pytest.approx(1.0)
    assert prior_cost(np.array([STEP]), one) == 0.0
