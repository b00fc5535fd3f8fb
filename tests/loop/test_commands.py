"""Wishes are checked against the state; what they cannot mean is refused with what would be right."""

import pytest

from loop import commands
from loop.errors import FormulationError, ObservationError, ProposalError, TransitionError
from loop.events import ProposalStaled
from loop.observations import State, TargetValue
from loop.proposal import ProposalState
from loop.sentences import sentence
from tests.loop.campaigns import SIMPLE, adopted, begun, definition, proposals, then, value
from tests.loop.revised import known_blends

FIRST, SECOND = "T1-C001-01", "T1-C001-02"


def proposed(**kwargs):
    return then(begun(), [proposals(**kwargs)])


def approved(**kwargs):
    state = proposed(**kwargs)
    return then(state, commands.approve(state, [FIRST, SECOND]))


def test_results_of_an_unapproved_proposal_are_refused():
    with pytest.raises(ProposalError, match="not approved"):
        commands.record(proposed(), FIRST, {"yield": value(1.0)})


def test_a_result_books_the_steps_that_nobody_booked():
    state = approved()
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}))
    record = state.proposals[FIRST]
    assert record.state is ProposalState.MEASURED
    assert [step.step for step in record.history] == ["proposed", "approved", "dispatched", "started", "measured"]
    assert record.history[2].reason == "implied by its result"


def test_what_is_made_fills_the_whole_but_for_weighing():
    """A kilogram typed as a per cent is refused; half a per cent less talc is booked and told."""
    state = known_blends()
    plan = {"PP": 70.0, "talc": 20.0, "oil": 10.0, "speed": 200.0, "die": "flat"}
    state = then(state, [proposals(formulations=[plan])])
    state = then(state, commands.approve(state, [FIRST]))
    with pytest.raises(ObservationError, match=r"T1-C001-01-S1: its ingredients sum to 530; what is made sums to 100"):
        commands.record(state, FIRST, {"modulus": value(2.0)}, as_made={"PP": 500.0})
    with pytest.raises(ObservationError, match=r"old\.csv, line 2: its ingredients sum to 130"):
        commands.import_specimens(state, [({**plan, "oil": 40.0}, {"modulus": value(2.0)}, "old.csv, line 2")])
    events = commands.record(state, FIRST, {"modulus": value(2.0)}, as_made={"talc": 19.5})
    assert events[-1].instead_of == {"talc": 20.0}
    after = then(state, events)
    assert after.specimens[f"{FIRST}-S1"].observation.as_made["talc"] == 19.5
    assert "made with talc 19.5 instead of 20" in sentence(events[-1])


def test_how_a_specimen_was_made_can_be_corrected():
    """All that was wrong at once, so that it fills the whole; results, old values and reason stay."""
    state = known_blends()
    plan = {"PP": 70.0, "talc": 20.0, "oil": 10.0, "speed": 200.0, "die": "flat"}
    state = then(state, [proposals(formulations=[plan])])
    state = then(state, commands.approve(state, [FIRST]))
    state = then(state, commands.record(state, FIRST, {"modulus": value(2.0)}, as_made={"talc": 19.0}))
    state = then(state, [proposals(2, formulations=[{**plan, "talc": 15.0, "PP": 75.0}], seen_seq=state.seq)])
    which = f"{FIRST}-S1"
    for wrong, said in [
        ({"talc": 40.0}, "sum to 120"),
        ({"talc": 19.0}, "like that already"),
        ({"clay": 1}, "unknown clay"),
    ]:
        with pytest.raises((ObservationError, FormulationError), match=said):
            commands.correct_made(state, which, wrong, reason="typo")
    events = commands.correct_made(state, which, {"talc": 29.0, "PP": 61.0, "die": "oval"}, reason="scale read wrongly")
    assert sentence(events[0]) == (
        f"{which}: as made corrected, talc from 19 to 29, PP from 70 to 61, die from flat to oval: scale read wrongly"
    )
    after = then(state, events)
    record = after.specimens[which]
    assert record.observation.as_made == {**plan, "talc": 29.0, "PP": 61.0, "die": "oval"}
    assert record.observation.targets["modulus"].mean == 2.0
    assert [(one.target, one.old, one.new) for one in record.corrections] == [
        ("talc", 19.0, 29.0),
        ("PP", 70.0, 61.0),
        ("die", "flat", "oval"),
    ]
    assert after.proposal("T1-C002-01").corrected_since == (which,)
    assert after.data_hash() != state.data_hash()
    imported = next(iter(state.specimens))
    assert commands.correct_made(state, imported, {"die": "oval"}, reason="typo")[0].old == {"die": "flat"}


