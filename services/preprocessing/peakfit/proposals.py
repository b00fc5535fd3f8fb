"""Which moves are worth a trial: additions where something stands out, deletions, merges, splits, turns, steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from services.preprocessing.peakfit.grids import Grid, level_for
from services.preprocessing.peakfit.minimise import value_of
from services.preprocessing.peakfit.moves import Move, Trial, left_after
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.profiles import KINDS
from services.preprocessing.peakfit.scales import Outstanding, outstanding
from services.preprocessing.peakfit.standing import Standing

__all__ = [
    "additions",
    "deletions",
    "lines_for_steps",
    "merges",
    "relabels",
    "splits",
    "steps",
    "steps_for_lines",
    "steps_for_wide",
    "swaps",
    "turns",
    "widths_between",
]

_RATIO = 1.5
_NEAR = 1.3
_LEAST_SCORE = 3.5
_LEAST_RISE = 4.0
_WIDE = 0.25
_TOO_FAR = 300.0
_FEWEST_POINTS = 8


def widths_between(narrowest: float, widest: float) -> np.ndarray:
    """Return FWHM from one to the other in even ratios."""
    n = max(int(np.ceil(np.log(widest / narrowest) / np.log(_RATIO))), 0)
    return np.asarray(narrowest * _RATIO ** np.arange(n + 1))


def additions(
    problem: Problem, standing: Standing, widths: np.ndarray, *, most: int = 10, least: float = _LEAST_SCORE
) -> Iterator[Move]:
    """Add a component where something of one of these widths stands out of what is left over."""
    found: list[Outstanding] = []
    levels = [level_for(problem.levels, float(w)) for w in widths]
    for level in sorted(set(levels)):
        grid = problem.levels[level]
        own = widths[np.array(levels) == level]
        found += outstanding(
            grid.x, standing.residuals[level], grid.weight, own, least=least, signs=problem.signs, most=most
        )
    found.sort(key=lambda one: -one.score)
    kept: list[Outstanding] = []
    for one in found:
        if all(abs(one.place - other.place) > 0.6 * max(one.width, other.width) for other in kept):
            kept.append(one)
    for one in kept[:most]:
        is_broad = one.width > problem.broad
        numbers = [one.height, one.place, np.log(one.width), 0.0, 0.0]
        if is_broad and one.height < 0:
            continue
        yield _move(problem, "add", (), [(numbers, is_broad)])


def deletions(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Delete each component."""
    for k in range(len(standing.codes)):
        yield _move(problem, "delete", (k,), [])


