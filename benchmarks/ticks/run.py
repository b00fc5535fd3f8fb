"""Campaigns for an hour of simulated time, two runners: turns taken, missed, doubled; memory; then longer journals.

``python benchmarks/ticks/run.py --campaigns 20 --minutes 60 --events 100 1000 10000 100000``
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the small campaign of the tests

from loop.events import (
    CycleClosed,
    DefinitionAdopted,
    Event,
    ModelRefitted,
    ProposalApproved,
    ProposalClosed,
    ProposalDispatched,
    ProposalsMade,
    ProposalStarted,
    ResultRecorded,
)
from loop.ids import CampaignId, proposal_id, specimen_id
from loop.observations import TargetValue
from loop.proposal import Origin, Proposal
from services.campaign.runner import Runner
from services.campaign.service import CampaignService
from services.store import SqlJournal, SqlLeases, open_database
from tests.services.campaign.tiny import TINY, read
from tests.services.campaign.workers import SetClock, worker

START = datetime(2026, 3, 1, tzinfo=UTC)
SLOW = "policy: {batch: 2, initial: {count: 100000}}"
"""Nothing is learned here: what is timed is the loop around the model."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--events", type=int, nargs="*", default=[100, 1000, 10_000, 100_000])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        simulated_hour(Path(folder), given.campaigns, given.minutes)
    if given.events:
        print(f"\n{'events':>8}{'first turn s':>14}{'turn ms':>10}{'turns/s':>10}{'write ms':>10}{'memory MB':>11}")
    for n_events in given.events:
        with tempfile.TemporaryDirectory() as folder:
            long_journal(Path(folder), n_events)


def simulated_hour(folder: Path, n_campaigns: int, n_minutes: int) -> None:
    database, clock = open_database(f"sqlite:///{folder / 'meguri.db'}"), SetClock(START)
    people = CampaignService(journal=SqlJournal(database), clock=clock, actor="benchmark")
    names = [f"C{k:02d}" for k in range(n_campaigns)]
    for name in names:
        every = "every: 1 min, approval: automatic"
        text = TINY.replace("PP01", name).replace("policy: {batch: 2, initial: {count: 3}}", SLOW)
        people.adopt(read(f"{text}schedule: {{{every}}}\nlab: {{name: films, delay: 15 min}}\n"))
    told = Counter[tuple[str, datetime]]()
    runners = []
    for number in range(2):
        mine = worker(database, folder, clock, name=f"runner:{number}")
        runners.append(Runner(mine, SqlLeases(database), clock=clock))
    took, memory, second = 0.0, [], timedelta(seconds=1)
    for step in range(n_minutes * 60):
        clock.at = START + step * second
        for runner in runners if step % 2 else reversed(runners):
            began = time.perf_counter()
            turns = runner.look()
            took += time.perf_counter() - began
            for turn in turns:
                told[turn.campaign, clock.at.replace(second=0)] += 1
        if step % 600 == 599:
            memory.append(resident_mb())
    due = {(name, START + k * timedelta(minutes=1)) for name in names for k in range(n_minutes)}
    n_events = sum(len(SqlJournal(database).read(CampaignId(name))) for name in names)
    print(f"{n_campaigns} campaigns, {n_minutes} min of simulated time, two runners, SQLite, {n_events} events written")
    print(
        f"turns due {len(due)}, taken {sum(told.values())}, missed {len(due - set(told))}, "
        f"doubled {sum(n - 1 for n in told.values())}"
    )
    print(f"{sum(told.values()) / took:.0f} turns a second of computing ({took:.1f} s, with all looks in between)")
    print(f"memory every 10 min, MB: {', '.join(f'{m:.0f}' for m in memory)}")
    database.dispose()


def long_journal(folder: Path, n_events: int) -> None:
    database, clock = open_database(f"sqlite:///{folder / 'meguri.db'}"), SetClock(START)
    write_journal(SqlJournal(database), n_events)
    mine = worker(database, folder, clock, name="runner:0")
    began = time.perf_counter()
    mine.turn("PP01")
    first = time.perf_counter() - began
    turns = []
    for _ in range(30):
        clock.move(minutes=1)
        began = time.perf_counter()
        assert mine.turn("PP01").steps == ()
        turns.append(time.perf_counter() - began)
    known = {CampaignId("PP01"): mine.state("PP01")}
    people = CampaignService(journal=SqlJournal(database), clock=clock, actor="benchmark", known=known)
    began = time.perf_counter()
    people.note("PP01", "how long does it take to write one line?")
    write = time.perf_counter() - began
    turn = sorted(turns)[len(turns) // 2]
    print(f"{n_events:>8}{first:>14.2f}{turn * 1e3:>10.1f}{1 / turn:>10.0f}{write * 1e3:>10.1f}{resident_mb():>11.0f}")
    database.dispose()


def write_journal(journal: SqlJournal, n_events: int) -> None:
    """Write the life of a campaign, cycle by cycle, with two formulations still at the laboratory."""
    campaign, definition = CampaignId("PP01"), read(f"{TINY}lab: {{name: films, delay: 1 h}}\n")
    events: list[Event] = [DefinitionAdopted(version=1, **definition.to_event_payload())]
    cycle = 0
    while len(events) < n_events - 7:
        cycle += 1
        events += one_cycle(campaign, cycle, len(events), is_closed=len(events) + 23 < n_events)
        if len(events) + 8 >= n_events:
            break
    for start in range(0, len(events), 5000):
        journal.append(campaign, events[start : start + 5000], actor="benchmark", at=START, expected_seq=start)


def one_cycle(campaign: CampaignId, cycle: int, seq: int, *, is_closed: bool) -> list[Event]:
    made = {"temperature": 180.0 + 5 * (cycle % 12), "screw": ("slow", "fast")[cycle % 2]}
    ids = [proposal_id(campaign, cycle, number) for number in (1, 2)]
    proposals = tuple(
        Proposal(id=p, cycle=cycle, number=k, formulation=made, origin=Origin.INITIAL, reason="", run_order=k)
        for k, p in enumerate(ids, start=1)
    )
    events: list[Event] = [
        ProposalsMade(
            cycle=cycle,
            count=2,
            proposals=proposals,
            seed=1,
            seen_seq=seq,
            space_version=1,
            data_hash="",
            surrogate="none",
        )
    ]
    events += [ProposalApproved(proposal_id=p) for p in ids]
    events += [ProposalDispatched(proposal_id=p) for p in ids]
    if not is_closed:
        return events
    for p in ids:
        value = {"strength": TargetValue(mean=30.0 + cycle % 7)}
        events.append(ProposalStarted(proposal_id=p))
        events.append(
            ResultRecorded(proposal_id=p, specimen_id=specimen_id(p), as_made=made, targets=value, is_complete=True)
        )
    events += [ProposalClosed(proposal_id=p) for p in ids]
    events.append(CycleClosed(cycle=cycle))
    learned = ModelRefitted(cycle=cycle, seen_seq=seq, data_hash="", surrogate="gp", rung="model", fits={})
    return [*events, learned]


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
