"""Propose batches in a tight mixture space and time them: `python benchmarks/mixture/run.py --proposals 200`.

Each batch starts afresh from 100 observations of another hidden truth, and counts learning, scoring and searching. A
proposal counts as feasible where it breaks no rule after it was written as decimals and read back.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from fractions import Fraction

from blend import definition, known, observations

from loop.proposers.bayesian import choose
from loop.space.encoding import Encoding
from loop.teaching import taught
from loop.training import evidence_of
from loop.versions import Versions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", type=int, default=200, help="formulations to propose in all")
    parser.add_argument("--batch", type=int, default=4, help="formulations per batch")
    parser.add_argument("--observations", type=int, default=100, help="results known before each batch")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    campaign = definition()
    space = campaign.space()
    encoding, versions = Encoding(space), Versions([campaign])
    shares = list(campaign.ingredients.components)
    seconds, busy, n_feasible, n_exact, n_made, n_repeated = [], [], 0, 0, 0, 0
    for seed in range(-(-arguments.proposals // arguments.batch)):
        rows, results = known(space, encoding, arguments.observations, seed)
        known_ones = taught(campaign, versions, observations(space, rows, results))
        evidence = evidence_of(campaign, encoding, versions, known_ones)
        begun, begun_busy = time.perf_counter(), time.process_time()
        batch = choose(campaign, space, encoding, evidence, count=arguments.batch, seed=seed)
        seconds.append(time.perf_counter() - begun)
        busy.append(time.process_time() - begun_busy)
        seen = {tuple(row) for row in rows}
        for choice in batch:
            made = json.loads(json.dumps(choice.formulation))
            n_made += 1
            n_feasible += not space.violations(made)
            n_exact += sum(Fraction(repr(made[name])) for name in shares) == 100
            row = tuple(space.to_rows([made])[0])
            n_repeated += row in seen
            seen.add(row)
    print(
        f"{n_made} proposals: {n_feasible} feasible after rounding, {n_exact} sum to exactly 100 %, "
        f"{n_repeated} seen before\n"
        f"batch of {arguments.batch} at {arguments.observations} observations, learning included: "
        f"median {statistics.median(seconds):.2f} s, max {max(seconds):.2f} s; "
        f"of processor time median {statistics.median(busy):.2f} s, max {max(busy):.2f} s"
    )


if __name__ == "__main__":
    main()
