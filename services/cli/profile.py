"""Profiles of delimited text and workbooks: draft one from an unknown export, list, show and check them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import RESULTS

__all__ = ["commands"]

commands = typer.Typer()
profile = typer.Typer(
    name="profile",
    help="Profiles: what exports of instruments look like, so that delimited text and workbooks are read rightly.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
commands.add_typer(profile, rich_help_panel=RESULTS)

ExportArgument = Annotated[Path, typer.Argument(metavar="FILE", help="An export: delimited text or a workbook.")]


@profile.command()
def guess(
    file: ExportArgument,
    write: Annotated[
        bool, typer.Option("--write", help="Write the draft into the folder profiles/ of the workspace.")
    ] = False,
) -> None:
    """Draft a profile of an unknown export, and show what it would read.

    The draft is YAML with comments that say why; what the file does not say is left as a question, never guessed.
    """
    from loop.counting import counted
    from services.cli.printing import next_step, quoted, say, show
    from services.cli.profile_pages import keep, known_as, preview, read_export
    from services.ingest.profiles.guess import guess as draft

    data = read_export(file)
    known = known_as(file, data)
    if known:
        say(f"{known} reads this file already", style="yellow")
    drafted = draft(data, file.name)
    sys.stdout.write(drafted.text)
    if drafted.fault:
        say(f"as it stands it does not read the file: {drafted.fault}", style="red", wrap=True)
    else:
        show()
        show(preview(drafted.readings))
    if write:
        path = keep(drafted)
        n_open = sum("# ?" in line or "; ?" in line for line in drafted.text.splitlines()[2:])
        say(f"wrote {path}: {counted(n_open, 'open question')}" if n_open else f"wrote {path}")
        next_step(f"meguri profile check {quoted(path)} {quoted(file)}")
    else:
        next_step(f"meguri profile guess {quoted(file)} --write")
    if drafted.fault:
        raise typer.Exit(1)


@profile.command("list")
def list_() -> None:
    """List every profile: the workspace's own first, then the shipped ones; and those that cannot be used."""
    from services.cli.printing import next_step, say, show
    from services.cli.profile_pages import known, profiles_page

    found = known()
    show(profiles_page(found))
    for error in found.errors:
        say(f"cannot be used: {error}", style="red", wrap=True)
    next_step("meguri profile show NAME")


@profile.command("show")
def show_(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a profile.")]) -> None:
    """Print a profile as it is written: to look at, or to begin one's own with."""
    from services.cli.profile_pages import known

    sys.stdout.write(known().named(name).text.rstrip() + "\n")


@profile.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="PROFILE", help="A profile, a YAML file.")],
    exports: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", show_default=False, help="Exports to try it on.")
    ] = None,
) -> None:
    """Check a profile: every fault with its line and what would be right; and read exports with it.

    Exit code 1 where the profile has a fault, or an export is not read.
    """
    from services.cli.printing import next_step, say, show
    from services.cli.profile_pages import checked, preview, read_export
    from services.ingest.errors import UnreadableFile
    from services.ingest.profiles.reading import apply_profile

    found = checked(file)
    n_refused = 0
    for export in exports or []:
        try:
            readings = apply_profile(found, export.name, read_export(export))
        except UnreadableFile as error:
            n_refused += 1
            say(str(error), style="red", wrap=True)
        else:
            show(export.name)
            show(preview(readings))
    if not exports:
        show(f"{found.profile} is valid: {found.title}")
        next_step(f"meguri profile check {file} FILE")
    if n_refused:
        raise typer.Exit(1)
