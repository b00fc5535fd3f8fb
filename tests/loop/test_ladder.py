"""Never without a proposal: the declared ladder, each rung written down, and the model wherever it can be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botorch.exceptions.errors import InputDataError, ModelFittingError
from linear_operator.utils.errors import NanError, NotPSDError

from loop import commands, surrogates
from loop.agent import forecast, propose_batch
from loop.definition import Definition, read_definition
from loop.errors import SpaceError, SurrogateError
from loop.events import ProposalsMade, read_event
from loop.observations import State, TargetValue
from loop.proposal import Origin
from loop.rungs import LADDER, Rung, skipped
from loop.sentences import sentence
from loop.state import CampaignState
from loop.surrogates.base import FittedSurrogate, TrainingData
from loop.surrogates.trees import Forest
from tests.loop.campaigns import NOW, SIMPLE, begun, definition, then, value

HOSTILE = str(Path(__file__).resolve().parents[2] / "benchmarks" / "hostile")

BOX: dict[str, Any] = {
    "schema": 1,
    "campaign": "T1",
    "parameters": {
        "a": {"kind": "continuous", "low": 0, "high": 1},
        "b": {"kind": "continuous", "low": 0, "high": 1, "step": 0.01},
        "c": {"kind": "continuous", "low": 0, "high": 1, "step": 0.01},
    },
    "targets": {"y": {"goal": "maximise"}},
}


def box(**changes: Any) -> Definition:
    return read_definition({**BOX, **changes})


def points(n: int, seed: int = 0) -> list[dict[str, float]]:
    rng = np.random.default_rng(seed)
    return [{name: float(np.round(x, 2)) for name, x in zip("abc", row, strict=True)} for row in rng.random((n, 3))]


def hill(formulation: Mapping[str, Any]) -> float:
    return float(1 - sum((formulation[name] - 0.6) ** 2 for name in "abc"))


def told(of: Definition, results: list[tuple[Mapping[str, Any], Mapping[str, Any]]], **more: Any) -> CampaignState:
    """A campaign that knows some results: formulations with a value, or a TargetValue, by target."""
    state = begun(of)
    rows = [
        (f, {n: v if isinstance(v, TargetValue) else value(v) for n, v in known.items()}, f"row {i}")
        for i, (f, known) in enumerate(results)
    ]
    return then(state, commands.import_specimens(state, rows, **more))


def names(made: ProposalsMade) -> list[str]:
    return [f"{rung.name} {rung.outcome}" for rung in made.rungs]


class Broken:
    """A surrogate that cannot be fitted, for a reason that a test sets."""

    error: Exception = SurrogateError("out of order")

    def fit(self, data: TrainingData, *, seed: int) -> FittedSurrogate:
        raise self.error


class Dizzy:
    """A surrogate whose predictions are no numbers."""

    def fit(self, data: TrainingData, *, seed: int) -> FittedSurrogate:
        fitted = Forest().fit(data, seed=seed)

        class Fitted:
            model = fitted.model

            def predict(self, X: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
                return {name: (mean * np.nan, sd) for name, (mean, sd) in fitted.predict(X).items()}

        return Fitted()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Surrogates of this file, to be named in a policy."""
    monkeypatch.setitem(surrogates._OWN, "broken", f"{__name__}:Broken")
    monkeypatch.setitem(surrogates._OWN, "dizzy", f"{__name__}:Dizzy")
    yield
    Broken.error = SurrogateError("out of order")


def known_hill(surrogate: str = "gp", n: int = 8) -> CampaignState:
    of = box(policy={"surrogate": surrogate})
    return told(of, [(f, {"y": hill(f)}) for f in points(n)])


