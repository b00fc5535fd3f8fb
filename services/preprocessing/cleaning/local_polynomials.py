"""Smooth and differentiate by polynomials through a moving window (Savitzky & Golay, Anal. Chem. 36 (1964) 1627).

Instruments' axes are rarely quite even, so polynomials run along the points, and derivatives are carried over to the
axis by the chain rule; a gap in the axis parts the curve.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from services.preprocessing.cleaning.errors import AxisError, EmptyCurveError
from services.preprocessing.cleaning.signal import (
    Signal,
    Step,
    finite_runs,
    mean_spacing,
    replace_curve,
    values_of,
    wanted_channel,
)
from services.records.curve import Channel

__all__ = ["Derivative", "Smooth"]

_GAP = 4.0
"""Neighbours so many usual distances apart have a gap between them."""
_STANDSTILL = 0.2
"""Where the place moves slower than this share of its usual pace, nothing is differentiated by it."""


class Smooth(Step):
    """Smooth a curve: for looking at, and for finding lines. Widths and heights are to be taken from a raw one."""

    version: ClassVar[int] = 1

    step: Literal["smooth"] = Field(description="Which step this is.")
    method: Literal["Savitzky-Golay", "Whittaker"] = Field(default="Savitzky-Golay", description="How.")
    window: float | None = Field(default=None, gt=0, description="Savitzky-Golay: width, in units of the axis.")
    degree: int = Field(default=3, ge=0, le=6, description="Savitzky-Golay: of its polynomials.")
    stiffness: float | None = Field(default=None, gt=0, description="Whittaker: weight of curvature; more is smoother.")

    @model_validator(mode="after")
    def _goes_with_its_method(self) -> Smooth:
        is_moving = self.method == "Savitzky-Golay"
        if (self.window is not None) != is_moving or (self.stiffness is not None) == is_moving:
            raise ValueError("Savitzky-Golay takes a window, Whittaker a stiffness")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the curve smoothed between its gaps.

        Raises
        ------
        AxisError
            If the window holds too few points for its polynomial.
        """
        values_of(signal, "smooth")
        values = signal.y.copy()
        n_short = 0
        width = _points(signal, "smooth", self.window, self.degree) if self.window is not None else 0
        for run in _runs(signal, "smooth"):
            if self.window is None:
                values[run] = _whittaker(values[run], self.stiffness or 0.0)
            elif run.stop - run.start >= width:
                values[run] = _filtered(values[run], width, self.degree, 0)
            else:
                n_short += 1
        notes = ["smoothed: for detection and pictures, no numbers are to be taken from it"]
        if n_short:
            notes.append(f"{n_short} stretches shorter than the window stayed as they were")
        return signal.valued(values).noted(*notes)