def test_a_result_that_comes_later_leaves_how_it_was_made():
    """Told with the first result, or corrected since, and not told again."""
    two = {**SIMPLE["targets"], "colour": {"goal": "maximise"}}
    state = then(begun(definition(targets=two, objective={"kind": "pareto"})), [proposals()])
    state = then(state, commands.approve(state, [FIRST]))
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}, as_made={"temperature": 190.0}))
    state = then(state, commands.correct_made(state, f"{FIRST}-S1", {"temperature": 195.0}, reason="misread"))
    state = then(state, commands.record(state, FIRST, {"colour": value(3.0)}))
    assert state.specimens[f"{FIRST}-S1"].observation.as_made["temperature"] == 195.0
    assert state.specimens[f"{FIRST}-S1"].observation.targets["yield"].mean == 48.0


def test_a_change_of_what_is_recorded_names_place_old_and_new():
    state = approved()
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}))
    with pytest.raises(ObservationError, match=r"day\.csv, line 7: T1-C001-01-S1: yield is recorded as 48, not 49"):
        commands.record(state, FIRST, {"yield": value(49.0)}, source="day.csv, line 7")


def test_the_same_result_twice_is_one_result():
    state = approved()
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}))
    assert commands.record(state, FIRST, {"yield": value(48.0)}) == []


def test_another_value_for_a_recorded_result_needs_a_correction():
    state = approved()
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}))
    with pytest.raises(ObservationError, match="use correct"):
        commands.record(state, FIRST, {"yield": value(49.0)})


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"yeild": value(1.0)}, "no target 'yeild'; targets are yield"),
        ({"cost": value(1.0)}, "computed from the formulation"),
    ],
)
def test_results_belong_to_measured_targets(targets, message):
    computed = {"goal": "minimise", "source": {"expression": "temperature * 2"}}
    of = definition(targets={**SIMPLE["targets"], "cost": computed}, objective={"targets": ["yield"]})
    state = then(begun(of), [proposals()])
    state = then(state, commands.approve(state, [FIRST]))
    with pytest.raises(ObservationError, match=message):
        commands.record(state, FIRST, targets)


def test_a_proposal_is_measured_when_every_replicate_is():
    state = approved(replicates=2)
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}, replicate=2))
    assert state.proposals[FIRST].state is ProposalState.PARTLY_MEASURED
    state = then(state, commands.record(state, FIRST, {"yield": value(47.0)}, replicate=1))
    assert state.proposals[FIRST].state is ProposalState.MEASURED
    with pytest.raises(ObservationError, match="there is no number 3"):
        commands.record(state, FIRST, {"yield": value(47.0)}, replicate=3)


def test_a_value_that_is_missing_for_a_reason_completes_a_proposal():
    state = approved()
    lost = TargetValue(state=State.LOST, n=0, reason="bar fell down")
    state = then(state, commands.record(state, FIRST, {"yield": lost}))
    assert state.proposals[FIRST].state is ProposalState.MEASURED
    assert state.specimens[f"{FIRST}-S1"].observation.targets["yield"].reason == "bar fell down"


def test_new_data_make_unapproved_proposals_stale_and_no_others():
    before = proposed()
    before = then(before, commands.approve(before, [FIRST]))
    after = then(before, commands.record(before, FIRST, {"yield": value(48.0)}))
    events = commands.consequences(before, after)
    assert [e.proposal_id for e in events if isinstance(e, ProposalStaled)] == [SECOND]
    settled = then(after, events)
    assert settled.proposals[SECOND].state is ProposalState.STALE
    assert settled.proposals[FIRST].state is ProposalState.CLOSED
    assert settled.cycles[1].closed_at is not None
    assert commands.consequences(after, settled) == []


