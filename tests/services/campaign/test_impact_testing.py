"""What impact bars come to as one value: by their type of break, never averaged over types."""

from __future__ import annotations

import pytest

from loop.observations import State
from services.campaign.impact_testing import impact_target
from services.preprocessing.charpy import CharpyMethod
from services.records.reading import Amount, Facts, Reading


def bar(strength: float | None, kind: str) -> Reading:
    amounts = {"not_determined": Amount(1.0)} if strength is None else {"impact_strength": Amount(strength, "kJ/m2")}
    return Reading(modality="charpy", amounts=amounts, facts=Facts(texts={"Type of break": kind, "Notch": "A"}))


def test_the_most_frequent_type_gives_the_value_and_the_others_are_told():
    """Three complete breaks and one hinge: the mean of three."""
    value = impact_target([bar(6.0, "C"), bar(7.0, "C"), bar(8.0, "C"), bar(15.0, "H")], CharpyMethod())
    assert (value.mean, value.sd, value.n) == (7.0, 1.0, 3)
    assert value.reason == "types of break: 3 C, 1 H; the mean is that of C"


def test_where_most_bars_did_not_break_the_strength_lies_above_that_of_those_that_did():
    """A limit, not a value: what is toughest is not lost."""
    value = impact_target([bar(None, "N"), bar(None, "N"), bar(40.0, "P")], CharpyMethod())
    assert (value.state, value.limit, value.mean) == (State.ABOVE_RANGE, 40.0, None)


def test_without_any_value_it_is_lost_with_the_reason():
    """All bars unbroken: nobody knows above what."""
    value = impact_target([bar(None, "N"), bar(None, "N")], CharpyMethod())
    assert (value.state, value.reason) == (State.LOST, "no bar has a value; types of break: 2 N")


def test_two_temperatures_are_two_results():
    """Which one is meant has to be said."""
    cold = Reading(
        modality="charpy",
        amounts={"impact_strength": Amount(2.0, "kJ/m2"), "temperature": Amount(-30.0, "°C")},
        facts=Facts(texts={"Type of break": "C", "Notch": "A"}),
    )
    warm = Reading(
        modality="charpy",
        amounts={"impact_strength": Amount(6.0, "kJ/m2"), "temperature": Amount(23.0, "°C")},
        facts=Facts(texts={"Type of break": "C", "Notch": "A"}),
    )
    assert "2 notches or temperatures" in impact_target([cold, warm], CharpyMethod()).reason


def test_a_type_of_break_that_nobody_knows_is_no_value():
    """Named in the reason."""
    value = impact_target([bar(6.0, "Q")], CharpyMethod())
    assert value.state is State.LOST
    assert "'Q'" in value.reason
    assert pytest.approx(0) == value.n
