"""How many planted faults are found, and how many clean measurements are doubted: `python benchmarks/quality/run.py`.

`--seed N` draws all anew, `--faults` and `--clean` say how many of each kind. A fault counts as found where the right
measurement is doubted for the right reason (of a copy, it or its original are both doubted, as nobody can tell which).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.quality.faults import KINDS, clean_groups, control, planted, sessions_of
from benchmarks.quality.planted import MODALITIES, specimen
from services.curation.quality.control import ControlChart
from services.curation.quality.drift import session_drift


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=80, help="planted faults of each kind")
    parser.add_argument("--clean", type=int, default=480, help="clean groups, control histories, and sessions, each")
    parser.add_argument("--show", action="store_true", help="print what clean measurements are doubted of")
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    every = 0
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng([asked.seed, number])
        found: Counter[str] = Counter()
        tried: Counter[str] = Counter()
        for i in range(asked.faults):
            modality = MODALITIES[i % (len(MODALITIES) - (kind == "spikes"))]
            tried[modality] += 1
            found[modality] += planted(kind, modality, rng)
        every += found.total()
        missed = ", ".join(f"{m} {tried[m] - found[m]}" for m in tried if found[m] < tried[m])
        print(f"{kind}: {found.total()} of {tried.total()} found{f'; missed: {missed}' if missed else ''}")
    print(f"all faults: {every} of {asked.faults * len(KINDS)} found")
    rng = np.random.default_rng([asked.seed, 100])
    flagged: Counter[str] = Counter()
    for modality, doubts in clean_groups(asked.clean, rng):
        flagged[modality] += bool(doubts)
        if doubts and asked.show:
            print(modality, doubts)
    print(f"clean groups: {flagged.total()} of {asked.clean} doubted {dict(+flagged)}")
    charts = drifts = judged = 0
    for i in range(asked.clean):
        modality = MODALITIES[i % len(MODALITIES)]
        thing = specimen(modality, rng)
        history, last = control(thing, int(rng.integers(8, 21)), rng, drifted=False)
        seen = ControlChart().judge(history, last).doubts
        sessions, _ = sessions_of(thing, int(rng.integers(4, 9)), rng, drifted=False)
        doubts = [doubt for some in session_drift(sessions).values() for doubt in some]
        charts, drifts, judged = charts + bool(seen), drifts + bool(doubts), judged + len(sessions) - 3
        if asked.show and (seen or doubts):
            print(modality, seen, doubts)
    print(f"clean controls: {charts} of {asked.clean} doubted")
    print(f"clean sessions: {drifts} histories of {asked.clean} ({judged} sessions judged) doubted")


if __name__ == "__main__":
    main()
