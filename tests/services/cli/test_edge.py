"""What goes wrong becomes one clear message and an exit code; no traceback unless asked for."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.cli import main

COMMAND = [sys.executable, "-c", "from campaigns.door import run; run()"]


def meguri(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "MEGURI_HOME"}
    return subprocess.run([*COMMAND, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_without_a_workspace_it_says_how_to_make_one(tmp_path):
    """A real process in an empty folder: exit code 1, nothing on stdout, no traceback."""
    done = meguri("status", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "make one with meguri init" in done.stderr
    assert "Traceback" not in done.stderr


def test_meguri_home_names_the_workspace(films, tmp_path_factory, monkeypatch):
    """From anywhere, as long as there is one; else the message names the variable."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("MEGURI_HOME", str(films.folder))
    assert films.json("status")["campaign"] == "PP01"
    monkeypatch.setenv("MEGURI_HOME", str(elsewhere))
    assert "MEGURI_HOME names" in films("status", code=1).stderr


def test_wrong_use_is_exit_code_two(films):
    """What the words themselves get wrong: a missing argument, a bad number, a value that cannot be read."""
    films("propose", "--count", "0", code=2)
    films("skip", "PP01-C001-01", code=2)
    films("import", code=2)
    films("record", "PP01-C001-01", code=2)
    films("approve", "PP01-C001-01", "PP02-C001-01", code=2)


def test_a_refusal_is_exit_code_one_and_names_the_id(films):
    """What the campaign refuses: an unknown proposal, an unknown campaign, a result without approval."""
    assert "there is no campaign 'PP09'; there are PP01" in films("status", "PP09", code=1).stderr
    assert "PP01-C009-01" in films("skip", "PP01-C009-01", "--reason", "x", code=1).stderr
    assert "is not a proposal id" in films("skip", "PP01", "--reason", "x", code=1).stderr


def test_debug_shows_where_a_refusal_came_from(films):
    """In front of the verb or behind it."""
    assert "Traceback" not in films("status", "PP09", code=1).stderr
    assert "Traceback" in films("--debug", "status", "PP09", code=1).stderr
    assert "Traceback" in films("status", "PP09", "--debug", code=1).stderr


def test_a_word_behind_two_dashes_is_no_option(films):
    """A note may begin with dashes, even with --debug."""
    films("note", "--", "--debug shows more")
    assert films.json("status")["hypotheses"][0]["text"] == "--debug shows more"


def test_an_unexpected_error_becomes_a_message(monkeypatch, capsys):
    """At the outermost edge: what it was, and how to see where; exit code 1."""

    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(main, "app", broken)
    with pytest.raises(SystemExit) as caught:
        main.run()
    told = capsys.readouterr().err
    assert caught.value.code == 1
    assert "this should not happen: ZeroDivisionError: division by zero" in told
    assert "--debug" in told
    assert "Traceback" not in told


def test_ctrl_c_is_clean(films):
    """Interrupted while it waits for an answer: no traceback, the shell's own code, nothing written."""
    films("propose")
    before = films.json("status")["seq"]
    code = "import sys; sys.stdin.isatty = lambda: True; from campaigns.door import run; run()"
    words = ["edit", "PP01-C001-01", "--reason", "x"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=films.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = ""
    patience = time.monotonic() + 60
    while "change NAME=VALUE" not in told and time.monotonic() < patience:
        told += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode in (1, 130)
    assert "Traceback" not in told + rest
    assert films.json("status")["seq"] == before


def test_ctrl_c_at_work_says_that_nothing_is_half_done(films, monkeypatch):
    """Wherever it strikes: one line and the code that shells know."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("services.campaign.service.CampaignService.propose", interrupted)
    before = films.json("status")["seq"]
    done = films("propose", code=130)
    assert "stopped; nothing half-done was written" in done.stderr
    assert films.json("status")["seq"] == before


def test_the_actor_is_as_given_else_the_variable_else_the_user(films, monkeypatch):
    """`--as`, then MEGURI_ACTOR, then the system's user: beside every fact."""
    films("note", "first", "--as", "tanaka")
    films("note", "second")
    monkeypatch.delenv("MEGURI_ACTOR")
    monkeypatch.setenv("LOGNAME", "sato")
    films("note", "third")
    assert [h["actor"] for h in films.json("status")["hypotheses"]] == ["tanaka", "suzuki", "sato"]
    assert "must have a name" in films("note", "fourth", "--as", " ", code=1).stderr


def test_results_go_to_stdout_and_talk_to_stderr(known_films):
    """A script may read stdout alone; what to do next stands on stderr."""
    done = known_films("status")
    assert done.stdout.startswith("PP01")
    assert "next:" not in done.stdout
    assert re.search(r"^next: meguri propose PP01$", done.stderr, re.MULTILINE)
    assert not re.search(r"\x1b\[", done.stdout + done.stderr)
