"""What is shown of a campaign: shapes that can be written and read back, and a sentence for every event."""

from __future__ import annotations

import typing

import pytest

from loop import commands
from loop.events import Event
from loop.memory import MemoryJournal
from loop.observations import State, TargetValue
from loop.proposal import ProposalState
from loop.questions import Question
from loop.refit import refit
from loop.sentences import said, sentence
from services.campaign import viewing
from services.campaign.ledger import Ledger
from tests.services.campaign.tiny import Ticking, begun, measured, run_cycle

KINDS = {kind.model_fields["kind"].default for kind in typing.get_args(typing.get_args(Event)[0])}


@pytest.fixture
def service():
    """A campaign in which everything happened at least once."""
    journal = MemoryJournal()
    service = begun(journal)
    first = run_cycle(service)[0]
    run_cycle(service)
    ids = [r.proposal.id for r in service.propose("PP01", count=6)]
    service.approve("PP01", ids[:3], reason="fine")
    service.dispatch([ids[0]])
    service.edit(ids[3], {"screw": "slow", "temperature": 185.0}, reason="the die is cold")
    service.skip(ids[4], reason="no screw")
    service.fail(ids[0], reason="it tore")
    service.mark_infeasible(ids[0], reason="it tears every time")
    service.abandon(ids[1], reason="no time")
    service.note("PP01", "slow screws win")
    service.judge("PP01", "H1", "no", reason="fast ones did")
    service.exclude("PP01", f"{first}-S1", reason="wrong granules")
    service.keep("PP01", f"{first}-S1", reason="they were right")
    service.correct("PP01", f"{first}-S1", "strength", measured(12.5), reason="typed 1 for 7")
    service.correct_made("PP01", f"{first}-S1", {"temperature": 201.0}, reason="misread")
    service.remark(first, "smelled burnt")
    service.change_course("PP01", "paused", reason="the extruder is in repair")
    question = Question(matter="coffee", question="Is there coffee?", suggestion="make some")
    alone = Ledger(journal=journal, clock=Ticking(), actor="meguri")
    alone.change("PP01", lambda state: commands.ask(state, question))
    alone.change("PP01", lambda state: [refit(state)])
    return service


def test_every_kind_of_event_has_a_sentence(service):
    """One line, with the id it is about and the reason that was given."""
    told = {entry.event.kind: sentence(entry.event) for entry in service.log("PP01")}
    assert set(told) == KINDS - {"specimen_imported"}
    for text in told.values():
        assert text == " ".join(text.split())
    assert told["proposal_infeasible"].endswith("cannot be made: it tears every time")
    assert told["result_corrected"].startswith("PP01-C001-01-S1: strength corrected from ")
    assert told["hypothesis_judged"] == "H1 did not hold: fast ones did"
    assert told["cycle_closed"].startswith("cycle ")
    assert told["course_changed"] == "paused, nothing happens by itself: the extruder is in repair"
    assert told["person_asked"] == "asked: Is there coffee? (make some)"
    assert told["model_refitted"].startswith("model refitted after cycle 2: strength known to ± ")


def test_a_value_is_said_as_a_person_would_write_it():
    """Number, spread, count, limit, or why there is none."""
    assert said(TargetValue(mean=41.2)) == "41.2"
    assert said(TargetValue(mean=41.2, sd=0.5, n=3)) == "41.2 ± 0.5 (n = 3)"
    assert said(TargetValue(state=State.BELOW_DETECTION, limit=0.1, n=0)) == "< 0.1"
    assert said(TargetValue(state=State.ABOVE_RANGE, limit=200, n=0)) == "> 200"
    assert said(TargetValue(state=State.NOT_MEASURED, n=0)) == "not measured"
    assert said(TargetValue(state=State.LOST, n=0, reason="dropped")) == "lost: dropped"
    assert said(None) == "nothing"


def test_views_survive_json(service):
    """What is printed can be read back as the same value."""
    state = service.state("PP01")
    shown = [
        viewing.status_view(state),
        viewing.campaign_view(state),
        viewing.proposals_view(state, list(state.proposals.values())),
        viewing.log_view("PP01", service.log("PP01")),
    ]
    for view in shown:
        assert type(view).model_validate_json(view.model_dump_json()) == view


def test_the_status_counts_what_the_journal_says(service):
    """Every proposal in one state, every specimen once, the best among those that are there."""
    state = service.state("PP01")
    view = viewing.status_view(state)
    assert sum(view.n_proposals.values()) == len(state.proposals)
    assert {p.id for p in view.open_proposals} == {r.proposal.id for r in state.open_proposals}
    assert view.n_specimens == len(state.specimens) == 4
    assert all(best.specimen in state.specimens for best in view.best)
    edited = next(p for p in view.open_proposals if p.state is ProposalState.APPROVED and p.proposed is not None)
    assert edited.planned == {"temperature": 185, "screw": "slow"}


def test_the_status_says_what_happens_next(service):
    """What would be done now, or what is waited for; its course; how well the model knows each target."""
    view = viewing.status_view(service.state("PP01"))
    assert (view.course, view.course_reason, view.due) == ("paused", "the extruder is in repair", "")
    assert view.waits_for.startswith("paused")
    assert view.refits[-1].fits["strength"].n == 4
    going = viewing.status_view(service.change_course("PP01", "running"))
    assert (going.due, going.waits_for) == ("send PP01-C003-03, PP01-C003-04 to the laboratory", "")
    sent = viewing.status_view(service.dispatch(["PP01-C003-03", "PP01-C003-04"]))
    assert (sent.due, sent.waits_for) == ("", "results of PP01-C003-03, PP01-C003-04")


def test_the_status_counts_what_waits_outside_the_journal(service):
    """Results and files that wait for a person, work orders that did not leave: as they are passed in."""
    view = viewing.status_view(service.state("PP01"), n_held=2, n_refused_files=1, orders_not_delivered=["PP01-W0001"])
    assert (view.n_held, view.n_refused_files, view.orders_not_delivered) == (2, 1, ("PP01-W0001",))


def test_stopping_is_advised_after_patience_without_a_better_specimen():
    """Three closed cycles without a better one, as the definition says; before that, nothing."""
    service = begun(MemoryJournal())
    advices = []
    for cycle in range(5):
        opened = service.propose("PP01")
        service.approve("PP01")
        for record in opened:
            service.record(record.proposal.id, {"strength": measured(40 - cycle)})
        advices.append(viewing.stop_advice(service.state("PP01")))
    assert advices[:3] == ["", "", ""]
    assert advices[3].startswith("3 closed cycles in a row brought no better specimen")
    assert advices[4].startswith("4 closed cycles")
