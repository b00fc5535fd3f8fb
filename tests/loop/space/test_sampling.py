"""Laws of sampling: feasible, spread over levels and ingredients too, the same for the same generator, never stuck."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.errors import SpaceError
from loop.space.constraints import Count, Forbid, Linear, Ratio
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.sampling import distances, enumerate_rows, sample, scaled, spread
from loop.space.space import SearchSpace, mixture_sum
from tests.loop.space.spaces import Planted, obeys, planted_spaces

slowly = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def compound() -> SearchSpace:
    """Seven ingredients under five rules, process conditions and a choice."""
    additives = [f"a{i}" for i in range(5)]
    highs, steps, doses = (2, 2, 20, 20, 0.5), (0.01, 0.01, 0.5, 0.5, 0.01), (0.05, 0.05, 0.5, 0.5, 0.05)
    parameters = {
        "base": Ingredient(low=40, high=100),
        "recyclate": Ingredient(high=50, step=0.5),
        **{
            name: Ingredient(high=high, step=step, minimum_if_used=dose)
            for name, high, step, dose in zip(additives, highs, steps, doses, strict=True)
        },
        "T": Continuous(low=190, high=240, step=5),
        "speed": Continuous(low=100, high=400, step=10),
        "screw": Categorical(levels=["A", "B", "C"]),
    }
    return SearchSpace(
        parameters,
        [
            mixture_sum(["base", "recyclate", *additives], 100),
            Count(of=additives, at_most=3),
            Ratio(numerator="a2", denominator="a3", at_most=3),
            Ratio(numerator="a0", denominator="a1", at_least=0.5),
            Forbid(when={"screw": "A", "T": {"above": 220}}),
        ],
    )


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1))
def test_every_sample_is_feasible_exactly(planted: Planted, seed: int) -> None:
    """Also in thin spaces, every row meets every rule in exact arithmetic; none is missing."""
    space, _ = planted
    rows = sample(space, 6, np.random.default_rng(seed))
    assert rows.shape == (6, len(space.names))
    for row in rows:
        assert obeys(space, space.to_formulation(row)) == []


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1), st.data())
def test_held_values_are_kept_by_every_sample(planted: Planted, seed: int, data: st.DataObject) -> None:
    """Held at planted settings, all rows keep them to the last bit and stay feasible."""
    space, formulation = planted
    names = data.draw(st.lists(st.sampled_from(space.names), min_size=1, max_size=2, unique=True))
    planted_row = space.to_rows([formulation])[0]
    held = {name: float(planted_row[space.names.index(name)]) for name in names}
    rows = sample(space, 3, np.random.default_rng(seed), held=held)
    assert space.feasible(rows).all()
    for name, value in held.items():
        assert (rows[:, space.names.index(name)] == value).all()


def test_the_same_generator_gives_the_same_rows() -> None:
    """Bit for bit, and another seed gives others."""
    space = compound()
    first, again, other = (sample(space, 30, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_twenty_rows_of_a_tight_mixture_take_less_than_a_second() -> None:
    """The bar for initial designs: seven ingredients under five rules; generous on a busy machine."""
    space = compound()
    start = time.process_time()
    rows = sample(space, 20, np.random.default_rng(0))
    assert time.process_time() - start < 1.0
    assert space.feasible(rows).all()


def test_samples_reach_all_of_the_discrete_side() -> None:
    """Every level, every number of additives used, every additive with and without, both ends of ranges."""
    space = compound()
    rows = sample(space, 400, np.random.default_rng(3))
    used = rows[:, 2:7] > 0
    assert set(used.sum(axis=1)) == {0, 1, 2, 3}
    assert (used.mean(axis=0) > 0.1).all()
    assert (used.mean(axis=0) < 0.9).all()
    assert (np.bincount(rows[:, -1].astype(int)) > 80).all()
    assert len(np.unique(rows, axis=0)) > 390
    low, high = space.ends
    reach = (rows.max(axis=0) - rows.min(axis=0)) / (high - low)
    assert (reach > 0.9).all()


def test_samples_of_a_simplex_are_even() -> None:
    """Over a + b + c = 100 the mean of each share is a third, and a quarter of points has a > 50."""
    parameters = {name: Ingredient(low=0.01, high=99.98) for name in "abc"}
    space = SearchSpace(parameters, [mixture_sum("abc", 100)])
    rows = sample(space, 2000, np.random.default_rng(0))
    np.testing.assert_allclose(rows.mean(axis=0), 100 / 3, atol=2)
    assert abs((rows[:, 0] > 50).mean() - 0.25) < 0.04


def test_logarithmic_ranges_are_filled_evenly_in_the_logarithm() -> None:
    """Half of the draws lie below the geometric middle, with a rule over the parameter and without."""
    parameters = {"x": Continuous(low=0.01, high=100, scale="log"), "y": Continuous(low=0.01, high=100, scale="log")}
    bound = SearchSpace(parameters, [Linear(coefficients={"x": 1}, at_most=100)])
    rows = sample(bound, 600, np.random.default_rng(0))
    np.testing.assert_allclose((rows < 1).mean(axis=0), 0.5, atol=0.08)


def test_a_plain_box_is_filled_by_a_low_discrepancy_sequence() -> None:
    """Sixteen points over a 4 × 4 board of levels and grid points fall one on each field."""
    space = SearchSpace({"x": Discrete(values=(1, 2, 3, 4)), "c": Categorical(levels=list("abcd"))})
    assert len(np.unique(sample(space, 16, np.random.default_rng(0)), axis=0)) == 16


def test_a_single_formulation_is_found_and_repeated() -> None:
    """A space with one formulation among a billion gives that one, soon."""
    parameters = {f"x{i}": Ingredient(high=100, step=0.5, minimum_if_used=10) for i in range(12)}
    rules = [mixture_sum(list(parameters), 100), Linear(coefficients={"x3": 1, "x7": 1}, at_least=100)]
    rules += [Linear(coefficients={"x3": 1, "x7": -1}, equals=0)]
    rows = sample(SearchSpace(parameters, rules), 5, np.random.default_rng(0))
    wanted = np.zeros(12)
    wanted[[3, 7]] = 50
    np.testing.assert_array_equal(rows, np.tile(wanted, (5, 1)))


def test_an_empty_space_is_an_error_not_a_hang() -> None:
    """Sampling what is not there tells which rules exclude each other."""
    space = SearchSpace({name: Ingredient(high=20) for name in "abc"}, [mixture_sum("abc", 100)])
    with pytest.raises(SpaceError, match="sum of ingredients = 100"):
        sample(space, 3, np.random.default_rng(0))


def test_a_table_gives_its_rows_before_it_repeats_any() -> None:
    """Drawing more than there are goes round."""
    space = SearchSpace({"x": Continuous(low=0, high=9)}, (), [{"x": x} for x in range(10)])
    rows = sample(space, 15, np.random.default_rng(0))
    assert sorted(rows[:10, 0]) == list(range(10))
    assert set(rows[10:, 0]) <= set(range(10))


def test_a_small_space_is_listed_whole() -> None:
    """Every feasible row once; nothing where real numbers or the number of rows forbid it."""
    parameters = {"a": Ingredient(high=3, step=1), "b": Ingredient(high=3, step=1), "c": Categorical(levels=["x", "y"])}
    space = SearchSpace(parameters, [mixture_sum("ab", 3), Forbid(when={"c": "x", "a": {"above": 1}})])
    rows = enumerate_rows(space)
    assert rows is not None
    assert {tuple(row) for row in rows} == {(0, 3, 0), (1, 2, 0), *((a, 3 - a, 1) for a in range(4))}
    assert enumerate_rows(space, most=31) is None
    assert enumerate_rows(SearchSpace({"x": Continuous(low=0, high=1)})) is None


def nearest_gap(space: SearchSpace, rows: np.ndarray) -> float:
    points = scaled(space, rows)
    return float(distances(points, points)[np.triu_indices(len(rows), 1)].min())


def test_spread_rows_lie_further_apart_than_drawn_ones() -> None:
    """Chosen of many, twelve rows lie half as far again apart as twelve drawn; rows known are shunned."""
    space = compound()
    drawn, chosen = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        rows = sample(space, 120, rng)
        drawn.append(nearest_gap(space, rows[:12]))
        chosen.append(nearest_gap(space, spread(rows, 12, space, rng)))
        beside = rows[:3]
        apart = spread(rows[3:], 5, space, rng, beside=beside)
        assert nearest_gap(space, np.vstack([beside[:1], apart])) > 0.5
    assert np.mean(chosen) > 1.5 * np.mean(drawn)


def test_spread_does_not_choose_more_than_there_is() -> None:
    """Asking for more rows than are given is an error."""
    space = SearchSpace({"x": Continuous(low=0, high=9)})
    with pytest.raises(SpaceError, match="asked to choose 3 of 2"):
        spread(np.array([[1.0], [2.0]]), 3, space, np.random.default_rng(0))
