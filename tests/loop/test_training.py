"""What a surrogate is given: as made, pooled, with the noise that the tests have."""

import numpy as np
import pytest

from loop.observations import Observation, State, TargetValue
from loop.space.encoding import Encoding
from loop.teaching import taught
from loop.training import evidence_of, pooled_sd
from loop.versions import Versions
from tests.loop.campaigns import SIMPLE, definition, value


def seen(name, temperature, catalyst="A", *, block="", excluded=False, **targets):
    return Observation(
        specimen_id=name,
        as_made={"temperature": temperature, "catalyst": catalyst},
        targets=targets,
        block=block,
        is_excluded=excluded,
    )


def evidence(observations, of=None, blocks=()):
    of = of or definition()
    versions = Versions([of])
    return evidence_of(of, Encoding(of.space(), blocks), versions, taught(of, versions, observations))


def test_replicates_of_one_formulation_become_one_row_weighted_by_their_tests():
    found = evidence([seen("S1", 200, **{"yield": value(40, n=3)}), seen("S2", 200, **{"yield": value(50, n=1)})])
    target = found.data.targets["yield"]
    assert target.mean.tolist() == [42.5]
    assert target.variance[0] == pytest.approx(1.0 / 4)


def test_a_single_test_gets_the_declared_repeatability_and_nan_without_one():
    single = [seen("S1", 200, **{"yield": value(40)})]
    assert evidence(single).data.targets["yield"].variance[0] == 1.0
    undeclared = definition(targets={"yield": {"goal": "maximise"}})
    assert np.isnan(evidence(single, undeclared).data.targets["yield"].variance[0])


def test_enough_repeated_tests_overrule_the_declared_repeatability():
    groups = [[value(10, n=3, sd=2.0)], [value(20, n=3, sd=2.0)]]
    assert pooled_sd(definition().targets["yield"], groups) == pytest.approx(2.0)
    assert pooled_sd(definition().targets["yield"], groups[:1]) == 1.0


def test_excluded_and_empty_specimens_teach_nothing():
    lost = TargetValue(state=State.LOST, n=0)
    found = evidence(
        [
            seen("S1", 200, excluded=True, **{"yield": value(40)}),
            seen("S2", 210, **{"yield": lost}),
            seen("S3", 220, **{"yield": value(50)}),
        ]
    )
    assert found.rows[:, 0].tolist() == [220]


def test_censored_values_enter_with_their_limit_and_side():
    below = TargetValue(state=State.BELOW_DETECTION, limit=5.0, n=0)
    above = TargetValue(state=State.ABOVE_RANGE, limit=95.0, n=0)
    found = evidence([seen("S1", 200, **{"yield": below}), seen("S2", 210, **{"yield": above})])
    target = found.data.targets["yield"]
    assert target.mean.tolist() == [5.0, 95.0]
    assert target.censored.tolist() == [-1, 1]
    assert np.isnan(found.values["yield"]).all()


def test_partly_missing_targets_are_used_as_far_as_they_go():
    two = definition(targets={**SIMPLE["targets"], "purity": {"goal": "maximise"}}, objective={"kind": "pareto"})
    found = evidence([seen("S1", 200, **{"yield": value(40)}), seen("S2", 210, purity=value(9))], two)
    assert found.data.targets["yield"].known.tolist() == [True, False]
    assert found.data.targets["purity"].known.tolist() == [False, True]


def test_as_made_counts_even_off_the_grid_and_outside_the_range():
    found = evidence([seen("S1", 251.3, **{"yield": value(40)})])
    assert found.rows[0, 0] == 251.3
    assert found.data.X[0, 0] == pytest.approx((251.3 - 180) / 60)


def test_blocks_keep_runs_of_one_formulation_apart_and_get_columns():
    runs = [seen("S1", 200, block="B1", **{"yield": value(40)}), seen("S2", 200, block="B2", **{"yield": value(44)})]
    assert len(evidence(runs).rows) == 1
    found = evidence(runs, blocks=("B1", "B2"))
    assert found.data.X[:, -2:].tolist() == [[1, 0], [0, 1]]
    assert [c.kind for c in found.data.columns[-2:]] == ["block", "block"]


def test_computed_targets_are_values_but_never_training_targets():
    cost = {"goal": "minimise", "source": {"expression": "temperature / 10"}}
    of = definition(targets={**SIMPLE["targets"], "cost": cost}, objective={"kind": "pareto"})
    found = evidence([seen("S1", 200, **{"yield": value(40)})], of)
    assert set(found.data.targets) == {"yield"}
    assert found.values["cost"].tolist() == [20.0]
