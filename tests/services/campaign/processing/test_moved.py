"""What another recipe changed is told in standard errors and specimens."""

from __future__ import annotations

from loop.observations import State
from services.campaign.processing.moved import moved
from services.records.feature import Feature


def pair(specimen, old, new, name="carbonyl index"):
    def features(value):
        if value is None:
            return [Feature(name=name, state=State.NOT_MEASURED, reason="no band")]
        return [Feature(name=name, value=value, stderr=0.1)]

    return "FT-IR", (specimen, features(old), features(new))


def test_a_shift_of_more_than_one_standard_error_has_moved():
    """Half an error has not; what came or went has."""
    (told,) = moved([pair("A", 1.0, 1.05), pair("B", 1.0, 1.25), pair("C", 1.0, None)])
    assert (told.n, told.n_moved) == (3, 2)
    assert told.largest == 2.5 or abs(told.largest - 2.5) < 1e-9


def test_what_moved_most_comes_first():
    """By the number of specimens."""
    told = moved([pair("A", 1.0, 1.0, "still"), pair("A", 1.0, 9.0, "moving")])
    assert [one.name for one in told] == ["moving", "still"]


def test_a_number_without_an_error_moves_by_changing():
    """Where nothing is known of its error, any change is one."""
    old, new = Feature(name="n", value=3.0), Feature(name="n", value=3.5)
    (told,) = moved([("TG", ("A", [old], [new]))])
    assert told.n_moved == 1
    assert told.largest is None
