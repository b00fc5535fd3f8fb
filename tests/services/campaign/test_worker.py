"""A worker takes turns: all that is due, once, whoever else is at it; what goes wrong is a typed error."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from loop.agent import propose_batch
from loop.errors import LeaseLostError
from loop.events import ProposalDispatched, ProposalsMade
from loop.ids import CampaignId
from loop.proposal import ProposalState
from services.campaign.errors import CampaignError
from services.store import SqlHeldResults, SqlJournal, SqlLeases, SqlOutbox
from tests.services.campaign.tiny import BLEND, strength
from tests.services.campaign.workers import BY_ITSELF, NOON, VIRTUAL, SetClock, begin, people, read, worker

PP01 = CampaignId("PP01")


def kinds(database) -> list[str]:
    return [entry.event.kind for entry in SqlJournal(database).read(PP01)]


def play(mine, clock, n_turns: int, campaign: str = "PP01"):
    """Take turns ten seconds apart."""
    turns = []
    for _ in range(n_turns):
        turns.append(mine.turn(campaign))
        clock.move(seconds=10)
    return turns


def test_a_campaign_goes_round_by_itself(database, tmp_path):
    """Propose, approve, send, take in, close, learn, propose again: a turn each time the laboratory is done."""
    clock = SetClock()
    begin(database, clock=clock)
    turns = play(worker(database, tmp_path, clock), clock, 4)
    state = people(database).state("PP01")
    assert [cycle for cycle, record in state.cycles.items() if record.closed_seq] == [1, 2, 3]
    assert [refit.cycle for refit in state.refits] == [1, 2, 3]
    assert turns[1].steps[0] == "took in 2 reports"
    assert turns[1].steps[-1] == "work order PP01-W0002 left"
    assert turns[1].waits_for == "results of PP01-C002-01, PP01-C002-02"
    for record in state.specimens.values():
        assert record.observation.targets["strength"].mean == strength(record.observation.as_made)


def test_a_turn_twice_is_a_turn_once(database, tmp_path):
    """Asked again before anything happened, nothing is done."""
    clock = SetClock()
    begin(database, clock=clock, text=VIRTUAL.replace("delay: 0 s", "delay: 1 h"))
    mine = worker(database, tmp_path, clock)
    assert mine.turn("PP01").steps
    written = SqlJournal(database).read(PP01)
    for _ in range(3):
        turn = mine.turn("PP01")
        assert (turn.steps, turn.is_taken) == ((), True)
    assert SqlJournal(database).read(PP01) == written


def test_a_turn_of_the_schedule_is_taken_once_by_whoever_comes_first(database, tmp_path):
    """The second worker is told that there is nothing for it."""
    clock = SetClock()
    begin(database, clock=clock)
    first, second = (worker(database, tmp_path, clock, name=f"here:{n}") for n in range(2))
    assert first.turn("PP01", due_at=NOON).is_taken
    assert not second.turn("PP01", due_at=NOON).is_taken
    assert not first.turn("PP01", due_at=NOON).is_taken
    assert second.turn("PP01", due_at=NOON + timedelta(seconds=10)).is_taken is True


def test_eight_workers_come_to_the_same_campaign_as_one(database, tmp_path):
    """Turns at the same time from many threads: the same journal."""
    clock = SetClock()
    begin(database, clock=clock)
    workers = [worker(database, tmp_path, clock, name=f"here:{n}") for n in range(8)]

    def turns(mine) -> None:
        for _ in range(6):
            mine.turn("PP01")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turns, workers))
    state = people(database).state("PP01")
    assert state.cycle >= 1
    assert sum(isinstance(e.event, ProposalsMade) for e in SqlJournal(database).read(PP01)) == state.cycle
    assert len(SqlOutbox(database).records(PP01)) == state.cycle
    for record in state.proposals.values():
        assert record.n_sent <= 1
        assert len(record.specimens) <= 1


def test_a_long_fit_does_not_let_the_lease_go(database, tmp_path):
    """The heart beats while the model is fitted: nobody else gets the campaign in the meantime."""
    begin(database)
    import datetime

    class Real(SetClock):
        def now(self):
            return datetime.datetime.now(datetime.UTC)

    mine = worker(database, tmp_path, Real(), length=timedelta(seconds=0.6))
    other = worker(database, tmp_path, Real(), name="there:1", length=timedelta(seconds=0.6))
    is_fitting = threading.Event()

    def slowly(state, *, count, at):
        is_fitting.set()
        time.sleep(2)
        return propose_batch(state, count=count, at=at)

    mine._proposer = slowly
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(mine.turn, "PP01")
        assert is_fitting.wait(10)
        for _ in range(5):
            assert not other.turn("PP01").is_taken
            time.sleep(0.3)
        assert turn.result().steps[0].startswith("proposed")


def test_a_worker_that_loses_its_lease_writes_nothing(database, tmp_path):
    """Overtaken while it thinks, it ends its turn with an error that says so, and leaves the journal to the other."""
    clock = SetClock()
    begin(database, clock=clock)
    mine, other = (worker(database, tmp_path, clock, name=f"here:{n}") for n in range(2))

    def overtaken(state, *, count, at):
        clock.move(minutes=2)
        assert other.turn("PP01").steps
        return propose_batch(state, count=count, at=at)

    mine._proposer = overtaken
    with pytest.raises(LeaseLostError, match=r"PP01: the lease of here:0 \(token 1\) is over"):
        mine.turn("PP01")
    assert [e.event.kind for e in SqlJournal(database).read(PP01)].count("proposals_made") == 1
    assert len(SqlOutbox(database).records(PP01)) == 1
    record = SqlLeases(database).record("PP01")
    assert (record.holder, record.token) == ("", 2)


def test_what_the_laboratory_breaks_is_sent_again_as_often_as_allowed_and_then_given_up(database, tmp_path):
    """Failures are written down with their reason; the cycle closes all the same."""
    clock = SetClock()
    begin(database, VIRTUAL.replace("delay: 0 s", "failures: 0.99, seed: 3"), clock)
    play(worker(database, tmp_path, clock), clock, 4)
    state = people(database).state("PP01")
    first = state.proposals["PP01-C001-01"]
    assert first.state is ProposalState.ABANDONED
    assert [step.step for step in first.history].count("dispatched") == 2
    assert first.history[-1].reason == "failed after 2 attempts"
    assert state.cycles[1].closed_seq is not None


def test_what_the_laboratory_loses_is_sent_again_when_it_is_overdue(database, tmp_path):
    """Not before; and where a person is to decide, the person is asked once."""
    clock = SetClock()
    text = VIRTUAL.replace("delay: 0 s", "losses: 0.99, seed: 5").replace("give_up: abandon", "give_up: ask")
    begin(database, text, clock)
    mine = worker(database, tmp_path, clock)
    mine.turn("PP01")
    clock.move(minutes=4)
    assert mine.turn("PP01").steps == ()
    clock.move(minutes=2)
    assert mine.turn("PP01").steps == ("sent PP01-C001-01, PP01-C001-02", "work order PP01-W0002 left")
    clock.move(minutes=6)
    asked = mine.turn("PP01")
    assert [step.split(":")[0] for step in asked.steps] == ["asked", "asked"]
    assert asked.waits_for.startswith("an answer: PP01-C001-01 is at the laboratory since")
    clock.move(minutes=6)
    assert mine.turn("PP01").steps == ()
    assert kinds(database).count("person_asked") == 2


def test_a_report_that_comes_again_changes_nothing(database, tmp_path):
    """The laboratory was not told that it was received: the same result twice is one result."""
    clock = SetClock()
    begin(database, clock=clock)
    mine = worker(database, tmp_path, clock)
    play(mine, clock, 2)
    (tmp_path / "laboratory" / "PP01" / "acknowledged.txt").unlink()
    n_results = kinds(database).count("result_recorded")
    mine.turn("PP01")
    state = people(database).state("PP01")
    assert kinds(database).count("result_recorded") == n_results + 2
    assert all(len(record.specimens) == 1 for record in list(state.proposals.values())[:4])
    assert SqlHeldResults(database).records() == []


def test_a_result_that_comes_too_late_waits_for_a_person(database, tmp_path):
    """Given up in the meantime, it is not booked and not thrown away."""
    clock = SetClock()
    service = begin(database, VIRTUAL.replace("delay: 0 s", "delay: 1 h"), clock)
    mine = worker(database, tmp_path, clock)
    mine.turn("PP01")
    service.abandon("PP01-C001-01", reason="no time")
    clock.move(hours=2)
    assert "1 of them waits for a person" in mine.turn("PP01").steps[0]
    [waiting] = SqlHeldResults(database).records(waiting_only=True)
    assert waiting.result.proposal == "PP01-C001-01"
    assert "abandoned" in waiting.result.reason
    mine.turn("PP01")
    assert len(SqlHeldResults(database).records()) == 1


def test_pause_keeps_everything_back_and_drain_only_what_is_new(database, tmp_path):
    """And resume lets it go on where it was."""
    clock = SetClock()
    service = begin(database, clock=clock)
    mine = worker(database, tmp_path, clock)
    mine.turn("PP01")
    service.change_course("PP01", "paused", reason="the mill is open")
    assert mine.turn("PP01").steps == ()
    assert "the mill is open" in mine.turn("PP01").waits_for
    service.change_course("PP01", "draining", reason="holidays")
    assert mine.turn("PP01").steps == ("took in 2 reports", "learned from cycle 1")
    assert mine.turn("PP01").waits_for == "drained (holidays): everything is in"
    service.change_course("PP01", "running")
    assert mine.turn("PP01").steps[0].startswith("proposed PP01-C002-01")


def test_approval_by_hand_is_waited_for(database, tmp_path):
    """Nothing leaves before somebody said yes, and then with one order."""
    clock = SetClock()
    service = begin(database, VIRTUAL.replace("approval: automatic", "approval: by_hand"), clock)
    mine = worker(database, tmp_path, clock)
    assert mine.turn("PP01").steps == ("proposed PP01-C001-01, PP01-C001-02",)
    assert "to be approved (meguri approve PP01)" in mine.turn("PP01").waits_for
    service.approve("PP01", ["PP01-C001-02"])
    assert mine.turn("PP01").steps == ("sent PP01-C001-02", "work order PP01-W0001 left")
    [record] = SqlOutbox(database).records(PP01)
    assert [line.proposal_id for line in record.order.lines] == ["PP01-C001-02"]


def test_an_order_says_what_was_planned_when_it_was_sent(database, tmp_path):
    """A revision afterwards does not reach into it."""
    clock = SetClock()
    text = BY_ITSELF + "lab: {name: manual}\n"
    service = begin(database, text, clock)
    worker(database, tmp_path, clock).turn("PP01")
    before = SqlOutbox(database).records(PP01)
    service.adopt(read(text.replace("high: 240", "high: 220").replace("at_most: 235", "at_most: 215")))
    assert SqlOutbox(database).records(PP01) == before
    state = service.state("PP01")
    for line in before[0].order.lines:
        assert dict(line.formulation) == dict(state.proposals[line.proposal_id].planned)


def test_a_space_that_is_used_up_asks_and_rests(database, tmp_path):
    """Six formulations, six made: no error without end, but one question, and on it goes in a wider space."""
    clock = SetClock()
    text = VIRTUAL.replace("high: 240", "high: 190").replace("at_most: 235", "at_most: 190")
    service = begin(database, text, clock)
    mine = worker(database, tmp_path, clock)
    turns = play(mine, clock, 6)
    asked = next(step for turn in turns for step in turn.steps if step.startswith("asked"))
    assert asked.startswith("asked: nothing can be proposed")
    assert turns[-1].waits_for == "a wider space: every formulation is made or turned down"
    assert kinds(database).count("person_asked") == 1
    assert len(people(database).state("PP01").specimens) == 6
    service.adopt(read(VIRTUAL))
    assert mine.turn("PP01").steps[0].startswith("proposed PP01-C004-01")


def test_replicates_are_asked_for_together_and_booked_one_by_one(database, tmp_path):
    """A proposal is measured when every specimen of it is."""
    clock = SetClock()
    text = BLEND + "schedule: {approval: automatic}\nlab: {name: manual}\n"
    begin(database, text, clock)
    worker(database, tmp_path, clock).turn("BLEND")
    [record] = SqlOutbox(database).records(CampaignId("BLEND"))
    assert {line.replicates for line in record.order.lines} == {2}
    sheet = (tmp_path / "outbox" / "BLEND-W0001.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(sheet) == 1 + 2 * len(record.order.lines)
    assert sheet[0].startswith("order,proposal,replicate,attempt,block,run order,PP [%],talc [%],oil [%],speed [rpm]")


def test_each_dispatch_names_its_order(database, tmp_path):
    """From the log one finds the sheet, from the sheet the log."""
    clock = SetClock()
    begin(database, clock=clock)
    play(worker(database, tmp_path, clock), clock, 3)
    events = [entry.event for entry in SqlJournal(database).read(PP01)]
    sent = {e.order for e in events if isinstance(e, ProposalDispatched)}
    assert sent == {record.order.id for record in SqlOutbox(database).records(PP01)}


def test_an_unknown_campaign_or_laboratory_is_said(database, tmp_path):
    """With the names that there are."""
    clock = SetClock()
    mine = worker(database, tmp_path, clock)
    with pytest.raises(CampaignError, match="there is no campaign 'NOPE'"):
        mine.turn("NOPE")
