"""A backtest replays real decisions on known results, and its measures are those of the paper."""

import numpy as np
import pytest

from loop.backtest import RANDOM, KnownTable, measures, random_expectation, run_backtest
from loop.comparison import compare
from loop.errors import ObservationError
from tests.loop.campaigns import SIMPLE, definition
from tests.loop.test_agent import peak

FORMULATIONS = [{"temperature": float(t), "catalyst": c} for t in range(180, 245, 5) for c in "AB"]
RESULTS = [{"yield": peak(f)} for f in FORMULATIONS]


def table(of=None):
    return KnownTable(of or definition(), FORMULATIONS, RESULTS)


def run(strategy, seed=0, **changes):
    return run_backtest(
        definition(), table(), strategy=strategy, seed=seed, **{"n_initial": 4, "budget": 10, "batch": 2, **changes}
    )


def test_no_row_is_evaluated_twice_and_the_best_never_falls():
    trace = run("gp")
    assert len(set(trace.rows)) == len(trace.rows) == 10
    assert list(trace.best) == sorted(trace.best)


def test_every_strategy_begins_with_the_same_rows_and_seeds_differ():
    assert run("gp").rows[:4] == run(RANDOM).rows[:4]
    assert run(RANDOM, 0).rows != run(RANDOM, 1).rows


def test_a_backtest_is_the_same_when_run_again():
    assert run("gp", 3) == run("gp", 3)


def test_the_model_beats_chance_on_a_hill():
    known = table()
    finals = {
        strategy: np.mean([measures(known, run(strategy, s), n_initial=4)["regret_final"] for s in range(5)])
        for strategy in ("gp", RANDOM)
    }
    assert finals["gp"] < finals[RANDOM]


def test_regret_is_zero_at_the_best_and_one_at_the_median():
    known = table()
    best, middle = int(known.scores.argmax()), int(np.argsort(known.scores)[len(known.scores) // 2])
    from loop.backtest import Trace

    at_best = Trace(strategy="x", seed=0, rows=(best,), best=(float(known.scores[best]),))
    assert measures(known, at_best, n_initial=0)["regret_final"] == 0
    at_middle = Trace(strategy="x", seed=0, rows=(middle,), best=(float(known.scores[middle]),))
    assert measures(known, at_middle, n_initial=0)["regret_final"] == pytest.approx(1, abs=0.05)


def test_the_exact_expectation_of_chance_agrees_with_many_draws():
    """Regret after t draws without replacement, and draws to a top-5 % row, against 4000 permutations."""
    known = table()
    exact, to_top = random_expectation(known, 8)
    rng = np.random.default_rng(0)
    top = set(np.argsort(-known.scores)[:2].tolist())  # ceil(5 % of 26)
    regrets, firsts = [], []
    for _ in range(4000):
        order = rng.permutation(len(known.scores))
        best = np.maximum.accumulate(known.scores[order])
        regrets.append(np.clip((known.scores.max() - best[:8]) / (known.scores.max() - np.median(known.scores)), 0, 1))
        firsts.append(next(i + 1 for i, row in enumerate(order) if row in top))
    np.testing.assert_allclose(np.mean(regrets, axis=0), exact, atol=0.03)
    assert np.mean(firsts) == pytest.approx(to_top, rel=0.05)


def test_limits_and_missing_results():
    limited = definition(
        targets={"yield": {"goal": "maximise"}, "dirt": {"goal": "limits", "limits": {"at_most": 10}}},
        objective={"targets": ["yield"]},
    )
    results = [
        {**r, "dirt": 20.0 if f["temperature"] == 215 else 5.0} for f, r in zip(FORMULATIONS, RESULTS, strict=True)
    ]
    known = KnownTable(limited, FORMULATIONS, results)
    best = known.formulations[int(known.scores.argmax())]
    assert best["temperature"] != 215
    with pytest.raises(ObservationError, match="row 1: no value of dirt"):
        KnownTable(limited, FORMULATIONS, RESULTS)


def test_a_front_has_no_single_score():
    two = definition(targets={**SIMPLE["targets"], "dirt": {"goal": "minimise"}}, objective={"kind": "pareto"})
    with pytest.raises(ObservationError, match="one score"):
        KnownTable(two, FORMULATIONS, RESULTS)


def test_a_comparison_tells_the_strategies_apart():
    traces = [run(strategy, seed) for strategy in ("gp", RANDOM) for seed in range(3)]
    summary = compare(table(), traces, n_initial=4, batch=2)
    assert [s.strategy for s in summary.strategies] == ["gp", RANDOM]
    for s in summary.strategies:
        assert s.regret_auc[1] <= s.regret_auc[0] <= s.regret_auc[2]
        assert len(s.mean_best) == 10
