"""Have profiles of unknown exports drafted: `python benchmarks/ingest/unknown_exports.py`.

Each file imitates the layout of some instrument's software and is written from numbers that are known. For each:
whether the drafted profile reads it rightly at the first try — pieces, quantities, units, every value, specimens,
segments — is refused with a reason, or reads something that is not so; and what the profiles that come along make
of it unasked.
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
from benchmarks.ingest.unknown_pitfalls import pitfalls, unreadable
from benchmarks.ingest.unknown_spectra import chromatograms, more_spectra, spectra
from benchmarks.ingest.unknown_thermal import more_thermal, thermal
from benchmarks.ingest.unknown_truth import Export, wrong_in
from services.ingest.errors import UnreadableFile
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.guess import guess
from services.ingest.profiles.matching import choose
from services.ingest.profiles.reading import apply_profile
from services.records.reading import Reading

_QUESTION = "? its commas may be decimal or group thousands"


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
        pitfalls,
        unreadable,
    )
    return [export for makers in every for export in makers()]


def drafted(export: Export, data: bytes) -> tuple[str, str]:
    """Have a profile drafted; return right, wrong, asked or refused, and why."""
    try:
        made = guess(data, export.name)
    except UnreadableFile as error:
        return "refused", str(error)
    if made.fault:
        return "refused", made.fault
    if _QUESTION in made.text and not export.pieces:
        return "asked", "its numbers can be read in two ways, and the draft says so"
    return _judged(export, made.readings)


def shipped(export: Export, data: bytes) -> tuple[str, str]:
    """Have the profiles that come along read it unasked; return right, wrong, unknown or refused, and why."""
    try:
        entry = choose(export.name, data, catalogue().entries)
        if entry is None:
            return "unknown", ""
        return _judged(export, apply_profile(entry.profile, export.name, data))
    except UnreadableFile as error:
        return "refused", str(error)


def _judged(export: Export, readings: tuple[Reading, ...]) -> tuple[str, str]:
    wrong = wrong_in(export, readings) if export.pieces else ["it was read, and can be read in several ways"]
    return ("wrong", "; ".join(wrong[:4])) if wrong else ("right", "")


def main() -> int:
    """Write the files, draft, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="keep the files in this folder")
    keep = parser.parse_args().keep
    tallies: dict[tuple[str, bool], Counter[str]] = {}
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for export in exports():
            path = folder / export.name
            path.write_bytes(export.data)
            started = time.perf_counter()
            fate, why = drafted(export, path.read_bytes())
            seconds.append(time.perf_counter() - started)
            unasked, why_unasked = shipped(export, path.read_bytes())
            print(f"{export.name:24} {fate:8} {seconds[-1]:5.2f} s  unasked: {unasked:8} {export.imitates}")
            for said, reason in (("", why), ("unasked: ", why_unasked)):
                if reason:
                    print(f"{'':24} {said}{reason}")
            for way, outcome in (("drafted", fate), ("unasked", unasked)):
                tallies.setdefault((way, bool(export.pieces)), Counter())[outcome] += 1
    for (way, is_readable), tally in sorted(tallies.items(), key=lambda one: not one[0][1]):
        kind = "that can be read" if is_readable else "that cannot be read for sure"
        told = ", ".join(f"{count} {outcome}" for outcome, count in tally.most_common())
        print(f"{way}: of {tally.total()} files {kind} {told}")
    print(f"{sum(seconds):.1f} s for all drafts, {max(seconds):.2f} s at most")
    return 1 if any(tally["wrong"] for tally in tallies.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
