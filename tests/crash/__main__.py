"""Kill campaigns and count what is lost: ``python -m tests.crash --kills 200 --points all``.

Every crash point of two cycles, then kills at random instants with two workers contending, on SQLite and PostgreSQL,
with a laboratory that reports and with people who send sheets. Ends with 1 where anything was lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from services.store import open_database
from tests.crash.scenario import SCENARIOS
from tests.crash.stage import PostgresStages, SqliteStages, Stages
from tests.crash.trials import Trial, killed_at, killed_at_random, one_cycle, undisturbed
from tests.postgres import Cluster, roomy_memory

_LEAST_INSIDE = 0.5
"""Share of the random kills that have to hit inside a write, or the run proves too little."""


@dataclass
class Tally:
    """What came of one kind of kills on one database."""

    database: str
    scenario: str
    kind: str
    n: int = 0
    n_inside: int = 0
    points: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, trial: Trial) -> None:
        """Count one kill."""
        self.n += 1
        self.n_inside += trial.is_inside_a_write
        self.points[trial.last_point] = self.points.get(trial.last_point, 0) + 1
        self.faults += [f"{trial.aim} ({trial.last_point}): {fault}" for fault in trial.faults]


def main() -> int:
    """Run what was asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=25, help="random kills a database (default %(default)s)")
    parser.add_argument(
        "--points", choices=("all", "none"), default="all", help="kill at every crash point, or at none"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random kills (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="kills at once (default %(default)s)")
    parser.add_argument("--log", type=Path, help="write what came of it into this file")
    given = parser.parse_args()
    began, tallies = time.monotonic(), list[Tally]()
    root = Path(tempfile.mkdtemp(prefix="meguri-crash-", dir=roomy_memory()))
    try:
        with _cluster(root / "postgres") as cluster:
            for stages in (SqliteStages(root / "sqlite"), PostgresStages(root / "pg", cluster)):
                for scenario in SCENARIOS:
                    tallies += _scenario(stages, scenario, given)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    text = _report(tallies, given, time.monotonic() - began)
    print(text)
    if given.log is not None:
        given.log.write_text(text, encoding="utf-8")
    is_enough = _share_inside(tallies) >= _LEAST_INSIDE or given.kills < len(SCENARIOS)
    return 1 if any(tally.faults for tally in tallies) or not is_enough else 0


def _scenario(stages: Stages, scenario: str, given: argparse.Namespace) -> Iterator[Tally]:
    start = one_cycle(stages, scenario)
    wanted, marks = undisturbed(stages, start, scenario)
    print(f"{stages.kind}, {scenario}: {len(marks)} crash points in {marks[-1].at - marks[0].at:.2f} s", flush=True)
    if given.points == "all":
        tally = Tally(stages.kind, scenario, "every crash point")
        _run(tally, [lambda k=k: killed_at(stages, start, scenario, k, wanted) for k in range(len(marks))], given.jobs)
        yield tally
    n = given.kills // len(SCENARIOS) + (given.kills % len(SCENARIOS) if scenario == next(iter(SCENARIOS)) else 0)
    tally = Tally(stages.kind, scenario, "random instants, two workers")
    seeds = [f"{given.seed} {stages.kind} {scenario} {k}" for k in range(n)]
    trials = [
        lambda seed=seed: killed_at_random(stages, start, scenario, random.Random(seed), wanted, marks)
        for seed in seeds
    ]
    _run(tally, trials, given.jobs)
    yield tally


def _run(tally: Tally, trials: list[Callable[[], Trial]], jobs: int) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for trial in pool.map(lambda work: work(), trials):
            tally.add(trial)
            if trial.faults:
                print(f"FAULT {tally.database} {tally.scenario} {trial}", flush=True)
            elif tally.n % 20 == 0:
                print(f"  {tally.database} {tally.scenario}, {tally.kind}: {tally.n} of {len(trials)}", flush=True)
    tally.seconds = time.monotonic() - began


class _cluster:  # noqa: N801  (reads as a word where it is used)
    """A throwaway PostgreSQL cluster."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> Cluster:
        self._root.mkdir(parents=True)
        self._root.parent.chmod(0o755)
        self._cluster = Cluster.in_folder(self._root)
        self._cluster.ensure_started(lambda url: open_database(url).dispose())
        return self._cluster

    def __exit__(self, *_: object) -> None:
        self._cluster.stop()


def _share_inside(tallies: list[Tally]) -> float:
    random_ones = [tally for tally in tallies if tally.kind.startswith("random")]
    return sum(t.n_inside for t in random_ones) / max(1, sum(t.n for t in random_ones))


def _report(tallies: list[Tally], given: argparse.Namespace, seconds: float) -> str:
    random_ones = [tally for tally in tallies if tally.kind.startswith("random")]
    n, inside = sum(t.n for t in random_ones), sum(t.n_inside for t in random_ones)
    n_faults = sum(len(t.faults) for t in tallies)
    lines = [
        f"python -m tests.crash --kills {given.kills} --points {given.points} --seed {given.seed}",
        "",
        f"{'database':<12}{'results by':<12}{'killed at':<30}{'kills':>6}{'inside a write':>16}{'faults':>8}",
    ]
    for t in tallies:
        lines.append(f"{t.database:<12}{t.scenario:<12}{t.kind:<30}{t.n:>6}{t.n_inside:>16}{len(t.faults):>8}")
    share = _share_inside(tallies)
    lines += [
        "",
        f"{sum(t.n for t in tallies)} kills in {seconds:.0f} s; {n_faults} lost, doubled, changed or hung.",
        f"{inside} of {n} random kills ({share:.0%}) hit inside a write: an open transaction, an fsync, a rename, a",
        "delivery. After each kill the journal, the work orders, what reached the laboratory and the waiting results",
        "were compared, byte for byte, with those of a campaign that nobody killed.",
        "",
        "Where the random kills hit (last crash point passed):",
    ]
    points: dict[str, int] = {}
    for t in random_ones:
        for point, count in t.points.items():
            points[point] = points.get(point, 0) + count
    lines += [f"  {count:>4}  {point}" for point, count in sorted(points.items(), key=lambda item: (-item[1], item[0]))]
    for t in tallies:
        lines += [f"FAULT {t.database} {t.scenario} {t.kind}: {fault}" for fault in t.faults]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