# ---------------------------------------------------------------------- hostile sets
def test_hostile_campaigns_get_a_proposal_from_the_right_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty sets of the benchmark, of every kind: a proposal that may be made, by the rung that an oracle names."""
    monkeypatch.syspath_prepend(HOSTILE)
    import run
    import sets

    outcomes = [run.ask(n, sets.draw_set(n, 4, most=9), again=n % 30 == 0) for n in range(40)]
    for name in ("run", "sets", "spaces", "results"):
        sys.modules.pop(name)
    assert {o.number: o.faults for o in outcomes if o.faults} == {}
    assert {"model", "initial", "space_filling"} <= {o.answer for o in outcomes}


# ---------------------------------------------------------------------- the model rung
def test_the_model_is_asked_as_soon_as_two_more_are_known_than_there_are_parameters() -> None:
    """With d + 1 results the design goes on; with d + 2 the model answers, and says so."""
    few = [(f, {"y": hill(f)}) for f in points(5)]
    before = propose_batch(told(box(), few[:4]), count=1, at=NOW)
    assert ({p.origin for p in before.proposals}, before.rungs) == ({Origin.INITIAL}, ())
    after = propose_batch(told(box(), few), count=1, at=NOW)
    assert {p.origin for p in after.proposals} == {Origin.MODEL}
    assert after.rungs == (Rung(name="model", outcome="answered"),)


def test_a_declared_initial_design_is_made_whole() -> None:
    state = told(box(policy={"initial": {"count": 9}}), [(f, {"y": hill(f)}) for f in points(8)])
    made = propose_batch(state, count=2, at=NOW)
    assert [p.origin for p in sorted(made.proposals, key=lambda p: p.origin)] == [Origin.INITIAL, Origin.MODEL]


@pytest.mark.parametrize(
    "y",
    [
        np.full(8, 0.1),
        np.full(8, 1e200),
        np.array([1e200, -1e200] * 4),
        np.array([1.7e308, -1.7e308, 5e-324, 0, 1, 2, 3, 4]),
        10.0 ** np.linspace(-150, 150, 8),
        1e6 + 1e-9 * np.arange(8),
        1.0 + 2.0**-52 * np.arange(8),
        1e-12 * np.arange(8),
        np.array([0.0, 0, 0, 0, 0, 0, 0, 1e30]),
    ],
    ids=["constant", "huge", "opposite", "edges", "decades", "near", "last bits", "tiny", "outlier"],
)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_no_finite_results_push_the_model_off_its_rung(y: np.ndarray, scale: str) -> None:
    """Each also repeated with a contradicting result and a spread; predictions are finite numbers."""
    of = box(targets={"y": {"goal": "minimise", "scale": scale}})
    rows = [(f, {"y": float(v)}) for f, v in zip(points(8), y, strict=True)]
    rows += [
        (f, {"y": value(-float(v) if scale == "linear" else float(v) / 3, n=3, sd=1e160)})
        for f, v in zip(points(3), y, strict=False)
    ]
    made = propose_batch(told(of, rows), count=1, at=NOW)
    assert names(made) == ["model answered"]
    assert np.isfinite([made.proposals[0].predicted["y"].mean, made.proposals[0].predicted["y"].sd]).all()


@pytest.mark.parametrize("exponent", [-600, -60, 40, 600])
def test_the_unit_of_a_target_changes_nothing(exponent: int) -> None:
    """Results times a power of two: the same formulation, predicted in the other unit, by limits in the other unit."""
    unit = 2.0**exponent

    def asked(u: float) -> ProposalsMade:
        of = box(
            targets={
                "y": {"goal": "match", "value": 0.9 * u, "limits": {"at_least": 0.2 * u}, "repeatability_sd": 0.05 * u}
            }
        )
        return propose_batch(told(of, [(f, {"y": u * hill(f)}) for f in points(7)]), count=1, at=NOW)

    plain, scaled = asked(1.0), asked(unit)
    assert [p.formulation for p in plain.proposals] == [p.formulation for p in scaled.proposals]
    for one, other in zip(plain.proposals, scaled.proposals, strict=True):
        assert other.predicted["y"].mean / unit == pytest.approx(one.predicted["y"].mean, rel=1e-6)
        assert other.predicted["y"].sd / unit == pytest.approx(one.predicted["y"].sd, rel=1e-4)


def test_values_close_together_far_from_zero_are_told_apart() -> None:
    """A hill of 1e-6 upon 1e6 has its top where the hill alone has it, and is predicted upon 1e6."""
    state = told(box(), [(f, {"y": 1e6 + 1e-6 * hill(f)}) for f in points(25)])
    (proposal,) = propose_batch(state, count=1, at=NOW).proposals
    assert all(abs(proposal.formulation[name] - 0.6) < 0.15 for name in "abc")
    assert proposal.predicted["y"].mean == pytest.approx(1e6, abs=1e-4)
    assert proposal.predicted["y"].sd < 1e-6


def test_blocked_runs_with_nothing_pending_are_learned_from() -> None:
    state = told(box(policy={"block_size": 2}), [(f, {"y": hill(f)}) for f in points(8)], block="monday")
    assert names(propose_batch(state, count=2, at=NOW)) == ["model answered"]


def test_formulations_made_far_outside_the_space_are_learned_from() -> None:
    results = [({**f, "a": f["a"] + 1e12 * (i % 2)}, {"y": hill(f)}) for i, f in enumerate(points(8))]
    assert names(propose_batch(told(box(), results), count=1, at=NOW)) == ["model answered"]


def test_a_computed_target_that_is_no_number_somewhere_is_kept_clear_of() -> None:
    """The cost is 1/b: at b = 0 there is none, neither of a candidate nor of what was made."""
    targets = {"y": {"goal": "maximise"}, "cost": {"goal": "minimise", "source": {"expression": "1 / b"}}}
    of = box(targets=targets, objective={"kind": "pareto"})
    results = [({**f, "b": 0.0 if i == 0 else f["b"]}, {"y": hill(f)}) for i, f in enumerate(points(8))]
    made = propose_batch(told(of, results), count=1, at=NOW)
    assert names(made) == ["model answered"]
    assert made.proposals[0].formulation["b"] > 0


def test_a_logarithm_that_cannot_be_taken_is_written_down() -> None:
    of = box(targets={"y": {"goal": "maximise", "scale": "log"}})
    made = propose_batch(told(of, [(f, {"y": max(hill(f), 0.0)}) for f in points(8)]), count=1, at=NOW)
    assert made.rungs == (Rung(name="model", outcome="answered"),)
    made = propose_batch(told(of, [(f, {"y": hill(f) - 0.7}) for f in points(8)]), count=1, at=NOW)
    assert "y learned as it is, not its logarithm" in made.rungs[0].reason


# ---------------------------------------------------------------------- down the ladder
NUMERIC = [
    ModelFittingError("no attempt succeeded"),
    NanError("a NaN"),
    NotPSDError("not positive definite"),
    InputDataError("NaN in the training data"),
    np.linalg.LinAlgError("singular matrix"),
    OverflowError("too large"),
    FloatingPointError("overflow"),
    SurrogateError("out of order"),
]


@pytest.mark.parametrize("error", NUMERIC, ids=lambda error: type(error).__name__)
def test_a_numeric_error_goes_down_to_a_simpler_model(error: Exception, named: None) -> None:
    """Rungs, reasons and the chooser are written down; what is proposed is open and predicted."""
    Broken.error = error
    state = known_hill("broken")
    made = propose_batch(state, count=2, at=NOW)
    assert names(made) == ["model failed", "jitter failed", "simpler answered"]
    assert str(error) in made.rungs[0].reason
    assert made.surrogate == "forest"
    assert {p.origin for p in made.proposals} == {Origin.MODEL}
    assert all(f"the model could not be used: {made.rungs[0].reason}" in p.reason for p in made.proposals)
    assert all(np.isfinite(p.predicted["y"].mean) for p in made.proposals)
    assert len({tuple(p.formulation.items()) for p in made.proposals}) == 2
    assert propose_batch(state, count=2, at=NOW) == made
    assert "by a random forest" in sentence(made)


def test_an_error_that_is_no_numeric_one_is_not_hidden(named: None) -> None:
    Broken.error = KeyError("a slip")
    with pytest.raises(KeyError, match="a slip"):
        propose_batch(known_hill("broken"), count=1, at=NOW)


def test_a_surrogate_that_is_not_there_is_not_passed_over() -> None:
    with pytest.raises(SurrogateError, match="there is no surrogate 'oracle'"):
        propose_batch(known_hill("oracle"), count=1, at=NOW)


def test_predictions_that_are_no_numbers_are_a_failure(named: None) -> None:
    made = propose_batch(known_hill("dizzy"), count=1, at=NOW)
    assert names(made) == ["model failed", "jitter failed", "simpler answered"]
    assert made.rungs[0].reason == "y: a prediction is no finite number"


def test_a_fit_without_success_goes_to_the_steadied_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Gaussian process is never silently left at usual hyper-parameters: a rung of its own does that."""
    import loop.surrogates.gp as module

    def failing(mll: object) -> None:
        raise ModelFittingError("no attempt succeeded")

    monkeypatch.setattr(module, "fit_gpytorch_mll", failing)
    made = propose_batch(known_hill(), count=1, at=NOW)
    assert names(made) == ["model failed", "jitter answered"]
    assert made.rungs[0].reason == "no attempt to fit y succeeded"
    assert made.surrogate == "gp"


