"""Divide a curve by a number of its own, so that contact, thickness or exposure fall out."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from services.preprocessing.cleaning.errors import AxisError, EmptyCurveError
from services.preprocessing.cleaning.signal import Signal, Step, values_of

__all__ = ["Normalise"]

_FEWEST_IN_BAND = 3


class Normalise(Step):
    """Divide by the maximum, by the area, by a reference band, by the length of the vector; or SNV.

    SNV (standard normal variate, Barnes, Dhanoa & Lister, Appl. Spectrosc. 43 (1989) 772) takes off the mean and
    divides by the standard deviation. The area of a reference band is that above the chord between its ends.
    """

    version: ClassVar[int] = 1

    step: Literal["normalise"] = Field(description="Which step this is.")
    method: Literal["maximum", "area", "band", "SNV", "vector"] = Field(default="maximum", description="By what.")
    low: float | None = Field(default=None, alias="from", description="Where the reference band begins.")
    high: float | None = Field(default=None, alias="to", description="Where it ends.")

    @model_validator(mode="after")
    def _goes_with_its_method(self) -> Normalise:
        if (self.method == "band") != (self.low is not None and self.high is not None):
            raise ValueError("a reference band has a from and a to; nothing else has")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"from {self.low:g} to {self.high:g} is no stretch of an axis")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the curve without a unit.

        Raises
        ------
        EmptyCurveError
            If what it is divided by is not above zero.
        AxisError
            If the reference band does not lie on the axis.
        """
        is_there = values_of(signal, "normalise")
        x, y = signal.x[is_there], signal.y[is_there]
        shift = float(y.mean()) if self.method == "SNV" else 0.0
        divisor, name = self._divisor(signal, x, y)
        least = 1e-12 * float(np.abs(y).max())
        if not divisor > least:
            raise signal.fault(EmptyCurveError, "normalise", f"{name} is {divisor:g}; above zero is wanted")
        return signal.valued((signal.y - shift) / divisor, unit="").noted(f"divided by {name}, {divisor:.6g}")

    def _divisor(self, signal: Signal, x: np.ndarray, y: np.ndarray) -> tuple[float, str]:
        if self.method == "maximum":
            return float(y.max()), "its maximum"
        if self.method == "area":
            return float(np.trapezoid(y, x)), "its area"
        if self.method == "SNV":
            return float(y.std()), "its standard deviation, its mean taken off"
        if self.method == "vector":
            return float(np.sqrt(np.sum(y**2))), "its length as a vector"
        low, high = self.low or 0.0, self.high or 0.0
        inside = (x >= low) & (x <= high)
        if low < x[0] or high > x[-1] or int(inside.sum()) < _FEWEST_IN_BAND:
            raise signal.fault(
                AxisError,
                "normalise",
                f"{int(inside.sum())} points lie in the band from {low:g} to {high:g}; "
                f"{signal.curve.axis.quantity} goes from {x[0]:g} to {signal.at(float(x[-1]))}",
            )
        ends = np.interp((low, high), x, y)
        places, values = np.array([low, *x[inside], high]), np.array([ends[0], *y[inside], ends[1]])
        area = float(np.trapezoid(values, places) - (high - low) * ends.mean())
        return area, f"the area of its band from {low:g} to {signal.at(high)}"
