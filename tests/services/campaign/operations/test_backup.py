"""A backup is taken while others work, is read back before it counts, and is a whole file or none."""

from __future__ import annotations

import json
import os
import resource
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from loop.journal import fold
from services.campaign.errors import BackupError
from services.campaign.operations import kept_files
from services.campaign.operations.backup import back_up, verify
from services.campaign.operations.kept_files import BEFORE_THE_ROWS, CHUNK, Look, chunks, found_in
from services.campaign.operations.restore import restore
from services.campaign.operations.settings_text import travelling, with_database
from services.campaign.workspace import Workspace, read_settings
from services.disk import DiskError
from services.store import DatabaseAccessError, SqlJournal, open_database, reach_database
from services.store.engine import writing
from tests.services.campaign.operations.conftest import FILES, QUICK, files_of, killed_at, points_of, rows_of, used
from tests.services.campaign.tiny import read
from tests.services.campaign.workers import NOON, SetClock, people, worker

BUSY = QUICK.replace("PP01", "BUSY")
CLOCK = SetClock(NOON + timedelta(hours=1))


def test_a_backup_says_what_is_in_it(workspace, backup):
    """Every row and file is counted, every campaign's last entry named, nothing left out, and no machine told of."""
    manifest, rows = verify(backup), rows_of(workspace)
    assert dict(manifest.n_rows) == {table: len(found) for table, found in rows.items()}
    assert {name: facts.last_seq for name, facts in manifest.campaigns.items()} == {
        row["id"]: row["last_seq"] for row in rows["campaign"]
    }
    with used(workspace) as service:
        assert {n: f.data_hash for n, f in manifest.campaigns.items()} == {
            name: service.state(name).data_hash() for name in ("BLEND", "PP01")
        }
    assert set(manifest.files) == {"meguri.toml", *files_of(workspace)} > set(FILES)
    assert (manifest.changed_while_read, dict(manifest.left_out)) == ((), {})
    assert manifest.taken_at == manifest.began_at == CLOCK.now()
    with ZipFile(backup) as packed:
        assert str(workspace.folder).encode() not in packed.read("manifest.json")
        assert set(packed.namelist()) == {"manifest.json", *manifest.members}


def test_the_format_is_the_same_on_either_database(workspace, backup):
    """One JSON object a line, moments in UTC, payloads as they are: nothing of the database that it came from."""
    with ZipFile(backup) as packed:
        lines = packed.read("database/journal_entry.jsonl").decode().rstrip("\n").split("\n")
    found = [json.loads(line) for line in lines]
    assert list(found[0]) == ["campaign", "seq", "at", "actor", "kind", "payload"]
    assert [(row["campaign"], row["seq"]) for row in found] == sorted((row["campaign"], row["seq"]) for row in found)
    assert {row["at"][-6:] for row in found} == {"+00:00"}
    assert found == rows_of(workspace)["journal_entry"]