def test_a_target_that_nobody_measured_leaves_filling_the_space() -> None:
    """As far as can be from what is made; the reason names the target; the model answers once both are known."""
    of = box(targets={"y": {"goal": "maximise"}, "haze": {"goal": "minimise"}}, objective={"kind": "pareto"})
    results: list[tuple[Mapping[str, Any], dict[str, float]]] = [(f, {"y": hill(f)}) for f in points(8)]
    state = told(of, results)
    made = propose_batch(state, count=1, at=NOW)
    assert names(made) == ["model failed", "jitter failed", "simpler failed", "space_filling answered"]
    (proposal,) = made.proposals
    assert proposal.origin is Origin.SPACE_FILLING
    assert "haze has no result yet; a model needs two" in proposal.reason
    assert made.surrogate == "none"
    known = np.array([list(f.values()) for f in points(8)])
    gap = np.linalg.norm(known - list(proposal.formulation.values()), axis=1).min()
    others = [np.linalg.norm(known - row, axis=1).min() for row in np.random.default_rng(1).random((200, 3))]
    assert gap > np.quantile(others, 0.95)
    both = told(of, [(f, {**known, "haze": 1 - known["y"]}) for f, known in results])
    assert names(propose_batch(both, count=1, at=NOW)) == ["model answered"]


