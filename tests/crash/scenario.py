"""The campaign that is killed again and again: three cycles of two films, and how people would answer its sheets.

They measure too: each sheet comes back with a spectrum in a folder of its day, and a diffractogram in a zip.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from services.disk import write_whole
from tests.services.campaign.intake.files import ftir, waxs
from tests.services.campaign.tiny import TINY, strength

CAMPAIGN = "PP01"
_BY_ITSELF = TINY + (
    "budget: {cycles: 3}\nschedule: {every: 1 s, approval: automatic, attempts: 4, give_up: abandon, overdue: 30 d}\n"
)

SCENARIOS = {
    "laboratory": _BY_ITSELF + "lab: {name: films, seed: 4, failures: 0.3}\n",
    "people": _BY_ITSELF + "lab: {name: manual}\n",
}
"""Results that a laboratory reports, some of which fail; sheets that people fill in, with a row that fits nothing, and
files of instruments."""

AT_REST = "the budget is spent"


def answer_sheets(folder: Path) -> None:
    """Fill in every sheet of the outbox that was not answered yet, as people do; each with one row of nobody."""
    for sheet in sorted((folder / "outbox").glob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
        for name, content in _files(sheet.stem, rows[0]["proposal"]):
            _put(folder / "inbox", name, content)
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, ["proposal", "temperature", "screw", "strength [MPa]"], extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            told = {"temperature": float(row["temperature [°C]"]), "screw": row["screw"]}
            writer.writerow({"proposal": row["proposal"], **told, "strength [MPa]": strength(told)})
        writer.writerow({"proposal": f"{CAMPAIGN}-C099-01", "temperature": 200, "screw": "fast", "strength [MPa]": 7})
        _put(folder / "inbox", sheet.name, out.getvalue().encode())


def _put(inbox: Path, name: str, content: bytes) -> None:
    """Put a file into the inbox, unless it is there, or was."""
    if not any((inbox / where / name).exists() for where in ("", "taken")):
        write_whole(inbox / name, content, "answer")


def _files(day: str, proposal: str) -> Iterator[tuple[str, bytes]]:
    """What the instruments of a day wrote: of the first film a spectrum, of nobody yet a diffractogram."""
    seed = int(proposal.replace("-", "").removeprefix(CAMPAIGN).removeprefix("C"))
    yield f"{day}/{proposal}-S1.csv", ftir(seed)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{seed}.xy"), waxs(seed, n=60))
    yield f"{day}.zip", packed.getvalue()
