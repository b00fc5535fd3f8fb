"""Progress, fronts and reliability on campaigns whose truth is planted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from loop import commands
from loop.definition import read_definition
from loop.front import hypervolume, hypervolume_by_cycle, reference_point
from loop.goals import desirability
from loop.judgement import is_better, score_sd, ties_with_best
from loop.observations import TargetValue
from loop.progress import (
    best_by_cycle,
    best_by_specimen,
    cycles_without_improvement,
    limits_progress,
    nearest_to_limits,
    specimen_rows,
)
from loop.proposal import Prediction
from loop.reliability import (
    comparisons,
    coverage,
    coverage_by_cycle,
    coverage_by_target,
    repeatability,
    wilson_interval,
)
from tests.loop.written import WrittenCampaign, above, below


def definition(targets: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "campaign": "PT01",
        "parameters": {
            "x": {"kind": "continuous", "low": 0, "high": 10, "step": 0.1},
            "y": {"kind": "continuous", "low": 0, "high": 10, "step": 0.1},
        },
        "targets": dict(targets),
        **more,
    }


def at(x: float, y: float = 0.0) -> dict[str, float | str]:
    return {"x": x, "y": y}


STRENGTH = {"goal": "maximise", "unit": "MPa", "repeatability_sd": 1.0}
TWO = {"strength": STRENGTH, "toughness": {"goal": "maximise", "unit": "kJ/m²", "repeatability_sd": 0.5}}
PARETO = {"kind": "pareto"}
LIMITED = {
    "strength": {**STRENGTH, "limits": {"at_least": 10}},
    "ash": {"goal": "limits", "limits": {"at_most": 2}},
}


class TestTheTable:
    def test_specimens_stand_in_the_order_of_arrival_and_in_their_cycle(self):
        """Known ones are cycle 0; one imported during cycle 1 does not change what was known before it."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        c.known(at(1), strength=10)
        c.cycle([at(2)], [{"strength": 11}])
        c.known(at(3), strength=12)
        c.cycle([at(4)], [{"strength": 13}])
        rows = specimen_rows(c.state)
        assert [(row.number, row.specimen_id, row.cycle) for row in rows] == [
            (1, "PT01-X0001", 0),
            (2, "PT01-C001-01-S1", 1),
            (3, "PT01-X0002", 1),
            (4, "PT01-C002-01-S1", 2),
        ]

    def test_computed_targets_come_from_the_formulation_as_made(self):
        """What was really weighed counts, not what was planned."""
        targets = {
            "strength": STRENGTH,
            "cost": {"goal": "limits", "limits": {"at_most": 9}, "source": {"expression": "2*x + y"}},
        }
        c = WrittenCampaign(definition(targets))
        (proposal,) = c.propose([at(3, 1)])
        c.write(commands.approve(c.state, [proposal]))
        c.write(commands.record(c.state, proposal, {"strength": TargetValue(mean=5.0)}, as_made={"x": 4.0}))
        (row,) = specimen_rows(c.state)
        assert row.values == {"strength": 5.0, "cost": 9.0}
        assert row.meets_limits is True

    def test_a_computed_target_is_unknown_where_the_formulation_lacks_the_parameter(self):
        """A specimen made before a parameter existed has no number, and no error."""
        first = definition({"strength": STRENGTH})
        c = WrittenCampaign(first)
        c.known(at(1), strength=1)
        wider = {
            **first,
            "parameters": {**first["parameters"], "z": {"kind": "continuous", "low": 0, "high": 1}},
            "targets": {
                "strength": STRENGTH,
                "cost": {"goal": "limits", "limits": {"at_most": 9}, "source": {"expression": "z"}},
            },
        }
        c.write(commands.adopt(c.state, read_definition(wider), text="", core=wider, extras={}, reason="z added"))
        (row,) = specimen_rows(c.state)
        assert row.values["cost"] is None
        assert row.meets_limits is None
        assert not row.can_be_best

    @pytest.mark.parametrize(
        ("limits", "value", "met"),
        [
            ({"at_most": 5}, below(5), True),
            ({"at_most": 5}, below(6), None),
            ({"at_least": 5}, below(5), False),
            ({"at_least": 5}, below(6), None),
            ({"at_least": 5}, above(5), True),
            ({"at_least": 5}, above(4), None),
            ({"at_most": 5}, above(5), False),
            ({"at_least": 1, "at_most": 5}, below(5), None),
            ({"at_least": 1, "at_most": 5}, below(1), False),
            ({"at_least": 1, "at_most": 5}, TargetValue(mean=5.0), True),
            ({"at_least": 1, "at_most": 5}, TargetValue(mean=5.1), False),
        ],
    )
    def test_a_censored_value_meets_a_limit_only_where_every_value_it_may_have_does(self, limits, value, met):
        """Below 5 certainly keeps at most 5, and certainly misses at least 5; the rest is not known."""
        c = WrittenCampaign(definition({"strength": STRENGTH, "ash": {"goal": "limits", "limits": limits}}))
        c.known(at(1), strength=1, ash=value)
        (row,) = specimen_rows(c.state)
        assert row.limits_met["ash"] is met

    def test_desirability_is_the_weighted_geometric_mean(self):
        """Worked by hand: 0.5 with weight 2 and 0.25 with weight 1 give (0.5² · 0.25)^(1/3)."""
        targets = {
            "strength": {**STRENGTH, "worst": 10, "best": 30, "weight": 2},
            "melt flow": {"goal": "match", "value": 8, "worst": 4},
        }
        c = WrittenCampaign(definition(targets, objective={"kind": "desirability"}))
        c.known(at(1), strength=20, **{"melt flow": 11})
        (row,) = specimen_rows(c.state)
        assert row.score == pytest.approx((0.5**2 * 0.25) ** (1 / 3))

    @given(value=st.floats(-50, 50), goal=st.sampled_from(["maximise", "minimise", "match", "range"]))
    @settings(max_examples=60, deadline=None)
    def test_desirability_of_one_target_is_that_of_the_goal(self, value, goal):
        """The score of a lone target equals `loop.goals.desirability`, whatever its goal."""
        shape = {
            "maximise": {"worst": -10, "best": 10},
            "minimise": {"worst": 10, "best": -10},
            "match": {"value": 3, "worst": -10},
            "range": {"low": 1, "high": 5, "worst": -10},
        }[goal]
        c = WrittenCampaign(definition({"t": {"goal": goal, **shape}}, objective={"kind": "desirability"}))
        c.known(at(1), t=value)
        (row,) = specimen_rows(c.state)
        target = c.state.definition.targets["t"]
        wanted = desirability(target, np.array([value]), worst=target.worst, best=target.ideal)[0]
        assert row.score == pytest.approx(wanted, abs=1e-9)


