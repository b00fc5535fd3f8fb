"""Take tables in and say what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import typer

from loop.counting import counted
from loop.state import CampaignState
from services.campaign.sheet_columns import N_SUFFIX, SD_SUFFIX, find_column, name_column, numeric_columns
from services.campaign.wiring import Opened
from services.cli.assignments import read_pairs
from services.cli.beginning import told_notes
from services.cli.printing import say
from services.records.table import Table

__all__ = ["import_past", "import_sheet"]


def import_past(
    opened: Opened,
    campaign: str,
    path: Path,
    *,
    columns: Sequence[str],
    limits: Sequence[str],
    sheet: str | None,
    decimal: str | None,
) -> CampaignState:
    """Import past results; say how the table was read, what is new, and which columns were not used."""
    definition = opened.service.state(campaign).definition
    names = [*definition.knobs, *definition.measured_targets]
    renamed = read_pairs(columns, names, "parameter or target")
    numbers = numeric_columns(definition, renamed)
    table = _read(opened, path, limits=limits, sheet=sheet, decimal=decimal, numbers=numbers)
    told_notes(table)
    for header in renamed.values():
        table.column(header)  # one that is not there is said before anything else
    state, n_new = opened.service.import_specimens(campaign, table, columns=renamed)
    found = {name: find_column(table, renamed.get(name, name)) for name in names}
    used = {column.name for column in found.values() if column is not None}
    beside = {f"{name}{suffix}" for name in used for suffix in (SD_SUFFIX, N_SUFFIX)}
    named = name_column(table, used)
    unused = [name for name in table.names if name not in used | beside and (named is None or name != named.name)]
    missing = [name for name in definition.measured_targets if found[name] is None]
    there = table.n_rows - n_new
    new = counted(n_new, "specimen is new", "specimens are new")
    known = counted(there, "row was known or holds no result", "rows were known or hold no result")
    say(f"{campaign}: {new}" + (f", {known}" if there else ""))
    if named is not None:
        say(f"specimens keep their names of column {named.name}: files named after them are linked", style="dim")
    if missing:
        say(f"no column for {', '.join(missing)}: not measured (say which by --column NAME=HEADER)", style="yellow")
    if unused:
        say(f"columns not used: {', '.join(unused)}", style="dim")
    return state


def import_sheet(
    opened: Opened, campaign: str, path: Path, *, limits: Sequence[str], sheet: str | None, decimal: str | None
) -> CampaignState:
    """Import a filled-in result sheet; say which specimens are new."""
    before = opened.service.state(campaign)
    numbers = numeric_columns(before.definition)
    table = _read(opened, path, limits=limits, sheet=sheet, decimal=decimal, numbers=numbers)
    waiting = {record.result.id for record in opened.held.records()}
    state = opened.service.import_results(campaign, table)
    new = [s for s, record in state.specimens.items() if before.specimens.get(s) != record]
    said = [f"results of {', '.join(new)} are new"] if new else []
    if n_remarks := _count_remarks(state) - _count_remarks(before):
        said.append(counted(n_remarks, "remark is new", "remarks are new"))
    say(f"{campaign}: {'; '.join(said) or 'nothing new on this sheet'}")
    for held in (record.result for record in opened.held.records(waiting_only=True)):
        if held.id not in waiting:
            say(f"{held.id} waits: {held.reason}; {held.suggestion} (meguri inbox)", style="yellow", wrap=True)
    for proposal, record in state.proposals.items():
        if record.state is not before.proposals[proposal].state:
            say(f"  {proposal} is {record.state.value.replace('_', ' ')}", style="dim")
    return state


def _count_remarks(state: CampaignState) -> int:
    return sum(len(record.remarks) for record in state.proposals.values())


def _read(
    opened: Opened,
    path: Path,
    *,
    limits: Sequence[str],
    sheet: str | None,
    decimal: str | None,
    numbers: Collection[str],
) -> Table:
    return opened.read_table(path, sheet=sheet, detection_limits=_limits(limits), decimal=decimal, numbers=numbers)


def _limits(texts: Sequence[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, sign, value = text.rpartition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is no detection limit; write COLUMN=0.1") from None
        if not sign:
            raise typer.BadParameter(f"{text!r} is no detection limit; write COLUMN=0.1")
    return found
