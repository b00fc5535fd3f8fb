"""What the verbs that keep a workspace in order print for people."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted, some_of
from services.campaign.views import BackupView, DoctorView, FilesCheckedView
from services.cli.layouts import plain_table
from services.cli.pages import local_time

__all__ = ["backup_page", "doctor_page", "files_page"]

_STYLES = {"fine": "green", "look": "yellow", "broken": "red"}


def doctor_page(view: DoctorView) -> RenderableType:
    """List what was found, and below it what would be right where it is not."""
    table = plain_table(["", "", "found"], [])
    for finding in view.findings:
        style = _STYLES[finding.verdict]
        wanted = f"\nright would be: {finding.wanted}" if finding.wanted else ""
        table.add_row(Text(finding.verdict, style=style), finding.area, f"{finding.found}{wanted}")
    return table


def files_page(view: FilesCheckedView) -> RenderableType:
    """List the kept files that are not as they should be."""
    table = plain_table(["", "file", "found"], [])
    for fault in view.faults:
        style = "yellow" if fault.kind in ("extra", "misplaced") else "red"
        where = f"blobs/{fault.where[:15]}…"
        told = f"{fault.reason}\nright would be: {fault.wanted}"
        table.add_row(Text(fault.kind, style=style), f"{fault.name}\n{where}".strip(), told)
    return table


def backup_page(view: BackupView) -> RenderableType:
    """Say what is in a backup."""
    campaigns = [f"{name} up to entry {seq}" for name, seq in view.campaigns.items()]
    rows, held = sum(view.n_rows.values()), some_of(campaigns) or "no campaign"
    lines = [
        f"{view.file}: {view.size / 1e6:.1f} MB, taken {local_time(view.taken_at)} by meguri {view.meguri}",
        f"  {view.database}, schema version {view.schema_version}, {counted(rows, 'row')}; {held}",
        f"  {counted(view.n_files, 'file')}",
    ]
    if view.changed_while_read:
        lines.append(f"  written to while they were read: {some_of(view.changed_while_read)}")
    if view.password_left_out:
        lines.append("  the password of the database is not in it")
    return Group(*(Text(line) for line in lines))