class TestTheBest:
    def test_an_improvement_within_repeatability_is_not_called_better(self):
        """With a test that repeats within 1 MPa, 10.9 does not beat 10, but 11.5 does."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        for strength in (10, 10.9, 11.5, 12.4, 9):
            c.known(at(1), strength=strength)
        steps = best_by_specimen(c.state)
        assert [step.is_better for step in steps] == [True, False, True, False, False]
        assert [step.best[0][-1] for step in steps] == ["1", "1", "3", "3", "3"]
        rows = specimen_rows(c.state)
        assert [row.number for row in ties_with_best(c.state.definition, rows, rows[2])] == [2, 4]

    @given(st.lists(st.floats(0, 20), min_size=1, max_size=15))
    @settings(max_examples=40, deadline=None)
    def test_the_best_so_far_never_falls_and_lags_by_no_more_than_repeatability(self, strengths):
        """Law: within one sd of the largest value seen, and never worse than before."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        for strength in strengths:
            c.known(at(1), strength=strength)
        values = {row.specimen_id: row.values["strength"] for row in specimen_rows(c.state)}
        best = [values[step.best[0]] for step in best_by_specimen(c.state)]
        assert all(later >= earlier for earlier, later in itertools.pairwise(best))
        assert all(max(strengths[: i + 1]) - value <= 1.0 for i, value in enumerate(best))

    def test_only_specimens_that_meet_every_limit_and_are_kept_can_be_best(self):
        """The strongest one misses a limit, the next is excluded, the third lacks a limited value."""
        targets = {"strength": STRENGTH, "ash": {"goal": "limits", "limits": {"at_most": 2}}}
        c = WrittenCampaign(definition(targets))
        c.known(at(1), strength=40, ash=3)
        excluded = c.known(at(2), strength=30, ash=1)
        c.known(at(3), strength=20)
        c.known(at(4), strength=10, ash=1)
        c.write(commands.exclude(c.state, excluded, reason="wrong mould"))
        assert [step.best for step in best_by_specimen(c.state)] == [(), (), (), ("PT01-X0004",)]
        c.write(commands.keep(c.state, excluded, reason="it was the right mould"))
        assert best_by_specimen(c.state)[-1].best == ("PT01-X0002",)

    def test_desirability_moves_by_repeatability_of_every_goal_in_quadrature(self):
        """Both goals at 0.5, sds of 0.05 and 0.025 of their ranges: worked by hand."""
        targets = {
            "strength": {**STRENGTH, "worst": 10, "best": 30},
            "toughness": {"goal": "maximise", "worst": 0, "best": 20, "repeatability_sd": 0.5},
        }
        c = WrittenCampaign(definition(targets, objective={"kind": "desirability"}))
        c.known(at(1), strength=20, toughness=10)
        (row,) = specimen_rows(c.state)
        wanted = math.hypot(0.5 - math.sqrt(0.45 * 0.5), 0.5 - math.sqrt(0.475 * 0.5))
        assert score_sd(c.state.definition, row) == pytest.approx(wanted)

    def test_desirability_within_its_spread_is_not_better(self):
        """A gain of 0.4 repeatability sds in one goal is no improvement, one of four sds is."""
        targets = {
            "strength": {**STRENGTH, "worst": 10, "best": 30},
            "toughness": {"goal": "maximise", "worst": 0, "best": 20, "repeatability_sd": 0.5},
        }
        c = WrittenCampaign(definition(targets, objective={"kind": "desirability"}))
        c.known(at(1), strength=20, toughness=10)
        c.known(at(2), strength=20.4, toughness=10)
        c.known(at(3), strength=24, toughness=10)
        assert [step.is_better for step in best_by_specimen(c.state)] == [True, False, True]

    def test_a_front_is_extended_only_beyond_repeatability(self):
        """A specimen 0.5 MPa above the front joins it without being called better; one far out is better."""
        c = WrittenCampaign(definition(TWO, objective=PARETO))
        c.known(at(1), strength=20, toughness=5)
        c.known(at(2), strength=20.5, toughness=5.1)
        c.known(at(3), strength=15, toughness=8)
        c.known(at(4), strength=14, toughness=7)
        steps = best_by_specimen(c.state)
        assert [step.is_better for step in steps] == [True, False, True, False]
        assert steps[-1].best == ("PT01-X0002", "PT01-X0003")

    def test_better_by_cycle_counts_what_a_cycle_brought(self):
        """Cycle 2 brings nothing better than cycle 1; its best stays that of cycle 1."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        c.known(at(1), strength=10)
        c.cycle([at(2), at(3)], [{"strength": 9}, {"strength": 14}])
        c.cycle([at(4)], [{"strength": 14.5}])
        progress = best_by_cycle(c.state)
        assert [(p.cycle, p.n_specimens, p.best, p.score, p.is_better, p.is_closed) for p in progress] == [
            (0, 1, ("PT01-X0001",), 10.0, True, True),
            (1, 2, ("PT01-C001-02-S1",), 14.0, True, True),
            (2, 1, ("PT01-C001-02-S1",), 14.0, False, True),
        ]

    def test_nothing_is_better_where_a_goal_has_no_number(self):
        """A specimen without toughness is neither better nor worse, and on no front."""
        c = WrittenCampaign(definition(TWO, objective=PARETO))
        c.known(at(1), strength=20, toughness=5)
        c.known(at(2), strength=99)
        first, second = specimen_rows(c.state)
        assert not is_better(c.state.definition, second, first)
        assert best_by_specimen(c.state)[-1].best == ("PT01-X0001",)

    def test_an_empty_campaign_has_no_best(self):
        """Nothing made, nothing best, nothing counted."""
        c = WrittenCampaign(definition(TWO, objective=PARETO))
        assert best_by_specimen(c.state) == ()
        assert best_by_cycle(c.state) == ()
        assert hypervolume_by_cycle(c.state) == ()
        assert cycles_without_improvement(c.state) == 0
        assert comparisons(c.state) == ()


class TestCyclesWithoutImprovement:
    def test_counts_closed_cycles_with_results_since_the_last_better_specimen(self):
        """Two closed cycles without, one of skipped proposals that tried nothing, one still open."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        c.cycle([at(1)], [{"strength": 10}])
        c.cycle([at(2)], [{"strength": 10.5}])
        (skipped,) = c.propose([at(3)])
        c.write(commands.skip(c.state, skipped, reason="no resin"))
        c.close()
        assert cycles_without_improvement(c.state) == 1
        c.cycle([at(4)], [{"strength": 8}])
        assert cycles_without_improvement(c.state) == 2
        (one, _) = c.propose([at(5), at(6)])
        c.measure(one, strength=9)
        assert cycles_without_improvement(c.state) == 2
        c.measure("PT01-C005-02", strength=12)
        assert cycles_without_improvement(c.state) == 0

    def test_a_cycle_of_which_nothing_was_made_is_no_cycle_in_vain(self):
        """Its proposals became stale; what came in meanwhile is of nobody's cycle."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        c.cycle([at(1)], [{"strength": 10}])
        c.cycle([at(2)], [{"strength": 9}])
        assert cycles_without_improvement(c.state) == 1
        for which in c.propose([at(3), at(4)]):
            c.write(commands.skip(c.state, which, reason="the line is down"))
        c.known(at(5), strength=8)
        assert cycles_without_improvement(c.state) == 1

    def test_coming_nearer_to_the_limits_counts_while_none_meets_them(self):
        """Ash falls 8, 6, 5.9 towards at most 2; the last step is within repeatability."""
        ash = {"goal": "limits", "limits": {"at_most": 2}, "repeatability_sd": 0.5}
        c = WrittenCampaign(definition({"strength": STRENGTH, "ash": ash}))
        c.cycle([at(1)], [{"strength": 10, "ash": 8}])
        c.cycle([at(2)], [{"strength": 10, "ash": 6}])
        assert cycles_without_improvement(c.state) == 0
        c.cycle([at(3)], [{"strength": 10, "ash": 5.9}])
        assert cycles_without_improvement(c.state) == 1
        nearest = nearest_to_limits(c.state)
        assert nearest is not None
        assert nearest.specimen_id == "PT01-C002-01-S1"
        c.cycle([at(4)], [{"strength": 10, "ash": 1}])
        assert nearest_to_limits(c.state) is None
        assert cycles_without_improvement(c.state) == 0


class TestLimitsAndBudget:
    def test_counts_made_specimens_until_all_limits_are_met_together(self):
        """Known ones do not count; an excluded one counts as made but meets nothing."""
        c = WrittenCampaign(definition(LIMITED))
        c.known(at(1), strength=12, ash=5)
        made = c.cycle([at(2), at(3)], [{"strength": 9, "ash": 1}, {"strength": 11, "ash": 1}])
        c.cycle([at(4)], [{"strength": 20, "ash": 2}])
        found = limits_progress(c.state)
        assert found is not None
        assert (found.n_until_met, found.first, found.n_made) == (2, made[1], 3)
        assert [(one.target, one.first, one.n_met, one.n_known) for one in found.by_target] == [
            ("strength", "PT01-X0001", 3, 4),
            ("ash", made[0], 3, 4),
        ]
        c.write(commands.exclude(c.state, made[1], reason="broken grip"))
        found = limits_progress(c.state)
        assert found is not None
        assert (found.n_until_met, found.first, found.n_made) == (3, "PT01-C002-01-S1", 3)

    def test_is_zero_where_a_known_specimen_met_them_and_none_where_nobody_did(self):
        """Met before the first was made; not met at all; nothing to meet."""
        c = WrittenCampaign(definition(LIMITED))
        c.known(at(1), strength=9, ash=1)
        assert limits_progress(c.state).n_until_met is None
        c.known(at(2), strength=12, ash=1)
        assert limits_progress(c.state).n_until_met == 0
        assert limits_progress(WrittenCampaign(definition({"strength": STRENGTH})).state) is None


class TestTheFront:
    def test_hypervolume_of_a_staircase_is_the_sum_of_its_boxes(self):
        """Planted: (1, 3), (2, 2), (3, 1) over the origin enclose 3 + 2 + 1 = 6."""
        assert hypervolume(np.array([[1, 3], [2, 2], [3, 1], [1, 1]]), (0, 0)) == pytest.approx(6)
        assert hypervolume(np.array([[1.0, 3.0]]), (2, 2)) == 0.0
        assert hypervolume(np.zeros((0, 2)), (0, 0)) == 0.0

    @given(st.integers(0, 1000), st.integers(2, 4), st.integers(1, 12))
    @settings(max_examples=20, deadline=None)
    def test_hypervolume_agrees_with_botorchs_exact_sweep(self, seed, goals, n):
        """Box decomposition and dimension sweep are two algorithms for one number."""
        import torch
        from botorch.utils.multi_objective.hypervolume import Hypervolume

        torch.set_num_threads(1)
        gains = np.random.default_rng(seed).uniform(-0.2, 1, (n, goals))
        swept = Hypervolume(torch.zeros(goals, dtype=torch.double)).compute(_front(torch.as_tensor(gains)))
        assert hypervolume(gains, (0.0,) * goals) == pytest.approx(swept, abs=1e-9)

    def test_a_declared_reference_point_is_taken_in_the_units_of_the_targets(self):
        """Cost is minimised, so its reference of 3 is a gain of −3."""
        targets = {"strength": STRENGTH, "cost": {"goal": "minimise", "source": {"expression": "x"}}}
        objective = {"kind": "pareto", "reference_point": {"strength": 10, "cost": 3}}
        c = WrittenCampaign(definition(targets, objective=objective))
        c.known(at(1), strength=14)
        c.known(at(2), strength=15)
        point = reference_point(c.state)
        assert point is not None
        assert (point.gains, point.origins) == ((10.0, -3.0), ("declared", "declared"))
        assert hypervolume_by_cycle(c.state)[-1].hypervolume == pytest.approx(4 * 2 + 1 * 1)

    def test_an_inferred_point_follows_from_the_first_front_and_stays(self):
        """Front of cycle 1: (20, 5) and (15, 8), so the point lies at (15 − 0.5, 5 − 0.3), whatever comes later."""
        c = WrittenCampaign(definition({**TWO, "ash": {"goal": "limits", "limits": {"at_most": 2}}}, objective=PARETO))
        c.known(at(9), strength=90, toughness=90, ash=9)
        assert reference_point(c.state) is None
        assert hypervolume_by_cycle(c.state) == ()
        c.cycle(
            [at(1), at(2), at(3)],
            [
                {"strength": 20, "toughness": 5, "ash": 1},
                {"strength": 15, "toughness": 8, "ash": 1},
                {"strength": 2, "toughness": 2, "ash": 1},
            ],
        )
        c.cycle([at(4)], [{"strength": 30, "toughness": 1, "ash": 1}])
        point = reference_point(c.state)
        assert point is not None
        assert point.gains == pytest.approx((14.5, 4.7))
        assert (point.origins, point.cycle) == (("front", "front"), 1)
        assert point.front == ("PT01-C001-01-S1", "PT01-C001-02-S1")
        assert [step.hypervolume for step in hypervolume_by_cycle(c.state)] == pytest.approx(
            [0.0, 0.5 * 3.3 + 5 * 0.3, 0.5 * 3.3 + 5 * 0.3]
        )

    def test_a_front_of_one_specimen_still_gets_a_point_behind_it(self):
        """A front of one spans no range: that of all specimens known by then is taken, else a tenth of the value."""
        targets = {**TWO, "ash": {"goal": "limits", "limits": {"at_most": 2}}}
        c = WrittenCampaign(definition(targets, objective=PARETO))
        c.known(at(1), strength=20, toughness=5, ash=1)
        assert reference_point(c.state).gains == pytest.approx((18, 4.5))
        c.known(at(1), strength=30, toughness=9, ash=7)
        assert reference_point(c.state).gains == pytest.approx((19, 4.6))

    def test_a_limit_on_the_bad_side_of_a_goal_is_its_reference(self):
        """Nothing behind a limit is of use; only goals without one wait for a front."""
        targets = {
            "strength": {**STRENGTH, "limits": {"at_least": 10}},
            "cost": {"goal": "minimise", "limits": {"at_most": 7}, "source": {"expression": "x"}},
        }
        c = WrittenCampaign(definition(targets, objective=PARETO))
        assert (reference_point(c.state).gains, reference_point(c.state).origins) == ((10.0, -7.0), ("limit", "limit"))
        c.cycle([at(8)], [{"strength": 20}])
        c.cycle([at(4)], [{"strength": 12}])
        assert [step.hypervolume for step in hypervolume_by_cycle(c.state)] == pytest.approx([0, 2 * 3])
        targets["cost"]["limits"] = {"at_least": 1}
        c = WrittenCampaign(definition(targets, objective=PARETO))
        assert reference_point(c.state) is None
        c.known(at(4), strength=12)
        assert (reference_point(c.state).gains, reference_point(c.state).origins) == ((10.0, -4.4), ("limit", "front"))

    @pytest.mark.parametrize(("limits", "gain"), [({"at_least": 2, "at_most": 9}, -4.0), ({"at_most": 9}, None)])
    def test_a_value_to_match_is_referred_to_the_farther_of_two_limits(self, limits, gain):
        """With 5 wanted and 2 to 9 allowed, 9 is the worst that still counts; one bound alone leaves a side open."""
        targets = {
            "strength": {**STRENGTH, "limits": {"at_least": 10}},
            "flow": {"goal": "match", "value": 5, "limits": limits},
        }
        point = reference_point(WrittenCampaign(definition(targets, objective=PARETO)).state)
        assert (None if point is None else point.gains[1]) == gain

    @given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 10)), min_size=1, max_size=8))
    @settings(max_examples=20, deadline=None)
    def test_hypervolume_never_falls(self, results):
        """Law: more specimens enclose no less."""
        c = WrittenCampaign(definition(TWO, objective=PARETO))
        for strength, toughness in results:
            c.cycle([at(1)], [{"strength": strength, "toughness": toughness}])
        volumes = [step.hypervolume for step in hypervolume_by_cycle(c.state)]
        assert len(volumes) == len(results)
        assert all(later >= earlier for earlier, later in itertools.pairwise(volumes))


class TestReliability:
    def test_the_spread_holds_prediction_and_mean_of_tests(self):
        """sd 3 and repeatability 8 over 4 tests: the spread is 5, and 10 above the mean is z = 2, outside 90 %."""
        c = WrittenCampaign(definition({"strength": {**STRENGTH, "repeatability_sd": 8}}))
        c.cycle([at(1)], [{"strength": TargetValue(mean=110.0, sd=7, n=4)}], [{"strength": (100, 3)}])
        (one,) = comparisons(c.state)
        assert one.spread == pytest.approx(5)
        assert one.z == pytest.approx(2)
        assert not one.is_inside
        assert (one.low, one.high) == pytest.approx((100 - 5 * 1.6449, 100 + 5 * 1.6449), abs=1e-3)

    def test_specimens_of_one_proposal_are_pooled_by_their_tests(self):
        """Means 10 of 1 test and 20 of 3 tests make 17.5 of 4."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        (proposal,) = c.propose([at(1)], [{"strength": (15, 1)}], replicates=2)
        c.measure(proposal, replicate=1, strength=10)
        c.measure(proposal, replicate=2, strength=TargetValue(mean=20.0, sd=1, n=3))
        (one,) = comparisons(c.state)
        assert (one.measured, one.n_tests) == (17.5, 4)
        assert one.specimens == (f"{proposal}-S1", f"{proposal}-S2")

    def test_an_edited_plan_is_compared_with_its_own_prediction_or_not_at_all(self):
        """What was predicted of another formulation says nothing about this one."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        first, second = c.propose([at(1), at(2)], [{"strength": (15, 1)}] * 2)
        new = {"strength": Prediction(mean=30, sd=1)}
        c.write(commands.edit(c.state, first, at(5), predicted=new, reason="sooner"))
        c.write(commands.edit(c.state, second, at(6), predicted={}, reason="sooner"))
        c.measure(first, strength=30.5)
        c.measure(second, strength=15)
        (one,) = comparisons(c.state)
        assert (one.proposal_id, one.predicted.mean) == (first, 30)

    def test_excluded_censored_and_missing_results_are_left_out(self):
        """Nothing is known there to compare with."""
        c = WrittenCampaign(definition(TWO, objective=PARETO))
        both = {"strength": (15, 1), "toughness": (5, 1)}
        made = c.cycle(
            [at(1), at(2)],
            [{"strength": 15, "toughness": below(2)}, {"strength": 15, "toughness": 5}],
            [both, both],
        )
        c.write(commands.exclude(c.state, made[1], reason="wrong mould"))
        assert [(one.target, one.specimens) for one in comparisons(c.state)] == [("strength", (made[0],))]

    def test_predictions_made_with_a_value_corrected_since_say_so(self):
        """The prediction stays as it was written, and is marked."""
        c = WrittenCampaign(definition({"strength": STRENGTH}))
        known = c.known(at(1), strength=10)
        c.cycle([at(2)], [{"strength": 15}], [{"strength": (15, 1)}])
        c.write(commands.correct(c.state, known, "strength", TargetValue(mean=12.0), reason="read from the wrong line"))
        (one,) = comparisons(c.state)
        assert one.rests_on_corrected == (known,)
        assert one.predicted.mean == 15

    def test_repeatability_is_declared_else_pooled_else_unknown(self):
        """sd 1 of 3 tests and sd 2 of 2 tests pool to sqrt((2·1 + 1·4) / 3)."""
        c = WrittenCampaign(definition({"strength": {"goal": "maximise"}}))
        assert repeatability(c.state, "strength").origin == "unknown"
        c.known(at(1), strength=TargetValue(mean=9.0, sd=1, n=3))
        c.known(at(2), strength=TargetValue(mean=9.0, sd=2, n=2))
        pooled = repeatability(c.state, "strength")
        assert (pooled.sd, pooled.origin) == (pytest.approx(math.sqrt(2)), "pooled")
        declared = repeatability(WrittenCampaign(definition({"strength": STRENGTH})).state, "strength")
        assert (declared.sd, declared.origin) == (1.0, "declared")

    def test_a_log_scale_compares_logarithms(self):
        """The interval of a viscosity of 100 ± 50 is lopsided and stays above zero; its mean is kept."""
        c = WrittenCampaign(definition({"viscosity": {"goal": "minimise", "scale": "log"}}))
        c.cycle([at(1)], [{"viscosity": 100}], [{"viscosity": (100, 50)}])
        (one,) = comparisons(c.state)
        sd = math.sqrt(math.log(1.25))
        assert one.low == pytest.approx(100 * math.exp(-(sd**2) / 2 - 1.6448536 * sd))
        assert one.high - 100 > 100 - one.low > 0
        assert one.z == pytest.approx(sd / 2)

    def test_coverage_of_honest_predictions_is_what_it_promises(self):
        """200 results drawn from their own predictive distribution: 90 % inside, and z of unit spread."""
        rng = np.random.default_rng(5)
        c = WrittenCampaign(definition({"strength": {**STRENGTH, "repeatability_sd": 2}}))
        for _ in range(5):
            truths = rng.normal(50, 3, 40)
            measured = truths + rng.normal(0, 2, 40)
            c.cycle([at(1)] * 40, [{"strength": float(m)} for m in measured], [{"strength": (50, 3)}] * 40)
        compared = comparisons(c.state)
        found = coverage(compared)
        assert found.n == 200
        assert found.verdict == "as promised"
        assert np.std([one.z for one in compared]) == pytest.approx(1, abs=0.1)
        by_cycle = coverage_by_cycle(compared)
        assert list(by_cycle) == list(range(1, 6))
        assert sum(one.n_inside for one in by_cycle.values()) == found.n_inside
        assert list(coverage_by_target(compared)) == ["strength"]

    def test_too_narrow_predictions_are_found_out(self):
        """The same results under an sd a third as wide fall out of their intervals."""
        rng = np.random.default_rng(6)
        c = WrittenCampaign(definition({"strength": {"goal": "maximise"}}))
        c.cycle([at(1)] * 40, [{"strength": float(m)} for m in rng.normal(50, 3, 40)], [{"strength": (50, 1)}] * 40)
        assert coverage(comparisons(c.state)).verdict == "too few inside"

    @given(st.integers(1, 60), st.data())
    @settings(max_examples=60, deadline=None)
    def test_wilson_interval_is_that_of_scipy(self, n, data):
        """Another implementation of the same formula."""
        hits = data.draw(st.integers(0, n))
        wanted = binomtest(hits, n).proportion_ci(0.95, method="wilson")
        assert wilson_interval(hits, n) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
        assert wilson_interval(0, 0) == (0.0, 1.0)


def _front(gains: Any) -> Any:
    from botorch.utils.multi_objective.pareto import is_non_dominated

    inside = gains[(gains > 0).all(dim=1)]
    return inside[is_non_dominated(inside)]
