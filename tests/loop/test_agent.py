"""The same journal and seed give the same proposals; what is proposed can be made, and says why."""

from itertools import pairwise

import numpy as np
import pytest

from loop import commands
from loop.agent import forecast, propose_batch
from loop.definition import read_definition
from loop.errors import FormulationError, ProposalError, SpaceError
from loop.proposal import Origin
from tests.loop.campaigns import NOW, SIMPLE, begun, definition, then, value


def peak(formulation):
    """A smooth hill with its top at 215 °C, higher with catalyst B."""
    return 60 - ((formulation["temperature"] - 215) / 15) ** 2 + (5 if formulation["catalyst"] == "B" else 0)


def known(state, formulations, of=peak):
    rows = [(f, {"yield": value(of(f))}, f"row {i}") for i, f in enumerate(formulations)]
    return then(state, commands.import_specimens(state, rows))


STARTS = [
    {"temperature": 180.0, "catalyst": "A"},
    {"temperature": 200.0, "catalyst": "B"},
    {"temperature": 240.0, "catalyst": "A"},
    {"temperature": 230.0, "catalyst": "B"},
]


def test_the_same_state_gives_the_same_proposals_bit_for_bit():
    state = known(begun(), STARTS)
    assert propose_batch(state, count=2, at=NOW) == propose_batch(state, count=2, at=NOW)


def test_another_seed_gives_another_initial_design():
    def first(seed):
        state = begun(definition(policy={**SIMPLE["policy"], "seed": seed}))
        return [p.formulation for p in propose_batch(state, count=4, at=NOW).proposals]

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_the_initial_design_is_one_design_however_it_is_handed_out():
    """Four at once, or two and two: the same four formulations."""
    at_once = propose_batch(begun(), count=4, at=NOW)
    first = propose_batch(begun(), count=2, at=NOW)
    second = propose_batch(then(begun(), [first]), count=2, at=NOW)

    def of(*batches):
        return sorted(tuple(p.formulation.items()) for batch in batches for p in batch.proposals)

    assert of(first, second) == of(at_once)
    assert {p.origin for p in at_once.proposals} == {Origin.INITIAL}


def test_with_enough_known_the_model_proposes_and_predicts():
    made = propose_batch(known(begun(), STARTS), count=2, at=NOW)
    assert {p.origin for p in made.proposals} == {Origin.MODEL}
    for proposal in made.proposals:
        assert np.isfinite(proposal.predicted["yield"].mean)
        assert proposal.predicted["yield"].sd > 0
        assert "nearest made" in proposal.reason


def test_the_loop_climbs_to_the_top():
    """From four starts, within four cycles of two, to the best of 26 formulations."""
    state = known(begun(), STARTS)
    for _ in range(4):
        made = propose_batch(state, count=2, at=NOW)
        state = then(state, [made])
        state = then(state, commands.approve(state, [p.id for p in made.proposals]))
        for p in made.proposals:
            state = then(state, commands.record(state, p.id, {"yield": value(peak(p.formulation))}))
    best = max(state.observations, key=lambda o: o.mean_of("yield"))
    assert best.as_made == {"temperature": 215.0, "catalyst": "B"}


def test_nothing_is_proposed_twice_and_a_spent_space_says_so():
    small = definition(
        parameters={
            "temperature": {"kind": "discrete", "values": [180, 200]},
            "catalyst": SIMPLE["parameters"]["catalyst"],
        }
    )
    state = known(begun(small), [{"temperature": 180.0, "catalyst": "A"}, {"temperature": 200.0, "catalyst": "A"}])
    made = propose_batch(state, count=2, at=NOW)
    assert sorted(p.formulation["temperature"] for p in made.proposals) == [180.0, 200.0]
    assert {p.formulation["catalyst"] for p in made.proposals} == {"B"}
    state = then(state, [made])
    with pytest.raises(SpaceError):
        propose_batch(known(state, [p.formulation for p in made.proposals]), count=1, at=NOW)


def test_pending_proposals_are_kept_clear_of():
    state = known(begun(), STARTS)
    first = propose_batch(state, count=2, at=NOW)
    second = propose_batch(then(state, [first]), count=2, at=NOW)
    assert not {tuple(p.formulation.items()) for p in first.proposals} & {
        tuple(p.formulation.items()) for p in second.proposals
    }


def test_a_control_stands_in_every_block_beside_the_count():
    control = {"temperature": 200.0, "catalyst": "A"}
    state = begun(definition(policy={**SIMPLE["policy"], "control": control, "block_size": 2, "initial": {"count": 6}}))
    made = propose_batch(state, count=6, at=NOW)
    assert len(made.proposals) == 9
    for block in ("C001-B1", "C001-B2", "C001-B3"):
        members = [p for p in made.proposals if p.block == block]
        assert len(members) == 3
        assert [dict(p.formulation) for p in members if p.origin is Origin.CONTROL] == [control]
    assert [p.run_order for p in made.proposals] == list(range(1, 10))


def test_hard_to_change_settings_are_run_together():
    hot = {**SIMPLE["parameters"], "catalyst": {**SIMPLE["parameters"]["catalyst"], "hard_to_change": True}}
    state = begun(definition(parameters=hot, policy={**SIMPLE["policy"], "initial": {"count": 8}}))
    order = [p.formulation["catalyst"] for p in propose_batch(state, count=8, at=NOW).proposals]
    assert sum(a != b for a, b in pairwise(order)) <= 1