def merges(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Make one of two neighbouring peaks of one sign: with the area, the mean place and the spread of both."""
    lines = np.flatnonzero(standing.is_peak & ~standing.is_broad)
    ordered = lines[np.argsort(standing.numbers[lines, 1], kind="stable")]
    for gap in (1, 2):
        for i, j in zip(ordered, ordered[gap:], strict=False):
            one, other = standing.numbers[i], standing.numbers[j]
            widths = np.exp([one[2], other[2]])
            if one[0] * other[0] == 0 or abs(one[1] - other[1]) > _NEAR * widths.max():
                continue
            if one[0] * other[0] < 0:
                net = _net(problem, standing, np.array([i, j]))
                if net is not None:
                    yield _move(problem, "merge", (int(i), int(j)), [(net, False)])
                continue
            areas = np.array([one[0], other[0]]) * widths
            share = areas / areas.sum()
            place = float(share @ [one[1], other[1]])
            spread = float(share @ (widths**2 / 5.545 + (np.array([one[1], other[1]]) - place) ** 2))
            width = float(np.clip(np.sqrt(5.545 * spread), problem.narrowest, problem.broad))
            yield _move(
                problem, "merge", (int(i), int(j)), [([areas.sum() / width, place, np.log(width), 0, 0], False)]
            )


def splits(problem: Problem, standing: Standing, *, least_misfit: float) -> Iterator[Move]:
    """Make two of a line that fits badly: side by side, or a narrow one on a wide one."""
    for k in np.flatnonzero(standing.is_peak & ~standing.is_broad):
        h, p, w, s, _ = standing.numbers[k]
        width = float(np.exp(w))
        if _misfit(problem, standing, p, width) < least_misfit:
            continue
        aside = [
            ([0.6 * h, p + way * 0.3 * width, np.log(max(0.75 * width, problem.narrowest)), s, 0], False)
            for way in (-1, 1)
        ]
        yield _move(problem, "split", (int(k),), aside)
        wide = min(2.0 * width, problem.broad)
        over = [
            ([0.6 * h, p, np.log(max(0.7 * width, problem.narrowest)), 0, 0], False),
            ([0.4 * h, p, np.log(wide), 0, 0], False),
        ]
        yield _move(problem, "split", (int(k),), over)
        for way in (-1, 1):
            shoulder = [
                ([0.9 * h, p - way * 0.05 * width, np.log(max(0.9 * width, problem.narrowest)), s, 0], False),
                ([0.3 * h, p + way * 0.7 * width, np.log(max(0.8 * width, problem.narrowest)), 0, 0], False),
            ]
            yield _move(problem, "shoulder", (int(k),), shoulder)


def swaps(problem: Problem, standing: Standing, trials: Iterable[Trial]) -> Iterator[Move]:
    """Go on from trials that lost: with a line where, behind each, something stands out most."""
    widths = widths_between(problem.narrowest, problem.broad)
    for trial in trials:
        if trial.gain < -_TOO_FAR:
            continue
        part, left = left_after(problem, standing, trial)
        if len(part.x) < _FEWEST_POINTS:
            continue
        found = outstanding(part.x, left, part.weight, widths, least=_LEAST_SCORE, signs=problem.signs, most=1)
        for one in found:
            came = [*trial.numbers, np.array([one.height, one.place, np.log(one.width), 0.0, 0.0])]
            yield Move(
                name="swap",
                removed=trial.move.removed,
                codes=np.append(trial.move.codes, KINDS[problem.line]),
                numbers=np.array(came),
                is_broad=np.zeros(len(came), np.bool_),
            )


def turns(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Replace two peaks of one sign by one of the other sign between them: a dip taken for a gap between two."""
    if len(problem.signs) < 2:
        return
    lines = np.flatnonzero(standing.is_peak & ~standing.is_broad)
    ordered = lines[np.argsort(standing.numbers[lines, 1], kind="stable")]
    for i, j in pairwise(ordered):
        one, other = standing.numbers[i], standing.numbers[j]
        width = abs(other[1] - one[1])
        if one[0] * other[0] > 0 and problem.narrowest < width < problem.broad:
            height = -0.5 * (one[0] + other[0])
            yield _move(
                problem, "turn", (int(i), int(j)), [([height, 0.5 * (one[1] + other[1]), np.log(width), 0, 0], False)]
            )
    for k in ordered:
        height, place, ln_width = standing.numbers[k, :3]
        yield _move(problem, "turn", (int(k),), [([-height, place, ln_width, 0, 0], False)])


def relabels(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Call a line as wide as a line may be a halo, and a halo as narrow as one may be a line."""
    edge = np.log(problem.broad)
    for k in np.flatnonzero(standing.is_peak):
        if abs(standing.numbers[k, 2] - edge) < 0.05 and standing.numbers[k, 0] > 0:
            numbers = standing.numbers[k].copy()
            was = bool(standing.is_broad[k])
            numbers[2] = edge + (-0.1 if was else 0.1)
            yield _move(problem, "relabel", (int(k),), [(list(numbers), not was)])


def steps(problem: Problem, standing: Standing, *, most: int = 1) -> Iterator[Move]:
    """Add a step of the baseline where what is left over lies higher on one side than on the other."""
    level = min(2, len(problem.levels) - 1)
    for rise, place, width in _rises(problem.levels[level], standing.residuals[level], most):
        yield _step(rise, place, width)


def _rises(grid: Grid, left: np.ndarray, most: int) -> Iterator[tuple[float, float, float]]:
    """Return how high, where and over which width something steps most."""
    n = len(left)
    for part in (0.03, 0.08):
        reach = max(int(part * n), 4)
        total = np.concatenate([[0.0], np.cumsum(left)])
        middles = np.arange(reach, n - reach)
        rise = (total[middles + reach] - 2 * total[middles] + total[middles - reach]) / reach
        for _ in range(most):
            if not len(rise) or not np.isfinite(rise).any():
                break
            top = int(np.nanargmax(np.abs(rise)))
            if abs(rise[top]) * grid.weight[middles[top]] < _LEAST_RISE * np.sqrt(2 / reach):
                break
            yield float(rise[top]), float(grid.x[middles[top]]), 0.5 * reach * grid.step
            rise = rise.copy()
            rise[max(top - 2 * reach, 0) : top + 2 * reach] = np.nan


def steps_for_wide(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Put a step where a wide line stands, alone or with a neighbour: a step under lines is often taken for one."""
    level = min(2, len(problem.levels) - 1)
    grid, left = problem.levels[level], standing.residuals[level]
    lines = np.flatnonzero(standing.is_peak & ~standing.is_broad)
    ordered = lines[np.argsort(standing.numbers[lines, 1], kind="stable")]
    is_wide = {int(k): bool(np.exp(standing.numbers[k, 2]) > _WIDE * problem.broad) for k in ordered}
    groups: list[tuple[int, ...]] = [(int(k),) for k in ordered if is_wide[int(k)]]
    groups += [(int(i), int(j)) for i, j in pairwise(ordered) if is_wide[int(i)] or is_wide[int(j)]]
    for group in groups:
        which = list(group)
        total = left + value_of(standing.codes[which], standing.numbers[which], grid.x)
        for rise, place, width in _rises(grid, total, 1):
            yield replace(_step(rise, place, width), removed=group)


def steps_for_lines(standing: Standing) -> Iterator[Move]:
    """Put a step where two lines of opposite sign stand side by side."""
    lines = np.flatnonzero(standing.is_peak & ~standing.is_broad)
    ordered = lines[np.argsort(standing.numbers[lines, 1], kind="stable")]
    for i, j in pairwise(ordered):
        one, other = standing.numbers[i], standing.numbers[j]
        if one[0] * other[0] < 0:
            place = 0.5 * (one[1] + other[1])
            yield replace(_step(other[0] - one[0], place, 0.5 * (other[1] - one[1])), removed=(int(i), int(j)))


def lines_for_steps(problem: Problem, standing: Standing) -> Iterator[Move]:
    """Put a line where the baseline steps up and down again, or down and up."""
    found = np.flatnonzero(standing.codes == KINDS["step"])
    ordered = found[np.argsort(standing.numbers[found, 1], kind="stable")]
    for i, j in pairwise(ordered):
        one, other = standing.numbers[i], standing.numbers[j]
        width = float(other[1] - one[1])
        if one[0] * other[0] < 0 and problem.narrowest < width < problem.broad and np.sign(one[0]) in problem.signs:
            height = 0.5 * float(one[0] - other[0])
            yield _move(problem, "line", (int(i), int(j)), [([height, one[1] + width / 2, np.log(width), 0, 0], False)])


def _step(rise: float, place: float, width: float) -> Move:
    return Move(
        name="step",
        removed=(),
        codes=np.array([KINDS["step"]]),
        numbers=np.array([[rise, place, np.log(max(width, 1e-12)), 0.0, 0.0]]),
        is_broad=np.array([False]),
    )


def _net(problem: Problem, standing: Standing, which: np.ndarray) -> list[float] | None:
    """Return the numbers of one peak like what components are together; None where they are nothing like one."""
    numbers = standing.numbers[which]
    reach = 1.5 * np.exp(numbers[:, 2])
    x = np.linspace((numbers[:, 1] - reach).min(), (numbers[:, 1] + reach).max(), 201)
    total = value_of(standing.codes[which], numbers, x)
    top = int(np.argmax(np.abs(total)))
    above = np.abs(total) > 0.5 * abs(total[top])
    width = float(above.sum() * (x[1] - x[0]))
    if not problem.narrowest < width < problem.broad:
        return None
    return [float(total[top]), float(x[top]), float(np.log(width)), 0.0, 0.0]


def _misfit(problem: Problem, standing: Standing, place: float, width: float) -> float:
    """Return by how many of its standard deviations chi-square about a place is more than it should be."""
    level = level_for(problem.levels, width)
    grid = problem.levels[level]
    window = grid.between(place - width, place + width)
    off = standing.residuals[level][window] * grid.weight[window]
    n = max(len(off), 1)
    return float(((off**2).sum() - n) / np.sqrt(2 * n))


def _move(problem: Problem, name: str, removed: tuple[int, ...], added: Iterable[tuple[list[float], bool]]) -> Move:
    rows = list(added)
    return Move(
        name=name,
        removed=removed,
        codes=np.array([KINDS[problem.kind_of(is_broad)] for _, is_broad in rows], np.int64),
        numbers=np.array([numbers for numbers, _ in rows], float).reshape(-1, 5),
        is_broad=np.array([is_broad for _, is_broad in rows], np.bool_),
    )
