"""Let the compound campaign go from past results to the report by itself: ``python -m campaigns.compound FOLDER``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from loop.values import Setting
from services.campaign.definition import CampaignDefinition, read_campaign_definition
from services.campaign.service import CampaignService
from services.campaign.wiring import open_service
from services.campaign.workspace import make_workspace

CYCLES = 6
_DEFINITION = Path(__file__).with_name("definition.yaml")
_PAST = Path(__file__).with_name("past_results.csv")
_BY_ITSELF = """\
schedule: {every: 1 s, approval: automatic, attempts: 3, give_up: abandon, overdue: 1 h}
lab: {name: compound, delay: 1 s, failures: 0.08}
"""
_LOOK_S = 0.2


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m campaigns.compound", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the workspace is made, or gone on with")
    parser.add_argument("--cycles", type=int, default=CYCLES, help="turns of the loop (default %(default)s)")
    parser.add_argument("--database", help="database URL; SQLite in the folder where left out")
    arguments = parser.parse_args()
    run(arguments.folder, cycles=arguments.cycles, database=arguments.database, console=Console(stderr=True))


def run(folder: Path, *, cycles: int, database: str | None, console: Console) -> Path:
    """Let the campaign go on by itself in a folder, from where it was left; return the path of its report."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    make_workspace(folder, database_url=database)
    with open_service(folder, actor="demo") as opened:
        service, definition = opened.service, by_itself(cycles)
        campaign = definition.core.campaign
        if definition.core.campaign_id not in service.campaigns():
            service.adopt(definition, reason="demo")
        elif service.state(campaign).definition != definition.core:
            service.adopt(definition, reason=f"{cycles} cycles")
        _, n_new = service.import_specimens(campaign, opened.read_table(_PAST))
        console.print(f"{definition.core.title}: {n_new} past results are new")
        with opened.running(engine="serial") as runner:
            while not is_over(service, campaign, cycles):
                for step in runner.turn(campaign).steps:
                    console.print(f"  {step}")
                time.sleep(_LOOK_S)
        report = opened.write_report(campaign)
    console.print(f"report: {report} ({time.monotonic() - began:.0f} s)")
    return report


def by_itself(cycles: int) -> CampaignDefinition:
    """Return the definition with a virtual laboratory that takes its time and breaks things, and nobody to ask."""
    text = _DEFINITION.read_text(encoding="utf-8")
    budget = "budget: {specimens: 60}"
    if budget not in text:
        raise ValueError(f"{_DEFINITION} says no {budget!r}")
    text = text.replace(budget, f"budget: {{specimens: {max(60, 8 * cycles)}, cycles: {cycles}}}")
    return read_campaign_definition(f"{text}\n{_BY_ITSELF}", file_name=_DEFINITION.name, read_table=_no_table)


def is_over(service: CampaignService, campaign: str, cycles: int) -> bool:
    """Say whether so many cycles are closed and the model learned of the last."""
    state = service.state(campaign)
    closed = [cycle for cycle in state.cycles.values() if cycle.closed_seq is not None]
    return len(closed) >= cycles and not state.open_proposals and bool(state.refits or cycles == 0)


def _no_table(file: str) -> list[dict[str, Setting]]:
    raise OSError(f"{file}: this campaign names no table")


if __name__ == "__main__":
    main()
