"""Laws of the search: feasible, open, repeatable, and at the planted top."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from botorch.acquisition import AcquisitionFunction, LogExpectedImprovement
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.models import SingleTaskGP
from botorch.sampling import SobolQMCNormalSampler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.acquisition.optimise import Pick, maximise
from loop.errors import SpaceError
from loop.space.constraints import Linear
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.sampling import enumerate_rows, sample
from loop.space.space import SearchSpace, mixture_sum
from tests.loop.space.spaces import Planted, obeys, planted_spaces
from tests.loop.space.test_sampling import compound

slowly = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    """Torch on one thread, as in every worker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Hill(AcquisitionFunction):
    """Minus the squared distance to a top, in encoded columns; has a gradient or not; falls beside pending points."""

    def __init__(self, top: np.ndarray, *, has_gradient: bool = True) -> None:
        super().__init__(model=SingleTaskGP(torch.rand(2, 1).double(), torch.rand(2, 1).double()))
        self.top, self.has_gradient = torch.as_tensor(top), has_gradient
        self.n_scored = 0

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        self.n_scored += len(X)
        values = -((X[:, 0] - self.top) ** 2).sum(dim=-1)
        return values if self.has_gradient else values.detach()


def columns_of(space: SearchSpace) -> Callable[[np.ndarray], np.ndarray]:
    """Encode numbers over their range and each level as a column, apart from the loop's own encoding."""

    def encode(rows: np.ndarray) -> np.ndarray:
        parts = []
        for j, parameter in enumerate(space.parameters.values()):
            if isinstance(parameter, Categorical):
                parts.append(np.eye(len(parameter.names))[rows[:, j].astype(int)])
            else:
                parts.append(((rows[:, j] - parameter.low) / (parameter.high - parameter.low))[:, None])
        return np.concatenate(parts, axis=1)

    return encode


def nothing(space: SearchSpace) -> np.ndarray:
    return np.empty((0, len(space.names)))


def search(space: SearchSpace, acquisition: AcquisitionFunction, n: int = 1, seed: int = 0, **more: Any) -> list[Pick]:
    more = {"seen_rows": nothing(space), **more}
    return maximise(acquisition, space, columns_of(space), n=n, rng=np.random.default_rng(seed), **more)


def noisy_improvement(space: SearchSpace, rows: np.ndarray, seed: int = 0) -> qLogNoisyExpectedImprovement:
    """A real acquisition over a model of fixed hyper-parameters: no fit, so quick, and the same every time."""
    rng = np.random.default_rng(seed)
    X = torch.as_tensor(columns_of(space)(rows))
    Y = torch.as_tensor(np.sin(3 * X.numpy() @ rng.normal(size=X.shape[1])))[:, None]
    torch.manual_seed(seed)
    sampler = SobolQMCNormalSampler(torch.Size([32]), seed=seed)
    model = SingleTaskGP(X, Y, torch.full_like(Y, 1e-3))
    return qLogNoisyExpectedImprovement(model, X_baseline=X, sampler=sampler, prune_baseline=True)


@slowly
@given(planted_spaces(), st.integers(0, 2**32 - 1))
def test_picks_are_feasible_open_and_different(planted: Planted, seed: int) -> None:
    """In any space: rules kept exactly, no row twice, none that is known; an error where the space is spent."""
    space, formulation = planted
    seen = space.to_rows([formulation])
    encode = columns_of(space)
    try:
        picks = search(space, Hill(encode(seen)[0]), n=3, seed=seed, seen_rows=seen)
    except SpaceError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert "every one is made or pending" in refusal
        return
    for pick in picks:
        assert obeys(space, space.to_formulation(pick.row)) == []
        assert pick.value == pytest.approx(-((encode(pick.row[None]) - encode(seen)) ** 2).sum(), abs=1e-9)
    assert len({tuple(row) for row in [*seen, *(pick.row for pick in picks)]}) == 1 + len(picks)
    everything = enumerate_rows(space)
    assert len(picks) == 3 or everything is None or len(picks) == len(everything) - 1


