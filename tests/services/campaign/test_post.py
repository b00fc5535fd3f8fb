"""What is put into the inbox is booked where it belongs, once; what is not waits or is put aside, and says why."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from loop.errors import LeaseLostError
from services.campaign.inbox_folder import InboxMemory, lying_files, reason_of, refused_files, seconds_to_rest
from services.campaign.posting import open_post
from services.campaign.written import read_table
from services.store import LeaseGuard, Settlement, SqlHeldResults, SqlLeases
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.intake.files import ftir
from tests.services.campaign.tiny import TINY, read
from tests.services.campaign.workers import NOON, SetClock, begin, here

FIRST, SECOND = "PP01-C001-01", "PP01-C001-02"
HEADER = "proposal,strength,strength n,remarks\n"


class Box:
    """An inbox, the campaigns behind it, and somebody who empties it."""

    def __init__(self, database, folder: Path) -> None:
        self.folder, self.database = folder / "inbox", database
        self.folder.mkdir()
        self.clock, self.memory = SetClock(), InboxMemory()
        self.service = begin(database, TINY, self.clock)
        self.held, self.blobs = SqlHeldResults(database), Blobs(folder / "blobs")
        self.propose("PP01")

    def propose(self, campaign: str) -> None:
        self.service.propose(campaign)
        self.service.approve(campaign)

    def put(self, name: str, text: str | bytes, age_s: float = 60.0) -> Path:
        """Put a file into the box that did not change for a while."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        then = time.time() - age_s
        os.utime(path, (then, then))
        return path

    def empty(self, under: LeaseGuard | None = None) -> list[str]:
        post = open_post(
            self.folder,
            self.database,
            guard=under,
            blobs=self.blobs,
            sandbox=here(),
            clock=self.clock,
            actor="meguri",
            read_table=lambda path, numbers: read_table(path, numbers=numbers),
            memory=self.memory,
        )
        return post.collect()

    def values(self) -> dict[str, float | None]:
        state = self.service.state("PP01")
        return {name: record.observation.targets["strength"].mean for name, record in state.specimens.items()}

    def waiting(self) -> list[str]:
        return [record.result.proposal for record in self.held.records(waiting_only=True)]


@pytest.fixture
def box(database, tmp_path):
    return Box(database, tmp_path)


def test_a_sheet_is_booked_and_put_aside(box):
    """Results and remarks stand in the journal with their place; the file is in taken/, whole."""
    text = HEADER + f"{FIRST},30.5,3,smelled\n{SECOND},,,\n"
    box.put("day 1.csv", text)
    assert box.empty() == ["day 1.csv: 1 new result of PP01"]
    assert box.values() == {f"{FIRST}-S1": 30.5}
    record = box.service.state("PP01").specimens[f"{FIRST}-S1"]
    assert (record.source, record.observation.targets["strength"].n) == ("day 1.csv, line 2", 3)
    assert lying_files(box.folder) == []
    assert (box.folder / "taken" / "day 1.csv").read_text(encoding="utf-8") == text


def test_an_excel_sheet_is_booked_as_well(box):
    book = openpyxl.Workbook()
    for row in (("proposal", "strength"), (FIRST, 30.5), (SECOND, 28)):
        book.active.append(row)
    book.save(box.folder / "day.xlsx")
    os.utime(box.folder / "day.xlsx", (1e9, 1e9))
    assert box.empty() == ["day.xlsx: 2 new results of PP01"]
    assert box.values() == {f"{FIRST}-S1": 30.5, f"{SECOND}-S1": 28}


def test_the_same_sheet_under_any_name_is_booked_once(box):
    """Three files, one result; none is lost, each is put aside under a name of its own."""
    for name in ("a.csv", "b.csv", "a.csv"):
        box.put(name, HEADER + f"{FIRST},30.5,,\n")
        told = box.empty()
    assert told == ["a.csv: nothing new of PP01"]
    assert box.values() == {f"{FIRST}-S1": 30.5}
    assert sorted(p.name for p in (box.folder / "taken").iterdir()) == ["a-2.csv", "a.csv", "b.csv"]


def test_a_sheet_that_is_silent_of_how_it_was_made_changes_nothing_of_it(box):
    """Told when it was made; the results come later, in a sheet with other columns."""
    box.put("made.csv", f"proposal,temperature,remarks\n{FIRST},221,smelled\n")
    box.put("day.csv", HEADER + f"{FIRST},30.5,,\n")
    box.empty()
    box.service.correct_made("PP01", f"{FIRST}-S1", {"temperature": 222.0}, reason="read again")
    box.put("again.csv", HEADER + f"{FIRST},30.5,,hazy\n")
    assert box.empty() == ["again.csv: remarks of PP01"]
    assert box.service.state("PP01").specimens[f"{FIRST}-S1"].observation.as_made["temperature"] == 222.0
    box.put("wrong.csv", f"proposal,temperature,strength\n{FIRST},221,30.5\n")
    (told,) = box.empty()
    assert "wrong.csv, line 2: PP01-C001-01-S1: temperature is recorded as 222, not 221" in told


