"""Before a campaign runs: where the workspace is, a definition guessed from a table, a definition checked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from loop.counting import counted
from loop.errors import DefinitionError
from loop.ids import is_safe
from services.campaign.definition import CampaignDefinition
from services.campaign.drafting import GOALS, draft_definition, suggested_id
from services.campaign.errors import CampaignError, SheetError, WorkspaceError
from services.campaign.roles import guess_roles
from services.campaign.sheet_columns import find_column
from services.campaign.slips import slips_in
from services.campaign.templates import load_template
from services.campaign.views import FaultView, ValidationView
from services.campaign.wiring import begin_workspace
from services.campaign.workspace import Workspace, find_workspace
from services.campaign.written import read_definition, read_table
from services.cli.layouts import plain_table
from services.cli.printing import say, show
from services.disk import write_new
from services.ingest.guess import ColumnGuess
from services.records.table import Table

__all__ = ["checked", "definition_page", "from_table", "from_template", "place", "told_notes"]

_MOST_NOTES = 10


def place(folder: Path | None, database: str | None) -> tuple[Workspace, bool]:
    """Return the workspace to use, and whether it was made just now.

    A folder that is named becomes one. Without a name, the one at or above the current folder serves; else the current
    folder becomes one.
    """
    if folder is None and database is None:
        try:
            return find_workspace(Path.cwd()), False
        except WorkspaceError:
            pass
    where = folder or Path.cwd()
    is_new = not (where / "meguri.toml").exists()
    return begin_workspace(where, database_url=database), is_new


def from_table(
    path: Path,
    *,
    folder: Path | None,
    to: Path | None,
    campaign: str | None,
    targets: Sequence[str],
    candidates: bool,
    sheet: str | None,
    decimal: str | None,
) -> Path:
    """Guess a definition from a table, write it, say what was guessed, and return where it is."""
    table = read_table(path, sheet=sheet, decimal=decimal)
    goals = _goals(targets, table)
    name = campaign or suggested_id(path.name)
    if not is_safe(name):
        raise typer.BadParameter(f"{name!r} is no id; use capitals, digits and inner hyphens, as in PP01")
    written = to or (folder or Path()) / f"{name.lower()}.yaml"
    guesses = guess_roles(table, targets=list(goals))
    _check_numbers(table, guesses)
    seen_from = Path(os.path.relpath(path.resolve(), written.resolve().parent)).as_posix()
    text = draft_definition(table, guesses, campaign=name, file_name=seen_from, goals=goals, candidates=candidates)
    _write_new(written, text.encode())
    told_notes(table)
    show(_guesses_page(guesses))
    for hint in dict.fromkeys(guess.hint for guess in guesses if guess.hint):
        say(f"look at this: {hint}", style="yellow", wrap=True)
    view, definition = checked(written)
    if definition is None:
        for fault in view.faults:
            say(f"to mend: {fault}", style="yellow")
    return written


def _check_numbers(table: Table, guesses: Sequence[ColumnGuess]) -> None:
    """Refuse mistyped numbers among what is set and measured: ranges and goals guessed around them would be wrong."""
    used = [table.column(guess.name) for guess in guesses if guess.role in ("input", "target")]
    if faults := slips_in(table, [column for column in used if column.kind == "number"]):
        raise SheetError(table.source, faults)


def from_template(name: str, *, folder: Path | None, to: Path | None) -> Path:
    """Copy a template's definition and files, and return where the definition is."""
    template = load_template(name)
    written = to or (folder or Path()) / f"{name}.yaml"
    for file, content in template.files.items():
        _write_new(written.parent / file, content)
    _write_new(written, template.definition.encode())
    say(template.title)
    return written


def checked(file: Path) -> tuple[ValidationView, CampaignDefinition | None]:
    """Read a definition and list what is wrong with it; None where it cannot be used."""
    try:
        definition = read_definition(file)
    except DefinitionError as error:
        faults = tuple(FaultView.of(fault) for fault in error.faults)
        return ValidationView(file=str(file), is_valid=False, campaign=None, faults=faults, warnings=()), None
    warnings = tuple(FaultView.of(fault) for fault in definition.warnings)
    return (
        ValidationView(file=str(file), is_valid=True, campaign=definition.core.campaign, faults=(), warnings=warnings),
        definition,
    )


def definition_page(definition: CampaignDefinition) -> RenderableType:
    """Say in a few lines what a definition asks for."""
    core = definition.core
    kinds: dict[str, int] = {}
    for parameter in core.knobs.values():
        kinds[parameter.kind] = kinds.get(parameter.kind, 0) + 1
    by_kind = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    targets = ", ".join(f"{name} ({target.goal})" for name, target in core.targets.items())
    lines = [
        f"{core.campaign} is valid",
        f"  parameters: {by_kind}; {counted(len(core.constraints), 'constraint')}",
        f"  targets: {targets}; objective {core.objective.kind}",
        f"  initial design of {counted(core.n_initial(), 'formulation')}, then {core.policy.batch} a cycle",
    ]
    if core.candidates is not None:
        lines.append(f"  {counted(len(core.candidates.rows), 'candidate')}, and no others")
    return Group(*(Text(line) for line in lines))


def told_notes(table: Table) -> None:
    """Say how a table was read, and what was skipped, filled or decided."""
    sheet = f", sheet {table.sheet}" if table.sheet else ""
    size = f"{counted(table.n_rows, 'row')}, {counted(len(table.columns), 'column')}"
    say(f"{table.source}{sheet}: {size} ({table.read_as})")
    for note in table.notes[:_MOST_NOTES]:
        say(f"  {note}", style="dim")
    if len(table.notes) > _MOST_NOTES:
        say(f"  … and {counted(len(table.notes) - _MOST_NOTES, 'more note')}", style="dim")


def _guesses_page(guesses: Sequence[ColumnGuess]) -> RenderableType:
    rows = [
        [guess.name, guess.unit, guess.role if guess.role != "input" else guess.kind, guess.because]
        for guess in guesses
    ]
    return plain_table(["column", "unit", "taken as", "because"], rows)


def _goals(targets: Sequence[str], table: Table) -> dict[str, str]:
    """Read ``NAME`` and ``NAME:minimise``; a column's name may hold a colon itself."""
    found: dict[str, str] = {}
    for text in targets:
        name, sign, goal = text.rpartition(":")
        if not sign or find_column(table, text) is not None:
            name, goal = text, GOALS[0]
        goal = {"max": GOALS[0], "maximize": GOALS[0], "min": GOALS[1], "minimize": GOALS[1]}.get(goal, goal)
        if goal not in GOALS:
            raise typer.BadParameter(
                f"{text!r}: the goal is {' or '.join(GOALS)}; others are written into the definition"
            )
        found[(find_column(table, name) or table.column(name)).name] = goal
    return found


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet."""
    try:
        write_new(path, content, "definition")
    except FileExistsError:
        raise CampaignError(f"{path} is there already and is kept; write to another file: --to FILE") from None
