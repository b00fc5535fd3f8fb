"""State is the fold of events: nothing else decides what a campaign has come to."""

import pytest

from loop.errors import JournalError, TransitionError
from loop.events import (
    CycleClosed,
    Entry,
    HypothesisJudged,
    HypothesisNoted,
    ProposalApproved,
    ProposalEdited,
    ResultCorrected,
    SpecimenExcluded,
    SpecimenKept,
)
from loop.ids import ProposalId, SpecimenId
from loop.journal import extend, fold
from loop.proposal import Prediction, ProposalState
from tests.loop.campaigns import NOW, T1, adopted, begun, definition, proposals, then, value

FIRST, SECOND = ProposalId("T1-C001-01"), ProposalId("T1-C001-02")


def told():
    """A list of events as a campaign would tell them."""
    from loop import commands

    events = [adopted(definition()), proposals()]
    state = then(None, events)
    for more in (
        lambda s: commands.approve(s, [FIRST], reason="looks fine"),
        lambda s: commands.record(s, FIRST, {"yield": value(48.0)}, as_made={"temperature": 205.0}),
        lambda s: commands.correct(s, f"{FIRST}-S1", "yield", value(84.0), reason="digits swapped"),
        lambda s: commands.skip(s, SECOND, reason="no catalyst B", is_lesson=True),
    ):
        new = more(state)
        state = then(state, new)
        events += new
    return events, state


def test_reading_on_is_reading_from_the_start():
    """Folding in any two portions gives the same state as folding at once."""
    events, whole = told()
    for cut in range(1, len(events)):
        assert then(then(None, events[:cut]), events[cut:]) == whole


def test_a_gap_is_noticed():
    entries = [Entry(seq=k, at=NOW, actor="a", event=e) for k, e in enumerate(told()[0], start=1)]
    with pytest.raises(JournalError, match="entry 3 is missing"):
        fold(T1, entries[:2] + entries[3:])


def test_a_campaign_begins_with_its_definition():
    with pytest.raises(JournalError, match="begins with its definition"):
        then(None, [proposals()])
    with pytest.raises(JournalError, match="no such campaign"):
        fold(T1, [])


def test_the_plan_stands_beside_what_was_made():
    _, state = told()
    seen = state.specimens[SpecimenId(f"{FIRST}-S1")].observation
    assert seen.planned == {"temperature": 200.0, "catalyst": "A"}
    assert seen.as_made == {"temperature": 205.0, "catalyst": "A"}


def test_a_correction_keeps_the_old_value_its_reason_and_its_person():
    _, state = told()
    record = state.specimens[SpecimenId(f"{FIRST}-S1")]
    (correction,) = record.corrections
    assert record.observation.mean_of("yield") == 84.0
    assert (correction.old.mean, correction.new.mean) == (48.0, 84.0)
    assert (correction.reason, correction.actor) == ("digits swapped", "tester")


def test_predictions_made_with_a_corrected_value_are_marked_and_stay():
    _, state = told()
    state = then(state, [proposals(2, seen_seq=state.seq)])
    later = ProposalId("T1-C002-01")
    before = state.proposals[later].predicted
    change = ResultCorrected(
        specimen_id=SpecimenId(f"{FIRST}-S1"), target="yield", old=value(84.0), new=value(80.0), reason="again"
    )
    after = then(state, [change]).proposals[later]
    assert after.corrected_since == (f"{FIRST}-S1",)
    assert after.predicted == before


def test_an_edit_keeps_the_first_prediction():
    state = then(begun(), [proposals()])
    new = {"temperature": 230.0, "catalyst": "A"}
    event = ProposalEdited(
        proposal_id=FIRST, planned=new, predicted={"yield": Prediction(mean=60, sd=2)}, reason="why not"
    )
    record = then(state, [event]).proposals[FIRST]
    assert record.state is ProposalState.APPROVED
    assert record.planned == new
    assert record.proposal.formulation["temperature"] == 200.0
    assert record.proposal.predicted["yield"].mean == 50
    assert record.predicted["yield"].mean == 60


def test_an_event_that_does_not_fit_is_refused():
    state = then(begun(), [proposals(), ProposalApproved(proposal_id=FIRST)])
    with pytest.raises(TransitionError):
        then(state, [ProposalApproved(proposal_id=FIRST)])
    with pytest.raises(JournalError, match="cycle_closed"):
        then(state, [CycleClosed(cycle=9)])


def test_exclusion_can_be_taken_back():
    _, state = told()
    which = SpecimenId(f"{FIRST}-S1")
    out = then(state, [SpecimenExcluded(specimen_id=which, reason="slipped in the grips")])
    assert out.specimens[which].observation.is_excluded
    assert out.specimens[which].excluded_because == "slipped in the grips"
    back = then(out, [SpecimenKept(specimen_id=which, reason="no, it held")])
    assert not back.specimens[which].observation.is_excluded


def test_hypotheses_keep_who_said_what_and_how_it_came_out():
    state = then(begun(), [HypothesisNoted(hypothesis_id="H1", cycle=0, text="hotter is better")])
    assert state.hypotheses["H1"].held == "open"
    state = then(state, [HypothesisJudged(hypothesis_id="H1", held="no", reason="yield fell above 220 °C")])
    assert (state.hypotheses["H1"].held, state.hypotheses["H1"].text) == ("no", "hotter is better")


def test_the_data_hash_moves_with_anything_a_model_may_learn_from():
    _, state = told()
    excluded = then(state, [SpecimenExcluded(specimen_id=SpecimenId(f"{FIRST}-S1"), reason="x")])
    assert state.data_hash() != excluded.data_hash()
    assert state.data_hash() == extend(T1, state, [], actor="x", at=NOW).data_hash()


def test_an_edit_without_a_new_prediction_has_none():
    """The first prediction is of another formulation: it is not shown as that of the edited one."""
    state = then(begun(), [proposals()])
    event = ProposalEdited(proposal_id=FIRST, planned={"temperature": 230.0, "catalyst": "A"}, reason="no model yet")
    record = then(state, [event]).proposals[FIRST]
    assert record.predicted == {}
    assert record.proposal.predicted["yield"].mean == 50
