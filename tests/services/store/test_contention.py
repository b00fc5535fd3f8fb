"""Several processes at one database: nothing lost, nothing twice, no gap; killed or not."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.context import ForkServerProcess

from services.store import SqlJournal, known_version, open_database
from tests.services.store import contenders

FRESH = multiprocessing.get_context("forkserver")  # children inherit no connection of ours
FRESH.set_forkserver_preload(["tests.services.store.contenders"])
PATIENCE_S = 60


def start(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    process = FRESH.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def test_of_processes_that_write_behind_the_same_entry_one_wins(database_url, journal):
    """Three processes, twenty rounds: one winner each, a conflict for the others, no gap, nothing doubled."""
    names, n_rounds = ["ann", "bo", "cy"], 20
    together = FRESH.Barrier(len(names), timeout=PATIENCE_S)
    won = FRESH.Queue()
    processes = [start(contenders.contend, database_url, name, n_rounds, together, won) for name in names]
    numbers = [seq for _ in processes for seq in won.get(timeout=PATIENCE_S)]
    for process in processes:
        process.join(PATIENCE_S)
    assert sorted(numbers) == list(range(1, n_rounds + 1))
    entries = journal.read(contenders.CAMPAIGN)
    assert [entry.seq for entry in entries] == list(range(1, n_rounds + 1))
    assert [entry.event.text for entry in entries] == [f"round {number}" for number in range(n_rounds)]
    assert [entry.event.hypothesis_id for entry in entries] == [entry.actor for entry in entries]


def test_a_killed_writer_leaves_whole_appends_and_a_journal_that_goes_on(database_url, journal):
    """Killed at any instant: every append is wholly there or absent, and the next writer continues at once."""
    stood = 0
    for number, breath_s in enumerate((0.05, 0.011, 0.003)):
        writer = start(contenders.write_for_ever, database_url, f"writer {number}")
        patience = time.monotonic() + PATIENCE_S
        while len(journal.read(contenders.CAMPAIGN)) == stood and time.monotonic() < patience:
            time.sleep(0.002)
        time.sleep(breath_s)
        writer.kill()
        writer.join(PATIENCE_S)
        entries = journal.read(contenders.CAMPAIGN)
        assert len(entries) > stood
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        marks = [int(entry.event.hypothesis_id) for entry in entries]
        assert marks == list(range(contenders.BATCH)) * (len(entries) // contenders.BATCH)
        assert all(before <= after for before, after in pairwise(entry.actor for entry in entries))
        stood = len(entries)


def test_processes_that_open_a_new_database_together_all_find_it_ready(empty_database_url):
    """Four first openers: one builds the schema, nobody fails, everybody finds today's version."""
    n_processes = 4
    together = FRESH.Barrier(n_processes, timeout=PATIENCE_S)
    versions = FRESH.Queue()
    for _ in range(n_processes):
        start(contenders.open_together, empty_database_url, together, versions)
    assert [versions.get(timeout=PATIENCE_S) for _ in range(n_processes)] == [known_version()] * n_processes
    engine = open_database(empty_database_url)
    assert SqlJournal(engine).campaigns() == []
    engine.dispose()
