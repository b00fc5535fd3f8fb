"""Which of several measurements of one specimen lies far from the others: robust, and honest where there are few.

Curves are compared in pairs, so that one bad curve cannot draw the middle towards itself: a measurement is far off
where even its nearer half of the others is much farther than these are from each other, and than mounting explains.
Of 480 clean groups of two to six replicates of eight kinds of measurement 2 were flagged, both diffractograms with
lines two steps of the common grid wide (``benchmarks/quality/run.py --seed 90210``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import exp, log
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from services.curation.quality.alignment import Apart, apart
from services.curation.quality.signal import Signal
from services.records.doubt import Doubt

__all__ = ["outlying_amounts", "outlying_signals"]

_TIMES_OTHERS = 4.0
_SHAPE, _SHIFT = 0.2, 0.01
"""What mounting and the specimen itself may do: share of the signal, and of the length of its axis."""
_SCALE: Mapping[str, float] = {"TG": log(1.15), "tensile": log(1.25), "DSC": log(1.6)}
_ANY_SCALE = log(2.5)
"""Intensity means little unless it is mass, force or heat flow per mass."""
_PAIR = 2.0
"""With two alone there is no spread to hold them against: they must differ by so many times what mounting may do."""

_SPREADS: Mapping[str, float] = {
    "density": 0.002,
    "mfr": 0.05,
    "mvr": 0.05,
    "ash": 0.05,
    "charpy": 0.12,
    "modulus": 0.03,
}
"""Usual relative standard deviation of repeats in one laboratory, by a word of the amount's name."""
_ANY_SPREAD = 0.08
_WEIGHT_OF_USUAL = 6.0
"""The usual spread counts as so many degrees of freedom beside those of the replicates themselves."""
_FALSE_ALARMS = 0.001
"""Probability that a clean table of one amount is flagged, shared among its replicates."""


class _Measure(NamedTuple):
    """One way in which signals are apart, how much of it means nothing, and how it is told."""

    name: str
    floor: float
    size: Callable[[Apart], float]
    shown: Callable[[float], str]


def outlying_signals(signals: Mapping[str, Signal], modality: str) -> dict[str, Doubt]:
    """Return a doubt for each signal that is far off its replicates; both of two that disagree badly.

    Parameters
    ----------
    signals
        By measurement. Those of another quantity or unit than the others are not compared with them.

    Notes
    -----
    Three ways of being off are judged each for itself: shape (after the best shift, scale and straight baseline), shift
    of the axis, and scale. It takes three to say which one is off.
    """
    pairs = {
        (a, b): _between(signals[a], signals[b], modality)
        for a, b in combinations(sorted(signals), 2)
        if _kind(signals[a]) == _kind(signals[b])
    }
    if not pairs:
        return {}
    found: dict[str, Doubt] = {}
    for measure in _measures(modality, next(iter(signals.values()))):
        distances = {pair: measure.size(between) for pair, between in pairs.items()}
        for name, told in _far(distances, measure).items():
            found.setdefault(name, Doubt("outlier", signals[name].quantity, told))
    return found


def _kind(signal: Signal) -> tuple[str, ...]:
    return signal.quantity, signal.unit, signal.axis_quantity, signal.axis_unit


def _between(one: Signal, other: Signal, modality: str) -> Apart:
    free = modality != "tensile"
    found = apart(one, other, with_baseline=free, with_shift=free, least_overlap=0.5 if free else 0.1)
    return Apart(0.0, 1.0, 1.0) if found is None else found


def _measures(modality: str, signal: Signal) -> tuple[_Measure, ...]:
    def of_axis(value: float) -> str:
        return f"{value:.3g} {signal.axis_unit}".rstrip()

    return (
        _Measure("its shape", _SHAPE, lambda apart_: apart_.shape, lambda share: f"{100 * share:.2g} %"),
        _Measure("its axis", _SHIFT * signal.span, lambda apart_: abs(apart_.shift), of_axis),
        _Measure(
            "its scale",
            _SCALE.get(modality, _ANY_SCALE),
            lambda apart_: abs(log(abs(apart_.scale))),
            lambda size: f"{exp(size):.3g} times",
        ),
    )


