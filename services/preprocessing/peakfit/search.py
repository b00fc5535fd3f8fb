"""The classical sequential search: coarse scales first, then every kind of move, while the criterion falls."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from services.preprocessing.peakfit.envelope import envelope
from services.preprocessing.peakfit.moves import Move, Trial, applied, is_of_ground, made, tried
from services.preprocessing.peakfit.noise import white_noise
from services.preprocessing.peakfit.problem import Problem, rescaled
from services.preprocessing.peakfit.proposals import (
    additions,
    deletions,
    merges,
    relabels,
    splits,
    steps,
    turns,
    widths_between,
)
from services.preprocessing.peakfit.standing import Standing, refitted, standing_of

__all__ = ["rivals_of", "searched"]

_MOST_ROUNDS = 40
_LEAST_GAIN = 0.5
_MISFIT = 1.0
_STEADY = 0.1
_NEARLY = 8.0


def searched(problem: Problem) -> tuple[Problem, Standing]:
    """Return the best pattern found, and the problem with its noise as it showed itself."""
    standing = _begun(problem)
    for _ in range(2):
        standing = _revised(problem, standing)
        factor = white_noise(standing.residuals[0] * problem.levels[0].weight)
        if abs(np.log(factor)) < _STEADY:
            break
        problem = rescaled(problem, factor)
        standing = standing_of(problem, standing.codes, standing.numbers, standing.is_broad, standing.base)
    return problem, standing


def _begun(problem: Problem) -> Standing:
    """Lines on a smooth envelope first; then a baseline with halos for what they leave over; then all together."""
    lines = widths_between(problem.narrowest, problem.broad)
    finest = problem.levels[0]
    rows = problem.polynomials(finest.x, problem.settings.baseline_degree + 1)
    nothing = np.empty(0, np.int64), np.empty((0, 5)), np.empty(0, np.bool_)
    under = envelope(problem)
    flat = problem.without(under)
    standing = standing_of(flat, *nothing, np.empty(0))
    for coarsest in reversed(range(0, len(lines), 2)):
        standing = _grown(flat, standing, lines[coarsest:])
    left = standing.residuals[0] + under
    base = np.linalg.lstsq((rows * finest.weight).T, left * finest.weight, rcond=None)[0]
    behind = problem.without(finest.y - left)
    ground = standing_of(behind, *nothing, base)
    while (better := _regrounded(behind, ground)) is not None:
        ground = better
    return refitted(
        problem,
        np.concatenate([standing.codes, ground.codes]),
        np.concatenate([standing.numbers, ground.numbers]),
        np.concatenate([standing.is_broad, ground.is_broad]),
        ground.base,
        most_iterations=8,
    )


def _grown(problem: Problem, standing: Standing, widths: np.ndarray) -> Standing:
    """Add what stands out, of these widths, until nothing does."""
    for _ in range(_MOST_ROUNDS):
        trials = _worth(problem, standing, additions(problem, standing, widths))
        better = _taken(problem, standing, trials)
        if better is None:
            return standing
        standing = better
    return standing


def _revised(problem: Problem, standing: Standing) -> Standing:
    """Try every kind of move until none helps: those of lines side by side, those of the background one by one."""
    lines = widths_between(problem.narrowest, problem.broad)
    for _ in range(_MOST_ROUNDS):
        moves: list[Move] = [
            *additions(problem, standing, lines),
            *deletions(problem, standing),
            *merges(problem, standing),
            *splits(problem, standing, least_misfit=_MISFIT),
            *turns(problem, standing),
        ]
        better = _taken(problem, standing, _worth(problem, standing, moves)) or _regrounded(problem, standing)
        if better is None:
            break
        standing = better
    return standing


def _regrounded(problem: Problem, standing: Standing) -> Standing | None:
    """Return the best change of what lies under the lines, everything refitted; None where none helps."""
    halos = widths_between(problem.broad, problem.widest / 4)[1:]
    moves: list[Move] = [
        *(m for m in deletions(problem, standing) if is_of_ground(standing, m)),
        *additions(problem, standing, halos, most=2),
        *relabels(problem, standing),
        *steps(problem, standing),
    ]
    best = standing
    for move in moves:
        codes, numbers, is_broad = made(standing, move)
        after = refitted(problem, codes, numbers, is_broad, standing.base, most_iterations=8, tolerance=1e-3)
        if after.criterion < best.criterion - _LEAST_GAIN:
            best = after
    for base in (standing.base[:-1], np.append(standing.base, 0.0)):
        if 0 < len(base) <= problem.settings.baseline_degree + 1:
            after = refitted(problem, standing.codes, standing.numbers, standing.is_broad, base, most_iterations=8)
            if after.criterion < best.criterion - _LEAST_GAIN:
                best = after
    return None if best is standing else best


def rivals_of(problem: Problem, standing: Standing) -> list[Trial]:
    """Return the moves from here that would cost little: models nearly as good."""
    lines = widths_between(problem.narrowest, problem.broad)
    moves: list[Move] = [
        *additions(problem, standing, lines, least=2.5),
        *deletions(problem, standing),
        *merges(problem, standing),
        *splits(problem, standing, least_misfit=-1.0),
    ]
    trials = [tried(problem, standing, move) for move in moves if not is_of_ground(standing, move)]
    return [trial for trial in trials if trial.gain > -_NEARLY]


def _worth(problem: Problem, standing: Standing, moves: Iterable[Move]) -> list[Trial]:
    """Try moves; return those that gain, best first."""
    trials = [tried(problem, standing, move) for move in moves if not is_of_ground(standing, move)]
    return sorted((t for t in trials if t.gain > _LEAST_GAIN), key=lambda t: -t.gain)


def _taken(problem: Problem, standing: Standing, trials: list[Trial]) -> Standing | None:
    """Take the best trials that do not touch each other, and refit; fewer of them while that does not help.

    None where nothing helps.
    """
    chosen: list[Trial] = []
    for trial in trials:
        if (
            all(_are_apart(trial, other) for other in chosen)
            and len(standing.codes) + len(chosen) < problem.settings.most_peaks
        ):
            chosen.append(trial)
    return _best_of(problem, standing, chosen)


def _best_of(problem: Problem, standing: Standing, chosen: list[Trial]) -> Standing | None:
    """Take trials together where that helps, else each half for itself; None where nothing helps."""
    if not chosen:
        return None
    codes, numbers, is_broad = applied(standing, chosen)
    after = refitted(problem, codes, numbers, is_broad, standing.base)
    if after.criterion < standing.criterion - _LEAST_GAIN:
        return after
    if len(chosen) == 1:
        return None
    half = len(chosen) // 2
    return _best_of(problem, standing, chosen[:half]) or _best_of(problem, standing, chosen[half:])


def _are_apart(one: Trial, other: Trial) -> bool:
    shares = set(one.neighbours) & set(other.neighbours)
    goes = set(one.move.removed) & (set(other.neighbours) | set(other.move.removed))
    comes = set(other.move.removed) & set(one.neighbours)
    return not (shares or goes or comes) and (one.high < other.low or other.high < one.low)
