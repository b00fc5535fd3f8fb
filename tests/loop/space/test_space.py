"""Laws of whole spaces, over random ones with a planted formulation: exactly feasible, or a reason why not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.errors import FormulationError, SpaceError
from loop.space.constraints import Count, Forbid, Linear, Ratio
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.space import SearchSpace, mixture_sum
from tests.loop.space.spaces import Planted, exact, obeys, planted_spaces

slowly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1))
def test_whatever_is_nearest_is_feasible_exactly(planted: Planted, seed: int) -> None:
    """From anywhere, also outside, the nearest formulation meets every rule in exact arithmetic, and reads back."""
    space, _ = planted
    rng = np.random.default_rng(seed)
    for _ in range(2):
        row = space.nearest(rng.uniform(space.ends[0] - 1, space.ends[1] + 1))
        formulation = space.to_formulation(row)
        assert obeys(space, formulation) == []
        assert space.feasible(row[None])[0]
        assert space.violations(formulation) == []
        np.testing.assert_array_equal(space.to_rows([formulation])[0], row)


@slowly
@given(planted_spaces())
def test_a_feasible_formulation_is_its_own_nearest(planted: Planted) -> None:
    """What is allowed is not moved, bit for bit."""
    space, formulation = planted
    row = space.to_rows([formulation])[0]
    assert space.violations(formulation) == []
    np.testing.assert_array_equal(space.nearest(row), row)


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1))
def test_no_violation_means_feasible_and_the_other_way_round(planted: Planted, seed: int) -> None:
    """Rows on the grid, feasible or not: the list of violations is empty exactly where `feasible` says so."""
    space, formulation = planted
    rng = np.random.default_rng(seed)
    rows = space.snap(rng.uniform(space.ends[0], space.ends[1], (20, len(space.names))))
    mixed = np.where(rng.random(rows.shape) < 0.2, rows, space.to_rows([formulation]))
    for row, fits in zip(mixed, space.feasible(mixed), strict=True):
        assert (space.violations(space.to_formulation(row)) == []) == fits


@slowly
@given(planted_spaces(with_mixture=True), st.integers(0, 2**32 - 1))
def test_shares_sum_to_the_whole_as_decimals(planted: Planted, seed: int) -> None:
    """The shares, read as the decimals on the sheet, sum to exactly 100."""
    space, _ = planted
    rng = np.random.default_rng(seed)
    made = space.to_formulation(space.nearest(rng.uniform(space.ends[0], space.ends[1])))
    shares = [exact(float(made[n])) for n, p in space.parameters.items() if isinstance(p, Ingredient)]
    assert sum(shares, Fraction(0)) == 100


@slowly
@given(planted_spaces(with_reals=False), st.integers(0, 2**32 - 1))
def test_nothing_found_by_chance_lies_nearer(planted: Planted, seed: int) -> None:
    """No feasible row known, the planted one included, beats the nearest one by more than the solver's gap."""
    space, formulation = planted
    rng = np.random.default_rng(seed)
    wanted = rng.uniform(space.ends[0], space.ends[1])

    def far(row: np.ndarray) -> float:
        gaps = np.abs(row - wanted) / space.spans
        gaps[space.is_choice] = 2.0 * (row[space.is_choice] != np.round(wanted[space.is_choice]))
        return float(gaps.sum())

    assert far(space.nearest(wanted)) <= far(space.to_rows([formulation])[0]) * 1.002 + 1e-6


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1), st.data())
def test_held_values_are_kept(planted: Planted, seed: int, data: st.DataObject) -> None:
    """A value held at its planted setting stays to the last bit, and the rest follows."""
    space, formulation = planted
    name = data.draw(st.sampled_from(space.names))
    value = float(space.to_rows([formulation])[0][space.names.index(name)])
    row = space.nearest(np.random.default_rng(seed).uniform(space.ends[0], space.ends[1]), held={name: value})
    assert row[space.names.index(name)] == value
    assert obeys(space, space.to_formulation(row)) == []


def polymer() -> tuple[dict[str, Any], list[Any]]:
    """A blend of two polymers and two additives, with process conditions."""
    parameters = {
        "PP": Ingredient(low=40, high=90),
        "recyclate": Ingredient(high=50, step=0.5),
        "stabiliser": Ingredient(high=1, minimum_if_used=0.05),
        "talc": Ingredient(high=20, step=0.5, minimum_if_used=2),
        "T": Continuous(low=190, high=240, step=5),
        "screw": Categorical(levels=["A", "B"]),
    }
    return parameters, [mixture_sum(["PP", "recyclate", "stabiliser", "talc"], 100)]


def test_an_empty_space_names_the_rules_that_exclude_each_other() -> None:
    """Of many rules, the message keeps to those that cannot hold together, and gives the ranges they fail in."""
    parameters, rules = polymer()
    rules += [
        Count(of=["stabiliser", "talc"], at_most=1),
        Forbid(when={"screw": "A", "T": {"above": 220}}),
        Linear(name="at least 60 % recyclate", coefficients={"recyclate": 1}, at_least=60),
        Ratio(numerator="talc", denominator="PP", at_most=0.2),
    ]
    with pytest.raises(SpaceError) as failure:
        SearchSpace(parameters, rules).centre()
    assert "at least 60 % recyclate" in str(failure.value)
    assert "recyclate 0 to 50" in str(failure.value)
    for innocent in ("at most 1 of", "talc : PP", "screw", "sum of ingredients"):
        assert innocent not in str(failure.value)


