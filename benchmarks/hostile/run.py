"""Ask campaigns with hostile data for a proposal: `python benchmarks/hostile/run.py --sets 500 --seed 1`.

Each set goes the whole way of a campaign: definition, events, `propose_batch`. It passes where a proposal comes that
keeps every rule, is not made or pending already, and comes from the rung that the oracle names (`sets.py`).
"""

from __future__ import annotations

import argparse
import collections
import statistics
import sys
import time
import traceback
import warnings
from dataclasses import dataclass

from sets import MOMENT, HostileSet, draw_set, faults_of

from loop.agent import propose_batch
from loop.errors import SpaceError

_SLOW_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one set."""

    number: int
    kind: str
    shape: str
    answer: str
    seconds: float
    busy: float
    faults: tuple[str, ...]


def ask(number: int, of: HostileSet, *, again: bool) -> Outcome:
    """Ask one campaign for one formulation, and judge the answer; once more where `again`, for the same bits."""
    begun, begun_busy = time.perf_counter(), time.process_time()
    answer, faults = "none", []
    try:
        made = propose_batch(of.state, count=1, at=MOMENT)
    except SpaceError as error:
        answer, faults = "space error", [str(error)]
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        faults = [f"{type(error).__name__}: {str(error)[:150]} ({where.filename.rpartition('/')[2]}:{where.lineno})"]
    seconds, busy = time.perf_counter() - begun, time.process_time() - begun_busy
    if answer == "none" and not faults:
        answer = made.rungs[-1].name if made.rungs else "initial"
        faults = faults_of(of, made)
        if again and propose_batch(of.state, count=1, at=MOMENT) != made:
            faults.append("asked twice, it gave another answer")
    return Outcome(
        number=number, kind=of.kind, shape=of.shape, answer=answer, seconds=seconds, busy=busy, faults=tuple(faults)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500, help="how many sets")
    parser.add_argument("--seed", type=int, default=1, help="origin of all chance")
    parser.add_argument("--first", type=int, default=0, help="number of the first set")
    parser.add_argument("--kind", help="sets of this kind only")
    parser.add_argument("--most", type=int, help="specimens of a set, at most")
    parser.add_argument("--again", type=int, default=10, help="ask every so-manieth set twice")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    outcomes = []
    for number in range(arguments.first, arguments.first + arguments.sets):
        of = draw_set(number, arguments.seed, arguments.kind, most=arguments.most)
        outcomes.append(ask(number, of, again=number % arguments.again == 0))
        last = outcomes[-1]
        if last.faults or last.seconds > _SLOW_S:
            said = "; ".join(last.faults) or f"slow, {last.busy:.1f} s of processor time"
            print(f"{number} {last.kind}, {last.shape}, {last.seconds:.1f} s: {said}", file=sys.stderr, flush=True)
    print(f"{'kind':26} {'sets':>4}  {'answered by':36} {'median s':>8} {'max s':>6} {'max busy s':>10} {'failed':>6}")
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
    for kind in kinds:
        print(row(kind, [outcome for outcome in outcomes if outcome.kind == kind]))
    print(row("all", outcomes))
    sys.exit(any(outcome.faults for outcome in outcomes))


def row(name: str, outcomes: list[Outcome]) -> str:
    """Write one line of the table."""
    answers = collections.Counter(outcome.answer for outcome in outcomes)
    told = ", ".join(f"{answer} {count}" for answer, count in answers.most_common())
    seconds = [outcome.seconds for outcome in outcomes]
    busy = max(outcome.busy for outcome in outcomes)
    failed = sum(bool(outcome.faults) for outcome in outcomes)
    times = f"{statistics.median(seconds):8.2f} {max(seconds):6.2f} {busy:10.2f}"
    return f"{name:26} {len(outcomes):4d}  {told:36} {times} {failed:6d}"


if __name__ == "__main__":
    main()
