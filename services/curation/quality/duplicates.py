"""Whether two measurements are one: a real repeat never has the same noise. Compares noise, not shape.

After the best scale and offset the difference of two real repeats jumps from point to point by the root of the sum of
squares of both noises; that of a copy by what rounding or drawing it anew along another axis left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from services.curation.quality.noise import is_rough, noise_sd
from services.curation.quality.signal import Signal
from services.records.number_rows import rounding_step
from services.records.reading import Amount

__all__ = ["Likeness", "likeness", "same_amounts"]

_SAME = 0.08
"""Share of the noise expected of two repeats below which they are one measurement. Repeats come to 1, less where the
instrument leaves a pattern of its own on each curve: 0.18 at least among 585 pairs of near-infrared repeats."""
_SAME_BESIDE_OTHERS, _OF_OTHERS = 0.4, 0.35
"""Where a third replicate shows how much of the noise is pattern: share of it, and of what the other pairs show."""
_ROUNDED, _SHARE_ROUNDED = 0.55, 0.995
"""Rounding moves a number by half a step at most."""
_FEWEST_VALUES = 50
_FEWEST = 60
_BY_CHANCE = 1e-4
_USUAL_SPREAD = 0.005
_SCALED = 1e-4


class Likeness(NamedTuple):
    """How alike the noise of two signals is.

    `share` is the noise of their difference over that expected of two repeats, infinite where it cannot be told;
    `is_rounding` whether the difference is no more than rounding; `how` says what was done to the one to get the other.
    """

    share: float
    is_rounding: bool
    how: str

    def is_copy(self, of_others: float | None = None) -> bool:
        """Whether the two are one measurement; `of_others` is the middle share of the group's other pairs."""
        if self.is_rounding or self.share < _SAME:
            return True
        return of_others is not None and self.share < min(_SAME_BESIDE_OTHERS, _OF_OTHERS * of_others)


def likeness(one: Signal, other: Signal) -> Likeness:
    """Say how alike the noise of two signals is, in the way in which it is most alike.

    Tried are the numbers in their order, turned around, and drawn anew along the other's axis; with any scale and
    offset.
    """
    ways: list[tuple[str, np.ndarray, np.ndarray]] = []
    if len(one.y) == len(other.y):
        ways.append((_moved(one, other), one.y, other.y))
        ways.append(("turned around", one.y[::-1], other.y))
    ways += [("drawn anew along its axis", *pair) for pair in _on_one_axis(one, other)]
    compared = [(_compared(mine, theirs), how, mine, theirs) for how, mine, theirs in ways]
    if not compared:
        return Likeness(np.inf, False, "")
    (share, is_rounding), how, mine, theirs = min(compared, key=lambda way: (not way[0][1], way[0][0]))
    told, scale = [how] if how else [], _scale(mine, theirs)
    if abs(scale - 1) > _SCALED:
        told.append(f"scaled by {scale:.6g}")
    return Likeness(share, is_rounding, ", ".join(told) or "the same numbers")


def same_amounts(
    one: Mapping[str, Amount], other: Mapping[str, Amount], others: Sequence[Mapping[str, Amount]]
) -> tuple[int, float] | None:
    """Return how many amounts of two tables are equal and how likely that is by chance; None where they may be two.

    A number that is rounded coarsely agrees easily, so each counts by its digits: its last digit against the spread of
    the other replicates, or 0.5 % of it where there are none.
    """
    shared = [name for name in one if name in other]
    if not shared or any(one[name].value != other[name].value for name in shared):
        return None
    chance = 1.0
    for name in shared:
        amount = one[name]
        rest = [o[name].value for o in others if name in o]
        spread = float(np.std(rest, ddof=1)) if len(rest) > 1 else _USUAL_SPREAD * abs(amount.value)
        if len(rest) > 1 and spread == 0.0:
            continue
        step = max(_last_digit(value) for value in (amount.value, *rest)) if rest else _last_digit(amount.value)
        chance *= min(1.0, step / max(2 * spread, 1e-300))
    return (len(shared), chance) if chance < _BY_CHANCE else None


def _moved(one: Signal, other: Signal) -> str:
    step = float(np.median(np.diff(one.x)))
    apart = other.x - one.x
    shift = float(np.median(apart))
    if np.abs(apart).max() <= 1e-6 * abs(step):
        return ""
    if float(np.ptp(apart)) <= 0.5 * abs(step):
        return f"shifted by {shift:.4g} {one.axis_unit}".rstrip()
    return "along another axis"


def _on_one_axis(one: Signal, other: Signal) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw each signal at the other's points, where the axes overlap."""
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for mine, theirs in ((one, other), (other, one)):
        inside = (theirs.x >= mine.x[0]) & (theirs.x <= mine.x[-1])
        if np.count_nonzero(inside) >= _FEWEST:
            pairs.append((np.interp(theirs.x[inside], mine.x, mine.y), theirs.y[inside]))
    return pairs


def _compared(mine: np.ndarray, theirs: np.ndarray) -> tuple[float, bool]:
    """Return the noise of the difference over that expected of two repeats, and whether it is rounding alone."""
    n_values = min(len(np.unique(mine)), len(np.unique(theirs)))
    if len(mine) < _FEWEST or n_values < _FEWEST_VALUES:
        return np.inf, False
    scale = _scale(mine, theirs)
    rest = theirs - scale * mine
    rest = np.abs(rest - (rest.max() + rest.min()) / 2)
    step = max(rounding_step(theirs), abs(scale) * rounding_step(mine)) if scale else 0.0
    size = float(np.ptp(theirs))
    within = _ROUNDED * min(step, size / _FEWEST_VALUES) + 1e-9 * size
    if float(np.quantile(rest, _SHARE_ROUNDED)) <= within:
        return 0.0, True
    expected = float(np.hypot(noise_sd(theirs), scale * noise_sd(mine)))
    if scale == 0.0 or not expected > 0.0 or not (is_rough(mine) and is_rough(theirs)):
        return np.inf, False
    return noise_sd(theirs - scale * mine) / expected, False


def _scale(mine: np.ndarray, theirs: np.ndarray) -> float:
    """Return the slope of one signal over the other, by their differences from point to point."""
    centred = mine - mine.mean()
    power = float(centred @ centred)
    return float(centred @ (theirs - theirs.mean())) / power if power > 0 else 0.0


def _last_digit(value: float) -> float:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return float(10.0**exponent) if isinstance(exponent, int) else 0.0
