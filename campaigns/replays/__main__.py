"""Replay a campaign over a table of real data: ``python -m campaigns.replays NAME TABLE FOLDER``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from campaigns.closed_loop import run_closed_loop
from campaigns.replays.laboratory import TableLaboratory
from services.campaign.definition import CampaignDefinition, read_campaign_definition
from services.campaign.sheets_in import candidate_rows
from services.campaign.wiring import open_service
from services.campaign.workspace import make_workspace
from services.campaign.written import read_table

DEFINITIONS = Path(__file__).with_name("definitions")


def main() -> None:
    """Read the arguments and run."""
    names = sorted(path.stem for path in DEFINITIONS.glob("*.yaml"))
    parser = argparse.ArgumentParser(prog="python -m campaigns.replays", description=__doc__)
    parser.add_argument("name", choices=names, help="which campaign")
    parser.add_argument("table", type=Path, help="its table: CSV or Excel, columns named as the parameters and targets")
    parser.add_argument("folder", type=Path, help="where the workspace is made, or gone on with")
    parser.add_argument("--cycles", type=int, default=8, help="turns of the loop (default %(default)s)")
    parser.add_argument("--database", help="database URL; SQLite in the folder where left out")
    given = parser.parse_args()
    replay(
        given.name,
        given.table,
        given.folder,
        cycles=given.cycles,
        database=given.database,
        console=Console(stderr=True),
    )


def replay(name: str, table: Path, folder: Path, *, cycles: int, database: str | None, console: Console) -> Path:
    """Run a campaign over a table and return the path of its report."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    make_workspace(folder, database_url=database)
    known = read_table(table)
    with open_service(folder, actor="replay") as opened:
        definition = definition_over(name, table)
        campaign = definition.core.campaign
        if definition.core.campaign_id not in opened.service.campaigns():
            opened.service.adopt(definition, reason="replay of a known table")
        laboratory = TableLaboratory(definition.core, known)
        run_closed_loop(opened.service, campaign, laboratory, cycles=cycles, say=console.print)
        report = opened.write_report(campaign)
    console.print(f"report: {report} ({time.monotonic() - began:.0f} s)")
    return report


def definition_over(name: str, table: Path) -> CampaignDefinition:
    """Read a definition whose candidates are the rows of a table."""
    text = (DEFINITIONS / f"{name}.yaml").read_text(encoding="utf-8")
    knobs = read_campaign_definition(text, file_name=f"{name}.yaml", read_table=_no_table).core.knobs
    return read_campaign_definition(
        f"{text}candidates: {{file: {table.name}}}\n",
        file_name=f"{name}.yaml",
        read_table=lambda _: candidate_rows(read_table(table), knobs),
    )


def _no_table(path: str) -> list[dict[str, float | str]]:
    raise OSError(f"{path}: a replay's candidates come with the table it is given")


if __name__ == "__main__":
    main()