def test_rows_that_were_settled_are_not_announced_again(box):
    """The same file under another name: nothing waits, and nobody is sent to look."""
    box.put("a.csv", HEADER + "PP01-C009-01,30.5,,\n")
    assert box.empty() == ["a.csv: nothing new of PP01, 1 row fits no proposal (meguri inbox)"]
    (record,) = box.held.records()
    box.held.settle(Settlement(held=record.result.id, by="suzuki", at=NOON, words="dropped: a trial"))
    box.put("b.csv", HEADER + "PP01-C009-01,30.5,,\n")
    assert box.empty() == ["b.csv: nothing new of PP01, 1 row settled before"]


def test_a_row_beside_another_formulation_is_refused_also_once_that_one_is_measured(box):
    """Shifted by a line: the other proposal's result came first."""
    header = "proposal,temperature,screw,strength\n"
    plans = {which: box.service.state("PP01").proposal(which).planned for which in (FIRST, SECOND)}
    first = f"{plans[FIRST]['temperature']},{plans[FIRST]['screw']}"
    box.put("made.csv", header + f"{FIRST},{first},30.5\n")
    box.empty()
    box.put("shift.csv", header + f"{SECOND},{first},31\n")
    (told,) = box.empty()
    assert told.startswith("shift.csv was refused")
    assert f"{SECOND} stands beside the formulation of {FIRST}" in told
    assert box.values() == {f"{FIRST}-S1": 30.5}


def test_a_file_that_grows_waits_until_it_rests(box):
    """It is taken once it looks as it did the last time; a file that is old is taken at once."""
    path = box.put("day.csv", HEADER + f"{FIRST},30", age_s=0)
    assert 0 < seconds_to_rest(box.folder) <= 3
    assert box.empty() == []
    with path.open("a", encoding="utf-8") as file:
        file.write(".5,,\n")
    assert box.empty() == []
    assert box.empty() == ["day.csv: 1 new result of PP01"]
    assert box.values() == {f"{FIRST}-S1": 30.5}
    assert seconds_to_rest(box.folder) == 0


def test_a_file_from_a_clock_ahead_is_taken_too(box):
    """An instrument's computer an hour ahead: two looks that are the same are enough."""
    box.put("day.csv", HEADER + f"{FIRST},30.5,,\n", age_s=-3600)
    assert seconds_to_rest(box.folder) == 3
    assert box.empty() == []
    assert box.empty() == ["day.csv: 1 new result of PP01"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"{FIRST},3o.5,,\n", "column 'strength': '3o.5' is no number"),
        (f"{FIRST},30.5,2.5,\n", "column 'strength n'"),
        (",30.5,,\n", "a row that is filled in needs its proposal's id"),
    ],
)
def test_a_sheet_with_a_fault_is_refused_whole_with_its_cell(box, row, why):
    """Nothing is booked; the file lies in refused/ beside its reason, and may come again mended."""
    box.put("day.csv", HEADER + f"{SECOND},28,,\n" + row)
    (told,) = box.empty()
    assert told.startswith("day.csv was refused: nothing was taken in")
    assert why in told
    assert box.values() == {}
    (refused,) = refused_files(box.folder)
    assert why in reason_of(refused)
    assert "Mend it" in (refused.parent / "day.csv.reason.txt").read_text(encoding="utf-8")
    box.put("day.csv", HEADER + f"{SECOND},28,,\n")
    assert box.empty() == ["day.csv: 1 new result of PP01"]


def test_another_value_than_the_one_recorded_is_refused(box):
    """A result is not changed by a file; that takes a person and a reason."""
    box.put("a.csv", HEADER + f"{FIRST},30.5,,\n")
    box.empty()
    box.put("b.csv", HEADER + f"{FIRST},31.5,,\n")
    (told,) = box.empty()
    assert "use correct, with a reason" in told
    assert box.values() == {f"{FIRST}-S1": 30.5}


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 500, b"proposal\n", b"{}"])
def test_a_file_that_is_no_table_stops_nobody(box, content):
    """Whatever lies there: the sheet beside it is booked, and no file is gone."""
    box.put("a.xlsx", content)
    box.put("b.csv", content)
    box.put("c.csv", HEADER + f"{FIRST},30.5,,\n")
    assert box.empty()[0] == "c.csv: 1 new result of PP01"
    assert box.values() == {f"{FIRST}-S1": 30.5}
    left = {path.name for path in box.folder.rglob("*") if path.is_file()}
    assert {"a.xlsx", "b.csv", "c.csv"} <= left


def test_a_file_that_nobody_can_read_is_put_aside_with_both_reasons(box):
    """It is no measurement, and no result sheet either; mended, it is taken."""
    box.put("notes.csv", "to do\nbuy talc\n")
    [told] = box.empty()
    assert told.startswith("notes.csv was refused: no reader knows this format")
    assert "nor is it a result sheet" in reason_of(box.folder / "refused" / "notes.csv")
    box.put("notes.csv", HEADER + f"{FIRST},30.5,,\n")
    assert box.empty() == ["notes.csv: 1 new result of PP01"]


