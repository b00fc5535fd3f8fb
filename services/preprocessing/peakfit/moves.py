"""Moves of a search: some components go, others come. Every structural change is one of these, whoever chooses.

A move is tried locally: what comes is fitted with its nearest neighbours to what all others leave over, on the coarsest
grid that still shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.preprocessing.peakfit.grids import Grid, level_for
from services.preprocessing.peakfit.local import fitted_locally, surroundings
from services.preprocessing.peakfit.minimise import value_of
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.profiles import IS_PEAK
from services.preprocessing.peakfit.standing import Standing

__all__ = ["Move", "Trial", "applied", "is_of_ground", "left_after", "made", "tried"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Move:
    """What goes and what comes.

    Attributes
    ----------
    name
        For people and for learned fitters: ``add``, ``delete``, ``merge``, ``split``, ``shoulder``, ``turn`` …
    removed
        Indices of components.
    codes, numbers, is_broad
        Of those that come, shapes (m,), (m, 5), (m,).
    """

    name: str
    removed: tuple[int, ...]
    codes: np.ndarray
    numbers: np.ndarray
    is_broad: np.ndarray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trial:
    """A move as fitted locally.

    Attributes
    ----------
    gain
        By how much the criterion falls; negative where it rises.
    low, high
        Between which places of the axis anything changed.
    numbers
        Of what comes, as fitted, shape (m, 5).
    neighbours, neighbour_numbers
        Which others were fitted along, and what they became.
    """

    move: Move
    gain: float
    fall: float
    low: float
    high: float
    numbers: np.ndarray
    neighbours: np.ndarray
    neighbour_numbers: np.ndarray


def tried(problem: Problem, standing: Standing, move: Move, *, most_iterations: int = 14, least: float = 0.0) -> Trial:
    """Try a move where it matters, and say what it would bring; roughly where that is less than `least`."""
    removed = np.array(move.removed, np.int64)
    low, high, narrowest, neighbours = surroundings(
        standing.codes, standing.numbers, standing.is_broad, removed, move.numbers, move.is_broad
    )
    level = level_for(problem.levels, narrowest)
    grid = problem.levels[level]
    window = grid.between(low, high)
    fitted, gain, fall, n = fitted_locally(
        standing.codes, standing.numbers, standing.is_broad, removed, move.codes, move.numbers, move.is_broad,
        neighbours, grid.x[window], standing.residuals[level][window], grid.weight[window], problem.rules,
        most_iterations, least,
    )  # fmt: skip
    m = len(move.codes)
    return Trial(
        move=move,
        gain=gain,
        fall=fall,
        low=low,
        high=high,
        numbers=fitted[:m],
        neighbours=neighbours[:n],
        neighbour_numbers=fitted[m:],
    )


def left_after(problem: Problem, standing: Standing, trial: Trial) -> tuple[Grid, np.ndarray]:
    """Return what a trial leaves over where it matters: that part of a grid, and values on it."""
    gone = np.concatenate([np.array(trial.move.removed, np.int64), trial.neighbours])
    here = np.concatenate([trial.move.codes, standing.codes[trial.neighbours]])
    fitted = np.concatenate([trial.numbers, trial.neighbour_numbers])
    widths = np.exp(np.concatenate([standing.numbers[gone, 2], fitted[:, 2]]))
    level = level_for(problem.levels, float(widths.min()))
    grid = problem.levels[level]
    window = grid.between(trial.low, trial.high)
    part = Grid(grid.x[window], grid.y[window], grid.weight[window], grid.step)
    change = value_of(standing.codes[gone], standing.numbers[gone], part.x) - value_of(here, fitted, part.x)
    return part, standing.residuals[level][window] + change


def is_of_ground(standing: Standing, move: Move) -> bool:
    """Say whether a move changes what lies under the lines: halos, steps, a decay."""
    gone = list(move.removed)
    is_all_peaks = IS_PEAK[move.codes].all() and IS_PEAK[standing.codes[gone]].all()
    return bool(move.is_broad.any() or standing.is_broad[gone].any() or not is_all_peaks)


def made(standing: Standing, move: Move) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes, numbers and halo marks behind a move, nothing fitted."""
    stays = np.ones(len(standing.codes), np.bool_)
    stays[list(move.removed)] = False
    return (
        np.concatenate([standing.codes[stays], move.codes]),
        np.concatenate([standing.numbers[stays], move.numbers]),
        np.concatenate([standing.is_broad[stays], move.is_broad]),
    )


def applied(standing: Standing, trials: list[Trial]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes, numbers and halo marks behind trials that do not touch each other."""
    numbers = standing.numbers.copy()
    stays = np.ones(len(numbers), np.bool_)
    for trial in trials:
        numbers[trial.neighbours] = trial.neighbour_numbers
        stays[list(trial.move.removed)] = False
    codes = np.concatenate([standing.codes[stays], *(t.move.codes for t in trials)])
    is_broad = np.concatenate([standing.is_broad[stays], *(t.move.is_broad for t in trials)])
    return codes, np.concatenate([numbers[stays], *(t.numbers for t in trials)]), is_broad
