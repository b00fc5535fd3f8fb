"""Run the compound campaign from past results to the report: ``python -m campaigns.compound FOLDER``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from campaigns.closed_loop import run_closed_loop
from campaigns.compound.laboratory import CompoundLaboratory
from services.campaign.wiring import open_service
from services.campaign.workspace import make_workspace

CYCLES = 6
_DEFINITION = Path(__file__).with_name("definition.yaml")
_PAST = Path(__file__).with_name("past_results.csv")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m campaigns.compound", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the workspace is made, or gone on with")
    parser.add_argument("--cycles", type=int, default=CYCLES, help="turns of the loop (default %(default)s)")
    parser.add_argument("--database", help="database URL; SQLite in the folder where left out")
    arguments = parser.parse_args()
    run(arguments.folder, cycles=arguments.cycles, database=arguments.database, console=Console(stderr=True))


def run(folder: Path, *, cycles: int, database: str | None, console: Console) -> Path:
    """Run the campaign in a folder and return the path of its report."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    make_workspace(folder, database_url=database)
    with open_service(folder, actor="demo") as opened:
        service = opened.service
        definition = opened.read_definition(_DEFINITION)
        if definition.core.campaign_id not in service.campaigns():
            service.adopt(definition, reason="demo")
            _, n_new = service.import_specimens(definition.core.campaign, opened.read_table(_PAST))
            console.print(f"{definition.core.title}: {n_new} past results taken in")
        campaign = definition.core.campaign
        mixture = definition.core.ingredients
        assert mixture is not None  # noqa: S101  (the definition beside this file has one)
        laboratory = CompoundLaboratory(mixture.components)
        run_closed_loop(service, campaign, laboratory, cycles=cycles, say=console.print)
        report = opened.write_report(campaign)
    console.print(f"report: {report} ({time.monotonic() - began:.0f} s)")
    return report


if __name__ == "__main__":
    main()
