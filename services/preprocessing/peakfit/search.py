"""The classical sequential search: coarse scales first, then every kind of move, while the criterion falls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from services.preprocessing.peakfit.crossing import crossed
from services.preprocessing.peakfit.envelope import grounds
from services.preprocessing.peakfit.moves import Move, Trial, applied, is_of_ground, made, tried
from services.preprocessing.peakfit.noise import white_noise
from services.preprocessing.peakfit.problem import Problem, grounded, rescaled, softened
from services.preprocessing.peakfit.profiles import KINDS
from services.preprocessing.peakfit.proposals import (
    additions,
    deletions,
    lines_for_steps,
    merges,
    relabels,
    splits,
    steps,
    steps_for_lines,
    steps_for_wide,
    swaps,
    turns,
    widths_between,
)
from services.preprocessing.peakfit.scales import apparent
from services.preprocessing.peakfit.standing import Standing, refitted, standing_of
from services.preprocessing.peakfit.vain import Vain

__all__ = ["rivals_of", "searched"]

_MOST_ROUNDS = 40
_LEAST_GAIN = 0.5
_MISFIT = 1.0
_STEADY = 0.1
_MOST_NOISES = 4
_MOST_NOISE = 1.5
_MOST_STEPS = 2
_FEW = 20
_ALIKE = 0.2
_ENOUGH = 2
_TO_JUDGE = 12
_NEARLY = 8.0

_NOTHING = np.empty(0, np.int64), np.empty((0, 5)), np.empty(0, np.bool_)

Start = Callable[[Problem], Standing]


def searched(problem: Problem) -> tuple[Problem, Standing]:
    """Return the best pattern found from several starts, and the problem with its noise as it showed itself."""
    unders = grounds(problem)
    problem = grounded(softened(problem, unders[0]), unders[0])
    found: list[tuple[Problem, Standing]] = []
    for start in _STARTS:
        if start is _coarse_first and min(len(standing.codes) for _, standing in found) > _FEW:
            continue
        for under in unders:
            found.append(_improved(problem, start, under))
            if _is_settled(found):
                break
        else:
            continue
        break
    (best_problem, best), *others = sorted(found, key=lambda one: _badness(*one))
    for _, other in others:
        child = crossed(best_problem, best, other)
        if child is not None:
            child = _revised(best_problem, child)
            best = min(best, child, key=lambda standing: standing.criterion)
    return best_problem, best


def _improved(problem: Problem, start: Start, under: np.ndarray) -> tuple[Problem, Standing]:
    """Begin somewhere and try moves; take the noise from what is left over, and again, until it stays.

    Never much more noise than the curve itself showed: more is lines that were not found yet.
    """
    standing = _begun(problem, start, under)
    most = float(problem.finest_scatter[0])
    for turn in range(_MOST_NOISES):
        factor = white_noise(standing.residuals[0] / problem.finest_scatter)
        factor = min(factor, _MOST_NOISE * most / float(problem.finest_scatter[0]))
        if abs(np.log(factor)) > _STEADY:
            problem = rescaled(problem, factor)
            standing = standing_of(problem, standing.codes, standing.numbers, standing.is_broad, standing.base)
        elif turn:
            break
        standing = _revised(problem, standing)
    return problem, standing


def _is_settled(found: list[tuple[Problem, Standing]]) -> bool:
    """Say whether several starts led to the best pattern found so far."""
    _, best = min(found, key=lambda one: _badness(*one))
    return sum(_is_alike(best, standing) for _, standing in found) >= _ENOUGH


def _is_alike(one: Standing, other: Standing) -> bool:
    """Say whether two patterns are the same but for a part of their widths."""
    if len(one.codes) != len(other.codes) or len(one.base) != len(other.base):
        return False
    mine, yours = (s.numbers[np.lexsort((s.numbers[:, 1], s.codes))] for s in (one, other))
    is_same_kind = np.array_equal(np.sort(one.codes), np.sort(other.codes))
    apart = np.abs(mine[:, 1] - yours[:, 1]) / np.exp(mine[:, 2]), np.abs(mine[:, 2] - yours[:, 2])
    return bool(is_same_kind and all((a < _ALIKE).all() for a in apart))


def _badness(problem: Problem, standing: Standing) -> float:
    """Return the criterion with what the likelihood says of the noise, so that patterns of several noises compare."""
    return standing.criterion - 2 * float(np.log(problem.levels[0].weight).sum())


def _begun(problem: Problem, start: Start, under: np.ndarray) -> Standing:
    """Lines on what runs under them; then a baseline with halos for what they leave over; then all together."""
    finest = problem.levels[0]
    rows = problem.polynomials(finest, min(problem.settings.baseline_degree, 1) + 1)
    lines = start(problem.without(under))
    left = lines.residuals[0] + under
    base = np.linalg.lstsq((rows * finest.weight).T, left * finest.weight, rcond=None)[0]
    behind = problem.without(finest.y - left)
    ground = standing_of(behind, *_NOTHING, base)
    if problem.settings.most_halos:
        ground = _with_decay(behind, ground)
    while (better := _regrounded(behind, ground)) is not None:
        ground = better
    return refitted(
        problem,
        np.concatenate([lines.codes, ground.codes]),
        np.concatenate([lines.numbers, ground.numbers]),
        np.concatenate([lines.is_broad, ground.is_broad]),
        ground.base,
        most_iterations=60,
    )


def _with_decay(behind: Problem, ground: Standing) -> Standing:
    """Let what lies under the lines begin with what is scattered by the air: high at the first place, less and less."""
    finest = behind.levels[0]
    span = float(finest.x[-1] - finest.x[0])
    low, first = float(finest.y.min()), float(finest.y[: max(len(finest.y) // 50, 1)].mean())
    numbers = np.array([[max(first - low, 1e-3 * abs(first)), finest.x[0], np.log(span / 8), 0.0, 0.0]])
    base = np.zeros(len(ground.base))
    base[0] = low
    return refitted(behind, np.array([KINDS["decay"]]), numbers, np.array([False]), base, most_iterations=30)


def _pointed_at(flat: Problem, least: float) -> Standing:
    """Fit the lines that anybody would point at, all at once; with a small score anybody with sharp eyes."""
    finest = flat.levels[0]
    widths = widths_between(flat.narrowest, flat.broad)
    seen = apparent(finest.x, finest.y, finest.weight, widths, least=least, signs=flat.one_way().signs)
    seen = sorted(seen, key=lambda one: -one.score)[: flat.settings.most_peaks]
    numbers = np.array([[one.height, one.place, np.log(one.width), 0.0, 0.0] for one in seen]).reshape(-1, 5)
    codes = np.full(len(seen), KINDS[flat.line])
    return refitted(flat, codes, numbers, np.zeros(len(seen), np.bool_), np.empty(0), most_iterations=60)


def _coarse_first(flat: Problem) -> Standing:
    """Add lines one by one, wide ones first."""
    widths = widths_between(flat.narrowest, flat.broad)
    flat = flat.one_way()
    standing = standing_of(flat, *_NOTHING, np.empty(0))
    for coarsest in reversed(range(0, len(widths), 2)):
        standing = _grown(flat, standing, widths[coarsest:])
    return standing


_STARTS: tuple[Start, ...] = (partial(_pointed_at, least=8.0), partial(_pointed_at, least=20.0), _coarse_first)


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
    vain = Vain(problem)
    for _ in range(_MOST_ROUNDS):
        lost: list[Trial] = []
        fewer = [*deletions(problem, standing), *merges(problem, standing)]
        better = _taken(problem, standing, _worth(problem, standing, fewer, vain, lost))
        if better is None:
            more = [
                *additions(problem, standing, lines),
                *splits(problem, standing, least_misfit=_MISFIT),
                *turns(problem, standing),
            ]
            better = _taken(problem, standing, _worth(problem, standing, more, vain))
        if better is None:
            better = _taken(problem, standing, _worth(problem, standing, swaps(problem, standing, lost), vain))
        better = better or _regrounded(problem, standing)
        if better is None:
            break
        standing = better
    return standing


def _regrounded(problem: Problem, standing: Standing) -> Standing | None:
    """Return the best change of what lies under the lines, everything refitted; None where none helps."""
    halos = widths_between(problem.broad, problem.widest / 4)[1:]
    room = problem.settings.most_halos - int(standing.is_broad.sum())
    is_room_for_steps = problem.settings.steps and int((standing.codes == KINDS["step"]).sum()) < _MOST_STEPS
    moves: list[Move] = [
        *(m for m in deletions(problem, standing) if is_of_ground(standing, m)),
        *(additions(problem, standing, halos, most=2) if room > 0 else ()),
        *(relabels(problem, standing) if room > 0 else ()),
        *(steps(problem, standing) if is_room_for_steps else ()),
        *lines_for_steps(problem, standing),
        *(steps_for_lines(standing) if is_room_for_steps else ()),
        *(steps_for_wide(problem, standing) if is_room_for_steps else ()),
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
    trials = [tried(problem, standing, move, least=-_NEARLY) for move in moves if not is_of_ground(standing, move)]
    return [trial for trial in trials if trial.gain > -_NEARLY]


def _worth(
    problem: Problem,
    standing: Standing,
    moves: Iterable[Move],
    vain: Vain | None = None,
    lost: list[Trial] | None = None,
) -> list[Trial]:
    """Try moves of lines, but those tried in vain before; return those that gain, best first.

    Those that do not are added to `lost`.
    """
    trials = []
    for move in moves:
        if is_of_ground(standing, move) or (vain is not None and vain.holds(standing, move)):
            continue
        trial = tried(problem, standing, move)
        if trial.gain > _LEAST_GAIN:
            trials.append(trial)
            continue
        if vain is not None:
            vain.remember(standing, trial)
        if lost is not None:
            lost.append(trial)
    return sorted(trials, key=lambda t: -t.gain)


def _taken(problem: Problem, standing: Standing, trials: list[Trial]) -> Standing | None:
    """Take the best trials that do not touch each other, and refit; fewer of them while that does not help.

    None where nothing helps.
    """
    chosen: list[Trial] = []
    room = problem.settings.most_peaks - len(standing.codes)
    for trial in trials:
        more = len(trial.move.codes) - len(trial.move.removed)
        if more <= room and all(_are_apart(trial, other) for other in chosen):
            chosen.append(trial)
            room -= more
    return _best_of(problem, standing, chosen)


def _best_of(problem: Problem, standing: Standing, chosen: list[Trial]) -> Standing | None:
    """Take trials together where that helps, else each half for itself; None where nothing helps."""
    if not chosen:
        return None
    codes, numbers, is_broad = applied(standing, chosen)
    after = refitted(problem, codes, numbers, is_broad, standing.base, most_iterations=_TO_JUDGE)
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
