"""Laws of single rules: what they accept, what they refuse, and how wrong ones are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from loop.errors import ConstraintError
from loop.space.constraints import Constraint, Forbid, Linear, Ratio, When
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.space import SearchSpace

KNOBS: dict[str, Parameter] = {
    "a": Ingredient(high=10),
    "b": Ingredient(high=10),
    "T": Continuous(low=-20, high=240, step=5),
    "screw": Categorical(levels=["A", "B"]),
}

WRONG_ALONE = [
    ({"kind": "linear", "coefficients": {}, "equals": 1}, "at least 1 item"),
    ({"kind": "linear", "coefficients": {"a": 1}}, "needs at_least, at_most or equals"),
    ({"kind": "linear", "coefficients": {"a": 1}, "equals": 1, "at_most": 2}, "equals stands alone"),
    ({"kind": "linear", "coefficients": {"a": 1}, "at_least": 3, "at_most": 2}, "at_least 3 is above at_most 2"),
    ({"kind": "ratio", "numerator": "a", "denominator": "b"}, "needs at_least or at_most"),
    ({"kind": "ratio", "numerator": "a", "denominator": "b", "at_least": 2, "at_most": 1}, "is above at_most"),
    ({"kind": "ratio", "numerator": ["a", "a"], "denominator": "b", "at_most": 1}, "stands once on a side"),
    ({"kind": "count", "of": ["a", "b"]}, "needs at_least or at_most"),
    ({"kind": "count", "of": ["a", "a"], "at_most": 1}, "stands once in a group"),
    ({"kind": "count", "of": ["a"], "at_least": 2}, "at_least 2 of a group of 1"),
    ({"kind": "count", "of": ["a", "b"], "at_least": 2, "at_most": 1}, "at_most 1 is below at_least 2"),
    ({"kind": "forbid", "when": {}}, "at least 1 item"),
    ({"kind": "forbid", "when": {"T": {}}}, "either levels or bounds"),
    ({"kind": "forbid", "when": {"T": {"level": ["A"], "above": 3}}}, "either levels or bounds"),
    ({"kind": "forbid", "when": {"T": []}}, "at least 1 item"),
    ({"kind": "cap"}, "does not match any of the expected tags"),
]

WRONG_HERE = [
    ({"kind": "linear", "coefficients": {"c": 1}, "equals": 1}, "there is no parameter 'c'; there are a, b, T, screw"),
    ({"kind": "linear", "coefficients": {"screw": 1}, "equals": 1}, "screw is a choice between levels"),
    ({"kind": "ratio", "numerator": "a", "denominator": "T", "at_most": 1}, "T may be negative"),
    ({"kind": "count", "of": ["a", "T"], "at_most": 1}, "'T' is not an ingredient; ingredients are a, b"),
    ({"kind": "forbid", "when": {"speed": {"above": 1}}}, "there is no parameter 'speed'"),
    ({"kind": "forbid", "when": {"screw": "C"}}, "screw has no level 'C'; it has A, B"),
    ({"kind": "forbid", "when": {"T": "A"}}, "T is continuous; give bounds"),
    ({"kind": "forbid", "when": {"screw": {"above": 1}}}, "screw is categorical; name levels"),
]


@pytest.mark.parametrize(("declared", "said"), WRONG_ALONE)
def test_a_rule_that_makes_no_sense_alone_is_refused(declared: dict[str, Any], said: str) -> None:
    """A faulty rule is refused at birth and told why."""
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Constraint).validate_python(declared)


@pytest.mark.parametrize(("declared", "said"), WRONG_HERE)
def test_a_rule_that_does_not_fit_the_parameters_is_refused(declared: dict[str, Any], said: str) -> None:
    """A rule about what is not there is refused with the names that are."""
    rule = TypeAdapter(Constraint).validate_python(declared)
    with pytest.raises(ConstraintError, match=said):
        SearchSpace(KNOBS, [rule])


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 10))
def test_a_ratio_holds_where_the_quotient_does(above: float, below: float, limit: float) -> None:
    """Away from the limit itself, the linear form agrees with division; where both are zero it holds."""
    parameters = {"a": Ingredient(high=100), "b": Ingredient(high=100)}
    columns = {"a": np.array([above]), "b": np.array([below])}
    at_most = Ratio(numerator="a", denominator="b", at_most=limit)
    at_least = Ratio(numerator="a", denominator="b", at_least=limit)
    if abs(above - limit * below) > 1e-5:
        assert at_most.holds(columns, parameters)[0] == (above < limit * below)
        assert at_least.holds(columns, parameters)[0] == (above > limit * below)
    nothing = {"a": np.zeros(1), "b": np.zeros(1)}
    assert at_most.holds(nothing, parameters)[0]
    assert at_least.holds(nothing, parameters)[0]


BOUNDS = st.sampled_from([-30.0, 0.0, 2.0, 5.0, 5.05, 7.4, 7.5, 9.99, 10.0, 50.0])


@given(st.sampled_from(["above", "below", "at_least", "at_most"]), BOUNDS)
def test_the_edge_of_a_condition_parts_the_allowed_values(name: str, bound: float) -> None:
    """Every allowed value lies on the side of the edge that its being met says."""
    condition = When(**{name: bound})
    for parameter in (
        Continuous(low=0, high=10, step=2.5),
        Discrete(values=(0, 1, 5, 7.5, 10)),
        Ingredient(high=10, step=0.05, minimum_if_used=5),
    ):
        values = np.unique(parameter.nearest_allowed(np.linspace(0, 10, 999)))
        ((sign, edge),) = condition.edges(parameter)
        np.testing.assert_array_equal(condition.is_met(values, parameter), sign * (values - edge) > 0)


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        (Linear(coefficients={"a": 1, "b": -2}, at_most=3), "a − 2·b ≤ 3"),
        (Linear(coefficients={"a": 1}, equals=3), "a = 3"),
        (Ratio(numerator=("a", "c"), denominator="b", at_least=0.5), "0.5 ≤ a + c : b"),
        (Forbid(when={"screw": ["A", "B"], "T": {"above": 220}}), "not screw is A or B and T > 220"),
        (Forbid(name="scorch", when={"T": 220}), "scorch"),
    ],
)
def test_a_rule_reads_as_a_person_would_write_it(rule: Linear, label: str) -> None:
    """Without a name, the rule's own text stands in messages."""
    assert rule.label == label
