"""Results come in by hand and by sheet; everything that was said is in the log."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.services.campaign.tiny import TINY, past_results, strength


@pytest.fixture
def approved(films):
    """A campaign with two approved proposals."""
    films("propose")
    films("approve")
    return films


def result_of(shell, proposal):
    """Results of the first specimen of a proposal, as the log has them."""
    events = [e["event"] for e in shell.json("log")["entries"] if e["event"]["kind"] == "result_recorded"]
    return next(e["targets"]["strength"] for e in events if e["proposal_id"] == proposal)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("41.2", {"mean": 41.2, "sd": None, "n": 1, "state": "measured"}),
        ("41,2 MPa", {"mean": 41.2, "n": 1}),
        ("41.2±0.5/3", {"mean": 41.2, "sd": 0.5, "n": 3}),
        ("<0.1", {"mean": None, "limit": 0.1, "state": "below_detection"}),
        ("> 200", {"limit": 200, "state": "above_range"}),
        ("lost:dropped it", {"mean": None, "state": "lost", "reason": "dropped it"}),
    ],
)
def test_a_result_is_written_down_as_it_was_typed(approved, typed, kept):
    """Value, spread, count, limit, or why there is none."""
    approved("record", "PP01-C001-01", f"strength={typed}")
    found = result_of(approved, "PP01-C001-01")
    assert {key: found[key] for key in kept} == kept


def test_the_last_result_closes_the_cycle_and_shows_what_was_expected(known_films):
    """What was measured stands beside the prediction that was written before."""
    known_films("propose", "--count", "1")
    known_films("approve")
    done = known_films("record", "PP01-C001-01", "strength=33.3", "--source", "notebook 7, page 12")
    assert "33.3" in done.stdout
    assert "±" in done.stdout
    assert "PP01-C001-01 is closed" in done.stderr
    assert "next: meguri propose PP01" in done.stderr
    assert "notebook 7, page 12" in known_films("log").stdout


def test_what_was_made_otherwise_is_what_the_model_learns_from(approved):
    """--made changes the specimen, not the plan."""
    approved("record", "PP01-C001-01", "strength=30", "--made", "temperature=207")
    view = approved.json("log")["entries"]
    recorded = next(e["event"] for e in view if e["event"]["kind"] == "result_recorded")
    assert recorded["as_made"]["temperature"] == 207


def test_outcomes_without_a_result_need_a_reason(approved):
    """Failed may be tried again; infeasible and abandoned are over; mixing them up is wrong use."""
    approved("record", "PP01-C001-01", "--failed", code=2)
    approved("record", "PP01-C001-01", "strength=3", "--failed", "--reason", "x", code=2)
    approved("record", "PP01-C001-01", "--failed", "--infeasible", "--reason", "x", code=2)
    approved("record", "PP01-C001-01", "strength=3", "--reason", "x", code=2)
    assert "is failed" in approved("record", "PP01-C001-01", "--failed", "--reason", "it tore").stderr
    approved("record", "PP01-C001-01", "--infeasible", "--reason", "it tears every time")
    assert "is abandoned" in approved("record", "PP01-C001-02", "--abandoned", "--reason", "no time").stderr


def test_how_it_was_made_is_corrected_as_results_are(known_films):
    """By the same verb; log, status and report know of it."""
    known_films("propose")
    known_films("approve")
    known_films("record", "PP01-C001-01", "strength=30", "--made", "temperature=219")
    done = known_films("correct", "PP01-C001-01-S1", "temperature=229", "--reason", "read wrongly")
    assert "made with temperature 229, not 219" in done.stdout + done.stderr
    text = " ".join(known_films("log").stdout.split())
    assert "as made corrected, temperature from 219 to 229" in text
    known_films("correct", "PP01-C001-01-S1", "temperature=229", "--reason", "again", code=1)
    known_films("correct", "PP01-C001-01-S1", "temperature=220", "strength=31", "--reason", "both", code=2)
    known_films("report")


def test_a_correction_keeps_the_old_value(known_films):
    """By the specimen's id alone; what rested on it is named."""
    known_films("propose")
    done = known_films("correct", "PP01-X0001", "strength=12.5", "--reason", "typed 1 for 7")
    assert "corrected from" in done.stderr
    assert "to 12.5" in done.stderr
    assert "PP01-C001-01" in done.stderr
    event = next(e["event"] for e in known_films.json("log")["entries"] if e["event"]["kind"] == "result_corrected")
    assert event["old"]["mean"] == strength({"temperature": 180, "screw": "slow"})
    assert (
        "has that value already"
        in known_films("correct", "PP01-X0001", "strength=12.5", "--reason", "again", code=1).stderr
    )
    assert "not a specimen id" in known_films("correct", "PP01", "strength=1", "--reason", "x", code=1).stderr


