"""What people type behind a verb means one thing, or is refused with the forms that would be right."""

from __future__ import annotations

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st

from loop.observations import State, TargetValue
from loop.space.parameters import Categorical, Continuous
from services.cli.assignments import read_pairs, read_settings, read_target

KNOBS = {
    "Coarse Aggr.": Continuous(low=0, high=1000),
    "w=c": Continuous(low=0, high=1),
    "SP": Continuous(low=0, high=20, unit="kg/m3"),
    "sp": Continuous(low=0, high=20),
    "grade": Categorical(levels=["2", "B=1"]),
}


@example(1.125, 1.125, 3)
@example(12.345, 0.125, 1)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.integers(1, 99))
def test_a_value_with_spread_and_count_reads_back_as_itself(mean, sd, n):
    """Whatever Python writes for a number is read as that number, in every combination."""
    for text, value in (
        (f"{mean!r}", TargetValue(mean=mean)),
        (f"{mean!r}±{sd!r}", TargetValue(mean=mean, sd=sd)),
        (f"{mean!r} +- {sd!r} / {n}", TargetValue(mean=mean, sd=sd, n=n)),
        (f"{mean!r}/{n}", TargetValue(mean=mean, n=n)),
    ):
        assert read_target("strength", text, "MPa") == value


@pytest.mark.parametrize("state", ["lost", "absent", "not_measured", "not_made"])
def test_why_there_is_no_value_is_kept_in_words(state):
    """With a reason or without one; spaces and capitals are as good as underscores."""
    assert read_target("x", f"{state}: the oven failed", "") == TargetValue(
        state=State(state), n=0, reason="the oven failed"
    )
    assert read_target("x", state.replace("_", " ").upper(), "") == TargetValue(state=State(state), n=0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "high",
        "12 or 13",
        "41.2±",
        "41.2±-0.5",
        "41.2/0",
        "below_detection",
        "<0.1±0.2",
        "n.d.",
        "41.2(5)",
        "about 40",
        "40*",
        "~40",
        "1,234",
        "3,5±1.125",
    ],
)
def test_what_is_no_result_is_refused_with_the_forms(text):
    """Nothing is guessed: an n.d. without its limit and a numeral of two readings are refused too."""
    with pytest.raises(typer.BadParameter):
        read_target("strength", text, "MPa")


def test_nothing_is_converted():
    """The target's own unit may be typed; another one is refused by name."""
    assert read_target("strength", "41.2 MPa", "MPa").mean == 41.2
    with pytest.raises(typer.BadParameter, match="is in MPa, got a value in GPa"):
        read_target("strength", "0.0412 GPa", "MPa")


def test_names_may_hold_spaces_points_and_equals_signs():
    """The longest name that fits wins; capitals matter only where two names differ by them."""
    read = read_settings(["Coarse Aggr.=900", "w=c=0,45", "SP=7.5 kg/m3", "grade=B=1"], KNOBS)
    assert read == {"Coarse Aggr.": 900, "w=c": 0.45, "SP": 7.5, "grade": "B=1"}
    assert read_settings(["coarse aggr.=1"], KNOBS) == {"Coarse Aggr.": 1}
    with pytest.raises(typer.BadParameter, match="did you mean 'SP'"):
        read_settings(["Sp=1"], KNOBS)


def test_a_number_typed_with_a_real_minus_sign_is_a_number():
    """As pasted from a report."""
    assert read_settings(["SP=−5"], KNOBS) == {"SP": -5}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["SP"], "is no assignment; write parameter=value"),
        (["SP=1", "SP=2"], "SP is given twice"),
        (["Coarse Agg=1"], "did you mean 'Coarse Aggr.'"),
        (["zzz=1"], "there are Coarse Aggr., w=c, SP, sp, grade"),
        (["SP=much"], "is no number"),
        (["SP=1±2"], "is no number"),
        (["grade=3"], "levels are 2, B=1"),
        (["SP=1 kg"], "nothing is converted"),
    ],
)
def test_a_faulty_assignment_says_what_would_be_right(texts, told):
    """By name, with the near one or all there are."""
    with pytest.raises(typer.BadParameter, match=told):
        read_settings(texts, KNOBS)


@given(st.dictionaries(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1), st.text(), min_size=1))
def test_pairs_come_back_whatever_the_names(pairs):
    """Name and value are told apart by the names that are known; only spaces around a value are dropped."""
    texts = [f"{name}={value}" for name, value in pairs.items()]
    assert read_pairs(texts, list(pairs), "target") == {name: value.strip() for name, value in pairs.items()}
