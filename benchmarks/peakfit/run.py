"""Fit curves whose peaks are known, with several fitters: `python benchmarks/peakfit/run.py --curves 200 --seed 0`.

`--curves` are curves of each family; noise levels and numbers of points take turns. The documented figures are those of
`--seed 0`; whoever changes a fitter looks at seeds from 5000 on and never at those. P, R, F1 and F1q pool peaks of all
curves, with 95 % bootstrap intervals over curves; only peaks with d_eff of at least 6 count as missed. Coverage is that
of 95 % intervals of positions over good hits, their width is given against the oracle's on the same peaks. Times are of
the processor, one thread, compiled code warm. `--draw FOLDER` draws instead; `--nist FOLDER` adds NIST's Gauss1-3.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.peakfit.apparent import Found
from benchmarks.peakfit.curves import FAMILIES, LEVELS, SIZES, Curve, Family, curve
from benchmarks.peakfit.drawing import draw
from benchmarks.peakfit.matching import AREA_TOLERANCE, WIDTH_FACTOR, match, score
from benchmarks.peakfit.nist import report_on_nist
from benchmarks.peakfit.rivals import FITTERS, oracle
from benchmarks.peakfit.summary import Outcome, as_markdown, summarised
from services.preprocessing.errors import PreprocessingError

_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One curve to be fitted by all fitters."""

    family: Family
    number: int
    seed: int
    fitters: tuple[str, ...]


def curve_of(family: Family, number: int, seed: int) -> Curve:
    """Return a curve of the benchmark by its number: levels take turns, then sizes."""
    return curve(family, seed + number, LEVELS[number % 3], SIZES[number // 3 % len(SIZES)])


def outcomes(task: Task) -> list[Outcome]:
    """Fit one curve with every fitter."""
    warnings.simplefilter("ignore")
    one = curve_of(task.family, task.number, task.seed)
    best = oracle(one)
    return [_outcome(one, name, best) for name in task.fitters]


def _outcome(one: Curve, name: str, best: Found) -> Outcome:
    begun = time.process_time()
    try:
        found, has_failed = FITTERS[name](one), False
    except (ArithmeticError, ValueError, RuntimeError, PreprocessingError) as error:
        print(f"{name} on {one.family} {one.seed}: {error}", file=sys.stderr)
        found, has_failed = Found(lines=[], stderr=[]), True
    seconds = time.process_time() - begun
    truth, detectable = one.lines, one.detectable
    counts = score(truth, detectable, found.lines)
    covered, ratios = [], []
    for i, j in match(truth, found.lines):
        line, true, stderr = found.lines[j], truth[i], found.stderr[j]
        is_good = (
            abs(line.area / true.area - 1) <= AREA_TOLERANCE
            and 1 / WIDTH_FACTOR <= line.fwhm / true.fwhm <= WIDTH_FACTOR
        )
        if detectable[i] and is_good and np.isfinite(stderr):
            covered.append(bool(abs(line.position - true.position) <= _Z * stderr))
            ratios.append(stderr / best.stderr[i])
    return Outcome(
        family=one.family,
        level=one.level,
        n_points=len(one.x),
        seed=one.seed,
        fitter=name,
        hits=counts.hits,
        good=counts.good,
        false=counts.false,
        missed=counts.missed,
        covered=covered,
        ratios=ratios,
        seconds=seconds,
        has_failed=has_failed,
    )


def _warm(fitters: tuple[str, ...]) -> None:
    """Let compiled code be compiled before anything is timed."""
    warnings.simplefilter("ignore")
    for family in FAMILIES:
        for name in fitters:
            one = curve(family, 999_999, "high", SIZES[0])
            _outcome(one, name, oracle(one))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curves", type=int, default=200, help="curves of each family")
    parser.add_argument("--seed", type=int, default=0, help="of the first curve; from 5000 on for tuning")
    parser.add_argument("--fitters", default=",".join(FITTERS), help=f"of {', '.join(FITTERS)}")
    parser.add_argument("--families", default=",".join(FAMILIES), help=f"of {', '.join(FAMILIES)}")
    parser.add_argument("--jobs", type=int, default=1, help="processes, of one thread each")
    parser.add_argument("--out", type=Path, help="markdown file; JSON goes beside it")
    parser.add_argument("--draw", type=Path, help="draw a few curves of each family into this folder, and stop")
    parser.add_argument("--nist", type=Path, help="folder of NIST_Gauss1.dat to NIST_Gauss3.dat")
    arguments = parser.parse_args()
    fitters, families = tuple(arguments.fitters.split(",")), arguments.families.split(",")
    if unknown := sorted({*fitters} - {*FITTERS} | {*families} - {*FAMILIES}):
        parser.error(f"{', '.join(unknown)} is neither a fitter nor a family")
    if arguments.draw:
        warnings.simplefilter("ignore")
        draw(arguments.draw, [curve_of(f, k, arguments.seed) for f in families for k in range(6, 12)], fitters)
        return
    tasks = [
        Task(family=family, number=number, seed=arguments.seed, fitters=fitters)
        for family in families
        for number in range(arguments.curves)
    ]
    found: list[Outcome] = []
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.jobs, mp_context=spawning, initializer=_warm, initargs=(fitters,)) as pool:
        for n_done, some in enumerate(pool.map(outcomes, tasks), start=1):
            found += some
            if n_done % 20 == 0 or n_done == len(tasks):
                print(f"{n_done} of {len(tasks)} curves", file=sys.stderr, flush=True)
    summary = summarised(found)
    text = f"{arguments.curves} curves of each family, seeds from {arguments.seed}.\n\n" + as_markdown(summary)
    if arguments.nist:
        text += "\n" + report_on_nist(arguments.nist)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
        document = {"summary": summary, "outcomes": [asdict(one) for one in found]}
        arguments.out.with_suffix(".json").write_text(json.dumps(document, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
