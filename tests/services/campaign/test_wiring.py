"""The parts fit together: a workspace is found, somebody acts, files are read, and everything is closed again."""

from __future__ import annotations

import getpass
import os

import pytest

from loop.errors import DefinitionError
from services.campaign.errors import CampaignError, WorkspaceError
from services.campaign.wiring import actor_name, begin_workspace, open_service
from services.campaign.workspace import find_workspace, make_workspace
from services.campaign.written import read_definition, read_table
from services.store import DatabaseUrlError
from tests.services.campaign.tiny import TINY, past_results


def test_a_workspace_is_found_from_below_and_by_its_variable(tmp_path):
    """The nearest one upwards; MEGURI_HOME goes before it."""
    home, other = tmp_path / "lab", tmp_path / "other"
    below = home / "films" / "2025"
    below.mkdir(parents=True)
    begin_workspace(home)
    begin_workspace(other)
    assert find_workspace(below, {}).folder == home
    assert find_workspace(below, {"MEGURI_HOME": str(other)}).folder == other
    with pytest.raises(WorkspaceError, match="meguri init"):
        find_workspace(tmp_path, {})


def test_the_database_lies_in_the_workspace_wherever_it_is_used_from(tmp_path):
    """A relative SQLite path counts from the settings, not from the current folder."""
    begin_workspace(tmp_path / "lab")
    below = tmp_path / "lab" / "films"
    below.mkdir()
    with open_service(below, actor="suzuki", environment={}) as opened:
        opened.service.adopt(opened.read_definition(definition_in(below)))
    assert (tmp_path / "lab" / "meguri.db").exists()
    assert not (below / "meguri.db").exists()
    with open_service(tmp_path / "lab", actor="tanaka", environment={}) as opened:
        assert opened.service.campaigns() == ["PP01"]
        assert [entry.actor for entry in opened.service.log("PP01")] == ["suzuki"]


def definition_in(folder, text=TINY):
    path = folder / "films.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_workspace_keeps_its_database(tmp_path, empty_database_url):
    """Named once, on SQLite or PostgreSQL; another one later is refused."""
    workspace = begin_workspace(tmp_path / "lab", database_url=empty_database_url)
    assert begin_workspace(tmp_path / "lab", database_url=empty_database_url) == workspace
    assert workspace.database_url == empty_database_url
    with pytest.raises(WorkspaceError, match="another database"):
        make_workspace(tmp_path / "lab", database_url="sqlite:///elsewhere.db")


def test_settings_that_cannot_be_meant_are_refused(tmp_path):
    """An unknown key, a URL that is none, a text that is no TOML: each names the file or the URL."""
    begin_workspace(tmp_path)
    settings = tmp_path / "meguri.toml"
    settings.write_text('[database]\nuri = "x"\n')
    with pytest.raises(WorkspaceError, match=r"unknown database\.uri"):
        find_workspace(tmp_path, {})
    settings.write_text('[database]\nurl = "mysql://host/x"\n')
    with pytest.raises(DatabaseUrlError, match="mysql"), open_service(tmp_path, actor="x", environment={}):
        pass
    settings.write_text("database = \n")
    with pytest.raises(WorkspaceError, match="cannot be read"):
        find_workspace(tmp_path, {})


def test_somebody_always_acts(monkeypatch):
    """As given, else the variable, else the system's user, else the user's number."""
    assert actor_name("tanaka", {"MEGURI_ACTOR": "suzuki"}) == "tanaka"
    assert actor_name(None, {"MEGURI_ACTOR": " suzuki "}) == "suzuki"
    assert actor_name(None, {}) == getpass.getuser()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert actor_name(None, {}) == f"uid {os.getuid()}"
    with pytest.raises(CampaignError, match="must have a name"):
        actor_name("\n", {})


def nobody(number):
    raise KeyError(f"uid not found: {number}")


def test_a_definition_file_that_is_no_text_is_refused(tmp_path):
    """Missing, or in another encoding: said in one sentence with the path."""
    with pytest.raises(CampaignError, match=r"films\.yaml cannot be read: No such file"):
        read_definition(tmp_path / "films.yaml")
    (tmp_path / "films.yaml").write_bytes("title: 配合".encode("shift-jis"))
    with pytest.raises(CampaignError, match="save it as UTF-8"):
        read_definition(tmp_path / "films.yaml")


def test_candidates_are_read_from_beside_the_definition(tmp_path):
    """Columns named as the parameters; a table that is not there is a fault of its line."""
    past_results(tmp_path / "past.csv")
    path = definition_in(tmp_path, TINY + "candidates: {file: past.csv}\n")
    rows = read_definition(path).core.candidates.rows
    assert [row["temperature"] for row in rows] == [180, 190, 200, 210, 220, 230]
    definition_in(tmp_path, TINY + "candidates: {file: gone.csv}\n")
    with pytest.raises(DefinitionError, match=r"films\.yaml:12: candidates\.file: gone\.csv cannot be read"):
        read_definition(path)


def test_a_decimal_mark_is_a_point_or_a_comma(tmp_path):
    """Where a file leaves it open; anything else is refused."""
    (tmp_path / "x.csv").write_text("a;b\n1,234;x\n2,345;y\n")
    assert read_table(tmp_path / "x.csv", decimal=",").column("a").numbers == (1.234, 2.345)
    with pytest.raises(CampaignError, match="got ';'"):
        read_table(tmp_path / "x.csv", decimal=";")


def test_a_report_leaves_out_a_recipe_that_cannot_be_weighed(tmp_path, caplog):
    """An edit beyond the rules may have no recipe: the report is written all the same, and the log says so."""
    text = """\
schema: 1
campaign: MB
ingredients:
  components:
    PP: {low: 0, high: 100, step: 1}
    talc: {low: 0, high: 100, step: 1}
    wax: {low: 0, high: 50, step: 1, masterbatch: {active: 50, carrier: PP}}
targets: {modulus: {goal: maximise}}
policy: {initial: {count: 3}}
"""
    begin_workspace(tmp_path)
    with open_service(tmp_path, actor="suzuki", environment={}) as opened:
        service = opened.service
        service.adopt(opened.read_definition(definition_in(tmp_path, text)))
        [first] = (r.proposal.id for r in service.propose("MB"))
        plan = {"PP": 50.0, "talc": 20.0, "wax": 30.0}
        service.edit(first, plan, reason="as the customer has it")
        assert first in opened.write_report("MB").read_text(encoding="utf-8")
        assert opened.write_report("MB", folder=tmp_path / "there").parent == tmp_path / "there"
    assert caplog.records == []
