"""Take a laboratory's files in, all the way: `python benchmarks/ingest/campaign.py --clean 450 --faults 200 --seed 1`.

From folders into kept files and booked measurements of a campaign, on SQLite, with two reading processes; then beside
each other. Says how many clean files are held, how many faults are, and for the right reason, and how long
diffractograms of 9500 points take (`--waxs 450 5000`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.faults import write_faults
from benchmarks.ingest.laboratory import specimen_id, waxs_files, write_clean
from services.campaign.intake.arrival import Outcome
from services.campaign.intake.arrivals import arrivals_in
from services.campaign.intake.intake import Intake
from services.campaign.intake.names import Names
from services.campaign.intake.rules import Rules
from services.campaign.plan import CampaignPlan
from services.campaign.written import read_table
from services.ingest.sandbox import Sandbox
from services.store import open_database
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

MOST_CLEAN_HELD, MOST_SECONDS = 0.01, 60.0
N_SPECIMENS = {"clean": 450, "faults": 900, "waxs": 6000}


class Now:
    """Tells the time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@contextmanager
def workspace(folder: Path, n_specimens: int) -> Iterator[tuple[Intake, SqlMeasurements]]:
    """A campaign of many specimens, with nothing measured yet."""
    proposals = tuple(specimen_id(n).removesuffix("-S1") for n in range(n_specimens))
    rules = Rules(Names(campaigns=("PP01",), proposals=proposals), {"PP01": CampaignPlan()})
    folder.mkdir()
    database = open_database(f"sqlite:///{folder / 'meguri.db'}")
    store = SqlMeasurements(database)
    with Sandbox(2) as sandbox:
        yield (
            Intake(
                blobs=Blobs(folder / "blobs"),
                measurements=store,
                sandbox=sandbox,
                rules=lambda: rules,
                clock=Now(),
                actor="benchmark",
            ),
            store,
        )
    database.dispose()


def take(intake: Intake, folder: Path) -> list[Outcome]:
    """Take a folder in and look at it beside what is there."""
    outcomes = list(intake.take(arrivals_in([folder], read_table)))
    for _ in intake.review():
        pass
    return outcomes


def why_held(outcome: Outcome, store: SqlMeasurements) -> str:
    """Say why a file trains nothing yet; empty where all of it does."""
    if outcome.fate == "refused":
        return f"refused: {outcome.reason} ({outcome.hint})"
    now = store.measurements(file=outcome.hash)
    told = [m.waits_because for m in now if m.waits_because]
    told += [f"{kind}: {message}" for m in now if m.judgement != "kept" for kind, message in m.doubts]
    return "; ".join(dict.fromkeys([*told, *outcome.notes]))


def clean(folder: Path, n: int, seed: int) -> bool:
    """Take clean files in: hardly any may be held."""
    files = folder / "clean"
    files.mkdir()
    write_clean(files, n, seed)
    with workspace(folder / "of clean", N_SPECIMENS["clean"]) as (intake, store):
        outcomes = take(intake, files)
        held = {o.arrival.name: why for o in outcomes if (why := why_held(o, store))}
    print(f"clean files held: {len(held)} of {len(outcomes)} ({100 * len(held) / len(outcomes):.1f} %; at most 1 %)")
    for name, why in held.items():
        print(f"  {name}: {why}")
    return len(held) <= MOST_CLEAN_HELD * len(outcomes)


def faults(folder: Path, n: int, seed: int) -> bool:
    """Take spoilt files in among clean ones: each must be held for what was planted, and nothing else."""
    files = folder / "faults"
    files.mkdir()
    planted = {one.path.name: one for one in write_faults(files, n, seed + 1)}
    twins = {path.name for path in files.iterdir()} - set(planted)
    beside = {path.name for path in write_clean(files, 100, seed + 2) if path.name not in planted}
    held, wrong, among = Counter[str](), list[str](), list[str]()
    with workspace(folder / "of faults", N_SPECIMENS["faults"]) as (intake, store):
        for outcome in take(intake, files):
            name, why = outcome.arrival.name, why_held(outcome, store)
            one = planted.get(name)
            if one is None:
                among += [f"{name}: {why}"] if why and name in beside - twins else []
            elif any(word in why for word in one.reasons):
                held[one.kind] += 1
            else:
                wrong.append(f"{name}: {one.kind}: {why or 'passed'}")
    wanted = Counter(one.kind for one in planted.values())
    for kind, count in wanted.items():
        print(f"{kind:28} {held[kind]:4} of {count:4} held for the right reason")
    print(
        f"{'all':28} {held.total():4} of {wanted.total():4}; of {len(beside)} clean ones among them {len(among)} held"
    )
    for line in (*wrong, *among):
        print(f"  {line}")
    return not wrong and not among


def timed(folder: Path, n: int, seed: int) -> bool:
    """Take diffractograms in and say how long it takes."""
    files = folder / f"waxs {n}"
    files.mkdir()
    waxs_files(files, n, seed)
    with workspace(folder / f"of waxs {n}", N_SPECIMENS["waxs"]) as (intake, store):
        began = time.monotonic()
        outcomes = take(intake, files)
        seconds = time.monotonic() - began
        n_booked = len(store.measurements())
    print(f"{n} diffractograms of 9500 points: {seconds:.1f} s, {1000 * seconds / n:.0f} ms each, {n_booked} booked")
    return all(o.fate == "new" for o in outcomes) and seconds <= MOST_SECONDS * max(1.0, n / 450)


def main() -> int:
    """Print what became of the files; fail where a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--clean", type=int, default=450)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--waxs", type=int, nargs="*", default=[450], help="how many to time, one run each")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        met = [clean(folder, asked.clean, asked.seed)] if asked.clean else []
        met += [faults(folder, asked.faults, asked.seed)] if asked.faults else []
        met += [timed(folder, n, asked.seed) for n in asked.waxs]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
