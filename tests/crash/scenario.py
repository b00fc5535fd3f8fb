"""The campaign that is killed again and again: three cycles of two films, and how a person would answer its sheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from services.disk import write_whole
from tests.services.campaign.tiny import TINY, strength

CAMPAIGN = "PP01"
_BY_ITSELF = TINY + (
    "budget: {cycles: 3}\nschedule: {every: 1 s, approval: automatic, attempts: 4, give_up: abandon, overdue: 30 d}\n"
)

SCENARIOS = {
    "laboratory": _BY_ITSELF + "lab: {name: films, seed: 4, failures: 0.3}\n",
    "people": _BY_ITSELF + "lab: {name: manual}\n",
}
"""Results that a laboratory reports, some of which fail; sheets that people fill in, with a row that fits nothing."""

AT_REST = "the budget is spent"


def answer_sheets(folder: Path) -> None:
    """Fill in every sheet of the outbox that was not answered yet, as people do; each with one row of nobody."""
    for sheet in sorted((folder / "outbox").glob("*.csv")):
        places = [folder / "inbox" / sheet.name, folder / "inbox" / "taken" / sheet.name]
        if any(place.exists() for place in places):
            continue
        rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, ["proposal", "temperature", "screw", "strength [MPa]"], extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            told = {"temperature": float(row["temperature [°C]"]), "screw": row["screw"]}
            writer.writerow({"proposal": row["proposal"], **told, "strength [MPa]": strength(told)})
        writer.writerow({"proposal": f"{CAMPAIGN}-C099-01", "temperature": 200, "screw": "fast", "strength [MPa]": 7})
        write_whole(folder / "inbox" / sheet.name, out.getvalue().encode(), "answer")
