"""A restored workspace is what was backed up, in either database; all of it or nothing; never over another one."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loop.ids import CampaignId
from services.campaign.errors import RestoreError, WorkspaceError
from services.campaign.operations.backup import back_up
from services.campaign.operations.restore import restore
from services.campaign.viewing import status_view
from services.campaign.workspace import Workspace, make_workspace, open_workspace
from services.disk import DiskError, claimed_folder, watched
from services.store import (
    DatabaseUrlError,
    OccupiedDatabaseError,
    SqlLeases,
    SqlOutbox,
    known_version,
    open_database,
    reach_database,
    schema_version,
)
from services.store.engine import writing
from services.store.snapshot import TOKEN_STEP, origin_of
from tests.services.campaign.operations.conftest import files_of, killed_at, points_of, rows_of, used
from tests.services.campaign.tiny import BLEND, read, run_cycle
from tests.services.campaign.workers import NOON, SetClock, begin, people, worker
from tests.services.store.released.write import facts_of
from tests.services.store.test_released import is_within, put, said_of


@contextmanager
def closing_database(workspace: Workspace) -> Iterator[Engine]:
    engine = open_database(workspace.database_url)
    yield engine
    engine.dispose()


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_what_is_restored_is_what_was_backed_up(workspace, backup, new_url, tmp_path):
    """Rows, files, states, what status says, replayed cycles; from either kind of database into either."""
    done = restore(backup, tmp_path / "there" / "ws", database_url=new_url)
    there = done.workspace
    before, after = rows_of(workspace), rows_of(there)
    for table in ("campaign", "journal_entry", "held_result", "work_order"):
        assert after[table] == before[table] != []
    assert files_of(there) == files_of(workspace)
    assert there == open_workspace(tmp_path / "there" / "ws")
    assert sorted(path.name for path in there.folder.parent.iterdir()) == ["ws"]
    assert done.notes == ()
    with used(workspace) as old, used(there) as new:
        assert new.campaigns() == old.campaigns() == ["BLEND", "PP01"]
        for campaign in old.campaigns():
            assert new.state(campaign) == old.state(campaign)
            assert status_view(new.state(campaign)) == status_view(old.state(campaign))
            assert all(replay.is_same for replay in new.replay(campaign))


def test_a_restored_campaign_goes_on(backup, new_url, tmp_path):
    """People approve and measure, a worker takes its turn, in a database that refuses what it refused before."""
    there = restore(backup, tmp_path / "there", database_url=new_url).workspace
    with closing_database(there) as database:
        clock = SetClock(NOON + timedelta(days=1))
        before = people(database, clock).state("PP01").seq
        turn = worker(database, there.folder, clock).turn("PP01", due_at=clock.at)
        assert turn.is_taken
        assert people(database, clock).state("PP01").seq > before
        with pytest.raises(Exception, match="append-only"), writing(database, "test") as connection:
            connection.execute(text("DELETE FROM journal_entry"))


def test_leases_are_free_and_old_tokens_are_worth_nothing(workspace, backup, new_url, tmp_path):
    """Nobody waits for a worker of before, and none of before may write; what was done stays done."""
    there = restore(backup, tmp_path / "there", database_url=new_url).workspace
    with closing_database(workspace) as old, closing_database(there) as new:
        before, after = SqlLeases(old).records(), SqlLeases(new).records()
        assert {lease.name: lease.holder for lease in before} == {"PP01": "", "inbox": "elsewhere:7"}
        assert {lease.holder for lease in after} == {""}
        for was, is_ in zip(before, after, strict=True):
            assert (is_.name, is_.done_until) == (was.name, was.done_until)
            assert is_.token == was.token + TOKEN_STEP
        assert SqlLeases(new).take("inbox", holder="here:1", now=NOON, until=NOON + timedelta(seconds=9)) is not None


@ON_SQLITE
def test_an_order_that_left_meanwhile_leaves_again(workspace, tmp_path):
    """The folders were read before the rows: its sheet may be missing among them. It is the same sheet."""
    with closing_database(workspace) as database:
        clock = SetClock(NOON + timedelta(hours=2))
        begin(database, BLEND.replace("BLEND", "SHEETS"), clock)
        service = people(database, clock)
        service.propose("SHEETS")
        service.approve("SHEETS")
        service.dispatch([service.state("SHEETS").open_proposals[0].proposal.id])
        late = clock.at + timedelta(seconds=5)
        (order,) = SqlOutbox(database).undelivered(CampaignId("SHEETS"))
        SqlOutbox(database).deliver(order, lambda _: None, at=late)
        back_up(workspace, tmp_path / "b.zip", clock=clock)
    there = restore(tmp_path / "b.zip", tmp_path / "there").workspace
    with closing_database(there) as database:
        assert SqlOutbox(database).undelivered(CampaignId("SHEETS")) == [order]
        turn = worker(database, there.folder, SetClock(late)).turn("SHEETS")
        assert f"work order {order.id} left" in turn.steps
    assert (there.outbox / f"{order.id}.csv").exists()


def test_a_backup_of_an_older_schema_is_restored_and_upgraded(empty_database_url, new_url, tmp_path, postgres_cluster):
    """Taken without upgrading it, with the code of today; it comes out as the code of its time said."""
    put(empty_database_url, 1)
    old = make_workspace(tmp_path / "old", database_url=empty_database_url)
    manifest = back_up(old, tmp_path / "old.zip", clock=SetClock())
    assert (manifest.schema_version, schema_of(old.database_url)) == (1, 1)
    with postgres_cluster.database(is_prepared=False) as another:
        check_upgraded(tmp_path, another if new_url.startswith("postgresql") else new_url)


def check_upgraded(tmp_path: Path, new_url: str) -> None:
    there = restore(tmp_path / "old.zip", tmp_path / "there", database_url=new_url).workspace
    assert schema_of(there.database_url) == known_version()
    with used(there) as service:
        said = {name: json.loads(json.dumps(facts)) for name, facts in facts_of(service).items()}
        assert is_within(said_of(1), said)
        assert run_cycle(service)


def schema_of(url: str) -> int:
    engine = reach_database(url)
    try:
        return schema_version(engine)
    finally:
        engine.dispose()


@ON_SQLITE
def test_nothing_is_restored_over_anything(workspace, backup, tmp_path):
    """Not over a workspace, a folder with something in it, a file; what is there is as it was."""
    before = files_of(workspace)
    with pytest.raises(RestoreError, match="is not empty and is kept"):
        restore(backup, workspace.folder)
    assert files_of(workspace) == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(RestoreError, match="is not empty and is kept"):
        restore(backup, tmp_path / "full")
    with pytest.raises(RestoreError, match="is a file"):
        restore(backup, tmp_path / "full" / "notes.txt")
    (tmp_path / "empty").mkdir()
    assert restore(backup, tmp_path / "empty").workspace.folder == tmp_path / "empty"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_nothing_is_restored_into_a_database_that_holds_campaigns(workspace, backup, tmp_path):
    """Neither its own nor another's; no folder is left, and the rows are as they were."""
    before = rows_of(workspace)
    with pytest.raises(OccupiedDatabaseError, match="holds the campaigns BLEND, PP01"):
        restore(backup, tmp_path / "there", database_url=workspace.database_url)
    assert rows_of(workspace) == before
    assert sorted(path.name for path in tmp_path.iterdir() if "there" in path.name) == []


