"""Laws of initial designs: feasible, filling, in blocks with their control, hard settings seldom changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.errors import FormulationError, SpaceError
from loop.proposers.initial import DesignPoint, initial_design, order_runs
from loop.proposers.order import hard_columns, n_changes
from loop.space.constraints import Linear
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.sampling import distances, sample, scaled
from loop.space.space import SearchSpace, mixture_sum
from tests.loop.space.spaces import Planted, obeys, planted_spaces
from tests.loop.space.test_sampling import compound

slowly = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
KINDS = st.sampled_from(["auto", "sobol", "simplex", "maximin"])


def furnace(*, n_hard: int = 1) -> SearchSpace:
    """A blend in a furnace whose temperature, and perhaps atmosphere, is hard to change."""
    parameters = {
        "a": Ingredient(high=80, step=1),
        "b": Ingredient(low=10, high=60, step=1),
        "c": Ingredient(high=40, step=1),
        "T": Continuous(low=800, high=1200, step=50, hard_to_change=True),
        "gas": Categorical(levels=["air", "argon", "vacuum"], hard_to_change=n_hard > 1),
        "hours": Discrete(values=(1, 2, 4, 8)),
    }
    return SearchSpace(parameters, [mixture_sum("abc", 100), Linear(coefficients={"T": 1, "hours": 10}, at_most=1250)])


def rows_of(space: SearchSpace, points: list[DesignPoint]) -> np.ndarray:
    return space.to_rows([point.formulation for point in points])


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1), st.integers(1, 9), KINDS, st.sampled_from([None, 2, 3, 7]))
def test_every_point_is_feasible_and_every_block_holds_its_control(
    planted: Planted, seed: int, n: int, kind: Any, block_size: int | None
) -> None:
    """For any space: rules kept exactly, no formulation twice, one control a block, runs counted through."""
    space, control = planted
    points = initial_design(space, n, np.random.default_rng(seed), kind=kind, control=control, block_size=block_size)
    for point in points:
        assert obeys(space, dict(point.formulation)) == []
    assert [point.run_order for point in points] == list(range(1, len(points) + 1))
    blocks = {point.block for point in points}
    assert blocks == set(range(1, len(blocks) + 1))
    assert Counter(point.block for point in points if point.is_control) == dict.fromkeys(blocks, 1)
    chosen = [tuple(point.formulation.values()) for point in points if not point.is_control]
    assert len(set(chosen)) == len(chosen) <= n
    assert all(size <= (block_size or n) for size in Counter(p.block for p in points if not p.is_control).values())


@pytest.mark.parametrize("n_hard", [1, 2])
@pytest.mark.parametrize("block_size", [None, 4, 6])
def test_hard_settings_change_between_blocks_only(n_hard: int, block_size: int | None) -> None:
    """Every hard-to-change parameter varies, yet changes at most once between one block and the next."""
    space = furnace(n_hard=n_hard)
    points = initial_design(space, 18, np.random.default_rng(0), block_size=block_size)
    assert len(points) == 18
    hard = rows_of(space, points)[:, hard_columns(space)]
    n_blocks = max(point.block for point in points)
    assert (n_changes(hard) <= n_blocks - 1).all()
    assert (n_changes(hard) >= 1).all()
    for block in range(1, n_blocks + 1):
        assert len(np.unique(hard[[p.block == block for p in points]], axis=0)) == 1


def test_a_control_with_another_hard_setting_stands_at_the_edge_of_its_block() -> None:
    """It costs one change more a block at most, not two."""
    space = furnace()
    control = {"a": 60, "b": 30, "c": 10, "T": 950, "gas": "air", "hours": 2}
    points = initial_design(space, 16, np.random.default_rng(0), control=control, block_size=4)
    changes = n_changes(rows_of(space, points)[:, hard_columns(space)])
    assert changes[0] <= 2 * max(point.block for point in points) - 1


def test_runs_are_randomised_within_blocks() -> None:
    """Another seed, another order of the same runs; hard settings stay together in both."""
    space = furnace(n_hard=2)
    rows = sample(space, 12, np.random.default_rng(0))
    rows[:, hard_columns(space)] = rows[np.arange(12) % 4][:, hard_columns(space)]
    orders = [order_runs(rows, space, np.random.default_rng(seed)) for seed in range(6)]
    assert len(set(map(tuple, orders))) > 3
    for order in orders:
        assert sorted(order) == list(range(12))
        groups = rows[order][:, hard_columns(space)]
        assert (np.diff(groups, axis=0) != 0).any(axis=1).sum() == len(np.unique(groups, axis=0)) - 1


def test_groups_follow_one_another_with_few_changes() -> None:
    """Six settings of two hard parameters, 2 × 3: a path that changes one parameter at a time is found."""
    parameters = {name: Discrete(values=(1, 2, 3), hard_to_change=True) for name in "xy"}
    rows = np.array([[x, y] for x in (1, 2) for y in (1, 2, 3)], dtype=float)
    for seed in range(10):
        order = order_runs(rows, SearchSpace(parameters), np.random.default_rng(seed))
        assert n_changes(rows[order]).sum() == 5


def test_nothing_to_order_is_no_trouble() -> None:
    """An empty batch has an empty order."""
    assert order_runs(np.empty((0, 6)), furnace(), np.random.default_rng(0)) == []


def mean_gap(space: SearchSpace, designs: list[np.ndarray]) -> float:
    gaps = []
    for rows in designs:
        points = scaled(space, rows)
        gaps.append(distances(points, points)[np.triu_indices(len(rows), 1)].min())
    return float(np.mean(gaps))


@pytest.mark.parametrize(("space", "kind"), [("box", "sobol"), ("box", "maximin"), ("mixture", "maximin")])
def test_designs_fill_the_space_better_than_chance(space: str, kind: Any) -> None:
    """On average, the smallest distance between two of 16 points is larger than between 16 points at random."""
    box = SearchSpace({name: Continuous(low=0, high=1) for name in "xyz"})
    chosen = box if space == "box" else compound()
    designs, drawn = [], []
    for seed in range(20 if space == "box" else 8):
        rng = np.random.default_rng(seed)
        designs.append(rows_of(chosen, initial_design(chosen, 16, rng, kind=kind)))
        drawn.append(rng.random((16, 3)) if space == "box" else sample(chosen, 16, rng))
    assert mean_gap(chosen, designs) > 1.2 * mean_gap(chosen, drawn)


def test_a_scrambled_simplex_is_even_over_the_mixture() -> None:
    """Each share of three averages a third, and all three corners are approached."""
    space = SearchSpace({name: Ingredient(high=100, step=0.1) for name in "abc"}, [mixture_sum("abc", 100)])
    rows = rows_of(space, initial_design(space, 32, np.random.default_rng(1), kind="simplex"))
    np.testing.assert_allclose(rows.mean(axis=0), 100 / 3, atol=6)
    assert (rows.max(axis=0) > 70).all()


def test_a_small_space_gives_each_formulation_once() -> None:
    """Asked for more than there is, a design is the whole space; a table likewise, hard settings together."""
    small = SearchSpace({"x": Discrete(values=(1, 2)), "c": Categorical(levels=["a", "b"])})
    assert len(initial_design(small, 9, np.random.default_rng(0))) == 4
    table = [{"T": T, "x": x} for T in (800, 900, 1000) for x in (1, 2, 4)]
    parameters = {
        "T": Discrete(values=(800, 900, 1000), hard_to_change=True),
        "x": Discrete(values=(1, 2, 3, 4)),
    }
    points = initial_design(SearchSpace(parameters, (), table), 8, np.random.default_rng(0), block_size=8)
    assert len(points) == 8
    assert n_changes(np.array([[point.formulation["T"]] for point in points]))[0] == 2


def test_what_cannot_be_designed_is_told() -> None:
    """No runs, and a control that breaks a rule, are typed errors."""
    with pytest.raises(SpaceError, match="at least one formulation, got 0"):
        initial_design(furnace(), 0, np.random.default_rng(0))
    control = {"a": 60, "b": 30, "c": 5, "T": 950, "gas": "air", "hours": 2}
    with pytest.raises(FormulationError, match=r"the control breaks rules.*sum of ingredients"):
        initial_design(furnace(), 4, np.random.default_rng(0), control=control)