def test_one_result_is_too_little_for_a_model() -> None:
    state = told(box(policy={"initial": {"count": 1}}), [(points(1)[0], {"y": 1.0})])
    made = propose_batch(state, count=3, at=NOW)
    assert {p.origin for p in made.proposals} == {Origin.SPACE_FILLING}
    assert made.rungs[0].reason == "y has one result yet; a model needs two"


@pytest.mark.parametrize("first", LADDER)
def test_it_can_be_begun_further_down(first: Any) -> None:
    """After a task that hung or took its process down: what was skipped says why, and a replay knows where to begin."""
    state = known_hill()
    made = propose_batch(state, count=1, at=NOW, ladder_from=first, because="took longer than 60 s")
    above = LADDER[: LADDER.index(first)]
    assert made.rungs[: len(above)] == tuple(
        Rung(name=name, outcome="skipped", reason="took longer than 60 s") for name in above
    )
    assert (made.rungs[-1].name, made.rungs[-1].outcome) == (first, "answered")
    assert len(made.rungs) == len(above) + 1
    again, because = skipped(made.rungs)
    assert propose_batch(state, count=1, at=NOW, ladder_from=again, because=because) == made
    assert read_event(made.model_dump(mode="json")) == made
    if above:
        assert "took longer than 60 s" in made.proposals[0].reason


def test_the_rungs_stay_with_the_cycle_and_an_older_journal_has_none() -> None:
    state = known_hill()
    made = propose_batch(state, count=1, at=NOW)
    assert then(state, [made]).cycles[1].rungs == made.rungs
    payload = made.model_dump(mode="json")
    del payload["rungs"]
    older = read_event(payload)
    assert isinstance(older, ProposalsMade)
    assert older.rungs == ()


def test_a_forecast_goes_down_the_ladder_too(named: None) -> None:
    expected = forecast(known_hill("broken"), points(1, seed=9)[0])
    assert expected.rung == "simpler"
    assert np.isfinite(expected.predicted["y"].mean)
    assert forecast(begun(box()), points(1)[0]).rung is None


# ---------------------------------------------------------------------- a space nearly spent
def test_fewer_are_proposed_where_fewer_are_left() -> None:
    small = definition(
        parameters={
            "temperature": {"kind": "discrete", "values": [180, 200, 220]},
            "catalyst": SIMPLE["parameters"]["catalyst"],
        }
    )
    everything = [{"temperature": t, "catalyst": c} for t in (180.0, 200.0, 220.0) for c in "AB"]
    state = told(small, [(f, {"yield": f["temperature"]}) for f in everything[:4]])
    made = propose_batch(state, count=5, at=NOW)
    assert sorted(p.formulation["catalyst"] for p in made.proposals) == ["A", "B"]
    with pytest.raises(SpaceError, match="every formulation of the space is made or on its way"):
        propose_batch(told(small, [(f, {"yield": f["temperature"]}) for f in everything]), count=1, at=NOW)


def test_what_taught_nothing_is_asked_for_again_where_nothing_else_is_left() -> None:
    """Every formulation was made and lost: the space is not spent."""
    small = definition(
        parameters={
            "temperature": {"kind": "discrete", "values": [180, 200]},
            "catalyst": SIMPLE["parameters"]["catalyst"],
        }
    )
    lost = TargetValue(state=State.LOST, reason="dropped")
    everything = [{"temperature": t, "catalyst": c} for t in (180.0, 200.0) for c in "AB"]
    made = propose_batch(told(small, [(f, {"yield": lost}) for f in everything]), count=1, at=NOW)
    assert len(made.proposals) == 1
