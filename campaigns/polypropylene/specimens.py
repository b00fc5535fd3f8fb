"""Any number of specimens with all their files, without a campaign around them.

    python -m campaigns.polypropylene.specimens 50 FOLDER --seed 3

writes ``results.csv`` (names, formulations, results), ``files/NAME/`` with every instrument's file, and
``truth/NAME.json`` with what only the laboratory knows. ``meguri import`` and ``meguri ingest`` take in the first two.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from campaigns.polypropylene.laboratory.analysing import analysis_files
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.making import Made, control, make
from campaigns.polypropylene.laboratory.piece import LabFile
from campaigns.polypropylene.laboratory.sessions import CONTROL
from campaigns.polypropylene.laboratory.testing import test_files
from campaigns.polypropylene.past import header, results_of, row_of
from campaigns.polypropylene.population import population
from services.disk import write_whole

__all__ = ["specimens", "truth_of", "write_specimens"]

_A_WEEK = 4
"""Specimens that are made in a week, and with them a control."""


def specimens(n: int, choice: LaboratoryChoice) -> Iterator[Made]:
    """Make specimens of compounds drawn over the search space, some a week."""
    for number, member in enumerate(population(n, seed=choice.seed)):
        day = choice.begins + timedelta(weeks=number // _A_WEEK, days=1)
        yield make(f"S-{number + 1:04d}", member.formulation, moulded_on=day, choice=choice)


def write_specimens(folder: Path, n: int, choice: LaboratoryChoice) -> int:
    """Write specimens one after the other; return how many files there are.

    Raises
    ------
    DiskError
        If something cannot be written.
    """
    n_files, table = 0, io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header())
    reference = control(choice)
    writer.writerow(row_of(reference, results_of(reference, choice)))
    for number, made in enumerate(specimens(n, choice)):
        n_files += _put(folder, made.specimen, [*analysis_files(made, choice), *test_files(made, choice)])
        if number % _A_WEEK == 0:
            week = number // _A_WEEK
            n_files += _put(folder, f"{CONTROL} week {week + 1}", analysis_files(reference, choice, week=10 + week))
        writer.writerow(row_of(made, results_of(made, choice)))
        write_whole(folder / "truth" / f"{made.specimen}.json", truth_of(made), "truth")
    write_whole(folder / "results.csv", table.getvalue().encode(), "results")
    return n_files


def truth_of(made: Made) -> bytes:
    """Return what the laboratory truly knows of a specimen, as JSON."""
    told = {
        "formulation": dict(made.formulation),
        "structure": asdict(made.structure),
        "properties": asdict(made.properties),
    }
    return json.dumps(told, indent=1).encode()


def _put(folder: Path, name: str, files: list[LabFile] | Iterator[LabFile]) -> int:
    n = 0
    for file in files:
        write_whole(folder / "files" / name / file.name, file.data, "file of the laboratory")
        n += 1
    return n


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(prog="python -m campaigns.polypropylene.specimens", description=__doc__)
    parser.add_argument("n", type=int, help="how many specimens")
    parser.add_argument("folder", type=Path, help="where they are written")
    parser.add_argument("--seed", type=int, default=1, help="origin of everything (default %(default)s)")
    parser.add_argument("--dial", type=float, default=90, help="per cent that structure carries (default %(default)s)")
    arguments = parser.parse_args()
    began = time.monotonic()
    choice = LaboratoryChoice(seed=arguments.seed, dial=arguments.dial / 100)
    n_files = write_specimens(arguments.folder, arguments.n, choice)
    Console(stderr=True).print(f"{arguments.n} specimens, {n_files} files, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
