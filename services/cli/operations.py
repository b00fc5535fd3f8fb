"""Keep a workspace in order: look it over, back it up, restore it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import OPERATE, JsonOption

if TYPE_CHECKING:
    from services.campaign.operations.archive import Tell
    from services.campaign.operations.manifest import Manifest
    from services.campaign.views import BackupView

__all__ = ["commands"]

commands = typer.Typer()

_SAID_EVERY_S = 2.0

BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a .zip file.")]


@commands.command(rich_help_panel=OPERATE)
def doctor(json_: JsonOption = False) -> None:
    """Look the workspace over: database, leases, what is stuck, disk, versions. Exit code 1 where something is broken.

    It changes nothing, and says so of what it cannot reach. Run it while campaigns go on.
    """
    from services.campaign.clock import SystemClock
    from services.campaign.operations.doctor import examine
    from services.campaign.operations.findings import worst
    from services.campaign.views import DoctorView, FindingView
    from services.cli.operations_pages import doctor_page
    from services.cli.printing import emit, say, show

    findings = examine(Path.cwd(), clock=SystemClock())
    view = DoctorView(
        verdict=worst(findings),
        findings=tuple(FindingView(area=f.area, verdict=f.verdict, found=f.found, wanted=f.wanted) for f in findings),
    )
    if json_:
        emit(view)
    else:
        show(doctor_page(view))
    if view.verdict == "broken":
        say("something is broken", style="red")
        raise typer.Exit(1)
    say("nothing is broken" if view.verdict == "fine" else "nothing is broken; look at what is marked")


@commands.command(rich_help_panel=OPERATE)
def fsck(json_: JsonOption = False) -> None:
    """Read every kept raw file again and compare it with its hash. Exit code 1 where one has changed or is missing."""
    from services.campaign.operations.fsck import check_files
    from services.campaign.views import FileFaultView, FilesCheckedView
    from services.cli.operations_pages import files_page
    from services.cli.printing import emit, say, show
    from services.cli.session import session
    from services.store.blobs import Blobs
    from services.store.measurements import SqlMeasurements

    tell = _now_and_then()
    with session() as here:
        checked = check_files(
            Blobs(here.opened.workspace.blobs),
            SqlMeasurements(here.opened.database),
            tell=lambda n, of: tell(f"file {n} of {of}"),
        )
    view = FilesCheckedView(
        n_files=checked.n_files,
        n_bytes=checked.n_bytes,
        is_whole=checked.is_whole,
        faults=tuple(
            FileFaultView(kind=f.kind, where=f.where, name=f.name, reason=f.reason, wanted=f.wanted)
            for f in checked.faults
        ),
    )
    if json_:
        emit(view)
    elif view.faults:
        show(files_page(view))
    if not view.is_whole:
        say("kept files are damaged", style="red")
        raise typer.Exit(1)
    say(f"{view.n_files} kept files, {view.n_bytes / 1e6:.1f} MB: each is what it was when it came")


@commands.command(rich_help_panel=OPERATE)
def backup(
    file: BackupArgument,
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing: check a backup that is there, as long after as one likes.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Back up the workspace into one file: the database as of one moment, inbox, outbox, reports, settings.

    Nobody has to stop. It is read back before it takes its place. The password of the database is not in it.
    """
    from services.campaign.clock import SystemClock
    from services.campaign.operations.backup import back_up
    from services.campaign.operations.backup import verify as check
    from services.campaign.workspace import find_workspace
    from services.cli.operations_pages import backup_page
    from services.cli.printing import emit, next_step, quoted, say, show

    if verify:
        manifest = check(file, tell=_now_and_then())
    else:
        manifest = back_up(find_workspace(Path.cwd()), file, clock=SystemClock(), tell=_now_and_then())
    view = _shown(file, manifest)
    if json_:
        emit(view)
    else:
        show(backup_page(view))
    for name, reason in view.left_out.items():
        say(f"not in it: {name}: {reason}", style="yellow")
    say("every part is what was put in" if verify else "written and read back")
    if not verify:
        next_step(f"meguri backup --verify {quoted(file)}")


@commands.command(rich_help_panel=OPERATE)
def restore(
    file: BackupArgument,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the workspace is made: not there yet, or empty.")
    ],
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            show_default=False,
            help="Which database it goes into, of either kind, holding nothing yet. Default: as its settings say.",
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Restore a backup into a new workspace, and check that it is what was backed up. All of it or nothing.

    Stopped or killed, it ends at the second try.
    """
    from services.campaign.operations.restore import restore as bring_back
    from services.campaign.views import RestoreView
    from services.cli.operations_pages import backup_page
    from services.cli.printing import emit, next_step, quoted, say, show
    from services.store.address import read_url, shown

    done = bring_back(file, folder, database_url=database, tell=_now_and_then())
    view = RestoreView(
        workspace=str(done.workspace.folder),
        database=shown(read_url(done.workspace.database_url)),
        backup=_shown(file, done.manifest),
        notes=done.notes,
    )
    if json_:
        emit(view)
    else:
        show(backup_page(view.backup))
    say(f"restored into {view.workspace}, database {view.database}; it is what was backed up")
    for note in view.notes:
        say(note, style="yellow")
    next_step(f"cd {quoted(view.workspace)} && meguri doctor")


def _shown(file: Path, manifest: Manifest) -> BackupView:
    from services.campaign.views import BackupView

    return BackupView(
        file=str(file),
        size=file.stat().st_size,
        meguri=manifest.meguri,
        schema_version=manifest.schema_version,
        database={"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(manifest.database, manifest.database),
        taken_at=manifest.taken_at,
        campaigns={name: facts.last_seq for name, facts in manifest.campaigns.items()},
        n_rows=dict(manifest.n_rows),
        n_files=len(manifest.files),
        changed_while_read=manifest.changed_while_read,
        left_out=dict(manifest.left_out),
        password_left_out=manifest.password_left_out,
    )


def _now_and_then() -> Tell:
    """Say how far something is, every other second; nothing where it is done before that."""
    from services.cli.printing import say

    last = time.monotonic()

    def tell(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _SAID_EVERY_S:
            last = time.monotonic()
            say(f"{text} …")

    return tell