def test_a_server_database_is_restored_to_another_one(request, tmp_path):
    """Its settings name the one it came from, which is full: that is said; another is named and kept in them."""
    url = request.getfixturevalue("postgresql_url")
    here = make_workspace(tmp_path / "here", database_url=url)
    with closing_database(here) as database:
        begin(database)
    back_up(here, tmp_path / "b.zip", clock=SetClock())
    with pytest.raises(OccupiedDatabaseError, match="PP01"):
        restore(tmp_path / "b.zip", tmp_path / "there")
    with pytest.raises(DatabaseUrlError, match="does not exist"):
        restore(tmp_path / "b.zip", tmp_path / "there", database_url=f"sqlite:///{tmp_path}/none/meguri.db")
    inside = f"sqlite:///{tmp_path / 'there' / 'data.db'}"
    there = restore(tmp_path / "b.zip", tmp_path / "there", database_url=inside).workspace
    assert there.database_url == inside
    assert 'url = "sqlite:///data.db"' in (there.folder / "meguri.toml").read_text()


INTO_A_SERVER = (
    "begin restored rows",
    "commit restored rows",
    "fsync restored settings",
    "rename restored workspace",
    "commit end of restoring",
)


@ON_SQLITE
def test_killed_at_any_point_a_second_try_ends_it(workspace, backup, tmp_path, postgres_cluster):
    """In between nothing looks like a workspace; afterwards all is there, once, whichever database it goes into."""
    wanted_rows, wanted_files = rows_of(workspace)["journal_entry"], files_of(workspace)
    points = points_of(lambda: restore(backup, tmp_path / "unharmed"))
    whole = points.index("after rename restored workspace")
    assert {p.split(maxsplit=1)[1] for p in points} >= {
        "rename restored file",
        "fsync restored file",
        "commit restored rows",
        "rename restored settings",
        "rename restored workspace",
        "commit end of restoring",
    }
    before = [n for n, point in enumerate(points) if point.startswith("before")]  # nothing is done between two points
    first = {points[n]: n for n in reversed(before)}
    last = {points[n]: n for n in before}  # files are many, and the same is done to each
    into_a_server = {first[f"before {step}"] for step in INTO_A_SERVER}
    for number in sorted({*first.values(), *last.values(), len(points) - 1}):
        point = points[number]
        folder = tmp_path / f"w{number}"
        assert killed_at(number, lambda folder=folder: restore(backup, folder)), point
        check_half(folder, number >= whole)
        if number == len(points) - 1:  # all was done by then: there is nothing to end
            with pytest.raises(RestoreError, match="not empty"):
                restore(backup, folder)
            check_whole(open_workspace(folder), wanted_rows, wanted_files)
            continue
        check_whole(restore(backup, folder).workspace, wanted_rows, wanted_files)
        if number in into_a_server:
            with postgres_cluster.database(is_prepared=False) as url:
                again = tmp_path / f"s{number}"
                assert killed_at(number, lambda again=again, url=url: restore(backup, again, database_url=url)), point
                check_half(again, number >= whole)
                check_whole(restore(backup, again, database_url=url).workspace, wanted_rows, wanted_files)


