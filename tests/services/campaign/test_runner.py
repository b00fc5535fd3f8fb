"""The clock that keeps campaigns going: no moment missed, none done twice, no campaign held up by another."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from services.campaign.runner import Runner
from services.store import SqlJournal, SqlLeases
from tests.services.campaign.tiny import read
from tests.services.campaign.workers import NOON, VIRTUAL, SetClock, begin, people, worker

WAITING = VIRTUAL.replace("delay: 0 s", "delay: 1 h").replace("every: 10 s", "every: 1 min")


def runner(database, folder, clock, number: int = 0, **named) -> Runner:
    mine = worker(database, folder, clock, name=f"runner:{number}")
    return Runner(mine, SqlLeases(database), clock=clock, **named)


@pytest.mark.parametrize("n_runners", [1, 3])
def test_every_moment_has_one_turn(database, tmp_path, n_runners):
    """Five campaigns, ten minutes, looked at every few seconds by several: as many turns as minutes, each once."""
    clock = SetClock()
    service = people(database, clock)
    names = [f"C{k}" for k in range(5)]
    for name in names:
        service.adopt(read(WAITING.replace("PP01", name)))
    runners = [runner(database, tmp_path, clock, n) for n in range(n_runners)]
    taken = Counter[tuple[str, datetime]]()
    for step in range(100):
        clock.at = NOON + timedelta(seconds=6 * step)
        for one in runners[step % n_runners :] + runners[: step % n_runners]:
            for turn in one.look():
                taken[turn.campaign, clock.at.replace(second=0)] += 1
    assert taken == Counter({(name, NOON + timedelta(minutes=k)): 1 for name in names for k in range(10)})


def test_moments_that_were_missed_are_made_up_for_once(database, tmp_path):
    """After a night without a worker there is one turn, not six hundred."""
    clock = SetClock()
    begin(database, WAITING, clock)
    mine = runner(database, tmp_path, clock)
    assert len(mine.look()) == 1
    clock.move(hours=10)
    assert len(mine.look()) == 1
    assert mine.look() == []


def test_a_revised_schedule_is_followed(database, tmp_path):
    """From the next look on."""
    clock = SetClock()
    service = begin(database, WAITING, clock)
    mine = runner(database, tmp_path, clock)
    mine.look()
    service.adopt(read(WAITING.replace("every: 1 min", 'cron: "0 13 * * *", timezone: UTC')))
    clock.at = NOON + timedelta(minutes=30)
    assert mine.look() == []
    clock.at = NOON + timedelta(minutes=61)
    assert len(mine.look()) == 1
    assert mine.look() == []


def test_a_clock_set_back_does_not_stop_the_schedule(database, tmp_path):
    """What was done in a future that is none counts for nothing."""
    clock = SetClock()
    begin(database, WAITING, clock)
    mine = runner(database, tmp_path, clock)
    clock.move(hours=1)
    mine.look()
    clock.move(hours=-1)
    assert len(mine.look()) == 1
    clock.move(minutes=1)
    assert len(mine.look()) == 1


def test_one_campaign_in_trouble_does_not_hold_up_the_others(database, tmp_path, caplog):
    """It is written down, tried again less and less often, and the rest goes on."""
    clock = SetClock()
    service = people(database, clock)
    for name in ("GOOD", "BAD"):
        service.adopt(read(VIRTUAL.replace("PP01", name)))
    mine = runner(database, tmp_path, clock)
    lab_of = mine._worker._lab_of

    def broken(state):
        if state.campaign == "BAD":
            raise RuntimeError("the laboratory's software is gone")
        return lab_of(state)

    mine._worker._lab_of = broken
    n_failures = []
    with caplog.at_level(logging.ERROR):
        for _ in range(60):
            mine.look()
            clock.move(seconds=10)
            n_failures.append(len([r for r in caplog.records if getattr(r, "campaign", "") == "BAD"]))
    assert service.state("GOOD").cycle > 10
    assert service.state("BAD").cycle == 0
    assert 3 < n_failures[-1] < 12
    mine._worker._lab_of = lab_of
    clock.move(minutes=10)
    mine.look()
    assert service.state("BAD").cycle == 1


def test_a_campaign_rests_when_people_are_next_whatever_its_schedule_says(database, tmp_path):
    """Once a day: after the turn of the day it rests, and before it it does not."""
    clock = SetClock()
    service = begin(database, WAITING.replace("every: 1 min", 'cron: "0 11 * * *", timezone: UTC'), clock)
    mine = runner(database, tmp_path, clock)
    assert not mine.is_at_rest()
    mine.look()
    assert not mine.is_at_rest()  # a laboratory that reports by itself is at it
    service.change_course("PP01", "paused", reason="holiday")
    assert mine.is_at_rest()
    assert runner(database, tmp_path, clock, 1).is_at_rest()


def test_each_step_is_told_when_it_is_done_and_the_wait_once(database, tmp_path):
    """Not at the end of a turn that may take minutes."""
    clock, told = SetClock(), []
    service = begin(database, WAITING, clock)
    mine = runner(
        database,
        tmp_path,
        clock,
        tell=lambda turn: told.append((turn.steps, turn.waits_for, service.state("PP01").seq)),
    )
    mine.look()
    clock.move(minutes=1)
    mine.look()
    assert [len(steps) for steps, _, _ in told] == [1] * (len(told) - 1) + [0]
    assert [bool(waits_for) for _, waits_for, _ in told] == [False] * (len(told) - 1) + [True]
    seqs = [seq for _, _, seq in told]
    assert len(told) > 3
    assert seqs == sorted(seqs)
    assert seqs[0] < seqs[-1]


def test_a_real_clock_keeps_several_campaigns_going_until_it_is_told_to_stop(sqlite_url, tmp_path):
    """Campaigns every second, a new one on the way: all go round; told to stop, it ends after the turns begun."""
    from services.store import open_database

    class Real(SetClock):
        def now(self):
            return datetime.now(UTC)

    database, clock, stop = open_database(sqlite_url), Real(), threading.Event()
    service = people(database, clock)
    text = VIRTUAL.replace("every: 10 s", "every: 1 s").replace("initial: {count: 3}", "initial: {count: 500}")
    service.adopt(read(text.replace("PP01", "ONE")))
    told = []
    mine = runner(database, tmp_path, clock, look=timedelta(seconds=0.3), tell=told.append)
    thread = threading.Thread(target=mine.run, args=(stop,))
    thread.start()
    time.sleep(1)
    service.adopt(read(text.replace("PP01", "TWO")))
    until = time.monotonic() + 30
    while time.monotonic() < until and min(service.state(name).cycle for name in ("ONE", "TWO")) < 3:
        time.sleep(0.1)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert {turn.campaign for turn in told} >= {"ONE", "TWO"}
    seqs = {name: len(SqlJournal(database).read(name)) for name in ("ONE", "TWO")}
    time.sleep(1.5)
    assert seqs == {name: len(SqlJournal(database).read(name)) for name in ("ONE", "TWO")}
    assert all(record.holder == "" for record in SqlLeases(database).records())
    database.dispose()