def test_a_lesson_keeps_the_model_away():
    """Where the best-looking corner was turned down as a lesson, the next batch looks elsewhere."""

    def rising(formulation):
        return float(formulation["temperature"])

    state = known(begun(), STARTS, rising)
    first = propose_batch(state, count=1, at=NOW)
    top = first.proposals[0]
    state = then(state, [first])
    turned_down = then(state, commands.skip(state, top.id, reason="smokes", is_lesson=True))
    plain = then(state, commands.skip(state, top.id, reason="no time"))
    away = propose_batch(turned_down, count=1, at=NOW).proposals[0].formulation
    near = propose_batch(plain, count=1, at=NOW).proposals[0].formulation
    assert near == top.formulation
    assert away != top.formulation


def test_limits_on_outcomes_turn_the_choice():
    """With impurity rising with temperature and a limit on it, hot formulations are not chosen."""
    targets = {
        "yield": {"goal": "maximise"},
        "impurity": {"goal": "limits", "limits": {"at_most": 30}},
    }
    state = begun(definition(targets=targets, objective={"targets": ["yield"]}))
    rows = []
    for i, t in enumerate(range(180, 245, 10)):
        f = {"temperature": float(t), "catalyst": "AB"[i % 2]}
        rows.append((f, {"yield": value(t / 4), "impurity": value((t - 180) * 1.0)}, f"row {i}"))
    state = then(state, commands.import_specimens(state, rows))
    made = propose_batch(state, count=2, at=NOW)
    assert all(p.formulation["temperature"] <= 215 for p in made.proposals)


def test_limits_on_computed_targets_are_never_broken():
    cost = {"goal": "limits", "limits": {"at_most": 21}, "source": {"expression": "temperature / 10"}}
    of = definition(targets={**SIMPLE["targets"], "cost": cost}, objective={"targets": ["yield"]})
    state = known(begun(of), STARTS, lambda f: f["temperature"])
    for p in propose_batch(state, count=4, at=NOW).proposals:
        assert p.formulation["temperature"] <= 210
        assert p.predicted["cost"].sd == 0


@pytest.mark.parametrize("kind", ["pareto", "desirability"])
def test_several_goals_are_traded_off(kind):
    targets = {
        "yield": {"goal": "maximise", "worst": 20, "best": 70},
        "colour": {"goal": "match", "value": 10, "worst": 60},
    }
    state = begun(definition(targets=targets, objective={"kind": kind}))
    rows = [
        (f, {"yield": value(peak(f)), "colour": value(f["temperature"] - 180)}, f"row {i}")
        for i, f in enumerate(STARTS)
    ]
    made = propose_batch(then(state, commands.import_specimens(state, rows)), count=2, at=NOW)
    assert {p.origin for p in made.proposals} == {Origin.MODEL}
    assert set(made.proposals[0].predicted) == {"yield", "colour"}


def test_the_budget_of_asking_is_at_least_one():
    with pytest.raises(ProposalError, match="asked for 0"):
        propose_batch(begun(), count=0, at=NOW)


def test_a_forecast_books_nothing_and_names_what_it_breaks():
    rule = {"kind": "forbid", "name": "burns", "when": {"temperature": {"above": 230}}, "safety": True}
    state = known(begun(definition(constraints=[rule])), STARTS)
    good = forecast(state, {"temperature": 215.0, "catalyst": "B"})
    assert good.violations == ()
    assert good.predicted["yield"].mean == pytest.approx(65, abs=3 * good.predicted["yield"].sd)
    bad = forecast(state, {"temperature": 235.0, "catalyst": "B"})
    assert bad.breaks_safety
    assert "burns" in bad.violations[0]
    with pytest.raises(FormulationError, match="no value for catalyst"):
        forecast(state, {"temperature": 215.0})


def test_old_data_of_a_wider_space_still_teach():
    state = known(begun(), STARTS)
    narrow = {**SIMPLE["parameters"], "temperature": {**SIMPLE["parameters"]["temperature"], "low": 205}}
    core = read_definition({**SIMPLE, "parameters": narrow})
    events = commands.adopt(
        state, core, text="", core=core.model_dump(mode="json", by_alias=True), extras={}, reason="too cold"
    )
    after = then(state, events)
    made = propose_batch(after, count=2, at=NOW)
    assert made.space_version == 2
    assert all(p.formulation["temperature"] >= 205 for p in made.proposals)
    assert {p.origin for p in made.proposals} == {Origin.MODEL}


def test_chance_drawn_elsewhere_cannot_move_a_proposal():
    """Whatever torch's global generator went through before: the same state gives the same proposals.

    Many noisy points, of which any may be the best: choosing those that matter is what draws chance.
    """
    import torch

    axes = {f"x{j}": {"kind": "discrete", "values": list(range(8))} for j in range(3)}
    state = begun(definition(parameters=axes, policy={"batch": 4, "initial": {"count": 4}}))
    rng = np.random.default_rng(3)
    points = [{name: float(rng.integers(8)) for name in axes} for _ in range(30)]
    state = known(state, points, lambda f: sum(f.values()) / 10 + float(rng.normal()))
    batches = []
    for stray in range(6):
        torch.manual_seed(stray)
        batches.append(propose_batch(state, count=4, at=NOW))
    assert all(batch == batches[0] for batch in batches)
    before = torch.get_rng_state()
    propose_batch(state, count=1, at=NOW)
    assert torch.equal(before, torch.get_rng_state())
