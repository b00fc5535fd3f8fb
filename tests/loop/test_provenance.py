"""A correction marks the predictions that were made with the value it corrects, and no others."""

import pytest

from loop import commands
from loop.events import ProposalEdited
from loop.ids import ProposalId, SpecimenId
from loop.observations import State, TargetValue
from loop.proposal import Prediction
from tests.loop.campaigns import SIMPLE, adopted, begun, definition, proposals, then, value

FIRST, SECOND = ProposalId("T1-C001-01"), ProposalId("T1-C001-02")
SPECIMEN = f"{FIRST}-S1"
TWO = definition(
    targets={**SIMPLE["targets"], "purity": {"goal": "maximise", "repeatability_sd": 1}}, objective={"kind": "pareto"}
)


def do(state, events):
    return then(state, events)


def measured(**values):
    """A campaign whose first proposal has some results."""
    state = then(begun(TWO), [proposals()])
    state = do(state, commands.approve(state, [FIRST]))
    return record(state, **values)


def record(state, **values):
    return do(state, commands.record(state, FIRST, {name: value(number) for name, number in values.items()}))


def propose(state):
    """One more cycle, made from all that is known; its first id."""
    cycle = state.cycle + 1
    return do(state, [proposals(cycle, seen_seq=state.seq)]), ProposalId(f"T1-C{cycle:03d}-01")


def marks(state):
    return {which: record.corrected_since for which, record in state.proposals.items() if record.corrected_since}


def correct(state, target, new, specimen=SPECIMEN):
    return do(state, commands.correct(state, specimen, target, value(new), reason="typed wrong"))


def test_a_value_that_came_later_than_the_prediction_marks_nothing():
    """Yield was known when cycle 2 was predicted, purity came after it: only yield had a part in it."""
    state = measured(**{"yield": 48.0})
    state, early = propose(state)
    state = record(state, purity=9.0)
    state, late = propose(state)
    assert set(marks(correct(state, "purity", 8.0))) == {late, ProposalId("T1-C003-02")}
    assert {early, late} <= set(marks(correct(state, "yield", 47.0)))


def test_a_result_sent_in_again_is_as_old_as_it_was():
    """The sheet comes back fuller: what stood on it before had its part in what was predicted meanwhile."""
    state = measured(**{"yield": 48.0})
    state, early = propose(state)
    state = record(state, **{"yield": 48.0, "purity": 9.0})
    assert early in marks(correct(state, "yield", 47.0))


def test_a_second_correction_marks_what_used_the_first():
    """What was predicted before the first correction rested on another value; it is marked by that one alone."""
    state = measured(**{"yield": 48.0})
    state = correct(state, "yield", 47.0)
    state, between = propose(state)
    before = dict(marks(state))
    state = correct(state, "yield", 46.0)
    assert before == {}
    assert set(marks(state)) == {between, ProposalId("T1-C002-02")}


def test_an_excluded_specimen_had_no_part_in_what_was_predicted_meanwhile():
    state = measured(**{"yield": 48.0})
    state, with_it = propose(state)
    state = do(state, commands.exclude(state, SPECIMEN, reason="wet"))
    state, without = propose(state)
    state = do(state, commands.keep(state, SPECIMEN, reason="dry enough"))
    state, again = propose(state)
    found = marks(correct(state, "yield", 47.0))
    assert with_it in found
    assert without not in found
    assert again in found


def test_a_value_that_was_missing_taught_nothing():
    """Lost, and found later: no prediction rested on a number that was not there."""
    state = measured(**{"yield": 48.0})
    state = do(state, commands.record(state, FIRST, {"purity": TargetValue(state=State.LOST, n=0)}))
    state, _ = propose(state)
    assert marks(correct(state, "purity", 9.0)) == {}


def test_an_edit_made_with_the_value_rests_on_it():
    """The second proposal is older than the result, but its plan was changed and predicted anew with it."""
    state = then(begun(TWO), [proposals()])
    state = do(state, commands.approve(state, [FIRST]))
    state = record(state, **{"yield": 48.0})
    edited = ProposalEdited(
        proposal_id=SECOND,
        planned={"temperature": 230.0, "catalyst": "A"},
        predicted={"yield": Prediction(mean=50, sd=3)},
        reason="hotter",
    )
    state = do(state, [edited])
    assert set(marks(correct(state, "yield", 47.0))) == {SECOND}


@pytest.mark.parametrize("predicted", [{}, {"yield": Prediction(mean=50, sd=3)}])
def test_an_edit_takes_the_place_of_the_first_prediction(predicted):
    """The report compares with what was expected last: only what that rested on counts, if it was worked out at all."""
    state = measured(**{"yield": 48.0})
    state, later = propose(state)
    state = do(state, commands.exclude(state, SPECIMEN, reason="wet"))
    plan = {"temperature": 235.0, "catalyst": "A"}
    state = do(state, [ProposalEdited(proposal_id=later, planned=plan, predicted=predicted, reason="hotter")])
    assert later not in marks(correct(state, "yield", 47.0))


def test_a_specimen_that_the_space_then_had_no_words_for_had_no_part():
    """Between the versions a parameter was asked for that nobody knew of the old specimen."""
    state = measured(**{"yield": 48.0})
    wider = {**SIMPLE["parameters"], "cooling": {"kind": "categorical", "levels": ["air", "water"]}}
    state = do(
        state, [adopted(definition(parameters=wider, targets=dict(TWO.targets), objective={"kind": "pareto"}), 2)]
    )
    state, blind = propose(state)
    state = do(state, [adopted(TWO, 3)])
    state, seeing = propose(state)
    found = marks(correct(state, "yield", 47.0))
    assert seeing in found
    assert blind not in found
    assert state.specimens[SpecimenId(SPECIMEN)].observation.mean_of("yield") == 48.0
