"""What the air in the beam of an infrared spectrometer leaves in a spectrum: carbon dioxide, and lines of water vapour.

Carbon dioxide stands alone near 2349 cm⁻¹, where few polymers absorb: what is there is replaced by a line, and said so.
Lines of water vapour stand on bands that matter, carbonyl above all. Without a spectrum of the vapour as this
instrument sees it, nothing honest can be taken off: they stay, and are noise. With one they are fitted by their sharp
parts and subtracted (compare Bruun et al., Appl. Spectrosc. 60 (2006) 1029).
"""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from services.preprocessing.cleaning.errors import AxisError
from services.preprocessing.cleaning.signal import Signal, Step, values_of

__all__ = ["Atmosphere"]

_WATER = ((1300.0, 1900.0), (3500.0, 3900.0))
_FEWEST_POINTS = 20
_ROUNDS = 12
_BIWEIGHT = 4.685
_BESIDE = 0.25
"""So much of the carbon dioxide's range at either side says where the line goes."""


class Atmosphere(Step):
    """Replace carbon dioxide by a line; subtract water vapour where its spectrum is given. For absorbance over cm⁻¹."""

    version: ClassVar[int] = 1

    step: Literal["atmosphere"] = Field(description="Which step this is.")
    carbon_dioxide: tuple[float, float] | None = Field(
        default=(2280.0, 2400.0), description="Where it absorbs, cm⁻¹; null leaves it."
    )
    vapour: tuple[tuple[float, float], ...] = Field(
        default=(), description="Water vapour as this instrument sees it: pairs of wavenumber and absorbance."
    )

    @model_validator(mode="after")
    def _rises(self) -> Atmosphere:
        if self.carbon_dioxide is not None and not self.carbon_dioxide[0] < self.carbon_dioxide[1]:
            raise ValueError(f"carbon dioxide is from a lower to a higher wavenumber, got {self.carbon_dioxide}")
        places = [place for place, _ in self.vapour]
        if places and (len(places) < _FEWEST_POINTS or any(a >= b for a, b in pairwise(places))):
            raise ValueError(f"a spectrum of vapour has at least {_FEWEST_POINTS} pairs, rising in wavenumber")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the spectrum without carbon dioxide, and without the vapour that is told of.

        Raises
        ------
        AxisError
            If the axis is no wavenumber.
        """
        if signal.curve.axis.quantity != "wavenumber":
            raise signal.fault(
                AxisError, "atmosphere", f"air absorbs over wavenumber, the axis is {signal.curve.axis.quantity}"
            )
        values_of(signal, "atmosphere")
        if self.vapour:
            signal = self._without_vapour(signal)
        return self._without_carbon_dioxide(signal) if self.carbon_dioxide else signal

    def _without_carbon_dioxide(self, signal: Signal) -> Signal:
        low, high = self.carbon_dioxide or (0.0, 0.0)
        x, y = signal.x, signal.y
        wide = _BESIDE * (high - low)
        inside = (x >= low) & (x <= high)
        left, right = (np.isfinite(y) & (x >= a) & (x < b) for a, b in ((low - wide, low), (high, high + wide)))
        if not inside.any():
            return signal
        if not (left.any() and right.any()):
            return signal.noted(f"carbon dioxide from {low:g} to {high:g} cm-1 stays: the spectrum ends beside it")
        ends = [float(np.median(part[side])) for side in (left, right) for part in (x, y)]
        values = np.where(inside & np.isfinite(y), np.interp(x, ends[0::2], ends[1::2]), y)
        return signal.valued(values).noted(
            f"{low:g} to {high:g} cm-1 is a line between both sides: carbon dioxide of the air was there"
        )

    def _without_vapour(self, signal: Signal) -> Signal:
        x, y = signal.x, signal.y
        places, heights = np.array(self.vapour).T
        vapour = np.interp(x, places, heights, left=0.0, right=0.0)
        wanted = np.any([(x > low) & (x < high) for low, high in _WATER], axis=0)
        sharp, known = _sharp(y), _sharp(vapour)
        wanted &= np.isfinite(sharp) & (x >= places[0]) & (x <= places[-1])
        if int(wanted.sum()) < _FEWEST_POINTS or not np.any(known[wanted]):
            return signal.noted("water vapour stays: its spectrum and this one share no range with lines")
        amount, stderr = _share_of(known[wanted], sharp[wanted])
        told = f"water vapour subtracted, {amount:.3g} ± {stderr:.2g} of its spectrum"
        return signal.valued(y - amount * vapour).noted(told)


def _sharp(y: np.ndarray) -> np.ndarray:
    """Return fourth differences, shape (n,): of lines a few points wide much, of wide bands little."""
    rest = np.full(len(y), np.nan)
    rest[2:-2] = np.diff(y, 4)
    return rest


def _share_of(known: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Return how much of a known shape is seen, and its standard error: bands of the specimen count as outliers.

    Least squares with Tukey's biweights, as Beaton & Tukey, Technometrics 16 (1974) 147.
    """
    weights, amount = np.ones(len(seen)), 0.0
    for _ in range(_ROUNDS):
        amount = float(np.sum(weights * known * seen) / np.sum(weights * known**2))
        rest = seen - amount * known
        spread = max(1.4826 * float(np.median(np.abs(rest))), 1e-300)
        weights = np.maximum(1 - (rest / (_BIWEIGHT * spread)) ** 2, 0.0) ** 2
        if not np.sum(weights * known**2) > 0:
            break
    rest = seen - amount * known
    power = float(np.sum(weights * known**2))
    n = max(float(weights.sum()) - 1, 1.0)
    return amount, float(np.sqrt(np.sum(weights * rest**2) / n / power)) if power > 0 else float("inf")
