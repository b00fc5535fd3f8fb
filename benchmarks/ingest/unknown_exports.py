"""Have profiles of unknown exports drafted: `python benchmarks/ingest/unknown_exports.py`.

Each file imitates the layout of some instrument's software and is written from numbers that are known. For each:
whether the drafted profile reads it rightly at the first try — pieces, quantities, units, every value, specimens,
segments — is refused with a reason, or reads something that is not so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_amounts import more_tables, tables
from benchmarks.ingest.unknown_books import books
from benchmarks.ingest.unknown_mechanical import bars, more_mechanical
from benchmarks.ingest.unknown_spectra import chromatograms, more_spectra, spectra
from benchmarks.ingest.unknown_thermal import more_thermal, thermal
from benchmarks.ingest.unknown_truth import Export, wrong_in
from services.ingest.errors import UnreadableFile
from services.ingest.profiles.guess import guess


def exports() -> list[Export]:
    """All of them."""
    every = (
        thermal,
        more_thermal,
        bars,
        more_mechanical,
        spectra,
        more_spectra,
        chromatograms,
        tables,
        more_tables,
        books,
    )
    return [export for makers in every for export in makers()]


def tried(export: Export, data: bytes) -> tuple[str, str]:
    """Return right, wrong or refused, and why."""
    try:
        drafted = guess(data, export.name)
    except UnreadableFile as error:
        return "refused", str(error)
    if drafted.fault:
        return "refused", drafted.fault
    wrong = wrong_in(export, drafted.readings)
    return ("wrong", "; ".join(wrong[:4])) if wrong else ("right", "")


def main() -> int:
    """Write the files, draft, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="keep the files in this folder")
    asked = parser.parse_args()
    tally: Counter[str] = Counter()
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for export in exports():
            path = folder / export.name
            path.write_bytes(export.data)
            started = time.perf_counter()
            fate, why = tried(export, path.read_bytes())
            seconds.append(time.perf_counter() - started)
            tally[fate] += 1
            print(f"{export.name:24} {fate:8} {seconds[-1]:5.2f} s  {export.imitates}")
            if why:
                print(f"{'':24} {why}")
    total = sum(tally.values())
    print(

            f"{tally['right']} of {total} read rightly at the first try, {tally['refused']} refused, "
            f"{tally['wrong']} wrong; "

    )
    print(f"{sum(seconds):.1f} s in all, {max(seconds):.2f} s at most")
    return 0 if not tally["wrong"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
