"""From an empty folder to a campaign that runs."""

from __future__ import annotations

import json

import openpyxl
import pytest

from services.campaign.templates import GROUP
from tests.services.campaign.tiny import TINY, past_results


def test_init_makes_a_workspace_once_and_keeps_it(shell):
    """Folders and settings; a second init, also from below, uses the same one."""
    shell("init")
    assert {p.name for p in shell.folder.iterdir()} >= {"meguri.toml", "meguri.db", "inbox", "outbox", "reports"}
    settings = (shell.folder / "meguri.toml").read_bytes()
    assert "using the workspace" in shell("init").stderr
    assert (shell.folder / "meguri.toml").read_bytes() == settings


def test_init_in_a_named_folder(shell):
    """The folder becomes one, whatever lies above it."""
    shell("init")
    shell("init", "lab")
    assert (shell.folder / "lab" / "meguri.toml").exists()


def test_init_on_a_database_that_cannot_be_reached_fails_at_once(shell):
    """Not only when the first campaign begins."""
    done = shell("init", "--database", "mysql://host/x", code=1)
    assert "sqlite:///meguri.db or postgresql://" in done.stderr


def test_a_guessed_definition_is_valid_and_says_why(shell):
    """From a CSV file: written beside it, every column told, faultless as it stands."""
    past_results(shell.folder / "old_films.csv")
    done = shell("init", "--from", "old_films.csv")
    assert "next: meguri start old-films.yaml" in done.stderr
    text = (shell.folder / "old-films.yaml").read_text(encoding="utf-8")
    assert "campaign: OLD-FILMS" in text
    assert "'strength' in its name is a property" in text
    checked = shell.json("validate", "old-films.yaml")
    assert (checked["is_valid"], checked["campaign"], checked["faults"]) == (True, "OLD-FILMS", [])
    shell("start", "old-films.yaml")
    shell("import", "old_films.csv")
    assert shell.json("status")["n_specimens"] == 6


def test_a_definition_is_never_written_over(shell):
    """What a person changed stays; another name is asked for."""
    past_results(shell.folder / "films.csv")
    shell("init", "--from", "films.csv")
    (shell.folder / "films.yaml").write_text("mine")
    assert "is there already" in shell("init", "--from", "films.csv", code=1).stderr
    assert (shell.folder / "films.yaml").read_text() == "mine"
    shell("init", "--from", "films.csv", "--to", "other.yaml", "--campaign", "PP07")
    assert shell.json("validate", "other.yaml")["campaign"] == "PP07"


def test_targets_and_their_goals_can_be_named(shell):
    """A name, a name with a goal, a header; a goal that needs a value is refused."""
    past_results(shell.folder / "films.csv")
    shell("init", "--from", "films.csv", "--target", "strength (MPa):minimise")
    shell("start", "films.yaml")
    assert "goal: minimise" in (shell.folder / "films.yaml").read_text(encoding="utf-8")
    assert "maximise or minimise" in shell("init", "--from", "films.csv", "--target", "strength:match", code=2).stderr
    assert "has no column 'gloss'" in shell("init", "--from", "films.csv", "--target", "gloss", code=1).stderr


def test_only_rows_of_the_table_are_proposed_for_a_replay(shell):
    """With --candidates every proposal is a row of the table."""
    past_results(shell.folder / "films.csv")
    shell("init", "--from", "films.csv", "--candidates")
    shell("start", "films.yaml")
    rows = {(180 + 10 * i, ("slow", "fast")[i % 2]) for i in range(6)}
    for proposal in shell.json("propose")["proposals"]:
        assert tuple(proposal["planned"].values()) in rows