def test_a_specimen_can_be_excluded_and_kept_again(known_films):
    """Counted in the status; a reason is needed."""
    known_films("exclude", "PP01-X0002", "--reason", "wrong granules")
    assert known_films.json("status")["n_excluded"] == 1
    assert "1 excluded" in known_films("status").stdout
    known_films("keep", "PP01-X0002", "--reason", "they were right")
    assert known_films.json("status")["n_excluded"] == 0
    known_films("exclude", "PP01-X0002", code=2)


def test_hypotheses_are_noted_and_judged(films):
    """The campaign may be left out or named; the status shows what is open."""
    films("note", "slow screws win")
    films("note", "PP01", "210 °C is best")
    assert "slow screws win" in films("status").stdout
    films("judge", "H1", "yes", "--reason", "three best are slow")
    films("judge", "PP01", "h2", "no", "--reason", "200 °C is")
    assert [h["held"] for h in films.json("status")["hypotheses"]] == ["yes", "no"]
    films("judge", "H1", "maybe", "--reason", "x", code=2)
    films("judge", "H1", "yes", code=2)


# ---------------------------------------------------------------------- tables
def test_past_results_are_taken_in_once(films):
    """Said how many are new, and which columns were not used."""
    past_results(films.folder / "past.csv")
    done = films("import", "past.csv")
    assert "6 specimens are new" in done.stderr
    assert "columns not used: film" in done.stderr
    assert "0 specimens are new" in films("import", "PP01", "past.csv").stderr


def test_columns_are_matched_by_hand_where_names_differ(films, write):
    """--column for each; an unknown name or header is said."""
    write("old.csv", "T;drive;sigma\n200;slow;35,5\n220;fast;28,1\n")
    assert "there is no column 'temperature'" in films("import", "old.csv", code=1).stderr
    renamed = ["--column", "temperature=T", "--column", "screw=drive"]
    films("import", "old.csv", *renamed, "--column", "strength=sigma")
    assert films.json("status")["n_specimens"] == 2
    assert "has no column 'force'" in films("import", "old.csv", *renamed, "--column", "strength=force", code=1).stderr
    films("import", "old.csv", "--column", "gloss=G", code=2)


def test_a_detection_limit_gives_meaning_to_not_detected(films, write):
    """Without --limit, n.d. is not measured; with it, below the limit."""
    write("old.csv", "temperature,screw,strength\n200,slow,35\n220,fast,n.d.\n210,slow,36\n")
    films("import", "old.csv", "--limit", "strength=0.5")
    films("export", "--what", "specimens", "--to", "out.csv")
    assert "<0.5" in (films.folder / "out.csv").read_text(encoding="utf-8-sig")
    films("import", "old.csv", "--limit", "strength=low", code=2)