def test_a_conflict_of_several_rules_is_named_whole() -> None:
    """Rules that fail only together are all named; each could hold without the others."""
    parameters, rules = polymer()
    rules += [
        Linear(name="little PP", coefficients={"PP": 1}, at_most=45),
        Ratio(name="little recyclate", numerator="recyclate", denominator="PP", at_most=0.5),
        Linear(name="cool", coefficients={"T": 1}, at_most=210),
    ]
    with pytest.raises(SpaceError, match="these cannot hold together") as failure:
        SearchSpace(parameters, rules).centre()
    for guilty in ("little PP", "little recyclate", "sum of ingredients = 100"):
        assert guilty in str(failure.value)
    assert "cool" not in str(failure.value)


@pytest.mark.parametrize("share", [0.03, 1.99])
def test_doses_between_none_and_the_minimum_are_never_proposed(share: float) -> None:
    """A dose below the minimum becomes none or the minimum."""
    parameters, rules = polymer()
    space = SearchSpace(parameters, rules)
    made = space.to_formulation(space.nearest(np.array([60, 38, share, share, 200, 0])))
    assert made["stabiliser"] == 0 or float(made["stabiliser"]) >= 0.05
    assert made["talc"] == 0 or float(made["talc"]) >= 2


def test_an_equality_over_real_numbers_holds_exactly() -> None:
    """Real-valued parameters under an equality need no step: the last one takes the rest."""
    parameters = {name: Continuous(low=0, high=1) for name in "xyz"}
    space = SearchSpace(parameters, [Linear(coefficients={"x": 1, "y": 1, "z": 3}, equals=1)])
    for seed in range(5):
        row = space.nearest(np.random.default_rng(seed).random(3))
        assert abs(row @ [1, 1, 3] - 1) < 1e-9


def test_violations_tell_the_rule_the_values_and_whether_it_is_for_safety() -> None:
    """Each broken rule stands for itself; the sum of a mixture may not even be broken by hand."""
    parameters, rules = polymer()
    space = SearchSpace(parameters, [*rules, Forbid(when={"screw": "A", "T": {"above": 220}})])
    broken = space.violations({"PP": 70, "recyclate": 20, "stabiliser": 0.02, "talc": 10, "T": 240, "screw": "A"})
    assert [violation.is_safety for violation in broken] == [False, True, False]
    assert str(broken[0]) == "stabiliser: 0.02 is below the minimum dose 0.05; use none, or at least that"
    assert str(broken[1]).startswith("[safety] sum of ingredients = 100: broken by PP = 70, recyclate = 20")
    assert str(broken[2]) == "not screw is A and T > 220: broken by T = 240, screw = A"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"T": "hot"}, "T: needs a number, got 'hot'"),
        ({"screw": "C"}, "screw: 'C' is no level of it; levels are A, B"),
        ({"speed": 3}, "unknown speed; the parameters are PP, recyclate"),
    ],
)
def test_what_cannot_be_read_is_told(change: dict[str, Any], said: str) -> None:
    """A formulation with a missing, unknown or unreadable value is a typed error."""
    parameters, rules = polymer()
    space = SearchSpace(parameters, rules)
    whole = space.to_formulation(space.centre())
    with pytest.raises(FormulationError, match=said):
        space.read({**whole, **change})
    with pytest.raises(FormulationError, match="no value for T, screw"):
        space.read({name: value for name, value in whole.items() if name not in ("T", "screw")})


def test_a_space_of_nothing_and_a_target_of_no_number_are_refused() -> None:
    """There is at least one parameter, and what is asked for is made of numbers."""
    with pytest.raises(SpaceError, match="at least one parameter"):
        SearchSpace({})
    with pytest.raises(SpaceError, match="not every value is a number"):
        SearchSpace({"x": Continuous(low=0, high=1)}).nearest(np.array([np.nan]))


def table() -> SearchSpace:
    """Three formulations out of a table, one of them given twice and one against the rules."""
    rows = [{"x": 1, "grade": "A"}, {"x": 5, "grade": "B"}, {"x": 1, "grade": "A"}, {"x": 9, "grade": "B"}]
    parameters = {"x": Continuous(low=0, high=10), "grade": Categorical(levels=["A", "B"])}
    return SearchSpace(parameters, [Linear(coefficients={"x": 1}, at_most=8)], [*rows, {"x": 2, "grade": "B"}])


def test_a_table_gives_only_its_own_rows() -> None:
    """Candidates that break a rule are out and counted; the nearest is one of the rest; others are no candidates."""
    space = table()
    assert space.candidates is not None
    assert len(space.candidates) == 3
    assert space.n_candidates_excluded == 1
    np.testing.assert_array_equal(space.nearest(np.array([4.0, 1])), [5, 1])
    np.testing.assert_array_equal(space.nearest(np.array([4.0, 1]), held={"grade": 0.0}), [1, 0])
    assert space.violations({"x": 2, "grade": "B"}) == []
    assert [v.rule for v in space.violations({"x": 2, "grade": "A"})] == ["candidate table"]
    with pytest.raises(SpaceError, match=r"no candidate has x = 3"):
        space.nearest(np.array([4.0, 1]), held={"x": 3.0})


def test_a_table_without_any_allowed_row_says_what_the_first_one_breaks() -> None:
    """An empty table is an error that tells why."""
    with pytest.raises(SpaceError, match=r"none of the 1 candidates .* x ≤ 8: broken by x = 9"):
        SearchSpace({"x": Discrete(values=(1, 9))}, [Linear(coefficients={"x": 1}, at_most=8)], [{"x": 9}])
