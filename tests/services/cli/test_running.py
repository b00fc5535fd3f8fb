"""Campaigns that go on by themselves, from the command line: one turn, many, none for a while."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaigns.compound.template import compound
from tests.services.campaign.tiny import TINY

ROOT = Path(__file__).resolve().parents[3]
BY_ITSELF = TINY + "schedule: {every: 1 s, approval: automatic}\n"


@pytest.fixture
def going(shell, write):
    """A workspace whose campaign approves by itself; people make its films."""
    write("films.yaml", BY_ITSELF)
    shell("init")
    shell("start", "films.yaml")
    return shell


def put(shell, name: str, text: str) -> None:
    """Put a file that is whole into the inbox."""
    path = shell.folder / "inbox" / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 60,) * 2)


@contextmanager
def process(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``meguri`` in a process of its own, and leave none behind."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "MEGURI_ACTOR": "suzuki", "OMP_NUM_THREADS": "1"}
    settings.pop("MEGURI_HOME", None)
    command = [sys.executable, "-m", "services.cli.main", *words]
    with subprocess.Popen(command, cwd=folder, env=settings, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


def wait_for(path: Path, within_s: float = 60) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + within_s
    while not path.exists():
        assert time.monotonic() < until, f"{path} did not come"
        time.sleep(0.05)


# ---------------------------------------------------------------------- one turn
def test_tick_does_what_is_due_and_says_what_is_waited_for(going):
    """Proposed, approved, sent: a sheet in the outbox. Again, nothing."""
    done = going("tick")
    assert "proposed PP01-C001-01, PP01-C001-02" in done.stderr
    assert "PP01 waits: results of PP01-C001-01, PP01-C001-02" in done.stderr
    assert [path.name for path in (going.folder / "outbox").iterdir()] == ["PP01-W0001.csv"]
    view = going.json("tick")
    assert (view["steps"], view["is_taken"]) == ([], True)
    assert view["waits_for"] == "results of PP01-C001-01, PP01-C001-02"


def test_tick_takes_the_filled_in_sheet_out_of_the_inbox(going):
    """What went out comes back: booked, put aside, the cycle closed and learned from, the next one sent."""
    going("tick")
    sheet = (going.folder / "outbox" / "PP01-W0001.csv").read_text(encoding="utf-8-sig").splitlines()
    place = sheet[0].split(",").index("strength [MPa]")
    rows = [row.split(",") for row in sheet[1:]]
    filled = [[*row[:place], "30.5", *row[place + 1 :]] for row in rows]
    put(going, "back.csv", "\n".join([sheet[0], *(",".join(row) for row in filled)]) + "\n")
    done = going("tick")
    for said in ("back.csv: 2 new results of PP01", "learned from cycle 1", "work order PP01-W0002 left"):
        assert said in done.stderr
    assert (going.folder / "inbox" / "taken" / "back.csv").exists()
    assert going.json("status")["n_specimens"] == 2


def test_tick_waits_until_a_file_that_came_just_now_is_whole(going):
    """Who puts a file there and asks for a turn at once need not ask twice."""
    going("tick")
    (going.folder / "inbox" / "back.csv").write_text("proposal,strength\nPP01-C001-01,30\n", encoding="utf-8")
    done = going("tick")
    assert "seeing whether it is whole" in done.stderr
    assert "back.csv: 1 new result of PP01" in done.stderr


def test_tick_waits_for_people_where_they_approve(films):
    """It proposes and says how to approve; approved, it sends."""
    assert "to be approved (meguri approve PP01)" in films("tick").stderr
    assert "next: meguri approve PP01" in films("tick").stderr
    films("approve")
    assert "work order PP01-W0001 left" in films("tick").stderr


def test_tick_needs_a_campaign_that_is_there(going):
    assert "there is no campaign 'PP09'" in going("tick", "PP09", code=1).stderr


# ---------------------------------------------------------------------- course
def test_a_paused_campaign_does_nothing_and_says_so_everywhere(going):
    """With the reason; people go on by hand; resumed, it goes on."""
    assert "Missing option '--reason'" in going("pause", code=2).stderr
    going("pause", "--reason", "the extruder is in repair")
    done = going("tick")
    assert "PP01 waits: paused (the extruder is in repair)" in done.stderr
    assert "next: meguri resume PP01" in done.stderr
    assert "paused: nothing happens by itself (the extruder is in repair)" in going("status").stdout
    view = going.json("status")
    assert (view["course"], view["cycle"]) == ("paused", 0)
    assert "PP01-C001-01" in going("propose").stdout
    assert "PP01 is running" in going("resume").stderr
    assert going.json("tick")["steps"]


def test_a_draining_campaign_takes_in_and_asks_for_nothing(going):
    """What is out comes in; then it is drained."""
    going("tick")
    going("drain", "--reason", "summer")
    put(going, "back.csv", "proposal,strength\nPP01-C001-01,30\nPP01-C001-02,31\n")
    view = going.json("tick")
    assert view["steps"] == ["back.csv: 2 new results of PP01", "learned from cycle 1"]
    assert view["waits_for"] == "drained (summer): everything is in"
    assert "draining, nothing new is asked for: summer" in going("log").stdout


def test_a_failure_is_asked_about_and_sent_again_by_hand(going):
    """The question stands in the status with the commands that answer it; a second order goes out."""
    going("tick")
    going("record", "PP01-C001-01", "--failed", "--reason", "it tore")
    going("tick")
    (asked,) = going.json("status")["questions"]
    assert asked["question"] == "PP01-C001-01 failed after 1 attempt: it tore. Again, or give it up?"
    text = going("status").stdout
    assert "to decide" in text
    assert "meguri send PP01-C001-01" in text
    done = going("send", "pp01-c001-01", "--reason", "a new die")
    assert "work order PP01-W0002: PP01-C001-01" in done.stderr
    assert going.json("status")["orders_not_delivered"] == ["PP01-W0002"]
    assert going.json("tick")["steps"] == ["work order PP01-W0002 left"]
    assert going.json("status")["questions"] == going.json("status")["orders_not_delivered"] == []
    assert ",2," in (going.folder / "outbox" / "PP01-W0002.csv").read_text(encoding="utf-8-sig")


def test_only_what_can_be_sent_is_sent(going):
    """Not what is out, not what nobody approved, not words."""
    going("tick")
    assert "cannot be dispatched" in going("send", "PP01-C001-01", code=1).stderr
    assert "give ids of proposals" in going("send", "PP01", code=2).stderr


def test_the_log_tells_the_same_step_of_several_proposals_on_one_line(going):
    """For people; as JSON every entry stands alone."""
    going("tick")
    text = going("log").stdout
    assert "PP01-C001-01 to 02 approved: automatic" in text
    assert "PP01-C001-01 to 02 sent to the laboratory with order PP01-W0001" in text
    assert "3–4" in text
    assert [entry["seq"] for entry in going.json("log")["entries"]] == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------------- many turns
def test_run_ends_when_everything_rests(going):
    """People have to do the next thing: it says so and ends with exit code 0."""
    with process(going.folder, "run", "--engine", "serial", "--until-rest") as running:
        _, told = running.communicate(timeout=120)
    assert running.returncode == 0, told
    assert "keeping PP01 going" in told
    assert "work order PP01-W0001 left" in told
    assert told.rstrip().endswith("everything rests; ended")


def test_run_plays_a_campaign_with_a_virtual_laboratory_to_its_end(shell, write):
    """Proposed, made, measured, learned from, until the budget is spent; nothing was lost on the way."""
    text = compound().definition.replace("budget: {specimens: 60}", "budget: {specimens: 4}")
    assert "specimens: 4" in text
    text += "schedule: {every: 1 s, approval: automatic, attempts: 9, overdue: 2 s}\n"
    text += "lab: {name: compound, delay: 0 s, failures: 0.2, losses: 0.2}\n"
    write("compound.yaml", text)
    shell("init")
    shell("start", "compound.yaml")
    with process(shell.folder, "run", "--engine", "serial", "--until-rest") as running:
        _, told = running.communicate(timeout=240)
    assert running.returncode == 0, told
    view = shell.json("status")
    assert (view["n_specimens"], view["open_proposals"]) == (4, [])
    assert view["waits_for"] == "the budget is spent"
    assert view["refits"][0]["fits"]["modulus"]["n"] == 4
    assert view["refits"][0]["fits"]["modulus"]["rmse"] > 0
    assert "how well the model knows each target" in shell("status").stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_after_its_turn_when_it_is_asked_to(going, number):
    """Exit code 0; what was done is whole, and the next turn has nothing to mend."""
    with process(going.folder, "run", "--engine", "serial") as running:
        wait_for(going.folder / "outbox" / "PP01-W0001.csv")
        running.send_signal(number)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 0, told
    assert "ending after the turns that have begun" in told
    assert going.json("tick")["steps"] == []


def test_asked_twice_it_ends_at_once_and_makes_no_noise(going):
    """Also in the middle of a turn; the turn that was cut short is no failure."""
    with process(going.folder, "run") as running:
        wait_for(going.folder / "meguri.db-wal")
        running.send_signal(signal.SIGINT)
        time.sleep(0.3)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=20)
    assert "turn failed" not in told, told
    assert "Traceback" not in told, told
    going("tick")
    assert list(going.states().values()) == ["dispatched", "dispatched"]


def test_a_run_that_was_killed_is_gone_on_with(going):
    """Whatever it was at: the next one comes to the same campaign as if nothing had happened."""
    with process(going.folder, "run", "--engine", "serial") as running:
        wait_for(going.folder / "meguri.db-wal")
        running.kill()
        running.communicate(timeout=60)
    going("tick")
    assert [path.name for path in (going.folder / "outbox").glob("*.csv")] == ["PP01-W0001.csv"]
    assert list(going.states().values()) == ["dispatched", "dispatched"]


def test_logs_as_json_are_one_object_a_line(going):
    """Each with moment, level, logger and event, and the campaign where there is one; nothing else is written."""
    with process(going.folder, "run", "--engine", "serial", "--log", "json", "--until-rest") as running:
        _, told = running.communicate(timeout=120)
    lines = [json.loads(line) for line in told.splitlines()]
    assert all({"at", "level", "logger", "event"} <= set(line) for line in lines)
    steps = [line["step"] for line in lines if line["event"] == "step done"]
    assert steps[0] == "proposed PP01-C001-01, PP01-C001-02"
    assert {line["campaign"] for line in lines if line["event"] == "event written"} == {"PP01"}


def test_an_unknown_form_or_engine_is_wrong_use(going):
    """The ones that there are are named."""
    assert "json" in going("run", "--log", "xml", code=2).stderr
    assert "processes" in going("run", "--engine", "cloud", code=2).stderr
