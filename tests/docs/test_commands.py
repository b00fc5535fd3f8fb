"""What the pages tell people to type can be typed: every verb, option and make target is there."""

from __future__ import annotations

import re

import pytest
import typer.main

from services.cli.main import app
from tests.docs.pages import ROOT, commands, pages

PAGES = pages()
VERBS = getattr(typer.main.get_command(app), "commands", {})


def options_of(command) -> set[str]:
    return {"--help", "-h", *(name for p in command.params for name in (*p.opts, *p.secondary_opts))}


def faults_of(words: list[str]) -> list[str]:
    """What is wrong with one command of ours: an unknown verb, an unknown option, too many plain words."""
    verb = words[1] if len(words) > 1 else ""
    if verb in options_of(typer.main.get_command(app)) or verb == "VERB":
        return []
    if verb not in VERBS:
        return [f"no verb {verb!r}"]
    command = VERBS[verb]
    inner = getattr(command, "commands", {})
    if inner and len(words) > 2 and not words[2].startswith("-"):
        if words[2] not in inner:
            return [f"{verb} has no {words[2]!r}"]
        command = inner[words[2]]
    known = options_of(command)
    return [f"{verb} has no option {word}" for word in words[2:] if word.startswith("-") and word not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_exists(page):
    """Verbs and options are those of the command line."""
    wrong = {" ".join(words): faults for words in commands(page, "meguri") if (faults := faults_of(words))}
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_on_a_page_exists(page):
    """`make WORD` is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {words[1] for words in commands(page, "make")} <= targets


def test_the_checks_can_fail():
    """A verb and an option that are not there are found, and one that is there is not."""
    assert faults_of(["meguri", "guess"]) == ["no verb 'guess'"]
    assert faults_of(["meguri", "propose", "--many", "3"]) == ["propose has no option --many"]
    assert faults_of(["meguri", "propose", "--count", "3"]) == []
    assert faults_of(["meguri", "inbox", "keep", "H-1"]) == ["inbox has no 'keep'"]
    assert faults_of(["meguri", "inbox", "drop", "H-1", "--json"]) == ["inbox has no option --json"]
    assert faults_of(["meguri", "inbox", "drop", "H-1", "--reason", "a test"]) == []


def test_the_readme_shows_a_whole_campaign():
    """From the table to the report, in the order in which it goes."""
    shown = [words[1] for words in commands(ROOT / "README.md", "meguri")]
    way = ["init", "start", "import", "propose", "approve", "export", "import-results", "report"]
    assert [verb for verb in dict.fromkeys(shown) if verb in way] == way
    assert {words[1] for words in commands(ROOT / "README.md", "make")} >= {"demo", "test"}
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_tutorial_shows_every_verb_that_a_campaign_needs():
    """Each use case of a first week stands in it."""
    shown = {words[1] for words in commands(ROOT / "docs" / "tutorial.md", "meguri")}
    wanted = "init validate start import propose approve edit skip export import-results status correct report log"
    assert {*wanted.split(), "replay", "backtest"} <= shown
