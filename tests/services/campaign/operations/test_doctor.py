"""The doctor finds what is planted, says what would be right, changes nothing, and goes on where something is away."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loop.ids import CampaignId
from services.campaign.errors import WorkspaceError
from services.campaign.operations.doctor import examine
from services.campaign.operations.findings import Finding, worst
from services.campaign.operations.judging_campaigns import InboxFile, judge_campaign, judge_held, judge_inbox
from services.campaign.operations.judging_database import (
    ago,
    judge_database,
    judge_journals,
    judge_leases,
    judge_orders,
)
from services.campaign.operations.judging_machine import (
    Place,
    Remains,
    judge_compute,
    judge_places,
    judge_remains,
    judge_software,
)
from services.campaign.workspace import ComputeSettings, make_workspace
from services.records.measurement import KeptFile, Measurement
from services.store import (
    DatabaseCondition,
    JournalLength,
    LeaseRecord,
    SqlJournal,
    SqlLeases,
    SqlOutbox,
    known_version,
    open_database,
)
from services.store.engine import writing
from services.store.leases import LONGEST
from services.store.measurements import SqlMeasurements
from tests.services.campaign.operations.conftest import files_of, rows_of
from tests.services.campaign.tiny import TINY, begun, read
from tests.services.campaign.workers import BY_ITSELF, NOON, SetClock, begin, people
from tests.services.store.test_released import put

WHOLE = DatabaseCondition(
    address="postgresql://server/db",
    kind="PostgreSQL",
    software="15.1",
    schema_version=2,
    known_version=2,
    faults=(),
    n_dangling=0,
    size_bytes=8_000_000,
    wal_bytes=None,
    clock_ahead_s=0.1,
    origin=None,
    journals={"PP01": JournalLength(last_seq=9, n_entries=9, first=1, last=9)},
)
FREE = LeaseRecord(name="PP01", holder="", token=3, expires_at=NOON, done_until=NOON)


def verdicts(findings: list[Finding]) -> set[str]:
    return {finding.verdict for finding in findings}


def marked(findings: list[Finding]) -> list[str]:
    """What is not fine, as area: found; each of it says what would be right."""
    assert all(bool(finding.wanted) == (finding.verdict != "fine") for finding in findings)
    return [f"{finding.area}: {finding.found}" for finding in findings if finding.verdict != "fine"]


# ---------------------------------------------------------------------- judging: values in, findings out
def test_a_database_that_is_well_is_fine():
    """Everything said of it, nothing to look at."""
    assert verdicts(judge_database(WHOLE)) == {"fine"}
    assert verdicts(judge_database(replace(WHOLE, kind="SQLite", wal_bytes=4_000_000, clock_ahead_s=None))) == {"fine"}
    assert verdicts(judge_journals(WHOLE, {})) == {"fine"}


@pytest.mark.parametrize(
    ("planted", "verdict", "area", "said"),
    [
        ({"schema_version": 3}, "broken", "schema", "version 3, known up to 2"),
        ({"schema_version": 1}, "look", "schema", "version 1, known is 2"),
        ({"origin": "abc"}, "look", "schema", "not brought to its end"),
        ({"kind": "SQLite", "faults": ("row 3 missing from index",)}, "broken", "integrity", "row 3 missing"),
        ({"kind": "SQLite", "n_dangling": 2}, "broken", "integrity", "2 rows refer"),
        ({"kind": "SQLite", "wal_bytes": 65_000_000}, "look", "integrity", "65 MB"),
        ({"clock_ahead_s": 5.1}, "look", "clock", "5.1 s ahead"),
        ({"clock_ahead_s": -3600.0}, "look", "clock", "3600.0 s behind"),
    ],
)
def test_what_is_wrong_with_a_database_is_found(planted, verdict, area, said):
    """One thing, in its area, with its verdict."""
    (found,) = [finding for finding in judge_database(replace(WHOLE, **planted)) if finding.verdict != "fine"]
    assert (found.area, found.verdict) == (area, verdict)
    assert said in found.found
    assert found.wanted


@pytest.mark.parametrize(("last_seq", "n", "first", "last"), [(9, 8, 1, 8), (9, 8, 1, 9), (8, 8, 2, 9), (0, 1, 1, 1)])
def test_a_journal_with_a_gap_is_broken(last_seq, n, first, last):
    """An end, a middle, a beginning that is missing, an entry that was not counted."""
    length = JournalLength(last_seq=last_seq, n_entries=n, first=first, last=last)
    (found,) = judge_journals(replace(WHOLE, journals={"PP01": length}), {})
    assert found.verdict == "broken"
    assert f"{last_seq} were counted" in found.found


def test_a_journal_that_cannot_be_read_is_broken():
    """With the words of who tried."""
    (found,) = judge_journals(WHOLE, {"PP01": "entry 4 is missing"})
    assert (found.verdict, found.found) == ("broken", "PP01: entry 4 is missing")


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({}, None),
        ({"holder": "there:1", "expires_at": NOON + timedelta(seconds=30)}, None),
        ({"holder": "there:1", "expires_at": NOON - HOUR}, "was held by there:1; that is over since 1 h"),
        ({"holder": "dead:1", "expires_at": NOON + timedelta(seconds=30)}, "held by dead:1, which is gone"),
        ({"holder": "there:1", "expires_at": NOON + LONGEST + HOUR}, "longer than any lease lasts"),
        ({"done_until": NOON + HOUR}, "counts as done until 2026-03-01 13:00 UTC, which is not yet"),
        ({"done_until": None}, None),
    ],
)
def test_leases_that_stand_still_are_found(planted, said):
    """Over, of the dead, of a clock that was set back; one that somebody holds is fine, and named."""
    record = replace(FREE, **planted)
    (found,) = judge_leases([record], NOON, lambda holder: holder.startswith("dead"))
    assert found.verdict == ("fine" if said is None else "look")
    assert said is None or said in found.found
    if said is None and record.holder:
        assert found.found == "held: PP01 by there:1"


def test_orders_that_do_not_leave_are_found(sqlite_url):
    """After ten minutes; never of a campaign that is paused."""
    database = open_database(sqlite_url)
    service = begin(database, TINY, SetClock(NOON - timedelta(minutes=11)))
    service.propose("PP01")
    service.approve("PP01")
    service.dispatch(["PP01-C001-01"])
    (waits,) = SqlOutbox(database).records(CampaignId("PP01"))
    database.dispose()
    (found,) = judge_orders([waits], NOON, is_paused=False)
    assert (found.verdict, found.found) == ("look", "not handed over: PP01-W0001, the first for 11 min")
    assert judge_orders([waits], NOON, is_paused=True) == []
    assert judge_orders([replace(waits, made_at=NOON - timedelta(minutes=9))], NOON, is_paused=False) == []
    assert judge_orders([replace(waits, delivered_at=NOON)], NOON, is_paused=False) == []


def test_proposals_that_are_stuck_are_found(sqlite_url):
    """Overdue, failed, not approved for a week: each once, with the command that helps."""
    database = open_database(sqlite_url)
    clock = SetClock()
    service = begin(database, BY_ITSELF.replace("attempts: 2, give_up: abandon", "attempts: 1"), clock)
    one, two = (str(record.proposal.id) for record in service.propose("PP01"))
    service.approve("PP01", [one])
    assert verdicts(judge_campaign(service.state("PP01"), NOON)) == {"fine"}
    service.dispatch([one])
    (question,) = judge_campaign(service.state("PP01"), NOON + timedelta(days=6))
    assert question.area == "questions"
    assert f"{one} is at the laboratory" in question.found
    service.fail(one, reason="it broke")
    question, waits = judge_campaign(service.state("PP01"), NOON + timedelta(days=8))
    assert question.found.startswith(f"PP01: {one} failed")
    assert "it broke" in question.found
    assert (waits.area, waits.found) == ("proposals", f"{two} waits for approval for 8 d")
    assert waits.wanted.startswith(f"meguri approve {two}")
    database.dispose()


def test_a_failure_that_is_tried_again_by_itself_is_found_without_a_question(sqlite_url):
    """Nobody is asked as long as attempts are left; that it lies there is said."""
    database = open_database(sqlite_url)
    service = begin(database, BY_ITSELF.replace("give_up: abandon", "give_up: ask"), SetClock())
    one = str(service.propose("PP01")[0].proposal.id)
    service.approve("PP01")
    service.dispatch([one])
    (late,) = judge_campaign(service.state("PP01"), NOON + HOUR)
    assert (late.area, late.verdict) == ("proposals", "look")
    assert f"{one} is at the laboratory for 1 h, longer than 5 min" in late.found
    service.fail(one, reason="it broke")
    (failed,) = judge_campaign(service.state("PP01"), NOON + HOUR)
    assert failed.found == f"{one} failed 1 h ago: it broke"
    database.dispose()


def test_what_lies_in_the_inbox_is_judged_by_how_long():
    """A file that just came is fine; one that is left, and one that was refused, are not."""
    new = InboxFile(name="new.csv", since=NOON - timedelta(minutes=1))
    old = InboxFile(name="old.csv", since=NOON - HOUR)
    bad = InboxFile(name="bad.csv", since=NOON - HOUR, is_refused=True)
    assert marked(judge_inbox([new], NOON)) == []
    assert marked(judge_inbox([new, old, bad], NOON)) == [
        "inbox: not taken in: old.csv",
        "inbox: refused: bad.csv",
    ]
    assert marked(judge_held([], NOON)) == []


def test_disks_and_folders_are_judged():
    """Much room, little, hardly any; one that cannot be written; parts of writes that nobody ends any more."""
    roomy = Place(name="inbox", free_bytes=9_000_000_000)
    assert marked(judge_places([roomy])) == []
    (little,) = judge_places([roomy, Place(name="db", free_bytes=900_000_000)])
    assert (little.verdict, little.found) == ("look", "0.9 GB free for db")
    assert worst(judge_places([Place(name="db", free_bytes=10_000_000)])) == "broken"
    assert worst(judge_places([replace_place(roomy, "inbox: read-only")])) == "broken"
    young, old = NOON - timedelta(minutes=1), NOON - HOUR
    assert judge_remains([Remains(name=".a.part", since=young)], NOON) == []
    assert marked(judge_remains([Remains(name=".a.part", since=old)], NOON)) == [
        "disk: left by an interrupted write: .a.part"
    ]


def replace_place(place: Place, refusal: str) -> Place:
    return Place(name=place.name, free_bytes=place.free_bytes, refusal=refusal)


@pytest.mark.parametrize(
    ("settings", "has_dask", "silence", "verdict"),
    [
        (ComputeSettings(engine="serial", workers=9), False, None, "fine"),
        (ComputeSettings(engine="processes", workers=2), False, None, "fine"),
        (ComputeSettings(engine="processes", workers=3), False, None, "look"),
        (ComputeSettings(engine="dask", workers=2), True, None, "fine"),
        (ComputeSettings(engine="dask", workers=9, address="tcp://host:8786"), True, None, "fine"),
        (ComputeSettings(engine="dask", address="tcp://host:8786"), True, "nothing answers", "broken"),
        (ComputeSettings(engine="dask"), False, None, "broken"),
    ],
)
def test_where_models_are_fitted_is_judged(settings, has_dask, silence, verdict):
    """By the cores there are, and by what answers."""
    (found,) = judge_compute(settings, n_cores=2, has_dask=has_dask, silence=silence)
    assert found.verdict == verdict
    assert marked([found]) or verdict == "fine"


def test_software_that_is_missing_is_broken():
    """And named; the rest is listed with its versions."""
    assert marked(judge_software("Python 3.11", {"numpy": "2.0", "torch": "2.5"})) == []
    assert marked(judge_software("Python 3.11", {"numpy": "2.0", "torch": None})) == ["versions: not installed: torch"]


@pytest.mark.parametrize(("s", "said"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7300, "2 h"), (200_000, "2 d")])
def test_how_long_is_said_in_one_unit(s, said):
    """The largest that fits; what is yet to come is 0 s."""
    assert ago(NOON, NOON + timedelta(seconds=s)) == said


def test_the_worst_of_all_counts():
    """broken before look before fine; of nothing it is fine."""
    fine, look = Finding(area="a", verdict="fine", found="x"), Finding(area="a", verdict="look", found="x", wanted="y")
    assert (worst([]), worst([fine]), worst([look, fine])) == ("fine", "fine", "look")
    assert worst([fine, Finding(area="a", verdict="broken", found="x", wanted="y"), look]) == "broken"


# ---------------------------------------------------------------------- gathering: a workspace as it is
@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[tuple[Path, Engine]]:
    """A workspace in which all is well, and its database, on SQLite and PostgreSQL."""
    is_sqlite = database_url.startswith("sqlite")
    made = make_workspace(tmp_path / "here", database_url=None if is_sqlite else database_url)
    database = open_database(made.database_url)
    begun(SqlJournal(database), TINY)
    yield made.folder, database
    database.dispose()


def look(folder: Path, at: datetime = NOON) -> list[Finding]:
    return examine(folder, clock=SetClock(at), environment={})


AREAS = {
    "workspace",
    "database",
    "schema",
    "journal",
    "leases",
    "proposals",
    "held results",
    "measurements",
    "inbox",
    "disk",
}


def test_a_workspace_that_is_well_is_fine(here):
    """Everything is looked at, nothing is marked, nothing is changed but the time a folder was touched."""
    folder, database = here
    before, rows = sorted(folder.rglob("*")), text("SELECT count(*) FROM journal_entry")
    findings = look(folder)
    assert marked(findings) == []
    assert {finding.area for finding in findings} >= AREAS | {"compute", "versions"}
    assert sorted(folder.rglob("*")) == before
    with database.connect() as connection:
        assert connection.execute(rows).scalar_one() == 1
    if database.dialect.name == "postgresql":
        assert next(f.found for f in findings if f.area == "clock").startswith("the server's clock is 0.0 s")


def test_what_is_planted_is_found(here):
    """In the database, the inbox and on the disk at once; each named."""
    folder, database = here
    service = people(database, SetClock())
    service.propose("PP01")
    service.approve("PP01")
    service.dispatch([service.state("PP01").open_proposals[0].proposal.id])
    SqlLeases(database).take("PP01", holder="elsewhere:7", now=NOON, until=NOON + timedelta(seconds=60))
    SqlLeases(database).take("inbox", holder=dead_worker(), now=NOON, until=NOON + timedelta(seconds=60))
    for name in (
        "inbox/left.csv",
        "inbox/Monday/also left.csv",
        "inbox/refused/bad.csv",
        "inbox/refused/bad.csv.reason.txt",
        "outbox/.x.abc.part",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
        os.utime(folder / name, (1, 1))
    SqlMeasurements(database).take_in(
        KeptFile(hash="0" * 64, size=3, name="gone.csv", received_at=NOON, reader="profiles"),
        [Measurement(id="M-000000000000-01", file="0" * 64, number=1, waits_because="nothing names its specimen")],
    )
    (folder.parent / f".{folder.name}.restoring").mkdir()
    os.utime(folder.parent / f".{folder.name}.restoring", (1, 1))
    found = marked(look(folder, NOON + timedelta(days=30)))
    for said in (
        "leases: PP01 was held by elsewhere:7; that is over since 30 d, nobody took it",
        f"leases: inbox is held by {dead_worker()}, which is gone",
        "work orders: not handed over: PP01-W0001, the first for 30 d",
        "inbox: not taken in: Monday/also left.csv, left.csv",
        "inbox: refused: bad.csv",
        "measurements: 1 raw file is missing from blobs/: gone.csv",
        "measurements: 1 measurement waits for a person",
        f"disk: left by an interrupted write: outbox/.x.abc.part, {folder.parent}/.{folder.name}.restoring",
    ):
        assert said in found
    assert [said for said in found if said.startswith("questions: PP01: PP01-C001-01 is at the laboratory")]


def dead_worker() -> str:
    """A worker of this machine that is gone for certain: no process has so high a number."""
    return f"{socket.gethostname()}:{2**22 + 1}"


def test_a_journal_that_lost_its_end_is_broken(here):
    """The count in the campaign's row does not agree with its entries."""
    folder, database = here
    with writing(database, "test") as connection:
        connection.execute(text("UPDATE campaign SET last_seq = 3"))
    assert marked(look(folder)) == ["journal: PP01: 1 entry from 1 to 1, 3 were counted."]


