"""Let a campaign go from past results to the report by itself, in a folder of its own; started again, it goes on."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from services.campaign.definition import CampaignDefinition
from services.campaign.service import CampaignService
from services.campaign.wiring import open_service
from services.campaign.workspace import make_workspace

__all__ = ["is_over", "main", "run_by_itself"]

_LOOK_S = 0.2


def main(
    name: str, says: str, *, definition: Callable[[int], CampaignDefinition], past: Path, cycles: int
) -> None:  # pragma: no cover - run by make
    """Read the arguments of ``python -m NAME FOLDER`` and run."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=says)
    parser.add_argument("folder", type=Path, help="where the workspace is made, or gone on with")
    parser.add_argument("--cycles", type=int, default=cycles, help="turns of the loop (default %(default)s)")
    parser.add_argument("--database", help="database URL; SQLite in the folder where left out")
    arguments = parser.parse_args()
    run_by_itself(
        arguments.folder,
        definition(arguments.cycles),
        past=past,
        cycles=arguments.cycles,
        database=arguments.database,
        console=Console(stderr=True),
    )


def run_by_itself(
    folder: Path,
    definition: CampaignDefinition,
    *,
    past: Path,
    cycles: int,
    database: str | None,
    console: Console,
) -> Path:
    """Let a campaign go on by itself until so many cycles are closed; return the path of its report.

    Parameters
    ----------
    definition
        With a laboratory that reports by itself, and nobody to ask.
    past
        Table of past results.
    """
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    make_workspace(folder, database_url=database)
    with open_service(folder, actor="demo") as opened:
        service, campaign = opened.service, definition.core.campaign
        if definition.core.campaign_id not in service.campaigns():
            service.adopt(definition, reason="demo")
        elif service.state(campaign).definition != definition.core:
            service.adopt(definition, reason=f"{cycles} cycles")
        _, n_new = service.import_specimens(campaign, opened.read_table(past))
        console.print(f"{definition.core.title}: {n_new} past results are new")
        with opened.running(engine="serial") as runner:
            while not is_over(service, campaign, cycles):
                for step in runner.turn(campaign).steps:
                    console.print(f"  {step}")
                time.sleep(_LOOK_S)
        report = opened.write_report(campaign)
    console.print(f"report: {report} ({time.monotonic() - began:.0f} s)")
    return report


def is_over(service: CampaignService, campaign: str, cycles: int) -> bool:
    """Say whether so many cycles are closed and the model learned of the last."""
    state = service.state(campaign)
    closed = [cycle for cycle in state.cycles.values() if cycle.closed_seq is not None]
    return len(closed) >= cycles and not state.open_proposals and bool(state.refits or cycles == 0)
