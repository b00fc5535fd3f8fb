"""Let the compound campaign go from past results to the report by itself: ``python -m campaigns.compound FOLDER``."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from campaigns.by_itself import main, run_by_itself
from loop.values import Setting
from services.campaign.definition import CampaignDefinition, read_campaign_definition

CYCLES = 6
_DEFINITION = Path(__file__).with_name("definition.yaml")
_PAST = Path(__file__).with_name("past_results.csv")
_BY_ITSELF = """\
schedule: {every: 1 s, approval: automatic, attempts: 3, give_up: abandon, overdue: 1 h}
lab: {name: compound, delay: 1 s, failures: 0.08}
"""


def run(folder: Path, *, cycles: int, database: str | None, console: Console) -> Path:
    """Let the campaign go on by itself in a folder, from where it was left; return the path of its report."""
    return run_by_itself(folder, by_itself(cycles), past=_PAST, cycles=cycles, database=database, console=console)


def by_itself(cycles: int) -> CampaignDefinition:
    """Return the definition with a virtual laboratory that takes its time and breaks things, and nobody to ask."""
    text = _DEFINITION.read_text(encoding="utf-8")
    budget = "budget: {specimens: 60}"
    if budget not in text:
        raise ValueError(f"{_DEFINITION} says no {budget!r}")
    text = text.replace(budget, f"budget: {{specimens: {max(60, 8 * cycles)}, cycles: {cycles}}}")
    return read_campaign_definition(f"{text}\n{_BY_ITSELF}", file_name=_DEFINITION.name, read_table=_no_table)


def _no_table(file: str) -> list[dict[str, Setting]]:
    raise OSError(f"{file}: this campaign names no table")


if __name__ == "__main__":
    main("campaigns.compound", __doc__, definition=by_itself, past=_PAST, cycles=CYCLES)