def test_an_entry_that_cannot_be_read_is_broken_and_the_rest_is_looked_at(here):
    """Its campaign is named, with the entry; other campaigns are judged all the same."""
    folder, database = here
    people(database, SetClock()).adopt(read(TINY.replace("PP01", "PP02")))
    with writing(database, "test") as connection:
        statement = "INSERT INTO journal_entry VALUES ('PP01', 2, '2026-03-01 12:00:00', 'x', 'guessed', '{}')"
        connection.execute(text(statement))
        connection.execute(text("UPDATE campaign SET last_seq = 2 WHERE id = 'PP01'"))
    findings = look(folder)
    (fault,) = marked(findings)
    assert fault.startswith("journal: PP01: PP01: entry 2 of kind 'guessed' cannot be read")
    assert [f.found for f in findings if f.area == "proposals"] == ["PP02: 0 open proposals, none stuck"]


def test_a_database_of_an_older_schema_is_looked_at_and_not_upgraded(tmp_path, empty_database_url):
    """What today's tables would hold is not asked for; the journals are read."""
    put(empty_database_url, 1)
    folder = make_workspace(tmp_path / "old", database_url=empty_database_url).folder
    for _ in range(2):
        assert marked(look(folder)) == [f"schema: version 1, known is {known_version()}"]