def check_half(folder: Path, is_whole: bool) -> None:
    """What was killed left nothing that looks like a workspace, or one that is."""
    assert (folder / "meguri.toml").exists() is folder.exists() is is_whole


def check_whole(there: Workspace, rows, files) -> None:
    assert rows_of(there)["journal_entry"] == rows
    assert files_of(there) == files
    with closing_database(there) as database:
        assert origin_of(database) is None
    assert not (there.folder.parent / f".{there.folder.name}.restoring").exists()


@ON_SQLITE
def test_rows_of_another_restore_that_was_killed_are_not_mistaken(workspace, backup, tmp_path, postgres_cluster):
    """A database that another backup was put into half-way is refused; the same one ends it."""
    points = points_of(lambda: restore(backup, tmp_path / "unharmed"))
    killed = points.index("after commit restored rows")
    back_up(workspace, tmp_path / "other.zip", clock=SetClock(NOON + timedelta(hours=2)))
    with postgres_cluster.database(is_prepared=False) as url:
        assert killed_at(killed, lambda: restore(backup, tmp_path / "there", database_url=url))
        with pytest.raises(OccupiedDatabaseError, match="another backup that was not restored to its end"):
            restore(tmp_path / "other.zip", tmp_path / "there", database_url=url)
        assert restore(backup, tmp_path / "there", database_url=url).notes == ()


@ON_SQLITE
def test_a_failure_on_the_way_leaves_nothing(backup, tmp_path):
    """A folder that cannot be written, a disk with too little room, Ctrl-C: no part of a workspace stays."""
    with pytest.raises(DiskError):
        restore(backup, Path("/proc/there"))
    for error in (KeyboardInterrupt(), OSError(28, "No space left on device")):

        def fail(point: str, error: BaseException = error) -> None:
            if point == "before fsync restored settings":
                raise error

        with pytest.raises((KeyboardInterrupt, DiskError)), watched(fail):
            restore(backup, tmp_path / "there")
        assert [path.name for path in tmp_path.iterdir() if "there" in path.name] == []
    assert restore(backup, tmp_path / "there")


@ON_SQLITE
def test_a_disk_with_too_little_room_is_said_before_anything_is_written(backup, tmp_path, monkeypatch):
    """How much is needed and how much is free."""
    true = os.statvfs(tmp_path)

    class Full:
        f_bavail, f_frsize = 1, true.f_frsize

    monkeypatch.setattr(os, "statvfs", lambda _: Full)
    with pytest.raises(RestoreError, match=r"MB are needed, 0 MB are free"):
        restore(backup, tmp_path / "there")


@ON_SQLITE
def test_two_at_once_do_not_mix(backup, tmp_path):
    """While one restores into a folder the other is told; one ends."""
    with (
        claimed_folder(tmp_path / ".there.restoring"),
        pytest.raises(DiskError, match="another process works in it"),
    ):
        restore(backup, tmp_path / "there")
    assert restore(backup, tmp_path / "there")
    outcomes: list[str] = []
    together = threading.Barrier(3, timeout=60)

    def try_it() -> None:
        together.wait()
        try:
            restore(backup, tmp_path / "both")
            outcomes.append("done")
        except (DiskError, RestoreError) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=try_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("done") == 1
    assert restore_is_whole(tmp_path / "both", tmp_path / "there")


def restore_is_whole(one: Path, other: Path) -> bool:
    return files_of(open_workspace(one)) == files_of(open_workspace(other))


@ON_SQLITE
def test_settings_of_a_newer_meguri_are_refused_before_anything_is_written(workspace, tmp_path):
    """A key that is not known: said with its name."""
    settings = workspace.folder / "meguri.toml"
    settings.write_text(settings.read_text() + "\n[rockets]\nfuel = 'much'\n")
    back_up(workspace, tmp_path / "b.zip", clock=SetClock(NOON + timedelta(hours=1)))
    with pytest.raises(WorkspaceError, match="unknown rockets"):
        restore(tmp_path / "b.zip", tmp_path / "there")
    assert not [path for path in tmp_path.iterdir() if "there" in path.name]


@ON_SQLITE
def test_people_restore_what_they_were_given(workspace, backup, tmp_path):
    """A definition and its results read as before; another campaign can begin beside them."""
    there = restore(backup, tmp_path / "there").workspace
    with used(there) as service:
        service.adopt(read(BLEND.replace("BLEND", "NEW")))
        assert service.campaigns() == ["BLEND", "NEW", "PP01"]
