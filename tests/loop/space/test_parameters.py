"""Laws of single parameters: which values they take, how these are read, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from loop.space.grid import on_grid, to_grid
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter

STEPS = st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.25, 0.3, 1.0, 5.0, 1 / 3, 0.1 + 0.2])

WRONG = [
    ({"kind": "continuous", "low": 5, "high": 5}, "low must be below high"),
    ({"kind": "continuous", "low": 0, "high": 5, "scale": "log"}, "a log scale needs low > 0"),
    ({"kind": "continuous", "low": 0, "high": 5, "step": 6}, "step 6 is wider than the range 0 to 5"),
    ({"kind": "continuous", "low": 0, "high": 5, "step": 0}, "greater than 0"),
    ({"kind": "continuous", "low": 0, "high": float("nan")}, "finite number"),
    ({"kind": "continuous", "low": 0, "high": 5, "stepp": 1}, "Extra inputs are not permitted"),
    ({"kind": "discrete", "values": [1]}, "at least 2 items"),
    ({"kind": "discrete", "values": [1, 2, 2]}, "each value stands once"),
    ({"kind": "discrete", "values": [0, 1], "scale": "log"}, "a log scale needs values > 0"),
    ({"kind": "categorical", "levels": ["a"]}, "at least two levels"),
    ({"kind": "categorical", "levels": ["a", "a", "b"]}, "each level stands once"),
    ({"kind": "categorical", "levels": {"a": {"logP": 1}, "b": {}}}, "every level needs the same descriptors"),
    ({"kind": "ingredient", "low": 10, "high": 5}, "low must be below high"),
    ({"kind": "ingredient", "low": -1, "high": 5}, "greater than or equal to 0"),
    ({"kind": "ingredient", "low": 1, "high": 5, "minimum_if_used": 2}, "set low to 0, or drop minimum_if_used"),
    ({"kind": "ingredient", "high": 5, "minimum_if_used": 6}, "minimum_if_used 6 is above high 5"),
    ({"kind": "ingredient", "high": 5.05, "step": 0.1}, "high 5.05 is not a multiple of step 0.1; next to it lies 5"),
    ({"kind": "ingredient", "high": 5, "stock_kg": 1, "lots": {"A": {"stock_kg": 1}}}, "stock is counted by lots"),
    ({"kind": "colour"}, "does not match any of the expected tags"),
]


@pytest.mark.parametrize(("declared", "said"), WRONG)
def test_a_wrong_declaration_says_what_is_wrong(declared: dict[str, Any], said: str) -> None:
    """Every faulty parameter is refused at birth, with the value and what would be right."""
    with pytest.raises(ValidationError, match=said.replace("(", r"\(")):
        TypeAdapter(Parameter).validate_python(declared)


@given(st.floats(-1e3, 1e3), st.integers(-50, 50), STEPS)
def test_many_values_land_where_a_single_one_does(value: float, first: int, step: float) -> None:
    """The quick rounding of arrays gives bit for bit what exact decimal arithmetic gives for one value."""
    origin = on_grid(first * step, origin=0.0, step=step)
    low, high = origin, on_grid(origin + 200 * step, origin=origin, step=step)
    many = to_grid(np.array([value]), origin=origin, step=step, low=low, high=high)[0]
    assert many == on_grid(min(max(value, low), high), origin=origin, step=step)


@given(st.integers(0, 10_000), st.sampled_from(["0.01", "0.05", "0.1", "0.25"]))
def test_grid_values_are_the_decimals_a_person_writes(number: int, step: str) -> None:
    """A grid point reads back as exactly step × number, without a tail of digits."""
    share = Ingredient(high=100_000, step=float(step)).read(number * float(step))
    assert Fraction(repr(share)) == number * Fraction(step)


@given(st.floats(0, 30))
def test_what_is_nearest_is_allowed_and_stays_where_it_is(value: float) -> None:
    """Rounding gives an allowed value, and rounding it again moves nothing."""
    for parameter in (
        Continuous(low=1, high=20.5, step=3),
        Continuous(low=0.5, high=25),
        Continuous(low=0.5, high=25, scale="log"),
        Discrete(values=(0.1, 3, 7.5)),
        Ingredient(high=20, step=0.05, minimum_if_used=2),
        Categorical(levels=["a", "b"]),
    ):
        nearest = parameter.nearest_allowed(np.array([value]))
        assert parameter.allows(nearest).all()
        assert (parameter.nearest_allowed(nearest) == nearest).all()
        if not isinstance(parameter, Categorical):
            assert parameter.fault(float(nearest[0])) is None


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        (Continuous(low=190, high=240, step=5, unit="°C"), 241.0, "241 °C is outside 190 to 240"),
        (Continuous(low=190, high=240, step=5), 201.0, "not on the grid 190, 195"),
        (Discrete(values=(1, 2, 4)), 3.0, "3 is not one of 1, 2, 4"),
        (Ingredient(high=2, step=0.05), 0.07, "not a multiple of the step 0.05"),
        (Ingredient(high=2, minimum_if_used=0.5), 0.2, "below the minimum dose 0.5; use none, or at least that"),
    ],
)
def test_a_fault_names_the_value_and_the_rule(parameter: Continuous, value: float, said: str) -> None:
    """A value that is not allowed is told what would be."""
    assert said in str(parameter.fault(value))
    assert not parameter.allows(np.array([value]))[0]


@pytest.mark.parametrize("value", ["warm", None, True, float("nan"), float("inf")])
def test_what_is_no_number_is_not_read_as_one(value: Any) -> None:
    """Text, nothing, truth values and infinities are refused, not guessed at."""
    with pytest.raises(ValueError, match="needs a number"):
        Continuous(low=0, high=1).read(value)


def test_a_level_named_by_a_number_survives_a_spreadsheet() -> None:
    """A sheet turns the level 2 into 2.0; it is still level 2."""
    choice = Categorical(levels=[1, 2, "none"])
    assert [choice.read(value) for value in ("2", 2, 2.0, "none")] == ["2", "2", "2", "none"]
    with pytest.raises(ValueError, match="levels are 1, 2, none"):
        choice.read("3")


def test_descriptors_stand_in_the_order_of_levels() -> None:
    """One row a level, one column a descriptor."""
    choice = Categorical(levels={"toluene": {"logP": 2.7, "bp": 111}, "water": {"logP": -1.4, "bp": 100}})
    np.testing.assert_array_equal(choice.descriptor_matrix(), [[2.7, 111], [-1.4, 100]])
    assert Categorical(levels=["a", "b", "c"]).descriptor_matrix().shape == (3, 0)