def test_an_excel_table_as_people_keep_it_becomes_a_campaign(shell):
    """Merged headers, a unit row, Japanese names, a limit and a remark: guessed, started, imported."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["試験片 2024年度"])
    sheet.append([])
    sheet.append(["No.", "配合", None, "条件", "物性", None, "備考"])
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("E3:F3")
    sheet.merge_cells("A3:A5")
    sheet.merge_cells("G3:G5")
    sheet.append([None, "PP", "タルク", "温度", "引張強度", "残留溶剤", None])
    sheet.append([None, "wt%", "wt%", "℃", "MPa", "ppm", None])
    solvents = ["12", "<0.1", "3.5", "8", "<0.1", "2"]
    for i, solvent in enumerate(solvents):
        talc = 5 * i
        sheet.append([i + 1, 100 - talc, talc, 180 + 10 * (i % 4), 30 + i * 1.5, solvent, "再測定" if i == 2 else None])
    book.save(shell.folder / "台帳.xlsx")
    shell("init", "--from", "台帳.xlsx", "--campaign", "FILM")
    checked = shell.json("validate", "film.yaml")
    assert checked["is_valid"], checked
    assert "\n    タルク:" in (shell.folder / "film.yaml").read_text(encoding="utf-8").replace('"', "")
    shell("start", "film.yaml")
    done = shell("import", "台帳.xlsx")
    assert "6 specimens are new" in done.stderr
    shell("export", "--what", "specimens", "--to", "out.csv")
    table = (shell.folder / "out.csv").read_text(encoding="utf-8-sig")
    assert table.count("<0.1") == 2
    assert "引張強度" in table


def test_validate_names_line_and_field_and_what_would_be_right(shell, write):
    """Exit code 1; each fault on stdout with its line, and as JSON."""
    write("bad.yaml", TINY.replace("goal: maximise", "goal: maximize").replace("low: 180", "lowest: 180"))
    done = shell("validate", "bad.yaml", code=1)
    assert "bad.yaml:5: parameters.temperature" in done.stdout
    view = shell.json("validate", "bad.yaml", code=1)
    assert view["is_valid"] is False
    assert {fault["line"] for fault in view["faults"]} == {5, 10}
    assert all(fault["file"] == "bad.yaml" for fault in view["faults"])


def test_validate_prints_the_schema(shell):
    """For editors; no file is needed."""
    schema = json.loads(shell("validate", "--json-schema").stdout)
    assert "campaign" in schema["required"]


def test_start_refuses_a_faulty_definition_and_begins_nothing(shell, write):
    """All faults at once, exit code 1."""
    write("bad.yaml", TINY.replace("low: 180", "low: 280"))
    shell("init")
    assert "low must be below high" in shell("start", "bad.yaml", code=1).stderr
    assert shell.json("status")["campaigns"] == []


def test_start_begins_once_and_revise_goes_on(films, write):
    """Starting twice points to revise; revising an unknown campaign points to start."""
    assert "meguri revise films.yaml" in films("start", "films.yaml", code=1).stderr
    write("films.yaml", TINY.replace("low: 180", "low: 190"))
    films("propose")
    films("revise", "films.yaml", "--reason", "180 never melts")
    assert films.json("status")["version"] == 2
    assert films.states() == {}
    write("other.yaml", TINY.replace("PP01", "PP02"))
    assert "meguri start other.yaml" in films("revise", "other.yaml", "--reason", "x", code=1).stderr


def test_templates_are_found_by_entry_point(shell, monkeypatch):
    """A distribution that brings one is enough: listed, copied with its files, refused by an unknown name."""
    site = shell.folder / "site"
    info = site / "lab_templates-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-templates\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nfilm = lab_templates:film\nbroken = lab_templates:nothing\n")
    (site / "lab_templates.py").write_text(
        "from services.campaign.templates import Template\n"
        f"TEXT = {TINY!r}\n"
        "def film():\n    return Template(title='Films', definition=TEXT, files={'hints.txt': b'slow is strong'})\n"
    )
    monkeypatch.syspath_prepend(str(site))
    assert {"broken", "film"} <= set(shell("init", "--template", "list").stdout.split())
    shell("init", "--template", "film")
    assert shell.json("validate", "film.yaml")["is_valid"]
    assert (shell.folder / "hints.txt").read_bytes() == b"slow is strong"
    assert "there is no template 'sheet'; there are broken" in shell("init", "--template", "sheet", code=1).stderr
    assert "cannot be loaded" in shell("init", "--template", "broken", code=1).stderr


@pytest.mark.parametrize("words", [["--from", "x.csv", "--template", "film"], ["--target", "x"], ["--candidates"]])
def test_options_that_do_not_belong_together_are_wrong_use(shell, words):
    """Before anything is made."""
    shell("init", *words, code=2)
    assert not (shell.folder / "meguri.toml").exists()


@pytest.mark.parametrize("column", ["strength", "temperature"])
def test_init_refuses_a_mistyped_number_with_its_cell(shell, write, column):
    """A range or a goal guessed around a slip would be wrong: nothing is written before it is put right."""
    rows = [f"F{i},{180 + 5 * i},{30 + i / 7:.3f}" for i in range(1, 9)]
    rows[2] = "F3,195,3l.4x" if column == "strength" else "F3,195 °CC,31.4"
    write("past.csv", "\n".join(["film,temperature (°C),strength (MPa)", *rows]) + "\n")
    done = shell("init", "--from", "past.csv", "--campaign", "PP01", code=1)
    for needed in ("past.csv", f"line 4, column '{column}'", "3l.4x" if column == "strength" else "195 °CC"):
        assert needed in done.stderr
    assert not (shell.folder / "pp01.yaml").exists()


def test_init_points_at_a_mixture_whose_sums_are_off(shell, write):
    """Said once, wrapped, with the worst rows; and it stands in the definition, where somebody looks later."""
    rows = [(60 + 2 * i + (0.3 if i % 3 else 0), 30.5 - i, 9.5 - i, 30 + i / 7) for i in range(9)]
    lines = [f"F{i},{','.join(f'{v:.1f}' for v in row)}" for i, row in enumerate(rows, start=1)]
    write("past.csv", "\n".join(["film,PP,talc,oil,strength (MPa)", *lines]) + "\n")
    done = shell("init", "--from", "past.csv", "--campaign", "PP01")
    said = " ".join(done.stderr.split())
    assert said.count("PP, talc and oil nearly sum to 100") == 1
    assert "lines 3 (100.3), 4 (100.3)" in said
    assert max(map(len, done.stderr.splitlines())) <= 100
    text = (shell.folder / "pp01.yaml").read_text(encoding="utf-8")
    assert text.count("# CHECK: PP, talc and oil nearly sum to 100") == 1
    shell("validate", "pp01.yaml")


def test_what_to_look_at_is_wrapped(shell, write):
    """A warning of two hundred letters breaks between words, and goes on indented."""
    write("films.yaml", TINY)
    lines = shell("validate", "films.yaml").stderr.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("look at "))
    assert max(map(len, lines)) <= 100
    assert lines[start + 1].startswith("  ")