class Derivative(Step):
    """Add a derivative as a channel of its own, `mass_derivative_1`; from here on the chain works on that."""

    version: ClassVar[int] = 1

    step: Literal["derivative"] = Field(description="Which step this is.")
    order: Literal[1, 2] = Field(default=1, description="First or second.")
    window: float = Field(gt=0, description="Width of the moving polynomial, in units of what it is taken along.")
    degree: int = Field(default=3, ge=1, le=6, description="Of the polynomial.")
    along: str = Field(default="", description="Channel to differentiate by, as temperature; the axis where left out.")
    widen: bool = Field(
        default=False, description="Whether a window that holds too few points widens to what its polynomial wants."
    )

    @model_validator(mode="after")
    def _has_a_derivative(self) -> Derivative:
        if self.degree < self.order:
            raise ValueError(f"a polynomial of degree {self.degree} has no derivative of order {self.order}")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the curve with the derivative as a further channel.

        It has no value where a stretch is shorter than the window, or where what it is taken along stands still.

        Raises
        ------
        AxisError
            If the window holds too few points for its polynomial.
        ChannelError
            If there is no channel to take it along.
        """
        along = wanted_channel(signal, "derivative", self.along) if self.along else signal.curve.axis
        values_of(signal, "derivative")
        new = np.full(len(signal.x), np.nan)
        widest = self.window
        for run in _runs(signal, "derivative"):
            x, y = along.values[run], signal.y[run]
            if not np.isfinite(x).all():
                continue
            apart = np.abs(np.diff(x))
            usual = float(np.median(apart)) if len(apart) else 0.0
            if not usual > 0 or (self.along and _is_hold(signal, run)):
                continue
            width = _odd(self.window / usual)
            if width < self.degree + 2 and self.widen:
                width = _odd(self.degree + 2)
                widest = max(widest, (width - 1) * usual)
            elif width < self.degree + 2:
                raise signal.fault(AxisError, "derivative", _too_narrow(self.window, width, self.degree, usual, along))
            if len(y) >= width:
                new[run] = _derivative(x, y, width, self.degree, self.order)
        if not np.isfinite(new).any():
            raise signal.fault(
                EmptyCurveError, "derivative", f"no stretch is as wide as the window, {self.window:g} {along.unit}"
            )
        old = signal.curve.channel(signal.of)
        by = along.unit if self.order == 1 else f"{along.unit}2" if along.unit else ""
        unit = f"{old.unit or '1'}/{by}" if by else old.unit
        quantity = f"{signal.of}_derivative_{self.order}"
        channels = tuple(c for c in signal.curve.channels if c.quantity != quantity)
        curve = replace_curve(signal.curve, channels=(*channels, Channel(quantity, unit, new)))
        note = f"{quantity} by polynomials of degree {self.degree} over {widest:g} {along.unit}".rstrip()
        if widest > self.window:
            note += f", not over {self.window:g} {along.unit}: its points lie too far apart".replace(" :", ":")
        return replace(signal, curve=curve, of=quantity).noted(note)


def _runs(signal: Signal, step: str) -> list[slice]:
    """List the runs of values without a gap in the axis."""
    most = _GAP * mean_spacing(signal, step)
    found = []
    for run in finite_runs(signal):
        cuts = np.flatnonzero(np.diff(signal.x[run]) > most) + 1 + run.start
        bounds = [run.start, *(int(cut) for cut in cuts), run.stop]
        found += [slice(start, stop) for start, stop in pairwise(bounds)]
    return found


def _is_hold(signal: Signal, run: slice) -> bool:
    """Say whether a run lies in an isothermal segment: its temperature goes nowhere."""
    return any(s.kind == "isothermal" and s.start <= run.start and run.stop <= s.stop for s in signal.curve.segments)


def _points(signal: Signal, step: str, window: float, degree: int) -> int:
    usual = mean_spacing(signal, step)
    width = _odd(window / usual)
    if width < degree + 2:
        raise signal.fault(AxisError, step, _too_narrow(window, width, degree, usual, signal.curve.axis))
    return width


def _odd(width: float) -> int:
    """Return the nearest odd number of points, no more than a million."""
    return 2 * int(min(width, 1e6) // 2) + 1


def _too_narrow(window: float, width: int, degree: int, usual: float, along: Channel) -> str:
    return (
        f"a window of {window:g} {along.unit} holds {width} points {usual:.3g} {along.unit} apart; "
        f"a polynomial of degree {degree} wants {degree + 2}: {(degree + 2) * usual:.3g} {along.unit} or wider"
    )


def _filtered(y: np.ndarray, width: int, degree: int, order: int) -> np.ndarray:
    from scipy.signal import savgol_filter

    return np.asarray(savgol_filter(y, width, degree, deriv=order, mode="interp"))


def _derivative(x: np.ndarray, y: np.ndarray, width: int, degree: int, order: int) -> np.ndarray:
    """Differentiate along places that are nearly even: y' = y_i / x_i, y'' = (y_ii - y' x_ii) / x_i^2."""
    pace = _filtered(x, width, degree, 1)
    stands = ~(np.abs(pace) > _STANDSTILL * np.median(np.abs(pace)))
    pace = np.where(stands, np.nan, pace)
    first = _filtered(y, width, degree, 1) / pace
    if order == 1:
        return np.asarray(first)
    return np.asarray((_filtered(y, width, degree, 2) - first * _filtered(x, width, degree, 2)) / pace**2)


def _whittaker(y: np.ndarray, stiffness: float) -> np.ndarray:
    """Smooth by a penalty on second differences (Eilers, Anal. Chem. 75 (2003) 3631)."""
    from scipy.linalg import solveh_banded

    n = len(y)
    if n < 3:
        return y
    bands = np.zeros((3, n))
    # lower form of D'D, D of shape (n - 2, n) with rows 1 -2 1
    main, next1, next2 = np.zeros(n), np.zeros(n - 1), np.zeros(n - 2)
    main[: n - 2] += 1.0
    main[1 : n - 1] += 4.0
    main[2:] += 1.0
    next1[: n - 2] += -2.0
    next1[1:] += -2.0
    next2 += 1.0
    bands[0] = 1.0 + stiffness * main
    bands[1, : n - 1] = stiffness * next1
    bands[2, : n - 2] = stiffness * next2
    return np.asarray(solveh_banded(bands, y, lower=True))
