"""Lengths of time are read as people write them, and anything else is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.durations import read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30 s", 30), ("10 min", 600), ("2h", 7200), (" 14  d ", 1_209_600), ("1.5 min", 90), ("0 s", 0)],
)
def test_a_number_and_a_unit_are_a_length_of_time(text, seconds):
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "ten min", "10 minutes", "-1 s", "1e3 s", "2 h 30 min", "5 Min"])
def test_anything_else_is_refused_with_how_to_write_it(text):
    with pytest.raises(ValueError, match="write one as 30 s, 10 min, 2 h or 14 d"):
        read_duration(text)


def test_more_than_ten_years_is_a_slip():
    with pytest.raises(ValueError, match="longer than ten years"):
        read_duration("100000 d")


@given(st.integers(0, 10**6), st.sampled_from([("s", 1), ("min", 60)]))
def test_whole_numbers_are_exact(number, unit):
    """Nothing is rounded on the way."""
    word, seconds = unit
    assert read_duration(f"{number} {word}") == number * timedelta(seconds=seconds)
