"""Laws of moves: they stay inside the space, go everywhere they should, and keep every sum."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.acquisition.moves import Moves
from loop.space.constraints import Linear, Ratio
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.sampling import enumerate_rows, sample
from loop.space.space import SearchSpace, mixture_sum
from tests.loop.space.spaces import Planted, obeys, planted_spaces
from tests.loop.space.test_sampling import compound

slowly = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1))
def test_every_neighbour_is_another_feasible_row(planted: Planted, seed: int) -> None:
    """In exact arithmetic, wherever one starts from."""
    space, formulation = planted
    rows = space.to_rows([formulation])
    many, owner = Moves(space).around(rows)
    assert set(owner.tolist()) <= {0}
    assert (many != rows[0]).any(axis=1).all()
    picked = np.random.default_rng(seed).permutation(len(many))[:20]
    for row in many[picked]:
        assert obeys(space, space.to_formulation(row)) == []


def test_neighbours_remember_where_they_came_from() -> None:
    """Seen together or one by one, each row has the same neighbours."""
    space = compound()
    rows = sample(space, 4, np.random.default_rng(0))
    moves = Moves(space)
    together, owner = moves.around(rows)
    for i, row in enumerate(rows):
        alone, _ = moves.around(row[None])
        np.testing.assert_array_equal(np.unique(together[owner == i], axis=0), np.unique(alone, axis=0))


def test_every_single_step_is_among_the_moves() -> None:
    """One step from each ingredient to each other, one step of each condition, each other level."""
    parameters = {
        "a": Ingredient(high=100, step=0.5),
        "b": Ingredient(high=100, step=1),
        "c": Ingredient(high=100, step=0.5),
        "T": Continuous(low=0, high=100, step=5),
        "n": Discrete(values=(1, 3, 10)),
        "k": Categorical(levels=["x", "y", "z"]),
    }
    space = SearchSpace(parameters, [mixture_sum("abc", 100)])
    here = np.array([30.0, 40, 30, 50, 3, 1])
    found = {tuple(row) for row in Moves(space).around(here[None])[0]}
    shifts = [(1, -1, 0), (-1, 1, 0), (0, 1, -1), (0, -1, 1), (0.5, 0, -0.5), (-0.5, 0, 0.5)]
    wanted = {(*(here[:3] + shift), 50, 3, 1) for shift in shifts}
    wanted |= {(30, 40, 30, T, 3, 1) for T in (45, 55)} | {(30, 40, 30, 50, n, 1) for n in (1, 10)}
    wanted |= {(30, 40, 30, 50, 3, k) for k in (0, 2)}
    assert wanted <= found


def test_ingredients_come_and_go_and_change_places() -> None:
    """At the limit of a count, one additive can still take another's place."""
    space = compound()
    here = space.to_rows(
        [
            {
                "base": 70,
                "recyclate": 20,
                "a0": 1,
                "a1": 0,
                "a2": 0,
                "a3": 8.5,
                "a4": 0.5,
                "T": 200,
                "speed": 200,
                "screw": "B",
            }
        ]
    )
    many, _ = Moves(space).around(here)
    used = {tuple(row) for row in many[:, 2:7] > 0}
    assert (True, False, False, True, False) in used  # a4 left out
    assert (True, True, False, False, True) in used  # a1 in the place of a3
    assert (False, False, True, True, True) in used  # a2 in the place of a0


def test_moves_go_along_two_sums_and_along_a_bound() -> None:
    """Under two equalities three or four ingredients move at once; at a ratio's limit both of its sides do."""
    parameters = {name: Ingredient(high=60, step=0.1) for name in "abcd"}
    twice = SearchSpace(parameters, [mixture_sum("abcd", 100), Linear(coefficients={"a": 1, "b": 2}, equals=50)])
    here = np.array([[20.0, 15, 30, 35]])
    many, _ = Moves(twice).around(here)
    assert ((many != here).sum(axis=1) >= 3).any()
    assert len(many) > 20
    bounded = SearchSpace(parameters, [mixture_sum("abcd", 100), Ratio(numerator="a", denominator="b", at_most=3)])
    many, _ = Moves(bounded).around(np.array([[45.0, 15, 20, 20]]))
    along = many[np.isclose(many[:, 0], 3 * many[:, 1])]
    assert len(along) > 5


def test_moves_connect_a_small_space() -> None:
    """From any formulation of a small blend, moves lead to every other one."""
    parameters = {"a": Ingredient(high=4, step=1), "b": Ingredient(high=4, step=1, minimum_if_used=2)}
    parameters |= {"c": Ingredient(high=4, step=1)}
    space = SearchSpace({**parameters, "k": Categorical(levels=["x", "y"])}, [mixture_sum("abc", 5)])
    everything = enumerate_rows(space)
    assert everything is not None
    moves, reached = Moves(space), {tuple(everything[0])}
    front = everything[:1]
    while len(front):
        many, _ = moves.around(front)
        front = np.array([row for row in np.unique(many, axis=0) if tuple(row) not in reached]).reshape(-1, 4)
        reached |= {tuple(row) for row in front}
    assert reached == {tuple(row) for row in everything}


def test_real_numbers_under_a_sum_move_together() -> None:
    """Without steps, the sum is kept to the last digits."""
    space = SearchSpace(
        {name: Continuous(low=0, high=1) for name in "xyz"}, [Linear(coefficients=dict.fromkeys("xyz", 1.0), equals=1)]
    )
    many, _ = Moves(space).around(np.array([[0.2, 0.3, 0.5]]))
    assert len(many) > 10
    np.testing.assert_allclose(many.sum(axis=1), 1, atol=1e-9)