def test_rows_that_fit_no_proposal_wait_for_a_person_and_the_others_are_booked(box):
    """Unknown, skipped, of a campaign that is not there, no id at all: each waits once, with a reason."""
    box.service.skip(SECOND, reason="no granules")
    strays = f"PP01-C009-01,31,,\n{SECOND},32,,\nXX-C001-01,33,,\nfilm 7,34,,\n"
    for name in ("a.csv", "b.csv"):
        box.put(name, HEADER + f"{FIRST},30.5,,\n" + strays)
        (told,) = box.empty()
        assert told.endswith("4 rows fit no proposal (meguri inbox)")
    assert box.values() == {f"{FIRST}-S1": 30.5}
    assert sorted(box.waiting()) == [SECOND, "PP01-C009-01", "XX-C001-01", "film 7"]
    reasons = {record.result.proposal: record.result.reason for record in box.held.records()}
    assert "was skipped" in reasons[SECOND]
    assert reasons["XX-C001-01"] == "there is no campaign XX"


def test_a_sheet_of_two_campaigns_is_booked_in_both(box):
    """Or in neither, where one cell of one of them is wrong."""
    box.service.adopt(read(TINY.replace("PP01", "PP02")))
    box.propose("PP02")
    box.put("bad.csv", HEADER + f"{FIRST},30.5,,\nPP02-C001-01,3l,,\n")
    assert box.empty()[0].startswith("bad.csv was refused")
    assert box.values() == {}
    box.put("good.csv", HEADER + f"{FIRST},30.5,,\nPP02-C001-01,31,,\n")
    assert box.empty() == ["good.csv: 1 new result of PP01, 1 new result of PP02"]


def test_a_file_that_was_booked_but_not_moved_is_booked_once(box):
    """As a kill between the two leaves it."""
    box.put("day.csv", HEADER + f"{FIRST},30.5,,\nPP01-C009-01,31,,\n")
    box.empty()
    (box.folder / "taken" / "day.csv").rename(box.folder / "day.csv")
    assert box.empty() == ["day.csv: nothing new of PP01, 1 row fits no proposal (meguri inbox)"]
    assert box.values() == {f"{FIRST}-S1": 30.5}
    assert box.waiting() == ["PP01-C009-01"]


def test_who_lost_the_lease_moves_nothing(box):
    """The file stays for whoever has it now."""
    leases = SqlLeases(box.database)
    mine = leases.take("inbox", holder="a:1", now=NOON, until=NOON.replace(minute=1))
    assert mine is not None
    box.clock.move(minutes=2)
    assert leases.take("inbox", holder="b:2", now=box.clock.now(), until=box.clock.now().replace(minute=3)) is not None
    box.put("day.csv", HEADER + "PP01-C009-01,31,,\n")
    with pytest.raises(LeaseLostError):
        box.empty(LeaseGuard(mine, box.clock))
    assert [path.name for path in lying_files(box.folder)] == ["day.csv"]
    assert box.waiting() == []


def zipped(path: Path, **files: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.csv", data)
    os.utime(path, (1e9, 1e9))


def test_a_manifest_goes_with_the_last_file_that_it_names(box):
    """In a folder, in a zip beside it, or still to come."""
    box.put("manifest.csv", f"file,specimen\n1.csv,{FIRST}\n2.csv,{SECOND}\n3.csv,{SECOND}\n")
    box.put("1.csv", ftir(1))
    zipped(box.folder / "more.zip", **{"2": ftir(2)})
    assert len(box.empty()) == 2
    assert [path.name for path in lying_files(box.folder)] == ["manifest.csv"]
    box.put("3.csv", ftir(3))
    [told] = box.empty()
    assert told == f"3.csv: 1 measurement (FTIR) of {SECOND}"
    assert lying_files(box.folder) == []
    assert {m.proposal for m in SqlMeasurements(box.database).measurements()} == {FIRST, SECOND}


def test_files_beside_a_manifest_that_cannot_be_read_wait_and_it_is_told_once(box):
    box.put("manifest.csv", f"name,specimen\n1.csv,{FIRST}\n")
    box.put("1.csv", ftir(1))
    [told] = box.empty()
    assert "a manifest has a column 'file'" in told
    assert "what lies beside it waits" in told
    assert box.empty() == []
    box.put("manifest.csv", f"file,specimen\n1.csv,{FIRST}\n")
    assert box.empty() == [f"1.csv: 1 measurement (FTIR) of {FIRST}"]


def test_a_file_that_is_booked_and_not_moved_is_known_by_the_next_start(box):
    """Killed in between."""
    path = box.put(f"{FIRST}.csv", ftir(1))
    box.empty()
    (box.folder / "taken" / path.name).rename(path)
    assert box.empty() == [f"{FIRST}.csv: known already"]
    assert len(SqlMeasurements(box.database).measurements()) == 1


def test_a_link_in_the_inbox_is_refused_and_not_followed(box, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_bytes(ftir(1))
    (box.folder / "a.csv").symlink_to(outside)
    os.utime(box.folder / "a.csv", (1e9, 1e9), follow_symlinks=False)
    [told] = box.empty()
    assert "it is a link" in told
    assert outside.exists()
    assert list(box.blobs.hashes()) == []
