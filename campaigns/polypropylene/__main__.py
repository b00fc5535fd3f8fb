"""Let the polypropylene campaign go from past specimens to the report: ``python -m campaigns.polypropylene FOLDER``."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from campaigns.by_itself import main, run_by_itself
from campaigns.polypropylene.past import PAST
from campaigns.polypropylene.population import DEFINITION, read_text
from services.campaign.definition import CampaignDefinition

CYCLES = 6
_BUDGET = "budget: {specimens: 80}"
_DELAY = "delay: 5 s"


def by_itself(cycles: int) -> CampaignDefinition:
    """Return the definition as shipped, with so many cycles for its budget and a laboratory in haste."""
    text = DEFINITION.read_text(encoding="utf-8")
    for known in (_BUDGET, _DELAY):
        if known not in text:
            raise ValueError(f"{DEFINITION} says no {known!r}")
    budget = f"budget: {{specimens: {max(80, 8 * cycles)}, cycles: {cycles}}}"
    return read_text(text.replace(_BUDGET, budget).replace(_DELAY, "delay: 1 s"))


def run(folder: Path, *, cycles: int, database: str | None, console: Console) -> Path:
    """Let the campaign go on by itself in a folder, from where it was left; return the path of its report."""
    return run_by_itself(folder, by_itself(cycles), past=PAST, cycles=cycles, database=database, console=console)


if __name__ == "__main__":
    main("campaigns.polypropylene", __doc__, definition=by_itself, past=PAST, cycles=CYCLES)
