"""Numbers are written as a person would: plain, and no more digits than their spread leaves them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.numerals import numeral, with_spread


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (1852.3, 190.0, "1850 ± 190"),
        (-0.0003995, 0.63, "0.00 ± 0.63"),
        (123456.0, 1900.0, "123500 ± 1900"),
        (0.0123, 0.00067, "0.01230 ± 0.00067"),
        (3.25, 0.0, "3.25 ± 0"),
    ],
)
def test_a_mean_is_written_to_its_spread(mean, sd, text):
    """Two digits of the spread, the mean to the same place, no exponent, no minus before zero."""
    assert with_spread(mean, sd) == text


@given(st.floats(1e-4, 999_999) | st.floats(-999_999, -1e-4))
def test_a_number_of_everyday_size_has_no_exponent(value):
    """Between 1e-4 and 1e6 the digits stand as they are, to five significant ones."""
    text = numeral(value)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize(("value", "text"), [(5e6, "5000000"), (1.2345e12, "1.2345e+12"), (3e-9, "3e-09"), (0.0, "0")])
def test_beyond_that_the_shorter_form_is_taken(value, text):
    """An exponent where zeros would be counted."""
    assert numeral(value) == text
