"""Keep a workspace in order from the command line: doctor, backup, restore."""

from __future__ import annotations

import os

import pytest
from typer.testing import Result

from services.campaign.views import BackupView, DoctorView, RestoreView
from services.store import open_database


def words(done: Result) -> str:
    """What was printed, however it was broken into lines."""
    return " ".join(done.stdout.split())


def test_the_doctor_says_that_all_is_well(known_films):
    """A line for each thing, exit code 0; the same as JSON."""
    done = known_films("doctor")
    assert "nothing is broken\n" in done.stderr
    for area in ("database", "journal", "leases", "disk", "versions"):
        assert f" fine {area} " in words(done)
    view = DoctorView.model_validate(known_films.json("doctor"))
    assert view.verdict == "fine"
    assert {finding.verdict for finding in view.findings} == {"fine"}


def test_what_needs_a_look_is_no_failure(known_films):
    """Exit code 0, marked, with what would be right."""
    (known_films.folder / "inbox" / "old.csv").write_text("x")
    os.utime(known_films.folder / "inbox" / "old.csv", (1, 1))
    done = known_films("doctor")
    assert " look inbox not taken in: old.csv right would be: a worker that runs" in words(done)
    assert "look at what is marked" in done.stderr


def test_what_is_broken_is_a_failure(known_films):
    """Exit code 1, also where the database cannot be opened; everything else is told."""
    (known_films.folder / "meguri.db").write_bytes(b"no database at all" * 400)
    done = known_films("doctor", code=1)
    assert " broken database " in words(done)
    assert " fine disk " in words(done)
    assert "something is broken" in done.stderr
    assert known_films.json("doctor", code=1)["verdict"] == "broken"


def test_a_workspace_is_backed_up_checked_and_restored(known_films, monkeypatch):
    """Into a file, from it into a folder where the campaign stands as it stood, with the next command each time."""
    known_films("propose")
    status = known_films.json("status")
    done = known_films("backup", "b.zip")
    assert "PP01 up to entry 8" in done.stdout
    assert "written and read back" in done.stderr
    assert "next: meguri backup --verify b.zip" in done.stderr
    assert "every part is what was put in" in known_films("backup", "--verify", "b.zip").stderr
    view = BackupView.model_validate(known_films.json("backup", "--verify", "b.zip"))
    assert (view.campaigns, view.n_rows["journal_entry"], view.left_out) == ({"PP01": 8}, 8, {})
    done = known_films("restore", "b.zip", "again")
    assert "it is what was backed up" in done.stderr
    monkeypatch.chdir(known_films.folder / "again")
    assert known_films.json("status") == status
    assert known_films("replay").exit_code == 0


def test_a_backup_goes_into_another_database(known_films, postgres_cluster):
    """From a file to a server and back; the JSON says where."""
    known_films("backup", "one.zip")
    with postgres_cluster.database(is_prepared=False) as url:
        view = RestoreView.model_validate(known_films.json("restore", "one.zip", "server", "--database", url))
        assert view.database.startswith("postgresql")
        known_films("restore", "one.zip", "twice", "--database", url, code=1)
    assert not (known_films.folder / "twice").exists()


def test_a_backup_before_an_upgrade_leaves_the_old_schema(films, tmp_path):
    """`meguri backup` upgrades nothing: it is what one makes before the first start of a new meguri."""
    from tests.services.store.test_released import put

    (films.folder / "meguri.db").unlink()
    for name in ("meguri.db-wal", "meguri.db-shm"):
        (films.folder / name).unlink(missing_ok=True)
    put(f"sqlite:///{films.folder / 'meguri.db'}", 1)
    assert "known is" in films("doctor").stdout
    assert films.json("backup", "old.zip")["schema_version"] == 1
    assert films.json("backup", "--verify", "old.zip")["schema_version"] == 1
    films("restore", "old.zip", "new")
    open_database(f"sqlite:///{films.folder / 'new' / 'meguri.db'}").dispose()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("backup", "inbox/b.zip"), "would lie in inbox"),
        (("backup", "films.yaml"), "is there already and is kept"),
        (("backup", "--verify", "films.yaml"), "it is damaged, or no backup"),
        (("backup", "--verify", "none.zip"), "there is no such file"),
        (("restore", "films.yaml", "there"), "it is damaged, or no backup"),
    ],
)
def test_what_is_no_backup_is_said(films, typed, said):
    """Exit code 1, one message, nothing written."""
    before = sorted(films.folder.rglob("*"))
    assert said in films(*typed, code=1).stderr
    assert sorted(films.folder.rglob("*")) == before


def test_what_was_left_out_is_said(films):
    """Each file with its reason, after what is in it."""
    os.mkfifo(films.folder / "inbox" / "pipe")
    assert "not in it: inbox/pipe: no plain file" in films("backup", "b.zip").stderr


def test_outside_a_workspace_there_is_nothing_to_look_at(shell):
    """The message says how to make one."""
    for typed in (("doctor",), ("backup", "b.zip")):
        assert "no workspace" in shell(*typed, code=1).stderr
    assert list(shell.folder.iterdir()) == []
