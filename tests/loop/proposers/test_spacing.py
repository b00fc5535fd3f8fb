"""What fills a space: open formulations, far from all others, found while one is left."""

from __future__ import annotations

import numpy as np
import pytest

from loop.proposers.spacing import far_apart
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.space import SearchSpace, mixture_sum


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_corner_farthest_from_all_is_chosen_first() -> None:
    """On a grid of nine with one corner closed, the opposite one; then the farthest from both."""
    space = SearchSpace({name: Discrete(values=(0, 1, 2)) for name in "ab"})
    chosen = far_apart(space, 3, rng(), closed=[{"a": 0.0, "b": 0.0}])
    assert chosen[0] == {"a": 2.0, "b": 2.0}
    assert {tuple(f.values()) for f in chosen[1:]} == {(0.0, 2.0), (2.0, 0.0)}


def test_what_was_asked_for_before_comes_last_and_what_is_closed_never() -> None:
    space = SearchSpace({"a": Discrete(values=(0, 1)), "k": Categorical(levels=["x", "y"])})
    closed, lost = [{"a": 0.0, "k": "x"}], [{"a": 1.0, "k": "y"}]
    chosen = far_apart(space, 4, rng(), closed=closed, beside=lost)
    assert len(chosen) == 3
    assert chosen[-1] == lost[0]
    assert closed[0] not in chosen
    assert far_apart(space, 1, rng(), closed=[*closed, *chosen]) == []


def test_what_was_made_far_outside_says_nothing_within() -> None:
    space = SearchSpace({name: Continuous(low=0, high=1) for name in "ab"})
    far = [{"a": 1e200, "b": -1e200}, {"a": 0.1, "b": 0.1}]
    (chosen,) = far_apart(space, 1, rng(), closed=[], beside=far)
    assert space.violations(chosen) == []
    assert np.hypot(float(chosen["a"]) - 0.1, float(chosen["b"]) - 0.1) > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_the_last_formulation_of_a_narrow_mixture_is_found(seed: int) -> None:
    """A grid of 13^4 holds 85 mixtures: the one that is left is found among them."""
    parameters = {
        name: Ingredient(low=low, high=low + 12, step=1) for name, low in zip("abcd", (10, 20, 30, 0), strict=True)
    }
    space = SearchSpace(parameters, [mixture_sum("abcd", 64)])
    everything = [
        {"a": 10.0 + a, "b": 20.0 + b, "c": 30.0 + c, "d": 4.0 - a - b - c}
        for a in range(5)
        for b in range(5 - a)
        for c in range(5 - a - b)
    ]
    left = everything.pop(int(np.random.default_rng(seed).integers(len(everything))))
    assert far_apart(space, 2, rng(), closed=everything) == [left]