def outlying_amounts(
    values: Mapping[str, float], quantity: str, unit: str = "", spread: float | None = None
) -> dict[str, Doubt]:
    """Return a doubt for each number that is far off its replicates; both of two that disagree badly.

    Parameters
    ----------
    values
        By measurement.
    spread
        Usual relative standard deviation of repeats; left out, that of the quantity by its name, or 8 %.

    Notes
    -----
    Each number is held against mean and spread of the others (a deleted residual), with Student's t at a probability of
    0.1 % shared among the replicates; the usual spread weighs as 6 degrees of freedom, so that three replicates that
    agree by chance do not condemn the fourth.
    """
    usual = _usual_spread(quantity) if spread is None else spread
    names, found = sorted(values), {}
    numbers = np.array([values[name] for name in names])
    n = len(numbers)
    if n < 2:
        return {}
    scale = usual * float(np.median(np.abs(numbers)))
    if n == 2:
        limit = float(stdtrit(_WEIGHT_OF_USUAL, 1 - _FALSE_ALARMS / 2)) * np.sqrt(2) * scale
        if abs(numbers[0] - numbers[1]) <= limit or not scale > 0:
            return {}
        told = f"{values[names[0]]:g} and {values[names[1]]:g} {unit}".rstrip()
        message = f"two disagree, {told}, by more than {limit:.3g}: which one is wrong nobody can tell from two"
        return {name: Doubt("outlier", quantity, message) for name in names}
    for index, name in enumerate(names):
        others = np.delete(numbers, index)
        freedom = n - 2
        pooled = (_WEIGHT_OF_USUAL * scale**2 + freedom * float(np.var(others, ddof=1))) / (_WEIGHT_OF_USUAL + freedom)
        deviation = float(numbers[index] - others.mean())
        limit = float(stdtrit(_WEIGHT_OF_USUAL + freedom, 1 - _FALSE_ALARMS / 2 / n)) * np.sqrt(pooled * n / (n - 1))
        if abs(deviation) > limit > 0:
            message = (
                f"{numbers[index]:g} {unit}".rstrip()
                + f" lies {deviation:+.3g} off the mean of {n - 1} others, {others.mean():.4g}; {limit:.3g} can be"
            )
            found[name] = Doubt("outlier", quantity, message)
    return found if len(found) <= (n - 1) // 2 else _worst(found, numbers, names)


def _worst(found: dict[str, Doubt], numbers: np.ndarray, names: Sequence[str]) -> dict[str, Doubt]:
    """Keep the doubt of the number farthest from the middle: where most are doubted, that one pulled the others."""
    farthest = names[int(np.argmax(np.abs(numbers - np.median(numbers))))]
    return {name: doubt for name, doubt in found.items() if name == farthest}


def _usual_spread(quantity: str) -> float:
    words = quantity.lower()
    return next((spread for word, spread in _SPREADS.items() if word in words), _ANY_SPREAD)


def _far(distances: Mapping[tuple[str, str], float], measure: _Measure) -> dict[str, str]:
    """Tell of each name that is far from its nearer half, and farther than the others are from each other."""
    names = sorted({name for pair in distances for name in pair})
    if len(names) == 2:
        distance = next(iter(distances.values()))
        if distance <= _PAIR * measure.floor:
            return {}
        shown = measure.shown(distance)
        told = f"two disagree, {measure.name} by {shown}: which one is wrong nobody can tell from two"
        return dict.fromkeys(names, told)
    found = {}
    for name in names:
        own = sorted(distance for pair, distance in distances.items() if name in pair)
        rest = [distance for pair, distance in distances.items() if name not in pair]
        if not rest:
            continue
        score, usual = own[(len(own) - 1) // 2], float(np.median(rest))
        if score > max(measure.floor, _TIMES_OTHERS * usual):
            found[name] = (
                f"{measure.name} is {measure.shown(score)} off its {len(names) - 1} replicates, "
                f"which are {measure.shown(usual)} apart; {measure.shown(measure.floor)} can be mounting"
            )
    return found