def test_a_new_space_makes_unapproved_proposals_stale_and_keeps_the_data():
    before = approved()
    before = then(before, commands.record(before, FIRST, {"yield": value(48.0)}))
    before = then(before, [proposals(2, seen_seq=before.seq)])
    narrower = {**SIMPLE["parameters"], "temperature": {**SIMPLE["parameters"]["temperature"], "high": 230}}
    after = then(before, [adopted(definition(parameters=narrower), version=2)])
    stale = {e.proposal_id for e in commands.consequences(before, after) if isinstance(e, ProposalStaled)}
    assert stale == {"T1-C002-01", "T1-C002-02"}
    assert after.specimens == before.specimens


def test_the_definition_in_force_is_not_adopted_again():
    state = begun()
    of = definition()
    core = of.model_dump(mode="json", by_alias=True)
    with pytest.raises(ProposalError, match="nothing to adopt"):
        commands.adopt(state, of, text="", core=core, extras={}, reason="")
    other = definition(campaign="T2")
    with pytest.raises(ProposalError, match="of T2, not of T1"):
        commands.adopt(state, other, text="", core={}, extras={}, reason="")


def test_an_edit_may_break_a_rule_knowingly_but_never_a_safety_rule():
    rules = [
        {"kind": "forbid", "name": "smells", "when": {"catalyst": "B", "temperature": {"above": 220}}},
        {"kind": "forbid", "name": "burns", "when": {"temperature": {"above": 230}}, "safety": True},
    ]
    state = then(begun(definition(constraints=rules)), [proposals()])
    smelly, burning = {"temperature": 225.0, "catalyst": "B"}, {"temperature": 235.0, "catalyst": "A"}
    with pytest.raises(FormulationError, match="smells"):
        commands.edit(state, FIRST, smelly, predicted={}, reason="try")
    assert commands.edit(state, FIRST, smelly, predicted={}, reason="try", allow_violations=True)
    with pytest.raises(FormulationError, match=r"\[safety\] burns"):
        commands.edit(state, FIRST, burning, predicted={}, reason="try", allow_violations=True)


@pytest.mark.parametrize(
    "wish",
    [
        lambda s: commands.skip(s, FIRST, reason=" "),
        lambda s: commands.edit(s, FIRST, {"temperature": 200.0, "catalyst": "A"}, predicted={}, reason=""),
        lambda s: commands.note(s, ""),
    ],
)
def test_what_changes_the_course_needs_a_reason(wish):
    with pytest.raises(ProposalError, match="needs a"):
        wish(proposed())


def test_what_cannot_be_made_and_what_was_given_up_are_over():
    state = approved()
    state = then(state, commands.mark_infeasible(state, FIRST, reason="extruder torque"))
    state = then(state, commands.fail(state, SECOND, reason="power cut"))
    assert state.proposals[SECOND].is_open
    state = then(state, commands.abandon(state, SECOND, reason="not worth it"))
    assert not state.open_proposals
    with pytest.raises(TransitionError):
        commands.record(state, FIRST, {"yield": value(1.0)})


def test_a_failed_proposal_may_be_tried_again():
    state = approved()
    state = then(state, commands.fail(state, FIRST, reason="power cut"))
    state = then(state, commands.record(state, FIRST, {"yield": value(48.0)}))
    assert state.proposals[FIRST].state is ProposalState.MEASURED


def test_past_results_taken_in_twice_are_taken_in_once():
    state = begun()
    rows = [({"temperature": 200.0, "catalyst": "A"}, {"yield": value(40.0)}, "past.csv, line 2")]
    events = commands.import_specimens(state, rows)
    assert [e.observation.specimen_id for e in events] == ["T1-X0001"]
    state = then(state, events)
    assert commands.import_specimens(state, rows) == []
    twin = [(rows[0][0], rows[0][1], "past.csv, line 3")]
    assert [e.observation.specimen_id for e in commands.import_specimens(state, twin)] == ["T1-X0002"]
