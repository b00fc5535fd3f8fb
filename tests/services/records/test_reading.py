"""A reading says what a file holds and what it claims; numbers are finite, images have a size."""

from __future__ import annotations

import numpy as np
import pytest

from services.records.reading import Amount, Claim, Image, Reading, ReadingError


def test_a_claim_holds_within_the_rounding_of_the_file():
    """Not beyond, and words are equal or not."""
    assert Claim(kind="last", about="wavenumber", said=4000.64, found=4000.6412, tolerance=0.005).holds
    assert not Claim(kind="last", about="wavenumber", said=4000.64, found=4000.65, tolerance=0.005).holds
    assert not Claim(kind="unit", about="intensity", said="counts", found="cps").holds
    broken = Claim(kind="points", about="scan", said=9500, found=9499)
    assert str(broken) == "points of scan: the file says 9500, it holds 9499"
    assert Reading(amounts={"density": Amount(0.91, "g/cm3")}, claims=(broken,)).broken_claims == (broken,)


def test_what_holds_nothing_is_no_reading():
    for wrong, said in [
        (Reading, "neither a curve nor an image nor a number"),
        (lambda: Amount(float("nan"), "MPa"), "finite"),
        (lambda: Image(pixels=np.zeros(3)), "rows and columns"),
        (lambda: Image(pixels=np.zeros((2, 2)), um_per_pixel=0), "positive length"),
    ]:
        with pytest.raises(ReadingError, match=said):
            wrong()


def test_amounts_are_written_with_limit_and_unit():
    assert [str(Amount(0.5, "%", "<")), str(Amount(3))] == ["<0.5 %", "3"]
