"""Trust in a feature: planted shares of variance are recovered, and what cannot be judged is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.features.trust import FEWEST_SPECIMENS, TRUSTED, trust_of


def planted(rng, *, icc, sizes, scatter=1.0, stderr=None):
    """Return values of specimens whose variance between them has a given share of all."""
    between = scatter * np.sqrt(icc / (1 - icc))
    return {
        f"S-{k}": [(float(level + noise), stderr) for noise in rng.normal(0, scatter, n)]
        for k, (n, level) in enumerate(zip(sizes, rng.normal(50, between, len(sizes)), strict=True))
    }


@pytest.mark.parametrize("icc", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("sizes", [[3] * 30, [2, 3, 4, 6] * 8])
def test_a_planted_share_of_variance_lies_in_its_interval(icc, sizes):
    """In 95 of 100 drawings, within what 400 drawings tell; and on average it comes out as planted."""
    rng = np.random.default_rng([int(100 * icc), len(sizes)])
    found = [trust_of(planted(rng, icc=icc, sizes=sizes)) for _ in range(400)]
    covered = np.mean([one.icc_low <= icc <= one.icc_high for one in found])
    assert 0.92 <= covered <= 0.98
    assert np.mean([one.icc for one in found]) == pytest.approx(icc, abs=0.02)


def test_a_published_example_gives_its_published_number():
    """Six targets and four judges of Shrout & Fleiss (1979), table 2: ICC(1,1) is 0.17, between -0.13 and 0.72."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = trust_of({f"target {k}": [(float(v), None) for v in row] for k, row in enumerate(ratings)})
    assert found.icc == pytest.approx(0.17, abs=0.005)
    assert (found.icc_low, found.icc_high) == pytest.approx((-0.13, 0.72), abs=0.005)
    assert found.verdict == "untrustworthy"


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    shift=st.floats(-1e4, 1e4),
    scale=st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3),
    sizes=st.lists(st.integers(1, 5), min_size=5, max_size=12),
)
def test_another_unit_and_another_zero_change_nothing(seed, shift, scale, sizes):
    """Only the scatter is in units; it goes with them."""
    sizes = [2, 2, *sizes]
    values = planted(np.random.default_rng(seed), icc=0.7, sizes=sizes, stderr=1.0)
    other = {name: [(shift + scale * v, abs(scale)) for v, _ in some] for name, some in values.items()}
    one, two = trust_of(values), trust_of(other)
    assert two.icc == pytest.approx(one.icc, abs=1e-6)
    assert (two.icc_low, two.icc_high) == pytest.approx((one.icc_low, one.icc_high), abs=1e-6)
    assert two.scatter == pytest.approx(abs(scale) * one.scatter, rel=1e-6)
    assert two.birge == pytest.approx(one.birge, rel=1e-6)
    assert two.verdict == one.verdict


def test_without_error_of_measuring_it_is_one():
    """Every specimen gives its value again."""
    found = trust_of({f"S-{k}": [(float(k), 0.1)] * 3 for k in range(8)})
    assert (found.icc, found.icc_low, found.icc_high, found.scatter) == (1.0, 1.0, 1.0, 0.0)
    assert found.verdict == "trustworthy"


def test_without_differences_between_specimens_it_is_about_zero():
    """All of the scatter is that of measuring: its interval holds zero."""
    rng = np.random.default_rng(5)
    found = trust_of({f"S-{k}": [(float(v), None) for v in rng.normal(7, 1, 3)] for k in range(200)})
    assert abs(found.icc) < 0.1
    assert found.icc_low < 0 < found.icc_high
    assert found.verdict == "untrustworthy"


def test_one_number_for_all_is_not_judged():
    """0.1 three times, for every specimen: neither trust nor distrust follows."""
    found = trust_of({f"S-{k}": [(0.1, None)] * 3 for k in range(8)})
    assert (found.icc, found.verdict) == (None, "unjudged")


def test_few_specimens_are_not_judged():
    """The number is told, the verdict is not."""
    rng = np.random.default_rng(3)
    values = planted(rng, icc=0.99, sizes=[3] * FEWEST_SPECIMENS)
    assert trust_of(values).verdict == "trustworthy"
    values.popitem()
    few = trust_of(values)
    assert few.icc > TRUSTED
    assert few.verdict == "unjudged"


def test_specimens_measured_once_and_missing_values_are_counted_and_left_out():
    """What has no value is no zero, and no repetition."""
    rng = np.random.default_rng(4)
    values = planted(rng, icc=0.9, sizes=[3] * 6)
    alone = trust_of(values)
    more = {name: [*some, (None, None), (float("nan"), 1.0)] for name, some in values.items()}
    more |= {"once": [(1e6, None)], "never": [(None, None)] * 2, "once more": [(-1e6, None), (None, None)]}
    found = trust_of(more)
    assert (found.n_specimens, found.n_values, found.n_missing) == (6, 18, 15)
    assert (found.icc, found.scatter) == (alone.icc, alone.scatter)
    nothing = trust_of({"never": [(None, None)]})
    assert (nothing.n_specimens, nothing.n_missing, nothing.icc, nothing.verdict) == (0, 1, None, "unjudged")


@pytest.mark.parametrize(("stderr", "birge"), [(1.0, 1.0), (0.5, 2.0), (2.0, 0.5)])
def test_standard_errors_are_held_against_the_scatter_really_seen(stderr, birge):
    """Honest ones give 1, halved ones 2; a specimen that nothing is known of, with an error as large, says little."""
    values = planted(np.random.default_rng(6), icc=0.9, sizes=[3] * 400, stderr=stderr)
    values["unknown"] = [(0.0, 1e4), (1e4, 1e4), (-1e4, 1e4)]
    found = trust_of(values)
    assert found.birge == pytest.approx(birge, rel=0.06)
    assert found.stderr == stderr


def test_without_standard_errors_nothing_is_said_of_them():
    """A feature without errors is judged by its scatter alone."""
    found = trust_of(planted(np.random.default_rng(7), icc=0.9, sizes=[3] * 10))
    assert (found.stderr, found.birge) == (None, None)
    assert found.scatter is not None
