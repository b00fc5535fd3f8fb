"""Take spikes out: one to three points that a cosmic ray or a glitch of the electronics threw up or down.

A line that an instrument resolves is wider than three points, so that its flanks still fall two points away from its
top, where a spike has ended. How high a spike stands is held against the noise around it, and against the sharpest
lines of the curve: where there are lines as sharp, it may be one of them, and stays. What is taken for a spike though
it is a line is lost; what is left though it is a spike is seen (compare Whitaker and Hayes, Chemom. Intell. Lab. Syst.
179 (2018) 82, who judge by differences alone).

Of 15 000 lines four points wide or more, of all heights in noise, none was touched; of spikes of 15, 30 and 150 times
the noise, on lines and slopes, 7, 9 and 10 in ten were found (measured).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from services.preprocessing.cleaning.signal import Signal, Step, finite_runs
from services.records.number_rows import rounding_step, tops_of_runs

__all__ = ["Spikes", "spikes_in"]

_FEWEST = 20
_BLOCK = 61
_AT_ENDS = 6
"""So many points at the ends of a program's segment are not judged: instruments jump there."""
_FLANK_SHARE = 0.24
"""Two to five points from its top a spike changes by no more than this share of its height, or by noise."""
_FLANK_NOISE = 2.0
_SHARE_OF_SHARPEST = 0.5
"""A spike stands off both sides by so much of what the sharpest line of the curve does, and by all of it nearby."""
_HIT_NOISE = 3.5
_REACH = 5
_TIP_SHARE = 0.4
_ROUNDS = 3
_MOST_SHARE = 0.01
_MOST = 5
_TOLD = 3
_MAD = 1.4826


class Spikes(Step):
    """Replace spikes of at most three points by a line between their neighbours."""

    version: ClassVar[int] = 1

    step: Literal["spikes"] = Field(description="Which step this is.")
    height: float = Field(default=8.0, ge=5, description="A spike stands so many times the noise off both sides.")
    signs: Literal["up", "both"] = Field(default="both", description="Whether spikes may point down.")

    def treat(self, signal: Signal) -> Signal:
        """Return the curve without spikes; more than 1 % of all points are none, they are lines, and stay."""
        values = signal.y.copy()
        at_ends = _AT_ENDS if signal.curve.segments else 0
        tops: list[int] = []
        for run in finite_runs(signal):
            cleaned, found = spikes_in(values[run], height=self.height, signs=self.signs, at_ends=at_ends)
            values[run] = cleaned
            tops += [run.start + top for top in found]
        if not tops:
            return signal
        if len(tops) > max(_MOST, _MOST_SHARE * len(values)):
            return signal.noted(f"{len(tops)} points stand out as spikes do: too many to be spikes, none was taken out")
        highest = sorted(tops, key=lambda top: -abs(signal.y[top] - values[top]))[:_TOLD]
        places = ", ".join(signal.at(float(signal.x[top])) for top in sorted(highest))
        more = f" and {len(tops) - _TOLD} more" if len(tops) > _TOLD else ""
        named = "1 spike was" if len(tops) == 1 else f"{len(tops)} spikes were"
        return signal.valued(values).noted(f"{named} replaced by a line, at {places}{more}")


def spikes_in(
    y: np.ndarray, *, height: float, signs: Literal["up", "both"] = "both", at_ends: int = 0
) -> tuple[np.ndarray, list[int]]:
    """Replace the spikes of a run of values.

    Parameters
    ----------
    y
        Shape (n,), finite, evenly taken.
    height
        In standard deviations of the noise around.
    at_ends
        So many points at either end are not judged.

    Returns
    -------
    Values without spikes, shape (n,), and the points at which the spikes were highest.
    """
    tops: list[int] = []
    y = y.copy()
    if len(y) < _FEWEST:
        return y, tops
    noise = _noise_around(y)
    for _ in range(_ROUNDS):  # one spike beside another hides it
        found = []
        for sign in (1.0, -1.0) if signs == "both" else (1.0,):
            up = sign * y
            stands = _heights(up, noise)
            stands[: 2 + at_ends] = 0.0
            stands[len(y) - 2 - at_ends :] = 0.0
            tops_here = tops_of_runs(np.flatnonzero(stands > height * noise), stands)
            sharp = _sharpness(up, tops_here)
            for top in tops_here:
                beside = sharp[max(0, top - _BLOCK) : top + _BLOCK + 1].max()
                if stands[top] <= max(beside, _SHARE_OF_SHARPEST * sharp.max()):
                    continue
                _bridge(y, top, sign, noise[top])
                found.append(top)
        if not found:
            break
        tops += found
    return y, sorted(set(tops))


def _heights(up: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return how far each point stands above both sides two points away; 0 where its flanks have not ended there."""
    n = len(up)
    padded = np.pad(up, _REACH, mode="edge")
    at = {k: padded[_REACH + k : _REACH + k + n] for k in range(-_REACH, _REACH + 1)}
    height = up - np.maximum(at[-2], at[2])
    falls = np.max([np.abs(at[2 * side] - at[further * side]) for side in (-1, 1) for further in (3, 4, 5)], axis=0)
    has_ended = falls < np.maximum(_FLANK_SHARE * height, _FLANK_NOISE * noise)
    beside = np.maximum(at[-1], at[1])
    is_top = up >= beside
    is_inside = np.zeros(n, bool)
    is_inside[_REACH:-_REACH] = True
    is_top &= is_inside | (up - beside >= _TIP_SHARE * height)  # one flank cannot be seen there: the tip must be sharp
    return np.where(has_ended & is_top, height, 0.0)


def _sharpness(up: np.ndarray, tops: list[int]) -> np.ndarray:
    """Return how far each point stands off the mean of both sides, shape (n,); 0 beside the points in question."""
    padded = np.pad(up, 2, mode="edge")
    sharp = up - (padded[:-4] + padded[4:]) / 2
    for top in tops:
        sharp[max(0, top - 4) : top + 5] = 0.0
    return np.asarray(np.maximum(sharp, 0.0))


def _bridge(y: np.ndarray, top: int, sign: float, noise: float) -> None:
    """Draw a line over the points of a spike that stand off it."""
    places = np.arange(top - 1, top + 2)
    line = np.interp(places, (top - 2, top + 2), (y[top - 2], y[top + 2]))
    is_hit = sign * (y[places] - line) > _HIT_NOISE * noise
    y[places] = np.where(is_hit, line, y[places])


def _noise_around(y: np.ndarray) -> np.ndarray:
    """Return the sd of the noise about each point, shape (n,): of second differences over a lag, by their median."""
    padded = np.pad(y, 2, mode="reflect")
    size = np.abs(y - (padded[:-4] + padded[4:]) / 2)
    blocks = np.array_split(size, max(1, len(y) // _BLOCK))
    centres = np.cumsum([len(block) for block in blocks]) - [len(block) / 2 for block in blocks]
    medians = np.array([np.median(block) for block in blocks])
    padded = np.pad(medians, 1, mode="edge")
    wide = np.max([padded[:-2], medians, padded[2:]], axis=0)  # near lines, what counts is the noise of the lines
    local = np.interp(np.arange(len(y)), centres, wide)
    least = 0.3 * float(np.median(size))
    least_step = rounding_step(y) or 1e-12 * max(float(np.abs(y).max(initial=0.0)), 1e-300)
    return np.asarray(np.maximum(_MAD / np.sqrt(1.5) * np.maximum(local, least), least_step))