def test_the_result_sheet_goes_to_the_outbox_and_comes_back(approved):
    """Written once under a name of its own, filled in with Excel, taken in by id; again, nothing is new."""
    path = approved.json("export", "--what", "results")["file"]
    assert path == str(approved.folder / "outbox" / "PP01-results.xlsx")
    assert approved.json("export", "--what", "results")["file"].endswith("PP01-results-2.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if str(sheet.cell(row, heads["proposal"]).value).startswith("PP01-"):
            sheet.cell(row, heads["strength"]).value = 30 + row
    book.save(path)
    done = approved("import-results", path)
    assert "PP01-C001-01-S1, PP01-C001-02-S1 are new" in done.stderr
    assert "PP01-C001-01 is closed" in done.stderr
    assert "nothing new" in approved("import-results", "PP01", path).stderr


def test_a_sheet_with_a_fault_is_refused_whole_with_its_cell(approved, write):
    """Every fault with its place; nothing is booked, and nothing waits."""
    write("back.csv", "proposal,strength\nPP01-C001-01,30\nPP01-C001-02,3l\nPP01-C007-01,31\n")
    done = approved("import-results", "back.csv", code=1)
    assert "line 3, column 'strength'" in done.stderr
    assert "line 4, column 'proposal'" in done.stderr
    assert approved.json("status")["n_specimens"] == 0
    assert approved.json("inbox")["held"] == []


def test_a_row_that_fits_no_proposal_waits_and_the_others_are_booked(approved, write):
    """What was measured is not kept back by a slip beside it, and the slip is not lost."""
    write("back.csv", "proposal,strength\nPP01-C001-01,30\nPP01-C007-01,31\n")
    done = approved("import-results", "back.csv")
    assert "results of PP01-C001-01-S1 are new" in done.stderr
    (held,) = approved.json("inbox")["held"]
    assert f"{held['id']} waits: PP01 has no proposal PP01-C007-01" in done.stderr
    assert held["row"] == {"proposal": "PP01-C007-01", "strength": "31"}


def test_everything_can_be_exported(approved):
    """Tables in three forms, the journal line by line, the definition as it was written; nothing is written over."""
    approved("record", "PP01-C001-01", "strength=30")
    for suffix in ("csv", "xlsx", "parquet"):
        approved("export", "--to", f"all.{suffix}")
        assert (approved.folder / f"all.{suffix}").stat().st_size > 50
    assert "is there already" in approved("export", "--to", "all.csv", code=1).stderr
    approved("export", "--to", "all.csv", "--replace")
    approved("export", "--what", "recipes", "--to", "recipes.csv")
    assert "PP01-C001-02" in (approved.folder / "recipes.csv").read_text(encoding="utf-8-sig")
    journal = approved.json("export", "--what", "journal")["file"]
    assert len(Path(journal).read_text(encoding="utf-8").splitlines()) == approved.json("status")["seq"]
    definition = approved.json("export", "--what", "definition")["file"]
    assert Path(definition).read_text(encoding="utf-8") == TINY
    assert "tables are not written as .doc" in approved("export", "--to", "all.doc", code=1).stderr


def test_an_empty_export_says_what_is_missing(films):
    """No empty files: what to do first."""
    assert "no specimen yet" in films("export", code=1).stderr
    assert "meguri approve PP01" in films("export", "--what", "results", code=1).stderr
    assert list((films.folder / "outbox").iterdir()) == []


def test_a_remark_is_kept_alone_or_beside_a_result(approved, write):
    """Typed in or on the sheet, it stands in the log and the report, once; nothing to write is wrong use."""
    approved("record", "PP01-C001-01", "--remark", "the melt was cloudy")
    approved("record", "PP01-C001-01", "strength=30", "--remark", "smelled burnt")
    sheet = write("back.csv", "proposal,strength,remarks\nPP01-C001-02,31,stuck to the <mould>\n")
    assert "1 remark is new" in approved("import-results", str(sheet)).stderr
    assert "nothing new on this sheet" in approved("import-results", str(sheet)).stderr
    log = approved("log").stdout
    page = Path(approved.json("report")["file"]).read_text(encoding="utf-8")
    for text in ("the melt was cloudy", "smelled burnt", "stuck to the <mould>"):
        assert log.count(text) == 1
        assert text.replace("<", "&lt;").replace(">", "&gt;") in page
    approved("record", "PP01-C001-02", "--remark", " ", code=2)
