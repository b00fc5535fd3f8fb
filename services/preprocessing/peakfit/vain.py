"""Which moves were tried in vain: they are not tried again before something changed where they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.preprocessing.peakfit.moves import Move, Trial
from services.preprocessing.peakfit.problem import Problem
from services.preprocessing.peakfit.standing import Standing

__all__ = ["Vain"]

_HOPELESS = 60.0
_SAME = 0.3

_Deed = tuple[str, tuple[tuple[int, int, int], ...]]


@dataclass(slots=True)
class Vain:
    """What was tried in vain in one search, and from where."""

    problem: Problem
    _known: dict[_Deed, tuple[Standing, Trial]] = field(default_factory=dict)
    _changes: dict[int, np.ndarray] = field(default_factory=dict)
    _now: Standing | None = None

    def remember(self, standing: Standing, trial: Trial) -> None:
        """Remember a move that did not help."""
        self._known[_deed(standing, trial.move)] = standing, trial

    def holds(self, standing: Standing, move: Move) -> bool:
        """Say whether a move was tried in vain and would be again: it lost by far, or nothing changed where it is."""
        known = self._known.get(_deed(standing, move))
        if known is None:
            return False
        then, trial = known
        if trial.gain < -_HOPELESS or then is standing:
            return True
        low, high = np.searchsorted(self.problem.levels[0].x, (trial.low, trial.high))
        total = self._changed_since(then, standing)
        return bool(total[high] - total[low] < _SAME)

    def _changed_since(self, then: Standing, now: Standing) -> np.ndarray:
        """Return by how much what is left over changed up to each point, in squares of the noise, shape (n + 1,)."""
        if now is not self._now:
            self._now, self._changes = now, {}
        found = self._changes.get(id(then))
        if found is None:
            change = (now.residuals[0] - then.residuals[0]) * self.problem.levels[0].weight
            found = self._changes[id(then)] = np.concatenate([[0.0], np.cumsum(change**2)])
        return found


def _deed(standing: Standing, move: Move) -> _Deed:
    """Name a move by what it does, roughly: by place to a twentieth of a width, by width and height to a tenth."""
    rows = [*(standing.numbers[k] for k in move.removed), *move.numbers]
    return move.name, tuple(
        (round(20 * r[1] / np.exp(r[2])), round(10 * r[2]), round(10 * np.log(abs(r[0]) + 1e-300))) for r in rows
    )
