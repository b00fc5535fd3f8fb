"""NIST StRD Gauss1 to Gauss3 (two Gaussians on a decay, certified): reached with their own model, found with ours.

The files are read where they lie; they are not part of this project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peakfit.matching import Line, match
from benchmarks.peakfit.shapes import Floats, Planted
from services.preprocessing.peakfit.pattern import Component, Pattern, Prior
from services.preprocessing.peakfit.sequential import fit_peaks
from services.preprocessing.peakfit.settings import PeakSettings
from services.preprocessing.peakfit.solve import fit

__all__ = ["Certified", "fit_own_model", "read_certified", "report_on_nist"]

_TO_FWHM = 2 * float(np.sqrt(np.log(2)))  # their bells are exp(-(x - p)² / w²)
_FREE = Prior(sd=(np.inf,) * 5)
_BELL = Prior(sd=(np.inf, np.inf, np.inf, np.inf, 1e-7))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Certified:
    """One problem: data, the first of its two starts, certified numbers (8,) and residual sum of squares."""

    x: Floats
    y: Floats
    start: Floats
    numbers: Floats
    squares: float

    @property
    def lines(self) -> list[Line]:
        """The two bells."""
        return [
            Planted(kind="pseudo-Voigt", height=h, place=p, width=_TO_FWHM * w).line
            for h, p, w in self.numbers[2:].reshape(2, 3)
        ]


def read_certified(path: Path) -> Certified:
    """Read a NIST StRD file of nonlinear regression with eight numbers."""
    text = path.read_text(encoding="ascii")
    rows = re.findall(r"b\d =\s+(\S+)\s+\S+\s+(\S+)\s+\S+", text)
    squares = re.search(r"Residual Sum of Squares:\s+(\S+)", text)
    if len(rows) != 8 or squares is None:
        raise ValueError(f"{path.name}: {len(rows)} certified numbers; a Gauss problem has 8 and a sum of squares")
    start, numbers = np.array(rows, float).T
    y, x = np.array(text.split("Data:")[-1].split("\n", 1)[1].split(), float).reshape(-1, 2).T
    return Certified(x=x, y=y, start=start, numbers=numbers, squares=float(squares[1]))


def fit_own_model(problem: Certified) -> tuple[Floats, float]:
    """Fit a decay and two bells from NIST's far start; return the eight numbers and the residual sum of squares."""
    b = problem.start
    bells = [
        Component(kind="Fraser-Suzuki", height=h, place=p, ln_width=float(np.log(_TO_FWHM * w)))
        for h, p, w in b[2:].reshape(2, 3)
    ]
    decay = Component(kind="decay", height=float(b[0]), place=0.0, ln_width=float(-np.log(b[1])))
    first, last = float(problem.x[0]), float(problem.x[-1])
    start = Pattern(components=(decay, *bells), baseline=(), first=first, last=last)
    noise = np.ones(len(problem.x))
    done = fit(problem.x, problem.y, noise, start, priors=[_FREE, _BELL, _BELL], most_iterations=300, tolerance=1e-15)
    found = [done.pattern.components[0].height, float(np.exp(-done.pattern.components[0].ln_width))]
    for one in done.pattern.components[1:]:
        found += [one.height, one.place, float(np.exp(one.ln_width)) / _TO_FWHM]
    return np.array(found), done.chi_square


def report_on_nist(folder: Path) -> str:
    """Return a markdown table: digits reached with NIST's model, peaks found with our own."""
    parts = [
        "### NIST StRD\n",
        "| problem | largest relative error, certified numbers | the same, sum of squares | certified peaks found "
        "| false | position errors | in standard errors |",
        "|---|---|---|---|---|---|---|",
    ]
    for number in (1, 2, 3):
        problem = read_certified(folder / f"NIST_Gauss{number}.dat")
        numbers, squares = fit_own_model(problem)
        done = fit_peaks(problem.x, problem.y, PeakSettings())
        found = [Line(position=p.position.value, fwhm=p.fwhm.value, area=p.area.value) for p in done.lines]
        pairs = match(problem.lines, found)
        off = [found[j].position - problem.lines[i].position for i, j in pairs]
        in_errors = [gap / done.lines[j].position.stderr for gap, (_, j) in zip(off, pairs, strict=True)]
        parts.append(
            f"| Gauss{number} | {np.abs(numbers / problem.numbers - 1).max():.1e} "
            f"| {abs(squares / problem.squares - 1):.1e} | {len(pairs)} of 2 | {len(found) - len(pairs)} "
            f"| {', '.join(f'{gap:+.2f}' for gap in off)} | {', '.join(f'{z:+.1f}' for z in in_errors)} |"
        )
    return "\n".join(parts) + "\n"