@pytest.mark.parametrize("has_gradient", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_a_planted_top_is_found_to_the_last_step(seed: int, *, has_gradient: bool) -> None:
    """Whatever is used in the best formulation of a tight mixture, it is found exactly; nearly without a gradient."""
    space = compound()
    top = sample(space, 1, np.random.default_rng(100 + seed))
    (pick,) = search(space, Hill(columns_of(space)(top)[0], has_gradient=has_gradient), seed=seed)
    if has_gradient:
        np.testing.assert_array_equal(pick.row, top[0])
    else:
        assert pick.value > -1e-3


def test_listed_doses_within_a_sum_are_found_too() -> None:
    """A dose out of an uneven list counts to the whole; the others make up for it."""
    parameters = {
        "catalyst": Discrete(values=(0, 0.5, 2, 5)),
        "hardener": Discrete(values=(10, 20, 30)),
        **{name: Ingredient(high=100, step=0.1) for name in "ab"},
    }
    space = SearchSpace(parameters, [Linear(coefficients=dict.fromkeys(parameters, 1.0), equals=100)])
    for top in ([2.0, 10, 60.3, 27.7], [5.0, 30, 0, 65]):
        (pick,) = search(space, Hill(columns_of(space)(np.array([top]))[0]))
        np.testing.assert_array_equal(pick.row, top)


def test_a_seen_top_is_only_chosen_again_where_that_is_allowed() -> None:
    """Without repeats, the best neighbour is chosen; with, the top itself, once a batch."""
    space = compound()
    top = sample(space, 1, np.random.default_rng(1))
    hill = Hill(columns_of(space)(top)[0])
    (beside,) = search(space, hill, seen_rows=top)
    assert -1e-3 < beside.value < 0
    picks = search(space, hill, n=2, seen_rows=top, allow_repeats=True)
    np.testing.assert_array_equal(picks[0].row, top[0])
    assert tuple(picks[1].row) != tuple(top[0])


def grades() -> SearchSpace:
    """A table of 60 formulations."""
    rng = np.random.default_rng(0)
    rows = [{"x": float(x), "y": float(y), "grade": "AB"[i % 2]} for i, (x, y) in enumerate(rng.random((60, 2)))]
    parameters = {
        "x": Continuous(low=0, high=1),
        "y": Continuous(low=0, high=1),
        "grade": Categorical(levels=["A", "B"]),
    }
    return SearchSpace(parameters, (), rows)


def test_a_table_gives_its_best_open_rows_in_order() -> None:
    """Every candidate not seen is scored; the best come first, fewer where fewer are left; a spent table says so."""
    space = grades()
    assert space.candidates is not None
    encode = columns_of(space)
    hill = Hill(np.array([0.3, 0.7, 1.0, 0.0]))
    seen, left = space.candidates[::2], space.candidates[1::2]
    best = left[np.argsort(((encode(left) - hill.top.numpy()) ** 2).sum(axis=1), kind="stable")]
    picks = search(space, hill, n=4, seen_rows=seen)
    np.testing.assert_array_equal([pick.row for pick in picks], best[:4])
    assert len(search(space, hill, n=30, seen_rows=seen)) == 30
    assert len(search(space, hill, n=31, seen_rows=seen)) == 30
    with pytest.raises(SpaceError, match="every one is made or pending"):
        search(space, hill, seen_rows=space.candidates)


def test_a_small_space_is_searched_whole() -> None:
    """Where every formulation can be listed, the best one is certain, however rough the score."""
    parameters = {"a": Ingredient(high=9, step=1), "b": Ingredient(high=9, step=1), "n": Discrete(values=(1, 2, 7))}
    space = SearchSpace(parameters, [mixture_sum("ab", 9)])
    everything = enumerate_rows(space)
    assert everything is not None
    rough = noisy_improvement(space, everything[[3, 11, 20]], seed=4)
    with torch.no_grad():
        values = rough(torch.as_tensor(columns_of(space)(everything)).unsqueeze(1)).numpy()
    open_values = np.delete(values, [3, 11, 20])
    (pick,) = search(space, rough, seen_rows=everything[[3, 11, 20]])
    assert pick.value == open_values.max()


def test_real_numbers_are_brought_to_the_top_of_their_hill() -> None:
    """In a box to within its six digits; under a sum and a bound to the known nearest point."""
    box = SearchSpace({"x": Continuous(low=-2, high=3), "y": Continuous(low=0, high=10)})
    (pick,) = search(box, Hill(np.array([0.123456, 0.777777])))
    np.testing.assert_allclose(pick.row, [-2 + 5 * 0.123456, 7.77777], atol=2e-4)
    bounded = SearchSpace(
        {name: Continuous(low=0, high=1) for name in "xyz"},
        [
            Linear(coefficients=dict.fromkeys("xyz", 1.0), equals=1),
            Linear(coefficients={"x": 1, "y": -1}, at_least=0.25),
        ],
    )
    (pick,) = search(bounded, Hill(np.array([0.2, 0.5, 0.3])))
    np.testing.assert_allclose(pick.row, [0.475, 0.225, 0.3], atol=1e-3)  # projection by hand
    assert bounded.feasible(pick.row[None])[0]


def test_real_numbers_beside_a_mixture_are_brought_to_the_top_too() -> None:
    """Grid, levels and real numbers at once."""
    parameters = {
        **{name: Ingredient(high=100, step=0.5) for name in "abc"},
        "T": Continuous(low=0, high=1),
        "k": Categorical(levels=["x", "y"]),
    }
    space = SearchSpace(parameters, [mixture_sum("abc", 100)])
    (pick,) = search(space, Hill(np.array([0.205, 0.505, 0.29, 0.31415, 0, 1])))
    np.testing.assert_allclose(pick.row, [20.5, 50.5, 29, 0.31415, 1], atol=1e-3)


def test_the_same_seed_gives_the_same_batch_bit_for_bit() -> None:
    """On one thread, with a real acquisition; the batch avoids pending rows and spreads."""
    space = compound()
    rows = sample(space, 30, np.random.default_rng(0))
    waiting = sample(space, 2, np.random.default_rng(1))
    batches = [
        search(space, noisy_improvement(space, rows), n=3, seed=5, seen_rows=rows, pending_rows=waiting)
        for _ in range(2)
    ]
    for first, again in zip(*batches, strict=True):
        np.testing.assert_array_equal(first.row, again.row)
        assert first.value == again.value
    chosen = {tuple(pick.row) for pick in batches[0]}
    assert len(chosen) == 3
    assert not chosen & {tuple(row) for row in [*rows, *waiting]}


def test_the_search_beats_many_samples_with_few_scores() -> None:
    """What is found of a real acquisition is better than the best of 5000 samples."""
    space = compound()
    rows = sample(space, 40, np.random.default_rng(2))
    acquisition = noisy_improvement(space, rows, seed=2)
    many = torch.as_tensor(columns_of(space)(sample(space, 5000, np.random.default_rng(3))))
    with torch.no_grad():
        best = max(float(acquisition(chunk.unsqueeze(1)).max()) for chunk in torch.split(many, 500))
    (pick,) = search(space, acquisition, seen_rows=rows)
    assert pick.value > best


def test_the_acquisition_is_told_of_all_that_is_pending() -> None:
    """Before each further pick: the rows pending from before, then those chosen so far."""
    space = compound()
    encode = columns_of(space)
    waiting = sample(space, 2, np.random.default_rng(1))
    hill = Hill(encode(waiting)[0])
    picks = search(space, hill, n=3, pending_rows=waiting)
    told = np.vstack([waiting, *(pick.row[None] for pick in picks[:2])])
    np.testing.assert_array_equal(hill.X_pending.numpy(), encode(told))
    assert hill.n_scored < 40_000


def test_an_acquisition_that_sees_nothing_pending_gives_one_row_at_a_time() -> None:
    """An analytic one is fine for one; for two it is refused with the reason."""
    space = SearchSpace({"x": Continuous(low=0, high=1), "y": Continuous(low=0, high=1)})
    X = torch.rand(6, 2, generator=torch.Generator().manual_seed(0), dtype=torch.double)
    model = SingleTaskGP(X, X.sum(dim=1, keepdim=True))
    acquisition = LogExpectedImprovement(model, best_f=1.0)
    (pick,) = search(space, acquisition)
    assert space.feasible(pick.row[None])[0]
    with pytest.raises(SpaceError, match="LogExpectedImprovement cannot take pending formulations into account"):
        search(space, acquisition, n=2)
