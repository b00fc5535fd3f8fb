"""Read a laboratory's files and its faults: `python benchmarks/ingest/run.py --clean 450 --faults 200 --seed 1`.

Says how many clean files were refused or doubted, how many faults were held and for the right reason, and how long as
many diffractograms of 9500 points take with two processes. Faults that only a campaign can tell (duplicates, ids that
contradict each other or that nobody knows) are counted apart: reading a file by itself cannot hold them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.faults import Planted, write_faults
from benchmarks.ingest.laboratory import waxs_files, write_clean
from services.ingest.doubts import doubts_of
from services.ingest.errors import UnreadableFile
from services.ingest.reading import ReadFile
from services.ingest.sandbox import Sandbox

MOST_CLEAN_HELD = 0.01
MOST_SECONDS = 60.0


@dataclass
class Result:
    """What became of the files."""

    n_clean: int = 0
    clean_held: dict[str, str] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    passed: list[str] = field(default_factory=list)
    wrong_reason: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether every bar is met."""
        few = len(self.clean_held) <= MOST_CLEAN_HELD * self.n_clean
        return few and not self.passed and not self.wrong_reason and self.seconds <= MOST_SECONDS


def why_held(read: ReadFile | UnreadableFile) -> str:
    """Return why a file is not taken unseen: refused, or doubted; empty where it is."""
    if isinstance(read, UnreadableFile):
        return f"{read.reason} ({read.hint})"
    return "; ".join(f"{d.kind}: {d.message}" for reading in read.readings for d in doubts_of(reading))


def read_clean(sandbox: Sandbox, paths: Iterable[Path], result: Result) -> None:
    """Read clean files: none should be held."""
    for path, read in sandbox.read_all(paths):
        result.n_clean += 1
        why = why_held(read)
        if why:
            result.clean_held[path.name] = why


def read_faults(sandbox: Sandbox, planted: Iterable[Planted], result: Result) -> None:
    """Read spoilt files: each should be held, for what was planted."""
    wanted = [one for one in planted if not one.needs_campaign]
    for one, (path, read) in zip(wanted, sandbox.read_all([one.path for one in wanted]), strict=True):
        result.planted[one.kind] += 1
        why = why_held(read)
        if not why:
            result.passed.append(f"{path.name}: {one.kind}")
        elif not any(word in why for word in one.reasons):
            result.wrong_reason[path.name] = f"{one.kind}: {why}"
        else:
            result.held[one.kind] += 1


def main() -> int:
    """Print what became of the files; fail where a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--clean", type=int, default=450)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--waxs", type=int, default=450, help="diffractograms of 9500 points to time; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    result = Result()
    with tempfile.TemporaryDirectory() as folder, Sandbox(2) as sandbox:
        places = [Path(folder) / name for name in ("clean", "faults", "waxs")]
        for place in places:
            place.mkdir()
        read_clean(sandbox, write_clean(places[0], asked.clean, asked.seed), result)
        planted = write_faults(places[1], asked.faults, asked.seed + 1)
        read_faults(sandbox, planted, result)
        if asked.waxs:
            paths = waxs_files(places[2], asked.waxs, asked.seed)
            began = time.monotonic()
            for _, read in sandbox.read_all(paths):
                why_held(read)
            result.seconds = time.monotonic() - began
    _print(result, sum(one.needs_campaign for one in planted), asked.waxs)
    return int(not result.is_good)


def _print(result: Result, n_campaign: int, n_waxs: int) -> None:
    share = 100 * len(result.clean_held) / max(result.n_clean, 1)
    print(f"clean files held: {len(result.clean_held)} of {result.n_clean} ({share:.1f} %; at most 1 %)")
    for name, why in result.clean_held.items():
        print(f"  {name}: {why}")
    for kind, n in result.planted.items():
        print(f"{kind:28} {result.held[kind]:4} of {n:4} held for the right reason")
    print(
        f"{'all':28} {sum(result.held.values()):4} of {sum(result.planted.values()):4}; {n_campaign} left to a campaign"
    )
    for line in result.passed:
        print(f"  passed: {line}")
    for name, why in result.wrong_reason.items():
        print(f"  other reason: {name}: {why}")
    if n_waxs:
        print(f"{n_waxs} diffractograms of 9500 points: {result.seconds:.1f} s (at most {MOST_SECONDS:.0f} s)")


if __name__ == "__main__":
    raise SystemExit(main())