def test_a_backup_needs_nobody_to_stop(workspace, tmp_path):
    """While a worker turns and results come in, several are taken; each is whole and the campaign goes on from it."""
    database = open_database(workspace.database_url)
    people(database, CLOCK).adopt(read(BUSY))
    stop, n_turns, clock = threading.Event(), [0], SetClock(NOON + timedelta(hours=1))

    def work() -> None:
        while not stop.is_set():
            clock.move(minutes=1)
            worker(database, workspace.folder, clock).turn("BUSY", due_at=clock.at)
            n_turns[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        taken = list[int]()
        while len(taken) < 3 or taken[-1] < taken[0] + 2:
            back_up(workspace, tmp_path / f"{len(taken)}.zip", clock=clock)
            taken.append(n_turns[0])
    finally:
        stop.set()
        thread.join()
        database.dispose()
    last = tmp_path / f"{len(taken) - 1}.zip"
    done = restore(last, tmp_path / "there", database_url="sqlite:///meguri.db")
    restored = open_database(done.workspace.database_url)
    journal, later = SqlJournal(restored), SetClock(clock.at + timedelta(minutes=10))
    before = journal.read("BUSY")
    for _ in range(2):
        later.move(minutes=1)
        worker(restored, done.workspace.folder, later).turn("BUSY", due_at=later.at)
    after = journal.read("BUSY")
    assert [entry.seq for entry in after] == list(range(1, len(after) + 1))
    assert after[: len(before)] == before
    states = Counter(record.state.value for record in fold("BUSY", after).proposals.values())
    assert states["closed"] > sum(entry.event.kind == "proposal_closed" for entry in before)
    restored.dispose()


def test_a_file_that_moves_on_is_met_all_the_same(tmp_path):
    """Booked and moved between two looks, it lies in the inbox or among what was taken: never nowhere."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / "inbox" / "taken").mkdir(parents=True, exist_ok=True)
        (tmp_path / "inbox" / name).write_text(name)
    met = []
    for found in found_in(tmp_path, BEFORE_THE_ROWS):
        if found.name == "inbox/a.csv":
            (tmp_path / "inbox" / "b.csv").rename(tmp_path / "inbox" / "taken" / "b.csv")
        look = Look()
        if b"".join(chunks(found.path, look)) and not look.is_gone:
            met.append(found.name)
    assert met == ["inbox/a.csv", "inbox/taken/b.csv"]


def test_a_result_that_is_booked_meanwhile_is_not_lost(workspace, tmp_path):
    """Its file is read before the rows: where these do not know it yet, it still lies in the inbox."""
    inbox, n_asked = workspace.folder / "inbox", [0]

    class Clock:
        def now(self):
            n_asked[0] += 1
            if n_asked[0] == 2:  # asked for the moment of the rows, which are fixed by then
                with used(workspace) as service:
                    service.note("PP01", "booked out of waits.csv")
                (inbox / "waits.csv").rename(inbox / "taken" / "waits.csv")
            return CLOCK.now()

    before = len(rows_of(workspace)["journal_entry"])
    manifest = back_up(workspace, tmp_path / "b.zip", clock=Clock())
    assert manifest.n_rows["journal_entry"] == before == len(rows_of(workspace)["journal_entry"]) - 1
    assert "inbox/waits.csv" in manifest.files
    assert "inbox/taken/waits.csv" not in manifest.files


def test_a_file_that_is_kept_for_good_is_there_before_a_row_names_it(workspace, tmp_path):
    """Those of blobs are read after the rows."""
    blob, n_asked = workspace.folder / "blobs" / "new", [0]

    class Clock:
        def now(self):
            n_asked[0] += 1
            blob.write_text("kept") if n_asked[0] == 2 else None
            return CLOCK.now()

    assert "blobs/new" in back_up(workspace, tmp_path / "b.zip", clock=Clock()).files


def test_a_large_file_that_grows_is_taken_up_to_where_it_was_and_named(tmp_path):
    """As long as it was when it was opened; that it changed is told."""
    path, look = tmp_path / "growing.bin", Look()
    path.write_bytes(b"x" * 5 * CHUNK)
    pieces = chunks(path, look)
    first = next(pieces)
    with path.open("ab") as file:
        file.write(b"y" * CHUNK)
    assert first + b"".join(pieces) == b"x" * 5 * CHUNK
    assert look.has_changed


def test_a_small_file_that_changes_is_read_again(tmp_path, monkeypatch):
    """What is taken is one state of it, and nothing needs to be told; one that never rests is named."""
    path = tmp_path / "small.csv"
    path.write_text("old")
    true_state, writes = kept_files._state, ["new", "newer"]

    def state(file):
        found = true_state(file)
        if writes:
            path.write_text(writes.pop(0))
        return found

    monkeypatch.setattr(kept_files, "_state", state)
    look = Look()
    assert b"".join(chunks(path, look)) == b"newer"
    assert not look.has_changed
    writes[:] = [f"again {n}" for n in range(20)]
    assert b"".join(chunks(path, look))
    assert look.has_changed


def test_what_cannot_be_kept_is_named(workspace, tmp_path):
    """A pipe, a link to nowhere, a name that is no text: each with its reason. Parts of writes are passed over."""
    inbox = workspace.folder / "inbox"
    os.mkfifo(inbox / "pipe")
    (inbox / "link.csv").symlink_to("nowhere.csv")
    (inbox / "alias.csv").symlink_to("waits.csv")
    Path(os.fsdecode(os.fsencode(inbox) + b"/na\xffme.csv")).write_text("x")
    (inbox / ".half.csv.abc.part").write_text("x")
    manifest = back_up(workspace, tmp_path / "b.zip", clock=CLOCK)
    assert dict(manifest.left_out) == {
        "inbox/pipe": "no plain file",
        "inbox/link.csv": "a link that leads nowhere",
        "inbox/na\ufffdme.csv": "its name is no text",
    }
    assert "inbox/alias.csv" in manifest.files
    assert not [name for name in manifest.files if name.endswith(".part")]
    assert verify(tmp_path / "b.zip") == manifest


def test_a_backup_never_replaces_a_file_nor_lies_within_itself(workspace, tmp_path, backup):
    """An older one is kept as it is; a place that is backed up is refused."""
    before = backup.read_bytes()
    with pytest.raises(BackupError, match="is there already and is kept"):
        back_up(workspace, backup, clock=CLOCK)
    assert backup.read_bytes() == before
    with pytest.raises(BackupError, match="would lie in reports"):
        back_up(workspace, workspace.folder / "reports" / "b.zip", clock=CLOCK)


def test_a_database_that_is_away_leaves_no_file(workspace, tmp_path):
    """The error says what is wrong, and nothing looks like a backup."""
    url = "postgresql://meguri@/none?host=/nowhere&connect_timeout=1"
    away = Workspace(folder=workspace.folder, database_url=url)
    with pytest.raises(DatabaseAccessError):
        back_up(away, tmp_path / "backups" / "b.zip", clock=CLOCK)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_full_disk_leaves_no_file(workspace, tmp_path):
    """Typed error, nothing half-written."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (workspace.folder / "blobs" / "noise").write_bytes(os.urandom(200_000))

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        with pytest.raises(DiskError, match=r"b\.zip: cannot be written"):
            back_up(workspace, folder / "b.zip", clock=CLOCK)

    assert not killed_at(10**6, fill_the_disk)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_at_any_point_there_is_a_whole_backup_or_none(workspace, tmp_path):
    """And the next one is made as if nothing had happened."""
    points = points_of(lambda: back_up(workspace, tmp_path / "first.zip", clock=CLOCK))
    assert len(points) == 6
    for number, point in enumerate(points):
        path = tmp_path / f"{number}.zip"
        assert killed_at(number, lambda path=path: back_up(workspace, path, clock=CLOCK))
        assert path.exists() is (points.index("after rename backup") <= number), point
        if path.exists():
            path.rename(tmp_path / f"{number}-whole.zip")
            assert verify(tmp_path / f"{number}-whole.zip")
        back_up(workspace, path, clock=CLOCK)
        assert verify(path) == verify(tmp_path / "first.zip")


def test_a_journal_that_cannot_be_read_is_backed_up_and_said(workspace, tmp_path):
    """A damaged campaign is worth keeping too: its facts say what is wrong with it."""
    database = reach_database(workspace.database_url)
    with writing(database, "test") as connection:
        statement = "INSERT INTO journal_entry SELECT campaign, seq + 1, at, actor, 'guessed', '{}' FROM journal_entry "
        last = "WHERE campaign = 'BLEND' AND seq = (SELECT last_seq FROM campaign WHERE id = 'BLEND')"
        connection.execute(text(statement + last))
    database.dispose()
    manifest = back_up(workspace, tmp_path / "b.zip", clock=CLOCK)
    assert "of kind 'guessed' cannot be read" in manifest.campaigns["BLEND"].unreadable
    assert manifest.campaigns["BLEND"].data_hash is None
    assert manifest.campaigns["PP01"].unreadable == ""
    done = restore(tmp_path / "b.zip", tmp_path / "there", database_url="sqlite:///meguri.db")
    assert [note for note in done.notes if note.startswith("BLEND could not be read when it was backed up")]
    assert rows_of(done.workspace)["journal_entry"] == rows_of(workspace)["journal_entry"]


SETTINGS = '# an old one: postgresql://me:older@old/db\n[database]\nurl = "{url}"\n\n[run]\nlook = "3 s"\n'


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("postgresql://me:geheim@server/db", "postgresql://me@server/db"),
        ("postgresql://me:ge%40heim@server:5432/db?sslmode=require", "postgresql://me@server:5432/db?sslmode=require"),
        ("postgresql://server/db?user=me&password=geheim", "postgresql://server/db?user=me"),
        ("postgresql://me@server/db", "postgresql://me@server/db"),
        ("sqlite:////here/meguri.db", "sqlite:///meguri.db"),
        ("sqlite:////elsewhere/meguri.db", "sqlite:////elsewhere/meguri.db"),
        ("sqlite:///data/meguri.db", "sqlite:///data/meguri.db"),
    ],
)
def test_settings_travel_without_a_password(url, clean):
    """Neither that of the database nor one in a comment; a file within the workspace is counted from its folder."""
    told, has_password = travelling(SETTINGS.format(url=url), url, Path("/here"))
    assert read_settings(told).database.url == clean
    assert has_password
    assert "geheim" not in told
    assert "older" not in told
    assert read_settings(told).run.look == "3 s"


def test_settings_without_a_password_travel_as_they_are(workspace):
    """The example in the comment is not one."""
    text_ = (workspace.folder / "meguri.toml").read_text()
    assert travelling(text_, workspace.database_url, workspace.folder) == (text_, False)


@pytest.mark.parametrize(
    "text_",
    [
        "",
        "[run]\nlook = '3 s'\n",
        "[database]\n",
        "[database]\nurl = 'sqlite:///old.db'  # old\n[run]\nlook = '3 s'",
        "[run]\nlook = '3 s'\n\n [ database ]\n# url = 'commented'\n url='sqlite:///old.db'\n",
    ],
)
def test_settings_can_name_another_database(text_):
    """Whether they named one or not; everything else stays."""
    url = 'sqlite:///new "quoted" \\ µ.db'
    changed = read_settings(with_database(text_, url))
    assert changed.database.url == url
    assert changed.run == read_settings(text_).run


def test_settings_in_a_form_that_cannot_be_changed_are_refused():
    """Rather than guessed at."""
    with pytest.raises(Exception, match="not named in a plain line"):
        with_database("database = {url = 'sqlite:///old.db'}\n", "sqlite:///new.db")
