"""Encoded columns lie in [0, 1], keep what matters, and can be read back."""

import numpy as np
import pytest

from loop.space.encoding import Encoding
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from loop.space.space import SearchSpace, mixture_sum

SPACE = SearchSpace(
    {
        "PP": Ingredient(low=50, high=100),
        "AO": Ingredient(low=0, high=0.5, minimum_if_used=0.02, scale="log"),
        "talc": Ingredient(low=0, high=40),
        "rate": Continuous(low=1, high=1000, scale="log"),
        "speed": Discrete(values=(100, 200, 400)),
        "screw": Categorical(levels={"mild": {"shear": 1.0}, "hard": {"shear": 5.0}, "wild": {"shear": 9.0}}),
    },
    [mixture_sum(["PP", "AO", "talc"], 100)],
)
ROWS = np.array([[80, 0, 20, 1, 100, 0], [79.5, 0.5, 20, 1000, 400, 2], [60, 0.02, 39.98, 31.6, 200, 1]])


def test_columns_lie_between_zero_and_one():
    X = Encoding(SPACE).encode(ROWS)
    assert X.min() >= 0
    assert X.max() <= 1
    assert X.shape == (3, len(Encoding(SPACE).columns))


def test_numbers_can_be_read_back():
    encoding = Encoding(SPACE)
    back = encoding.decode(encoding.encode(ROWS))
    for j, name in enumerate(SPACE.names[:-1]):
        np.testing.assert_allclose(back[name], ROWS[:, j], rtol=1e-9, atol=1e-12)


def test_a_log_scale_gives_equal_ratios_equal_steps():
    encoding = Encoding(SPACE)
    k = [c.parameter for c in encoding.columns].index("rate")
    X = encoding.encode(ROWS)
    assert X[2, k] == pytest.approx(np.log(31.6) / np.log(1000))


def test_levels_get_a_column_each_and_their_descriptors_one_more():
    encoding = Encoding(SPACE)
    kinds = [(c.kind, c.level) for c in encoding.columns if c.parameter == "screw"]
    assert kinds == [("level", "mild"), ("level", "hard"), ("level", "wild"), ("descriptor", "shear")]
    assert encoding.encode(ROWS)[:, -4:].tolist() == [[1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0.5]]


def test_a_table_of_candidates_sets_the_range():
    space = SearchSpace({"x": Continuous(low=0, high=100)}, candidates=[{"x": 20.0}, {"x": 40.0}])
    assert Encoding(space).encode(np.array([[20.0], [30.0], [40.0]])).ravel().tolist() == [0.0, 0.5, 1.0]


def test_a_number_listed_unevenly_comes_with_its_rank_among_the_candidates():
    listed = [{"dose": dose, "speed": speed} for dose in (0.1, 1.0, 10.0, 100.0) for speed in (100.0, 200.0, 300.0)]
    space = SearchSpace({"dose": Continuous(low=0, high=100), "speed": Continuous(low=0, high=500)}, candidates=listed)
    encoding = Encoding(space)
    assert [(c.parameter, c.kind) for c in encoding.columns] == [
        ("dose", "numeric"),
        ("dose", "rank"),
        ("speed", "numeric"),
    ]
    X = encoding.encode(np.array([[0.1, 100], [1.0, 200], [5.5, 200], [100.0, 300]]))
    np.testing.assert_allclose(X[:, 1], [0, 1 / 3, 0.5, 1])
    np.testing.assert_allclose(encoding.decode(X)["dose"], [0.1, 1.0, 5.5, 100.0])


def test_candidates_listed_often_take_more_of_the_ranks():
    crowded = [{"x": x} for x in (0.0, 5.0, 5.1, 5.2, 5.3, 10.0)]
    X = Encoding(SearchSpace({"x": Continuous(low=0, high=10)}, candidates=crowded)).encode(np.array([[5.0], [5.3]]))
    np.testing.assert_allclose(X[:, 1], [0.2, 0.8])


def test_candidates_belong_to_no_block():
    encoding = Encoding(SPACE, ["B1", "B2"])
    assert encoding.encode(ROWS)[:, -2:].tolist() == [[0, 0]] * 3
    assert encoding.encode(ROWS, ["B2", "", "B1"])[:, -2:].tolist() == [[0, 1], [0, 0], [1, 0]]
