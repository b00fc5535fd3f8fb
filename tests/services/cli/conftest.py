"""A folder of one's own with a command line in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.services.campaign.tiny import TINY, past_results


class Shell:
    """Runs ``meguri`` in a folder and says what came out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        """Run a verb and expect an exit code."""
        done = CliRunner().invoke(app, list(words), input=typed)
        told = f"{words}: exit {done.exit_code}\n{done.stdout}\n{done.stderr}"
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise AssertionError(told) from done.exception
        assert done.exit_code == code, told
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a verb with ``--json`` and read what it printed."""
        return json.loads(self(*words, "--json", code=code).stdout)

    def states(self) -> dict[str, str]:
        """State by id of every open proposal of the only campaign."""
        return {p["id"]: p["state"] for p in self.json("status")["open_proposals"]}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command line in an empty folder; nothing of the machine's own settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MEGURI_HOME", raising=False)
    monkeypatch.setenv("MEGURI_ACTOR", "suzuki")
    monkeypatch.setenv("COLUMNS", "100")
    return Shell(tmp_path)


@pytest.fixture
def films(shell: Shell) -> Shell:
    """A workspace whose campaign PP01 has begun and knows nothing yet."""
    (shell.folder / "films.yaml").write_text(TINY, encoding="utf-8")
    shell("init")
    shell("start", "films.yaml")
    return shell


@pytest.fixture
def known_films(films: Shell) -> Shell:
    """The same with six past films, so that the model proposes."""
    films("import", str(past_results(films.folder / "past.csv")))
    return films


@pytest.fixture
def write(shell: Shell) -> Callable[[str, str], Path]:
    """Write a text file into the folder."""

    def written(name: str, text: str) -> Path:
        path = shell.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
