"""Moves of a search: some components go, others come. Every structural change is one of these, whoever chooses.

A move is tried locally: what comes is fitted with its nearest neighbours to what all others leave over, on the coarsest
grid that still shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.preprocessing.peakfit.grids import level_for
from services.preprocessing.peakfit.minimise import minimise, value_of
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.profiles import IS_PEAK, free_of
from services.preprocessing.peakfit.standing import Standing

__all__ = ["Move", "Trial", "applied", "is_of_ground", "made", "tried"]

_REACH = 1.5
_MOST_NEIGHBOURS = 4
_MOST_NUMBERS = 4
_SPARE = 3


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


def tried(problem: Problem, standing: Standing, move: Move, *, most_iterations: int = 25, least: float = 0.0) -> Trial:
    """Try a move where it matters, and say what it would bring; roughly where that is less than `least`."""
    touched = np.concatenate([standing.numbers[list(move.removed)], move.numbers])
    widths = np.exp(touched[:, 2])
    low, high = float((touched[:, 1] - _REACH * widths).min()), float((touched[:, 1] + _REACH * widths).max())
    neighbours = _neighbours(standing, move, low, high)
    active = np.concatenate([move.numbers, standing.numbers[neighbours]])
    codes = np.concatenate([move.codes, standing.codes[neighbours]])
    is_broad = np.concatenate([move.is_broad, standing.is_broad[neighbours]])
    narrowest = float(np.exp(np.concatenate([active[:, 2], touched[:, 2]]).min()))
    level = level_for(problem.levels, narrowest)
    grid = problem.levels[level]
    window = grid.between(low, high)
    most = (window.stop - window.start - _SPARE) // _MOST_NUMBERS - len(move.codes)
    if most < len(neighbours):
        neighbours = neighbours[: max(most, 0)]
        active, codes = active[: len(move.codes) + len(neighbours)], codes[: len(move.codes) + len(neighbours)]
        is_broad = is_broad[: len(codes)]
    x, weight, left = grid.x[window], grid.weight[window], standing.residuals[level][window]
    n_numbers = int(free_of(codes).sum())
    before = np.concatenate([np.array(move.removed, np.int64), neighbours])
    gone = list(move.removed)
    owed = problem.price(move.codes, move.numbers) - problem.price(standing.codes[gone], standing.numbers[gone])
    if len(x) < n_numbers + 2:
        return _refused(move, low, high)
    old = value_of(standing.codes[before], standing.numbers[before], x)
    before_cost = float(((left * weight) ** 2).sum()) + _prior_cost(
        problem, standing.codes[before], standing.numbers[before]
    )
    if not len(codes):
        after_cost = float((((left + old) * weight) ** 2).sum())
        fitted = active
    else:
        lows, highs = problem.bounds(codes, active, is_broad)
        mean, precision = problem.priors(len(codes))
        nothing = np.empty(0)
        fitted, _, _, after_cost, *_ = minimise(
            codes, active, free_of(codes), lows, highs, mean, precision, nothing, nothing, nothing,
            np.empty((0, len(x))), x, left + old, weight, most_iterations, 1e-3, before_cost - owed - least,
        )  # fmt: skip
    m = len(move.codes)
    return Trial(
        move=move,
        gain=before_cost - after_cost - owed,
        fall=before_cost - after_cost,
        low=low,
        high=high,
        numbers=fitted[:m],
        neighbours=neighbours,
        neighbour_numbers=fitted[m:],
    )


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


def _neighbours(standing: Standing, move: Move, low: float, high: float) -> np.ndarray:
    """Return the nearest components that overlap the stretch, without those that go; halos only beside halos."""
    others = np.ones(len(standing.codes), np.bool_)
    others[list(move.removed)] = False
    others &= standing.is_peak
    if not (move.is_broad.any() or standing.is_broad[list(move.removed)].any()):
        others &= ~standing.is_broad
    places, reach = standing.numbers[:, 1], 0.5 * np.exp(standing.numbers[:, 2])
    others &= (places + reach > low) & (places - reach < high)
    found = np.flatnonzero(others)
    middle = 0.5 * (low + high)
    return np.asarray(found[np.argsort(np.abs(places[found] - middle), kind="stable")][:_MOST_NEIGHBOURS])


def _prior_cost(problem: Problem, codes: np.ndarray, numbers: np.ndarray) -> float:
    mean, precision = problem.priors(len(codes))
    return float((precision * free_of(codes) * (numbers - mean) ** 2).sum())


def _refused(move: Move, low: float, high: float) -> Trial:
    nothing = np.empty((0, 5))
    return Trial(
        move=move, gain=-np.inf, fall=0.0, low=low, high=high, numbers=move.numbers,
        neighbours=np.empty(0, np.int64), neighbour_numbers=nothing,
    )  # fmt: skip