def test_a_database_that_is_away_is_broken_and_all_else_is_looked_at(tmp_path):
    """The server's own words; disks, inbox, compute and versions are told. A file that is missing is not made."""
    url = "postgresql://meguri@/none?host=/nowhere&connect_timeout=1"
    folder = make_workspace(tmp_path / "here", database_url=url).folder
    findings = look(folder)
    (away,) = marked(findings)
    assert away.startswith("database: postgresql+psycopg://meguri@/none")
    assert {finding.area for finding in findings} >= {"inbox", "disk", "compute", "versions"}
    other = make_workspace(tmp_path / "other").folder
    assert "there is no such file" in marked(look(other))[0]
    assert not (other / "meguri.db").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_file_is_broken(here):
    """Pages overwritten in the middle: said in SQLite's words, and the rest is told."""
    folder, database = here
    database.dispose()
    path = folder / "meguri.db"
    whole = bytearray(path.read_bytes())
    whole[4096 * 2 : 4096 * 6] = b"\xa5" * 4096 * 4
    path.write_bytes(whole)
    findings = look(folder)
    assert worst(findings) == "broken"
    assert "malformed" in " ".join(marked(findings)) or "damaged" in " ".join(marked(findings))
    assert {finding.area for finding in findings} >= {"inbox", "disk", "compute", "versions"}
    path.write_bytes(b"no database at all" * 400)
    assert "not a database" in marked(look(folder))[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_settings_that_cannot_be_read_are_a_finding_and_no_workspace_is_an_error(here, tmp_path):
    """What can be told without them is."""
    folder, _ = here
    (folder / "meguri.toml").write_text("[rockets]\n")
    findings = look(folder)
    assert findings[0].area == "workspace"
    assert "unknown rockets" in findings[0].found
    assert {finding.area for finding in findings} == {"workspace", "versions"}
    with pytest.raises(WorkspaceError, match="no workspace"):
        look(tmp_path)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_that_cannot_be_written_is_broken(here):
    """Something stands in its place: the write is tried, not guessed."""
    folder, _ = here
    (folder / "outbox").rmdir()
    (folder / "outbox").write_text("not a folder")
    found = look(folder)
    assert worst(found) == "broken"
    assert "outbox" in " ".join(marked(found))


def test_an_address_at_which_nothing_answers_is_broken(tmp_path):
    """A port that was free a moment ago; one that listens is fine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        folder = make_workspace(tmp_path / "here").folder
        settings = folder / "meguri.toml"
        told = settings.read_text().replace(
            'engine = "processes"', f'engine = "dask"\naddress = "tcp://127.0.0.1:{port}"'
        )
        settings.write_text(told)
        assert not [said for said in marked(look(folder)) if said.startswith("compute")]
    (silent,) = [said for said in marked(look(folder)) if said.startswith("compute")]
    assert "nothing answers within 2 s" in silent


def test_the_doctor_sees_what_a_workspace_with_a_past_holds(workspace):
    """Results that wait and a lease that is over; nothing in it is changed by looking."""
    rows, files = rows_of(workspace), files_of(workspace)
    found = marked(look(workspace.folder, NOON + timedelta(minutes=10)))
    assert "held results: 1 result waits for a person, the first for 9 min" in found
    assert "leases: inbox was held by elsewhere:7; that is over since 8 min, nobody took it" in found
    assert (rows_of(workspace), files_of(workspace)) == (rows, files)
