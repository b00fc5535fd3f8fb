"""Features against what is true, and measured again: `python benchmarks/features/run.py --specimens 50 --seed 61803`.

Specimens of the virtual laboratory are measured three times each by nine instruments: twice in one session, and once
six weeks later when the instrument has drifted, each time mounted anew. Files are read and taken through the shipped
recipes by what `meguri process` calls. The documented figures are those of seed 61803, on which nothing was developed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OMP_NUM_THREADS"] = "1"

from benchmarks.features.remeasuring import Measured, Task, measured, tasks
from benchmarks.features.summary import as_csv, as_markdown, catalogue_rows, catalogued, exactness
from campaigns.polypropylene.laboratory.analysing import ANALYSES

_SAID_EVERY_S = 20.0


def main() -> int:
    """Print both tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specimens", type=int, default=50)
    parser.add_argument("--times", type=int, default=3, help="measurements of each specimen by each instrument")
    parser.add_argument("--seed", type=int, default=61803)
    parser.add_argument("--instruments", default=",".join(ANALYSES), help=f"of {', '.join(ANALYSES)}")
    parser.add_argument("--jobs", type=int, default=1, help="processes, of one thread each")
    parser.add_argument("--out", type=Path, help="folder for features.md, exactness.csv and catalogue.csv")
    asked = parser.parse_args()
    instruments = asked.instruments.split(",")
    if unknown := sorted({*instruments} - {*ANALYSES}):
        parser.error(f"{', '.join(unknown)}: there is no such instrument")
    began, n_seconds = time.monotonic(), time.process_time()
    found = [
        one for some in _all(tasks(asked.specimens, asked.times, asked.seed, instruments), asked.jobs) for one in some
    ]
    faults = [one for one in found if one.derived.fault]
    exact, features = exactness(found), catalogued(found)
    text = (
        f"{asked.specimens} specimens of seed {asked.seed}, {asked.times} measurements each by "
        f"{', '.join(instruments)}: {len(found)} files, of {len(faults)} nothing could be made.\n\n"
    ) + as_markdown(exact, features)
    sys.stdout.write(text)
    for one in faults:
        print(f"{one.specimen} {one.derived.measurement}: {one.derived.fault}", file=sys.stderr)
    print(f"{time.monotonic() - began:.0f} s, {time.process_time() - n_seconds:.0f} s of them here", file=sys.stderr)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "features.md").write_text(text, encoding="utf-8")
        (asked.out / "exactness.csv").write_text(as_csv([asdict(one) for one in exact]), encoding="utf-8")
        (asked.out / "catalogue.csv").write_text(as_csv(catalogue_rows(features)), encoding="utf-8")
    return int(bool(faults))


def _all(wanted: list[Task], jobs: int) -> Iterator[list[Measured]]:
    """Measure all specimens, and say now and then how many are done."""
    last = time.monotonic()
    for n_done, some in enumerate(_measured(wanted, jobs), start=1):
        if time.monotonic() - last >= _SAID_EVERY_S or n_done == len(wanted):
            last = time.monotonic()
            print(f"{n_done} of {len(wanted)} specimens", file=sys.stderr, flush=True)
        yield some


def _measured(wanted: list[Task], jobs: int) -> Iterator[list[Measured]]:
    if jobs == 1:
        yield from map(measured, wanted)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(measured, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
