"""Counts agree with what they count."""

from __future__ import annotations

import pytest

from loop.counting import counted


@pytest.mark.parametrize(
    ("n", "words", "text"),
    [
        (0, ("cycle",), "0 cycles"),
        (1, ("cycle",), "1 cycle"),
        (2, ("cycle",), "2 cycles"),
        (1, ("entry", "entries"), "1 entry"),
        (3, ("entry", "entries"), "3 entries"),
    ],
)
def test_one_is_singular_and_everything_else_plural(n, words, text):
    """Also where an s will not do."""
    assert counted(n, *words) == text
